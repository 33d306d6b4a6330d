internal import Formats
internal import GRDB

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
                    WHERE f.part = 1 AND f.removed_in IS NULL AND f.received < ?1 AND NOT EXISTS (
                        SELECT 1 FROM requirement q JOIN file o ON o.id = q.file_id LEFT JOIN journal j ON j.id = o.removed_in
                        WHERE q.required_id = f.id AND (o.removed_in IS NULL OR j.at >= ?1))
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
}
