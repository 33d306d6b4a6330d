internal import Formats
internal import HTTPTypes
internal import NIOCore

/// Where a request comes from, and what it is called in logs.
struct Sender: Sendable {
    /// An IP address; `local` for a socket in the file system.
    let address: String
    /// The sender's own, or a proxy's, when it is a word; else random.
    let request: String

    /// - Parameter proxies: addresses whose word is taken on where a request comes from; a local socket's is.
    init(_ headers: HTTPFields, over channel: any Channel, proxies: [String]) {
        let peer = channel.remoteAddress?.ipAddress.map(Self.plain)
        address = Self.address(headers, peer: peer, proxies: proxies)
        request = Self.word(headers[.requestID]) ?? Hex.string((0..<8).map { _ in UInt8.random(in: 0...255) })
    }

    /// The last address that no trusted proxy has.
    static func address(_ headers: HTTPFields, peer: String?, proxies: [String]) -> String {
        guard peer.map(proxies.contains) ?? true else { return peer ?? "local" }
        if let real = headers[.realIP].map(trimmed), NetworkAddress.isAddress(real) { return real }
        let forwarded = (headers[.forwardedFor] ?? "").split(separator: ",").map { trimmed(String($0)) }
        let foreign = forwarded.last { !proxies.contains($0) } ?? forwarded.first
        return foreign.flatMap { NetworkAddress.isAddress($0) ? $0 : nil } ?? peer ?? "local"
    }

    /// A socket for both families shows IPv4 addresses inside IPv6's.
    private static func plain(_ address: String) -> String {
        address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    private static func trimmed(_ text: String) -> String {
        String(decoding: text.utf8.drop { $0 == 32 }.reversed().drop { $0 == 32 }.reversed(), as: UTF8.self)
    }

    private static func word(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { return nil }
        return text
    }
}
