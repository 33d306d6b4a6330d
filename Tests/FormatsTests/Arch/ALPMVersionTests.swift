import Testing

@testable import Formats

@Suite struct ALPMVersionTests {
    /// In the order of vercmp 6.0.2, which compared each with each; those of one row are equal to it.
    static let order: [[String]] = [
        ["a-1"], ["ab-1"], ["b-1"], ["r99.def-1"], ["r100-1"], ["r100.abc-1"], ["1.a-1"], ["1.a1-1"], ["1.a.1-1"], ["1.ab-1"],
        ["1.0alpha-1"], ["1.0b-1"], ["1.0beta-1"], ["1.0rc1-1"], ["1.0-1", "1.00-1", "0:1.0-1"], ["1.0-1.1"], ["1.0-2"],
        ["1.0-10"],
        ["1.0_a-1", "1.0.a-1", "1.0+a-1"], ["1.0.alpha-1"], ["1.0.r2.gfffffff-1"], ["1.0.r12.g1a2b3c4-1"], ["1.0.-1", "1.0+-1"],
        ["1.0.0-1"], ["1.0.1-1"], ["1.0.10-1"], ["1.0..1-1"], ["1.1-1"], ["1.2.3.4-1"], ["1.9-1"], ["1.10-1"], ["2a-1"],
        ["2a1-1"],
        ["2-1"], ["2.0-1", "02.0-1", "2.00-1"], ["2+3-1", "2~3-1", "2^3-1"], ["0:3-1"], ["5.15r1-1"], ["5.15.r1-1"], ["5.15.1-1"],
        ["6.0.0-1"], ["6.0.0+1-1", "6.0.0.1-1"], ["10-1"], ["20240101-1"], ["20240101.r5.gabc-1"], ["1:0-1"], ["1:0.1-1"],
        ["01:0.2-1"], ["2:0-1"], ["10:0-1"],
    ]

    @Test func `keys are in the order of vercmp`() throws {
        var last: [UInt8]?
        for row in Self.order {
            let keys = try row.map { try #require(ALPMVersion($0), "\($0)").sortKey }
            #expect(Set(keys).count == 1, "\(row)")
            if let last { #expect(last.lexicographicallyPrecedes(keys[0]), "\(row)") }
            last = keys[0]
        }
    }

    @Test func `descending keys are in the opposite order`() throws {
        let keys = try Self.order.map { try #require(ALPMVersion($0[0])).descendingKey }
        #expect(keys.reversed() == keys.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `no key is the beginning of another one`() throws {
        let keys = try Self.order.map { try #require(ALPMVersion($0[0])).sortKey }
        for (i, a) in keys.enumerated() {
            for (j, b) in keys.enumerated() where i != j { #expect(!b.starts(with: a), "\(Self.order[i]) \(Self.order[j])") }
        }
    }

    @Test func `a separator at the end has its own place`() throws {
        let key = { (text: String) in try #require(ALPMVersion(text)).sortKey }
        #expect(try key("1.0.-1").lexicographicallyPrecedes(key("1.0.0-1")))
        #expect(try key("1.0.z-1").lexicographicallyPrecedes(key("1.0.-1")))
        #expect(try key("1.0.-1") == key("1.0..-1"))
    }

    @Test func `long numbers are compared as numbers`() throws {
        let nines = String(repeating: "9", count: 90), tens = "1" + String(repeating: "0", count: 90)
        let less = try #require(ALPMVersion("\(nines)-1")), more = try #require(ALPMVersion("\(tens)-1"))
        #expect(less.sortKey.lexicographicallyPrecedes(more.sortKey))
    }

    @Test(arguments: ["1.0", "1.0-", "-1", ":1-1", "a:1-1", "1:2:3-1", "1.0-a", "1.0-1.2.3", "1 0-1", "1/0-1", "é-1", "._-1", ""])
    func `what is not a version has no key`(text: String) {
        #expect(ALPMVersion(text) == nil)
        #expect(ALPMVersion.fault(in: text) != nil)
    }
}
