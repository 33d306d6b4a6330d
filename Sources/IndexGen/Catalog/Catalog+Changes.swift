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
            if !files.isEmpty { try Times.note(now, in: db) }
            for file in files {
                let change = try Journal.append(
                    "remove", actor: actor, at: now, owner: file.owner, type: file.type, package: file.name,
                    version: file.version, path: file.pathInRepository, sha256: file.sha256, in: db)
                touched.merge(try Withdrawal.of(file.id.value, by: change, at: now, in: db), uniquingKeysWith: +)
            }
            try PartitionTouch.apply(touched, in: db, at: now, horizon: clock.horizon)
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
            try PartitionTouch.apply(touched, in: db, at: now, horizon: clock.horizon)
        }
    }

    func rerendering(_ file: FileRow, in db: Database) throws -> Rerendering {
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
        let path: String = row[10]
        // Bytes that replaced others lie in a folder that is named after them.
        let generation = Upload.generation(of: row.bytes(1))
        return Rerendering(
            file: file,
            record: PackageRecord(
                name: file.name, nameIdentity: row[11], version: file.version, versionIdentity: row[12],
                architecture: file.architecture,
                summary: file.summary, facts: row.bytes(8)),
            upload: Upload(
                filename: row[0], size: row[5],
                digests: Digests(sha256: row.bytes(1), sha1: row.bytes(2), md5: row.bytes(3), sha512: row.bytes(4)),
                modified: Timestamp(seconds: row[6]), received: Timestamp(seconds: row[7]), coordinates: coordinates,
                generation: Files.name(of: Files.folder(of: path)) == generation ? generation : nil),
            placement: Placement(identity: row[9], path: path, listings: []))
    }
}
