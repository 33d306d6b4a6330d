/// A version of a module: semantic versioning with a `v` in front (golang.org/x/mod/semver), of any length of its numbers.
struct GoVersion: VersionOrder, Equatable {
    /// Decimal digits without leading zeros.
    private(set) var major: [UInt8]
    private(set) var minor: [UInt8] = [48]
    private(set) var patch: [UInt8] = [48]
    /// What stands behind the dash; empty for a release.
    private(set) var prerelease: [UInt8] = []
    private(set) var isIncompatible = false
    /// Whether it was written as `canonical` is: with three numbers and without build metadata other than `+incompatible`.
    private(set) var isCanonical = true

    /// Bytes of a version that is taken.
    static let lengthLimit = 128

    init?(_ text: String) { self.init(text.utf8) }

    /// Nil for what go does not take for a version. `v1` and `v1.2` are versions, though not canonical ones.
    init?(_ text: some Collection<UInt8>) {
        let bytes = Array(text)
        guard bytes.count <= Self.lengthLimit, bytes.first == UInt8(ascii: "v") else { return nil }
        var rest = bytes[1...]
        guard let first = Self.number(&rest) else { return nil }
        major = first
        var isShort = false
        for part in [\GoVersion.minor, \.patch] {
            guard !isShort, !rest.isEmpty else {
                isShort = true
                continue
            }
            guard rest.first == UInt8(ascii: ".") else { return nil }
            rest.removeFirst()
            guard let number = Self.number(&rest) else { return nil }
            self[keyPath: part] = number
        }
        // A short version ends behind its numbers.
        if isShort {
            isCanonical = false
            return
        }
        if rest.first == UInt8(ascii: "-") {
            let end = rest.firstIndex(of: UInt8(ascii: "+")) ?? rest.endIndex
            prerelease = Array(rest[(rest.startIndex + 1)..<end])
            guard Self.areIdentifiers(prerelease, zerosMayLead: false) else { return nil }
            rest = rest[end...]
        }
        guard let plus = rest.first else { return }
        let build = Array(rest.dropFirst())
        guard plus == UInt8(ascii: "+"), Self.areIdentifiers(build, zerosMayLead: true) else { return nil }
        isIncompatible = build.elementsEqual("incompatible".utf8)
        isCanonical = isIncompatible
    }

    /// A pseudo-version's own time, in seconds since 1970; nil for other versions, and for a time that no calendar has.
    var commitSeconds: Int64? {
        guard let digits = pseudoTime, digits.count == 14 else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1 - 48) } }
        return Timestamp(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10), minute: number(10..<12),
            second: number(12..<14))?.seconds
    }

    /// As go writes it (module.CanonicalVersion).
    var canonical: String {
        var bytes: [UInt8] = [UInt8(ascii: "v")]
        bytes += major + [UInt8(ascii: ".")] + minor + [UInt8(ascii: ".")] + patch
        if !prerelease.isEmpty { bytes += [UInt8(ascii: "-")] + prerelease }
        if isIncompatible { bytes.append("+incompatible") }
        return String(decoding: bytes, as: UTF8.self)
    }

    var isPrerelease: Bool { !prerelease.isEmpty }

    /// Whether the major version is 0 or 1, those that a path does not name.
    var isFirstMajor: Bool { major == [48] || major == [49] }

    /// The moment that a pseudo-version names as `YYYYMMDDhhmmss`; nil for other versions. The three forms are
    /// `vX.0.0-TIME-REV`, `vX.Y.Z-0.TIME-REV` and `vX.Y.Z-PRE.0.TIME-REV` (golang.org/ref/mod#pseudo-versions).
    var pseudoTime: [UInt8]? {
        guard let dash = prerelease.lastIndex(of: UInt8(ascii: "-")), dash >= 14, dash + 1 < prerelease.count,
            prerelease[(dash + 1)...].allSatisfy(ASCII.isAlphanumeric)
        else { return nil }
        let time = prerelease[(dash - 14)..<dash], before = prerelease[..<(dash - 14)]
        guard time.allSatisfy(ASCII.isDigit) else { return nil }
        let isAfterTag = before.elementsEqual("0.".utf8) || before.suffix(3).elementsEqual(".0.".utf8)
        guard isAfterTag || (before.isEmpty && minor == [48] && patch == [48]) else { return nil }
        return Array(time)
    }

    var sortKey: [UInt8] {
        SortKey.of { key in
            for number in [major, minor, patch] { key.number(number, as: .byte) }
            key.rank(prerelease.isEmpty ? 2 : 1)
            for identifier in prerelease.split(separator: UInt8(ascii: ".")) {
                // Numbers come before words.
                if identifier.allSatisfy(ASCII.isDigit) {
                    key.rank(1)
                    key.number(identifier, as: .byte)
                } else {
                    key.rank(2)
                    key.word(identifier)
                }
            }
            if !prerelease.isEmpty { key.rank(0) }
            key.rank(isIncompatible ? 1 : 0)
        }
    }

    static func precedes(_ a: GoVersion, _ b: GoVersion) -> Bool { a.sortKey.lexicographicallyPrecedes(b.sortKey) }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let digits = rest.prefix(while: ASCII.isDigit)
        guard !digits.isEmpty, digits.count == 1 || digits.first != 48 else { return nil }
        rest = rest.dropFirst(digits.count)
        return Array(digits)
    }

    /// Runs of letters, digits and dashes, with dots between them.
    private static func areIdentifiers(_ bytes: [UInt8], zerosMayLead: Bool) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { identifier in
            guard !identifier.isEmpty, identifier.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else {
                return false
            }
            return zerosMayLead || identifier.count == 1 || identifier.first != 48 || !identifier.allSatisfy(ASCII.isDigit)
        }
    }
}
