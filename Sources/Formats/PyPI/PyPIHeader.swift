/// The header of an RFC 822 message, as METADATA, PKG-INFO and WHEEL have it.
enum PyPIHeader {
    /// Reads some fields as Python's `email` package would: any of CR, LF, CRLF ends a line, a line that starts with a blank
    /// continues the field before it, the first line that is neither that nor `NAME:` ends the header. Field names come in any
    /// case; a value's lines are joined with one blank each, control characters become blanks, faulty UTF-8 is repaired.
    ///
    /// - Parameter wanted: names of fields that may stand once.
    /// - Throws: `.ambiguous` when one of them comes twice, since readers differ in which they take.
    /// - Returns: values that are not empty. `UNKNOWN`, which old tools wrote for nothing, is nothing.
    static func fields(_ wanted: [String], in bytes: Span<UInt8>) throws(Refusal) -> [String: String] {
        var values: [String: [UInt8]] = [:]
        var current: String?
        var position = 0
        while position < bytes.count {
            let line = line(of: bytes, from: &position)
            guard let first = line.first else { break }
            if bytes[first] == 32 || bytes[first] == 9 {
                // The first line of all continues nothing.
                if first == 0 { break }
                if let current { append(bytes, line, to: &values[current, default: []]) }
                continue
            }
            guard let colon = colon(in: bytes, line) else { break }
            current = wanted.first { equal($0, bytes, first..<colon) }
            guard let current else { continue }
            guard values[current] == nil else {
                throw Refusal(.ambiguous, "the field \(current) comes twice", at: "byte \(first)", remedy: "rebuild the package")
            }
            append(bytes, colon + 1..<line.upperBound, to: &values[current, default: []])
        }
        return values.compactMapValues(text)
    }

    /// The line that starts at a position, without its end; moves the position behind that.
    private static func line(of bytes: Span<UInt8>, from position: inout Int) -> Range<Int> {
        let start = position
        while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
        let line = start..<position
        if position < bytes.count {
            position += bytes[position] == 13 && position + 1 < bytes.count && bytes[position + 1] == 10 ? 2 : 1
        }
        return line
    }

    private static func equal(_ name: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard name.utf8.count == range.count else { return false }
        for (byte, i) in zip(name.utf8, range) where ASCII.lowered(byte) != ASCII.lowered(bytes[i]) { return false }
        return true
    }

    /// Where the name of a field ends; nil when the line starts with none. Names are printable ASCII without blanks.
    private static func colon(in bytes: Span<UInt8>, _ line: Range<Int>) -> Int? {
        for i in line {
            if bytes[i] == UInt8(ascii: ":") { return i }
            if bytes[i] <= 32 || bytes[i] >= 127 { return nil }
        }
        return nil
    }

    /// Appends one line of a value, blanks at its ends cut off, and one blank between lines.
    private static func append(_ bytes: Span<UInt8>, _ line: Range<Int>, to value: inout [UInt8]) {
        var (start, end) = (line.lowerBound, line.upperBound)
        while start < end, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
        while start < end, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
        guard start < end else { return }
        if !value.isEmpty { value.append(32) }
        value.append(bytes.extracting(start..<end))
    }

    private static func text(_ value: [UInt8]) -> String? {
        let text = ASCII.line(String(decoding: value, as: UTF8.self))
        return text.isEmpty || text == "UNKNOWN" ? nil : text
    }
}
