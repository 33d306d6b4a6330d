internal import Formats
internal import Foundation
internal import GRDB

/// The statements of one ingest transaction, with what they look up remembered.
struct IngestWriter {
    let db: Database
    let now: Timestamp
    let actor: String
    private var repositories: [String: Int64] = [:]
    private var partitions: [String: Int64] = [:]
    private var slots: [Slot: Int64] = [:]
    /// Partition → how many entries it gained.
    private var touched: [Int64: Int] = [:]

    init(db: Database, now: Timestamp, actor: String) {
        self.db = db
        self.now = now
        self.actor = actor
    }

    mutating func take(_ admission: Admission) throws -> Outcome {
        let placement = admission.placement
        let upload = admission.upload
        let repository = try repositoryID(owner: admission.owner, type: admission.type)
        let blob = try blobID(upload.digests, size: upload.size)
        if let claim = placement.claim, let holder = try claimHolder(repository, claim, blob: blob) {
            return .refused(taken("\(admission.record.name) \(admission.record.version)", by: holder))
        }
        let version = try versionID(repository, admission.record)
        let change = try journal("add", admission)
        let file = try insertFile(
            repository: repository, version: version, blob: blob, lead: nil, identity: placement.identity, path: placement.path,
            admission: admission, change: change)
        guard let file else { return try settleExisting(repository, blob: blob, admission) }
        if let companion = placement.companion, let fault = try missing(companion, in: repository) { return .refused(fault) }
        try insertFragments(admission.fragments, of: file)
        for (name, value) in coordinates(of: upload) {
            try db.cachedStatement(sql: "INSERT INTO property (subject, subject_id, name, value) VALUES ('file', ?, ?, ?)")
                .execute(arguments: [file, name, value])
        }
        for sidecar in admission.sidecars {
            let blob = try blobID(sidecar.digests, size: sidecar.size)
            let path = placement.path + sidecar.suffix
            guard
                try insertFile(
                    repository: repository, version: version, blob: blob, lead: file, identity: nil, path: path,
                    admission: admission, change: change) != nil
            else {
                return .refused(Refusal(.conflict, "\(path) exists already", remedy: "remove the file that has this path first"))
            }
        }
        try list(placement.listings, file: file, repository: repository, change: change)
        return .added
    }

    /// Raises the revisions of what was touched. Once per transaction, however many files came in.
    func finish() throws {
        try PartitionTouch.apply(touched, in: db, at: now)
    }

    // MARK: Decisions

    /// The file's identity or path is taken: by the same bytes (fine) or by others.
    private mutating func settleExisting(_ repository: Int64, blob: Int64, _ admission: Admission) throws -> Outcome {
        let placement = admission.placement
        let holders = try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, f.blob_id, f.removed_in, f.path, f.identity, b.sha256 FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND (f.identity = ? OR f.path = ?)
                """, arguments: [repository, placement.identity, placement.path])
        let what = "\(admission.record.name) \(admission.record.version)"
        guard let same = holders.first(where: { ($0[4] as String?) == placement.identity }), holders.count == 1 else {
            let holder: String = holders.first?[4] ?? placement.path
            return .refused(
                Refusal(
                    .conflict, "the path \(placement.path) belongs to another package (\(holder))",
                    remedy: "give this package another version"))
        }
        guard (same[1] as Int64) == blob else { return .refused(taken(what, by: same.bytes(5), removed: same[2] != nil)) }
        guard (same[2] as Int64?) != nil else { return .unchanged }
        try bringBack(file: same[0], admission, repository: repository)
        return .returned
    }

    private func taken(_ what: String, by sha256: [UInt8], removed: Bool = false) -> Refusal {
        let state =
            removed
            ? "existed with other bytes (SHA-256 \(Hex.string(sha256)); removed, not yet pruned)"
            : "exists with other bytes (SHA-256 \(Hex.string(sha256)))"
        return Refusal(.conflict, "\(what) \(state)", remedy: "publish new bytes under a new version")
    }

    /// Who else holds a claim: the SHA-256 of other bytes, or nil when the claim is now this blob's.
    private func claimHolder(_ repository: Int64, _ claim: String, blob: Int64) throws -> [UInt8]? {
        try db.cachedStatement(
            sql:
                "INSERT INTO claim (repository_id, identity, blob_id) VALUES (?, ?, ?) ON CONFLICT (repository_id, identity) DO NOTHING"
        ).execute(arguments: [repository, claim, blob])
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT c.blob_id, b.sha256 FROM claim c JOIN blob b ON b.id = c.blob_id WHERE c.repository_id = ? AND c.identity = ?"
            ),
            arguments: [repository, claim])
        guard let row, (row[0] as Int64) != blob else { return nil }
        return row.bytes(1)
    }

    private func missing(_ companion: Placement.Companionship, in repository: Int64) throws -> Refusal? {
        let there = try Row.fetchOne(
            db,
            sql: """
                SELECT b.sha256 FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND f.path = ? AND f.removed_in IS NULL
                """, arguments: [repository, companion.path])
        guard let there else {
            return Refusal(
                .conflict, "\(companion.path), which it speaks about, is not here", remedy: "add that file first, or both at once"
            )
        }
        guard there.bytes(0) == companion.sha256 else {
            return Refusal(
                .conflict,
                "it speaks about other bytes than the \(companion.path) that is here (SHA-256 \(Hex.string(there.bytes(0))))",
                remedy: "sign the file that was published")
        }
        return nil
    }

    private mutating func bringBack(file: Int64, _ admission: Admission, repository: Int64) throws {
        let change = try journal("return", admission)
        try db.execute(sql: "UPDATE file SET removed_in = NULL, placed = 0 WHERE id = ? OR lead_id = ?", arguments: [file, file])
        try db.execute(
            sql: """
                DELETE FROM retired WHERE path IN (
                    SELECT r.owner || '/' || r.type || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                    WHERE f.id = ? OR f.lead_id = ?)
                """, arguments: [file, file])
        try db.execute(
            sql: "DELETE FROM property WHERE subject = 'file' AND subject_id = ? AND name = 'yanked'", arguments: [file])
        try db.execute(sql: "DELETE FROM fragment WHERE file_id = ? AND slot_id IN (SELECT id FROM slot)", arguments: [file])
        try insertFragments(admission.fragments, of: file)
        try list(admission.placement.listings, file: file, repository: repository, change: change)
    }

    // MARK: Rows

    private mutating func repositoryID(owner: String, type: String) throws -> Int64 {
        let key = "\(owner)/\(type)"
        if let known = repositories[key] { return known }
        let identity = ASCII.lowered(owner)
        try db.execute(
            sql:
                "INSERT INTO repository (owner, owner_identity, type) VALUES (?, ?, ?) ON CONFLICT (owner_identity, type) DO NOTHING",
            arguments: [owner, identity, type])
        let id = try Int64.fetchOne(
            db, sql: "SELECT id FROM repository WHERE owner_identity = ? AND type = ?", arguments: [identity, type])
        guard let id else { preconditionFailure("the row was just inserted") }
        // Only what a savepoint cannot take back may be remembered: a refused first package must not leave an id behind.
        if try Int64.fetchOne(db, sql: "SELECT 1 FROM package WHERE repository_id = ?", arguments: [id]) != nil {
            repositories[key] = id
        }
        return id
    }

    private func versionID(_ repository: Int64, _ record: PackageRecord) throws -> Int64 {
        let package = try rowID(
            insert: "INSERT INTO package (repository_id, identity, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [repository, record.nameIdentity, record.name],
            select: "SELECT id FROM package WHERE repository_id = ? AND identity = ?", [repository, record.nameIdentity])
        return try rowID(
            insert: "INSERT INTO version (package_id, identity, version, summary) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [package, record.versionIdentity, record.version, record.summary],
            select: "SELECT id FROM version WHERE package_id = ? AND identity = ?", [package, record.versionIdentity])
    }

    private func blobID(_ digests: Digests, size: Int) throws -> Int64 {
        try rowID(
            insert: "INSERT INTO blob (sha256, sha1, md5, sha512, size) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [digests.sha256.blob, digests.sha1.blob, digests.md5.blob, digests.sha512.blob, size],
            select: "SELECT id FROM blob WHERE sha256 = ?", [digests.sha256.blob])
    }

    /// The row with these values, inserted unless its UNIQUE key is there already.
    private func rowID(
        insert: String, _ values: StatementArguments, select: String, _ key: @autoclosure () -> StatementArguments
    ) throws -> Int64 {
        try db.cachedStatement(sql: insert).execute(arguments: values)
        if db.changesCount == 1 { return db.lastInsertedRowID }
        guard let id = try Int64.fetchOne(db.cachedStatement(sql: select), arguments: key()) else {
            preconditionFailure("what conflicts is there")
        }
        return id
    }

    /// Nil when the identity or the path is taken: the UNIQUE constraints decide, not a look before.
    private func insertFile(
        repository: Int64, version: Int64, blob: Int64, lead: Int64?, identity: String?, path: String, admission: Admission,
        change: Int64
    ) throws -> Int64? {
        let upload = admission.upload
        try db.cachedStatement(
            sql: """
                INSERT INTO file (repository_id, version_id, blob_id, lead_id, identity, path, filename, architecture, modified,
                    received, facts, revision, placed, added_in)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [
            repository, version, blob, lead, identity, path, lead == nil ? upload.filename : Files.name(of: path),
            lead == nil ? admission.record.architecture : "", upload.modified.seconds, upload.received.seconds,
            lead == nil ? admission.record.facts.blob : Data(), admission.revision, change,
        ])
        return db.changesCount == 1 ? db.lastInsertedRowID : nil
    }

    private mutating func insertFragments(_ fragments: [Fragment], of file: Int64) throws {
        for fragment in fragments {
            let slot = try SlotNames.id(of: fragment.slot, in: db, remembered: &slots)
            try db.cachedStatement(sql: "INSERT INTO fragment (file_id, slot_id, bytes) VALUES (?, ?, ?)")
                .execute(arguments: [file, slot, fragment.bytes.blob])
        }
    }

    private mutating func list(_ listings: [Listing], file: Int64, repository: Int64, change: Int64) throws {
        for listing in listings {
            let partition = try partitionID(listing, repository: repository)
            var isNew = true
            if listing.shared {
                isNew =
                    try Int64.fetchOne(
                        db.cachedStatement(
                            sql: "SELECT 1 FROM listing WHERE partition_id = ? AND sort_key = ? AND removed_in IS NULL LIMIT 1"),
                        arguments: [partition, listing.sortKey.blob]) == nil
            }
            try db.cachedStatement(sql: "INSERT INTO listing (partition_id, sort_key, file_id, added_in) VALUES (?, ?, ?, ?)")
                .execute(arguments: [partition, listing.sortKey.blob, file, change])
            if isNew { touched[partition, default: 0] += 1 }
        }
    }

    private mutating func partitionID(_ listing: Listing, repository: Int64) throws -> Int64 {
        let key = "\(repository)\u{0}\(listing.partition.scope)\u{0}\(listing.partition.name)"
        if let known = partitions[key] { return known }
        let scope = try rowID(
            insert:
                "INSERT INTO scope (repository_id, key, revision, published, changed) VALUES (?, ?, 0, 0, ?) ON CONFLICT DO NOTHING",
            [repository, listing.partition.scope, now.seconds],
            select: "SELECT id FROM scope WHERE repository_id = ? AND key = ?", [repository, listing.partition.scope])
        let partition = try rowID(
            insert:
                "INSERT INTO partition (scope_id, name, shared, entries, revision) VALUES (?, ?, ?, 0, 0) ON CONFLICT DO NOTHING",
            [scope, listing.partition.name, listing.shared],
            select: "SELECT id FROM partition WHERE scope_id = ? AND name = ?", [scope, listing.partition.name])
        // Nothing can fail between here and the savepoint's release, so the id may be remembered.
        partitions[key] = partition
        return partition
    }

    private func journal(_ action: String, _ admission: Admission) throws -> Int64 {
        try Journal.append(
            action, actor: actor, at: now, owner: admission.owner, type: admission.type, package: admission.record.name,
            version: admission.record.version, path: admission.placement.path, sha256: admission.upload.digests.sha256, in: db)
    }

    private func coordinates(of upload: Upload) -> [(String, String)] {
        upload.coordinates.names.sorted().compactMap { name in
            upload.coordinates[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }
    }
}
