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

    /// Until SIGTERM or SIGINT: then requests that have begun are answered, and what they changed is published.
    func run() async throws {
        // A client that goes away must not take the program with it.
        signal(SIGPIPE, SIG_IGN)
        let site = site
        let logger = Logger(label: "indexgen") { _ in LineLog(clock: site.clock) }
        let catalog = try site.openCatalog()
        let workers = Workers()
        let metrics = Metrics(clock: site.clock)
        let refusals = RefusalLog(catalog: catalog, workers: workers, logger: logger)
        let settings = site.settings.server
        // Hooks may take long: they have threads of their own.
        let errands = Workers(count: 1)
        let teller = HookTeller(delivery: HookDelivery(site: site, catalog: catalog), workers: errands, logger: logger)
        let scheduler = Scheduler(
            quiet: settings.quiet, atMost: settings.atMost, workers: workers, logger: logger, metrics: metrics
        ) {
            let summary: Generator.Summary
            do {
                summary = try Generator(site: site, catalog: catalog).run()
            } catch let failures as PublicationFailures {
                // What the others published is told.
                Task { await teller.call() }
                throw failures
            }
            // Files of Debian uploads whose others never came.
            try Incoming(site: site).sweep()
            if summary != Generator.Summary() { Task { await teller.call() } }
        }
        let reception = Reception(
            site: site, catalog: catalog, workers: workers,
            authorizer: Authorizer(catalog: catalog, ecosystems: site.ecosystems, anonymous: settings.anonymous),
            queue: CommitQueue(catalog: catalog, blobs: site.blobs, workers: workers),
            publication: generates ? .here(scheduler) : .elsewhere(catalog, workers), refusals: refusals, metrics: metrics,
            logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(4, System.coreCount))
        let http1 = HTTP1Channel(
            responder: { try await reception.respond($0, $1, $2) },
            configuration: .init(
                idleTimeout: .nanoseconds(settings.bodyTimeout.nanoseconds),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100)))
        var quiet = logger
        quiet.logLevel = .error
        let server = Server(
            childChannelSetup: PhrasedHTTP1Channel(http1),
            configuration: .init(
                address: address.bound, serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.connections)),
            onServerRunning: { channel in
                logger.info("listening", metadata: ["address": "\(channel.localAddress.map(Self.shown) ?? "")"])
                Self.notify("READY=1")
            }, eventLoopGroup: group, logger: quiet)
        // Stopped from the last to the first: no more requests, then what they changed is published, then hooks are told.
        let services: [any Service] = generates ? [teller, scheduler, server] : [server]
        try await ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
        await refusals.flush()
        try await workers.stop()
        try await errands.stop()
        try await group.shutdownGracefully()
        try catalog.close()
    }

    private static func shown(_ address: SocketAddress) -> String {
        guard let ip = address.ipAddress, let port = address.port else { return address.pathname ?? "" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
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

extension ListenAddress {
    fileprivate var bound: BindAddress {
        switch self {
        case .network(let host, let port): .hostname(host, port: port)
        case .socket(let path): .unixDomainSocket(path: path)
        }
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
