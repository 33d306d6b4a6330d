/// The order of RPM versions: rpm's `rpmvercmp`, with `~` (before everything) and `^` (after the end, before anything else).
///
/// A version is read as a row of segments: runs of digits, runs of ASCII letters, `~` and `^`; every other byte only separates.
/// Source: rpm's manual, "Dependencies" and rpm-version(7); checked against rpm 4.18.
package enum RPMVersion {
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

    /// Bytes whose order (memcmp) is the order of versions; equal for versions that compare equal. No key is the beginning of
    /// another, so keys can be put one after the other.
    package static func sortKey(_ version: Span<UInt8>) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(version.count + 8)
        var i = 0
        while true {
            skipSeparators(version, &i)
            let next = kind(version, i)
            key.append(next.rawValue)
            switch next {
            case .end: return key
            case .tilde, .caret: i += 1
            case .letters:
                let run = letters(version, &i)
                key.append(version.extracting(run))
                key.append(0)
            case .digits:
                let run = digits(version, &i)
                // Longer numbers are greater. One byte holds the length of every number that people write.
                if run.count < 255 {
                    key.append(UInt8(run.count))
                } else {
                    key.append(255)
                    for shift in stride(from: 56, through: 0, by: -8) {
                        key.append(UInt8(truncatingIfNeeded: run.count >> shift))
                    }
                }
                key.append(version.extracting(run))
            }
        }
    }

    /// The key of `[epoch:]version-release`, the form that records carry.
    package static func sortKey(epochVersionRelease text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var epoch: UInt32 = 0
        var start = 0
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let number = UInt32(String(decoding: bytes[..<colon], as: UTF8.self))
        {
            epoch = number
            start = colon + 1
        }
        let dash = bytes[start...].lastIndex(of: UInt8(ascii: "-"))
        var key: [UInt8] = []
        for shift in stride(from: 24, through: 0, by: -8) { key.append(UInt8(truncatingIfNeeded: epoch >> shift)) }
        key += sortKey(bytes.span.extracting(start..<(dash ?? bytes.count)))
        if let dash { key += sortKey(bytes.span.extracting((dash + 1)..<bytes.count)) }
        return key
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
