#if Serve
internal import Formats
internal import Logging
internal import ServiceLifecycle

/// Tells hooks of publications, and tries again what failed, beside the endpoint: a slow hook holds up nobody.
actor HookTeller: Service {
    private let delivery: HookDelivery
    private let workers: Workers
    private let logger: Logger
    private var isOver = false
    private var wasCalled = false
    private var sleeper: Task<Void, Never>?

    /// Looks at the outbox at least this often: other processes publish, too.
    private static let rest = Duration.seconds(60)

    init(delivery: HookDelivery, workers: Workers, logger: Logger) {
        self.delivery = delivery
        self.workers = workers
        self.logger = logger
    }

    /// Something was published.
    func call() {
        wasCalled = true
        sleeper?.cancel()
    }

    /// Until the service group shuts down or its task is cancelled.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            while !isOver, !Task.isCancelled {
                let pause = await tell()
                if !isOver, !wasCalled { await sleep(for: pause) }
                wasCalled = false
            }
            // What was published last; what fails now waits for the next start.
            if !Task.isCancelled { _ = await tell() }
        } onCancelOrGracefulShutdown: {
            Task { await self.stop() }
        }
    }

    /// Hooks that are at work then, and those for what was published last, have a few seconds; what they do not take waits for the next
    /// start.
    private func stop() async {
        isOver = true
        sleeper?.cancel()
        try? await Task.sleep(for: Self.parting)
        delivery.stop()
    }

    private static let parting = Duration.seconds(2)

    private func sleep(for pause: Duration) async {
        if Task.isCancelled { return }
        let sleeper = Task { _ = try? await Task.sleep(for: pause) }
        self.sleeper = sleeper
        await sleeper.value
    }

    /// - Returns: how long nothing is due.
    private func tell() async -> Duration {
        let (delivery, logger) = (delivery, logger)
        do {
            let next = try await workers.run {
                let report = try delivery.deliverDue()
                for failure in report.failures {
                    logger.warning("hook failed", metadata: ["hook": "\(failure.hook)", "error": "\(failure)"])
                }
                return try delivery.nextDue()
            }
            guard let next else { return Self.rest }
            return max(.seconds(1), min(Self.rest, .seconds(next.seconds - delivery.clock.now().seconds)))
        } catch {
            logger.error("hooks were not told", metadata: ["error": "\(error)"])
            return Self.rest
        }
    }
}
#endif
