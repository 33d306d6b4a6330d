#if Serve
internal import HTTPTypes
internal import NIOCore
internal import Synchronization

/// One connection of the endpoint: what it is doing, for whom, and how long it has been waited for. Changed from its event loop and from
/// the task of its request, looked at by the gate.
final class Connection: Sendable {
    enum Phase: Equatable, Sendable {
        /// Nothing is asked for: before the first request, or between two.
        case idle
        /// The header of a request has begun and is not complete.
        case header
        /// The program is at work.
        case working
        /// The sender of a body is waited for.
        case body
        /// What is left of a body is thrown away, so that its sender reads the answer.
        case rest
    }

    struct State: Sendable {
        var phase = Phase.idle
        var since = ContinuousClock.now
        /// That have begun and are not answered; more than one where a client does not wait.
        var requests = 0
        /// Where the request at hand comes from.
        var sender: NetworkAddress?
        /// The handle of the right token that came with it.
        var token: String?
        var bodyBegan = ContinuousClock.now
        var bytes = 0
        /// How much longer its body may be behind the pace.
        var credit = Duration.zero
        /// Why it was cut; what its sender is told.
        var verdict: Answer?
    }

    /// How many requests are under way.
    final class Counter: Sendable {
        private let value = Atomic(0)
        var count: Int { value.load(ordering: .relaxed) }
        fileprivate func add(_ change: Int) { value.add(change, ordering: .relaxed) }
    }

    let channel: any Channel
    private let busy: Counter
    /// How long a body may be behind the pace in all.
    private let patience: Duration
    private let state = Mutex(State())

    /// Bytes a second that a body must come with.
    static let pace = 4 << 10

    init(_ channel: any Channel, patience: Duration, busy: Counter = Counter()) {
        self.channel = channel
        self.busy = busy
        self.patience = patience
    }

    var now: State { state.withLock { $0 } }

    // MARK: What happens to it

    func bytesCame() {
        state.withLock { if $0.phase == .idle { $0.enter(.header) } }
    }

    func requestBegan() {
        state.withLock { state in
            state.requests += 1
            guard state.requests == 1 else { return }
            state.enter(.working)
            busy.add(1)
        }
    }

    /// The request at hand is known: it has all the patience that there is.
    func isFor(_ sender: NetworkAddress) {
        state.withLock { state in
            state.sender = sender
            state.token = nil
            state.credit = patience
            state.bytes = 0
            state.bodyBegan = .now
        }
    }

    func holds(_ token: String) { state.withLock { $0.token = token } }

    func awaitsBody() {
        state.withLock { state in
            if state.bytes == 0 { state.bodyBegan = .now }
            state.enter(.body)
        }
    }

    /// - Throws: the answer for a sender that was cut, or that is behind the pace for too long.
    func bodyCame(_ count: Int) throws(Answer) {
        let verdict = state.withLock { state -> Answer? in
            let now = ContinuousClock.now
            state.credit = min(
                patience, state.credit - (now - state.since) + .nanoseconds(count * (1_000_000_000 / Self.pace)))
            state.bytes += count
            state.enter(.working)
            return state.verdict ?? (state.credit < .zero ? Self.tooSlow : nil)
        }
        if let verdict { throw verdict }
    }

    func throwsAwayTheRest() { state.withLock { $0.enter(.rest) } }

    func answerEnded() {
        state.withLock { state in
            state.requests -= 1
            guard state.requests == 0 else { return }
            state.enter(.idle)
            busy.add(-1)
        }
    }

    /// It is gone, whatever was under way.
    func ended() {
        state.withLock { state in
            if state.requests > 0 { busy.add(-1) }
            state.requests = .min / 2
        }
    }

    // MARK: What is done to it

    /// Ends the wait for a body: its sender is told why. Does nothing when it is not waited for any more.
    func cut(_ verdict: Answer) {
        let isWaiting = state.withLock { state in
            guard state.phase == .body, state.verdict == nil else { return false }
            state.verdict = verdict
            return true
        }
        // Whoever reads the body finds its end, and the verdict.
        if isWaiting { channel.close(mode: .input, promise: nil) }
    }

    func close() { channel.close(promise: nil) }

    /// Whether a body that is waited for is behind the pace for longer than it may.
    var isTooSlow: Bool {
        state.withLock { $0.phase == .body && $0.verdict == nil && $0.credit - (.now - $0.since) < .zero }
    }

    static let tooSlow = Answer.problem(
        .requestTimeout, cause: "slow", "the body came at less than \(pace) bytes a second (server.body_timeout); send it again")
}

extension Connection.State {
    fileprivate mutating func enter(_ phase: Connection.Phase) {
        self.phase = phase
        since = .now
    }
}
#endif
