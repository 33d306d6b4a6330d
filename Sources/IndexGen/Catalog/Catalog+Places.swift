internal import Formats

/// What of a place there is already: owners, repositories, scopes, and the further coordinates within a scope.
extension CatalogSnapshot {
    /// The scopes of a repository that people name (groups, distributions), in byte order.
    func scopeKeys(of repository: RepositoryRow) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT key FROM scope WHERE repository_id = ? AND echoed = 0 ORDER BY key", arguments: [repository.id.value]
        )
    }

    /// Whether a scope lists a file that was placed with this coordinate. Costs a look at each listing of the scope where none has it.
    func has(_ coordinate: String, _ value: String, in scope: String, of repository: RepositoryRow) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 \(Self.placed) AND v.value = ?)",
            arguments: [coordinate, repository.id.value, scope, value]) ?? false
    }

    /// All values of a coordinate that a scope's files were placed with, in byte order. For messages: looks at every listing of the scope.
    func values(of coordinate: String, in scope: String, of repository: RepositoryRow) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT DISTINCT v.value \(Self.placed) ORDER BY v.value",
            arguments: [coordinate, repository.id.value, scope])
    }

    private static let placed = """
        FROM scope s CROSS JOIN partition p ON p.scope_id = s.id CROSS JOIN listing l ON l.partition_id = p.id
        CROSS JOIN coordinate v ON v.file_id = l.file_id AND v.name = ?
        WHERE s.repository_id = ? AND s.key = ?
        """
}

extension Catalog {
    /// Names of the packages that lie in a folder themselves, and are there.
    ///
    /// - Parameter folder: below `OWNER/TYPE/`.
    func liveNames(in folder: String, owner: String, type: String) throws -> Set<String> {
        try pool.read { db in
            let paths = try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT f.path FROM repository r JOIN file f ON f.repository_id = r.id
                        WHERE r.owner_identity = ? AND r.type = ? AND f.path >= ? AND f.path < ?
                            AND f.lead_id IS NULL AND f.removed_in IS NULL
                        """),
                arguments: [ASCII.lowered(owner), type, folder + "/", folder + "0"])
            return Set(paths.map { String($0.dropFirst(folder.count + 1)) }.filter { !$0.contains("/") })
        }
    }

    /// The digests of what lies at a path; nil when nothing does.
    func digests(at path: String, owner: String, type: String) throws -> Digests? {
        try pool.read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT b.sha256, b.sha1, b.md5, b.sha512 FROM repository r
                        JOIN file f ON f.repository_id = r.id AND f.path = ? AND f.removed_in IS NULL
                        JOIN blob b ON b.id = f.blob_id WHERE r.owner_identity = ? AND r.type = ?
                        """), arguments: [path, ASCII.lowered(owner), type])
            return row.map { Digests(sha256: $0.bytes(0), sha1: $0.bytes(1), md5: $0.bytes(2), sha512: $0.bytes(3)) }
        }
    }
}
