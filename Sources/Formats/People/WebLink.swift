/// Addresses that strangers give (homepages, links of readmes): which of them become links.
package enum WebLink {
    /// The most bytes of an address.
    package static let limit = 2_000

    /// The address as the value of `href`, escaped; nil for one that is to be shown as text.
    ///
    /// Taken are `https:` and `http:` with a host and without a user (`https://bank.example@host/` leads to `host`), and `mailto:` with
    /// somebody; without controls, backslashes and blanks inside. Blanks around it are left out. What URLs cannot hold is percent-encoded;
    /// an escape that is there stays.
    package static func href(_ address: some Sequence<UInt8>) -> [UInt8]? {
        var text = Array(address)
        while let last = text.last, last == 32 || 9...13 ~= last { text.removeLast() }
        let start = text.firstIndex { $0 != 32 && !(9...13 ~= $0) } ?? text.count
        text.removeFirst(start)
        guard text.count <= limit, let rest = restBehindScheme(text) else { return nil }
        // What it displays must be what it means: bytes that are not UTF-8 have no meaning in a URL.
        guard String(validating: text, as: UTF8.self) != nil, !rest.isEmpty else { return nil }
        var href: [UInt8] = []
        href.reserveCapacity(text.count + 16)
        for byte in text {
            switch byte {
            case 0...32, 127, UInt8(ascii: "\\"): return nil
            case UInt8(ascii: "&"): href.append("&amp;" as StaticString)
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"),
                UInt8(ascii: "`"),
                UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), 0x80...0xFF:
                HTMLText.append(escaped: byte, to: &href)
            default: href.append(byte)
            }
        }
        return href
    }

    /// The value of `href` for the text of an address.
    package static func href(_ address: String) -> [UInt8]? { href(address.utf8) }

    /// What stands behind `https://`, `http://` or `mailto:`; nil for another scheme, and where there is nobody to ask.
    private static func restBehindScheme(_ text: [UInt8]) -> ArraySlice<UInt8>? {
        if has("mailto:", text) { return text[7...] }
        let start = has("https://", text) ? 8 : has("http://", text) ? 7 : 0
        guard start > 0, start < text.count else { return nil }
        let end = text[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = text[start..<(end ?? text.count)]
        guard let first = authority.first, first != UInt8(ascii: ":"), !authority.contains(UInt8(ascii: "@")) else { return nil }
        return text[start...]
    }

    /// Whether the text begins with this scheme, in upper or lower case.
    static func has(_ scheme: StaticString, _ text: some Collection<UInt8>) -> Bool {
        guard text.count >= scheme.utf8CodeUnitCount else { return false }
        return zip(text, scheme.utf8CodeUnits).allSatisfy { ASCII.lowered($0) == $1 }
    }
}

extension StaticString {
    /// The bytes of a literal that is not one character only.
    var utf8CodeUnits: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
