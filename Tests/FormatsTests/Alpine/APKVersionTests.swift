import Testing

@testable import Formats

@Suite struct APKVersionTests {
    /// In the order of `apk version -t` of apk-tools 3.0.6, which compared each with each; those of one row are equal to it.
    static let order: [[String]] = [
        ["0"], ["0.001"], ["0.01"], ["0.1"], ["0.1.0"], ["0.9"], ["0.10"], ["1_alpha"], ["1"], ["1_p1"], ["1a_alpha"], ["1a"],
        ["1.0_alpha"], ["1.0_alpha1"], ["1.0_alpha2"], ["1.0_alpha10"], ["1.0_beta_pre"], ["1.0_beta"], ["1.0_pre1"],
        ["1.0_rc"], ["1.0_rc1"], ["1.0_rc1-r1"], ["1.0_rc1_p1"], ["1.0"], ["1.0-r0"], ["1.0-r1"], ["1.0-r10"], ["1.0~1a2b"],
        ["1.0~1a2b-r1"], ["1.0~ff"], ["1.0_cvs"], ["1.0_cvs20200101"], ["1.0_svn3"], ["1.0_git20240101"],
        ["1.0_git20240101~abc-r0"], ["1.0_hg"], ["1.0_p"], ["1.0_p1_rc1"], ["1.0_p1"], ["1.0_p1-r2"], ["1.0_p1_p2"],
        ["1.0_p10"], ["1.0a_rc1"], ["1.0a"], ["1.0a-r1"], ["1.0b"], ["1.0z"], ["1.0.0"], ["1.0.1"], ["1.00"], ["1.010"],
        ["1.0100"], ["1.02"], ["1.1"], ["1.1-r1"], ["1.9"], ["1.10"], ["1.10.1"], ["2", "02"], ["2.0"], ["3.3.5"], ["3.20.3"],
        ["3.20.3-r0"], ["10"], ["20240101"], ["20240101.1"],
    ]

    @Test func `keys are in the order of apk`() throws {
        var last: [UInt8]?
        for row in Self.order {
            let keys = try row.map { try #require(APKVersion($0), "\($0)").sortKey }
            #expect(Set(keys).count == 1, "\(row)")
            if let last { #expect(last.lexicographicallyPrecedes(keys[0]), "\(row)") }
            last = keys[0]
        }
    }

    @Test func `no key is the beginning of another one`() throws {
        let keys = try Self.order.map { try #require(APKVersion($0[0])).sortKey }
        for (i, a) in keys.enumerated() {
            for (j, b) in keys.enumerated() where i != j { #expect(!b.starts(with: a), "\(Self.order[i]) \(Self.order[j])") }
        }
    }

    @Test(arguments: ["1_p01", "1-r01", "01"])
    func `zeros before a number of a suffix, a revision or the first say nothing`(text: String) throws {
        let plain = text == "01" ? "1" : text.replacing("01", with: "1")
        #expect(APKVersion(text)?.sortKey == APKVersion(plain)?.sortKey && APKVersion(text) != nil)
    }

    @Test(arguments: [
        "", "a", ".1", "1.", "1..2", "1ab", "1a.2", "1a1", "1_foo", "1_", "1~", "1~x", "1~a~b", "1~a_p", "1-1", "1-r", "1-r1-r2",
        "1-r1.2",
        "1:1", "1+1", "1 ", "1.0A", "é",
    ])
    func `what is not a version has no key`(text: String) {
        #expect(APKVersion(text) == nil)
        #expect(APKVersion.fault(in: text) != nil)
    }
}
