/// What a page says of a crate, by its Cargo.toml.
enum CargoPortrait {
    /// Dependencies and features, entries of other lists, characters of a fact.
    private static let mostRows = 500
    private static let mostEntries = 30
    private static let longestFact = 400

    /// - Parameters:
    ///   - package: the manifest's `[package]`, checked.
    ///   - readme: the one of the crate's that the manifest names, or else the best.
    static func portrait(of release: CargoRelease, _ package: CargoTable, readme: (name: String, bytes: [UInt8])?) -> Portrait {
        var portrait = Portrait(facts: facts(of: release, package))
        if let readme { portrait.sections.append(.readme(readme.bytes, markup(of: readme.name))) }
        let groups = groups(of: release.dependencies.prefix(mostRows))
        if !groups.isEmpty { portrait.sections.append(.dependencies(groups)) }
        if let features = features(of: release.features.prefix(mostRows)) { portrait.sections.append(features) }
        return portrait
    }

    private static func facts(of release: CargoRelease, _ package: CargoTable) -> [Portrait.Fact] {
        var facts: [Portrait.Fact] = []
        func add(_ label: String, _ value: String?, isLink: Bool = false) {
            guard let value, !value.isEmpty else { return }
            let shown = String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestFact)))
            facts.append(.init(label, shown, link: isLink ? value : nil))
        }
        func text(_ key: String) -> String? { try? package.text(key) }
        func texts(_ key: String) -> String? {
            (try? package.texts(key))?.prefix(mostEntries).joined(separator: ", ")
        }
        add("Licence", text("license") ?? text("license-file").map { "in the file \($0)" })
        add("Rust", release.rustVersion.map { "\($0) and later" })
        add("Edition", text("edition"))
        add("Native library", release.links)
        add("Authors", texts("authors"))
        add("Homepage", text("homepage"), isLink: true)
        add("Documentation", text("documentation"), isLink: true)
        add("Sources", text("repository"), isLink: true)
        add("Keywords", texts("keywords"))
        add("Categories", texts("categories"))
        return facts
    }

    /// Cargo's own rule is by the ending; crates.io takes a readme without one for Markdown.
    private static func markup(of name: String) -> Portrait.Markup {
        let name = ASCII.lowered(name)
        return name.hasSuffix(".rst") ? .restructuredText : name.hasSuffix(".txt") ? .plain : .markdown
    }

    // MARK: - Dependencies and features

    private static func groups(of dependencies: some Sequence<CargoDependency>) -> [Portrait.Group] {
        var groups: [Portrait.Group] = [.init("Always", []), .init("Optional", []), .init("Build", []), .init("Development", [])]
        for dependency in dependencies {
            let place =
                switch dependency.kind {
                case .normal: dependency.isOptional ? 1 : 0
                case .build: 2
                case .development: 3
                }
            groups[place].items.append(line(of: dependency))
        }
        return groups.filter { !$0.items.isEmpty }
    }

    /// `serde ^1.0, features derive, on cfg(unix)`.
    private static func line(of dependency: CargoDependency) -> String {
        var line = "\(dependency.package ?? dependency.name) \(dependency.requirement)"
        if dependency.package != nil { line += ", as \(dependency.name)" }
        if dependency.isOptional, dependency.kind != .normal { line += ", optional" }
        if !dependency.usesDefaultFeatures { line += ", without default features" }
        if !dependency.features.isEmpty {
            line += ", features \(dependency.features.prefix(mostEntries).joined(separator: " "))"
        }
        if let target = dependency.target { line += ", on \(target)" }
        return line
    }

    /// `default` first, then in the order of the manifest.
    private static func features(of features: some Sequence<CargoFeature>) -> Portrait.Section? {
        var rows: [[Portrait.Table.Cell]] = []
        for feature in features {
            let row: [Portrait.Table.Cell] = [
                .init(feature.name), .init(feature.values.prefix(mostEntries).joined(separator: ", ")),
            ]
            rows.insert(row, at: feature.name == "default" ? 0 : rows.count)
        }
        guard !rows.isEmpty else { return nil }
        return .init(id: "features", title: "Features", .table(.init([.init("Feature"), .init("Turns on")], rows)))
    }
}
