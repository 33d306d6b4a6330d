/// A go.mod file as go reads that of a dependency (golang.org/x/mod/modfile, ParseLax): what only counts in a main module
/// (`replace`, `exclude`, `tool` and so on) and unknown directives may say what they like, as long as their words can be told
/// apart.
struct GoModFile: Equatable, Sendable {
    struct Retraction: Equatable, Sendable {
        var low: String
        var high: String
        /// The comment that goes with it, lines with LF between; may be empty.
        var rationale: String

        /// Whether it takes back this version. Not for bounds that are none.
        func covers(_ version: GoVersion) -> Bool {
            guard let low = GoVersion(low.utf8), let high = GoVersion(high.utf8) else { return false }
            return !GoVersion.precedes(version, low) && !GoVersion.precedes(high, version)
        }
    }

    /// The path that it declares; nil where it declares none.
    var module: [UInt8]?
    /// `1.21`, `1.21.3`, `1.22rc1`; empty where it says nothing.
    var goVersion = ""
    var toolchain = ""
    /// What follows `Deprecated:` in the comment on `module`; empty where nothing does.
    var deprecated = ""
    var retractions: [Retraction] = []
    var requirements = 0
    /// Directives that only count in a main module, in the order in which they come: `replace`, `exclude`.
    var onlyMain: [String] = []
    /// Lines with a `retract` that go does not understand and passes over.
    var strangeRetractions: [Int] = []

    /// Bytes of the comments that are kept for one directive. Go itself shows 500 of a rationale.
    static let commentLimit = 4_096
    private static let wordLimit = 1_000
    /// Bytes of deprecation and retractions together, as they are kept.
    private static let keptLimit = 1 << 20

    /// A word as it is written, and its line.
    private typealias Words = [GoModTokens.Token]

    init(_ text: [UInt8], within budget: Budget) throws(Refusal) {
        var tokens = GoModTokens()
        var comments = Comments()
        var turn = 0
        while true {
            turn += 1
            try budget.deadline.check("go.mod", turn: turn, at: "line \(tokens.line)")
            let token = try tokens.next(in: text)
            switch token {
            case .end:
                try checkSize()
                return
            case .newline, .lateComment: comments = Comments()
            case .comment(let range): comments.add(text[range])
            case .word, .mark:
                try statement(token, after: comments, &tokens, text, within: budget)
                comments = Comments()
            }
        }
    }

    private func checkSize() throws(Refusal) {
        let kept = retractions.reduce(deprecated.utf8.count) {
            $0 + $1.low.utf8.count + $1.high.utf8.count + $1.rationale.utf8.count + 24
        }
        guard kept <= Self.keptLimit else {
            throw Refusal(
                .limit, "go.mod has retractions of more than \(Self.keptLimit >> 20) MiB", at: "go.mod",
                remedy: "retract ranges ([v1.0.0, v1.9.9]) instead of versions")
        }
    }

    /// One line, or a block of lines in parentheses.
    private mutating func statement(
        _ first: GoModTokens.Token, after comments: Comments, _ tokens: inout GoModTokens, _ text: [UInt8], within budget: Budget
    ) throws(Refusal) {
        var words = [first]
        let line = tokens.line
        while true {
            let token = try tokens.next(in: text)
            if token.endsLine {
                try directive(words, from: comments, ending: token, inBlock: nil, at: line, text)
                return
            }
            guard token == .mark(UInt8(ascii: "(")) else {
                try Self.append(token, to: &words, at: line)
                continue
            }
            var ahead = tokens
            let next = try ahead.next(in: text)
            if next.endsLine {
                tokens = ahead
                return try block(words, opened: line, after: comments, &tokens, text, within: budget)
            }
            guard next == .mark(UInt8(ascii: ")")) else {
                try Self.append(token, to: &words, at: line)
                continue
            }
            tokens = ahead
            if try ahead.next(in: text).endsLine {
                // An empty block. What ends its line is read here.
                _ = try tokens.next(in: text)
                return
            }
            try Self.append(token, to: &words, at: line)
            try Self.append(next, to: &words, at: line)
        }
    }

    private mutating func block(
        _ head: Words, opened: Int, after comments: Comments, _ tokens: inout GoModTokens, _ text: [UInt8], within budget: Budget
    ) throws(Refusal) {
        var own = Comments()
        var turn = 0
        while true {
            turn += 1
            try budget.deadline.check("go.mod", turn: turn, at: "line \(tokens.line)")
            let token = try tokens.next(in: text)
            switch token {
            case .newline, .lateComment: break
            case .comment(let range): own.add(text[range])
            case .end: throw GoModTokens.refusal("a block in parentheses has no end", line: opened)
            case .mark(UInt8(ascii: ")")):
                guard try tokens.next(in: text).endsLine else {
                    throw GoModTokens.refusal("something follows a closing parenthesis on its line", line: tokens.line)
                }
                return
            case .word, .mark:
                var words = [token]
                let line = tokens.line
                var next = try tokens.next(in: text)
                while !next.endsLine {
                    try Self.append(next, to: &words, at: line)
                    next = try tokens.next(in: text)
                }
                // A block with two words before its parenthesis is none that go knows.
                if head.count == 1, !Self.isLineOnly(head[0], text) {
                    try directive(head + words, from: own, ending: next, inBlock: comments, at: line, text)
                }
                own = Comments()
            }
        }
    }

    private static func append(_ token: GoModTokens.Token, to words: inout Words, at line: Int) throws(Refusal) {
        guard words.count < wordLimit else {
            throw Refusal(
                .limit, "go.mod has a line of more than \(wordLimit) words", at: "line \(line)", remedy: GoModTokens.remedy)
        }
        words.append(token)
    }

    /// `go` and `toolchain` are no blocks; go passes over those.
    private static func isLineOnly(_ head: GoModTokens.Token, _ text: [UInt8]) -> Bool {
        let verb = raw(head, text)
        return verb.elementsEqual("go".utf8) || verb.elementsEqual("toolchain".utf8)
    }

    private static func raw(_ token: GoModTokens.Token, _ text: [UInt8]) -> ArraySlice<UInt8> {
        switch token {
        case .word(let range): text[range]
        case .mark(let byte): [byte]
        default: []
        }
    }

    // MARK: - Directives

    private mutating func directive(
        _ words: Words, from comments: Comments, ending: GoModTokens.Token, inBlock: Comments?, at line: Int, _ text: [UInt8]
    ) throws(Refusal) {
        let words = words.map { Self.raw($0, text) }
        let arguments = words.dropFirst()
        func fault(_ what: String) -> Refusal { GoModTokens.refusal(what, line: line) }
        func remarks() -> String {
            var own = comments
            if case .lateComment(let range) = ending { own.add(text[range]) }
            return own.isEmpty ? inBlock?.text ?? "" : own.text
        }
        switch String(decoding: words[0], as: UTF8.self) {
        case "module":
            guard module == nil else { throw fault("it has two module directives") }
            guard arguments.count == 1, let path = arguments.first else { throw fault("module takes one path") }
            module = try Self.unquoted(path, line: line)
            deprecated = Self.deprecation(in: remarks())
        case "go":
            guard goVersion.isEmpty else { throw fault("it has two go directives") }
            guard arguments.count == 1, let word = arguments.first, let version = Self.goVersion(word) else {
                throw fault("go takes one version such as 1.23.0")
            }
            goVersion = version
        case "toolchain":
            guard arguments.count == 1, let word = arguments.first else { return }
            toolchain = String(decoding: word.prefix(GoVersion.lengthLimit), as: UTF8.self)
        case "require":
            guard arguments.count == 2, let path = arguments.first, let version = arguments.last else {
                throw fault("require takes a path and a version")
            }
            try Self.checkRequirement(
                path: Self.unquoted(path, line: line), version: Self.unquoted(version, line: line), line: line)
            requirements += 1
        case "retract":
            guard let retraction = try? Self.retraction(Array(arguments), line: line, rationale: remarks) else {
                strangeRetractions.append(line)
                return
            }
            retractions.append(retraction)
        case "ignore":
            guard arguments.count == 1, let path = arguments.first else { throw fault("ignore takes one path") }
            _ = try Self.unquoted(path, line: line)
        case "replace", "exclude":
            let verb = String(decoding: words[0], as: UTF8.self)
            if !onlyMain.contains(verb) { onlyMain.append(verb) }
        default: break
        }
    }

    private static func checkRequirement(path: [UInt8], version: [UInt8], line: Int) throws(Refusal) {
        guard let parsed = GoVersion(version) else {
            throw GoModTokens.refusal("a required version is not of the form v1.2.3", line: line)
        }
        guard GoPath.splitMajor(path) != nil else {
            throw GoModTokens.refusal("a required path ends with a major version that go does not write", line: line)
        }
        if let fault = GoPath.fault(of: parsed, in: path) { throw GoModTokens.refusal("in require, \(fault.what)", line: line) }
    }

    /// `v1.0.0` or `[v1.0.0, v1.9.9]`.
    private static func retraction(_ words: [ArraySlice<UInt8>], line: Int, rationale: () -> String) throws(Refusal) -> Retraction
    {
        func version(_ word: ArraySlice<UInt8>) throws(Refusal) -> String {
            let text = try unquoted(word, line: line)
            guard GoVersion(text) != nil else { throw GoModTokens.refusal("a retracted version is none", line: line) }
            return String(decoding: text, as: UTF8.self)
        }
        func isMark(_ index: Int, _ mark: String) -> Bool { words[index].elementsEqual(mark.utf8) }
        if let only = words.first, !isMark(0, "[") {
            let version = try version(only)
            return Retraction(low: version, high: version, rationale: rationale())
        }
        guard words.count >= 5, isMark(2, ","), isMark(4, "]") else {
            throw GoModTokens.refusal("a retraction is neither a version nor a range", line: line)
        }
        return Retraction(low: try version(words[1]), high: try version(words[3]), rationale: rationale())
    }

    /// `MAJOR.MINOR[.PATCH][rcN]`; with a `v` before it or something else behind it, go takes the first two numbers.
    static func goVersion(_ word: some Collection<UInt8>) -> String? {
        let text = Array(word)
        guard text.count <= GoVersion.lengthLimit else { return nil }
        var rest = text[...]
        func number(_ isFirst: Bool = false) -> Bool {
            let digits = rest.prefix(while: ASCII.isDigit)
            guard let first = digits.first, first != 48 || (!isFirst && digits.count == 1) else { return false }
            rest = rest.dropFirst(digits.count)
            return true
        }
        func dot() -> Bool {
            guard rest.first == UInt8(ascii: ".") else { return false }
            rest.removeFirst()
            return true
        }
        if number(true), dot(), number(), !dot() || number() {
            let tail = rest.drop(while: ASCII.isLower)
            let isPlain = rest.isEmpty || (tail.count < rest.count && !tail.isEmpty && tail.allSatisfy(ASCII.isDigit))
            if isPlain { return String(decoding: text, as: UTF8.self) }
        }
        rest = text.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
        let start = rest.startIndex
        guard number(true), dot(), number(), let next = rest.first, !ASCII.isDigit(next) else { return nil }
        return String(decoding: text[start..<rest.startIndex], as: UTF8.self)
    }

    /// The text of a word. Only `"` quotes; the other quotation marks stand for nothing yet.
    private static func unquoted(_ word: ArraySlice<UInt8>, line: Int) throws(Refusal) -> [UInt8] {
        if word.first == UInt8(ascii: "\"") {
            guard let text = GoModText.unquoted(word.dropFirst().dropLast()) else {
                throw GoModTokens.refusal("a quoted text has an escape that is none", line: line)
            }
            return text
        }
        guard !word.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "`") }) else {
            throw GoModTokens.refusal("a word has a quotation mark in it", line: line)
        }
        return Array(word)
    }

    // MARK: - Comments

    /// The comments that belong to one directive.
    private struct Comments {
        private var bytes: [UInt8] = []
        private(set) var isEmpty = true

        mutating func add(_ comment: ArraySlice<UInt8>) {
            if !isEmpty, bytes.count < commentLimit { bytes.append(10) }
            isEmpty = false
            var line = comment.dropFirst(2)
            while let first = line.first, first == 32 || first == 9 || first == 13 { line.removeFirst() }
            while let last = line.last, last == 32 || last == 9 || last == 13 { line.removeLast() }
            bytes += line.prefix(max(0, commentLimit - bytes.count))
        }

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// What follows `Deprecated:` at the beginning of a paragraph, up to the paragraph's end.
    private static func deprecation(in comment: String) -> String {
        for part in comment.split(separator: "\n\n") {
            // An empty line at the comment's beginning does not begin a paragraph; further ones between two do.
            let paragraph = part.startIndex == comment.startIndex ? part : part.drop { $0 == "\n" }
            guard paragraph.hasPrefix("Deprecated:") else { continue }
            let text = paragraph.dropFirst("Deprecated:".count).drop { $0 == " " }
            if !text.isEmpty { return String(text) }
        }
        return ""
    }
}

/// Quoted text as Go writes it (go.dev/ref/spec#String_literals, interpreted).
enum GoModText {
    /// What stands between the quotation marks; nil for an escape that is none.
    static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var plain: [UInt8] = []
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                continue
            }
            guard position < text.endIndex else { return nil }
            let kind = text[position]
            position += 1
            func number(_ count: Int, radix: Int) -> UInt32? {
                guard text.endIndex - position >= count else { return nil }
                let digits = text[position..<(position + count)]
                guard
                    digits.allSatisfy({
                        radix == 8 ? (48...55).contains($0) : ASCII.isDigit($0) || (97...102).contains($0 | 0x20)
                    })
                else {
                    return nil
                }
                position += count
                return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
            }
            switch kind {
            case UInt8(ascii: "a"): plain.append(7)
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "t"): plain.append(9)
            case UInt8(ascii: "n"): plain.append(10)
            case UInt8(ascii: "v"): plain.append(11)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "r"): plain.append(13)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): plain.append(kind)
            case UInt8(ascii: "x"):
                guard let value = number(2, radix: 16) else { return nil }
                plain.append(UInt8(value))
            case 48...55:
                position -= 1
                guard let value = number(3, radix: 8), value < 256 else { return nil }
                plain.append(UInt8(value))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                guard let value = number(kind == UInt8(ascii: "u") ? 4 : 8, radix: 16), let scalar = UnicodeScalar(value) else {
                    return nil
                }
                plain.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        return plain
    }
}
