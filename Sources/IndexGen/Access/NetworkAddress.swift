internal import Glibc

/// The network that an address stands for: an IPv4 address itself, the /64 of an IPv6 address, which one machine has to itself.
struct NetworkAddress: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Takes `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, `fe80::1%eth0`, `::ffff:192.0.2.1`; any other text stands for itself.
    init(_ text: String) {
        let bare = text.utf8.drop { $0 == UInt8(ascii: "[") }.prefix { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "%") }
        let address = String(decoding: bare, as: UTF8.self)
        if let four = Self.parsed(address, AF_INET, 4) {
            bytes = four
        } else if let sixteen = Self.parsed(address, AF_INET6, 16) {
            let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
            bytes = Array(sixteen.starts(with: mapped) ? sixteen.suffix(4) : sixteen.prefix(8))
        } else {
            // Longer than an address, so that it is none.
            bytes = [UInt8](repeating: 0, count: 16) + text.utf8.prefix(64)
        }
    }

    /// Whether a text is an IPv4 or IPv6 address.
    static func isAddress(_ text: String) -> Bool { parsed(text, AF_INET, 4) != nil || parsed(text, AF_INET6, 16) != nil }

    private static func parsed(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}
