import Testing

@testable import Formats
@testable import Kit

@Suite struct ZipTests {
    typealias Member = ZipBuilder.Member

    static let two = ZipBuilder().file("x/__init__.py", "pass\n", deflate: false).file(
        "x-1.dist-info/METADATA", "Name: x\nName: x\n")
    static let end: [UInt8] = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 18)

    static func contents(_ bytes: [UInt8], budget: Budget = Budget()) throws(Refusal) -> [String] {
        let zip = try Zip(bytes.span, subject: "x.zip", within: budget)
        var contents: [String] = []
        for member in zip.members { contents.append(try zip.content(of: member, in: bytes.span, within: budget).text) }
        return contents
    }

    static func cause(_ bytes: [UInt8], budget: Budget = Budget()) -> Refusal.Cause? {
        refusal { () throws(Refusal) in _ = try contents(bytes, budget: budget) }?.cause
    }

    static func changed(_ name: String = "a", _ content: String = "text", deflate: Bool = true, _ change: (inout Member) -> Void)
        -> ZipBuilder
    {
        two.member(Member(name, Array(content.utf8), deflate: deflate), change).file("last", "text")
    }

    static func extra(_ id: UInt16, _ data: [UInt8]) -> [UInt8] {
        var field: [UInt8] = []
        field.append(little: id)
        field.append(little: UInt16(data.count))
        return field + data
    }

    static func wide(_ numbers: UInt64...) -> [UInt8] {
        var data: [UInt8] = []
        for number in numbers { data.append(little: number) }
        return extra(1, data)
    }

    static func descriptor(_ member: Member, signed: Bool, wide: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        if signed { bytes.append("PK\u{7}\u{8}") }
        bytes.append(little: member.central.crc32)
        for number in [member.central.compressedSize, member.central.size] {
            if wide { bytes.append(little: UInt64(number)) } else { bytes.append(little: number) }
        }
        return bytes
    }

    /// As a writer does who cannot go back: sizes follow the content.
    static func stream(_ member: inout Member, signed: Bool, wide: Bool) {
        member.both { $0.flags |= 8 }
        member.local.crc32 = 0
        member.local.size = 0
        member.local.compressedSize = 0
        member.descriptor = descriptor(member, signed: signed, wide: wide)
    }

    @Test(
        arguments: [
            ("no members", ZipBuilder(), []),
            ("stored and deflated members", two, ["pass\n", "Name: x\nName: x\n"]),
            ("a folder", ZipBuilder().file("x/", "", deflate: false).file("x/y", "z"), ["", "z"]),
            ("a deflated folder", ZipBuilder().file("x/", "", deflate: true), [""]),
            ("a comment", two.with { $0.comment = Array("comment".utf8) }, ["pass\n", "Name: x\nName: x\n"]),
            ("a member's comment", ZipBuilder().member(Member("a", [120])) { $0.comment = [1, 2] }, ["x"]),
            ("a 64-bit end record", two.with { $0.isWide = true }, ["pass\n", "Name: x\nName: x\n"]),
            (
                "a 64-bit end record without need",
                two.with {
                    $0.isWide = true; $0.isSaturated = false
                }, ["pass\n", "Name: x\nName: x\n"]
            ),
            ("a UTF-8 name", ZipBuilder().file("é", "x"), ["x"]),
            (
                "an equal Unicode path",
                ZipBuilder().member(Member("a", [120])) { $0.both { $0.extra = extra(0x7075, [1, 0, 0, 0, 0, 97]) } }, ["x"]
            ),
            (
                "other extra fields",
                ZipBuilder().member(Member("a", [120])) { $0.local.extra = extra(0x5455, [1, 2, 3, 4, 5]) }, ["x"]
            ),
            (
                "a signed descriptor",
                ZipBuilder().member(Member("a", [120], deflate: true)) { stream(&$0, signed: true, wide: false) }.file("b", "y"),
                ["x", "y"]
            ),
            (
                "a bare descriptor",
                ZipBuilder().member(Member("a", [120], deflate: true)) { stream(&$0, signed: false, wide: false) }.file("b", "y"),
                ["x", "y"]
            ),
            (
                "a signed 64-bit descriptor",
                ZipBuilder().member(Member("a", [], deflate: true)) { stream(&$0, signed: true, wide: true) }, [""]
            ),
            (
                "a bare 64-bit descriptor",
                ZipBuilder().member(Member("a", [], deflate: false)) { stream(&$0, signed: false, wide: true) }.file("b", "y"),
                ["", "y"]
            ),
            (
                "64-bit sizes",
                ZipBuilder().member(Member("a", [120])) {
                    $0.both {
                        $0.size = .max; $0.compressedSize = .max; $0.extra = wide(1, 1)
                    }
                }, ["x"]
            ),
            (
                "a 64-bit offset beside them",
                ZipBuilder().member(Member("a", [120])) {
                    $0.central.size = .max; $0.central.compressedSize = .max; $0.central.extra = wide(1, 1, 0)
                }, ["x"]
            ),
            ("room for 64-bit sizes", ZipBuilder().member(Member("a", [120])) { $0.local.extra = wide(0, 0) }, ["x"]),
        ] as [(String, ZipBuilder, [String])])
    func `what real tools make is accepted`(what: String, archive: ZipBuilder, contents: [String]) throws {
        #expect(try Self.contents(archive.bytes) == contents, "\(what)")
    }

    @Test(
        arguments: [
            ("equal names", two.file("a", "1").file("a", "2"), .ambiguous),
            ("a file and a folder of one name", two.file("a", "1").file("a/", ""), .ambiguous),
            ("bytes before the first member", two.with { $0.prefix = Array("#!/bin/sh\n".utf8) }, .ambiguous),
            (
                "bytes before, offsets not corrected",
                two.with {
                    $0.prefix = [1, 2]; $0.offsetError = -2
                }, .ambiguous
            ),
            ("bytes between members", two.member(Member("a", [1])) { $0.descriptor = [0] }.file("b", "x"), .ambiguous),
            ("bytes before the directory", two.with { $0.beforeDirectory = [0] }, .ambiguous),
            ("bytes after the directory", two.with { $0.afterDirectory = [0] }, .ambiguous),
            ("bytes after the end", two.with { $0.suffix = [0] }, .malformed),
            ("a member that is not listed", two.member(Member("a", [1])) { $0.isListed = false }, .ambiguous),
            ("an entry without a member", two.member(Member("a", Array("pass\n".utf8))) { $0.isWritten = false }, .ambiguous),
            ("an entry more than announced", two.with { $0.countError = -1 }, .ambiguous),
            ("an entry less than announced", two.with { $0.countError = 1 }, .malformed),
            ("thousands of entries announced", two.with { $0.countError = 60_000 }, .malformed),
            ("a directory elsewhere", two.with { $0.offsetError = 1 }, .ambiguous),
            ("a directory beyond the file", two.with { $0.offsetError = 1 << 30 }, .ambiguous),
            ("a short directory", two.with { $0.sizeError = -1 }, .ambiguous),
            ("a member elsewhere", changed { $0.central.offsetError = 1 }, .ambiguous),
            ("a member beyond the file", changed { $0.central.offsetError = 1 << 30 }, .ambiguous),
            ("volumes", two.with { $0.disk = 1 }, .unsupported),
            ("a member on another volume", changed { $0.central.disk = 1 }, .unsupported),
            ("a volume number that is missing", changed { $0.central.disk = .max }, .malformed),
            ("two end records", two.with { $0.comment = end }, .ambiguous),
            (
                "an end record's signature in the comment",
                two.with { $0.comment = Array("PK\u{5}\u{6}".utf8) + [UInt8](repeating: 9, count: 40) }, .ambiguous
            ),
            (
                "an end record whose comment swallows the real one", two.with { $0.afterDirectory = end.dropLast(2) + [22, 0] },
                .ambiguous
            ),
            (
                "a locator that leads elsewhere",
                two.with {
                    $0.isWide = true; $0.locatorError = 1
                }, .malformed
            ),
            (
                "a locator that leads far away",
                two.with {
                    $0.isWide = true; $0.locatorError = Int.max / 2
                }, .malformed
            ),
            (
                "a 64-bit record that counts otherwise",
                two.with {
                    $0.isWide = true; $0.isSaturated = false; $0.wideCountError = -1
                }, .ambiguous
            ),
            (
                "a 64-bit record that counts too far",
                two.with {
                    $0.isWide = true; $0.wideCountError = 1 << 40
                }, .malformed
            ),
            ("another name in the local header", changed { $0.local.name = [0x62] }, .ambiguous),
            ("another length of name in the local header", changed { $0.local.name = [0x61, 0x62] }, .ambiguous),
            ("another method in the local header", changed { $0.local.method = 0 }, .ambiguous),
            ("other flags in the local header", changed { $0.local.flags = 0x800 }, .ambiguous),
            ("another size in the local header", changed { $0.local.size += 1 }, .ambiguous),
            ("another packed size in the local header", changed { $0.local.compressedSize += 1 }, .ambiguous),
            ("another checksum in the local header", changed { $0.local.crc32 ^= 1 }, .ambiguous),
            ("sizes of zero without a descriptor", changed { $0.local.size = 0 }, .ambiguous),
            ("an encrypted member", changed { $0.both { $0.flags |= 1 } }, .unsupported),
            ("strong encryption", changed { $0.both { $0.flags |= 0x41 } }, .unsupported),
            ("a hidden directory", changed { $0.both { $0.flags |= 0x2000 } }, .unsupported),
            ("a patch", changed { $0.both { $0.flags |= 0x20 } }, .unsupported),
            ("bzip2", changed { $0.both { $0.method = 12 } }, .unsupported),
            ("zstd", changed { $0.both { $0.method = 93 } }, .unsupported),
            ("an absolute name", changed("/a") { _ in }, .malformed),
            ("a name out of its folder", changed("../a") { _ in }, .malformed),
            ("a name that ends outside", changed("a/..") { _ in }, .malformed),
            ("a drive", changed("c:/a") { _ in }, .malformed),
            ("a backslash", changed("a\\b") { _ in }, .ambiguous),
            ("a NUL in a name", changed("a\u{0}b") { _ in }, .ambiguous),
            ("a line feed in a name", changed("a\nb") { _ in }, .ambiguous),
            ("no name", changed("") { _ in }, .malformed),
            ("a loose name", changed("./a") { _ in }, .ambiguous),
            ("an empty component", changed("a//b") { _ in }, .ambiguous),
            ("an unmarked UTF-8 name", changed("é") { $0.both { $0.flags = 0 } }, .ambiguous),
            ("a marked name that is not UTF-8", changed("é") { $0.both { $0.name = [0xff, 0xfe] } }, .ambiguous),
            ("another Unicode path", changed { $0.both { $0.extra = extra(0x7075, [1, 0, 0, 0, 0, 98]) } }, .ambiguous),
            ("another Unicode path, local only", changed { $0.local.extra = extra(0x7075, [1, 0, 0, 0, 0, 98]) }, .ambiguous),
            ("a short Unicode path", changed { $0.both { $0.extra = extra(0x7075, [1, 0, 0]) } }, .ambiguous),
            ("half an extra field", changed { $0.both { $0.extra = [1, 0, 0] } }, .malformed),
            ("an extra field that is too long", changed { $0.both { $0.extra = [9, 0, 5, 0, 1] } }, .malformed),
            ("two sets of 64-bit sizes", changed { $0.central.extra = wide() + wide() }, .ambiguous),
            (
                "64-bit sizes that are missing",
                changed {
                    $0.both {
                        $0.size = .max; $0.extra = wide()
                    }
                }, .ambiguous
            ),
            ("64-bit sizes without need", changed { $0.central.extra = wide(4, 4) }, .ambiguous),
            (
                "64-bit sizes beyond the file",
                changed {
                    $0.both {
                        $0.size = .max; $0.compressedSize = .max; $0.extra = wide(.max, .max)
                    }
                }, .truncated
            ),
            ("a folder with content", changed("a/", "text") { _ in }, .malformed),
            ("a stored member with two sizes", changed(deflate: false) { $0.both { $0.size += 1 } }, .malformed),
            ("a wrong checksum", changed { $0.both { $0.crc32 ^= 1 } }, .malformed),
            ("a wrong checksum of a stored member", changed(deflate: false) { $0.both { $0.crc32 ^= 1 } }, .malformed),
            ("content longer than announced", changed { $0.both { $0.size -= 1 } }, .malformed),
            ("content shorter than announced", changed { $0.both { $0.size += 1 } }, .malformed),
            (
                "packed content that goes on",
                changed {
                    $0.packed.append(0); $0.both { $0.compressedSize += 1 }
                }, .malformed
            ),
            (
                "packed content cut short",
                changed {
                    $0.packed.removeLast(); $0.both { $0.compressedSize -= 1 }
                }, .truncated
            ),
            ("packed content that is damaged", changed { $0.packed[0] = 0xff }, .malformed),
            (
                "a descriptor that disagrees",
                changed {
                    stream(&$0, signed: true, wide: false); $0.descriptor[4] ^= 1
                }, .ambiguous
            ),
            (
                "a descriptor that is missing",
                changed {
                    stream(&$0, signed: true, wide: false); $0.descriptor = []
                }, .ambiguous
            ),
            (
                "a descriptor without its signature",
                changed {
                    stream(&$0, signed: true, wide: false); $0.descriptor[0] = 0
                }, .ambiguous
            ),
        ] as [(String, ZipBuilder, Refusal.Cause)])
    func `hostile archives are refused`(what: String, archive: ZipBuilder, cause: Refusal.Cause) throws {
        let bytes = archive.bytes
        let refusal = try #require(refusal { () throws(Refusal) in _ = try Self.contents(bytes) }, "\(what)")
        #expect(refusal.cause == cause, "\(what): \(refusal)")
        #expect(!refusal.remedy.isEmpty && !refusal.place.isEmpty)
    }

    @Test func `every truncation is refused`() {
        for archive in [Self.two, Self.two.with { $0.isWide = true }, Self.two.with { $0.comment = [1, 2, 3] }] {
            let bytes = archive.bytes
            for count in 0..<bytes.count {
                #expect(Self.cause(Array(bytes.prefix(count))) != nil, "\(count) bytes")
            }
        }
    }

    @Test func `members tell what they are`() throws {
        let bytes = ZipBuilder().file("d/", "", deflate: false).file("d/a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").bytes
        let members = try Zip(bytes.span, subject: "x", within: Budget()).members
        #expect(members.map(\.isDirectory) == [true, false])
        #expect(members.map(\.isDeflated) == [false, true])
        #expect(members[1].size == 38 && members[1].compressedSize < 38)
    }

    @Test func `the order is the directory's`() throws {
        // Entries may be listed in another order than their content.
        var bytes = ZipBuilder().file("a", "1").file("b", "2").bytes
        let start = try #require(bytes.indices.first { bytes.span.has("PK\u{1}\u{2}", at: $0) }), length = 47
        let first = Array(bytes[start..<(start + length)])
        bytes.replaceSubrange(start..<(start + length), with: bytes[(start + length)..<(start + 2 * length)])
        bytes.replaceSubrange((start + length)..<(start + 2 * length), with: first)
        #expect(try Zip(bytes.span, subject: "x", within: Budget()).members.map(\.name) == ["b", "a"])
        #expect(try Self.contents(bytes) == ["2", "1"])
    }

    @Test func `a zip inside a zip is content`() throws {
        let inner = Self.two.bytes
        #expect(Self.cause(ZipBuilder().file("inner.zip", inner, deflate: false).bytes) == nil)
    }

    @Test func `budgets hold`() {
        var budget = Budget()
        budget.entries = 1
        #expect(Self.cause(Self.two.bytes, budget: budget) == .limit)
        budget = Budget()
        budget.memberBytes = 15
        #expect(Self.cause(Self.two.bytes, budget: budget) == .limit)
        budget.memberBytes = 16
        #expect(Self.cause(Self.two.bytes, budget: budget) == nil)
        budget.pathBytes = 21
        #expect(Self.cause(Self.two.bytes, budget: budget) == .limit)
    }

    @Test func `a member of another file does not trap`() throws {
        let zip = try Zip(Self.two.bytes.span, subject: "x", within: Budget())
        let short: [UInt8] = [1, 2, 3]
        let member = zip.members[1]
        #expect(
            refusal { () throws(Refusal) in _ = try zip.content(of: member, in: short.span, within: Budget()) }?.cause
                == .truncated)
    }
}
