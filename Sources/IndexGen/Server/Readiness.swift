#if Serve
internal import Formats

/// Why the endpoint is not ready.
struct NotReady: Equatable, Sendable {
    /// For whoever asks.
    var reason: String
    /// For the log.
    var detail = ""
}

/// How the endpoint stands.
struct Outlook: Sendable {
    /// Nil when it is ready.
    var fault: NotReady?
    /// What will stand in the way some day: keys that expire, say.
    var warnings: [String] = []
}

/// Whether an upload would be taken and published; looked at once a second at most, however often it is asked.
actor Readiness {
    private let site: Site
    private let catalog: Catalog
    private let workers: Workers
    private let metrics: Metrics
    private var known: (outlook: Outlook, at: ContinuousClock.Instant)?
    private var looking: Task<Outlook, Never>?

    init(site: Site, catalog: Catalog, workers: Workers, metrics: Metrics) {
        self.site = site
        self.catalog = catalog
        self.workers = workers
        self.metrics = metrics
    }

    var outlook: Outlook {
        get async {
            if let known, ContinuousClock.now - known.at < .seconds(1) { return known.outlook }
            if let looking { return await looking.value }
            let task = Task { [site, catalog, workers, metrics] in
                do {
                    return try await workers.run { try Self.look(site, catalog, metrics) }
                } catch {
                    return Outlook(fault: NotReady(reason: "the catalog cannot be written; see the log", detail: "\(error)"))
                }
            }
            looking = task
            let outlook = await task.value
            known = (outlook, .now)
            looking = nil
            return outlook
        }
    }

    private static func look(_ site: Site, _ catalog: Catalog, _ metrics: Metrics) throws -> Outlook {
        if let place = full(site, beside: 0) { return Outlook(fault: NotReady(reason: "the disk is full", detail: place)) }
        try catalog.proveWritable()
        do {
            let warnings = try site.openKeyring(catalog)?.remarks(at: site.clock.now()) ?? []
            return Outlook(
                fault: metrics.signingFault.map { NotReady(reason: "the indexes cannot be signed; see the log", detail: $0) },
                warnings: warnings)
        } catch {
            return Outlook(fault: NotReady(reason: "the keyring cannot be used; see the log", detail: "\(error)"))
        }
    }

    /// Whether the disks have any room.
    var hasRoom: Bool { Self.full(site, beside: 0) == nil }

    /// Whether they have room for so many bytes.
    func hasRoom(for bytes: Int) -> Bool { Self.full(site, beside: bytes) == nil }

    private static func full(_ site: Site, beside bytes: Int) -> String? {
        if let free = NoRoom.free(at: site.state), free - bytes < NoRoom.floor { return site.state }
        if let free = NoRoom.free(at: site.publicRoot), free < NoRoom.floor { return site.publicRoot }
        return nil
    }
}
#endif
