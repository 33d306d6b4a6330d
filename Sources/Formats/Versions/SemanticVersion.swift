/// A version by Semantic Versioning 2.0.0, read as leniently as helm reads it (Masterminds/semver `NewVersion`): a `v` in front,
/// a missing minor or patch number and leading zeros in the three numbers are allowed.
package struct SemanticVersion: VersionOrder, Equatable {
    package var major: UInt64
    package var minor: UInt64
    package var patch: UInt64
    /// The dot-separated identifiers after `-`; empty for a release.
    package var prerelease: [[UInt8]]
    /// What follows `+`, without order of its own; nil where there is no `+`.
    package var build: [UInt8]?
    /// As it was written.
    package var text: String

    /// Bytes of a version that is accepted; far beyond any that is published.
    package static let lengthLimit = 200

    /// Nil for what is not a version: other characters, empty identifiers, a numeric prerelease identifier with leading zeros, a number
    /// above 2^64 - 1, more than `lengthLimit` bytes.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.lengthLimit else { return nil }
        self.text = text
        var position = bytes.first == UInt8(ascii: "v") ? 1 : 0
        var numbers: [UInt64] = []
        repeat {
            if !numbers.isEmpty { position += 1 }
            let start = position
            var number: UInt64 = 0
            while position < bytes.count, ASCII.isDigit(bytes[position]) {
                let (product, overflow) = number.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] - 48))
                if overflow || carry { return nil }
                number = sum
                position += 1
            }
            guard position > start else { return nil }
            numbers.append(number)
        } while numbers.count < 3 && position < bytes.count && bytes[position] == UInt8(ascii: ".")
        major = numbers[0]
        minor = numbers.count > 1 ? numbers[1] : 0
        patch = numbers.count > 2 ? numbers[2] : 0
        var rest = bytes[position...]
        prerelease = []
        build = nil
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            let suffix = rest[(plus + 1)...]
            guard Self.identifiers(suffix) != nil else { return nil }
            build = Array(suffix)
            rest = rest[..<plus]
        }
        if rest.first == UInt8(ascii: "-") {
            guard let identifiers = Self.identifiers(rest.dropFirst()) else { return nil }
            for identifier in identifiers where identifier.count > 1 && identifier[0] == 48 && Self.isNumeric(identifier) {
                return nil
            }
            prerelease = identifiers
        } else if !rest.isEmpty {
            return nil
        }
    }

    /// The order of precedence, ascending; versions of equal precedence (they differ in build or spelling) follow their text.
    package var sortKey: [UInt8] {
        SortKey.of { key in
            for number in [major, minor, patch] { key.number(number) }
            key.rank(prerelease.isEmpty ? 2 : 1)
            for identifier in prerelease {
                // Numbers come before words.
                if Self.isNumeric(identifier) {
                    key.rank(1)
                    key.number(identifier)
                } else {
                    key.rank(2)
                    key.word(identifier)
                }
            }
            if !prerelease.isEmpty { key.rank(0) }
            key.word(text)
        }
    }

    /// The text, which decides at last.
    package var canonical: String { text }

    package var isPrerelease: Bool { !prerelease.isEmpty }

    /// One form for all spellings of a version, lower case: `v1.2` and `1.2.0` are `1.2.0`. Build metadata is kept.
    package var identity: String {
        var bytes = Array("\(major).\(minor).\(patch)".utf8)
        for (position, identifier) in prerelease.enumerated() {
            bytes.append(position == 0 ? UInt8(ascii: "-") : UInt8(ascii: "."))
            bytes += identifier.map { ASCII.lowered($0) }
        }
        if let build {
            bytes.append(UInt8(ascii: "+"))
            bytes += build.map { ASCII.lowered($0) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isNumeric(_ identifier: [UInt8]) -> Bool { identifier.allSatisfy { ASCII.isDigit($0) } }

    /// Non-empty runs of letters, digits and hyphens, separated by dots.
    private static func identifiers(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var identifiers: [[UInt8]] = [[]]
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                identifiers.append([])
            } else if ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") {
                identifiers[identifiers.count - 1].append(byte)
            } else {
                return nil
            }
        }
        return identifiers.contains([]) ? nil : identifiers
    }
}
