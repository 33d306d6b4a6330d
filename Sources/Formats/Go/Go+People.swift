/// How pages tell people to install, and order what they list.
extension Go {
    /// Where packages come from is a setting of go's own.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        [Installation("go", ["go get \(PageWords.shellWord("\(target.name)@\(target.version ?? "latest")"))"])]
    }

    /// As go orders versions. What is not a version comes first.
    package func orderKey(ofVersion version: String) -> [UInt8] {
        SortKey.of { key in
            let known = GoVersion(version)
            key.rank(known == nil ? 0 : 1)
            key.append(known?.sortKey ?? NaturalVersion(version).sortKey)
        }
    }

    /// Pseudo-versions are pre-releases.
    package func isPrerelease(version: String) -> Bool {
        GoVersion(version)?.isPrerelease ?? NaturalVersion(version).isPrerelease
    }
}
