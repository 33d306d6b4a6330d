/// A requirement on a dependency's version, as cargo reads it (the crate `semver` 1.0: `VersionReq`).
///
/// Cargo passes over a line of the index whose requirement it cannot read: the release would not be there.
enum CargoRequirement {
    struct Fault: Error, Equatable {
        /// As a clause: "it is empty".
        var what: String
    }

    /// Cargo's own bound.
    private static let mostComparators = 32

    /// The one spelling that cargo sends when it publishes: `1.2` is `^1.2`, `>= 1, < 2` is `>=1, <2`; nothing at all would be `*`.
    static func canonical(_ text: String) throws(Fault) -> String {
        guard text.utf8.count <= 4_096 else { throw Fault(what: "it has more than 4096 bytes") }
        var reader = Reader(rest: Array(text.utf8)[...])
        reader.skipBlanks()
        if reader.rest.isEmpty { throw Fault(what: "it is empty") }
        var comparators: [String] = []
        while true {
            if reader.takeWildcard() {
                reader.skipBlanks()
                guard reader.rest.isEmpty, comparators.isEmpty else {
                    throw Fault(what: "a '*' stands beside something else")
                }
                return "*"
            }
            comparators.append(try reader.comparator())
            if reader.rest.isEmpty { return comparators.joined(separator: ", ") }
            guard reader.take(UInt8(ascii: ",")) else { throw Fault(what: "there is no comma before '\(reader.shown)'") }
            reader.skipBlanks()
            guard comparators.count < mostComparators else { throw Fault(what: "it has more than \(mostComparators) parts") }
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        var shown: String { String(decoding: rest.prefix(16), as: UTF8.self) }

        mutating func take(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipBlanks() { rest = rest.drop { $0 == 32 } }

        mutating func takeWildcard() -> Bool {
            take(UInt8(ascii: "*")) || take(UInt8(ascii: "x")) || take(UInt8(ascii: "X"))
        }

        /// One part, and the blanks behind it.
        mutating func comparator() throws(Fault) -> String {
            let given = sign()
            skipBlanks()
            var numbers = [try number()]
            var isWild = false
            while numbers.count < 3, take(UInt8(ascii: ".")) {
                if takeWildcard() {
                    isWild = true
                    if numbers.count == 1, take(UInt8(ascii: ".")) {
                        guard takeWildcard() else { throw Fault(what: "a number stands behind a '*'") }
                    }
                    break
                }
                numbers.append(try number())
            }
            var text = (given ?? (isWild ? "" : "^")) + numbers.joined(separator: ".")
            if isWild, given == nil { text += ".*" }
            if numbers.count == 3, take(UInt8(ascii: "-")) { text += "-" + (try identifiers(isPrerelease: true)) }
            // Of no meaning in a requirement, and left out by cargo.
            if numbers.count == 3, take(UInt8(ascii: "+")) { _ = try identifiers(isPrerelease: false) }
            skipBlanks()
            return text
        }

        private mutating func sign() -> String? {
            if take(UInt8(ascii: "=")) { return "=" }
            if take(UInt8(ascii: "~")) { return "~" }
            if take(UInt8(ascii: "^")) { return "^" }
            if take(UInt8(ascii: ">")) { return take(UInt8(ascii: "=")) ? ">=" : ">" }
            if take(UInt8(ascii: "<")) { return take(UInt8(ascii: "=")) ? "<=" : "<" }
            return nil
        }

        private mutating func number() throws(Fault) -> String {
            let digits = rest.prefix { ASCII.isDigit($0) }
            guard !digits.isEmpty else {
                throw Fault(what: rest.isEmpty ? "it ends where a number belongs" : "'\(shown)' stands where a number belongs")
            }
            let text = String(decoding: digits, as: UTF8.self)
            guard digits.count == 1 || digits.first != UInt8(ascii: "0") else {
                throw Fault(what: "the number \(text.prefix(20)) begins with a zero")
            }
            guard UInt64(text) != nil else { throw Fault(what: "a number is larger than 18446744073709551615") }
            rest = rest.dropFirst(digits.count)
            return text
        }

        private mutating func identifiers(isPrerelease: Bool) throws(Fault) -> String {
            let word = rest.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            for part in word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
                guard !part.isEmpty else { throw Fault(what: "a part behind the numbers is empty") }
                if isPrerelease, part.count > 1, part.first == UInt8(ascii: "0"), part.allSatisfy(ASCII.isDigit) {
                    throw Fault(what: "a number in the prerelease begins with a zero")
                }
            }
            rest = rest.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self)
        }
    }
}
