#if Serve
internal import Formats
internal import Glibc
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import UnixSignals

/// The ingest endpoint, put together: what listens, what writes, what publishes behind it.
struct IngestServer {
    let site: Site
    let address: ListenAddress
    /// Whether changes are published by this process.
    let generates: Bool

    /// Until SIGTERM or SIGINT: then requests that have begun are answered, those whose bodies still come have some seconds, and what they
    /// changed is published.
    ///
    /// - Throws: `ListenAddress.Failure` before anything else has begun.
    func run() async throws {
        // A client that goes away must not take the program with it.
        signal(SIGPIPE, SIG_IGN)
        let logger = Logger(label: "indexgen") { [clock = site.clock] _ in LineLog(clock: clock) }
        let settings = site.settings.server
        let socket = try ListeningSocket(address, mode: settings.socketMode, group: settings.socketGroup)
        defer { socket.remove() }
        let places = try self.places(logger)
        let catalog = try site.openCatalog()
        let workers = Workers()
        // Hooks may take long: they have threads of their own.
        let errands = Workers(count: 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(4, System.coreCount))
        let refusals = RefusalLog(catalog: catalog, workers: workers, logger: logger)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await serve(
                    socket, places,
                    Parts(
                        logger: logger, catalog: catalog, workers: workers, errands: errands, group: group, refusals: refusals)))
        } catch {
            outcome = .failure(error)
        }
        // Whatever the reason, nothing is left at work.
        await refusals.flush(all: true)
        await workers.stop()
        await errands.stop()
        try? await group.shutdownGracefully()
        try catalog.close()
        try outcome.get()
    }

    /// What the endpoint's services share.
    private struct Parts {
        var logger: Logger
        var catalog: Catalog
        var workers: Workers
        var errands: Workers
        var group: MultiThreadedEventLoopGroup
        var refusals: RefusalLog
    }

    private func serve(_ socket: ListeningSocket, _ places: (requests: Int, connections: Int), _ parts: Parts) async throws {
        let (site, catalog, workers, logger) = (site, parts.catalog, parts.workers, parts.logger)
        let settings = site.settings.server
        let metrics = Metrics(clock: site.clock)
        let teller = HookTeller(
            delivery: HookDelivery(site: site, catalog: catalog), workers: parts.errands, logger: logger)
        let scheduler = Scheduler(
            quiet: settings.quiet, atMost: settings.atMost, workers: workers, logger: logger, metrics: metrics
        ) {
            let summary: Generator.Summary
            do {
                summary = try Generator(
                    site: site, catalog: catalog, warn: { logger.warning("\(PrintableText.of($0))") }
                ).run()
            } catch let failures as PublicationFailures {
                // What the others published is told.
                Task { await teller.call() }
                throw failures
            }
            // Files of Debian uploads whose others never came.
            try Incoming(site: site).sweep()
            try PieceStore.sweep(of: site)
            if summary != Generator.Summary() { Task { await teller.call() } }
        }
        let gate = Gate(Gate.Limits(places: places.requests, connections: places.connections, patience: settings.bodyTimeout))
        let reception = Reception(
            site: site, catalog: catalog, workers: workers,
            authorizer: Authorizer(catalog: catalog, ecosystems: site.ecosystems, anonymous: settings.anonymous),
            queue: CommitQueue(catalog: catalog, blobs: site.blobs, workers: workers),
            publication: generates ? .here(scheduler) : .elsewhere(catalog, workers), refusals: parts.refusals, metrics: metrics,
            logger: logger, gate: gate,
            readiness: Readiness(site: site, catalog: catalog, workers: workers, metrics: metrics),
            peers: PeerReader(mode: settings.socketMode, group: settings.socketGroup.flatMap(Accounts.group)),
            places: KnownPlaces(catalog: catalog),
            pieces: try PieceStore(in: site.stateFolder, staging: site.staging, limit: site.settings.fileBytes))
        let http1 = HTTP1Channel(
            responder: { try await reception.respond($0, $1, $2) },
            configuration: .init(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)))
        var quiet = logger
        quiet.logLevel = .error
        let endpoint = Endpoint(
            socket: socket, channels: PhrasedHTTP1Channel(http1, gate: gate), gate: gate, group: parts.group, logger: quiet,
            executors: LoopExecutors(of: parts.group)
        ) {
            logger.info("listening", metadata: ["address": "\(socket.shown)"])
            Self.notify("READY=1")
        }
        // Stopped from the last to the first: no more requests, then what they changed is published, then hooks are told. A service that
        // fails lets the others end in the same way.
        let services: [any Service] = generates ? [teller, scheduler, endpoint] : [endpoint]
        try await ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    /// How many connections there can be.
    ///
    /// - Throws: when the limit of open files is too low for any.
    private func places(_ logger: Logger) throws -> (requests: Int, connections: Int) {
        let limit = Descriptors.raise()
        let wanted = site.settings.server.connections
        guard let fitting = Descriptors.places(wanted, within: limit) else {
            throw ListenAddress.Failure(
                address: address.shown, reason: "\(limit) open files are too few",
                remedy: "allow at least \(Descriptors.reserve + 32 * Descriptors.each) (ulimit -n, LimitNOFILE=)")
        }
        if fitting.requests < wanted {
            logger.warning(
                "fewer connections than the settings allow: the limit of open files is too low (ulimit -n, LimitNOFILE=)",
                metadata: ["connections": "\(fitting.requests)", "wanted": "\(wanted)", "files": "\(limit)"])
        }
        return fitting
    }

    /// Tells systemd (sd_notify(3), Type=notify) that uploads are taken.
    private static func notify(_ message: String) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), path.utf8.count < 108 else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        // A name that begins with '@' is abstract.
        if path.hasPrefix("@") { withUnsafeMutableBytes(of: &address.sun_path) { $0[0] = 0 } }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count)
        let bytes = Array(message.utf8)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
#endif
