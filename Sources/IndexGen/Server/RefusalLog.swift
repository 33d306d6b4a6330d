internal import Logging

/// Remembers refused changes in the catalog, many in a transaction and after the sender has its answer: a flood of them costs one
/// write a second.
actor RefusalLog {
    private let catalog: Catalog
    private let workers: Workers
    private let logger: Logger
    private var waiting: [RefusedChange] = []
    private var isWriting = false

    /// What waits at most; the rest of a flood is in the log.
    private static let most = 1_000

    init(catalog: Catalog, workers: Workers, logger: Logger) {
        self.catalog = catalog
        self.workers = workers
        self.logger = logger
    }

    func note(_ change: RefusedChange) {
        guard waiting.count < Self.most else { return }
        waiting.append(change)
        if isWriting { return }
        isWriting = true
        Task {
            try? await Task.sleep(for: .seconds(1))
            await flush()
        }
    }

    /// Writes what waits; at the end as well.
    func flush() async {
        isWriting = false
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
