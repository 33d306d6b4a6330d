internal import Formats

/// The newest time that the catalog holds: one number says whether any can lie ahead of the clock.
enum Times {
    /// Called in every transaction that writes a time which documents or grace periods depend on.
    static func note(_ now: Timestamp, in db: Database) throws {
        try db.cachedStatement(sql: "UPDATE meta SET value = ?1 WHERE key = 'newest' AND value < ?1")
            .execute(arguments: [now.seconds])
    }
}

extension Catalog {
    /// Whether anything was written under a clock that was ahead of the present one.
    func isAhead() throws -> Bool {
        let horizon = clock.horizon
        return try pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'newest'") ?? 0 > horizon.seconds
        }
    }

    /// Takes back every time that no right clock has reached, but for those of arrivals (`lateArrivals`): scopes are dated now and wait
    /// to be published, an entry of the journal is as old as the one after it.
    func correctTimes() throws {
        let (now, horizon) = (clock.now(), clock.horizon)
        try pool.write { db in
            try correctJournal(now, horizon, in: db)
            // Perhaps it is this clock that is wrong, and behind: once one has come as far again, clients hold documents of that date
            // and take none that is older (`heldTime`).
            try db.execute(
                sql: """
                    INSERT INTO meta (key, value) SELECT 'held', MAX(changed) FROM scope WHERE changed > ?1 HAVING MAX(changed) > 0
                    ON CONFLICT (key) DO UPDATE SET value = MAX(value, excluded.value)
                    """, arguments: [horizon.seconds])
            try db.execute(
                sql: "UPDATE scope SET changed = ?, revision = revision + 1 WHERE changed > ?",
                arguments: [now.seconds, horizon.seconds])
            try db.execute(
                sql: "UPDATE retired SET since = ? WHERE since > ?", arguments: [now.seconds, horizon.seconds])
            // No pause between two tries is longer than six hours.
            try db.execute(
                sql: "UPDATE delivery SET next_at = ? WHERE next_at > ?",
                arguments: [now.seconds, horizon.seconds + 6 * 3_600])
            try db.execute(sql: "UPDATE meta SET value = ? WHERE key = 'newest'", arguments: [now.seconds])
        }
    }

    /// The latest time that was taken back, where the clock has reached it by now; nil where nothing was.
    func heldTime() throws -> Timestamp? {
        let now = clock.now()
        return try pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'held' AND value <= ?", arguments: [now.seconds])
                .map { Timestamp(seconds: $0) }
        }
    }

    func forgetHeldTime() throws {
        try pool.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'held'") }
    }

    private func correctJournal(_ now: Timestamp, _ horizon: Timestamp, in db: Database) throws {
        guard let first = try Int64.fetchOne(db, sql: "SELECT MIN(id) FROM journal WHERE at > ?", arguments: [horizon.seconds])
        else { return }
        var bound = now.seconds
        let update = try db.cachedStatement(sql: "UPDATE journal SET at = ? WHERE id = ?")
        for row in try Row.fetchAll(db, sql: "SELECT id, at FROM journal WHERE id >= ? ORDER BY id DESC", arguments: [first]) {
            let at: Int64 = row[1]
            if at > horizon.seconds { try update.run(.integer(bound), .integer(row[0])) } else { bound = min(bound, at) }
        }
    }

    /// Files that came in later than now, as re-rendering needs them, with the moment of the change that brought them (after
    /// `correctTimes`).
    func lateArrivals() throws -> [(file: Rerendering, arrival: Timestamp)] {
        let horizon = clock.horizon
        return try snapshot { snapshot in
            try snapshot.repositories().flatMap { repository in
                try snapshot.files(in: repository).filter { $0.received > horizon }.map { file in
                    let arrival = try Int64.fetchOne(
                        snapshot.db, sql: "SELECT at FROM journal WHERE id = (SELECT added_in FROM file WHERE id = ?)",
                        arguments: [file.id.value])
                    return (
                        try rerendering(file, in: snapshot.db),
                        Timestamp(seconds: min(arrival ?? 0, horizon.seconds - Clock.tolerance))
                    )
                }
            }
        }
    }

    /// Gives a file the moment of its arrival, and the fragments that hold it.
    func redate(_ file: FileID, to arrival: Timestamp, _ fragments: [Fragment]) throws {
        try pool.write { db in
            try db.execute(
                sql: "UPDATE file SET received = ?2 WHERE id = ?1 OR lead_id = ?1", arguments: [file.value, arrival.seconds])
            for fragment in fragments {
                try db.execute(
                    sql: "UPDATE fragment SET bytes = ? WHERE file_id = ? AND slot_id = (SELECT id FROM slot WHERE name = ?)",
                    arguments: [fragment.bytes, file.value, fragment.slot.name])
            }
            let partitions = try Int64.fetchAll(
                db, sql: "SELECT DISTINCT partition_id FROM listing WHERE file_id = ? AND removed_in IS NULL",
                arguments: [file.value])
            for partition in partitions {
                try db.execute(sql: "UPDATE partition SET revision = revision + 1 WHERE id = ?", arguments: [partition])
                // No entry of the journal says which keys changed: all of the scope is looked at.
                try db.execute(
                    sql: """
                        UPDATE scope SET revision = revision + 1, shown = 0
                        WHERE id = (SELECT scope_id FROM partition WHERE id = ?)
                        """, arguments: [partition])
            }
        }
    }

    // MARK: Validity

    /// A scope and the moment of its last change.
    struct ScopeAge: Sendable {
        var id: ScopeID
        var key: String
        var changed: Timestamp
    }

    func scopeAges(of repository: RepositoryRow) throws -> [ScopeAge] {
        try pool.read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, key, changed FROM scope WHERE repository_id = ? ORDER BY key",
                arguments: [repository.id.value]
            ).map { ScopeAge(id: ScopeID(value: $0[0]), key: $0[1], changed: Timestamp(seconds: $0[2])) }
        }
    }

    /// Dates scopes anew, so that clients go on taking them: a change that changes no package. The journal has it.
    func renew(_ scopes: [ScopeAge], of repository: RepositoryRow, because reason: String, author: Author) throws {
        let now = clock.now()
        try pool.write { db in
            try Times.note(now, in: db)
            for scope in scopes {
                _ = try Journal.append(
                    "renew", author: author, at: now, owner: repository.owner, type: repository.type, package: "", version: "",
                    path: "", sha256: [], detail: "\(scope.key): \(reason)", in: db)
                try db.execute(
                    sql: "UPDATE scope SET changed = ?, revision = revision + 1 WHERE id = ?",
                    arguments: [now.seconds, scope.id.value])
            }
        }
    }
}

extension CatalogSnapshot {
    /// How many times of a repository lie ahead, and the latest of them; nil where none does.
    func timesAhead(of repository: RepositoryRow, _ horizon: Timestamp) throws -> (count: Int, latest: Timestamp)? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT COUNT(*), MAX(at) FROM (
                    SELECT changed AS at FROM scope WHERE repository_id = ?1 AND changed > ?2
                    UNION ALL SELECT received FROM file WHERE repository_id = ?1 AND received > ?2 AND removed_in IS NULL
                    UNION ALL SELECT at FROM journal WHERE at > ?2 AND LOWER(owner) = LOWER(?3) AND type = ?4)
                """, arguments: [repository.id.value, horizon.seconds, repository.owner, repository.type])
        guard let row, let latest = row[1] as Int64? else { return nil }
        return (row[0], Timestamp(seconds: latest))
    }
}
