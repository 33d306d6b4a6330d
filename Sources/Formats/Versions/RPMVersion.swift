/// The order of RPM versions: rpm's `rpmvercmp`, with `~` (before everything) and `^` (after the end, before anything else).
///
/// A version is read as a row of segments: runs of digits, runs of ASCII letters, `~` and `^`; every other byte only separates.
/// Source: rpm's manual, "Dependencies" and rpm-version(7); checked against rpm 4.18.
package struct RPMVersion: VersionOrder {
    package let sortKey: [UInt8]
    /// With dots between segments of one kind alone, and without zeros in front of numbers and an epoch of 0: `1.0b2-1` for
    /// `0:1_00.b.02-1`.
    package let canonical: String

    /// `[EPOCH:]VERSION[-RELEASE]`. A version without a release comes before all that have one.
    ///
    /// Nil for an epoch that is not a number below 2^32, and for a version or a release without any segment.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        var epoch: UInt32 = 0
        var start = 0
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            guard bytes[..<colon].allSatisfy(ASCII.isDigit), let number = UInt32(String(decoding: bytes[..<colon], as: UTF8.self))
            else { return nil }
            epoch = number
            start = colon + 1
        }
        let dash = bytes[start...].lastIndex(of: UInt8(ascii: "-"))
        let parts = [bytes[start..<(dash ?? bytes.count)]] + (dash.map { [bytes[($0 + 1)...]] } ?? [])
        var key = SortKey()
        key.number(epoch)
        var spelled: [String] = []
        for part in parts {
            let segments = Self.segments(part)
            guard !segments.isEmpty else { return nil }
            key.append(Self.sortKey(Array(part).span))
            spelled.append(segments)
        }
        if dash == nil { key.rank(0) }
        sortKey = key.bytes
        canonical = (epoch == 0 ? "" : "\(epoch):") + spelled.joined(separator: "-")
    }

    /// A version or a release, as `canonical` has it; empty without any segment.
    private static func segments(_ part: ArraySlice<UInt8>) -> String {
        let part = Array(part)
        let span = part.span
        var text: [UInt8] = []
        var i = 0
        var last: Kind?
        while true {
            skipSeparators(span, &i)
            let next = kind(span, i)
            if next == last, next == .letters || next == .digits { text.append(UInt8(ascii: ".")) }
            last = next
            switch next {
            case .end: return String(decoding: text, as: UTF8.self)
            case .tilde, .caret:
                text.append(part[i])
                i += 1
            case .letters: text += part[letters(span, &i)]
            case .digits:
                let run = digits(span, &i)
                text += run.isEmpty ? [UInt8(ascii: "0")] : part[run]
            }
        }
    }

    /// Negative, zero or positive as `a` is older than, as old as, or newer than `b`.
    package static func compare(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        var i = 0, j = 0
        while true {
            skipSeparators(a, &i)
            skipSeparators(b, &j)
            let left = kind(a, i), right = kind(b, j)
            if left != right { return left.rawValue < right.rawValue ? -1 : 1 }
            switch left {
            case .end: return 0
            case .tilde, .caret:
                i += 1
                j += 1
            case .letters, .digits:
                let order =
                    left == .digits
                    ? compareNumbers(a, digits(a, &i), b, digits(b, &j)) : compareBytes(a, letters(a, &i), b, letters(b, &j))
                if order != 0 { return order }
            }
        }
    }

    /// `compare` for texts.
    package static func compare(_ a: String, _ b: String) -> Int {
        compare(Array(a.utf8).span, Array(b.utf8).span)
    }

    /// The key of a version or a release alone, in the order of `compare`.
    package static func sortKey(_ version: Span<UInt8>) -> [UInt8] {
        SortKey.of { key in
            var i = 0
            while true {
                skipSeparators(version, &i)
                let next = kind(version, i)
                key.rank(next)
                switch next {
                case .end: return
                case .tilde, .caret: i += 1
                case .letters: key.word(version.copied(letters(version, &i)))
                case .digits: key.number(version.copied(digits(version, &i)), as: .byteOrEight)
                }
            }
        }
    }

    /// What comes next, in the order in which rpm ranks it.
    private enum Kind: UInt8 { case tilde = 1, end, caret, letters, digits }

    private static func kind(_ version: Span<UInt8>, _ i: Int) -> Kind {
        guard i < version.count else { return .end }
        switch version[i] {
        case UInt8(ascii: "~"): return .tilde
        case UInt8(ascii: "^"): return .caret
        case let byte: return ASCII.isDigit(byte) ? .digits : .letters
        }
    }

    private static func skipSeparators(_ version: Span<UInt8>, _ i: inout Int) {
        while i < version.count, !ASCII.isAlphanumeric(version[i]), version[i] != UInt8(ascii: "~"),
            version[i] != UInt8(ascii: "^")
        {
            i += 1
        }
    }

    /// A number without its leading zeros; may be empty.
    private static func digits(_ version: Span<UInt8>, _ i: inout Int) -> Range<Int> {
        while i < version.count, version[i] == UInt8(ascii: "0") { i += 1 }
        let start = i
        while i < version.count, ASCII.isDigit(version[i]) { i += 1 }
        return start..<i
    }

    private static func letters(_ version: Span<UInt8>, _ i: inout Int) -> Range<Int> {
        let start = i
        while i < version.count, ASCII.isLetter(version[i]) { i += 1 }
        return start..<i
    }

    private static func compareNumbers(_ a: Span<UInt8>, _ x: Range<Int>, _ b: Span<UInt8>, _ y: Range<Int>) -> Int {
        x.count != y.count ? (x.count < y.count ? -1 : 1) : compareBytes(a, x, b, y)
    }

    private static func compareBytes(_ a: Span<UInt8>, _ x: Range<Int>, _ b: Span<UInt8>, _ y: Range<Int>) -> Int {
        for k in 0..<min(x.count, y.count) {
            let left = a[x.lowerBound + k], right = b[y.lowerBound + k]
            if left != right { return left < right ? -1 : 1 }
        }
        return x.count == y.count ? 0 : x.count < y.count ? -1 : 1
    }
}
