import Testing

@testable import Formats
@testable import Kit

@Suite struct TarTests {
    typealias Member = TarBuilder.Member

    static func scan(
        _ bytes: [UInt8], budget: Budget = Budget(), _ choice: TarChoice = .take
    ) throws(Refusal) -> [TarContent] {
        try Tar.scan(bytes.span, compressed: Codec.recognise(bytes.span), subject: "x.tar", within: budget) { _ in choice }
    }

    static func cause(_ bytes: [UInt8], budget: Budget = Budget(), _ choice: TarChoice = .take) -> Refusal.Cause? {
        refusal { () throws(Refusal) in _ = try scan(bytes, budget: budget, choice) }?.cause
    }

    static func changed(_ name: String, _ content: [UInt8] = [], type: Character = "0", _ change: (inout Member) -> Void)
        -> TarBuilder
    {
        var member = Member(name, content, type: type)
        change(&member)
        return TarBuilder().member(member)
    }

    static let long = String(repeating: "folder/", count: 30) + "file"

    @Test(
        arguments: [
            ("a plain name", TarBuilder().file("a", "x"), "a"),
            ("a name below ./", TarBuilder().file("./a", "x"), "a"),
            ("a loose name", TarBuilder().file("././a//b/./c", "x"), "a/b/c"),
            ("a ustar prefix", changed("b", [120]) { $0.prefix = "a" }, "a/b"),
            (
                "no prefix in GNU's format",
                changed("b", [120]) {
                    $0.prefix = "12345678901"; $0.magic = "ustar  \u{0}"
                }, "b"
            ),
            ("a v7 header", changed("b", [120]) { $0.magic = "" }, "b"),
            (
                "a v7 file",
                changed("b", [120]) {
                    $0.magic = ""; $0.type = 0
                }, "b"
            ),
            ("a contiguous file", changed("b", [120], type: "7") { _ in }, "b"),
            ("a pax path", TarBuilder().pax([("path", long), ("mtime", "1.5")]).file("short", "x"), long),
            ("the last of two pax paths", TarBuilder().pax([("path", "a"), ("path", "b")]).file("short", "x"), "b"),
            ("a pax size", TarBuilder().pax([("size", "1")]).member(Member("a", [120])), "a"),
            ("a GNU long name", TarBuilder().long(long).file("short", "x"), long),
            ("a long link before a long name", TarBuilder().long("y", type: "K").long(long).file("short", "x"), long),
            ("a global comment", TarBuilder().pax([("comment", "0123")], type: "g").file("a", "x"), "a"),
            ("a base-256 size", changed("a", [120]) { $0.sizeField = [0x80] + [UInt8](repeating: 0, count: 10) + [1] }, "a"),
            ("a size with spaces", changed("a", [120]) { $0.sizeField = Array("         1 ".utf8) + [0] }, "a"),
            ("a size of twelve digits", changed("a", [120]) { $0.sizeField = Array("000000000001".utf8) }, "a"),
            ("a signed checksum", changed("\u{e9}", [120]) { $0.signed = true }, "\u{e9}"),
            ("no end mark", TarBuilder().file("a", "x").ended(by: 0), "a"),
            ("half an end mark", TarBuilder().file("a", "x").ended(by: 1), "a"),
            ("much padding", TarBuilder().file("a", "x").ended(by: 200), "a"),
            (
                "garbage after the end mark",
                TarBuilder().file("a", "x").raw(.init(repeating: 0, count: 1024) + .init(repeating: 7, count: 600)).ended(by: 0),
                "a"
            ),
            ("a backslash in a name", TarBuilder().file("a\\b", "x"), "a\\b"),
            ("dots that lead nowhere", TarBuilder().file("..a/b../...", "x"), "..a/b../..."),
        ] as [(String, TarBuilder, String)])
    func `what real tools make is accepted`(what: String, archive: TarBuilder, path: String) throws {
        for bytes in [archive.bytes, archive.bytes.gzip, archive.bytes.zstd] {
            let contents = try Self.scan(bytes)
            #expect(contents.map(\.member.path) == [path])
            #expect(contents.map(\.bytes) == [[120]])
        }
    }

    @Test func `kinds, links and indexes are told`() throws {
        var hard = Member("h", type: "1")
        hard.link = "a"
        let archive = TarBuilder().folder("./").file("a", "x").link("s", to: "a").member(hard).member(Member("f", type: "6"))
            .member(Member("old/", type: "\u{0}")).pax([("linkpath", Self.long)]).link("p", to: "short")
        let members = try Self.scan(archive.bytes).map(\.member)
        #expect(members.map(\.kind) == [.directory, .file, .symbolicLink, .hardLink, .other, .directory, .symbolicLink])
        #expect(members.map(\.path) == ["", "a", "s", "h", "f", "old", "p"])
        #expect(members.map(\.link) == ["", "", "a", "a", "", "", Self.long])
        #expect(members.map(\.index) == Array(0..<7))
    }

    @Test func `names that are no UTF-8 keep their bytes`() throws {
        let member = try #require(try Self.scan(Self.changed("x") { $0.name = [0x61, 0xff, 0x62] }.bytes).first?.member)
        #expect(member.path == "a\u{fffd}b")
        #expect(member.rawPath == [0x61, 0xff, 0x62])
    }

    @Test(
        arguments: [
            ("an absolute path", TarBuilder().file("/etc/passwd", "x"), .malformed),
            ("a path out of its folder", TarBuilder().file("../a", "x"), .malformed),
            ("a path out of its folder, later", TarBuilder().file("a/../../b", "x"), .malformed),
            ("a path that ends outside", TarBuilder().folder("a/.."), .malformed),
            ("a path out by backslash", TarBuilder().file("a\\..\\..\\b", "x"), .malformed),
            ("a drive", TarBuilder().file("c:\\a", "x"), .malformed),
            ("a drive with a slash", TarBuilder().file("C:/a", "x"), .malformed),
            ("an absolute pax path", TarBuilder().pax([("path", "/a")]).file("a", "x"), .malformed),
            ("a GNU long name out of its folder", TarBuilder().long("../a").file("a", "x"), .malformed),
            ("a prefix out of its folder", changed("b") { $0.prefix = ".." }, .malformed),
            ("a wrong checksum", changed("a") { $0.checksumError = 1 }, .malformed),
            ("text", TarBuilder().raw(.init(repeating: 0x41, count: 512)), .malformed),
            ("a size of letters", changed("a") { $0.sizeField = Array("0000000000x\u{0}".utf8) }, .malformed),
            ("a size of two numbers", changed("a") { $0.sizeField = Array("1 1        \u{0}".utf8) }, .malformed),
            ("a negative size", changed("a") { $0.sizeField = .init(repeating: 0xff, count: 12) }, .malformed),
            ("an enormous size", changed("a") { $0.sizeField = [0x80] + .init(repeating: 0xff, count: 11) }, .malformed),
            ("a size beyond the file", changed("a") { $0.size = 1 << 13 }, .truncated),
            ("a size beyond memory", changed("a") { $0.size = 1 << 32 }, .limit),
            ("a pax size of letters", TarBuilder().pax([("size", "x")]).file("a", "x"), .malformed),
            ("an empty pax size", TarBuilder().pax([("size", "")]).file("a", "x"), .malformed),
            ("an enormous pax size", TarBuilder().pax([("size", "99999999999999999999")]).file("a", "x"), .malformed),
            ("a large pax size", TarBuilder().pax([("size", "2000000000000000000")]).file("a", "x"), .malformed),
            ("a pax path with NUL", TarBuilder().pax([("path", "a\u{0}b")]).file("a", "x"), .ambiguous),
            ("an empty pax path", TarBuilder().pax([("path", "")]).file("a", "x"), .ambiguous),
            (
                "a pax record that is too long",
                TarBuilder().member(Member("p", Array("99 path=a\n".utf8), type: "x")).file("a", "x"), .malformed
            ),
            (
                "a pax record that is too short",
                TarBuilder().member(Member("p", Array("6 path=a\n".utf8), type: "x")).file("a", "x"), .malformed
            ),
            (
                "a pax record without a key", TarBuilder().member(Member("p", Array("6 =ab\n".utf8), type: "x")).file("a", "x"),
                .malformed
            ),
            (
                "a pax record without a value",
                TarBuilder().member(Member("p", Array("7 path\n".utf8), type: "x")).file("a", "x"), .malformed
            ),
            (
                "a pax record without a length",
                TarBuilder().member(Member("p", Array("path=a\n".utf8), type: "x")).file("a", "x"), .malformed
            ),
            (
                "a pax record with a long length",
                TarBuilder().member(Member("p", Array("99999999999999999999999 path=a\n".utf8), type: "x")).file("a", "x"),
                .malformed
            ),
            ("a pax header without a member", TarBuilder().pax([("path", "a")]), .malformed),
            ("a long name without a member", TarBuilder().long("a"), .malformed),
            ("an empty long name", TarBuilder().long("").file("a", "x"), .malformed),
            ("two pax headers", TarBuilder().pax([("path", "a")]).pax([("path", "b")]).file("c", "x"), .ambiguous),
            ("two long names", TarBuilder().long("a").long("b").file("c", "x"), .ambiguous),
            ("a long name and a pax path", TarBuilder().long("a").pax([("path", "b")]).file("c", "x"), .ambiguous),
            ("a global path", TarBuilder().pax([("path", "a")], type: "g").file("c", "x"), .ambiguous),
            ("a global size", TarBuilder().pax([("size", "1")], type: "g").file("c", "x"), .ambiguous),
            (
                "a pax header of megabytes",
                TarBuilder().pax([("comment", .init(repeating: "x", count: 2 << 20))]).file("c", "x"), .limit
            ),
            ("a long name of megabytes", TarBuilder().long(.init(repeating: "x", count: 5_000)).file("c", "x"), .limit),
            ("a pax path of megabytes", TarBuilder().pax([("path", .init(repeating: "x", count: 5_000))]).file("c", "x"), .limit),
            ("a lone zero block", TarBuilder().file("a", "x").raw(.init(repeating: 0, count: 512)).file("b", "y"), .ambiguous),
            (
                "a member behind the end mark", TarBuilder().file("a", "x").raw(.init(repeating: 0, count: 1024)).file("b", "y"),
                .ambiguous
            ),
            ("a folder with content", changed("a", [1], type: "5") { _ in }, .ambiguous),
            ("a hard link with content", changed("a", [1], type: "1") { _ in }, .ambiguous),
            ("a symbolic link with content", changed("a", [1], type: "2") { _ in }, .ambiguous),
            ("a file with a folder's name", TarBuilder().file("a/", "x"), .ambiguous),
            ("a Solaris header", changed("a", [1], type: "X") { _ in }, .unsupported),
            ("an unknown type", changed("a", [], type: "Z") { _ in }, .unsupported),
            ("a continued volume", changed("a", [], type: "M") { _ in }, .unsupported),
            ("a GNU sparse file", changed("a", [1], type: "S") { _ in }, .unsupported),
            (
                "a pax sparse file", TarBuilder().pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "b")]).file("a", "x"),
                .unsupported
            ),
        ] as [(String, TarBuilder, Refusal.Cause)])
    func `hostile archives are refused`(what: String, archive: TarBuilder, cause: Refusal.Cause) throws {
        for bytes in [archive.bytes, archive.bytes.gzip] {
            let refusal = try #require(refusal { () throws(Refusal) in _ = try Self.scan(bytes) }, "\(what)")
            #expect(refusal.cause == cause, "\(what): \(refusal)")
            #expect(!refusal.remedy.isEmpty && !refusal.place.isEmpty)
        }
    }

    @Test func `sparse files may be passed over`() throws {
        var old = Member("s", [UInt8](repeating: 0, count: 512) + [1], type: "S")
        old.isSparseExtended = true
        old.size = 1
        let archive = TarBuilder().member(old).pax([("GNU.sparse.major", "1"), ("GNU.sparse.name", "real")]).file("fake", "x")
            .file("z", "y")
        var paths: [String] = []
        let bytes = archive.bytes
        let found = try Tar.scan(bytes.span, compressed: .none, subject: "x.tar", within: Budget()) { member in
            paths.append(member.path)
            return member.path == "z" ? .take : .skip
        }
        #expect(paths == ["s", "real", "z"])
        #expect(found.map(\.bytes.text) == ["y"])
    }

    @Test func `a choice to stop stops`() throws {
        // What follows is damaged, and must not be read.
        let bytes = TarBuilder().file("a", "x").file("b", "y").raw(.init(repeating: 0x41, count: 512)).bytes
        for (choice, expected) in [(TarChoice.takeAndStop, ["x"]), (.stop, [])] {
            #expect(try Self.scan(bytes, choice).map(\.bytes.text) == expected)
        }
        #expect(Self.cause(bytes, .skip) == .malformed)
    }

    @Test func `the selector's refusal comes through`() {
        let bytes = Self.changed("a") { _ in }.bytes, mine = Refusal(.conflict, "no", remedy: "none")
        let caught = refusal { () throws(Refusal) in
            _ = try Tar.scan(bytes.span, compressed: .none, subject: "x", within: Budget()) { (_) throws(Refusal) in throw mine }
        }
        #expect(caught == mine)
    }

    @Test func `every truncation off the block boundaries between members is refused`() {
        let whole = TarBuilder().folder("d").file("d/a", "x").pax([("path", "d/b")]).file("b", "y").ended(by: 2).bytes
        let boundaries = [0, 512, 1536, 3584, 4096]
        for count in 0..<whole.count {
            let part = Array(whole.prefix(count))
            let cause = Self.cause(part, .skip)
            if boundaries.contains(count) {
                #expect(cause == nil, "\(count) bytes")
            } else if count == 2048 || count == 2560 {
                // After the pax header or its body: a member is missing.
                #expect(cause == (count == 2048 ? .truncated : .malformed), "\(count) bytes")
            } else {
                #expect(cause == .truncated, "\(count) bytes")
            }
        }
    }

    @Test func `every truncation of a compressed archive is refused, though its end mark was read`() {
        let packed = TarBuilder().file("a", "x").bytes.gzip
        for count in 2..<packed.count {
            #expect(Self.cause(Array(packed.prefix(count)), .skip) == .truncated, "\(count) bytes")
        }
    }

    @Test func `budgets hold`() {
        let archive = TarBuilder().file("a", "1234567890").file("b", "1234567890")
        var budget = Budget()
        budget.entries = 1
        #expect(Self.cause(archive.bytes, budget: budget, .skip) == .limit)
        budget = Budget()
        budget.memberBytes = 9
        #expect(Self.cause(archive.bytes, budget: budget) == .limit)
        #expect(Self.cause(archive.bytes, budget: budget, .skip) == nil)
        budget.memberBytes = 10
        #expect(Self.cause(archive.bytes, budget: budget) == nil)
        // Together, five tens are more than four times ten.
        let five = archive.file("c", "1234567890").file("d", "1234567890").file("e", "1234567890")
        #expect(Self.cause(five.bytes, budget: budget) == .limit)
        budget = Budget()
        budget.pathBytes = 3
        #expect(Self.cause(TarBuilder().file("abcd", "").bytes, budget: budget) == .limit)
        budget = Budget()
        budget.expandedBytes = 1_000
        #expect(Self.cause(archive.bytes, budget: budget, .skip) == .limit)
        #expect(Self.cause(archive.bytes.gzip, budget: budget, .skip) == .limit)
    }

    @Test func `a bomb behind a skipped member is refused`() throws {
        let encoding = Encoding.gzip(level: 9)
        var header = Member("zeros")
        header.size = 100 << 20
        let zeros = encoding.segment([UInt8](repeating: 0, count: 1 << 20))
        let packed = SegmentSplicer.file(
            of: [encoding.segment(TarBuilder().member(header).blocks)] + Array(repeating: zeros, count: 100), encoding)
        #expect(Self.cause(packed, .skip) == .limit)
    }
}
