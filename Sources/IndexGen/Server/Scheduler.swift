#if Serve
internal import Formats
internal import Logging
internal import ServiceLifecycle

/// Decides when the public tree is brought up to the catalog: a burst of uploads costs one run.
///
/// A run begins when nothing came in for `quiet`, or `atMost` after the first change, or at once when somebody waits for it; and every ten minutes, for what other processes
/// added and what is to expire. A run that fails is tried again, after pauses that grow; where it failed for some repositories, the
/// others' changes do not wait for that.
actor Scheduler: Service {
    private let quiet: Duration
    private let atMost: Duration
    /// Does one run; blocking.
    private let generate: @Sendable () throws -> Void
    private let workers: Workers
    private let logger: Logger
    private let metrics: Metrics

    /// When the first and the last change came in that no run has seen.
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?
    private var failures = 0
    /// When what failed is tried again; nil when the last run failed for nobody.
    private var retry: ContinuousClock.Instant?
    /// Whether it failed for some repositories only.
    private var isPartial = false
    /// Those who wait for the next run to end.
    private var waiting: [(repository: String?, done: CheckedContinuation<Void, any Error>)] = []
    /// When the last run ended.
    private var ended = ContinuousClock.now
    private var isOver = false
    /// Nothing is published any more.
    private var hasEnded = false
    /// Sleeps until the next run is due; a change wakes it.
    private var sleeper: Task<Void, Never>?

    private static let idle = Duration.seconds(600)
    /// How long others are waited for while somebody waits.
    private static let gathering = Duration.milliseconds(20)

    init(
        quiet: Duration, atMost: Duration, workers: Workers, logger: Logger, metrics: Metrics,
        generate: @escaping @Sendable () throws -> Void
    ) {
        self.quiet = quiet
        self.atMost = atMost
        self.workers = workers
        self.logger = logger
        self.metrics = metrics
        self.generate = generate
    }

    /// Something changed in the catalog.
    func noteChange() {
        let now = ContinuousClock.now
        first = first ?? now
        last = now
        sleeper?.cancel()
    }

    /// Notes a change and returns when a run that saw it has published it.
    ///
    /// - Parameter repository: whose change it is (`OWNER/TYPE`): what kept others from being published is not said. Nil: all.
    /// - Throws: what the run threw; `CancellationError` when there are no more runs.
    func published(_ repository: String? = nil) async throws {
        if hasEnded { throw CancellationError() }
        try await withCheckedThrowingContinuation { done in
            waiting.append((repository, done))
            noteChange()
        }
    }

    /// Until the service group shuts down or its task is cancelled; then what waits is published once more, unless it was cancelled.
    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await once()
            while !isOver {
                await sleep(until: due)
                if !isOver, ContinuousClock.now >= due { await once() }
            }
            if first != nil || retry != nil, !Task.isCancelled { await once() }
        } onCancelOrGracefulShutdown: {
            Task { await self.stop() }
        }
        hasEnded = true
        for (_, done) in waiting { done.resume(throwing: CancellationError()) }
        waiting = []
    }

    /// Lets `run` end; what waits is published first.
    func stop() {
        isOver = true
        sleeper?.cancel()
    }

    private func sleep(until deadline: ContinuousClock.Instant) async {
        if isOver || Task.isCancelled { return stop() }
        let sleeper = Task { _ = try? await Task.sleep(until: deadline, clock: .continuous) }
        self.sleeper = sleeper
        await sleeper.value
    }

    private var due: ContinuousClock.Instant {
        if let retry, !isPartial { return retry }
        guard let first, let last else { return retry ?? ended + Self.idle }
        // Clients that wait make no burst: the next of them come while this run is at work.
        let change = waiting.isEmpty ? min(last + quiet, first + atMost) : first + min(quiet, Self.gathering)
        return retry.map { min($0, change) } ?? change
    }

    private func once() async {
        let saw = waiting
        waiting = []
        first = nil
        let begun = ContinuousClock.now
        do {
            try await workers.run(generate)
            failures = 0
            retry = nil
            ended = .now
            metrics.generated(in: ended - begun)
            for (_, done) in saw { done.resume() }
        } catch {
            failures += 1
            ended = .now
            retry = ended + min(.seconds(60), .milliseconds(500) * (1 << min(failures, 7)))
            let partial = error as? PublicationFailures
            isPartial = partial != nil
            metrics.generationFailed(error)
            logger.error("generation failed; it is tried again", metadata: ["error": "\(error)", "failures": "\(failures)"])
            for (repository, done) in saw {
                if let partial, let repository, partial.error(of: repository) == nil {
                    done.resume()
                } else {
                    done.resume(throwing: error)
                }
            }
        }
    }
}
#endif
