import Testing

@testable import Formats

@Suite struct SemanticVersionTests {
    @Test func `keys order versions by precedence, then by text`() throws {
        let ascending = [
            "0.0.1", "0.9", "1.0.0-0", "1.0.0-1", "1.0.0-9", "1.0.0-10", "1.0.0--", "1.0.0-1a", "1.0.0-a.1", "1.0.0-a.1.0",
            "1.0.0-a.b",
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+a", "1.0.0+ab", "1.0.0+b", "1.0.1", "v1.2", "1.10", "10", "18446744073709551615",
        ]
        let keys = try ascending.map { try #require(SemanticVersion($0)).sortKey }
        for (lower, higher) in zip(keys, keys.dropFirst()) { #expect(lower.lexicographicallyPrecedes(higher)) }
        let descending = try ascending.map { try #require(SemanticVersion($0)).descendingKey }
        for (i, a) in descending.enumerated() {
            for b in descending[(i + 1)...] {
                #expect(b.lexicographicallyPrecedes(a))
                #expect(!a.starts(with: b) && !b.starts(with: a))
            }
        }
    }

    @Test(arguments: [
        ("v1.2", "1.2.0"), ("1", "1.0.0"), ("01.2.3", "1.2.3"), ("1.0.0-RC.1+Build", "1.0.0-rc.1+build"), ("1.0.0+a", "1.0.0+a"),
        ("1.2-beta", "1.2.0-beta"),
    ])
    func `spellings of one version have one identity`(text: String, identity: String) throws {
        #expect(try #require(SemanticVersion(text)).identity == identity)
    }

    @Test(arguments: [
        "", "v", "x.y", "1.", "1.2.3.4", "1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3+", "1.2.3 ", "1.2.3-é",
        "18446744073709551616", "1/2",
        "-1", "1.2.3-a/../b", "V1",
    ])
    func `what is not a version is refused`(text: String) {
        #expect(SemanticVersion(text) == nil)
    }
}
