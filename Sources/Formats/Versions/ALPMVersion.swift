/// Versions of pacman's packages, `[EPOCH:]VERSION-RELEASE`, and their order: libalpm's, a form of rpm's from before `~` and `^`.
///
/// A version is a row of segments, runs of digits or of ASCII letters, with other characters between. A longer run of those makes
/// what follows newer, whatever it is; behind runs of one length, digits are newer than letters. `1.0` is older than `1.0.x`, and
/// newer than `1.0x`. Source: pacman's manual, vercmp(8); checked against vercmp 6.0.2. libalpm's own comparison is not an order
/// where a version ends in a separator (`1.` is above `1..a` and below `1.1`, which is below `1..a`): there `1.` stands between
/// `1.a` and `1.1`.
package struct ALPMVersion: Equatable, Sendable {
    /// Bytes whose order (memcmp) is the order of versions; equal for versions that compare equal. No key is the beginning of
    /// another.
    package let sortKey: [UInt8]

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
        var key: [UInt8] = []
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            start = colon + 1
            Self.append(bytes[..<colon], to: &key)
        } else {
            Self.append([UInt8(ascii: "0")], to: &key)
        }
        let dash = bytes.lastIndex(of: UInt8(ascii: "-")) ?? bytes.count
        Self.append(bytes[start..<dash], to: &key)
        Self.append(bytes[(dash + 1)...], to: &key)
        sortKey = key
    }

    /// The same in the opposite order.
    package var descendingKey: [UInt8] { sortKey.map { ~$0 } }

    /// What stands behind a segment, in the order of newness. Separators are counted up to one; more have their number behind the
    /// byte.
    private enum Step: UInt8 {
        case letters = 1
        case end, digits, separatedLetters, separatorsAndEnd, separatedDigits, widelySeparated
    }

    private static func append(_ text: ArraySlice<UInt8>, to key: inout [UInt8]) {
        var rest = text
        while true {
            let separators = rest.prefix { !ASCII.isAlphanumeric($0) }.count
            rest = rest.dropFirst(separators)
            guard let first = rest.first else {
                key.append((separators == 0 ? Step.end : .separatorsAndEnd).rawValue)
                return
            }
            let isNumber = ASCII.isDigit(first)
            switch separators {
            case 0: key.append((isNumber ? Step.digits : .letters).rawValue)
            case 1: key.append((isNumber ? Step.separatedDigits : .separatedLetters).rawValue)
            default: key += [Step.widelySeparated.rawValue, UInt8(separators), isNumber ? 1 : 0]
            }
            let run = rest.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
            rest = rest.dropFirst(run.count)
            if isNumber {
                key.append(sortable: run.drop { $0 == UInt8(ascii: "0") })
            } else {
                key += run
                key.append(0)
            }
        }
    }
}
