#if Serve
internal import Formats
internal import Logging

/// Remembers refused changes in the catalog, many in a transaction and after the sender has its answer: a flood of them costs one
/// write a second, and a few rows a minute for each sender.
actor RefusalLog {
    private let catalog: Catalog
    private let workers: Workers
    private let logger: Logger
    private let sample: RefusalSample
    private var waiting: [RefusedChange] = []
    private var isWriting = false

    init(catalog: Catalog, workers: Workers, logger: Logger, sample: RefusalSample = RefusalSample()) {
        self.catalog = catalog
        self.workers = workers
        self.logger = logger
        self.sample = sample
    }

    /// Only what was to be changed in a repository is remembered; a request for something else is told or counted like the others.
    ///
    /// - Returns: whether it is worth a line in the log; else it is counted, and the count is told within two minutes.
    func note(_ change: RefusedChange) -> Bool {
        let isTold = sample.tells(change)
        if isTold, !change.owner.isEmpty { waiting.append(change) }
        if !isWriting {
            isWriting = true
            Task { await write() }
        }
        return isTold
    }

    private func write() async {
        repeat {
            try? await Task.sleep(for: .seconds(1))
            await flush()
        } while sample.hasRest || !waiting.isEmpty
        isWriting = false
    }

    /// Writes what waits.
    /// - Parameter all: what was counted, too, though the minute is not over: at the end.
    func flush(all: Bool = false) async {
        for rest in sample.takeRest(all: all) {
            var change = rest.last
            change.detail = "and \(rest.count) more like this in a minute, of which this is the last: \(change.detail)"
            logger.notice(
                "refused",
                metadata: ["from": "\(change.author.origin)", "actor": "\(change.author.name)", "more": "\(rest.count)"])
            if !change.owner.isEmpty { waiting.append(change) }
        }
        let (changes, catalog) = (waiting, catalog)
        waiting = []
        if changes.isEmpty { return }
        do {
            try await workers.run { try catalog.remember(changes) }
        } catch {
            logger.error("refused changes were not remembered", metadata: ["error": "\(error)"])
        }
    }
}
#endif
