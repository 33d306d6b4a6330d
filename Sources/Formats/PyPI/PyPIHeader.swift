/// The header of an RFC 822 message, as METADATA, PKG-INFO and WHEEL have it.
///
/// Reads as Python's `email` package does (3.11, as pip 26.3 uses it): any of CR, LF, CRLF ends a line; a line that starts with a blank
/// continues the field before it, and the first line of all continues nothing; lines that begin with `From ` or with the colon are
/// passed over; the first line that is none of this nor `NAME:` ends the header. A blank before the colon is not a part of a name, so such
/// a line ends it, too.
struct PyPIHeader {
    struct Field: Equatable, Sendable {
        /// The value's lines joined with one blank each, control characters as blanks, faulty UTF-8 repaired. May be empty.
        var value: String
        /// Where it stands, counted from 1.
        var line: Int
        /// Whether the name is spelled as it was asked for, in the same case.
        var isExact: Bool
        /// Whether blanks stand behind the value. pip and uv compare a project's name with them.
        var isPadded: Bool
        /// Whether it goes on in a second line. pip compares a project's name with the line's end in it.
        var isFolded = false
    }

    /// By the names that were asked for, in the order of the file.
    private var fields: [String: [Field]] = [:]
    /// The line that ended the header before the end of the text, other than an empty one; counted from 1.
    private(set) var stop: Int?

    /// Where the text behind the header begins, which an empty line parts from it; nil where nothing does.
    private(set) var body: Int?
    /// Where the first value of the field is whose lines count, up to the end of its last line.
    private(set) var lines: Range<Int>?

    /// - Parameters:
    ///   - wanted: names of fields, in any case in the text. `UNKNOWN`, which old tools wrote for nothing, is nothing.
    ///   - multiline: the name of a field that is not read, and whose place is kept as `lines`.
    init(_ wanted: [String], multiline: String? = nil, in bytes: Span<UInt8>) {
        var isInLines = false
        var current: (name: String, bytes: [UInt8], line: Int, isExact: Bool, isPadded: Bool, isFolded: Bool)?
        var position = 0, number = 0
        func finish(_ fields: inout [String: [Field]]) {
            guard let current, let text = Self.text(current.bytes) else { return }
            fields[current.name, default: []].append(
                Field(
                    value: text, line: current.line, isExact: current.isExact, isPadded: current.isPadded,
                    isFolded: current.isFolded))
        }
        while position < bytes.count {
            let line = Self.line(of: bytes, from: &position)
            number += 1
            guard let first = line.first else {
                body = position
                break
            }
            if bytes[first] == 32 || bytes[first] == 9 {
                if current != nil {
                    Self.append(bytes, line, to: &current!.bytes)
                    current!.isPadded = Self.isPadded(bytes, line)
                    current!.isFolded = true
                } else if isInLines, let start = lines?.lowerBound {
                    lines = start..<line.upperBound
                }
                continue
            }
            isInLines = false
            finish(&fields)
            current = nil
            if bytes.has("From ", at: first) { continue }
            guard let colon = Self.colon(in: bytes, line) else {
                stop = number
                break
            }
            guard let name = wanted.first(where: { Self.equal($0, bytes, first..<colon) }) else {
                if lines == nil, let multiline, Self.equal(multiline, bytes, first..<colon) {
                    isInLines = true
                    lines = colon + 1..<line.upperBound
                }
                continue
            }
            let value = colon + 1..<line.upperBound
            current = (
                name, [], number, Self.equal(name, bytes, first..<colon, inCase: true), Self.isPadded(bytes, value), false
            )
            Self.append(bytes, value, to: &current!.bytes)
        }
        finish(&fields)
    }

    /// Every value of a field, empty ones, too.
    func all(_ name: String) -> [Field] { fields[name] ?? [] }

    /// The first value of a field that is not empty.
    func first(_ name: String) -> Field? { fields[name]?.first { !$0.value.isEmpty } }

    /// The value of a field that says what a package is.
    ///
    /// - Throws: `.ambiguous` when it comes twice with different values: readers differ in which they take.
    func only(_ name: String) throws(Refusal) -> Field? {
        guard let first = first(name) else { return nil }
        for other in all(name) where !other.value.isEmpty && other.value != first.value {
            throw Refusal(
                .ambiguous, "the field \(name) comes twice with different values", at: "lines \(first.line) and \(other.line)",
                remedy: "keep one of them and build the package again")
        }
        return first
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

    private static func equal(_ name: String, _ bytes: Span<UInt8>, _ range: Range<Int>, inCase: Bool = false) -> Bool {
        guard name.utf8.count == range.count else { return false }
        var i = range.lowerBound
        for byte in name.utf8 {
            guard byte == bytes[i] || (!inCase && ASCII.lowered(byte) == ASCII.lowered(bytes[i])) else { return false }
            i += 1
        }
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

    private static func isPadded(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
        guard let last = line.last else { return false }
        return bytes[last] == 32 || bytes[last] == 9
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
        return text == "UNKNOWN" ? nil : text
    }
}
