/// How pages tell people to install, and order what they list.
extension Cargo {
    /// By the name that the repository's page gives it in cargo's settings.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let crate = PageWords.shellWord(target.version.map { "\(target.name)@\($0)" } ?? target.name)
        let registry = PageWords.shellWord(repository.owner)
        return [
            Installation("cargo add", ["cargo add \(crate) --registry \(registry)"]),
            Installation("cargo install", ["cargo install \(crate) --registry \(registry)"]),
        ]
    }

    /// By Semantic Versioning. What is not a version comes first.
    package func orderKey(ofVersion version: String) -> [UInt8] {
        SortKey.of { key in
            let known = SemanticVersion(version)
            key.rank(known == nil ? 0 : 1)
            key.append(known?.sortKey ?? NaturalVersion(version).sortKey)
        }
    }

    package func isPrerelease(version: String) -> Bool {
        SemanticVersion(version)?.isPrerelease ?? NaturalVersion(version).isPrerelease
    }
}
