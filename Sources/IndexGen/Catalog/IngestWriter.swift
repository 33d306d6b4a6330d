internal import Formats
internal import Foundation
internal import GRDB

/// One ingest transaction: what is decided about each package, and its rows. What was looked up is remembered.
///
/// A package is decided before anything of it is written; the UNIQUE constraints stand behind the decision, and whoever runs into
/// one ends the transaction.
struct IngestWriter {
    private let db: Database
    private let now: Timestamp
    private let rows: IngestStatements
    private var repositories: [String: Int64] = [:]
    private var partitions: [String: Int64] = [:]
    private var slots: [Slot: Int64] = [:]
    /// SHA-256 of the blobs that this transaction brings.
    private(set) var newBlobs: Set<[UInt8]> = []
    /// Partition → how many entries it gained.
    private var touched: [Int64: Int] = [:]

    init(db: Database, now: Timestamp) throws {
        self.db = db
        self.now = now
        rows = try IngestStatements(db)
    }

    mutating func take(_ admission: Admission) throws -> Outcome {
        if let outcome = try decide(admission) { return outcome }
        let placement = admission.placement
        let repository = try repositoryID(of: admission)
        let blob = try blobID(admission.upload.digests, size: admission.upload.size)
        if let claim = placement.claim { try rows.claim.run(.integer(repository), .text(claim), .integer(blob)) }
        let version = try versionID(repository, admission.record)
        let change = try journal("add", admission)
        let file = try insertFile(
            Lines(repository: repository, version: version, blob: blob, change: change), admission, lead: nil,
            path: placement.path)
        try insertFragments(admission.fragments, of: file)
        for (name, value) in coordinates(of: admission.upload) {
            try rows.property.run(.integer(file), .text(name), .text(value))
        }
        for sidecar in admission.sidecars {
            let blob = try blobID(sidecar.digests, size: sidecar.size)
            _ = try insertFile(
                Lines(repository: repository, version: version, blob: blob, change: change), admission, lead: file,
                path: placement.path + sidecar.suffix)
        }
        for alias in placement.aliases {
            _ = try insertFile(
                Lines(repository: repository, version: version, blob: blob, change: change), admission, lead: file, path: alias)
        }
        try list(placement.listings, file: file, repository: repository, change: change)
        return .added
    }

    /// Decides packages that belong together and writes their rows; after a refusal the caller rolls back, and forgets this writer.
    ///
    /// The right is decided again here, where nothing can come between it and the commit.
    mutating func take(_ group: [Admission]) throws -> GroupOutcome {
        for actor in Set(group.map(\.actor)) {
            if let lost = try Catalog.lost(actor, at: now, in: db) { return .lost(lost) }
        }
        var outcomes = [Outcome?](repeating: nil, count: group.count)
        var refusals: [(admission: Admission, refusal: Refusal)] = []
        // Those that speak about others come last, and only if the others came in.
        for speaking in [false, true] where refusals.isEmpty {
            for (index, admission) in group.enumerated() where (admission.placement.companion != nil) == speaking {
                let outcome = try take(admission)
                outcomes[index] = outcome
                if case .refused(let refusal) = outcome { refusals.append((admission, refusal)) }
            }
        }
        return refusals.isEmpty ? .taken(outcomes.compactMap { $0 }) : .refused(refusals)
    }

    /// Has the files of a blob placed again.
    func placeAgain(_ sha256: [UInt8]) throws {
        try db.execute(
            sql: """
                UPDATE file SET placed = 0 WHERE removed_in IS NULL AND blob_id = (SELECT id FROM blob WHERE sha256 = ?)
                """, arguments: [sha256.blob])
    }

    /// Raises the revisions of what was touched. Once per transaction, however many files came in.
    func finish() throws {
        try PartitionTouch.apply(touched, in: db, at: now)
    }

    // MARK: Decisions

    /// What becomes of a package that is not simply new; nil for one that is. Writes only for one that returns.
    private mutating func decide(_ admission: Admission) throws -> Outcome? {
        let placement = admission.placement
        guard let repository = try knownRepository(of: admission) else {
            if let name = try Owners.name(of: ASCII.lowered(admission.owner), in: db), name != admission.owner {
                return .refused(
                    Refusal(
                        .conflict, "the owner '\(admission.owner)' is written '\(name)' here", at: "owner",
                        remedy: "send it to \(name)"))
            }
            return try placement.companion.map { .refused(missing($0)) } ?? beyondQuota(admission)
        }
        if let claim = placement.claim,
            let holder = try rows.claimHolder.firstBytes(.integer(repository), .text(claim)),
            holder != admission.upload.digests.sha256
        {
            return .refused(taken("\(admission.record.name) \(admission.record.version)", by: holder))
        }
        if try rows.fileOfIdentity.first(.integer(repository), .text(placement.identity)) != nil
            || rows.fileOfPath.first(.integer(repository), .text(placement.path)) != nil
        {
            return try settleExisting(repository, admission)
        }
        if let companion = placement.companion, let fault = try fault(of: companion, in: repository) { return .refused(fault) }
        for path in admission.sidecars.map({ placement.path + $0.suffix }) + placement.aliases {
            if try rows.fileOfPath.first(.integer(repository), .text(path)) != nil {
                return .refused(
                    Refusal(.conflict, "\(path) exists already", at: path, remedy: "remove the file that has this path first"))
            }
        }
        return try beyondQuota(admission)
    }

    /// Refuses what would be more than its owner may have. What others bring in at the same time is counted: this is the one transaction
    /// that writes.
    private func beyondQuota(_ admission: Admission) throws -> Outcome? {
        for quota in admission.quotas {
            let usage = try Usage.of(owner: admission.owner, type: quota.isOfRepository ? admission.type : nil, in: db)
            if let refusal = quota.refusal(
                of: admission.contents.map(\.size), beside: usage, owner: admission.owner, type: admission.type)
            {
                return .refused(refusal)
            }
        }
        return nil
    }

    /// The file's identity or path is taken: by the same bytes (fine) or by others.
    private mutating func settleExisting(_ repository: Int64, _ admission: Admission) throws -> Outcome {
        let placement = admission.placement
        let holders = try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, f.removed_in, f.identity, b.sha256, f.path FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND (f.identity = ? OR f.path = ?)
                """, arguments: [repository, placement.identity, placement.path])
        let what = "\(admission.record.name) \(admission.record.version)"
        guard let same = holders.first(where: { ($0[2] as String?) == placement.identity }), holders.count == 1 else {
            let holder: String = holders.first?[2] ?? placement.path
            return .refused(
                Refusal(
                    .conflict, "the path \(placement.path) belongs to another package (\(holder))", at: placement.path,
                    remedy: "give this package another version"))
        }
        let removed = (same[1] as Int64?) != nil
        guard same.bytes(3) == admission.upload.digests.sha256 else {
            let there: String = same[4]
            return .refused(
                taken(what, by: same.bytes(3), removed: removed, as: there == placement.path ? nil : Files.name(of: there)))
        }
        guard removed else { return .unchanged }
        try bringBack(file: same[0], admission, repository: repository)
        return .returned
    }

    /// - Parameter spelling: the name under which it is here, where that is another than the one sent.
    private func taken(_ what: String, by sha256: [UInt8], removed: Bool = false, as spelling: String? = nil) -> Refusal {
        let what = spelling.map { "\(what) is the same version to its clients as \($0), which" } ?? what
        let state =
            removed
            ? "existed with other bytes (SHA-256 \(Hex.string(sha256)); removed, not yet pruned)"
            : "exists with other bytes (SHA-256 \(Hex.string(sha256)))"
        return Refusal(
            .conflict, "\(what) \(state)", at: "name and version", remedy: "publish new bytes under a new version")
    }

    private func fault(of companion: Placement.Companionship, in repository: Int64) throws -> Refusal? {
        let there = try Row.fetchOne(
            db,
            sql: """
                SELECT b.sha256 FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND f.path = ? AND f.removed_in IS NULL
                """, arguments: [repository, companion.path])
        guard let there else { return missing(companion) }
        guard there.bytes(0) == companion.sha256 else {
            return Refusal(
                .conflict,
                "it speaks about other bytes than the \(companion.path) that is here (SHA-256 \(Hex.string(there.bytes(0))))",
                at: "files",
                remedy: "sign the file that was published")
        }
        return nil
    }

    private func missing(_ companion: Placement.Companionship) -> Refusal {
        Refusal(
            .conflict, "\(companion.path), which it speaks about, is not here", at: "files",
            remedy: "add that file first, or both at once")
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

    private mutating func knownRepository(of admission: Admission) throws -> Int64? {
        let key = "\(admission.owner)/\(admission.type)"
        if let known = repositories[key] { return known }
        repositories[key] = try Int64.fetchOne(
            db, sql: "SELECT id FROM repository WHERE owner_identity = ? AND type = ?",
            arguments: [ASCII.lowered(admission.owner), admission.type])
        return repositories[key]
    }

    private mutating func repositoryID(of admission: Admission) throws -> Int64 {
        if let known = try knownRepository(of: admission) { return known }
        try Owners.remember(admission.owner, in: db)
        try db.execute(
            sql: "INSERT INTO repository (owner, owner_identity, type) VALUES (?, ?, ?)",
            arguments: [admission.owner, ASCII.lowered(admission.owner), admission.type])
        repositories["\(admission.owner)/\(admission.type)"] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    private func versionID(_ repository: Int64, _ record: PackageRecord) throws -> Int64 {
        let package = try rowID(
            rows.package.run(.integer(repository), .text(record.nameIdentity), .text(record.name)),
            else: rows.packageOfIdentity.first(.integer(repository), .text(record.nameIdentity)))
        return try rowID(
            rows.version.run(
                .integer(package), .text(record.versionIdentity), .text(record.version), .text(record.summary)),
            else: rows.versionOfIdentity.first(.integer(package), .text(record.versionIdentity)))
    }

    private mutating func blobID(_ digests: Digests, size: Int) throws -> Int64 {
        let changes = try rows.blob.run(
            .bytes(digests.sha256), .bytes(digests.sha1), .bytes(digests.md5), .bytes(digests.sha512), .integer(Int64(size)))
        if changes == 1 { newBlobs.insert(digests.sha256) }
        return try rowID(
            changes,
            else: rows.blobOfDigest.first(.bytes(digests.sha256)))
    }

    /// The row that was just inserted, or the one that has its UNIQUE key.
    private func rowID(_ changes: Int, else existing: @autoclosure () throws -> Int64?) throws -> Int64 {
        if changes == 1 { return db.lastInsertedRowID }
        guard let id = try existing() else { preconditionFailure("what conflicts is there") }
        return id
    }

    /// What a file's row points to.
    private struct Lines {
        var repository, version, blob, change: Int64
    }

    /// - Parameter lead: a sidecar's package; nil for the package itself.
    private func insertFile(_ lines: Lines, _ admission: Admission, lead: Int64?, path: String) throws -> Int64 {
        let upload = admission.upload
        try rows.file.run(
            .integer(lines.repository), .integer(lines.version), .integer(lines.blob),
            lead.map { .integer($0) } ?? .null, lead == nil ? .text(admission.placement.identity) : .null, .text(path),
            .text(lead == nil ? upload.filename : Files.name(of: path)),
            .text(lead == nil ? admission.record.architecture : ""), .integer(upload.modified.seconds),
            .integer(upload.received.seconds), .bytes(lead == nil ? admission.record.facts : []),
            .integer(Int64(admission.revision)), .integer(lines.change))
        return db.lastInsertedRowID
    }

    private mutating func insertFragments(_ fragments: [Fragment], of file: Int64) throws {
        for fragment in fragments {
            let slot = try SlotNames.id(of: fragment.slot, in: db, remembered: &slots)
            try rows.fragment.run(.integer(file), .integer(slot), .bytes(fragment.bytes))
        }
    }

    private mutating func list(_ listings: [Listing], file: Int64, repository: Int64, change: Int64) throws {
        for listing in listings {
            let partition = try partitionID(listing, repository: repository)
            let isNew = try !listing.shared || rows.liveListing.first(.integer(partition), .bytes(listing.sortKey)) == nil
            try rows.listing.run(.integer(partition), .bytes(listing.sortKey), .integer(file), .integer(change))
            if isNew { touched[partition, default: 0] += 1 }
        }
    }

    private mutating func partitionID(_ listing: Listing, repository: Int64) throws -> Int64 {
        let key = "\(repository)\u{0}\(listing.partition.scope)\u{0}\(listing.partition.name)"
        if let known = partitions[key] { return known }
        let scope = try rowID(
            rows.scope.run(.integer(repository), .text(listing.partition.scope), .integer(now.seconds)),
            else: rows.scopeOfKey.first(.integer(repository), .text(listing.partition.scope)))
        let partition = try rowID(
            rows.partition.run(.integer(scope), .text(listing.partition.name), .integer(listing.shared ? 1 : 0)),
            else: rows.partitionOfName.first(.integer(scope), .text(listing.partition.name)))
        partitions[key] = partition
        return partition
    }

    private func journal(_ action: String, _ admission: Admission) throws -> Int64 {
        try rows.journal.run(
            .integer(now.seconds), .text(admission.actor.name), .text(admission.actor.origin), .text(action),
            .text(admission.owner),
            .text(admission.type), .text(admission.record.name), .text(admission.record.version), .text(admission.placement.path),
            .bytes(admission.upload.digests.sha256), .text(""))
        return db.lastInsertedRowID
    }

    private func coordinates(of upload: Upload) -> [(String, String)] {
        upload.coordinates.names.sorted().compactMap { name in
            upload.coordinates[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }
    }
}
