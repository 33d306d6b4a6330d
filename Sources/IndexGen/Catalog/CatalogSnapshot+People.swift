internal import Formats

/// What lists say of a package.
struct PortraitLine: Sendable {
    /// Nil where all are of one.
    var repository: RepositoryRow?
    var name: String
    /// The newest version, as people call it.
    var version: String
    var summary: String
    /// Seconds.
    var changed: Int64
}

extension CatalogSnapshot {
    /// The packages of a repository that have pages, by name.
    ///
    /// - Parameter range: only those of a range of names; nil: all.
    func portraits(of repository: RepositoryRow, range: String?) throws -> [PortraitLine] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, version, summary, changed FROM portrait WHERE repository_id = ?1 \(range == nil ? "" : "AND range = ?2")
                    AND ?2 = ?2 ORDER BY name
                """, arguments: [repository.id.value, range ?? ""]
        ).map { PortraitLine(repository: nil, name: $0[0], version: $0[1], summary: $0[2], changed: $0[3]) }
    }

    /// The ranges of names of a repository that are not empty.
    func portraitRanges(of repository: RepositoryRow) throws -> [(range: String, count: Int)] {
        try Row.fetchAll(
            db, sql: "SELECT range, COUNT(*) FROM portrait WHERE repository_id = ? GROUP BY range ORDER BY range",
            arguments: [repository.id.value]
        ).map { ($0[0], $0[1]) }
    }

    /// The packages of a repository that got something last, the newest first.
    func newestPortraits(of repository: RepositoryRow, limit: Int) throws -> [PortraitLine] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, version, summary, changed FROM portrait WHERE repository_id = ? ORDER BY changed DESC, package_id DESC LIMIT ?
                    """), arguments: [repository.id.value, limit]
        ).map { PortraitLine(repository: nil, name: $0[0], version: $0[1], summary: $0[2], changed: $0[3]) }
    }

    /// How many packages of a repository have pages.
    func portraitCount(of repository: RepositoryRow) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT COUNT(*) FROM portrait WHERE repository_id = ?"), arguments: [repository.id.value])
            ?? 0
    }

    /// What is known of a file that is looked at again; nil when it is not there.
    func rerendering(_ file: FileID, in repository: RepositoryRow) throws -> Catalog.Rerendering? {
        try files(in: repository, of: (.file, file.value)).first.map { try Catalog.rerendering($0, in: db) }
    }
}
