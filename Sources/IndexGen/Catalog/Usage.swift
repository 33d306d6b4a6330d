internal import Formats

/// How much an owner has: files of packages that are there, and of removed ones until they are pruned, since those take their room until
/// then. A blob that several files share counts for each.
struct Usage: Equatable, Sendable {
    var files = 0
    var bytes = 0

    static func += (usage: inout Usage, more: Usage) {
        usage.files += more.files
        usage.bytes += more.bytes
    }

    /// Counts what a transaction has brought into a repository. Triggers count what goes or changes; one for each file that comes
    /// would cost a tenth of an ingest.
    func add(to repository: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "UPDATE usage SET files = files + ?, bytes = bytes + ? WHERE repository_id = ?")
            .execute(arguments: [files, bytes, repository])
    }

    /// Of all an owner's repositories, or of one. Counters are kept, so that this costs the same however much there is.
    static func of(owner: String, type: String?, in db: Database) throws -> Usage {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT COALESCE(SUM(u.files), 0), COALESCE(SUM(u.bytes), 0) FROM repository r
                    JOIN usage u ON u.repository_id = r.id WHERE r.owner_identity = ?1 AND (?2 IS NULL OR r.type = ?2)
                    """), arguments: [ASCII.lowered(owner), type])
        return Usage(files: row?[0] ?? 0, bytes: row?[1] ?? 0)
    }
}

extension Catalog {
    func usage(owner: String, type: String?) throws -> Usage {
        try pool.read { try Usage.of(owner: owner, type: type, in: $0) }
    }
}
