#if Serve
internal import Formats

/// Where prepared uploads wait for the catalog: all that wait when a transaction begins share it, and so its two syncs (of the blobs,
/// and of the catalog's log).
///
/// Clients that send one upload after the other come back shortly after a transaction has answered them. The next one waits for them for
/// a fraction of the time that it takes itself; else they and those who came meanwhile would take turns, each half as many. Who is alone
/// waits for nobody.
actor CommitQueue {
    private let catalog: Catalog
    private let blobs: BlobStore
    private let workers: Workers
    private var waiting: [Entry] = []
    private var isWorking = false
    /// Whoever waits for more uploads.
    private var gathering: (expected: Int, done: CheckedContinuation<Void, Never>)?

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
            if let gathering, waiting.count >= gathering.expected { endGathering() }
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
            let begun = ContinuousClock.now
            await take(entries)
            await gather(min(entries.count + waiting.count, Self.batch), for: (ContinuousClock.now - begun) / 3)
        }
        isWorking = false
    }

    /// Waits until that many uploads are there, but not for long.
    private func gather(_ expected: Int, for time: Duration) async {
        guard expected > 1, waiting.count < expected else { return }
        let alarm = Task {
            // Cancelled where they came.
            if (try? await Task.sleep(for: min(time, Self.patience))) != nil { endGathering() }
        }
        await withCheckedContinuation { gathering = (expected, $0) }
        alarm.cancel()
    }

    private func endGathering() {
        gathering?.done.resume()
        gathering = nil
    }

    /// Of a slow disk, no more.
    private static let patience = Duration.milliseconds(20)

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
        // Only keeps the log short: nobody waits for it any more, and what is wrong with the disk the next transaction will say.
        try? await workers.run { try catalog.tendLog() }
    }
}
#endif
