/// The words of a go.mod file (golang.org/ref/mod#go-mod-file-lexical), one after the other.
///
/// The file is an argument of each read, as everywhere: nothing is copied before it is known to be wanted.
struct GoModTokens {
    enum Token: Equatable {
        /// A name, a version, an arrow; or a quoted text with its quotation marks.
        case word(Range<Int>)
        /// One of `()[]{},`.
        case mark(UInt8)
        case newline
        /// A comment with nothing before it on its line, and the end of that line.
        case comment(Range<Int>)
        /// A comment behind something, and the end of the line.
        case lateComment(Range<Int>)
        case end

        var endsLine: Bool {
            switch self {
            case .newline, .lateComment, .end: true
            default: false
            }
        }
    }

    private var position = 0
    /// Of the token that was read last; 1 is the first.
    private(set) var line = 1
    private var isLineOpen = false
    private var endedLine = false

    static let remedy = "correct go.mod (go mod edit -fmt reads it) and make the module zip again"

    static func refusal(_ what: String, line: Int, remedy: String = remedy) -> Refusal {
        Refusal(.malformed, "go.mod is not one that go reads: \(what)", at: "line \(line)", remedy: remedy)
    }

    mutating func next(in text: [UInt8]) throws(Refusal) -> Token {
        if endedLine {
            line += 1
            isLineOpen = false
            endedLine = false
        }
        while position < text.count {
            let byte = text[position]
            guard byte == 32 || byte == 9 || byte == 13 else { break }
            position += 1
        }
        guard position < text.count else { return .end }
        let start = position, byte = text[position]
        if let comment = try comment(in: text) { return comment }
        switch byte {
        case 10:
            position += 1
            endedLine = true
            return .newline
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"),
            UInt8(ascii: ","):
            position += 1
            isLineOpen = true
            return .mark(byte)
        case UInt8(ascii: "\""), UInt8(ascii: "`"): try skipText(in: text, until: byte)
        default: try skipWord(in: text)
        }
        isLineOpen = true
        return .word(start..<position)
    }

    private mutating func comment(in text: [UInt8]) throws(Refusal) -> Token? {
        let start = position
        guard text[start] == UInt8(ascii: "/"), start + 1 < text.count else { return nil }
        if text[start + 1] == UInt8(ascii: "*") {
            throw Self.refusal("it has a comment with /*, and only // begins one", line: line)
        }
        guard text[start + 1] == UInt8(ascii: "/") else { return nil }
        let end = text[start...].firstIndex(of: 10) ?? text.count
        position = min(end + 1, text.count)
        endedLine = end < text.count
        return isLineOpen ? .lateComment(start..<end) : .comment(start..<end)
    }

    private mutating func skipText(in text: [UInt8], until quote: UInt8) throws(Refusal) {
        position += 1
        while position < text.count, text[position] != 10 {
            let byte = text[position]
            position += 1
            if byte == quote { return }
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") { position += 1 }
        }
        throw Self.refusal("a quoted text has no end on its line", line: line)
    }

    /// Up to a blank, a mark or a comment. Only printable characters.
    private mutating func skipWord(in text: [UInt8]) throws(Refusal) {
        while position < text.count {
            let byte = text[position]
            if byte >= 0x80 {
                position += try printable(in: text)
                continue
            }
            switch byte {
            case 9, 10, 11, 12, 13, 32, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
                UInt8(ascii: "{"),
                UInt8(ascii: "}"), UInt8(ascii: ","):
                if byte == 11 || byte == 12 { throw Self.refusal("it has a control character", line: line) }
                return
            case UInt8(ascii: "/") where position + 1 < text.count && text[position + 1] == UInt8(ascii: "/"): return
            case UInt8(ascii: "/") where position + 1 < text.count && text[position + 1] == UInt8(ascii: "*"):
                throw Self.refusal("it has a comment with /*, and only // begins one", line: line)
            case 0..<32, 127: throw Self.refusal("it has a control character", line: line)
            default: position += 1
            }
        }
    }

    /// The length of the character at hand.
    private func printable(in text: [UInt8]) throws(Refusal) -> Int {
        let piece = text[position..<min(position + 4, text.count)]
        var iterator = piece.makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
            throw Self.refusal("it is not UTF-8", line: line, remedy: "save go.mod as UTF-8")
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
            let code = String(scalar.value, radix: 16, uppercase: true)
            throw Self.refusal(
                scalar.value == 0xFEFF ? "it has a byte order mark" : "it has the unprintable character U+\(code)", line: line,
                remedy: "remove it and make the module zip again")
        default: return UTF8.width(scalar)
        }
    }
}
