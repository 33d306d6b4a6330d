internal import Formats
internal import Glibc

/// Where "now" comes from: the system, or `SOURCE_DATE_EPOCH` for reproducible runs.
struct Clock: Sendable {
    var now: @Sendable () -> Timestamp
    /// The machine's own time, where `now` is a fixed one.
    private let machine: (@Sendable () -> Timestamp)?

    init(_ now: @escaping @Sendable () -> Timestamp) {
        self.now = now
        machine = nil
    }

    private init(fixed: Timestamp) {
        now = { fixed }
        machine = { Self.system() }
    }

    /// Seconds by which clocks of good machines may differ. apt forgives 10 (Acquire::Max-FutureTime).
    static let tolerance: Int64 = 5

    /// Nothing that happened can be dated later than this: such a time was written under a clock that was ahead.
    var horizon: Timestamp {
        let now = now()
        return Timestamp(seconds: max(now, machine?() ?? now).seconds + Self.tolerance)
    }

    static func system(environment: [String: String]) -> Clock {
        if let fixed = environment["SOURCE_DATE_EPOCH"].flatMap(Int64.init) { return Clock(fixed: Timestamp(seconds: fixed)) }
        return Clock { system() }
    }

    private static func system() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
