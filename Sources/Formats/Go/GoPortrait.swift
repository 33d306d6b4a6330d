/// What a page says of a module, by its go.mod.
enum GoPortrait {
    /// Requirements, and retractions.
    static let mostRows = 500
    /// Bytes of go.mod; characters of a fact and of a rationale (go itself shows 500 of these).
    private static let longestText = 256 << 10
    private static let longestFact = 400

    /// - Parameters:
    ///   - file: read with `mostRows` requirements.
    ///   - mod: the bytes of go.mod.
    static func portrait(of zip: GoModuleZip, _ file: GoModFile, mod: [UInt8]) -> Portrait {
        var portrait = Portrait(facts: facts(of: zip, file))
        if let readme = zip.readme { portrait.sections.append(.readme(readme.bytes, markup(of: readme.name))) }
        let groups = [
            group("Direct", file.required.lazy.filter { !$0.isIndirect }),
            group("Indirect", file.required.lazy.filter(\.isIndirect)),
        ].filter { !$0.items.isEmpty }
        if !groups.isEmpty { portrait.sections.append(.dependencies(groups)) }
        if let retractions = retractions(file) { portrait.sections.append(retractions) }
        // What was made up says nothing.
        if zip.modFile != nil {
            portrait.sections.append(.init(id: "go-mod", title: "go.mod", .verbatim(Array(mod.prefix(longestText)))))
        }
        return portrait
    }

    private static func facts(of zip: GoModuleZip, _ file: GoModFile) -> [Portrait.Fact] {
        var facts: [Portrait.Fact] = []
        func add(_ label: String, _ value: String, link: String? = nil) {
            if !value.isEmpty { facts.append(.init(label, shown(value), link: link)) }
        }
        add("Deprecated", file.deprecated)
        add("Go", file.goVersion.isEmpty ? "" : "\(file.goVersion) and later")
        add("Toolchain", file.toolchain)
        if let page = page(of: zip.path) { add("Sources", page, link: page) }
        return facts
    }

    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestFact)))
    }

    /// Where hosts have the repository of a module that is called by its address there.
    private static func page(of path: String) -> String? {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        guard parts.count >= 3, ["github.com", "bitbucket.org", "codeberg.org"].contains(String(Substring(parts[0]))) else {
            return nil
        }
        return "https://\(parts.prefix(3).map { String(Substring($0)) }.joined(separator: "/"))"
    }

    private static func markup(of name: String) -> Portrait.Markup {
        let name = ASCII.lowered(name)
        return name.hasSuffix(".md") || name.hasSuffix(".markdown")
            ? .markdown : name.hasSuffix(".rst") ? .restructuredText : .plain
    }

    private static func group(_ title: String, _ required: some Sequence<GoModFile.Requirement>) -> Portrait.Group {
        .init(title, required.map { "\($0.path) \($0.version)" })
    }

    private static func retractions(_ file: GoModFile) -> Portrait.Section? {
        guard !file.retractions.isEmpty else { return nil }
        let rows: [[Portrait.Table.Cell]] = file.retractions.prefix(mostRows).map { retraction in
            let versions = retraction.low == retraction.high ? retraction.low : "\(retraction.low) to \(retraction.high)"
            return [.init(versions), .init(ASCII.line(shown(retraction.rationale)))]
        }
        return .init(id: "retractions", title: "Retractions", .table(.init([.init("Versions"), .init("Why")], rows)))
    }
}
