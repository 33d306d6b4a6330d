internal import Formats

/// Where the pages for people are, below `public/`. Gitea has the pages of packages at the same addresses.
enum PeoplePath {
    /// Of the pages of all packages of a repository: `acme/-/packages/rpm`.
    static func packages(of repository: RepositoryRow) -> String { "\(repository.owner)/-/packages/\(repository.type)" }

    /// The folder of a package's page; nil for a name that has none: one that is not a path, or would be the place of another page.
    static func package(_ name: String, of repository: RepositoryRow) -> String? {
        guard PublicPath.fault(in: name) == nil else { return nil }
        let taken = name.split(separator: "/").contains { part in
            part == "-" || part == "index.html" || part == "package.json"
        }
        return taken ? nil : "\(packages(of: repository))/\(name)"
    }

    static func range(_ range: String, of repository: RepositoryRow) -> String { "\(packages(of: repository))/-/names/\(range)" }

    /// The range of names that a name is in: its first two letters or digits in small letters; fewer where it has no more.
    static func range(of name: String) -> String {
        let letters = name.utf8.lazy.map { ASCII.lowered($0) }.filter(ASCII.isAlphanumeric).prefix(2)
        return letters.isEmpty ? "other" : String(decoding: Array(letters), as: UTF8.self)
    }

    /// What leads from a folder to the top.
    static func root(from folder: String) -> String {
        String(repeating: "../", count: folder.isEmpty ? 0 : folder.utf8.count { $0 == UInt8(ascii: "/") } + 1)
    }
}
