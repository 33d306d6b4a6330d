/// How pages tell people to install, and order what they list.
extension NPM {
    /// Of a package with a scope, the scope alone comes from here: what it depends on comes from where it came from before.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        let address = "\(repository.baseURL)/\(repository.owner)/\(profile.segment)/"
        let scope = target.name.utf8.first == UInt8(ascii: "@") ? target.name.utf8.prefix { $0 != UInt8(ascii: "/") } : nil
        let option = PageWords.shellWord("--\(scope.map { "\(Substring($0)):" } ?? "")registry=\(address)")
        let package = PageWords.shellWord(target.version.map { "\(target.name)@\($0)" } ?? target.name)
        // A name may begin with a dash.
        if target.name.utf8.first == UInt8(ascii: "-") {
            return [Installation("npm", ["npm install \(option) -- \(package)"])]
        }
        return [Installation("npm", ["npm install \(package) \(option)"])]
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
