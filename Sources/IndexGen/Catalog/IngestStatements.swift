internal import Formats

/// The statements that an ingest transaction runs for every package, prepared once for as long as the catalog is open.
struct IngestStatements {
    let package, packageOfIdentity, version, versionOfIdentity: Statement
    let blob, blobDigests, blobOfDigest, claim, claimHolder: Statement
    let file, fileOfIdentity, fileOfPath, fileBelow, coordinate, fragment: Statement
    let scope, scopeOfKey, partition, partitionOfName, listing, liveListing: Statement
    let journal: Statement

    init(_ db: Database) throws {
        func prepare(_ sql: String) throws -> Statement { try db.cachedStatement(sql: sql) }
        package = try prepare("INSERT INTO package (repository_id, identity, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        packageOfIdentity = try prepare("SELECT id FROM package WHERE repository_id = ? AND identity = ?")
        version = try prepare(
            "INSERT INTO version (package_id, identity, version, summary) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        versionOfIdentity = try prepare("SELECT id FROM version WHERE package_id = ? AND identity = ?")
        blob = try prepare("INSERT INTO blob (sha256, sha1, md5, sha512, size) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        blobDigests = try prepare(
            """
            UPDATE blob SET sha1 = MAX(sha1, ?2), md5 = MAX(md5, ?3), sha512 = MAX(sha512, ?4)
            WHERE sha256 = ?1 AND (sha1 < ?2 OR md5 < ?3 OR sha512 < ?4)
            """)
        blobOfDigest = try prepare("SELECT id FROM blob WHERE sha256 = ?")
        claim = try prepare("INSERT INTO claim (repository_id, identity, blob_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        claimHolder = try prepare(
            "SELECT b.sha256 FROM claim c JOIN blob b ON b.id = c.blob_id WHERE c.repository_id = ? AND c.identity = ?")
        file = try prepare(
            """
            INSERT INTO file (repository_id, version_id, blob_id, lead_id, identity, path, filename, architecture, modified,
                received, facts, revision, placed, added_in, part)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
            """)
        fileOfIdentity = try prepare("SELECT id FROM file WHERE repository_id = ? AND identity = ?")
        fileOfPath = try prepare("SELECT id FROM file WHERE repository_id = ? AND path = ?")
        fileBelow = try prepare("SELECT id FROM file WHERE repository_id = ? AND path > ? AND path < ? LIMIT 1")
        coordinate = try prepare("INSERT INTO coordinate (file_id, name, value) VALUES (?, ?, ?)")
        fragment = try prepare("INSERT INTO fragment (file_id, slot_id, bytes) VALUES (?, ?, ?)")
        scope = try prepare(
            "INSERT INTO scope (repository_id, key, revision, published, changed, customs) VALUES (?, ?, 0, 0, ?, ?) ON CONFLICT DO NOTHING"
        )
        scopeOfKey = try prepare("SELECT id FROM scope WHERE repository_id = ? AND key = ?")
        partition = try prepare(
            "INSERT INTO partition (scope_id, name, shared, entries, revision) VALUES (?, ?, ?, 0, 0) ON CONFLICT DO NOTHING")
        partitionOfName = try prepare("SELECT id FROM partition WHERE scope_id = ? AND name = ?")
        listing = try prepare("INSERT INTO listing (partition_id, sort_key, file_id, added_in) VALUES (?, ?, ?, ?)")
        liveListing = try prepare(
            "SELECT file_id FROM listing WHERE partition_id = ? AND sort_key = ? AND removed_in IS NULL LIMIT 1")
        journal = try prepare(Journal.insertion)
    }
}

extension IngestStatements {
    /// The row that was just inserted, or the one that has its UNIQUE key.
    static func rowID(_ changes: Int, in db: Database, else existing: @autoclosure () throws -> Int64?) throws -> Int64 {
        if changes == 1 { return db.lastInsertedRowID }
        guard let id = try existing() else { preconditionFailure("what conflicts is there") }
        return id
    }

    /// The partition that a listing is in. It and its scope begin where they are new.
    func partitionID(of listing: Listing, in repository: Int64, customs: Int, at now: Timestamp, _ db: Database) throws -> Int64 {
        let key = listing.partition
        let scope = try Self.rowID(
            self.scope.run(.integer(repository), .text(key.scope), .integer(now.seconds), .integer(Int64(customs))), in: db,
            else: scopeOfKey.first(.integer(repository), .text(key.scope)))
        return try Self.rowID(
            partition.run(.integer(scope), .text(key.name), .integer(listing.shared ? 1 : 0)), in: db,
            else: partitionOfName.first(.integer(scope), .text(key.name)))
    }
}
