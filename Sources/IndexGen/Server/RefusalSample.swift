#if Serve
internal import Formats
internal import Synchronization

/// Which refusals are told one by one, and which are only counted: a sender that is refused again and again costs a few lines a minute, and
/// a count. Thread-safe.
final class RefusalSample: Sendable {
    struct Limits: Sendable {
        /// Refusals of one sender with one status that are told in a minute.
        var each = 10
        /// Refusals of all strangers together that are told in a minute.
        var strangers = 60
        /// Strangers' networks that are told apart in a minute, and holders of tokens; what others do is only counted.
        var senders = 4_096
    }

    /// What was counted of a sender in a minute, and the last of it.
    struct Rest: Sendable {
        var count: Int
        var last: RefusedChange
    }

    /// Whose refusals are counted together.
    private enum Key: Hashable {
        /// A stranger is its network, whatever it says.
        case network(NetworkAddress, status: Int)
        /// A token is its holder, wherever it is used.
        case holder(String, status: Int)
        /// Those for whom there is no place.
        case others
    }

    private struct Window {
        var told = 0
        var rest: Rest?
    }

    private struct State {
        var began: ContinuousClock.Instant?
        var strangers = 0
        var networks = 0
        var windows: [Key: Window] = [:]
    }

    private let limits: Limits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    private static let period = Duration.seconds(60)

    init(_ limits: Limits = Limits(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.limits = limits
        self.now = now
    }

    /// Whether a refusal is to be told; else it is counted.
    func tells(_ change: RefusedChange) -> Bool {
        state.withLock { state in
            if let began = state.began, now() - began >= Self.period, !state.windows.values.contains(where: { $0.rest != nil }) {
                state = State()
            }
            state.began = state.began ?? now()
            var key: Key =
                change.isStranger
                ? .network(NetworkAddress(change.author.origin), status: change.status)
                : .holder(change.author.name, status: change.status)
            // A flood of strangers leaves the holders of tokens their places.
            if state.windows[key] == nil {
                let known = change.isStranger ? state.networks : state.windows.count - state.networks
                if known >= limits.senders { key = .others } else if change.isStranger { state.networks += 1 }
            }
            var window = state.windows[key] ?? Window()
            defer { state.windows[key] = window }
            if key != .others, window.told < limits.each, !change.isStranger || state.strangers < limits.strangers {
                window.told += 1
                if change.isStranger { state.strangers += 1 }
                return true
            }
            window.rest = Rest(count: (window.rest?.count ?? 0) + 1, last: change)
            return false
        }
    }

    /// What was counted in the minute that is over, and a new minute; empty while it runs, unless asked for `all`.
    func takeRest(all: Bool = false) -> [Rest] {
        state.withLock { state in
            guard let began = state.began, all || now() - began >= Self.period else { return [] }
            var rests = state.windows.values.compactMap(\.rest)
            state = State()
            // Of a flood from everywhere the largest senders, and one line for the others.
            rests.sort { $0.count > $1.count }
            guard let first = rests.dropFirst(limits.strangers).first else { return rests }
            let others = rests.dropFirst(limits.strangers).reduce(0) { $0 + $1.count }
            return rests.prefix(limits.strangers) + [Rest(count: others, last: first.last)]
        }
    }

    /// Whether anything was counted that nobody was told of.
    var hasRest: Bool { state.withLock { $0.windows.values.contains { $0.rest != nil } } }
}
#endif
