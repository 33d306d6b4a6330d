/// One build of a snapshot version, as files of it are named: `20261128.120000-2`.
package struct MavenBuild: Hashable, Sendable {
    /// `yyyyMMdd.HHmmss`, in UTC.
    package var stamp: String
    /// Counted by whoever deploys, from 1.
    package var number: Int

    static let mostDigits = 9

    init(stamp: String, number: Int) {
        self.stamp = stamp
        self.number = number
    }

    /// A build that is named by nobody but the time at which it came in.
    init(received: Timestamp) {
        let digits = Self.digits(of: received)
        stamp = "\(digits.prefix(8)).\(digits.dropFirst(8))"
        number = 1
    }

    /// Reads a build at the beginning of a text, and takes it away; nil where none stands there.
    init?(taking text: inout Substring) {
        let bytes = Array(text.utf8.prefix(16 + Self.mostDigits + 1))
        guard bytes.count > 16, bytes[8] == UInt8(ascii: "."), bytes[15] == UInt8(ascii: "-"),
            bytes[..<8].allSatisfy(ASCII.isDigit), bytes[9..<15].allSatisfy(ASCII.isDigit)
        else { return nil }
        func value(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 - 48) } }
        let digits = bytes[16...].prefix { ASCII.isDigit($0) }
        guard !digits.isEmpty, digits.count <= Self.mostDigits,
            Timestamp(
                year: value(0..<4), month: value(4..<6), day: value(6..<8), hour: value(9..<11), minute: value(11..<13),
                second: value(13..<15)) != nil
        else { return nil }
        stamp = String(decoding: bytes[..<15], as: UTF8.self)
        number = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        // Another spelling of the number would be another file of the same build.
        guard digits.first != 48 || digits.count == 1 else { return nil }
        text = Substring(text.utf8.dropFirst(16 + digits.count))
    }

    /// `20261128.120000-2`.
    var text: String { "\(stamp)-\(number)" }

    /// `20261128120000`, as metadata have it.
    var updated: String { "\(stamp.prefix(8))\(stamp.dropFirst(9))" }

    /// In memcmp order the newest comes first.
    var descendingKey: [UInt8] {
        SortKey.descending(
            SortKey.of { key in
                key.append(stamp.utf8)
                key.number(UInt32(truncatingIfNeeded: number))
            })
    }

    /// `yyyyMMddHHmmss`.
    static func digits(of time: Timestamp) -> String {
        String(decoding: time.rfc3339.utf8.filter { ASCII.isDigit($0) }, as: UTF8.self)
    }
}
