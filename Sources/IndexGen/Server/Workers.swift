#if Serve
internal import NIOPosix

/// Threads for work that blocks: the catalog, files, gpg. The cooperative pool has two threads on two cores; two slow fsyncs would
/// stop the server.
struct Workers: Sendable {
    private let pool: NIOThreadPool

    init(count: Int = 4) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await pool.runIfActive(work)
    }

    /// What has begun comes to its end.
    func stop() async {
        // It fails for a pool that is stopped already.
        try? await pool.shutdownGracefully()
    }
}
#endif
