import Foundation
import Testing

@testable import Formats

@Suite struct RPMVersionTests {
    /// Each list ascends strictly.
    @Test(arguments: [
        [
            "1.0~~", "1.0~a", "1.0~rc1~git1", "1.0~rc1", "1.0~rc1^git1", "1.0~1", "1.0", "1.0^~a", "1.0^", "1.0^git1",
            "1.0^git1.2", "1.0a", "1.0.0", "1.0.1", "1.1",
        ],
        ["a", "ab", "b", "1", "1.a", "1.1", "2", "10", "11", "20060101"],
        ["~", "", "^", "A", "Z", "a", "0", "1"],
        ["5.5p1", "5.5p2", "5.5p10", "5.6p1"],
        ["1.fc9", "1.fc10", "1.fc10.1", "2.fc9"],
    ])
    func `versions ascend as rpm orders them`(ascending: [String]) {
        for i in ascending.indices {
            for j in ascending.indices {
                let (a, b) = (ascending[i], ascending[j])
                let expected = i == j ? 0 : i < j ? -1 : 1
                #expect(RPMVersion.compare(a, b) == expected, "\(a) \(b)")
                #expect(Self.order(a, b) == expected, "the keys of \(a) and \(b)")
            }
        }
    }

    @Test(arguments: [
        ("1.0", "1_0"), ("1.0", "1.0."), ("1..0", "1.0"), ("01", "1"), ("1.001", "1.1"), ("", "..."), ("a1", "a.1"), ("é", "ü"),
        ("0", "00"), ("1.0~rc", "1.0~.rc"),
    ])
    func `separators and leading zeros do not count`(a: String, b: String) {
        #expect(RPMVersion.compare(a, b) == 0)
        #expect(Self.order(a, b) == 0)
    }

    @Test func `numbers longer than a machine word compare by length`() {
        let nines = String(repeating: "9", count: 300), power = "1" + String(repeating: "0", count: 300)
        #expect(RPMVersion.compare(nines, power) == -1)
        #expect(Self.order(nines, power) == -1)
        #expect(Self.order(String(repeating: "9", count: 254), String(repeating: "1", count: 255)) == -1)
        #expect(Self.order(String(repeating: "9", count: 255), String(repeating: "1", count: 256)) == -1)
    }

    @Test func `keys order all pairs of short versions as the comparison does`() {
        let alphabet = Array("1a~^.0b2".utf8)
        var versions: [[UInt8]] = [[]]
        for length in 1...3 {
            versions += (0..<Int(pow(8, Double(length)))).map { n in (0..<length).map { alphabet[n >> (3 * $0) & 7] } }
        }
        let keys = versions.map(Self.key)
        for i in versions.indices {
            for j in stride(from: i % 3, to: versions.count, by: 3) {
                let order = Self.compare(versions[i], versions[j])
                let byKey = keys[i] == keys[j] ? 0 : keys[i].lexicographicallyPrecedes(keys[j]) ? -1 : 1
                guard order != byKey else { continue }
                Issue.record("\(String(decoding: versions[i], as: UTF8.self)) \(String(decoding: versions[j], as: UTF8.self))")
                return
            }
        }
    }

    @Test func `an epoch outranks the version and the version the release`() throws {
        let ascending = ["9.9-9", "9.9-10", "9.10-1", "1:1.0-1", "1:1.0-2", "2:0-1", "10:0-1"]
        let keys = try ascending.map { try #require(RPMVersion($0)).sortKey }
        for i in 1..<keys.count { #expect(keys[i - 1].lexicographicallyPrecedes(keys[i]), "\(ascending[i])") }
    }

    static let table = ProcessInfo.processInfo.environment["INDEXGEN_SHARED"].flatMap { shared -> Data? in
        try? Data(contentsOf: URL(fileURLWithPath: "\(shared)/fixtures/rpm/cavaliergopher/testdata/vercmp.json"))
    }

    @Test(.enabled(if: table != nil, "INDEXGEN_SHARED is missing")) func `versions compare as in the shared table`() throws {
        struct Row: Decodable {
            var a: String
            var b: String
            var expect: Int
        }
        let rows = try JSONDecoder().decode([Row].self, from: try #require(Self.table))
        #expect(rows.count > 1_000)
        for row in rows {
            #expect(RPMVersion.compare(row.a, row.b) == row.expect, "\(row.a) \(row.b)")
            #expect(Self.order(row.a, row.b) == row.expect, "the keys of \(row.a) and \(row.b)")
        }
    }

    private static func key(_ version: [UInt8]) -> [UInt8] { RPMVersion.sortKey(version.span) }

    private static func compare(_ a: [UInt8], _ b: [UInt8]) -> Int { RPMVersion.compare(a.span, b.span) }

    private static func order(_ a: String, _ b: String) -> Int {
        let x = key(Array(a.utf8)), y = key(Array(b.utf8))
        return x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
    }
}
