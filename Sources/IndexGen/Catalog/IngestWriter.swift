internal import Formats

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
    private var tallies: Tallies
    /// By repository: folders that are known not to be files.
    private var folders: [Int64: Set<String>] = [:]
    /// Repository → what it gained and `Usage` does not say yet.
    private var gained: [Int64: Usage] = [:]

    private let horizon: Timestamp
    private var isChange = false
    private let mayBeKnown: Bool
    /// Whether what is here may be here for others alone.
    private let mayBeDerived: Bool
    /// Whether what comes in may have marks already, which its version or its package has.
    private let mayBeMarked: Bool

    init(db: Database, clock: Clock) throws {
        self.db = db
        now = clock.now()
        horizon = clock.horizon
        rows = try IngestStatements(db)
        tallies = try Tallies(db)
        mayBeKnown = try Int64.fetchOne(db, sql: "SELECT 1 FROM tombstone LIMIT 1") != nil
        mayBeMarked = try Marks.areInherited(in: db)
        mayBeDerived = try CounterpartRows.areThere(in: db)
    }

    /// What became of a package, or why it has to come again.
    enum Decision {
        case settled(Outcome)
        /// It comes in once it was prepared again with this.
        case again(Amendment)
    }

    enum GroupDecision {
        case settled(GroupOutcome)
        /// Those that have to be prepared again, by their index. Nothing came in.
        case again([Int: Amendment])
    }

    mutating func take(_ admission: Admission) throws -> Decision {
        let verdict: IngestJudge.Verdict
        if let repository = try knownRepository(of: admission) {
            var judge = IngestJudge(
                db: db, rows: rows, repository: repository, mayBeKnown: mayBeKnown,
                folders: folders.removeValue(forKey: repository) ?? [])
            verdict = try judge.judge(admission)
            folders[repository] = judge.folders
        } else if let name = try Owners.name(of: ASCII.lowered(admission.owner), in: db), name != admission.owner {
            verdict = .refused(
                Refusal(
                    .conflict, "the owner '\(admission.owner)' is written '\(name)' here", at: "owner",
                    remedy: "send it to \(name)"))
        } else if let companion = admission.placement.companion {
            verdict = .refused(IngestJudge.missing(companion))
        } else if let required = admission.placement.requirements.first {
            verdict = .refused(IngestJudge.missing(required))
        } else {
            verdict = .new(.init())
        }
        switch verdict {
        case .refused(let refusal): return .settled(.refused(refusal))
        case .again(let amendment): return .again(amendment)
        case .unchanged(let path):
            admission.settlement.settle(at: path)
            try relate(admission, isNew: false)
            return .settled(.unchanged)
        case .returning(let file, let making):
            try make(way: making, for: admission)
            try bringBack(file: file, admission, repository: repositoryID(of: admission))
            admission.settlement.settle(at: admission.placement.path.text, replacing: making.replaced?.sha256)
            try relate(admission, isNew: true)
            return .settled(.returned)
        case .new(let making):
            if let refusal = try beyondQuota(admission) { return .settled(.refused(refusal)) }
            try make(way: making, for: admission)
            try bringIn(admission, replacing: making.replaced)
            admission.settlement.settle(at: admission.placement.path.text, replacing: making.replaced?.sha256)
            try relate(admission, isNew: true)
            return .settled(.added)
        }
    }

    /// Notes for which version a file is here, or that it came by itself. Parts are here for whatever requires them.
    ///
    /// - Parameter isNew: whether it was not here before.
    private mutating func relate(_ admission: Admission, isNew: Bool) throws {
        guard admission.counterpart != nil || mayBeDerived, !admission.placement.isPart else { return }
        let file = try rows.fileOfPath.first(.integer(repositoryID(of: admission)), .text(admission.path))
        guard let file else { preconditionFailure("what was taken is at the path where it was settled") }
        if let version = admission.counterpart {
            try CounterpartRows.note(file: file, for: version, isNew: isNew, in: db)
        } else {
            try CounterpartRows.release(file: file, in: db)
        }
    }

    private mutating func bringIn(_ admission: Admission, replacing other: IngestJudge.Holder?) throws {
        let placement = admission.placement
        let repository = try repositoryID(of: admission)
        let blob = try blobID(admission.upload.digests, size: admission.upload.size)
        if let claim = placement.claim { try rows.claim.run(.integer(repository), .text(claim), .integer(blob)) }
        let version = try versionID(repository, admission.record)
        let change =
            try other.map { other in
                let words = ["instead of SHA-256 \(Hex.string(other.sha256))", admission.remark].filter { !$0.isEmpty }
                return try journal("replace", admission, detail: words.joined(separator: ", "))
            } ?? journal("add", admission, detail: admission.remark)
        let file = try insertFile(
            Lines(repository: repository, version: version, blob: blob, size: admission.upload.size, change: change), admission,
            lead: nil, path: placement.path.text)
        let fragments = try fragments(of: admission, file: file, version: version, change: change)
        try insertFragments(fragments, of: file)
        for (name, value) in coordinates(of: admission.upload) {
            try rows.coordinate.run(.integer(file), .text(name), .text(value))
        }
        for sidecar in admission.sidecars {
            let blob = try blobID(Digests(sha256: sidecar.sha256), size: sidecar.size)
            _ = try insertFile(
                Lines(repository: repository, version: version, blob: blob, size: sidecar.size, change: change), admission,
                lead: file, path: sidecar.path)
        }
        for alias in placement.aliases {
            _ = try insertFile(
                Lines(repository: repository, version: version, blob: blob, size: admission.upload.size, change: change),
                admission, lead: file, path: alias.text)
        }
        try Requirements.note(placement.requirements, of: file, in: repository, db)
        try list(placement.listings, of: admission, fragments, file: file, repository: repository, change: change)
    }

    /// An admission's fragments, with the marks that its version and its package have. Notes the site's signature of it.
    ///
    /// - Parameters:
    ///   - file: its row.
    ///   - change: the journal's entry by which it comes in.
    private func fragments(of admission: Admission, file: Int64, version: Int64, change: Int64) throws -> [Fragment] {
        if let signature = admission.signature { try Marks.sign(file: file, signature, in: change, db) }
        guard mayBeMarked, admission.canBeMarked,
            let package = try Int64.fetchOne(db, sql: "SELECT package_id FROM version WHERE id = ?", arguments: [version])
        else { return admission.fragments }
        // Those of the file itself are in its fragments already.
        guard try Marks.of(file: nil, version: version, package: package, in: db) != Annotations() else {
            return admission.fragments
        }
        return admission.annotated(try Marks.of(file: file, version: version, package: package, in: db))
    }

    /// Takes what held the identity out of it: it leaves the listings, and keeps its path for ever.
    private mutating func make(way: IngestJudge.Way, for admission: Admission) throws {
        if let holder = way.displaced {
            if !holder.isRemoved {
                let digest = Hex.string(admission.upload.digests.sha256)
                let change = try journal(
                    "remove", admission, path: holder.path, sha256: holder.sha256, detail: "replaced by SHA-256 \(digest)")
                touched.merge(try Withdrawal.of(holder.id, by: change, at: now, in: db), uniquingKeysWith: +)
            }
            try db.execute(sql: "UPDATE file SET identity = NULL WHERE id = ?", arguments: [holder.id])
        }
        if let signature = way.signature { try Catalog.forgetOwnSignature(signature, in: db) }
        if let claim = way.freedClaim {
            try db.execute(
                sql: "DELETE FROM claim WHERE repository_id = ? AND identity = ?",
                arguments: [repositoryID(of: admission), claim])
        }
    }

    /// Decides packages that belong together and writes their rows; unless they came in, the caller rolls back, and forgets this writer.
    ///
    /// The right is decided again here, where nothing can come between it and the commit.
    mutating func take(_ group: [Admission]) throws -> GroupDecision {
        for author in Set(group.map(\.author)) {
            if let lost = try Catalog.lost(author, at: now, in: db) { return .settled(.lost(lost)) }
        }
        var outcomes = [Outcome?](repeating: nil, count: group.count)
        var refusals: [(admission: Admission, refusal: Refusal)] = []
        var again: [Int: Amendment] = [:]
        // Those that speak about others or require them come last, and only if the others came in.
        for speaking in [false, true] where refusals.isEmpty && again.isEmpty {
            for (index, admission) in group.enumerated() where admission.placement.needsOthers == speaking {
                switch try take(admission) {
                case .settled(let outcome):
                    outcomes[index] = outcome
                    if case .refused(let refusal) = outcome { refusals.append((admission, refusal)) }
                case .again(let amendment): again[index] = amendment
                }
            }
        }
        if !refusals.isEmpty { return .settled(.refused(refusals)) }
        if again.isEmpty {
            do {
                for admission in group { try state(admission) }
            } catch let refusal as Refusal {
                return .settled(.refused([(group[0], refusal)]))
            }
        }
        return again.isEmpty ? .settled(.taken(outcomes.compactMap { $0 })) : .again(again)
    }

    /// Sets the marks that come with a package which is here now.
    private mutating func state(_ admission: Admission) throws {
        if admission.statements.isEmpty { return }
        let repository = RepositoryRow(
            id: RepositoryID(value: try repositoryID(of: admission)), owner: admission.owner, type: admission.type,
            segment: admission.segment)
        guard let package = try rows.packageOfIdentity.first(.integer(repository.id.value), .text(admission.record.nameIdentity))
        else { preconditionFailure("its package is here") }
        var writer = MarkWriter(db: db, author: admission.author, now: now, horizon: horizon)
        for (kind, statement) in admission.statements {
            precondition(kind.effect != .fragments, "what comes with a package is not said of its fragments")
            let change = MarkChange(kind: kind, key: statement.key, value: statement.value, customs: admission.customs)
            if let fault = try CounterpartRows.fault(inMarking: change, of: package, by: admission, db) { throw fault }
            let marked = try writer.set(change, of: package, in: repository) { _, _ in [] }
            if marked.isEmpty { continue }
            isChange = true
            admission.settlement.noteMark()
        }
        try writer.finish()
    }

    /// Has the files of a blob placed again.
    func placeAgain(_ sha256: [UInt8]) throws {
        try db.execute(
            sql: """
                UPDATE file SET placed = 0 WHERE removed_in IS NULL AND blob_id = (SELECT id FROM blob WHERE sha256 = ?)
                """, arguments: [sha256])
    }

    /// Raises the revisions of what was touched, and what its repositories have. Once per transaction, however many files came in.
    mutating func finish() throws {
        if isChange { try Times.note(now, in: db) }
        try countGained()
        try tallies.settle(in: db)
        try PartitionTouch.apply(touched, in: db, at: now, horizon: horizon)
    }

    /// Refuses what would be more than its owner may have. What others bring in at the same time is counted: this is the one transaction
    /// that writes.
    private mutating func beyondQuota(_ admission: Admission) throws -> Refusal? {
        if !admission.quotas.isEmpty { try countGained() }
        for quota in admission.quotas {
            let usage = try Usage.of(owner: admission.owner, type: quota.isOfRepository ? admission.type : nil, in: db)
            if let refusal = quota.refusal(
                of: admission.contents.map(\.size), beside: usage, owner: admission.owner, type: admission.type)
            {
                return refusal
            }
        }
        return nil
    }

    private mutating func countGained() throws {
        for (repository, more) in gained { try more.add(to: repository, in: db) }
        gained = [:]
    }

    private mutating func bringBack(file: Int64, _ admission: Admission, repository: Int64) throws {
        let change = try journal("return", admission, detail: admission.remark)
        try db.execute(sql: "UPDATE file SET removed_in = NULL, placed = 0 WHERE id = ? OR lead_id = ?", arguments: [file, file])
        // One that had made way for others has its identity back.
        try db.execute(
            sql: "UPDATE file SET identity = ? WHERE id = ? AND identity IS NULL",
            arguments: [admission.placement.identity, file])
        if let claim = admission.placement.claim {
            let blob = try blobID(admission.upload.digests, size: admission.upload.size)
            try rows.claim.run(.integer(repository), .text(claim), .integer(blob))
        }
        try db.execute(
            sql: """
                DELETE FROM retired WHERE path IN (
                    SELECT r.owner || '/' || r.segment || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                    WHERE f.id = ? OR f.lead_id = ?)
                """, arguments: [file, file])
        try db.execute(sql: "DELETE FROM fragment WHERE file_id = ? AND slot_id IN (SELECT id FROM slot)", arguments: [file])
        let fragments = try fragments(
            of: admission, file: file, version: versionID(repository, admission.record), change: change)
        try insertFragments(fragments, of: file)
        try Requirements.note(admission.placement.requirements, of: file, in: repository, db)
        try list(admission.placement.listings, of: admission, fragments, file: file, repository: repository, change: change)
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
            sql: "INSERT INTO repository (owner, owner_identity, type, segment) VALUES (?, ?, ?, ?)",
            arguments: [admission.owner, ASCII.lowered(admission.owner), admission.type, admission.segment])
        let id = db.lastInsertedRowID
        repositories["\(admission.owner)/\(admission.type)"] = id
        let row = RepositoryRow(
            id: RepositoryID(value: id), owner: admission.owner, type: admission.type, segment: admission.segment)
        try Catalog.remember(Catalog.rendition(of: row), admission.rendition, in: db)
        return id
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
        if changes == 1 {
            newBlobs.insert(digests.sha256)
        } else {
            // Another type may have brought the same bytes, and have asked for fewer digests.
            try rows.blobDigests.run(
                .bytes(digests.sha256), .bytes(digests.sha1), .bytes(digests.md5), .bytes(digests.sha512))
        }
        return try rowID(
            changes,
            else: rows.blobOfDigest.first(.bytes(digests.sha256)))
    }

    private func rowID(_ changes: Int, else existing: @autoclosure () throws -> Int64?) throws -> Int64 {
        try IngestStatements.rowID(changes, in: db, else: existing())
    }

    /// What a file's row points to.
    private struct Lines {
        var repository, version, blob: Int64
        /// Bytes of the blob.
        var size: Int
        var change: Int64
    }

    /// - Parameter lead: a sidecar's package; nil for the package itself.
    private mutating func insertFile(_ lines: Lines, _ admission: Admission, lead: Int64?, path: String) throws -> Int64 {
        let upload = admission.upload
        try rows.file.run(
            .integer(lines.repository), .integer(lines.version), .integer(lines.blob),
            lead.map { .integer($0) } ?? .null, lead == nil ? .text(admission.placement.identity) : .null, .text(path),
            .text(lead == nil ? upload.filename : Files.name(of: path)),
            .text(lead == nil ? admission.record.architecture : ""), .integer(upload.modified.seconds),
            .integer(upload.received.seconds), .bytes(lead == nil ? admission.record.facts : []),
            .integer(Int64(admission.revision)), .integer(lines.change),
            .integer(lead == nil && admission.placement.isPart ? 1 : 0))
        let file = db.lastInsertedRowID
        gained[lines.repository, default: Usage()] += Usage(files: lead == nil ? 1 : 0, bytes: lines.size)
        return file
    }

    private mutating func insertFragments(_ fragments: [Fragment], of file: Int64) throws {
        for fragment in fragments {
            let slot = try SlotNames.id(of: fragment.slot, in: db, remembered: &slots)
            try rows.fragment.run(.integer(file), .integer(slot), .bytes(fragment.bytes))
        }
    }

    private mutating func list(
        _ listings: [Listing], of admission: Admission, _ fragments: [Fragment], file: Int64, repository: Int64, change: Int64
    ) throws {
        for listing in listings {
            let partition = try partitionID(listing, repository: repository, customs: admission.customs)
            let isNew = try !listing.shared || rows.liveListing.first(.integer(partition), .bytes(listing.sortKey)) == nil
            try rows.listing.run(.integer(partition), .bytes(listing.sortKey), .integer(file), .integer(change))
            if isNew { touched[partition, default: 0] += 1 }
            tallies.add(fragments, to: partition)
        }
    }

    private mutating func partitionID(_ listing: Listing, repository: Int64, customs: Int) throws -> Int64 {
        let key = "\(repository)\u{0}\(listing.partition.scope)\u{0}\(listing.partition.name)"
        if let known = partitions[key] { return known }
        let partition = try rows.partitionID(of: listing, in: repository, customs: customs, at: now, db)
        partitions[key] = partition
        return partition
    }

    private mutating func journal(
        _ action: String, _ admission: Admission, path: String? = nil, sha256: [UInt8]? = nil, detail: String = ""
    ) throws -> Int64 {
        isChange = true
        try rows.journal.run(
            .integer(now.seconds), .text(admission.author.name), .text(admission.author.origin), .text(action),
            .text(admission.owner), .text(admission.type), .text(admission.record.name), .text(admission.record.version),
            .text(path ?? admission.placement.path.text), .bytes(sha256 ?? admission.upload.digests.sha256), .text(detail))
        return db.lastInsertedRowID
    }

    private func coordinates(of upload: Upload) -> [(String, String)] {
        upload.coordinates.names.sorted().compactMap { name in
            upload.coordinates[name].flatMap { $0.isEmpty ? nil : (name, $0) }
        }
    }
}
