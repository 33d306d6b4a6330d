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
    /// The first of them, where somebody asked for them.
    var required: [Requirement] = []

    struct Requirement: Equatable, Sendable {
        var path: String
        var version: String
        /// Whether a comment says that the module itself does not import it.
        var isIndirect: Bool
    }

    /// How many requirements are kept.
    var mostRequired = 0
    /// Directives that only count in a main module, in the order in which they come: `replace`, `exclude`.
    var onlyMain: [String] = []
    /// Lines with a `retract` that go does not understand and passes over.
    var strangeRetractions: [Int] = []

    /// Bytes of the comments that are kept for one directive. Go itself shows 500 of a rationale.
    static let commentLimit = 4_096
    private static let wordLimit = 1_000
    /// Bytes of deprecation and retractions together, as they are kept.
    private static let keptLimit = 1 << 20

    /// The words of one line.
    typealias Words = [GoModTokens.Token]

    /// - Parameter mostRequired: how many requirements are kept, for people.
    init(_ text: [UInt8], within budget: Budget, mostRequired: Int = 0) throws(Refusal) {
        self.mostRequired = mostRequired
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

    /// `go` and `toolchain` are not blocks; go passes over those.
    private static func isLineOnly(_ head: GoModTokens.Token, _ text: [UInt8]) -> Bool {
        let verb = raw(head, text)
        return verb.elementsEqual("go".utf8) || verb.elementsEqual("toolchain".utf8)
    }

    static func raw(_ token: GoModTokens.Token, _ text: [UInt8]) -> ArraySlice<UInt8> {
        switch token {
        case .word(let range): text[range]
        case .mark(let byte): [byte]
        default: []
        }
    }

    /// The comments that belong to one directive.
    struct Comments {
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
}
