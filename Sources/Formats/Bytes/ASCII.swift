/// Byte tests and small text work on ASCII, without `String`.
package enum ASCII {
    @inlinable package static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    @inlinable package static func isLower(_ byte: UInt8) -> Bool { byte &- 97 < 26 }
    @inlinable package static func isUpper(_ byte: UInt8) -> Bool { byte &- 65 < 26 }
    @inlinable package static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
    @inlinable package static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    /// 0x00–0x1F and DEL.
    @inlinable package static func isControl(_ byte: UInt8) -> Bool { byte < 32 || byte == 127 }
    @inlinable package static func lowered(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }

    /// A–Z folded to a–z, every other byte untouched (no locale, no Unicode folding).
    package static func lowered(_ text: String) -> String {
        String(decoding: text.utf8.map { lowered($0) }, as: UTF8.self)
    }

    /// The text as one line that terminals and lists can show: control characters, those of ISO 6429 (U+0080 to U+009F) among
    /// them, become blanks.
    package static func line(_ text: String) -> String {
        guard text.utf8.contains(where: { isControl($0) || $0 == 0xC2 }) else { return text }
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
            line.append(isControl ? " " : scalar)
        }
        return String(line)
    }

    /// Shell-style matching over bytes: `*` stands for any run, `?` for one byte. Linear in the text for each `*`.
    package static func matches(pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8), text = Array(text.utf8)
        var p = 0, t = 0
        var star = -1, mark = 0
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = p
                mark = t
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }
}
