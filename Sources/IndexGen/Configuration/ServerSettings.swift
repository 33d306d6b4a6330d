internal import Formats
internal import Glibc

/// What `server:` in `indexgen.yaml` says: how the ingest endpoint behaves.
struct ServerSettings: Equatable, Sendable {
    /// Where it listens, and where nginx sends writes.
    var listen = ListenAddress.network(host: "127.0.0.1", port: 8080)
    /// Owners for whom anybody may upload, without a token: patterns with `*` and `?`. Nobody may delete without one.
    var anonymous: [String] = []
    /// Who may connect to a socket in the file system: its mode, and its group (nil: that of the process, or of the folder).
    var socketMode: mode_t = 0o660
    var socketGroup: String?
    /// Proxies whose word on a sender's address is taken (X-Forwarded-For, X-Real-IP).
    var trustedProxies = ["127.0.0.1", "::1"].compactMap(NetworkRange.init)
    /// After a change, generation begins once nothing else came in for this long…
    var quiet = Duration.milliseconds(200)
    /// …and this long after the change at the latest.
    var atMost = Duration.seconds(2)
    /// How long a body may be behind 4 KiB a second in all, a silent one for instance; then its sender is cut off.
    var bodyTimeout = Duration.seconds(15)
    /// Connections that are served at once.
    var connections = 256
}

/// Where the endpoint listens: `127.0.0.1:8080`, `[::1]:8080`, `:8080` (every interface), or `unix:/run/indexgen.sock`.
enum ListenAddress: Equatable, Sendable {
    case network(host: String, port: Int)
    case socket(path: String)

    /// Nil for anything else.
    init?(_ text: String) {
        // What goes into an nginx configuration as it is.
        guard text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "._-:/[]".utf8.contains($0) }) else { return nil }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            // A socket's name has 107 bytes at most (unix(7)).
            guard path.hasPrefix("/"), path.utf8.count < 108, !path.contains(":") else { return nil }
            self = .socket(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        self = .network(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    /// Why there is no listening; one line that names the address, the reason, the remedy and the setting.
    struct Failure: Error, CustomStringConvertible {
        var address: String
        var reason: String
        var remedy: String
        var description: String { "cannot listen on \(address): \(reason); \(remedy) (server.listen, or --listen)" }
    }

    static func fault(_ text: String) -> String {
        "'\(text)' is not an address to listen on; write 127.0.0.1:8080, [::1]:8080 or unix:/run/indexgen.sock"
    }

    /// As it is written.
    var shown: String {
        switch self {
        case .network(let host, let port): (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }

    /// As nginx's `proxy_pass` wants it.
    var proxied: String {
        switch self {
        case .network(let host, let port):
            let reachable = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host
            return "http://" + (reachable.contains(":") ? "[\(reachable)]" : reachable) + ":\(port)"
        case .socket(let path): return "http://unix:\(path):"
        }
    }
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
