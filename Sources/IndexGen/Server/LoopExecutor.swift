#if Serve
internal import NIOCore

/// Runs tasks on the thread of an event loop: what a connection brings is taken where it was read, and an answer is written where it was
/// made, without a change of threads. What blocks goes to the `Workers`.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// One for each loop of a group. They have to be there for as long as a task may be.
struct LoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: LoopExecutor]

    init(of group: any EventLoopGroup) {
        executors = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil for a loop that is not of the group.
    subscript(loop: any EventLoop) -> LoopExecutor? { executors[ObjectIdentifier(loop)] }
}
#endif
