internal import Formats

/// Takes a file and its sidecars out of every listing. They stay public for the grace period; nothing is deleted.
enum Withdrawal {
    /// - Parameters:
    ///   - file: a package's row, which is live.
    ///   - change: the journal's entry that says so.
    ///   - atOnce: whether they leave the public tree with the next publication.
    /// - Returns: partition → by how much its number of entries changed.
    static func of(
        _ file: Int64, by change: Int64, at now: Timestamp, atOnce: Bool = false, in db: Database
    ) throws -> [Int64: Int] {
        var touched: [Int64: Int] = [:]
        let listings = try Row.fetchAll(
            db,
            sql: """
                SELECT l.partition_id, p.shared, l.sort_key FROM listing l JOIN partition p ON p.id = l.partition_id
                WHERE l.file_id = ? AND l.removed_in IS NULL
                """, arguments: [file])
        try db.execute(
            sql: "UPDATE listing SET removed_in = ? WHERE file_id = ? AND removed_in IS NULL", arguments: [change, file])
        for listing in listings {
            let partition: Int64 = listing[0]
            let othersHoldIt =
                try (listing[1] as Bool)
                && Int64.fetchOne(
                    db,
                    sql: "SELECT 1 FROM listing WHERE partition_id = ? AND sort_key = ? AND removed_in IS NULL LIMIT 1",
                    arguments: [partition, listing.bytes(2)]) != nil
            if !othersHoldIt { touched[partition, default: 0] -= 1 }
        }
        try db.execute(
            sql: """
                INSERT INTO retired (path, sha256, size, since)
                SELECT r.owner || '/' || r.segment || '/' || f.path, b.sha256, b.size,
                    CASE WHEN ?3 THEN 0 ELSE MAX(?1, COALESCE((SELECT MAX(since) FROM retired), 0)) END FROM file f
                JOIN repository r ON r.id = f.repository_id JOIN blob b ON b.id = f.blob_id
                WHERE (f.id = ?2 OR f.lead_id = ?2) AND f.placed = 1 ON CONFLICT (path) DO NOTHING
                """, arguments: [now.seconds, file, atOnce])
        // A run that was interrupted may have placed it all the same; the next one looks.
        try db.execute(
            sql: """
                INSERT INTO announced (path)
                SELECT r.owner || '/' || r.segment || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                WHERE (f.id = ? OR f.lead_id = ?) AND f.placed = 0 ON CONFLICT (path) DO NOTHING
                """, arguments: [file, file])
        try db.execute(
            sql: "UPDATE file SET removed_in = ?, placed = 1 WHERE id = ? OR lead_id = ?", arguments: [change, file, file])
        try Requirements.release(by: file, at: now, db)
        try Marks.end(of: file, in: change, db)
        return touched
    }

    /// Has a file placed once more that has a removed one's name but for the ending: where a sender took a signature back, the site's may take
    /// its place. To be called when all that is removed is out.
    ///
    /// - Parameter path: the removed file's, below `OWNER/TYPE/`.
    static func lookAgain(besides file: Int64, at path: String, in db: Database) throws {
        guard let dot = path.lastIndex(of: ".") else { return }
        try db.cachedStatement(
            sql: """
                UPDATE file SET placed = 0 WHERE repository_id = (SELECT repository_id FROM file WHERE id = ?) AND path = ?
                    AND lead_id IS NULL AND removed_in IS NULL
                """
        ).execute(arguments: [file, String(path[..<dot])])
    }
}
