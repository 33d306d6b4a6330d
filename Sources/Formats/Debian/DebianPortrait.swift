extension Debian {
    /// Nothing for packages of the installer, which apt does not install.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        guard !target.path.hasSuffix(DebianPackage.Kind.installer.suffix) else { return [] }
        let package = target.version.map { "\(target.name)=\($0)" } ?? target.name
        return [Installation("apt", ["sudo apt-get install \(PageWords.shellWord(package))"])]
    }

    /// apt takes the newest, whatever it is called.
    package func isPrerelease(version: String) -> Bool { false }

    /// None for what is not a version, which no record has.
    package func orderKey(ofVersion version: String) -> [UInt8] { DebianVersion(version)?.sortKey ?? [] }
}

/// What the page of a package tells people of a file: what its control stanza says (Debian Policy 5).
enum DebianPortrait {
    private static let relations: [(name: StaticString, title: String)] = [
        ("pre-depends", "Pre-Depends"), ("depends", "Depends"), ("recommends", "Recommends"), ("suggests", "Suggests"),
        ("enhances", "Enhances"), ("breaks", "Breaks"), ("conflicts", "Conflicts"), ("replaces", "Replaces"),
        ("provides", "Provides"),
    ]

    static func of(_ package: DebianPackage) -> Portrait {
        let stanza = package.stanza
        func text(_ name: StaticString, upTo limit: Int = PortraitSketch.factBytes) -> String? {
            stanza.value(name).map { PortraitSketch.text($0.span, upTo: limit) }
        }
        var sketch = PortraitSketch()
        sketch.fact("Section", text("section"))
        sketch.fact("Priority", text("priority"))
        sketch.fact("Architecture", package.architecture)
        // KiB.
        if let size = text("installed-size").flatMap({ UInt64($0) }), size < 1 << 50 { sketch.size("Installed", size << 10) }
        sketch.fact("Source", text("source"))
        sketch.person("Maintainer", text("maintainer"))
        sketch.link("Homepage", text("homepage", upTo: WebLink.limit))

        let description = stanza.value("description") ?? []
        sketch.about(PortraitSketch.text(longText(of: description).span, upTo: PortraitSketch.proseBytes), besides: "")
        sketch.dependencies(
            relations.compactMap { name, title in stanza.value(name).map { (title, list($0)) } })
        return sketch.portrait
    }

    /// What stands behind the first line of a description, without the blank in front of each line; a line with a dot alone is an empty
    /// one (Debian Policy 5.6.13).
    static func longText(of description: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for line in description.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropFirst() {
            if line.count != 2 || line.last != UInt8(ascii: ".") { text += line.dropFirst() }
            text.append(UInt8(ascii: "\n"))
            guard text.count <= PortraitSketch.proseBytes else { break }
        }
        return text
    }

    /// Each relation in one line with one blank between its words, alternatives together.
    static func list(_ value: [UInt8]) -> PortraitSketch.List {
        var list = PortraitSketch.List()
        for part in value.split(separator: UInt8(ascii: ",")) {
            let words = part.split { $0 == 32 || 9...13 ~= $0 }
            guard !words.isEmpty else { continue }
            list.append(bytes: part.count) { PortraitSketch.text(Array(words.joined(separator: [32])).span, upTo: part.count) }
        }
        return list
    }
}
