/// The order of versions that follow no rule, or several: Semantic Versioning 2.0.0 where all three numbers are there, and
/// everywhere else what people expect, numbers as numbers (`build-10` after `build-9`).
///
/// Every text is read as words before the first digit (`release`; a lone `v` says nothing), numbers with dots between them, a
/// suffix, and what follows the first `+` (the build). They are compared in this order:
///
/// 1. Versions without words before come after all others; words by their bytes, without case.
/// 2. The numbers, zeros at their end aside: `1.0` is `1.0.0`.
/// 3. Prereleases come before releases, and these before what has something behind the numbers (`1.1.1w`, `1.0.post1`).
/// 4. The suffix: by the identifiers of Semantic Versioning for versions that it knows, otherwise runs of digits as numbers and
///    runs of letters as words without case, numbers before words, and a row before a longer one that begins with it. The latter
///    come first.
/// 5. The build, as suffixes that Semantic Versioning does not know, and finally the text.
///
/// This is a total order, whatever rules the versions of a row follow: each step compares the same part of both.
package struct NaturalVersion: VersionOrder, Equatable {
    /// As it was written.
    package let text: String
    /// The text, which decides at last.
    package var canonical: String { text }
    package let isPrerelease: Bool
    /// None is the beginning of another while no text holds a NUL.
    package let sortKey: [UInt8]

    /// Words that make a version a prerelease, wherever they stand before its build; in small letters.
    private static let early: Set<String> = [
        "alpha", "beta", "canary", "dev", "edge", "ea", "experimental", "nightly", "pre", "preview", "prerelease", "rc",
        "snapshot", "unstable",
    ]
    /// Words that do so with a number behind them, where they begin the suffix: `1.0a1`, `5.0.0.M1`.
    private static let earlyLetters: Set<String> = ["a", "b", "c", "m"]

    package init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        let plus = bytes.firstIndex(of: UInt8(ascii: "+")) ?? bytes.endIndex
        var position = bytes[..<plus].firstIndex(where: ASCII.isDigit) ?? plus
        var lead = Self.tokens(bytes[..<position])
        if lead == [.word([UInt8(ascii: "v")])] { lead = [] }

        var numbers: [Token] = []
        while position < plus, ASCII.isDigit(bytes[position]) {
            let end = bytes[position..<plus].firstIndex { !ASCII.isDigit($0) } ?? plus
            numbers.append(.number(bytes[position..<end]))
            position = end
            guard end + 1 < plus, bytes[end] == UInt8(ascii: "."), ASCII.isDigit(bytes[end + 1]) else { break }
            position += 1
        }
        if let last = numbers.lastIndex(where: { !$0.isZero }) {
            numbers.removeLast(numbers.count - 1 - last)
        } else {
            numbers = []
        }

        let rest = bytes[position..<plus]
        let semantic = lead.isEmpty ? Self.semantic(text) : nil
        let suffix = semantic.map { $0.map(Self.identifier) } ?? Self.tokens(rest)
        let isEarly = semantic.map { !$0.isEmpty } ?? Self.isEarly(lead, suffix, bytes[..<plus])
        isPrerelease = isEarly

        sortKey = SortKey.of { key in
            key.rank(lead.isEmpty ? 2 : 1)
            for tokens in [lead, numbers] { Self.append(tokens, to: &key) }
            key.rank(isEarly ? 1 : suffix.isEmpty ? 2 : 3)
            key.rank(isEarly && semantic != nil ? 2 : 1)
            Self.append(suffix, to: &key)
            Self.append(Self.tokens(bytes[plus...]), to: &key)
            key.word(bytes)
        }
    }

    /// The newest of some versions: prereleases count only where there is nothing else. Nil where there are none.
    package static func newest(of versions: some Collection<NaturalVersion>) -> NaturalVersion? {
        versions.filter { !$0.isPrerelease }.max() ?? versions.max()
    }

    /// The prerelease identifiers of a version with three numbers; nil for what Semantic Versioning does not know.
    private static func semantic(_ text: String) -> [[UInt8]]? {
        guard let version = SemanticVersion(text) else { return nil }
        let core = text.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        return core.count { $0 == UInt8(ascii: ".") } == 2 ? version.prerelease : nil
    }

    private static func isEarly(_ lead: [Token], _ suffix: [Token], _ text: ArraySlice<UInt8>) -> Bool {
        // As Debian and RPM have it: before the version that stands before the tilde.
        if text.contains(UInt8(ascii: "~")) { return true }
        for case .word(let word) in lead + suffix where early.contains(String(decoding: word, as: UTF8.self)) { return true }
        guard suffix.count > 1, case .word(let word) = suffix[0], case .digits = suffix[1] else { return false }
        return earlyLetters.contains(String(decoding: word, as: UTF8.self))
    }

    // MARK: Tokens

    private enum Token: Equatable {
        /// Digits; empty for zero.
        case digits([UInt8])
        case word([UInt8])

        static func number(_ digits: ArraySlice<UInt8>) -> Token { .digits(Array(digits.drop { $0 == 48 })) }

        var isZero: Bool { self == .digits([]) }
    }

    /// An identifier of Semantic Versioning, whose words are compared with their case.
    private static func identifier(_ bytes: [UInt8]) -> Token {
        bytes.allSatisfy(ASCII.isDigit) ? .number(bytes[...]) : .word(bytes)
    }

    /// Runs of digits and of letters, these in lower case; everything else in ASCII only separates.
    private static func tokens(_ bytes: ArraySlice<UInt8>) -> [Token] {
        func isWord(_ byte: UInt8) -> Bool { ASCII.isLetter(byte) || byte >= 0x80 }
        var tokens: [Token] = []
        var rest = bytes
        while let first = rest.first {
            if ASCII.isDigit(first) {
                let run = rest.prefix(while: ASCII.isDigit)
                tokens.append(.number(run))
                rest = rest[run.endIndex...]
            } else if isWord(first) {
                let run = rest.prefix(while: isWord)
                tokens.append(.word(run.map { ASCII.lowered($0) }))
                rest = rest[run.endIndex...]
            } else {
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    /// A row of tokens: its end comes before any number, and a number before any word.
    private static func append(_ tokens: [Token], to key: inout SortKey) {
        for token in tokens {
            switch token {
            case .digits(let digits):
                key.rank(1)
                key.number(digits)
            case .word(let word):
                key.rank(2)
                key.word(word)
            }
        }
        key.rank(0)
    }
}

extension NaturalVersion: Comparable {
    package static func < (a: NaturalVersion, b: NaturalVersion) -> Bool { a.sortKey.lexicographicallyPrecedes(b.sortKey) }
}
