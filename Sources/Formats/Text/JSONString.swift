/// Strings of JSON (RFC 8259, section 7).
enum JSONString {
    struct Fault: Error, Equatable {
        /// From the string's first byte behind the quotation mark.
        var offset: Int
        var what: String
    }

    /// The text between a string's quotation marks, its escapes resolved. What is not an escape is taken as it is.
    static func resolved(_ raw: Span<UInt8>) throws(Fault) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(raw.count)
        var position = 0
        while position < raw.count {
            guard raw[position] == UInt8(ascii: "\\") else {
                text.append(raw[position])
                position += 1
                continue
            }
            guard position + 1 < raw.count else { throw Fault(offset: position, what: "has an escape that ends too early") }
            switch raw[position + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(raw[position + 1])
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "u"):
                let (scalar, length) = try scalar(raw, at: position)
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                position += length
                continue
            default: throw Fault(offset: position, what: "has an escape that JSON does not know")
            }
            position += 2
        }
        return text
    }

    /// The character of an escape with four hexadecimal digits, or of two of them that are a surrogate pair.
    private static func scalar(_ raw: Span<UInt8>, at position: Int) throws(Fault) -> (Unicode.Scalar, length: Int) {
        guard let first = unit(raw, at: position) else {
            throw Fault(offset: position, what: "has a \\u without four hexadecimal digits")
        }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard first < 0xDC00, let second = unit(raw, at: position + 6), 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw Fault(offset: position, what: "has one half of a surrogate pair without the other") }
        return (scalar, 12)
    }

    private static func unit(_ raw: Span<UInt8>, at position: Int) -> UInt32? {
        guard raw.has("\\u", at: position), let digits = Hex.bytes((position + 2..<min(position + 6, raw.count)).map { raw[$0] }),
            digits.count == 2
        else { return nil }
        return UInt32(digits[0]) << 8 | UInt32(digits[1])
    }
}
