internal import Formats

/// What an address below `OWNER/TYPE/` stands for when a package is meant: the file at that public path, or all files of the package that
/// one of the ecosystem's removal addresses names (`el9/package/hello/2.0-1/x86_64`), as Gitea's users have them in their scripts.
struct PackageAddress: Sendable {
    let ecosystem: any Ecosystem
    /// Below `OWNER/TYPE/`, decoded.
    let path: String
    /// What a removal address names; empty where it is none.
    let captures: [String: String]
    /// What clients of that address read in an answer; nil: nothing.
    let confirmation: UploadAnswer?
    /// Whether clients of that address look for the change as soon as they are answered.
    let waits: Bool

    /// - Parameter parts: of the path below `OWNER/TYPE/`, decoded.
    init(_ parts: [String], _ ecosystem: any Ecosystem) {
        self.ecosystem = ecosystem
        path = parts.joined(separator: "/")
        let match = ecosystem.profile.routes.lazy.compactMap {
            route -> (captures: [String: String], confirmation: UploadAnswer?, waits: Bool)? in
            guard case .remove(let confirmation) = route.purpose else { return nil }
            return route.path.match(parts).map { ($0, confirmation, route.waits) }
        }.first
        captures = match?.captures ?? [:]
        confirmation = match?.confirmation
        waits = match?.waits ?? false
    }

    /// Whether the address is one of a package and not of a file.
    var isByName: Bool { captures["name"] != nil }

    /// Where the address says that the package is listed.
    var coordinates: Coordinates {
        let names = ecosystem.profile.coordinates.map(\.name)
        return Coordinates(captures.filter { names.contains($0.key) })
    }

    /// The live files: the one at the path, or else those of the package.
    func files(in repository: RepositoryRow, _ snapshot: CatalogSnapshot) throws -> [FileRow] {
        let there = try snapshot.files(in: repository, path: path)
        guard there.isEmpty, let name = captures["name"] else { return there }
        let version = captures["version"].map(ecosystem.version)
        let files = try snapshot.files(in: repository, name: name, version: version).filter { file in
            (captures["architecture"].map { $0 == file.architecture } ?? true) && file.isListed(at: coordinates, in: ecosystem)
        }
        guard let filename = captures["filename"] else { return files }
        // What speaks about a file goes with it.
        guard let named = files.first(where: { Files.name(of: $0.path) == filename }) else { return [] }
        return files.filter { $0.version == named.version && $0.architecture == named.architecture }
    }
}

extension FileRow {
    /// Whether one of the partitions that list the file stands for all of these coordinates. No coordinates: every file.
    func isListed(at given: Coordinates, in ecosystem: any Ecosystem) -> Bool {
        if given.names.isEmpty { return true }
        return listed.contains { partition in
            let there = ecosystem.coordinates(of: partition)
            return given.names.allSatisfy { given[$0] == there[$0] }
        }
    }
}
