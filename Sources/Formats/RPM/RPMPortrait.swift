extension RPM {
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        func word(_ separator: String) -> String {
            PageWords.shellWord(target.version.map { "\(target.name)\(separator)\($0)" } ?? target.name)
        }
        // dnf takes NAME-EPOCH:VERSION-RELEASE (hawkey's NEVRA forms), zypper NAME=EPOCH:VERSION-RELEASE (zypper(8), "Package
        // specification").
        return [
            Installation("dnf", ["sudo dnf install \(word("-"))"]), Installation("zypper", ["sudo zypper install \(word("="))"]),
        ]
    }

    /// dnf takes the newest, whatever it is called.
    package func isPrerelease(version: String) -> Bool { false }

    /// Whatever the parts are, as rpm compares texts that are not versions.
    package func orderKey(ofVersion version: String) -> [UInt8] {
        let bytes = Array(version.utf8)
        let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        let epoch = colon.flatMap { UInt32(String(decoding: bytes[..<$0], as: UTF8.self)) } ?? 0
        let start = colon.map { $0 + 1 } ?? 0
        let dash = bytes[start...].lastIndex(of: UInt8(ascii: "-")) ?? bytes.count
        return SortKey.of { key in
            key.number(epoch)
            key.append(RPMVersion.sortKey(bytes.span.extracting(start..<dash)))
            key.append(RPMVersion.sortKey(bytes.span.extracting(min(dash + 1, bytes.count)..<bytes.count)))
        }
    }
}

/// What the page of a package tells people of a file: what its header says of it, and what the index lists besides.
enum RPMPortrait {
    /// - Parameters:
    ///   - changelog: as the index lists it, whose option may say that there is less of it.
    ///   - paths: of its files.
    static func of(
        _ package: RPMPackage, _ dependencies: RPMDependencies, _ changelog: RPMChangelog, _ paths: PortraitSketch.List,
        in bytes: Span<UInt8>
    ) throws(Refusal) -> Portrait {
        let header = package.header
        func text(_ tag: RPMTag, upTo limit: Int = PortraitSketch.factBytes) throws(Refusal) -> String? {
            try header.string(tag, in: bytes).map { PortraitSketch.text(bytes.extracting($0), upTo: limit) }
        }
        var sketch = PortraitSketch()
        sketch.fact("Licence", try text(.license))
        sketch.fact("Architecture", package.architecture == [UInt8]("src") ? "source" : XMLText.string(package.architecture.span))
        // What rpmbuild writes where nobody says one.
        let group = try text(.group)
        sketch.fact("Group", group == "Unspecified" ? nil : group)
        sketch.size("Installed", try header.number(.longSize, or: .size, in: bytes))
        sketch.link("Homepage", try text(.url, upTo: WebLink.limit))
        sketch.fact("Vendor", try text(.vendor))
        sketch.person("Packager", try text(.packager))
        sketch.fact("Source", try text(.sourceRPM))
        sketch.time("Built", try header.number(.buildTime, in: bytes))
        sketch.fact("Build host", try text(.buildHost))

        sketch.about(try text(.description, upTo: PortraitSketch.proseBytes) ?? "", besides: try text(.summary) ?? "")
        sketch.dependencies([
            ("Requires", list(dependencies.requires, bytes)), ("Recommends", list(dependencies.recommends, bytes)),
            ("Suggests", list(dependencies.suggests, bytes)), ("Supplements", list(dependencies.supplements, bytes)),
            ("Enhances", list(dependencies.enhances, bytes)), ("Provides", list(dependencies.provides, bytes)),
            ("Conflicts", list(dependencies.conflicts, bytes)), ("Obsoletes", list(dependencies.obsoletes, bytes)),
        ])
        sketch.changelog(
            changelog.entries.suffix(PortraitSketch.entries).reversed().map { entry in
                Portrait.Entry(
                    title(PortraitSketch.text(bytes.extracting(entry.author))), at: PortraitSketch.time(entry.date),
                    PortraitSketch.text(bytes.extracting(entry.text), upTo: PortraitSketch.entryBytes))
            })
        sketch.contents(paths)
        return sketch.portrait
    }

    /// `glibc >= 2.34`.
    private static func list(_ dependencies: [RPMDependency], _ bytes: Span<UInt8>) -> PortraitSketch.List {
        var list = PortraitSketch.List()
        for dependency in dependencies where !dependency.name.isEmpty {
            list.append(bytes: dependency.name.count + dependency.version.count + 4) {
                let name = XMLText.string(bytes.extracting(dependency.name))
                guard dependency.relation != .none, !dependency.version.isEmpty else { return name }
                return "\(name) \(sign(of: dependency.relation)) \(XMLText.string(bytes.extracting(dependency.version)))"
            }
        }
        return list
    }

    private static func sign(of relation: RPMDependency.Relation) -> String {
        switch relation {
        case .none: ""
        case .less: "<"
        case .greater: ">"
        case .equal: "="
        case .lessOrEqual: "<="
        case .greaterOrEqual: ">="
        }
    }

    /// `1.2-3, A. Person` of an entry's author, `A. Person <person@example.org> - 1.2-3`; the author where it is written otherwise.
    static func title(_ author: String) -> String {
        guard let close = author.utf8.lastIndex(of: UInt8(ascii: ">")), author.utf8.contains(UInt8(ascii: "<")) else {
            return author
        }
        let name = PortraitSketch.name(String(author[...close]))
        let version = author[author.utf8.index(after: close)...].utf8.drop { $0 == 32 || $0 == UInt8(ascii: "-") }
        return version.isEmpty ? name : "\(String(decoding: version, as: UTF8.self)), \(name)"
    }
}
