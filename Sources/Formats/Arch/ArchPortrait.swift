extension Arch {
    /// pacman installs the newest version from a repository, and any other from its address.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        guard target.version != nil else {
            return [Installation("pacman", ["sudo pacman -S \(PageWords.shellWord(target.name))"])]
        }
        let path =
            target.path.hasSuffix(ArchSignature.suffix) ? String(target.path.dropLast(ArchSignature.suffix.count)) : target.path
        let address = "\(repository.baseURL)/\(repository.owner)/\(profile.segment)/\(path)"
        return [Installation("pacman", ["sudo pacman -U \(PageWords.shellWord(address))"])]
    }

    /// pacman takes the newest, whatever it is called.
    package func isPrerelease(version: String) -> Bool { false }

    /// None for what is not a version, which no record has.
    package func orderKey(ofVersion version: String) -> [UInt8] { ALPMVersion(version)?.sortKey ?? [] }
}

/// What the page of a package tells people of a file: what its `.PKGINFO` says, and the files in it.
enum ArchPortrait {
    private static let relations: [(list: ArchPackage.List, title: String)] = [
        (.depend, "Depends"), (.optdepend, "Optional"), (.provides, "Provides"), (.conflict, "Conflicts"),
        (.replaces, "Replaces"), (.makedepend, "To build"), (.checkdepend, "To check"),
    ]

    /// - Parameter paths: of files, and of folders with a slash at the end.
    static func of(_ package: ArchPackage, paths: [[UInt8]]) -> Portrait {
        func values(_ list: ArchPackage.List) -> [String] { package.lists[list] ?? [] }
        var sketch = PortraitSketch()
        sketch.fact("Licence", values(.license).joined(separator: ", "))
        sketch.fact("Architecture", package.architecture)
        sketch.fact("Groups", values(.group).joined(separator: ", "))
        sketch.size("Installed", package.size.map { UInt64(clamping: $0) })
        sketch.link("Homepage", package.url)
        sketch.person("Packager", package.packager)
        sketch.fact("Source", package.base)
        sketch.time("Built", package.built.map { UInt64(clamping: $0) })
        sketch.dependencies(relations.map { ($0.title, PortraitSketch.List(values($0.list))) })
        var contents = PortraitSketch.List()
        for path in paths where path.last != UInt8(ascii: "/") {
            contents.append(bytes: path.count + 1) { "/" + String(decoding: path, as: UTF8.self) }
        }
        sketch.contents(contents)
        return sketch.portrait
    }
}
