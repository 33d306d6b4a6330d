extension Alpine {
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let package = target.version.map { "\(target.name)=\($0)" } ?? target.name
        return [Installation("apk", ["apk add \(PageWords.shellWord(package))"])]
    }

    /// apk takes the newest, whatever it is called.
    package func isPrerelease(version: String) -> Bool { false }

    /// None for what is not a version, which no record has.
    package func orderKey(ofVersion version: String) -> [UInt8] { APKVersion(version)?.sortKey ?? [] }
}

/// What the page of a package tells people of a file: what its `.PKGINFO` says, and the files in it.
enum AlpinePortrait {
    /// - Parameters:
    ///   - replaces: whose files it may overwrite.
    ///   - paths: of its files.
    static func of(_ package: AlpinePackage, replaces: [String], _ paths: PortraitSketch.List) -> Portrait {
        var sketch = PortraitSketch()
        sketch.fact("Licence", package.license)
        sketch.fact("Architecture", package.architecture)
        sketch.size("Installed", UInt64(clamping: package.size))
        sketch.link("Homepage", package.url)
        sketch.person("Maintainer", package.maintainer)
        sketch.fact("Source", package.origin)
        sketch.fact("Commit", package.commit)
        sketch.time("Built", package.built.map { UInt64(clamping: $0) })
        var depends = PortraitSketch.List(), conflicts = PortraitSketch.List()
        for dependency in package.dependencies.split(separator: " ") {
            if dependency.utf8.first == UInt8(ascii: "!") {
                conflicts.append(String(dependency.dropFirst()))
            } else {
                depends.append(String(dependency))
            }
        }
        func list(_ text: String) -> PortraitSketch.List { .init(text.split(separator: " ").lazy.map(String.init)) }
        sketch.dependencies([
            ("Depends", depends), ("Provides", list(package.provides)), ("Conflicts", conflicts),
            ("Replaces", list(replaces.joined(separator: " "))), ("Installed if", list(package.installIf)),
        ])
        sketch.contents(paths)
        return sketch.portrait
    }
}
