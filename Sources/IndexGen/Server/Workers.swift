#if Serve
internal import NIOPosix

/// Threads for work that blocks: the catalog, files, gpg. The cooperative pool has two threads on two cores; two slow fsyncs would
/// stop the server.
struct Workers: Sendable {
    private let pool: NIOThreadPool
    private let executor: Executor

    init(count: Int = 4) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
        executor = Executor(pool)
    }

    /// - Throws: also when they have been stopped.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        if isHere { return try work() }
        return try await pool.runIfActive(work)
    }

    /// Does on these threads what blocks again and again: within `body`, `run` changes no thread. A change costs more than most of what is
    /// looked up. While `body` waits for others it has no thread.
    func host<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await withTaskExecutorPreference(executor) { try await body() }
    }

    /// Whether the task at hand has one of the threads.
    private var isHere: Bool { withUnsafeCurrentTask { $0?.unownedTaskExecutor == executor.asUnownedTaskExecutor() } }

    /// What has begun comes to its end.
    func stop() async {
        // It fails for a pool that is stopped already.
        try? await pool.shutdownGracefully()
    }

    private final class Executor: TaskExecutor {
        private let pool: NIOThreadPool

        init(_ pool: NIOThreadPool) { self.pool = pool }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            // A task goes on also when the threads are being stopped: it finds that out by itself.
            pool.submit { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
#endif
