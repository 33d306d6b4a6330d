internal import Formats
internal import Foundation
internal import GRDB

extension Catalog {
    /// Marks files as removed: they leave every listing, and stay public for the grace period. Nothing is deleted.
    ///
    /// - Throws: `RightLost` when the actor's token is worth nothing any more.
    func remove(_ files: [FileRow], actor: Actor) throws {
        let now = clock.now()
        try pool.write { db in
            if let lost = try Self.lost(actor, at: now, in: db) { throw lost }
            var touched: [Int64: Int] = [:]
            for file in files {
                let change = try Journal.append(
                    "remove", actor: actor, at: now, owner: file.owner, type: file.type, package: file.name,
                    version: file.version, path: file.pathInRepository, sha256: file.sha256, in: db)
                let listings = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT l.partition_id, p.shared, l.sort_key FROM listing l JOIN partition p ON p.id = l.partition_id
                        WHERE l.file_id = ? AND l.removed_in IS NULL
                        """, arguments: [file.id.value])
                try db.execute(
                    sql: "UPDATE listing SET removed_in = ? WHERE file_id = ? AND removed_in IS NULL",
                    arguments: [change, file.id.value])
                for listing in listings {
                    let partition: Int64 = listing[0]
                    let othersHoldIt =
                        try (listing[1] as Bool)
                        && Int64.fetchOne(
                            db,
                            sql: "SELECT 1 FROM listing WHERE partition_id = ? AND sort_key = ? AND removed_in IS NULL LIMIT 1",
                            arguments: [partition, listing[2] as Data]) != nil
                    if !othersHoldIt { touched[partition, default: 0] -= 1 }
                }
                try db.execute(
                    sql: """
                        INSERT INTO retired (path, sha256, size, since)
                        SELECT r.owner || '/' || r.type || '/' || f.path, b.sha256, b.size,
                            MAX(?, COALESCE((SELECT MAX(since) FROM retired), 0)) FROM file f
                        JOIN repository r ON r.id = f.repository_id JOIN blob b ON b.id = f.blob_id
                        WHERE (f.id = ? OR f.lead_id = ?) AND f.placed = 1 ON CONFLICT (path) DO NOTHING
                        """, arguments: [now.seconds, file.id.value, file.id.value])
                // A run that was interrupted may have placed it all the same; the next one looks.
                try db.execute(
                    sql: """
                        INSERT INTO announced (path)
                        SELECT r.owner || '/' || r.type || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                        WHERE (f.id = ? OR f.lead_id = ?) AND f.placed = 0 ON CONFLICT (path) DO NOTHING
                        """, arguments: [file.id.value, file.id.value])
                try db.execute(
                    sql: "UPDATE file SET removed_in = ?, placed = 1 WHERE id = ? OR lead_id = ?",
                    arguments: [change, file.id.value, file.id.value])
            }
            try PartitionTouch.apply(touched, in: db, at: now)
        }
    }

    /// What re-rendering a file's fragments needs.
    struct Rerendering: Sendable {
        var file: FileRow
        var record: PackageRecord
        var upload: Upload
        var placement: Placement
    }

    /// Sets or clears the mark that a file is yanked, with its fragments rendered again by `render`.
    func yank(
        _ files: [FileRow], reason: String?, actor: Actor, render: (Rerendering, Annotations) -> [Fragment]
    ) throws {
        let now = clock.now()
        try pool.write { db in
            var touched: [Int64: Int] = [:]
            for file in files {
                _ = try Journal.append(
                    reason == nil ? "unyank" : "yank", actor: actor, at: now, owner: file.owner, type: file.type,
                    package: file.name,
                    version: file.version, path: file.pathInRepository, sha256: file.sha256, detail: reason ?? "", in: db)
                try db.execute(
                    sql: "DELETE FROM property WHERE subject = 'file' AND subject_id = ? AND name = 'yanked'",
                    arguments: [file.id.value])
                if let reason {
                    try db.execute(
                        sql: "INSERT INTO property (subject, subject_id, name, value) VALUES ('file', ?, 'yanked', ?)",
                        arguments: [file.id.value, reason])
                }
                for fragment in render(try rerendering(file, in: db), Annotations(yanked: reason)) {
                    try db.execute(
                        sql: """
                            UPDATE fragment SET bytes = ? WHERE file_id = ? AND slot_id = (SELECT id FROM slot WHERE name = ?)
                            """, arguments: [fragment.bytes.blob, file.id.value, fragment.slot.name])
                }
                let partitions = try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT l.partition_id FROM listing l JOIN partition p ON p.id = l.partition_id
                        WHERE l.file_id = ? AND l.removed_in IS NULL AND p.shared = 0
                        """, arguments: [file.id.value])
                for partition in partitions { touched[partition, default: 0] += 0 }
            }
            try PartitionTouch.apply(touched, in: db, at: now)
        }
    }

    private func rerendering(_ file: FileRow, in db: Database) throws -> Rerendering {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT f.filename, b.sha256, b.sha1, b.md5, b.sha512, b.size, f.modified, f.received, f.facts, f.identity, f.path,
                    p.identity, v.identity
                FROM file f JOIN blob b ON b.id = f.blob_id JOIN version v ON v.id = f.version_id JOIN package p ON p.id = v.package_id
                WHERE f.id = ?
                """, arguments: [file.id.value])
        guard let row else { preconditionFailure("files are never deleted while they are listed") }
        var coordinates = Coordinates()
        let properties = try Row.fetchAll(
            db, sql: "SELECT name, value FROM property WHERE subject = 'file' AND subject_id = ? AND name <> 'yanked'",
            arguments: [file.id.value])
        for property in properties { coordinates[property[0]] = property[1] }
        return Rerendering(
            file: file,
            record: PackageRecord(
                name: file.name, nameIdentity: row[11], version: file.version, versionIdentity: row[12],
                architecture: file.architecture,
                summary: file.summary, facts: row.bytes(8)),
            upload: Upload(
                filename: row[0], size: row[5],
                digests: Digests(sha256: row.bytes(1), sha1: row.bytes(2), md5: row.bytes(3), sha512: row.bytes(4)),
                modified: Timestamp(seconds: row[6]), received: Timestamp(seconds: row[7]), coordinates: coordinates),
            placement: Placement(identity: row[9], path: row[10], listings: []))
    }
}
