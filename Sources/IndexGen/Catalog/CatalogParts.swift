internal import Formats

/// Appends to the journal of changes.
enum Journal {
    static let insertion = """
        INSERT INTO journal (at, actor, origin, action, owner, type, package, version, path, sha256, detail, repository_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
            (SELECT id FROM repository WHERE owner_identity = LOWER(?5) AND type = ?6))
        """

    /// - Returns: the change's number.
    static func append(
        _ action: String, author: Author, at now: Timestamp, owner: String, type: String, package: String, version: String,
        path: String, sha256: [UInt8], detail: String = "", in db: Database
    ) throws -> Int64 {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            now.seconds, author.name, author.origin, action, owner, type, package, version, path, sha256, detail,
        ])
        return db.lastInsertedRowID
    }
}

/// Raises revisions: the one place that makes partitions and their scopes dirty.
enum PartitionTouch {
    /// A scope's time never goes back, unless it is one that no right clock has reached.
    ///
    /// - Parameters:
    ///   - touched: partition → by how much its number of entries changed.
    ///   - horizon: the clock's.
    static func apply(_ touched: [Int64: Int], in db: Database, at now: Timestamp, horizon: Timestamp) throws {
        var scopes: Set<Int64> = []
        for (partition, difference) in touched.sorted(by: { $0.key < $1.key }) {
            try db.cachedStatement(sql: "UPDATE partition SET entries = entries + ?, revision = revision + 1 WHERE id = ?")
                .execute(arguments: [difference, partition])
            let scope = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT scope_id FROM partition WHERE id = ?"), arguments: [partition])
            guard let scope else { preconditionFailure("partitions are never deleted") }
            scopes.insert(scope)
        }
        try touch(scopes, in: db, at: now, horizon: horizon)
    }

    /// Makes scopes dirty whose partitions may stay as they are.
    static func touch(_ scopes: Set<Int64>, in db: Database, at now: Timestamp, horizon: Timestamp) throws {
        if !scopes.isEmpty { try Times.note(now, in: db) }
        for scope in scopes.sorted() {
            // `Catalog.heldTime` says why.
            try db.cachedStatement(
                sql: """
                    INSERT INTO meta (key, value) SELECT 'held', changed FROM scope WHERE id = ?2 AND changed > ?1
                    ON CONFLICT (key) DO UPDATE SET value = MAX(value, excluded.value)
                    """
            ).execute(arguments: [horizon.seconds, scope])
            try db.cachedStatement(
                sql: """
                    UPDATE scope SET revision = revision + 1, changed = CASE WHEN changed BETWEEN ?1 AND ?2 THEN changed ELSE ?1 END
                    WHERE id = ?3
                    """
            ).execute(arguments: [now.seconds, horizon.seconds, scope])
        }
    }
}

/// The rows of partitions in which a few files come to be listed, whatever put them there. Files that come in by the hundred have
/// `IngestStatements`.
enum PartitionRow {
    /// The row of a partition, which begins where it is new, and so does its scope. Nil where the scope is of the other kind.
    ///
    /// - Parameters:
    ///   - isEchoed: whether the scope lists documents of other scopes, and not packages.
    ///   - customs: the ecosystem's, for a scope that begins with it.
    static func id(
        of key: PartitionKey, in repository: RepositoryRow, isEchoed: Bool, customs: Int, since time: Timestamp, _ db: Database
    ) throws -> Int64? {
        try db.cachedStatement(
            sql: """
                INSERT INTO scope (repository_id, key, revision, published, changed, customs, echoed)
                VALUES (?, ?, 0, 0, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [repository.id.value, key.scope, time.seconds, customs, isEchoed])
        let scope = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM scope WHERE repository_id = ? AND key = ? AND echoed = ?"),
            arguments: [repository.id.value, key.scope, isEchoed])
        guard let scope else { return nil }
        try db.cachedStatement(
            sql: """
                INSERT INTO partition (scope_id, name, shared, entries, revision) VALUES (?, ?, 0, 0, 0) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [scope, key.name])
        let id = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM partition WHERE scope_id = ? AND name = ?"), arguments: [scope, key.name])
        guard let id else { preconditionFailure("what conflicts is there") }
        return id
    }
}

/// Slots are named in code and numbered in the catalog.
enum SlotNames {
    static func id(of slot: Slot, in db: Database, remembered: inout [Slot: Int64]) throws -> Int64 {
        if let known = remembered[slot] { return known }
        if let id = try id(of: slot, in: db) {
            remembered[slot] = id
            return id
        }
        try db.execute(sql: "INSERT INTO slot (name) VALUES (?)", arguments: [slot.name])
        remembered[slot] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    static func id(of slot: Slot, in db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM slot WHERE name = ?", arguments: [slot.name])
    }
}
