internal import Formats
internal import Glibc

/// The network that an address stands for: an IPv4 address itself, the /64 of an IPv6 address, which one machine has to itself.
struct NetworkAddress: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Takes `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, `fe80::1%eth0`, `::ffff:192.0.2.1`; any other text stands for itself.
    init(_ text: String) {
        if let address = Self.bytes(of: text) {
            bytes = Array(address.count == 4 ? address[...] : address.prefix(8))
        } else {
            // Longer than an address, so that it is none.
            bytes = [UInt8](repeating: 0, count: 16) + text.utf8.prefix(64)
        }
    }

    /// Whether a text is an IPv4 or IPv6 address.
    static func isAddress(_ text: String) -> Bool { parsed(text, AF_INET, 4) != nil || parsed(text, AF_INET6, 16) != nil }

    /// 4 bytes, also for an IPv4 address inside an IPv6 one, or 16.
    static func bytes(of text: String) -> [UInt8]? {
        let bare = text.utf8.drop { $0 == UInt8(ascii: "[") }.prefix { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "%") }
        let address = String(decoding: bare, as: UTF8.self)
        if let four = parsed(address, AF_INET, 4) { return four }
        guard let sixteen = parsed(address, AF_INET6, 16) else { return nil }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return sixteen.starts(with: mapped) ? Array(sixteen.suffix(4)) : sixteen
    }

    private static func parsed(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}

/// `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`: an address, or all that begin with the same bits.
struct NetworkRange: Hashable, Sendable, CustomStringConvertible {
    let description: String
    private let bytes: [UInt8]
    private let bits: Int

    /// Nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let bytes = NetworkAddress.isAddress(parts[0]) ? NetworkAddress.bytes(of: parts[0]) : nil else { return nil }
        var bits = 8 * bytes.count
        if parts.count == 2 {
            guard let number = Int(parts[1]), "\(number)" == parts[1], (0...bits).contains(number) else { return nil }
            bits = number
        }
        description = text
        self.bytes = bytes
        self.bits = bits
    }

    func contains(_ address: String) -> Bool {
        guard let other = NetworkAddress.bytes(of: address), other.count == bytes.count else { return false }
        for (index, (a, b)) in zip(bytes, other).enumerated() {
            let rest = bits - 8 * index
            if rest <= 0 { return true }
            if (a ^ b) >> (8 - min(8, rest)) != 0 { return false }
        }
        return true
    }
}
