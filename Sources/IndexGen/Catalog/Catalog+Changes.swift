internal import Formats

extension Catalog {
    /// Marks files as removed: they leave every listing, and stay public for the grace period. Nothing is deleted.
    ///
    /// - Throws: `RightLost` when the author's token is worth nothing any more; a `Refusal` when files that stay require one of them, and when
    ///   one is here for a version of another repository alone.
    func remove(_ files: [FileRow], author: Author) throws {
        let now = clock.now()
        try pool.write { db in
            if let lost = try Self.lost(author, at: now, in: db) { throw lost }
            if let fault = try CounterpartRows.fault(inRemoving: files, db) { throw fault }
            if let fault = try Requirements.fault(inRemoving: files, db) { throw fault }
            try remove(files, author: author, at: now, db)
        }
    }

    /// The same in a transaction, of files that nothing requires.
    ///
    /// - Parameter remark: what the journal says besides.
    func remove(_ files: [FileRow], author: Author, remark: String = "", at now: Timestamp, _ db: Database) throws {
        var touched: [Int64: Int] = [:]
        if !files.isEmpty { try Times.note(now, in: db) }
        for file in files {
            let change = try Journal.append(
                "remove", author: author, at: now, owner: file.owner, type: file.type, package: file.name,
                version: file.version, path: file.pathInRepository, sha256: file.sha256, detail: remark, in: db)
            touched.merge(
                try Withdrawal.of(file.id.value, by: change, at: now, atOnce: typesRemovedAtOnce.contains(file.type), in: db),
                uniquingKeysWith: +)
        }
        for file in files { try Withdrawal.lookAgain(besides: file.id.value, at: file.pathInRepository, in: db) }
        try PartitionTouch.apply(touched, in: db, at: now, horizon: clock.horizon)
    }

    /// What re-rendering a file's fragments needs.
    struct Rerendering: Sendable {
        var file: FileRow
        var record: PackageRecord
        var upload: Upload
        var placement: Placement
    }

    func rerendering(_ file: FileRow, in db: Database) throws -> Rerendering { try Self.rerendering(file, in: db) }

    static func rerendering(_ file: FileRow, in db: Database) throws -> Rerendering {
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
        let given = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, value FROM coordinate WHERE file_id = ?"), arguments: [file.id.value])
        for row in given { coordinates[row[0]] = row[1] }
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
            placement: try Placement(identity: row[9], path: path, listings: []))
    }
}
