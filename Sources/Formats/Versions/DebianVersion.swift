/// A Debian version, `[epoch:]upstream[-revision]`, in the order that dpkg and apt agree on.
///
/// Syntax: Debian Policy 5.6.12 with dpkg's own refusals (1.21 and later): the upstream part begins with a digit, the epoch is at
/// most 2 147 483 647, and neither part may be empty once its separator is written. Order: deb-version(7). Numbers of any length
/// compare exactly; nothing is converted to an integer but the epoch.
package struct DebianVersion: VersionOrder, Hashable {
    /// The epoch without leading zeros; 0 when none is written.
    package let epoch: Int
    /// Between the first colon (if any) and the last hyphen (if any).
    package let upstream: [UInt8]
    /// After the last hyphen; empty when there is none. Compares like `0`.
    package let revision: [UInt8]

    /// Parses a version without surrounding white space. Refuses with `.malformed`.
    package init(_ text: [UInt8]) throws(Refusal) {
        func fault(_ what: String) -> Refusal {
            Refusal(.malformed, what, at: "field Version", remedy: "give the package a version as Debian Policy 5.6.12 describes")
        }
        var start = 0
        var epoch = 0
        if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            guard colon > 0 else { throw fault("the epoch of the version is empty") }
            for byte in text[..<colon] {
                guard ASCII.isDigit(byte) else { throw fault("the epoch of the version is not a number") }
                epoch = epoch * 10 + Int(byte & 15)
                guard epoch <= 2_147_483_647 else { throw fault("the epoch of the version is too large") }
            }
            start = colon + 1
        }
        var end = text.count
        if let hyphen = text[start...].lastIndex(of: UInt8(ascii: "-")) {
            guard hyphen + 1 < end else { throw fault("the revision of the version is empty") }
            revision = Array(text[(hyphen + 1)...])
            end = hyphen
        } else {
            revision = []
        }
        guard start < end else { throw fault("the version is empty") }
        guard ASCII.isDigit(text[start]) else { throw fault("the version does not begin with a digit") }
        upstream = Array(text[start..<end])
        self.epoch = epoch
        for byte in upstream {
            guard ASCII.isAlphanumeric(byte) || ".+~-:".utf8.contains(byte) else {
                throw fault("the version has a character that versions do not have")
            }
        }
        for byte in revision {
            guard ASCII.isAlphanumeric(byte) || ".+~".utf8.contains(byte) else {
                throw fault("the revision of the version has a character that revisions do not have")
            }
        }
    }

    package init?(_ text: String) {
        guard let version = try? DebianVersion(Array(text.utf8)) else { return nil }
        self = version
    }

    /// As file names carry it: everything but the epoch.
    package var withoutEpoch: [UInt8] {
        revision.isEmpty ? upstream : upstream + [UInt8(ascii: "-")] + revision
    }

    /// One spelling for all versions that compare equal: `0:1.00-0` and `1.0` are both `1.0`.
    ///
    /// Itself a valid version that compares equal to this one. apt would list two equal versions with different content as two
    /// candidates and choose by accident, so packages are told apart by this form.
    package var canonical: String {
        let upstream = Self.normalised(upstream)
        let revision = Self.normalised(revision)
        var text: [UInt8] = []
        // An epoch or revision of 0 says nothing, unless what is left would be split in another place.
        if epoch != 0 || upstream.contains(UInt8(ascii: ":")) {
            text.append(decimal: epoch)
            text.append(UInt8(ascii: ":"))
        }
        text += upstream
        if revision != [UInt8(ascii: "0")] && !revision.isEmpty {
            text.append(UInt8(ascii: "-"))
            text += revision
        } else if upstream.contains(UInt8(ascii: "-")) {
            text.append("-0")
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Per part: the alternating runs, a non-digit run closed by 2, and a number. `~` is 1, below the end of a run; letters keep their
    /// code; all else moves above the letters.
    package var sortKey: [UInt8] {
        SortKey.of { key in
            Self.append(number: Array(String(epoch).utf8)[...], to: &key)
            Self.append(upstream, to: &key)
            Self.append(revision, to: &key)
        }
    }

    private static func append(_ part: [UInt8], to key: inout SortKey) {
        var i = 0
        repeat {
            while i < part.count, !ASCII.isDigit(part[i]) {
                key.rank(part[i] == UInt8(ascii: "~") ? 1 : ASCII.isLetter(part[i]) ? part[i] : part[i] | 0x80)
                i += 1
            }
            key.rank(2)
            let start = i
            while i < part.count, ASCII.isDigit(part[i]) { i += 1 }
            append(number: part[start..<i], to: &key)
        } while i < part.count
        key.rank(2)
    }

    private static func append(number digits: ArraySlice<UInt8>, to key: inout SortKey) {
        key.number(digits.drop { $0 == UInt8(ascii: "0") }, as: .stepsOf240)
    }

    /// A part without the zeros that do not matter.
    private static func normalised(_ part: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        var i = 0
        while i < part.count {
            if !ASCII.isDigit(part[i]) {
                text.append(part[i])
                i += 1
                continue
            }
            let start = i
            while i < part.count, ASCII.isDigit(part[i]) { i += 1 }
            let digits = part[start..<i].drop { $0 == UInt8(ascii: "0") }
            if !digits.isEmpty {
                text += digits
            } else if i < part.count || start == 0 || part[start - 1] == UInt8(ascii: ".") {
                text.append(UInt8(ascii: "0"))
            }
            // A zero at the end of a part, after anything but a dot, equals nothing at all and is dropped: `1a0` is `1a`.
        }
        if text.last == UInt8(ascii: ".") { text.append(UInt8(ascii: "0")) }
        return text
    }
}

extension DebianVersion: Comparable {
    /// Order, not spelling: `1.0` and `1.0-0` are equal. (`Hashable` follows through `sortKey`.)
    package static func == (a: DebianVersion, b: DebianVersion) -> Bool { a.compared(to: b) == 0 }

    package static func < (a: DebianVersion, b: DebianVersion) -> Bool { a.compared(to: b) < 0 }

    package func hash(into hasher: inout Hasher) { hasher.combine(sortKey) }

    /// Negative, zero or positive, like dpkg's own comparison.
    package func compared(to other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let order = Self.compare(upstream, other.upstream)
        return order != 0 ? order : Self.compare(revision, other.revision)
    }

    private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var i = 0, j = 0
        while i < a.count || j < b.count {
            while (i < a.count && !ASCII.isDigit(a[i])) || (j < b.count && !ASCII.isDigit(b[j])) {
                let x = weight(a, i), y = weight(b, j)
                if x != y { return x - y }
                i += 1
                j += 1
            }
            while i < a.count, a[i] == UInt8(ascii: "0") { i += 1 }
            while j < b.count, b[j] == UInt8(ascii: "0") { j += 1 }
            var difference = 0
            while i < a.count, j < b.count, ASCII.isDigit(a[i]), ASCII.isDigit(b[j]) {
                if difference == 0 { difference = Int(a[i]) - Int(b[j]) }
                i += 1
                j += 1
            }
            if i < a.count, ASCII.isDigit(a[i]) { return 1 }
            if j < b.count, ASCII.isDigit(b[j]) { return -1 }
            if difference != 0 { return difference }
        }
        return 0
    }

    /// A character's rank inside a non-digit run; the end of the run (a digit or the end of the text) is 0.
    private static func weight(_ part: [UInt8], _ i: Int) -> Int {
        guard i < part.count, !ASCII.isDigit(part[i]) else { return 0 }
        if part[i] == UInt8(ascii: "~") { return -1 }
        return ASCII.isLetter(part[i]) ? Int(part[i]) : Int(part[i]) + 256
    }
}
