/// Reads a JSON document that a stranger sends (RFC 8259), whole and in memory; stricter than the RFC where readers differ in what they see.
///
/// The text is UTF-8, a byte order mark before it is passed over. Refused are: two members of one name in one object, one half of a surrogate pair
/// without the other, anything behind the value; and all that is not JSON (comments, trailing commas, `NaN`). Bounded by the budget: bytes
/// (`memberBytes`), nesting (`depth`), values and names (`entries`), time. Numbers are kept as their text, whatever their size.
package struct JSONReader {
    private let text: DataText
    private var position = 0
    private var values = 0

    /// - Parameters:
    ///   - bytes: one whole document.
    ///   - subject: what messages call it: `package.json`.
    /// - Throws: a `Refusal` with line and column; `.ambiguous` for a name that comes twice.
    package static func read(_ bytes: Span<UInt8>, of subject: String, within budget: Budget) throws(Refusal) -> DataValue {
        var reader = JSONReader(text: DataText(subject: subject, budget: budget))
        reader.position = try reader.text.start(bytes)
        let value = try reader.value(bytes, depth: 0)
        guard reader.position == bytes.count else { throw reader.text.expected("its end", at: reader.position, bytes) }
        return value
    }

    private init(text: DataText) { self.text = text }

    /// A value, with the blanks around it.
    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        skipBlanks(bytes)
        try count(bytes)
        guard position < bytes.count else { throw text.expected("a value", at: position, bytes) }
        let value: DataValue
        switch bytes[position] {
        case UInt8(ascii: "{"): value = try object(bytes, depth: depth + 1)
        case UInt8(ascii: "["): value = try array(bytes, depth: depth + 1)
        case UInt8(ascii: "\""): value = .string(try string(bytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): value = .number(try number(bytes))
        case UInt8(ascii: "t"): value = try word("true", .bool(true), bytes)
        case UInt8(ascii: "f"): value = try word("false", .bool(false), bytes)
        case UInt8(ascii: "n"): value = try word("null", .null, bytes)
        default: throw text.expected("a value", at: position, bytes)
        }
        skipBlanks(bytes)
        return value
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        guard depth <= text.depth else { throw text.tooDeep(at: position, bytes) }
        var members: [DataMember] = []
        var names = NameIndex()
        position += 1
        skipBlanks(bytes)
        if take(UInt8(ascii: "}"), bytes) { return .object([]) }
        repeat {
            skipBlanks(bytes)
            let start = position
            try count(bytes)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw text.expected("a name in quotation marks", at: position, bytes)
            }
            let name = try string(bytes)
            guard names.insert(name) else {
                throw text.refusal(.ambiguous, "has the name '\(name)' twice in one object", at: start, bytes)
            }
            skipBlanks(bytes)
            guard take(UInt8(ascii: ":"), bytes) else { throw text.expected("a colon", at: position, bytes) }
            members.append(DataMember(name, try value(bytes, depth: depth)))
        } while take(UInt8(ascii: ","), bytes)
        guard take(UInt8(ascii: "}"), bytes) else { throw text.expected("a comma or '}'", at: position, bytes) }
        return .object(members)
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) -> DataValue {
        guard depth <= text.depth else { throw text.tooDeep(at: position, bytes) }
        var elements: [DataValue] = []
        position += 1
        skipBlanks(bytes)
        if take(UInt8(ascii: "]"), bytes) { return .array([]) }
        repeat { elements.append(try value(bytes, depth: depth)) } while take(UInt8(ascii: ","), bytes)
        guard take(UInt8(ascii: "]"), bytes) else { throw text.expected("a comma or ']'", at: position, bytes) }
        return .array(elements)
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        let start = position + 1
        var hasEscape = false
        position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 32 else {
                throw text.refusal(
                    .malformed, "has a control character in a string, where it must be an escape", at: position, bytes)
            }
            let isEscape = bytes[position] == UInt8(ascii: "\\")
            hasEscape = hasEscape || isEscape
            position += isEscape ? 2 : 1
        }
        guard position < bytes.count else { throw text.expected("the end of a string", at: bytes.count, bytes) }
        let raw = bytes.extracting(start..<position)
        position += 1
        if !hasEscape { return raw.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
        do {
            return String(decoding: try JSONString.resolved(raw), as: UTF8.self)
        } catch {
            throw text.refusal(.malformed, error.what, at: start + error.offset, bytes)
        }
    }

    /// RFC 8259, section 6.
    private mutating func number(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"), bytes)
        if !take(UInt8(ascii: "0"), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "."), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            _ = take(UInt8(ascii: "+"), bytes) || take(UInt8(ascii: "-"), bytes)
            try digits(bytes)
        }
        return bytes.extracting(start..<position).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(Refusal) {
        let start = position
        while position < bytes.count, ASCII.isDigit(bytes[position]) { position += 1 }
        guard position > start else { throw text.expected("a digit", at: position, bytes) }
    }

    private mutating func word(_ word: StaticString, _ value: DataValue, _ bytes: Span<UInt8>) throws(Refusal) -> DataValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[index], bytes) else { throw text.expected("the rest of '\(word)'", at: position, bytes) }
        }
        return value
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13: position += 1
            default: return
            }
        }
    }

    private mutating func count(_ bytes: Span<UInt8>) throws(Refusal) {
        values += 1
        try text.count(values, at: position, bytes)
    }
}
