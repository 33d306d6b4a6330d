internal import Formats

extension Catalog {
    /// Takes packages in, all in one transaction. Each is decided alone: a refused one leaves nothing, the others stay.
    ///
    /// Blobs move to their places inside the transaction, under the writer's lock, and are durable before it commits: no crash
    /// leaves a row without its bytes, and no two writers meet over one blob.
    /// Those whose path belongs to other bytes are placed again, outside of it, and come in with another transaction.
    func take(_ admissions: [Admission], blobs: BlobStore) throws -> [Outcome] {
        var outcomes = [Outcome?](repeating: nil, count: admissions.count)
        var waiting = Array(admissions.enumerated()).map { (index: $0.offset, admission: $0.element) }
        while !waiting.isEmpty {
            let decisions = try ingest(blobs) { db, writer, arrivals in
                try waiting.map { _, admission in
                    let decision = try writer.take(admission)
                    if case .settled(let outcome) = decision { try arrivals.settle(admission, outcome, by: writer) }
                    return decision
                }
            }
            var again: [(index: Int, admission: Admission)] = []
            for ((index, admission), decision) in zip(waiting, decisions) {
                switch decision {
                case .settled(let outcome): outcomes[index] = outcome
                case .again(let amendment):
                    do {
                        again.append((index, try admission.prepared(amendment)))
                    } catch let refusal as Refusal {
                        outcomes[index] = .refused(refusal)
                    }
                }
            }
            waiting = again
        }
        return outcomes.compactMap { $0 }
    }

    /// Takes groups of packages in, all in one transaction. What belongs together (all files of a Debian upload, a chart and its
    /// provenance file) comes in together or not at all; a refused group leaves neither row nor blob, the others stay.
    ///
    /// In a group the files that others speak about may stand anywhere. A group of one is decided as `take` decides it.
    ///
    /// - Parameters:
    ///   - rehearsing: whether only to say what would become of each; nothing comes in then.
    ///   - completing: what is done besides in the transaction that takes a group, by its index, when its rows are there. Its refusal is the
    ///     group's.
    func take(
        groups: [[Admission]], blobs: BlobStore, rehearsing: Bool = false,
        completing: (_ group: Int, Database) throws -> Void = { _, _ in }
    ) throws -> [GroupOutcome] {
        var outcomes = [GroupOutcome?](repeating: nil, count: groups.count)
        var waiting = Array(groups.enumerated()).map { (index: $0.offset, group: $0.element) }
        while !waiting.isEmpty {
            let decisions = try take(waiting, in: blobs, rehearsing: rehearsing, completing: completing)
            var again: [(index: Int, group: [Admission])] = []
            for ((index, group), decision) in zip(waiting, decisions) {
                switch decision {
                case .settled(let outcome): outcomes[index] = outcome
                case .again(let amendments):
                    do {
                        let placed = try group.enumerated().map { position, admission in
                            try amendments[position].map { try admission.prepared($0) } ?? admission
                        }
                        again.append((index, placed))
                    } catch let refusal as Refusal {
                        outcomes[index] = .refused([(group[amendments.keys.min() ?? 0], refusal)])
                    }
                }
            }
            waiting = again
        }
        return outcomes.compactMap { $0 }
    }

    /// One transaction. What has to be prepared again leaves nothing, as a refused group.
    private func take(
        _ groups: [(index: Int, group: [Admission])], in blobs: BlobStore, rehearsing: Bool,
        completing: (_ group: Int, Database) throws -> Void
    ) throws -> [IngestWriter.GroupDecision] {
        try ingest(blobs) { db, writer, arrivals in
            try groups.map { index, group in
                // What the writer remembers of rows must not outlive them.
                let before = writer
                var decided: IngestWriter.GroupDecision?
                try db.inSavepoint {
                    var decision = try writer.take(group)
                    if case .settled(.taken) = decision {
                        do {
                            try completing(index, db)
                        } catch let refusal as Refusal {
                            decision = .settled(.refused(group.prefix(1).map { ($0, refusal) }))
                        }
                    }
                    decided = decision
                    if case .settled(.taken) = decision, !rehearsing { return .commit }
                    return .rollback
                }
                guard let decided else { preconditionFailure("the group was decided") }
                switch decided {
                case .settled(.refused), .settled(.lost), .again: writer = before
                case .settled(.taken) where rehearsing: writer = before
                case .settled(.taken(let outcomes)):
                    // Blobs cannot be rolled back, so they move once the whole group is known to come in.
                    for (admission, outcome) in zip(group, outcomes) {
                        try arrivals.settle(admission, outcome, by: writer)
                    }
                }
                return decided
            }
        }
    }

    /// One transaction that brings packages in: rows by `body`, then blobs made durable, then the commit.
    private func ingest<Outcomes>(
        _ blobs: BlobStore, _ body: (Database, inout IngestWriter, inout BlobArrivals) throws -> Outcomes
    ) throws -> Outcomes {
        try Meter.measure(.catalog) {
            try pool.writeWithoutTransaction { db in
                var outcomes: Outcomes?
                let before = db.totalChangesCount
                try Self.makeCommitsDurable(db)
                try db.inTransaction(.immediate) {
                    var writer = try IngestWriter(db: db, clock: clock)
                    var arrivals = BlobArrivals(store: blobs)
                    outcomes = try body(db, &writer, &arrivals)
                    try writer.finish()
                    try Meter.measure(.write) { try arrivals.secure() }
                    return .commit
                }
                // "It is there already" is a promise like any other.
                if db.totalChangesCount == before { try secureLog() }
                guard let outcomes else { preconditionFailure("the transaction was done") }
                return outcomes
            }
        }
    }
}

/// The blobs that one transaction brings into the store.
private struct BlobArrivals {
    let store: BlobStore
    private var files: [String] = []
    private var folders: Set<String> = []
    /// What came in and is not in its place yet.
    private var waiting: [(content: Admission.Content, isKnown: Bool)] = []
    /// The folders that changed with the last of them.
    private var last: [String] = []

    init(store: BlobStore) { self.store = store }

    /// Notes the bytes of what was taken.
    mutating func settle(_ admission: Admission, _ outcome: Outcome, by writer: IngestWriter) throws {
        switch outcome {
        case .added:
            let new = writer.newBlobs
            waiting += admission.contents.map { (content: $0, isKnown: !new.contains($0.sha256)) }
        case .returned, .unchanged:
            // A package that comes again heals a store that lost its blob.
            for sha256 in try heal(admission, besides: writer.newBlobs) { try writer.placeAgain(sha256) }
        case .refused: break
        }
    }

    /// - Parameter new: SHA-256 of blobs that this transaction brings.
    /// - Returns: SHA-256 of those that were lost.
    private mutating func heal(_ admission: Admission, besides new: Set<[UInt8]>) throws -> [[UInt8]] {
        let lost = try admission.contents.filter { try !new.contains($0.sha256) && !store.has($0.sha256, size: $0.size) }
        for content in lost { try put(content, isKnown: true) }
        return lost.map(\.sha256)
    }

    /// Moves the bytes to their places, and makes them durable. Folder by folder: of the store's 256 few are held open.
    mutating func secure() throws {
        waiting.sort { $0.content.sha256[0] < $1.content.sha256[0] }
        for (content, isKnown) in waiting { try put(content, isKnown: isKnown) }
        waiting = []
        try Durability.secure(files: files, folders: folders, on: store.folder)
        store.secured(folders)
    }

    private mutating func put(_ content: Admission.Content, isKnown: Bool) throws {
        let changed = try store.put(content.staged, sha256: content.sha256, size: content.size, isKnown: isKnown)
        if changed.isEmpty { return }
        if changed != last { folders.formUnion(changed) }
        last = changed
        files.append(store.path(of: content.sha256))
    }
}
