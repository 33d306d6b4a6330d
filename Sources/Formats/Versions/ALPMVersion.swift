/// Versions of pacman's packages, `[EPOCH:]VERSION-RELEASE`, and their order: libalpm's, a form of rpm's from before `~` and `^`.
///
/// A version is a row of segments, runs of digits or of ASCII letters, with other characters between. A longer run of those makes
/// what follows newer, whatever it is; behind runs of one length, digits are newer than letters. `1.0` is older than `1.0.x`, and
/// newer than `1.0x`. Source: pacman's manual, vercmp(8); checked against vercmp 6.0.2. libalpm's own comparison is not an order
/// where a version ends in a separator (`1.` is above `1..a` and below `1.1`, which is below `1..a`): there `1.` stands between
/// `1.a` and `1.1`.
package struct ALPMVersion: VersionOrder, Equatable {
    package let sortKey: [UInt8]
    /// With dots between segments and without zeros in front of numbers and an epoch of 0: `1.0-1` for `0:1_00-01`.
    package let canonical: String

    /// Bytes of a version.
    package static let lengthLimit = 200

    /// What is wrong with a version, as a clause; nil: nothing.
    package static func fault(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count <= lengthLimit else { return "has more than \(lengthLimit) bytes" }
        var rest = bytes[...]
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            guard colon > 0, rest[..<colon].allSatisfy(ASCII.isDigit) else { return "has an epoch that is not a number" }
            rest = rest[(colon + 1)...]
        }
        guard let dash = rest.lastIndex(of: UInt8(ascii: "-")) else { return "has no release behind a '-'" }
        let version = rest[..<dash], release = rest[(dash + 1)...]
        if let byte = version.first(where: { !ASCII.isAlphanumeric($0) && !"._+~^".utf8.contains($0) }) {
            return ASCII.isControl(byte) || byte >= 0x80
                ? "holds a character that a version cannot have" : "holds '\(UnicodeScalar(byte))'"
        }
        guard version.contains(where: ASCII.isAlphanumeric) else { return "has neither digits nor letters" }
        let parts = release.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(ASCII.isDigit) }) else {
            return "has a release that is not a number such as 1 or 1.1"
        }
        return nil
    }

    /// Nil for what `fault` names.
    package init?(_ text: String) {
        guard Self.fault(in: text) == nil else { return nil }
        let bytes = Array(text.utf8)
        var start = 0
        var writer = Writer()
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            start = colon + 1
            writer.add(bytes[..<colon])
        } else {
            writer.add([UInt8(ascii: "0")])
        }
        // An epoch of 0 says nothing.
        writer.text = writer.text == [UInt8(ascii: "0")] ? [] : writer.text + [UInt8(ascii: ":")]
        let dash = bytes.lastIndex(of: UInt8(ascii: "-")) ?? bytes.count
        writer.add(bytes[start..<dash])
        writer.text.append(UInt8(ascii: "-"))
        writer.add(bytes[(dash + 1)...])
        sortKey = writer.key.bytes
        canonical = String(decoding: writer.text, as: UTF8.self)
    }

    /// What stands behind a segment, in the order of newness. Separators are counted up to one; more have their number behind the
    /// byte.
    private enum Step: UInt8 {
        case letters = 1
        case end, digits, separatedLetters, separatorsAndEnd, separatedDigits, widelySeparated
    }

    /// Writes the key and the canonical form.
    private struct Writer {
        var key = SortKey()
        var text: [UInt8] = []

        /// Epoch, version or release.
        mutating func add(_ part: ArraySlice<UInt8>) {
            var rest = part
            while true {
                let separators = rest.prefix { !ASCII.isAlphanumeric($0) }.count
                rest = rest.dropFirst(separators)
                guard let first = rest.first else {
                    key.rank(separators == 0 ? Step.end : .separatorsAndEnd)
                    if separators > 0 { text.append(UInt8(ascii: ".")) }
                    return
                }
                text.append(contentsOf: repeatElement(UInt8(ascii: "."), count: separators))
                let isNumber = ASCII.isDigit(first)
                switch separators {
                case 0: key.rank(isNumber ? Step.digits : .letters)
                case 1: key.rank(isNumber ? Step.separatedDigits : .separatedLetters)
                default:
                    key.rank(Step.widelySeparated)
                    key.rank(UInt8(separators))
                    key.rank(isNumber ? 1 : 0)
                }
                let run = rest.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
                rest = rest.dropFirst(run.count)
                if isNumber {
                    let digits = run.drop { $0 == UInt8(ascii: "0") }
                    key.number(digits)
                    text += digits.isEmpty ? [UInt8(ascii: "0")] : digits
                } else {
                    key.word(run)
                    text += run
                }
            }
        }
    }
}
