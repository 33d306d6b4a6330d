internal import Formats

/// Where prepared uploads wait for the catalog: all that wait when a transaction begins share it, and so one fsync.
actor CommitQueue {
    private let catalog: Catalog
    private let blobs: BlobStore
    private let workers: Workers
    private var waiting: [Entry] = []
    private var isWorking = false

    /// Uploads that one transaction takes at most.
    private static let batch = 256

    private struct Entry {
        /// Files that are taken all or none; mostly one.
        var group: [Admission]
        var done: CheckedContinuation<GroupOutcome, any Error>
    }

    init(catalog: Catalog, blobs: BlobStore, workers: Workers) {
        self.catalog = catalog
        self.blobs = blobs
        self.workers = workers
    }

    /// Uploads that wait.
    var depth: Int { waiting.count }

    /// Returns once the files are durable, or refused.
    func commit(_ group: [Admission]) async throws -> GroupOutcome {
        try await withCheckedThrowingContinuation { done in
            waiting.append(Entry(group: group, done: done))
            if !isWorking {
                isWorking = true
                Task { await work() }
            }
        }
    }

    private func work() async {
        while !waiting.isEmpty {
            let entries = Array(waiting.prefix(Self.batch))
            waiting.removeFirst(entries.count)
            await take(entries)
        }
        isWorking = false
    }

    private func take(_ entries: [Entry]) async {
        let (catalog, blobs, groups) = (catalog, blobs, entries.map(\.group))
        do {
            let outcomes = try await workers.run { try catalog.take(groups: groups, blobs: blobs) }
            for (entry, outcome) in zip(entries, outcomes) { entry.done.resume(returning: outcome) }
        } catch {
            // What one of many ran into (no room for its blob, say) need not be the others' fault.
            guard entries.count > 1 else {
                for entry in entries { entry.done.resume(throwing: error) }
                return
            }
            for entry in entries { await take([entry]) }
        }
    }
}
