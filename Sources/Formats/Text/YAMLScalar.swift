/// How a string is written so that every reader, YAML 1.1 or 1.2, takes it for that string and nothing else.
///
/// Plain only where no schema could see another type: what starts like a number or is a word of YAML 1.1 (`y`, `no`, `off`, `=`,
/// `<<`) is quoted. Double quotes use JSON's escapes alone, so such a scalar is also a JSON string.
enum YAMLScalar {
    enum Style: Equatable { case plain, single, double, literal }

    /// The tidiest style that is safe. Literal blocks are for values, not for keys.
    static func style(of text: String, isKey: Bool = false) -> Style {
        var lines = Lines()
        var isPrintable = true, colonBefore = false, spaceBefore = false, isDecorated = false
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                lines.end()
            } else if isOrdinary(scalar) {
                lines.add(scalar)
                if scalar == " ", colonBefore { isDecorated = true }
                if scalar == "#", spaceBefore { isDecorated = true }
            } else {
                isPrintable = false
                break
            }
            colonBefore = scalar == ":"
            spaceBefore = scalar == " "
        }
        guard isPrintable else { return .double }
        if lines.ended > 0 { return lines.fitLiteral && !isKey ? .literal : .double }
        guard let first = text.unicodeScalars.first else { return .double }
        if looksTyped(Array(text.utf8)) { return .double }
        if isDecorated || colonBefore || spaceBefore || !isSafeStart(first) { return .single }
        return .plain
    }

    /// Appends a scalar that stays on its line: a key, or a value that needs no literal block.
    static func appendFlow(_ text: String, isKey: Bool = false, to bytes: inout [UInt8]) {
        switch style(of: text, isKey: isKey) {
        case .plain: bytes.append(text)
        case .single:
            bytes.append(UInt8(ascii: "'"))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "'") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "'"))
        case .double, .literal: appendQuoted(text, to: &bytes)
        }
    }

    /// Appends a JSON string that is a YAML double-quoted scalar as well: everything that YAML calls unprintable, or could take for
    /// a line break or a byte order mark, is written as an escape with four hexadecimal digits. Characters beyond U+FFFF stay as they
    /// are, since JSON's surrogate pairs mean something else in YAML.
    static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var written = 0, position = 0
            while position < utf8.count {
                let (value, length) = character(at: position, in: utf8)
                if let escape = escape(value) {
                    bytes.append(contentsOf: utf8[written..<position])
                    bytes.append(contentsOf: escape)
                    written = position + length
                }
                position += length
            }
            bytes.append(contentsOf: utf8[written...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The character that starts at an index of valid UTF-8, and its length.
    private static func character(at start: Int, in utf8: UnsafeBufferPointer<UInt8>) -> (value: UInt32, length: Int) {
        let first = UInt32(utf8[start])
        if first < 0x80 { return (first, 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = first & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(utf8[start + offset] & 0x3F) }
        return (value, length)
    }

    /// What stands for a character inside double quotes; nil when it stands for itself.
    private static func escape(_ value: UInt32) -> [UInt8]? {
        switch value {
        case 0x22: return Array("\\\"".utf8)
        case 0x5C: return Array("\\\\".utf8)
        case 0x20..<0x7F: return nil
        case 0x0A: return Array("\\n".utf8)
        case 0x0D: return Array("\\r".utf8)
        case 0x09: return Array("\\t".utf8)
        case 0..<0x20, 0x7F...0xA0, 0xAD, 0x200B...0x200F, 0x2028...0x202F, 0x2060...0x206F, 0xFEFF, 0xFFF0...0xFFFF,
            0xFDD0...0xFDEF, 0xE000...0xF8FF:
            var bytes = Array("\\u".utf8)
            bytes.append(hex: [UInt8(value >> 8), UInt8(value & 0xFF)])
            return bytes
        default: return nil
        }
    }

    /// Printable ASCII, and letters, marks, numbers, punctuation and symbols of the Basic Multilingual Plane.
    private static func isOrdinary(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        guard scalar.value > 0xA0, scalar.value < 0xFE00 else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func isSafeStart(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return true }
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        return ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "(")
            || byte == UInt8(ascii: "$")
    }

    private static let words: Set<[UInt8]> = Set(
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<", "nan", "inf", "infinity", "none", "nil"]
            .map { Array($0.utf8) })

    /// Whether some reader could see a boolean, null, number or date. `1.20.0` is included: the pattern of YAML 1.1's float type
    /// allows several dots.
    private static func looksTyped(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first else { return true }
        if bytes.count <= 8, words.contains(bytes.map { ASCII.lowered($0) }) { return true }
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first == UInt8(ascii: ".") { return true }
        guard ASCII.isDigit(first) else { return false }
        if first == UInt8(ascii: "0"), bytes.count > 1, ASCII.isLetter(bytes[1]) { return true }
        // The letters of exponents and of times: 1e3, 2001-12-14T21:59:43Z. Any other letter makes a number impossible.
        for byte in bytes where ASCII.isLetter(byte) || byte >= 0x80 {
            switch byte | 0x20 {
            case UInt8(ascii: "e"), UInt8(ascii: "t"), UInt8(ascii: "z"): continue
            default: return false
            }
        }
        return true
    }

    /// Whether lines can stand in a literal block without an indentation indicator and with the chomping `|` or `|-`.
    private struct Lines {
        private(set) var ended = 0
        private var firstIsBad = false, hasBlankWithSpaces = false
        private var length = 0, spaces = 0, trailingEmpty = 0

        mutating func add(_ scalar: Unicode.Scalar) {
            if length == 0, ended == 0, scalar == " " { firstIsBad = true }
            length += 1
            if scalar == " " { spaces += 1 }
            trailingEmpty = 0
        }

        mutating func end() {
            if length == 0 {
                if ended == 0 { firstIsBad = true }
                trailingEmpty += 1
            } else {
                if spaces == length { hasBlankWithSpaces = true }
                trailingEmpty = 1
            }
            ended += 1
            length = 0
            spaces = 0
        }

        var fitLiteral: Bool {
            !firstIsBad && !hasBlankWithSpaces && trailingEmpty <= 1 && (length == 0 || spaces < length)
        }
    }
}
