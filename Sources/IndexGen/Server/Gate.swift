#if Serve
internal import Formats
internal import HTTPTypes
internal import NIOCore
internal import Synchronization

/// Who has a place at the endpoint. Newcomers always get one while somebody can be found who only waits: who has had nothing to ask for
/// longest, then whose header does not come, then whose body comes slowest — strangers' before those with a right token. Nobody whose
/// upload is being worked on is sent away, and nobody within the first second. So whoever holds places without using them takes nothing
/// from those who use theirs.
final class Gate: Sendable {
    struct Limits: Sendable {
        /// Requests at once.
        var places = 256
        /// Connections at once: those between two requests, and those whose header is still coming, cost little.
        var connections = 2_048
        /// Requests of one sender, or with one token, while many others are at work; beyond, its own slowest ones go.
        var share = 16
        /// How long a request's header may take from its first byte on.
        var header = Duration.seconds(10)
        /// How long a connection may have nothing to ask.
        var idle = Duration.seconds(30)
        /// How long a body may be behind the pace in all.
        var patience = Duration.seconds(15)
        /// How long bodies may go on coming once the endpoint ends.
        var parting = Duration.seconds(4)
    }

    let limits: Limits
    private let busy = Connection.Counter()
    private let state = Mutex(State())

    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var ending: ContinuousClock.Instant?
        /// Called when a place is free again.
        var waiting: (@Sendable () -> Void)?
    }

    /// Connections beyond the limit that may be there until those they replace are gone.
    private static let slack = 32

    init(_ limits: Limits = Limits()) { self.limits = limits }

    var count: Int { state.withLock { $0.connections.count } }

    var isEnding: Bool { state.withLock { $0.ending != nil } }

    private var all: [Connection] { state.withLock { Array($0.connections.values) } }

    // MARK: Coming and going

    /// Registers a connection; somebody else may have to go for it.
    @discardableResult
    func opened(_ channel: any Channel) -> Connection {
        let connection = Connection(channel, patience: limits.patience, busy: busy)
        let isFull = state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = connection
            return state.connections.count > limits.connections
        }
        if isFull { makeRoom(for: connection) }
        return connection
    }

    func closed(_ channel: any Channel) {
        let waiting = state.withLock { state -> (@Sendable () -> Void)? in
            state.connections.removeValue(forKey: ObjectIdentifier(channel))?.ended()
            guard state.connections.count < limits.connections + Self.slack else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?()
    }

    func connection(of channel: any Channel) -> Connection? {
        state.withLock { $0.connections[ObjectIdentifier(channel)] }
    }

    /// Whether another connection can be accepted now; else `body` is called once when it can.
    func mayAccept(else body: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.connections.count < limits.connections + Self.slack { return true }
            state.waiting = body
            return false
        }
    }

    // MARK: Places

    /// A request is known to have begun; another may have to go for it.
    func began(_ connection: Connection) {
        if busy.count > limits.places { makeRoom(for: connection, amongRequests: true) }
    }

    private func makeRoom(for newcomer: Connection? = nil, amongRequests: Bool = false) {
        let now = ContinuousClock.now
        var victim: (connection: Connection, state: Connection.State, rank: Rank)?
        for connection in all where connection !== newcomer {
            let state = connection.now
            guard !amongRequests || state.requests > 0, let rank = Rank(state, at: now), victim.map({ rank < $0.rank }) ?? true
            else { continue }
            victim = (connection, state, rank)
        }
        guard let victim else { return }
        if victim.state.phase == .body { victim.connection.cut(Self.full) } else { victim.connection.close() }
    }

    /// Has a sender, or the holder of a token, pay for its own request while many are at work: the one of its bodies that has been
    /// silent for longest goes.
    ///
    /// - Throws: 503 for a sender without a token that has twice its share, all of it at work.
    func share(_ connection: Connection) throws(Answer) {
        let mine = connection.now
        let total = busy.count
        guard total * 4 > limits.places else { return }
        let now = ContinuousClock.now
        var count = 0
        var slowest: (connection: Connection, silence: Duration)?
        for other in all where other !== connection {
            let state = other.now
            guard state.requests > 0, mine.token.map({ $0 == state.token }) ?? (state.sender == mine.sender) else { continue }
            count += 1
            let silence = now - state.since
            guard state.phase == .body, state.verdict == nil, silence > .seconds(2), silence > slowest?.silence ?? .zero else {
                continue
            }
            slowest = (other, silence)
        }
        guard count >= limits.share else { return }
        if let slowest {
            slowest.connection.cut(Self.full)
        } else if mine.token == nil, count >= 2 * limits.share, total >= limits.places {
            throw Self.full
        }
    }

    /// To be called a few times a second: cuts who is too slow, and who is too many.
    func look() {
        let now = ContinuousClock.now
        let (connections, ending) = state.withLock { (Array($0.connections.values), $0.ending) }
        for connection in connections {
            let state = connection.now
            switch state.phase {
            case .idle: if ending != nil || now - state.since > limits.idle { connection.close() }
            case .header: if ending != nil || now - state.since > limits.header { connection.close() }
            case .body:
                if connection.isTooSlow {
                    connection.cut(Connection.tooSlow)
                } else if let ending, now - ending > limits.parting {
                    connection.cut(Self.parting)
                }
            case .rest: if let ending, now - ending > limits.parting { connection.close() }
            case .working: break
            }
            // An answer that nobody fetches.
            if let ending, now - ending > limits.parting * 2, state.phase != .working || state.verdict != nil {
                connection.close()
            }
        }
        for _ in 0..<max(0, connections.count - limits.connections) { makeRoom() }
    }

    /// No more requests: what has begun is answered.
    func end() {
        let connections = state.withLock { state in
            state.ending = state.ending ?? .now
            return Array(state.connections.values)
        }
        // Idle ones are closed by `look`: there is nothing to finish, and many of them are going at this moment.
        for connection in connections where connection.now.phase != .idle {
            connection.channel.eventLoop.execute {
                connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        }
        look()
    }

    // MARK: Words

    private static let full = busy("places", "too many uploads are coming at once, and yours came slowest; send it again later")
    private static let parting = busy("ending", "the registry is being restarted; nothing of your upload is kept, send it again")

    static func busy(_ cause: String, _ detail: String) -> Answer {
        var answer = Answer.problem(.serviceUnavailable, cause: cause, detail)
        answer.headers[.retryAfter] = "5"
        return answer
    }

    /// Who goes first: lower ranks, and of one rank who has been waited for longest.
    struct Rank: Comparable {
        private let level: Int
        /// Of bodies that are not silent: bytes a second.
        private let pace: Double
        private let silence: Duration

        /// Nil for who does not go: the program is at work for it, or it goes already.
        init?(_ state: Connection.State, at now: ContinuousClock.Instant) {
            guard state.verdict == nil else { return nil }
            silence = now - state.since
            var pace = 0.0
            // Nobody has had the time to be slow within a second.
            let isNew = silence < .seconds(1)
            switch state.phase {
            case .working: return nil
            case .idle: level = isNew ? 7 : 0
            case .rest: level = isNew ? 7 : 1
            case .header: level = isNew ? 7 : 2
            case .body:
                let age = (now - state.bodyBegan) / .seconds(1)
                if isNew { pace = Double(state.bytes) / max(0.001, age) }
                level = (!isNew ? 3 : age >= 1 ? 5 : 7) + (state.token == nil ? 0 : 1)
            }
            self.pace = pace
        }

        static func < (a: Rank, b: Rank) -> Bool {
            if a.level != b.level { return a.level < b.level }
            return a.pace != b.pace ? a.pace < b.pace : a.silence > b.silence
        }
    }
}
#endif
