import Testing

@testable import Formats
@testable import Kit

@Suite struct ArTests {
    static let small = ArBuilder().member("debian-binary", "2.0\n").member("control.tar/", "odd")

    static func names(_ bytes: [UInt8], budget: Budget = Budget()) throws(Refusal) -> [String] {
        try Ar.members(of: bytes.span, within: budget).map(\.name)
    }

    @Test func `members are found with their places`() throws {
        let bytes = Self.small.member("data", "").bytes
        let members = try Ar.members(of: bytes.span, within: Budget())
        #expect(members.map(\.name) == ["debian-binary", "control.tar", "data"])
        #expect(members.map { Array(bytes[$0.range]).text } == ["2.0\n", "odd", ""])
    }

    @Test(
        arguments: [
            ("no members", ArBuilder(), []),
            ("a missing last pad", ArBuilder().member("a", [1], pad: []), ["a"]),
            ("a NUL as pad", ArBuilder().member("a", [1], pad: [0]).member("b", "xy"), ["a", "b"]),
            ("one line feed at the end", ArBuilder().member("a", "xy").raw([10]), ["a"]),
            ("a sixteen-byte name", ArBuilder().member("abcdefghijklmnop", "xy"), ["abcdefghijklmnop"]),
        ] as [(String, ArBuilder, [String])])
    func `what real tools make is accepted`(what: String, archive: ArBuilder, names: [String]) throws {
        #expect(try Self.names(archive.bytes) == names)
    }

    @Test(
        arguments: [
            ("no size", ArBuilder().member("a", [], size: ""), .malformed),
            ("a negative size", ArBuilder().member("a", [], size: "-1"), .malformed),
            ("a signed size", ArBuilder().member("a", [], size: "+0"), .malformed),
            ("a hexadecimal size", ArBuilder().member("a", [], size: "0x10"), .malformed),
            ("digits after a space", ArBuilder().member("a", [], size: "0 1"), .malformed),
            ("a space before the size", ArBuilder().member("a", [], size: " 0"), .malformed),
            ("a size beyond the file", ArBuilder().member("a", [1, 2], size: "3"), .truncated),
            ("the largest size", ArBuilder().member("a", [1, 2], size: "9999999999"), .truncated),
            ("another terminator", ArBuilder().member("a", "xy").member("b", [], terminator: "``"), .malformed),
            ("a wrong pad", ArBuilder().member("a", [1], pad: [7]).member("b", []), .malformed),
            ("a pad left out", ArBuilder().member("a", [1], pad: []).member("b", []), .malformed),
            ("garbage at the end", ArBuilder().member("a", "xy").raw([1]), .truncated),
            ("two line feeds at the end", ArBuilder().member("a", "xy").raw([10, 10]), .truncated),
            ("half a header", ArBuilder().member("a", "xy").raw([UInt8](repeating: 0x20, count: 59)), .truncated),
            ("equal names", ArBuilder().member("a", "xy").member("a/", "yz"), .ambiguous),
            ("no name", ArBuilder().member("", "xy"), .malformed),
            ("a GNU table of names", ArBuilder().member("//", "xy"), .unsupported),
            ("a GNU symbol table", ArBuilder().member("/", "xy"), .unsupported),
            ("a GNU long name", ArBuilder().member("/0", "xy"), .unsupported),
            ("a BSD long name", ArBuilder().member("#1/4", "abcd"), .unsupported),
            ("a folder in a name", ArBuilder().member("a/b", "xy"), .malformed),
            ("two slashes after a name", ArBuilder().member("a//", "xy"), .malformed),
            ("a space in a name", ArBuilder().member("a b", "xy"), .malformed),
            ("a control character in a name", ArBuilder().member("a\u{1}", "xy"), .malformed),
            ("a name that is not ASCII", ArBuilder().member("é", "xy"), .malformed),
        ] as [(String, ArBuilder, Refusal.Cause)])
    func `hostile archives are refused`(what: String, archive: ArBuilder, cause: Refusal.Cause) throws {
        let refusal = try #require(refusal { () throws(Refusal) in _ = try Self.names(archive.bytes) }, "\(what)")
        #expect(refusal.cause == cause, "\(what): \(refusal)")
        #expect(!refusal.remedy.isEmpty && !refusal.place.isEmpty)
    }

    @Test func `another magic is refused`() {
        #expect(refusal { () throws(Refusal) in _ = try Self.names(Array("!<thin>\n".utf8)) }?.cause == .malformed)
    }

    @Test func `every truncation but those between members is refused`() throws {
        let bytes = Self.small.bytes
        for count in 0..<bytes.count {
            let part = Array(bytes.prefix(count))
            let refusal = refusal { () throws(Refusal) in _ = try Self.names(part) }
            // The byte after the first member begins a header: one byte is too little for it.
            if count == 8 || count == 72 || count == bytes.count - 1 {
                #expect(refusal == nil, "\(count) bytes")
            } else {
                #expect(refusal?.cause == .truncated, "\(count) bytes")
            }
        }
    }

    @Test func `members are counted against the budget`() {
        var budget = Budget()
        budget.entries = 1
        #expect(refusal { () throws(Refusal) in _ = try Self.names(Self.small.bytes, budget: budget) }?.cause == .limit)
    }
}
