/// What a page says of a chart, by its Chart.yaml and what lies beside it.
enum HelmPortrait {
    /// Dependencies, entries of other lists, characters of a fact.
    private static let mostDependencies = 500
    private static let mostEntries = 30
    private static let longestFact = 400
    /// By which Artifact Hub knows a chart's licence.
    private static let licence = "artifacthub.io/license"

    static func portrait(of reading: HelmArchive.Reading) -> Portrait {
        let chart = reading.chart
        var portrait = Portrait(facts: facts(of: chart))
        if let readme = reading.readme {
            portrait.sections.append(.readme(readme.bytes, readme.isMarkdown ? .markdown : .plain))
        }
        if let values = reading.values { portrait.sections.append(.init(id: "values", title: "Values", .verbatim(values))) }
        if let dependencies = dependencies(of: chart) { portrait.sections.append(dependencies) }
        return portrait
    }

    private static func facts(of chart: HelmChart) -> [Portrait.Fact] {
        var facts: [Portrait.Fact] = []
        func add(_ label: String, _ value: String, link: String? = nil) {
            guard !value.isEmpty else { return }
            facts.append(.init(label, shown(value), link: link))
        }
        if chart.deprecated { add("Deprecated", "by its maintainers") }
        add("App version", chart.appVersion)
        add("Kubernetes", kubernetes(chart.kubeVersion))
        add("Type", chart.type)
        if case .text(let text)? = chart.annotations.first(where: { $0.key == licence })?.value { add("Licence", text) }
        let maintainers = chart.maintainers.prefix(mostEntries)
        let names = maintainers.lazy.map { $0.name.isEmpty ? $0.email : $0.name }.filter { !$0.isEmpty }
        let only = maintainers.count == 1 ? maintainers.first : nil
        add(
            maintainers.count == 1 ? "Maintainer" : "Maintainers", Array(names).joined(separator: ", "),
            link: only.flatMap { !$0.url.isEmpty ? $0.url : $0.email.isEmpty ? nil : "mailto:\($0.email)" })
        add("Homepage", chart.home, link: chart.home)
        for source in chart.sources.prefix(mostEntries) { add("Sources", source, link: source) }
        add("Keywords", chart.keywords.prefix(mostEntries).joined(separator: ", "))
        return facts
    }

    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestFact)))
    }

    /// `1.28 and later` for `>=1.28` and `>=1.28.0-0`, which takes pre-releases as well; what says more stays as it is.
    private static func kubernetes(_ range: String) -> String {
        var number = Array(range.utf8.dropFirst(2).drop { $0 == 32 })[...]
        if number.suffix(2).elementsEqual("-0".utf8) { number = number.dropLast(2) }
        guard range.utf8.starts(with: ">=".utf8), !number.isEmpty,
            number.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return range }
        return "\(String(decoding: number, as: UTF8.self)) and later"
    }

    private static func dependencies(of chart: HelmChart) -> Portrait.Section? {
        guard !chart.dependencies.isEmpty else { return nil }
        let rows: [[Portrait.Table.Cell]] = chart.dependencies.prefix(mostDependencies).map { dependency in
            var conditions = dependency.condition.isEmpty ? [] : [shown(dependency.condition)]
            if !dependency.tags.isEmpty {
                conditions.append("tags \(shown(dependency.tags.prefix(mostEntries).joined(separator: ", ")))")
            }
            let name = dependency.alias.isEmpty ? dependency.name : "\(dependency.name) as \(dependency.alias)"
            return [
                .init(shown(name), note: shown(dependency.repository)), .init(shown(dependency.version)),
                .init(conditions.joined(separator: "; ")),
            ]
        }
        let headings: [Portrait.Table.Heading] = [.init("Chart"), .init("Version"), .init("Condition")]
        return .init(id: "dependencies", title: "Dependencies", .table(.init(headings, rows)))
    }
}
