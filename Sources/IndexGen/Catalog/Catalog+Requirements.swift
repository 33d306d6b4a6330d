internal import Formats

extension Catalog {
    /// Files that are there only for others, and that nothing has required since a moment.
    ///
    /// What was removed requires no more; when it comes back, all that it requires has to be there.
    func unrequired(since moment: Timestamp) throws -> [FileRow] {
        try pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT f.id, r.id, r.owner, r.type, r.segment FROM file f JOIN repository r ON r.id = f.repository_id
                    WHERE f.part = 1 AND f.removed_in IS NULL AND MAX(f.received, f.released) < ? AND NOT EXISTS (
                        SELECT 1 FROM requirement q JOIN file o ON o.id = q.file_id
                        WHERE q.required_id = f.id AND o.removed_in IS NULL)
                    ORDER BY f.id
                    """, arguments: [moment.seconds])
            let snapshot = CatalogSnapshot(db: db)
            return try rows.flatMap { row in
                let repository = RepositoryRow(id: RepositoryID(value: row[1]), owner: row[2], type: row[3], segment: row[4])
                return try snapshot.files(in: repository, of: (.file, row[0]))
            }
        }
    }
}

/// Which files are of no use without which others.
enum Requirements {
    /// Why files cannot go: others that stay require one of them. Nil: they can.
    static func fault(inRemoving files: [FileRow], _ db: Database) throws -> Refusal? {
        let leaving = Set(files.map(\.id.value))
        for file in files {
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT f.id, f.path FROM requirement q JOIN file f ON f.id = q.file_id
                        WHERE q.required_id = ? AND f.removed_in IS NULL
                        """), arguments: [file.id.value])
            while let row = try rows.next() {
                if leaving.contains(row[0]) { continue }
                return Refusal(
                    .required, "\(row[1] as String) requires it", at: file.pathInRepository,
                    remedy: "remove what requires it first")
            }
        }
        return nil
    }

    /// What is here of a file that is required: its size in bytes, and how many files stand one behind the other from it on, itself
    /// counted, as far as one more than `limit`. Nil: it is not here.
    static func standing(
        of required: Placement.Requirement, in repository: Int64, limit: Int, _ db: Database
    ) throws -> (size: Int, depth: Int)? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    WITH RECURSIVE chain (id, depth) AS (
                        SELECT id, 1 FROM file WHERE repository_id = ? AND path = ? AND lead_id IS NULL AND removed_in IS NULL
                        UNION SELECT q.required_id, c.depth + 1 FROM chain c JOIN requirement q ON q.file_id = c.id
                        WHERE c.depth <= ?)
                    SELECT b.size, (SELECT MAX(depth) FROM chain) FROM chain c JOIN file f ON f.id = c.id
                    JOIN blob b ON b.id = f.blob_id WHERE c.depth = 1
                    """), arguments: [repository, required.text, limit]
        ).map { ($0[0], $0[1]) }
    }

    /// Notes what a file is of no use without; all of it is here.
    static func note(_ requirements: [Placement.Requirement], of file: Int64, in repository: Int64, _ db: Database) throws {
        for required in requirements {
            try db.cachedStatement(
                sql: """
                    INSERT INTO requirement (file_id, required_id) SELECT ?, id FROM file
                    WHERE repository_id = ? AND path = ? AND lead_id IS NULL AND removed_in IS NULL ON CONFLICT DO NOTHING
                    """
            ).execute(arguments: [file, repository, required.text])
        }
    }

    /// Notes of what a file requires that it goes: from now on counts for how long that stays.
    static func release(by file: Int64, at now: Timestamp, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE file SET released = ? WHERE id IN (SELECT required_id FROM requirement WHERE file_id = ?)"
        ).execute(arguments: [now.seconds, file])
    }
}
