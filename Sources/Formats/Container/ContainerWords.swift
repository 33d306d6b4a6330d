/// Annotations of a manifest and labels of its configuration: those that OCI has defined, and all others.
struct ContainerWords {
    struct Word {
        var name: String
        var text: String
    }

    private static let prefix = "org.opencontainers.image."
    /// Facts, with those that are addresses.
    private static let facts: [(name: String, label: String, isAddress: Bool)] = [
        ("title", "Title", false), ("version", "Version", false), ("licenses", "Licence", false), ("vendor", "Vendor", false),
        ("authors", "Authors", false), ("url", "Homepage", true), ("source", "Sources", true),
        ("documentation", "Documentation", true), ("revision", "Revision", false), ("base.name", "Base", false),
    ]
    private static let description = "description", created = "created"
    /// Known ones, of which nobody asks on a page.
    private static let passed = ["ref.name", "base.digest"]

    /// By what follows the prefix.
    private var known: [String: String] = [:]
    /// In the order in which they are written.
    private(set) var others: [Word] = []
    private let configCreated: String?

    /// A manifest's own words stand before those of its configuration, which are often the base image's.
    init(_ manifest: ContainerManifest, _ config: ContainerConfig?) {
        configCreated = config?.created
        var seen = NameIndex()
        for member in manifest.annotations + (config?.labels ?? []) {
            guard let text = member.value.string, !text.isEmpty, seen.insert(member.name) else { continue }
            guard member.name.hasPrefix(Self.prefix), case let rest = String(member.name.dropFirst(Self.prefix.count)),
                Self.isKnown(rest)
            else {
                others.append(Word(name: member.name, text: text))
                continue
            }
            known[rest] = text
        }
    }

    private static func isKnown(_ name: String) -> Bool {
        facts.contains { $0.name == name } || name == description || name == created || passed.contains(name)
    }

    func describe(in sketch: inout PortraitSketch, besides summary: String) {
        for fact in Self.facts {
            if fact.isAddress { sketch.link(fact.label, known[fact.name]) } else { sketch.fact(fact.label, known[fact.name]) }
        }
        sketch.fact("Created", ContainerConfig.date(known[Self.created]) ?? configCreated)
        sketch.about(known[Self.description] ?? "", besides: summary)
    }
}

/// What the configuration of a chart says: its Chart.yaml as JSON (`HelmImage`).
struct ContainerChart {
    private let value: DataValue

    init(_ value: DataValue) { self.value = value }

    func describe(in sketch: inout PortraitSketch, besides summary: String) {
        func text(_ name: String) -> String? { value[name]?.string }
        func list(_ name: String) -> [DataValue] { Array((value[name]?.array ?? []).prefix(500)) }
        sketch.fact("Chart", text("name"))
        sketch.fact("Version", text("version"))
        sketch.fact("App version", text("appVersion"))
        sketch.fact("Kubernetes", text("kubeVersion"))
        sketch.fact("Type", text("type"))
        if value["deprecated"]?.bool == true { sketch.fact("Deprecated", "yes") }
        sketch.fact("Keywords", list("keywords").compactMap(\.string).joined(separator: ", "))
        sketch.fact("Maintainers", list("maintainers").compactMap { $0["name"]?.string }.joined(separator: ", "))
        sketch.link("Homepage", text("home"))
        sketch.link("Sources", list("sources").first?.string)
        sketch.about(text("description") ?? "", besides: summary)
        let charts = list("dependencies").compactMap { dependency -> String? in
            guard let name = dependency["name"]?.string, !name.isEmpty else { return nil }
            return dependency["version"]?.string.map { "\(name) \($0)" } ?? name
        }
        sketch.dependencies([("Charts", PortraitSketch.List(charts))])
    }
}
