/// What `server:` in `indexgen.yaml` says: how the ingest endpoint behaves. Where it listens is the command line's business.
struct ServerSettings: Equatable, Sendable {
    /// Owners for whom anybody may upload, without a token: patterns with `*` and `?`. Nobody may delete without one.
    var anonymous: [String] = []
    /// IPv4 and IPv6 addresses of proxies whose word on a sender's address is taken (X-Forwarded-For, X-Real-IP).
    var trustedProxies = ["127.0.0.1", "::1"]
    /// After a change, generation begins once nothing else came in for this long…
    var quiet = Duration.milliseconds(200)
    /// …and this long after the change at the latest.
    var atMost = Duration.seconds(2)
    /// A sender whose body does not go on for this long is cut off.
    var bodyTimeout = Duration.seconds(30)
    /// Connections that are served at once.
    var connections = 256
}

/// Lengths of time as people write them: `200ms`, `90s`, `30m`, `24h`, `7d`.
enum DurationText {
    static let units = "ms, s, m, h or d"

    /// Nil for anything else; the number is whole and at most 1,000,000.
    static func parse(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { 48...57 ~= $0 }
        guard let count = Int64(String(decoding: digits, as: UTF8.self)), count <= 1_000_000 else { return nil }
        switch String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self) {
        case "ms": return .milliseconds(count)
        case "s": return .seconds(count)
        case "m": return .seconds(count * 60)
        case "h": return .seconds(count * 3_600)
        case "d": return .seconds(count * 86_400)
        default: return nil
        }
    }
}
