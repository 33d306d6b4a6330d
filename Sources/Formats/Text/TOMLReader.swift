/// Reads a TOML document that a stranger sends (TOML 1.0.0), whole and in memory: `Cargo.toml`, as cargo 1.95 writes it into a crate or as its
/// author wrote it.
///
/// The value is always an object. Line ends inside of strings become LF, as in cargo; dates and times are checked and kept as they are written;
/// a byte order mark is passed over. Refused besides what is not TOML: integers of more than 64 bits. Bounded by the budget: bytes (`memberBytes`),
/// nesting of tables and arrays (`depth`), values and names (`entries`), time.
package enum TOMLReader {
    /// - Parameters:
    ///   - bytes: one whole document.
    ///   - subject: what messages call it: `Cargo.toml`.
    /// - Throws: a `Refusal` with line and column; `.ambiguous` for a name or a table that is defined twice.
    package static func read(_ bytes: Span<UInt8>, of subject: String, within budget: Budget) throws(Refusal) -> DataValue {
        let text = DataText(subject: subject, budget: budget)
        var parser = TOMLParser(text: text, position: try text.start(bytes))
        return try parser.document(bytes)
    }
}

/// One reading: lines, headers and keys. Its values are in `TOMLParser+Values.swift` and `TOMLParser+Strings.swift`.
struct TOMLParser {
    let text: DataText
    var position: Int
    var tables: TOMLTables
    /// The table that the last header opened.
    private var current = TOMLTables.root
    private var values = 0

    init(text: DataText, position: Int) {
        self.text = text
        self.position = position
        tables = TOMLTables(depth: text.depth)
    }

    mutating func document(_ bytes: Span<UInt8>) throws(Refusal) -> DataValue {
        while position < bytes.count {
            skipBlanks(bytes)
            if has(UInt8(ascii: "["), bytes) {
                try header(bytes)
            } else if position < bytes.count, !Self.endsLine(bytes[position]) {
                try pair(bytes, into: current)
            }
            try endLine(bytes)
        }
        return tables.value(of: TOMLTables.root)
    }

    /// `[a.b]` or `[[a.b]]`.
    private mutating func header(_ bytes: Span<UInt8>) throws(Refusal) {
        let start = position
        try take("[", bytes)
        let isElement = has(UInt8(ascii: "["), bytes)
        if isElement { try take("[", bytes) }
        skipBlanks(bytes)
        let path = try key(bytes)
        skipBlanks(bytes)
        try take("]", bytes)
        if isElement { try take("]", bytes) }
        do {
            current = try isElement ? tables.append(path) : tables.define(path)
        } catch {
            throw text.refusal(error.cause, error.what, at: start, bytes)
        }
    }

    /// `a.b = value`.
    mutating func pair(_ bytes: Span<UInt8>, into table: Int) throws(Refusal) {
        let start = position
        let path = try key(bytes)
        skipBlanks(bytes)
        try take("=", bytes)
        skipBlanks(bytes)
        let value = try value(bytes, depth: tables.depth(of: table) + path.count - 1)
        do {
            try tables.set(path, to: value, in: table)
        } catch {
            throw text.refusal(error.cause, error.what, at: start, bytes)
        }
    }

    /// Names with dots between them.
    private mutating func key(_ bytes: Span<UInt8>) throws(Refusal) -> [String] {
        var path: [String] = []
        while true {
            try count(bytes)
            guard path.count <= text.depth else { throw text.tooDeep(at: position, bytes) }
            path.append(try name(bytes))
            skipBlanks(bytes)
            guard has(UInt8(ascii: "."), bytes) else { return path }
            position += 1
            skipBlanks(bytes)
        }
    }

    private mutating func name(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        if has(UInt8(ascii: "\""), bytes) { return try basicLine(bytes) }
        if has(UInt8(ascii: "'"), bytes) { return try literalLine(bytes) }
        let start = position
        while position < bytes.count, Self.isBare(bytes[position]) { position += 1 }
        guard position > start else { throw text.expected("a name", at: position, bytes) }
        return string(bytes.extracting(start..<position))
    }

    // MARK: Steps

    /// Blanks, a comment, and the line's end or the document's.
    mutating func endLine(_ bytes: Span<UInt8>) throws(Refusal) {
        skipBlanks(bytes)
        if has(UInt8(ascii: "#"), bytes) {
            while position < bytes.count, !Self.isControl(bytes[position]) { position += 1 }
        }
        guard position < bytes.count else { return }
        guard takeLineEnd(bytes) else { throw text.expected("the line's end", at: position, bytes) }
    }

    /// LF or CRLF.
    mutating func takeLineEnd(_ bytes: Span<UInt8>) -> Bool {
        let length = has(10, bytes) ? 1 : bytes.has("\r\n", at: position) ? 2 : 0
        position += length
        return length > 0
    }

    mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    func has(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool { position < bytes.count && bytes[position] == byte }

    mutating func take(_ text: StaticString, _ bytes: Span<UInt8>) throws(Refusal) {
        guard bytes.has(text, at: position) else { throw self.text.expected("'\(text)'", at: position, bytes) }
        position += text.utf8CodeUnitCount
    }

    mutating func count(_ bytes: Span<UInt8>) throws(Refusal) {
        values += 1
        try text.count(values, at: position, bytes)
    }

    func string(_ bytes: Span<UInt8>) -> String { bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

    /// What no comment and no string of one line may hold.
    static func isControl(_ byte: UInt8) -> Bool { ASCII.isControl(byte) && byte != 9 }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 || byte == UInt8(ascii: "#") }

    private static func isBare(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
