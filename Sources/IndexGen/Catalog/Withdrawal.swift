internal import Formats
internal import GRDB

/// Takes a file and its sidecars out of every listing. They stay public for the grace period; nothing is deleted.
enum Withdrawal {
    /// - Parameters:
    ///   - file: a package's row, which is live.
    ///   - change: the journal's entry that says so.
    /// - Returns: partition → by how much its number of entries changed.
    static func of(_ file: Int64, by change: Int64, at now: Timestamp, in db: Database) throws -> [Int64: Int] {
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
                    arguments: [partition, listing.bytes(2).blob]) != nil
            if !othersHoldIt { touched[partition, default: 0] -= 1 }
        }
        try db.execute(
            sql: """
                INSERT INTO retired (path, sha256, size, since)
                SELECT r.owner || '/' || r.segment || '/' || f.path, b.sha256, b.size,
                    MAX(?, COALESCE((SELECT MAX(since) FROM retired), 0)) FROM file f
                JOIN repository r ON r.id = f.repository_id JOIN blob b ON b.id = f.blob_id
                WHERE (f.id = ? OR f.lead_id = ?) AND f.placed = 1 ON CONFLICT (path) DO NOTHING
                """, arguments: [now.seconds, file, file])
        // A run that was interrupted may have placed it all the same; the next one looks.
        try db.execute(
            sql: """
                INSERT INTO announced (path)
                SELECT r.owner || '/' || r.segment || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                WHERE (f.id = ? OR f.lead_id = ?) AND f.placed = 0 ON CONFLICT (path) DO NOTHING
                """, arguments: [file, file])
        try db.execute(
            sql: "UPDATE file SET removed_in = ?, placed = 1 WHERE id = ? OR lead_id = ?", arguments: [change, file, file])
        try lookAgain(besides: file, in: db)
        try Marks.end(of: file, in: change, db)
        return touched
    }

    /// A file that has the removed one's name but for the ending is placed once more: a signature of the site's may take the place of a
    /// sender's.
    private static func lookAgain(besides file: Int64, in db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT repository_id, path FROM file WHERE id = ?"), arguments: [file])
        guard let row, case let path = row[1] as String, let dot = path.lastIndex(of: ".") else { return }
        try db.cachedStatement(
            sql: "UPDATE file SET placed = 0 WHERE repository_id = ? AND path = ? AND lead_id IS NULL AND removed_in IS NULL"
        ).execute(arguments: [row[0] as Int64, String(path[..<dot])])
    }
}
