internal import Formats
internal import Synchronization

/// Slows down whoever guesses tokens, or asks without any: after so many failures from one address it must wait. Thread-safe.
///
/// A bucket for each address: it holds `failures`, a failure takes one out, and one comes back every `period / failures`. Whoever finds
/// it empty waits for the next, so that an address fails at most `2 · failures` times in any period. What is kept per address is one
/// moment — when its bucket will be full again — and who has passed that moment is forgotten.
final class FailureLimit: Sendable {
    private let failures: Int
    private let interval: Duration
    private let addresses: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let full = Mutex<[NetworkAddress: ContinuousClock.Instant]>([:])

    /// - Parameters:
    ///   - failures: that an address has to itself before it must wait.
    ///   - period: in which they come back.
    ///   - addresses: that are remembered at most; beyond them, those that have the least to wait for are forgotten.
    init(
        failures: Int = 10, in period: Duration = .seconds(60), addresses: Int = 10_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.failures = failures
        interval = period / failures
        self.addresses = addresses
        self.now = now
    }

    /// Whole seconds, at least one, for which this address must not try; nil when it may.
    func wait(for address: String) -> Int? {
        guard let full = full.withLock({ $0[NetworkAddress(address)] }) else { return nil }
        let wait = full - now() - interval * (failures - 1)
        guard wait > .zero else { return nil }
        return max(1, Int((wait / .seconds(1)).rounded(.up)))
    }

    /// Counts a failure of this address.
    func fail(_ address: String) {
        let now = now()
        let address = NetworkAddress(address)
        full.withLock { full in
            if full[address] == nil, full.count >= addresses { forget(&full, now) }
            full[address] = max(full[address] ?? now, now) + interval
        }
    }

    /// How many addresses are remembered; at most `addresses`.
    var count: Int { full.withLock { $0.count } }

    /// Makes room: a tenth at a time, so that a flood of addresses pays for sorting once in a thousand failures.
    private func forget(_ full: inout [NetworkAddress: ContinuousClock.Instant], _ now: ContinuousClock.Instant) {
        full = full.filter { $0.value > now }
        guard full.count >= addresses else { return }
        let least = full.sorted { $0.value < $1.value }.prefix(max(1, addresses / 10))
        for (address, _) in least { full[address] = nil }
    }
}
