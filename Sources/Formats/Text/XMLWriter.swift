/// Writes XML 1.0 straight into bytes, escaped the way libxml2 dumps a node that belongs to no document: what createrepo_c
/// publishes, byte for byte.
///
/// Strings are spans of a package file and may hold anything. What is not UTF-8 is read as Latin-1. Control characters that XML
/// forbids are never written: in prose U+FFFD stands for each; in what is a name or part of one, the first is remembered in `fault`,
/// which the caller must look at before using `bytes`.
struct XMLWriter {
    /// Where the first forbidden character was met.
    struct Fault: Equatable {
        var field: StaticString
        /// Of the character in its string.
        var offset: Int

        static func == (a: Fault, b: Fault) -> Bool { a.field.description == b.field.description && a.offset == b.offset }
    }

    var bytes: [UInt8] = []
    private(set) var fault: Fault?

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Markup, as it stands.
    @inline(__always)
    mutating func raw(_ markup: StaticString) { bytes.append(markup) }

    /// A decimal number.
    mutating func number(_ number: UInt64) {
        // The digits of 2⁶⁴ − 1 are twenty; they come out last first.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var rest = number
        var count = 0
        repeat {
            digits[19 - count] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        digits.span.withUnsafeBufferPointer { bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[(20 - count)...])) }
    }

    /// A decimal number with its sign.
    mutating func number(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        self.number(number.magnitude)
    }

    /// Character data between tags: `&`, `<`, `>` and CR are escaped, tab and LF stay as they are.
    mutating func text(_ text: Span<UInt8>, _ field: StaticString) {
        text.withUnsafeBufferPointer { escape($0, field, inAttribute: false) }
    }

    /// An attribute's value, without its quotes: also `"`, tab, LF, and everything outside ASCII as a hexadecimal reference.
    mutating func attribute(_ value: Span<UInt8>, _ field: StaticString) {
        value.withUnsafeBufferPointer { escape($0, field, inAttribute: true) }
    }

    /// `text` for people to read.
    mutating func prose(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { escape($0, nil, inAttribute: false) }
    }

    /// `attribute` for people to read.
    mutating func proseAttribute(_ value: Span<UInt8>) {
        value.withUnsafeBufferPointer { escape($0, nil, inAttribute: true) }
    }

    /// `text` for an array.
    mutating func text(_ text: [UInt8], _ field: StaticString) {
        text.withUnsafeBufferPointer { escape($0, field, inAttribute: false) }
    }

    /// `attribute` for an array.
    mutating func attribute(_ value: [UInt8], _ field: StaticString) {
        value.withUnsafeBufferPointer { escape($0, field, inAttribute: true) }
    }

    /// - Parameter field: nil for prose.
    private mutating func escape(_ string: UnsafeBufferPointer<UInt8>, _ field: StaticString?, inAttribute: Bool) {
        // Without branches or an early exit these loops are vectorised, and most strings need nothing else.
        var special: UInt8 = 0
        if inAttribute {
            for byte in string {
                special |= byte &- 0x20 >= 0x60 ? 1 : 0
                special |= byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\"") ? 1 : 0
                special |= byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") ? 1 : 0
            }
        } else {
            for byte in string {
                special |= byte &- 0x20 >= 0x60 && byte != 9 && byte != 10 ? 1 : 0
                special |= byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") ? 1 : 0
            }
        }
        if special != 0 {
            escapeSlowly(string, field, inAttribute: inAttribute)
        } else {
            bytes.append(contentsOf: string)
        }
    }

    private mutating func escapeSlowly(_ string: UnsafeBufferPointer<UInt8>, _ field: StaticString?, inAttribute: Bool) {
        let isUTF8 = XMLText.isUTF8(string)
        var start = 0
        var i = 0
        while i < string.count {
            let byte = string[i]
            let replacement: StaticString
            var length = 1
            switch byte {
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case 13: replacement = "&#13;"
            case UInt8(ascii: "\"") where inAttribute: replacement = "&quot;"
            case 9 where inAttribute: replacement = "&#9;"
            case 10 where inAttribute: replacement = "&#10;"
            case 0..<9, 11, 12, 14..<32:
                if let field {
                    if fault == nil { fault = Fault(field: field, offset: i) }
                    replacement = ""
                } else {
                    replacement = inAttribute ? "&#xFFFD;" : "\u{FFFD}"
                }
            case 0x80...0xFF where !isUTF8 || inAttribute:
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: string[start..<i]))
                if isUTF8 {
                    let scalar = XMLText.scalar(string, at: i)
                    length = scalar.length
                    append(reference: scalar.value)
                } else if byte >= 0xC0 {
                    // Latin-1's 0x80–0xBF are dropped, as createrepo_c drops them: such bytes are some other code page.
                    if inAttribute {
                        append(reference: UInt32(byte))
                    } else {
                        bytes.append(0xC3)
                        bytes.append(byte & 0x3F | 0x80)
                    }
                }
                i += length
                start = i
                continue
            default:
                i = Self.end(ofPlain: string, from: i + 1)
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: string[start..<i]))
            bytes.append(replacement)
            i += length
            start = i
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: string[start...]))
    }

    /// A place up to which all bytes stand for themselves wherever they are: eight are looked at in one step, and the last few not at all.
    @inline(__always)
    private static func end(ofPlain string: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let bytes = UnsafeRawBufferPointer(string)
        var i = start
        while i + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            // The high bits of bytes that are less than a blank or outside of ASCII, or one of `"&` and `<>`, which differ in one bit.
            let controls = ~((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x6060_6060_6060_6060) | word
            let quotes = zeros(in: (word | 0x0404_0404_0404_0404) ^ 0x2626_2626_2626_2626)
            let brackets = zeros(in: (word | 0x0202_0202_0202_0202) ^ 0x3E3E_3E3E_3E3E_3E3E)
            let marks = (controls | quotes | brackets) & 0x8080_8080_8080_8080
            if marks != 0 { return i + marks.trailingZeroBitCount / 8 }
            i += 8
        }
        return i
    }

    /// The high bit of each byte that is zero; other bits mean nothing.
    @inline(__always)
    private static func zeros(in word: UInt64) -> UInt64 { ~((word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F | word) }

    private mutating func append(reference value: UInt32) {
        bytes.append("&#x" as StaticString)
        bytes.append(String(value, radix: 16, uppercase: true))
        bytes.append(UInt8(ascii: ";"))
    }
}

/// UTF-8 as XML 1.0 allows it.
enum XMLText {
    /// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates) without U+FFFE and U+FFFF, which XML forbids.
    /// ASCII control characters are not looked at.
    static func isUTF8(_ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let bytes = UnsafeRawBufferPointer(string)
        var i = 0
        // Most strings are ASCII all through.
        while i + 8 <= bytes.count, bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 {
            i += 8
        }
        while i < string.count {
            let byte = string[i]
            if byte < 0x80 {
                i += 1
                continue
            }
            let length: Int
            switch byte {
            case 0xC2...0xDF: length = 2
            case 0xE0...0xEF: length = 3
            case 0xF0...0xF4: length = 4
            default: return false
            }
            guard length <= string.count - i else { return false }
            for k in 1..<length where string[i + k] & 0xC0 != 0x80 { return false }
            let second = string[i + 1]
            switch byte {
            case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F:
                return false
            case 0xEF where second == 0xBF && string[i + 2] >= 0xBE: return false
            default: i += length
            }
        }
        return true
    }

    /// The scalar that starts here, in bytes that `isUTF8` has approved.
    static func scalar(_ string: UnsafeBufferPointer<UInt8>, at i: Int) -> (value: UInt32, length: Int) {
        let length = string[i] < 0xE0 ? 2 : string[i] < 0xF0 ? 3 : 4
        var value = UInt32(string[i]) & (0x7F >> UInt32(length))
        for k in 1..<length { value = value << 6 | UInt32(string[i + k] & 0x3F) }
        return (value, length)
    }

    /// A string of a package for people: UTF-8 or else Latin-1, as the index has it.
    static func string(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { buffer in
            if isUTF8(buffer) { return String(decoding: buffer, as: UTF8.self) }
            var scalars = String.UnicodeScalarView()
            for byte in buffer where byte < 0x80 || byte >= 0xC0 { scalars.append(Unicode.Scalar(byte)) }
            return String(scalars)
        }
    }
}
