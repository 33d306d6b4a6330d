internal import Formats

/// Files of the public tree's root that the site itself writes. Whatever writes there takes the name from here, so that no owner's
/// folder can be in its place.
enum RootFile: String, CaseIterable {
    case frontPage = "index.html"
    /// The keys that sign, for clients that are set up before an owner has a package.
    case key = "repository.key"
}

/// Names of owners: a path component and a word on the command line.
enum OwnerName {
    struct Invalid: Error, CustomStringConvertible {
        var name: String
        var isReserved: Bool
        var description: String {
            isReserved
                ? "'\(name)' cannot be an owner: the site uses this name itself; choose another one"
                : "'\(name)' cannot be an owner: use 1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit"
        }
    }

    /// Names at the root of the site's addresses that are not owners, in lower case: files of the root, first parts of the endpoint's
    /// and of other registries' addresses, and what browsers, robots and pages for people ask for there.
    ///
    /// (`-`, `_indexgen`, `.well-known` and the like are none by their first letter.)
    static let reserved: Set<String> = Set(
        RootFile.allCases.map(\.rawValue) + [
            "api", "v2", "-", "_indexgen", ".well-known", ".indexgen-new",
            "robots.txt", "favicon.ico", "favicon.svg", "sitemap.xml", "humans.txt", "security.txt", "manifest.json",
            "index.json", "index.xml", "index.atom", "feed.xml", "feed.atom", "packages.json", "search.json",
            "search", "assets", "static", "snapshots",
        ])

    /// - Throws: `Invalid`.
    static func check(_ name: String) throws {
        if reserved.contains(ASCII.lowered(name)) { throw Invalid(name: name, isReserved: true) }
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 64, ASCII.isAlphanumeric(first),
            bytes.allSatisfy({ ASCII.isAlphanumeric($0) || ".-_".utf8.contains($0) })
        else { throw Invalid(name: name, isReserved: false) }
    }

    /// Whether an owner's folder would lie where the site has a file of its own. Such owners cannot come in any more, but a catalog
    /// of an earlier version may have one.
    fileprivate static func isInTheWay(_ name: String) -> Bool { RootFile(rawValue: name) != nil }
}

extension Settings {
    /// Files of the owner's own at the root of the public tree.
    private var rootFiles: [String] { files.map(\.path).filter { !$0.utf8.contains(UInt8(ascii: "/")) } }

    /// - Throws: `OwnerName.Invalid`, also for the name of a file that `files` publishes at the root.
    func checkOwner(_ name: String) throws {
        try OwnerName.check(name)
        if rootFiles.contains(where: { ASCII.lowered($0) == ASCII.lowered(name) }) {
            throw OwnerName.Invalid(name: name, isReserved: true)
        }
    }

    /// Whether an owner's folder would lie where the site has a file.
    func isInTheWay(_ owner: String) -> Bool { OwnerName.isInTheWay(owner) || rootFiles.contains(owner) }
}
