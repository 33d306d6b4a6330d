internal import Formats

extension Catalog {
    /// Removed packages that nothing needs any more: their grace period is over, and no public document lists them.
    struct Prunable: Sendable {
        /// Packages and their sidecars, by path below `public/`.
        var paths: [String]
        /// Of all these files.
        var bytes: Int
    }

    func prunable() throws -> Prunable {
        try pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT r.owner || '/' || r.segment || '/' || f.path, b.size FROM file f
                    JOIN repository r ON r.id = f.repository_id JOIN blob b ON b.id = f.blob_id
                    WHERE f.id IN (\(Self.prunable)) ORDER BY 1
                    """)
            return Prunable(paths: rows.map { $0[0] }, bytes: rows.map { $0[1] as Int }.reduce(0, +))
        }
    }

    /// Deletes what is prunable, with all that only these rows refer to. The journal stays, and so does what the identities and paths
    /// meant: other bytes never come in under them unless they are asked to.
    func prune() throws {
        let now = clock.now()
        try pool.write { db in
            try db.execute(sql: "CREATE TEMPORARY TABLE pruned AS \(Self.prunable)")
            for kind in ["path", "identity"] {
                try db.execute(
                    sql: """
                        INSERT INTO tombstone (repository_id, kind, key, sha256, what, pruned)
                        SELECT f.repository_id, '\(kind)', f.\(kind), b.sha256, p.name || ' ' || v.version, ? FROM file f
                        JOIN blob b ON b.id = f.blob_id JOIN version v ON v.id = f.version_id
                        JOIN package p ON p.id = v.package_id WHERE f.id IN (SELECT id FROM pruned) AND f.\(kind) IS NOT NULL
                        ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, what = excluded.what, pruned = excluded.pruned
                        """, arguments: [now.seconds])
            }
            for statement in [
                "DELETE FROM listing WHERE file_id IN (SELECT id FROM pruned)",
                "DELETE FROM fragment WHERE file_id IN (SELECT id FROM pruned)",
                "DELETE FROM coordinate WHERE file_id IN (SELECT id FROM pruned)",
                "DELETE FROM mark WHERE subject = 'file' AND subject_id IN (SELECT id FROM pruned)",
                "DELETE FROM requirement WHERE file_id IN (SELECT id FROM pruned) OR required_id IN (SELECT id FROM pruned)",
                "DELETE FROM counterpart WHERE file_id IN (SELECT id FROM pruned)",
                "DELETE FROM file WHERE lead_id IN (SELECT id FROM pruned)",
                "DELETE FROM file WHERE id IN (SELECT id FROM pruned)",
                """
                INSERT INTO tombstone (repository_id, kind, key, sha256, what, pruned)
                SELECT c.repository_id, 'claim', c.identity, b.sha256, c.identity, \(now.seconds) FROM claim c
                JOIN blob b ON b.id = c.blob_id WHERE NOT EXISTS (
                    SELECT 1 FROM file f WHERE f.repository_id = c.repository_id AND f.blob_id = c.blob_id)
                ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, pruned = excluded.pruned
                """,
                """
                DELETE FROM claim WHERE NOT EXISTS (
                    SELECT 1 FROM file f WHERE f.repository_id = claim.repository_id AND f.blob_id = claim.blob_id)
                """,
                """
                UPDATE mark SET version_id = NULL WHERE version_id IS NOT NULL
                    AND version_id NOT IN (SELECT version_id FROM file)
                """,
                "DELETE FROM counterpart WHERE version_id NOT IN (SELECT version_id FROM file)",
                "DELETE FROM obstacle WHERE version_id NOT IN (SELECT version_id FROM file)",
                "DELETE FROM version WHERE id NOT IN (SELECT version_id FROM file)",
                "DELETE FROM mark WHERE subject = 'version' AND subject_id NOT IN (SELECT id FROM version)",
                "DELETE FROM package WHERE id NOT IN (SELECT package_id FROM version)",
                "DELETE FROM mark WHERE subject = 'package' AND subject_id NOT IN (SELECT id FROM package)",
                """
                INSERT INTO doomed (sha256) SELECT sha256 FROM blob WHERE id NOT IN (SELECT blob_id FROM file)
                ON CONFLICT DO NOTHING
                """,
                "DELETE FROM blob WHERE id NOT IN (SELECT blob_id FROM file)",
                "DROP TABLE pruned",
            ] {
                try db.execute(sql: statement)
            }
        }
    }

    /// Hands `body` the SHA-256 of every blob that there is, and of those whose rows were pruned, while nobody can add one: blobs come
    /// in under the writer's lock. Forgets the latter when `body` is done.
    func withBlobs<Result>(_ body: (_ known: Set<[UInt8]>, _ doomed: Set<[UInt8]>) throws -> Result) throws -> Result {
        var result: Result?
        try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let doomed = Set(try Row.fetchAll(db, sql: "SELECT sha256 FROM doomed").map { $0.bytes(0) })
                result = try body(Set(Row.fetchAll(db, sql: "SELECT sha256 FROM blob").map { $0.bytes(0) }), doomed)
                if !doomed.isEmpty { try db.execute(sql: "DELETE FROM doomed") }
                return .commit
            }
        }
        guard let result else { preconditionFailure("the transaction was done") }
        return result
    }

    /// Lets blobs go that no row names; the next `prune` deletes them.
    func doom(_ blobs: [[UInt8]]) throws {
        try pool.write { db in
            for sha256 in blobs {
                try db.execute(sql: "INSERT INTO doomed (sha256) VALUES (?) ON CONFLICT DO NOTHING", arguments: [sha256])
            }
        }
    }

    /// The SHA-256 of every blob that a row names.
    func blobs() throws -> Set<[UInt8]> {
        try pool.read { Set(try Row.fetchAll($0, sql: "SELECT sha256 FROM blob").map { $0.bytes(0) }) }
    }

    /// The ids of removed files (with their sidecars) that are not public any more, in repositories that wait for nothing.
    private static let prunable = """
        SELECT f.id FROM file f JOIN repository r ON r.id = f.repository_id WHERE f.removed_in IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM retired t WHERE t.path = r.owner || '/' || r.segment || '/' || f.path)
        AND NOT EXISTS (SELECT 1 FROM scope s WHERE s.repository_id = f.repository_id AND s.published < s.revision)
        """
}
