internal import Formats
internal import GRDB

extension Catalog {
    /// Takes packages in, all in one transaction. Each is decided alone: a refused one leaves nothing, the others stay.
    ///
    /// Blobs move to their places inside the transaction, under the writer's lock, and are durable before it commits: no crash
    /// leaves a row without its bytes, and no two writers meet over one blob.
    func take(_ admissions: [Admission], blobs: BlobStore, actor: String) throws -> [Outcome] {
        let now = clock.now()
        return try Meter.measure(.catalog) {
            try pool.writeWithoutTransaction { db in
                var outcomes: [Outcome] = []
                try db.inTransaction(.immediate) {
                    var writer = try IngestWriter(db: db, now: now, actor: actor)
                    var arrivals = BlobArrivals(store: blobs)
                    for admission in admissions {
                        let outcome = try writer.take(admission)
                        switch outcome {
                        case .added: try Meter.measure(.write) { try arrivals.put(admission, new: writer.newBlobs) }
                        case .returned, .unchanged:
                            // A package that comes again heals a store that lost its blob.
                            for sha256 in try arrivals.heal(admission) { try writer.placeAgain(sha256) }
                        case .refused: break
                        }
                        outcomes.append(outcome)
                    }
                    try writer.finish()
                    try Meter.measure(.write) { try arrivals.secure() }
                    return .commit
                }
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

    init(store: BlobStore) { self.store = store }

    /// - Parameter new: SHA-256 of blobs that the catalog did not have before.
    mutating func put(_ admission: Admission, new: Set<[UInt8]>) throws {
        for content in admission.contents { try put(content, isKnown: !new.contains(content.sha256)) }
    }

    /// - Returns: SHA-256 of those that were lost.
    mutating func heal(_ admission: Admission) throws -> [[UInt8]] {
        let lost = try admission.contents.filter { try !store.has($0.sha256, size: $0.size) }
        for content in lost { try put(content, isKnown: true) }
        return lost.map(\.sha256)
    }

    func secure() throws { try Durability.secure(files: files, folders: folders, on: store.folder) }

    private mutating func put(_ content: Admission.Content, isKnown: Bool) throws {
        let changed = try store.put(content.staged, sha256: content.sha256, size: content.size, isKnown: isKnown)
        if changed.isEmpty { return }
        folders.formUnion(changed)
        files.append(store.path(of: content.sha256))
    }
}
