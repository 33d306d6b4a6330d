/// The four kinds of strings ("String" in TOML 1.0.0).
extension TOMLParser {
    /// `"…"`
    mutating func basicLine(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        try take("\"", bytes)
        var content: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                try escape(bytes, into: &content)
            } else {
                content.append(try character(bytes))
            }
        }
        try take("\"", bytes)
        return String(decoding: content, as: UTF8.self)
    }

    /// `'…'`
    mutating func literalLine(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        try take("'", bytes)
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "'") { _ = try character(bytes) }
        let content = string(bytes.extracting(start..<position))
        try take("'", bytes)
        return content
    }

    /// `"""…"""`. A backslash at a line's end takes all blanks and line ends away that follow it.
    mutating func basicLines(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        var content: [UInt8] = []
        try take("\"\"\"", bytes)
        _ = takeLineEnd(bytes)
        while !closes(with: UInt8(ascii: "\""), bytes, &content) {
            if has(UInt8(ascii: "\\"), bytes) {
                if !skipLineEnds(bytes) { try escape(bytes, into: &content) }
            } else {
                try lineContent(bytes, into: &content)
            }
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// `'''…'''`
    mutating func literalLines(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        var content: [UInt8] = []
        try take("'''", bytes)
        _ = takeLineEnd(bytes)
        while !closes(with: UInt8(ascii: "'"), bytes, &content) { try lineContent(bytes, into: &content) }
        return String(decoding: content, as: UTF8.self)
    }

    /// Whether the string ends here. Up to two quotation marks are content, also before the three that end it.
    private mutating func closes(with quote: UInt8, _ bytes: Span<UInt8>, _ content: inout [UInt8]) -> Bool {
        var count = 0
        while count < 5, has(quote, bytes) {
            count += 1
            position += 1
        }
        content += repeatElement(quote, count: count < 3 ? count : count - 3)
        return count >= 3
    }

    private mutating func lineContent(_ bytes: Span<UInt8>, into content: inout [UInt8]) throws(Refusal) {
        if takeLineEnd(bytes) { content.append(10) } else { content.append(try character(bytes)) }
    }

    /// A byte that stands for itself.
    private mutating func character(_ bytes: Span<UInt8>) throws(Refusal) -> UInt8 {
        guard position < bytes.count, !Self.isControl(bytes[position]) else {
            throw text.expected("the rest of a string", at: position, bytes)
        }
        position += 1
        return bytes[position - 1]
    }

    /// A backslash with nothing but blanks before the line's end: false when it is another one.
    private mutating func skipLineEnds(_ bytes: Span<UInt8>) -> Bool {
        let start = position
        position += 1
        skipBlanks(bytes)
        guard takeLineEnd(bytes) else {
            position = start
            return false
        }
        repeat { skipBlanks(bytes) } while takeLineEnd(bytes)
        return true
    }

    private mutating func escape(_ bytes: Span<UInt8>, into content: inout [UInt8]) throws(Refusal) {
        let start = position
        guard position + 1 < bytes.count else { throw text.expected("the rest of a string", at: bytes.count, bytes) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(bytes[start + 1])
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"): try scalar(bytes, digits: 4, into: &content)
        case UInt8(ascii: "U"): try scalar(bytes, digits: 8, into: &content)
        default: throw text.refusal(.malformed, "has an escape that TOML 1.0 does not know", at: start, bytes)
        }
    }

    private mutating func scalar(_ bytes: Span<UInt8>, digits: Int, into content: inout [UInt8]) throws(Refusal) {
        let end = min(position + digits, bytes.count)
        guard end - position == digits, let number = Hex.bytes(bytes.copied(position..<end)),
            let scalar = Unicode.Scalar(number.reduce(0) { $0 << 8 | UInt32($1) })
        else {
            throw text.refusal(.malformed, "has an escape that names no character of Unicode", at: position - 2, bytes)
        }
        content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        position = end
    }
}
