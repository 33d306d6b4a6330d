/// A Python version (PEP 440; the packaging specification "Version specifiers", appendix B, as `packaging` 26 reads it).
///
/// Every spelling that installers accept is read (`v1.0`, `1.0-ALPHA_1`, `1.0-1`), surrounding blanks included. Two versions that
/// are equal for installers have the same `canonical` form and the same `sortKey`; `normal` keeps the zeros people wrote.
package struct PEP440: VersionOrder, Equatable {
    /// What precedes the final release. Raw values are in rising order.
    enum Phase: UInt8, Sendable {
        case alpha = 1, beta, candidate
        var letters: StaticString {
            switch self {
            case .alpha: "a"
            case .beta: "b"
            case .candidate: "rc"
            }
        }
    }

    /// A number of any length: its decimal digits without leading zeros (`0` for zero).
    typealias Number = [UInt8]

    struct PreRelease: Sendable, Equatable {
        var phase: Phase
        var number: Number
    }

    enum LocalSegment: Sendable, Equatable {
        case text([UInt8])
        case number(Number)
    }

    var epoch: Number = [48]
    /// At least one number; zeros at the end are kept.
    var release: [Number] = []
    var pre: PreRelease?
    var post: Number?
    var development: Number?
    var local: [LocalSegment] = []

    /// Longest text that is read at all, in bytes, and longest normal form, so that this can be read again; no published version
    /// comes near it, and a number's length then fits one byte.
    static let longest = 200

    /// Nil when the text is not a version.
    package init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ text: ArraySlice<UInt8>) {
        var scanner = PEP440Scanner(text)
        scanner.skipBlanks()
        guard text.count <= Self.longest, scanner.readPublic(into: &self) else { return nil }
        if scanner.take(UInt8(ascii: "+")), !scanner.readLocal(into: &self) { return nil }
        scanner.skipBlanks()
        guard scanner.isAtEnd else { return nil }
        // Spelled out, `1c-1` is `1rc0.post1`: nothing else grows, and this by far less than it takes to be looked at here.
        if text.count > Self.longest / 2, normal.utf8.count > Self.longest { return nil }
    }

    init() {}

    /// The form that `str(Version)` gives: `1!2.0rc1.post2.dev3+ubuntu.1`. ASCII: digits, lower-case letters, `.`, `!`, `+`.
    package var normal: String { spelled(release) }

    /// As `normal`, without zeros at the release's end: equal exactly for versions that installers hold equal.
    package var canonical: String { spelled(significantRelease) }

    /// The version without its local part, in normal form.
    package var publicPart: String {
        var version = self
        version.local = []
        return version.normal
    }

    package var isPrerelease: Bool { pre != nil || development != nil }

    /// A number has at least one digit, so that no other part begins as one does. A missing part is a byte below or above those of a
    /// present one, as the specification's order wants: `1.dev1 < 1a1.dev1 < 1a1 < 1 < 1+local < 1.post1`.
    package var sortKey: [UInt8] {
        SortKey.of { key in
            key.number(epoch, as: .byte)
            for number in significantRelease { key.number(number, as: .byte) }
            key.rank(0)
            if let pre {
                key.rank(pre.phase)
                key.number(pre.number, as: .byte)
            } else {
                // A development release of a final release comes before that release's alphas.
                key.rank(post == nil && development != nil ? 0 : 4)
            }
            key.rank(post == nil ? 0 : 1)
            if let post { key.number(post, as: .byte) }
            key.rank(development == nil ? 2 : 1)
            if let development { key.number(development, as: .byte) }
            for segment in local {
                switch segment {
                case .text(let text):
                    key.rank(1)
                    key.word(text)
                case .number(let number):
                    key.rank(2)
                    key.number(number, as: .byte)
                }
            }
            key.rank(0)
        }
    }

    private var significantRelease: [Number] {
        var numbers = release
        while numbers.count > 1, numbers.last == [48] { numbers.removeLast() }
        return numbers
    }

    private func spelled(_ release: [Number]) -> String {
        var text: [UInt8] = []
        if epoch != [48] { text += epoch + [UInt8(ascii: "!")] }
        text += release.joined(separator: [UInt8(ascii: ".")])
        if let pre {
            text.append(pre.phase.letters)
            text += pre.number
        }
        if let post {
            text.append(".post" as StaticString)
            text += post
        }
        if let development {
            text.append(".dev" as StaticString)
            text += development
        }
        for (index, segment) in local.enumerated() {
            text.append(UInt8(ascii: index == 0 ? "+" : "."))
            switch segment {
            case .text(let bytes), .number(let bytes): text += bytes
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
