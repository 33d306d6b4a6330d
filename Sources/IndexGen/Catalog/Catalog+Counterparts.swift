internal import Formats

/// A version that is here, and what stands for it in a repository of another type.
struct CounterpartOriginal: Sendable {
    var id: Int64
    var version: OriginalVersion
    /// Whether it is there by itself, and not for others.
    var isOriginal: Bool
    /// Of its first file.
    var received: Timestamp
    var modified: Timestamp
    /// Paths below `OWNER/TYPE/` of what stands for it, and is there.
    var standing: [String]
}

/// What has become of a version's counterparts.
struct CounterpartSettlement: Sendable {
    /// The version's row.
    var original: Int64
    /// What it is, for the journal and for people: `acme/container mychart sha256:…`.
    var title: String
    /// Paths, below the other repository's, of what stands for it from now on.
    var standing: Set<String> = []
    /// Why nothing does, and as which package it would.
    var obstacle: (package: String, what: String)?
}

extension Catalog {
    /// Versions whose counterparts are to be looked at.
    struct CounterpartLook: Sendable {
        /// The last change that it takes account of.
        var upTo: Int64
        /// Whether anything has changed in either repository.
        var hasChanges: Bool
        /// In the order in which they came in.
        var versions: [Int64]
        /// Those of them that may have changed.
        var changed: Set<Int64>
    }

    /// - Parameters:
    ///   - type: where the counterparts stand.
    ///   - since: the last change that was taken account of.
    ///   - isWhole: whether all versions are to be looked at, and not only those that changed.
    ///   - author: who changes counterparts; what this one did is not a change.
    func counterpartLook(
        at repository: RepositoryRow, type: String, since: Int64, isWhole: Bool, author: Author
    ) throws -> CounterpartLook {
        try pool.read { db in
            let other = try Int64.fetchOne(
                db, sql: "SELECT id FROM repository WHERE owner_identity = ? AND type = ?",
                arguments: [ASCII.lowered(repository.owner), type])
            let changes = CounterpartChanges(
                here: repository.id.value, there: other ?? 0, type: type, since: since, author: author.name)
            let upTo = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM journal") ?? 0
            let hasChanges = try changes.areThere(in: db)
            var versions = hasChanges ? try changes.versions(in: db) : []
            let changed = Set(versions)
            if isWhole { versions = changed.union(try changes.all(in: db)).sorted() }
            return CounterpartLook(upTo: upTo, hasChanges: hasChanges, versions: versions, changed: changed)
        }
    }

    /// Nil: there is no such version any more.
    func counterpartOriginal(_ id: Int64, type: String) throws -> CounterpartOriginal? {
        try pool.read { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT p.name, v.version, p.id FROM version v JOIN package p ON p.id = v.package_id WHERE v.id = ?",
                arguments: [id])
            guard let row else { return nil }
            let files = try Row.fetchAll(
                db,
                sql: """
                    SELECT path, received, modified, EXISTS (SELECT 1 FROM counterpart WHERE file_id = f.id AND own = 0) FROM file f
                    WHERE version_id = ? AND lead_id IS NULL AND removed_in IS NULL AND part = 0 ORDER BY id
                    """, arguments: [id])
            return CounterpartOriginal(
                id: id,
                version: OriginalVersion(
                    name: row[0], version: row[1], annotations: try Marks.of(file: nil, version: id, package: row[2], in: db),
                    paths: files.map { $0[0] }),
                isOriginal: !files.isEmpty && !files.contains { $0[3] as Bool },
                received: Timestamp(seconds: files.first?[1] ?? 0), modified: Timestamp(seconds: files.first?[2] ?? 0),
                standing: try String.fetchAll(
                    db,
                    sql: """
                        SELECT f.path FROM counterpart c JOIN file f ON f.id = c.file_id JOIN repository r ON r.id = f.repository_id
                        WHERE c.version_id = ? AND r.type = ? AND f.removed_in IS NULL
                        """, arguments: [id, type]))
        }
    }

    /// The digests, the size and the time of the file that is at a path; nil where none is.
    func content(at path: String, in repository: RepositoryRow) throws -> (digests: Digests, size: Int, modified: Timestamp)? {
        try pool.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT b.sha256, b.sha1, b.md5, b.sha512, b.size, f.modified FROM file f JOIN blob b ON b.id = f.blob_id
                    WHERE f.repository_id = ? AND f.path = ? AND f.lead_id IS NULL AND f.removed_in IS NULL
                    """, arguments: [repository.id.value, path]
            ).map {
                (
                    Digests(sha256: $0.bytes(0), sha1: $0.bytes(1), md5: $0.bytes(2), sha512: $0.bytes(3)), $0[4],
                    Timestamp(seconds: $0[5])
                )
            }
        }
    }

    /// Whether anything is remembered whose key begins so.
    func remembersAnything(under prefix: String) throws -> Bool {
        try pool.read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM meta WHERE key >= ?1 AND key < ?1 || char(0x10FFFF))", arguments: [prefix])
                ?? false
        }
    }

    /// Removes what does not stand for versions any more, and notes why what could stand does not; all in one transaction.
    ///
    /// - Parameter type: where the counterparts stand.
    /// - Returns: which obstacles were not known, and whether any file was removed.
    func settle(_ settlements: [CounterpartSettlement], type: String, author: Author) throws
        -> (news: [CounterpartSettlement], isChange: Bool)
    {
        let now = clock.now()
        return try pool.write { db in
            var news: [CounterpartSettlement] = []
            var isChange = false
            for settlement in settlements {
                let leaving = try leaving(after: settlement, type: type, in: db)
                if !leaving.isEmpty {
                    try remove(
                        leaving, author: author, remark: "was here for \(settlement.title)", at: now, db)
                    isChange = true
                }
                let before = try String.fetchOne(
                    db, sql: "SELECT what FROM obstacle WHERE version_id = ? AND type = ?",
                    arguments: [settlement.original, type])
                guard before != settlement.obstacle?.what else { continue }
                try db.execute(
                    sql: "DELETE FROM obstacle WHERE version_id = ? AND type = ?", arguments: [settlement.original, type])
                guard let obstacle = settlement.obstacle else { continue }
                news.append(settlement)
                try db.execute(
                    sql: "INSERT INTO obstacle (version_id, type, package, what) VALUES (?, ?, ?, ?)",
                    arguments: [settlement.original, type, obstacle.package, obstacle.what])
            }
            return (news, isChange)
        }
    }

    /// What was here for a version alone, and is not any more. What others require stays, as if it had come by itself.
    private func leaving(after settlement: CounterpartSettlement, type: String, in db: Database) throws -> [FileRow] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, f.path, f.removed_in IS NULL, c.own, r.id, r.owner, r.type, r.segment FROM counterpart c
                JOIN file f ON f.id = c.file_id JOIN repository r ON r.id = f.repository_id
                WHERE c.version_id = ? AND r.type = ? ORDER BY f.id
                """, arguments: [settlement.original, type])
        var leaving: [FileRow] = []
        for row in rows where !settlement.standing.contains(row[1]) || !(row[2] as Bool) {
            let file: Int64 = row[0], isAlone = row[3] == 0
            try db.execute(
                sql: "DELETE FROM counterpart WHERE file_id = ? AND version_id = ?", arguments: [file, settlement.original])
            guard row[2], isAlone, try !CounterpartRows.isDerived(file, in: db) else { continue }
            let repository = RepositoryRow(id: RepositoryID(value: row[4]), owner: row[5], type: row[6], segment: row[7])
            leaving += try CatalogSnapshot(db: db).files(in: repository, of: (.file, file))
        }
        return try leaving.filter { try Requirements.fault(inRemoving: [$0], db) == nil }
    }
}

/// What has changed since a moment in the repository of originals and in that of their counterparts.
private struct CounterpartChanges {
    var here: Int64
    /// 0: there is none yet.
    var there: Int64
    var type: String
    var since: Int64
    var author: String

    func areThere(in db: Database) throws -> Bool {
        for repository in [here, there] {
            let change = try Int64.fetchOne(
                db, sql: "SELECT 1 FROM journal WHERE repository_id = ? AND id > ? LIMIT 1", arguments: [repository, since])
            if change != nil { return true }
        }
        return false
    }

    /// Every version that has files, or had counterparts, or could have some.
    func all(in db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT version_id FROM file
                    WHERE repository_id = ?1 AND lead_id IS NULL AND part = 0 AND removed_in IS NULL
                UNION SELECT c.version_id FROM counterpart c JOIN file f ON f.id = c.file_id
                    JOIN version v ON v.id = c.version_id JOIN package p ON p.id = v.package_id
                    WHERE f.repository_id = ?2 AND p.repository_id = ?1
                UNION SELECT o.version_id FROM obstacle o JOIN version v ON v.id = o.version_id
                    JOIN package p ON p.id = v.package_id WHERE o.type = ?3 AND p.repository_id = ?1
                """, arguments: [here, there, type])
    }

    /// Versions of which files came, went or were marked; those whose counterparts somebody else has changed; and those that something was in
    /// the way of that has changed.
    func versions(in db: Database) throws -> [Int64] {
        var versions = Set(
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT f.version_id FROM journal j JOIN file f ON f.repository_id = j.repository_id AND f.path = j.path
                    WHERE j.repository_id = ?1 AND j.id > ?2 AND f.lead_id IS NULL AND f.part = 0
                    UNION SELECT m.version_id FROM mark m JOIN version v ON v.id = m.version_id
                        JOIN package p ON p.id = v.package_id WHERE m.cleared_in > ?2 AND p.repository_id = ?1
                    """, arguments: [here, since]))
        if there == 0 { return versions.sorted() }
        versions.formUnion(
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT c.version_id FROM journal j JOIN file f ON f.repository_id = j.repository_id AND f.path = j.path
                        JOIN counterpart c ON c.file_id = f.id JOIN version v ON v.id = c.version_id
                        JOIN package p ON p.id = v.package_id
                        WHERE j.repository_id = ?2 AND j.id > ?3 AND j.actor <> ?4 AND p.repository_id = ?1
                    UNION SELECT c.version_id FROM mark m JOIN journal j ON j.id = m.cleared_in
                        JOIN file f ON f.version_id = m.version_id JOIN counterpart c ON c.file_id = f.id
                        JOIN version v ON v.id = c.version_id JOIN package p ON p.id = v.package_id
                        WHERE m.cleared_in > ?3 AND j.actor <> ?4 AND f.repository_id = ?2 AND p.repository_id = ?1
                    UNION SELECT o.version_id FROM (
                        SELECT DISTINCT package FROM journal WHERE repository_id = ?2 AND id > ?3 AND actor <> ?4) j
                        JOIN obstacle o ON o.package = j.package AND o.type = ?5 JOIN version v ON v.id = o.version_id
                        JOIN package p ON p.id = v.package_id WHERE p.repository_id = ?1
                    """, arguments: [here, there, since, author, type]))
        return versions.sorted()
    }
}
