internal import Glibc
internal import Synchronization

/// Ctrl-C and `kill` while a site is being changed: what was begun comes to a sound end, and somebody says where things stand.
///
/// Nothing here is needed for soundness (a site survives `kill -9`); it is for the people in front of it. A thread of its own waits for the
/// signals, so what it does need not fit into a signal handler. A second signal ends the program at once.
enum Interruption {
    /// Thrown by work that gives up because of a signal.
    struct Requested: Error {}

    private struct State {
        var isWatching = false
        var farewell: (@Sendable () -> Void)?
    }

    private static let state = Mutex(State())
    private static let received = Atomic<Int32>(0)

    /// The signal that came; nil while none did.
    static var signal: Int32? {
        let signal = received.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// Throws `Requested` once a signal came: for loops over much data.
    static func check() throws { if signal != nil { throw Requested() } }

    /// The exit status by which shells know that a signal ended a program.
    static func code(_ signal: Int32) -> Int32 { 128 + signal }

    /// From now on INT and TERM end nothing by themselves: they are noted here. To be called from the main thread, before threads are
    /// started. Signals that the caller's caller ignores (`nohup`, a script's background jobs) stay ignored.
    static func watch() {
        let isFirst = state.withLock { state in
            defer { state.isWatching = true }
            return !state.isWatching
        }
        guard isFirst else { return }
        // Made now: the thread must not be the first to ask.
        _ = signal
        var signals = heeded()
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { _ in Interruption.wait() }, nil) == 0 else {
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            return
        }
        pthread_detach(thread)
    }

    /// Does work that a signal may end anywhere (the next run finishes it): `farewell` is said, and the program is over.
    static func ending<Result>(_ farewell: @escaping @Sendable () -> Void, _ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.farewell = farewell }
        if let signal { end(signal, farewell) }
        defer { state.withLock { $0.farewell = nil } }
        return try body()
    }

    /// INT and TERM, but for what is ignored: blocked signals reach whoever waits for them, ignored or not.
    private static func heeded() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] {
            var action = sigaction()
            sigaction(signal, nil, &action)
            let isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
            if !isIgnored { sigaddset(&signals, signal) }
        }
        return signals
    }

    private static func wait() -> UnsafeMutableRawPointer? {
        var signals = heeded()
        while true {
            var signal: Int32 = 0
            guard sigwait(&signals, &signal) == 0 else { continue }
            if received.exchange(signal, ordering: .relaxed) != 0 { end(signal) {} }
            if let farewell = state.withLock({ $0.farewell }) { end(signal, farewell) }
        }
    }

    private static func end(_ signal: Int32, _ farewell: () -> Void) -> Never {
        Console.wipeLine()
        farewell()
        Console.flush()
        _exit(code(signal))
    }
}
