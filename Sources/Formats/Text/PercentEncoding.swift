/// Text in URLs (RFC 3986): everything but unreserved characters is escaped. A `+` in a version must not be read as a blank (S3 does).
package enum PercentEncoding {
    /// One component of a path.
    package static func component(_ text: String) -> String { encoded(text.utf8) }

    /// A whole path; its slashes stay.
    package static func path(_ text: String) -> String {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { encoded($0) }.joined(separator: "/")
    }

    /// What an escaped text stands for; nil for a broken escape.
    package static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let escaped = Hex.bytes(rest.prefix(2)), escaped.count == 1 else { return nil }
            result += escaped
            rest = rest.dropFirst(2)
        }
        return result
    }

    private static func encoded(_ bytes: some Collection<UInt8>) -> String {
        var encoded: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): encoded.append(byte)
            case _ where ASCII.isAlphanumeric(byte): encoded.append(byte)
            default:
                // Upper-case digits are the normal form of an escape.
                encoded.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { encoded.append(digit < 10 ? 48 + digit : 55 + digit) }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
