/// A Python version (PEP 440; the packaging specification "Version specifiers", appendix B, as `packaging` 26 reads it).
///
/// Every spelling that installers accept is read (`v1.0`, `1.0-ALPHA_1`, `1.0-1`), surrounding blanks included. Two versions that
/// are equal for installers have the same `canonical` form and the same `sortKey`; `normal` keeps the zeros people wrote.
public struct PEP440: Sendable, Equatable {
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

    /// Longest text that is read at all, in bytes; no published version comes near it, and a number's length then fits one byte.
    static let longest = 200

    /// Nil when the text is no version.
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ text: ArraySlice<UInt8>) {
        var scanner = PEP440Scanner(text)
        scanner.skipBlanks()
        guard text.count <= Self.longest, scanner.readPublic(into: &self) else { return nil }
        if scanner.take(UInt8(ascii: "+")), !scanner.readLocal(into: &self) { return nil }
        scanner.skipBlanks()
        guard scanner.isAtEnd else { return nil }
    }

    init() {}

    /// The form that `str(Version)` gives: `1!2.0rc1.post2.dev3+ubuntu.1`. ASCII: digits, lower-case letters, `.`, `!`, `+`.
    public var normal: String { spelled(release) }

    /// As `normal`, without zeros at the release's end: equal exactly for versions that installers hold equal.
    public var canonical: String { spelled(significantRelease) }

    /// The version without its local part, in normal form.
    public var publicPart: String {
        var version = self
        version.local = []
        return version.normal
    }

    public var isPreRelease: Bool { pre != nil || development != nil }

    /// Bytes whose memcmp order is the order of versions. No key is the beginning of another one.
    ///
    /// A number is its digit count and its digits. A missing part is a byte below or above those of a present one, as the
    /// specification's order wants: `1.dev1 < 1a1.dev1 < 1a1 < 1 < 1+local < 1.post1`.
    public var sortKey: [UInt8] {
        var key: [UInt8] = []
        Self.append(epoch, to: &key)
        for number in significantRelease { Self.append(number, to: &key) }
        key.append(0)
        if let pre {
            key.append(pre.phase.rawValue)
            Self.append(pre.number, to: &key)
        } else {
            // A development release of a final release comes before that release's alphas.
            key.append(post == nil && development != nil ? 0 : 4)
        }
        if let post {
            key.append(1)
            Self.append(post, to: &key)
        } else {
            key.append(0)
        }
        if let development {
            key.append(1)
            Self.append(development, to: &key)
        } else {
            key.append(2)
        }
        for segment in local {
            switch segment {
            case .text(let text):
                key.append(1)
                key += text
                key.append(0)
            case .number(let number):
                key.append(2)
                Self.append(number, to: &key)
            }
        }
        key.append(0)
        return key
    }

    /// Digit counts are 1…`longest`, thus never the terminator 0.
    private static func append(_ number: Number, to key: inout [UInt8]) {
        key.append(UInt8(truncatingIfNeeded: number.count))
        key += number
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

/// Reads the parts of a version one after the other; each read takes what the specification's regular expression would.
struct PEP440Scanner {
    private let text: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    var isAtEnd: Bool { position >= text.endIndex }
    private var next: UInt8? { isAtEnd ? nil : text[position] }

    mutating func skipBlanks() {
        while let byte = next, byte == 32 || (9...13).contains(byte) { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Takes a word in any case.
    mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length <= text.endIndex - position else { return false }
        for i in 0..<length where ASCII.lowered(text[position + i]) != word.utf8Start[i] { return false }
        position += length
        return true
    }

    mutating func number() -> PEP440.Number? {
        let start = position
        while let byte = next, ASCII.isDigit(byte) { position += 1 }
        guard position > start else { return nil }
        let digits = text[start..<position].drop { $0 == 48 }
        return digits.isEmpty ? [48] : Array(digits)
    }

    /// Everything before the local part. False when this is no version.
    mutating func readPublic(into version: inout PEP440) -> Bool {
        guard readRelease(into: &version) else { return false }
        readSuffixes(into: &version)
        return true
    }

    /// `v1!2.3`: also what may stand before `.*` in a specifier.
    mutating func readRelease(into version: inout PEP440) -> Bool {
        _ = take("v")
        guard var first = number() else { return false }
        if take(UInt8(ascii: "!")) {
            version.epoch = first
            guard let afterEpoch = number() else { return false }
            first = afterEpoch
        }
        version.release = [first]
        while true {
            let mark = position
            guard take(UInt8(ascii: ".")), let more = number() else {
                position = mark
                return true
            }
            version.release.append(more)
        }
    }

    /// Pre-, post- and development release, each if it is there.
    mutating func readSuffixes(into version: inout PEP440) {
        if let phase = labelled({ $0.phase() }) {
            version.pre = PEP440.PreRelease(phase: phase.label, number: phase.number)
        }
        version.post = implicitPost() ?? labelled({ $0.take("post") || $0.take("rev") || $0.take("r") ? true : nil })?.number
        version.development = labelled({ $0.take("dev") ? true : nil })?.number
    }

    /// `+ubuntu.1`, the plus already taken. False when nothing fit to follow it.
    mutating func readLocal(into version: inout PEP440) -> Bool {
        repeat {
            let start = position
            while let byte = next, ASCII.isAlphanumeric(byte) { position += 1 }
            guard position > start else { return false }
            let bytes = text[start..<position]
            if bytes.allSatisfy(ASCII.isDigit) {
                let digits = bytes.drop { $0 == 48 }
                version.local.append(.number(digits.isEmpty ? [48] : Array(digits)))
            } else {
                version.local.append(.text(bytes.map { ASCII.lowered($0) }))
            }
        } while takeSeparator()
        return true
    }

    private mutating func takeSeparator() -> Bool {
        take(UInt8(ascii: ".")) || take(UInt8(ascii: "-")) || take(UInt8(ascii: "_"))
    }

    /// A label with an optional separator before and after it, and a number that may be missing (zero).
    private mutating func labelled<Label>(_ label: (inout Self) -> Label?) -> (label: Label, number: PEP440.Number)? {
        let mark = position
        _ = takeSeparator()
        guard let found = label(&self) else {
            position = mark
            return nil
        }
        _ = takeSeparator()
        return (found, number() ?? [48])
    }

    private mutating func phase() -> PEP440.Phase? {
        if take("alpha") || take("a") { return .alpha }
        if take("beta") || take("b") { return .beta }
        if take("preview") || take("pre") || take("rc") || take("c") { return .candidate }
        return nil
    }

    /// `1.0-1`, an old spelling of `1.0.post1`.
    private mutating func implicitPost() -> PEP440.Number? {
        let mark = position
        guard take(UInt8(ascii: "-")), let found = number() else {
            position = mark
            return nil
        }
        return found
    }
}
