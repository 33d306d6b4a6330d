import Testing

@testable import Formats
@testable import Kit

@Suite struct GoTests {
    @Test func `a module zip tells its path, version, hashes and what lies beside it`() throws {
        let mod = "module example.com/demo/lib\n\ngo 1.19\n"
        let record = try GoKit.record(GoKit.zip().bytes)
        #expect(record.name == "example.com/demo/lib")
        #expect(record.nameIdentity == "example.com/demo/lib")
        #expect(record.version == "v1.0.0")
        #expect(record.versionIdentity == "v1.0.0")
        #expect(record.architecture == "")
        #expect(record.summary == "")
        #expect(record.warnings == [])
        #expect(
            record.sidecars == [
                Sidecar(.sibling("v1.0.0.info"), bytes: [UInt8](#"{"Version":"v1.0.0","Time":"2026-11-28T12:00:00Z"}"#)),
                Sidecar(.sibling("v1.0.0.mod"), bytes: [UInt8](mod)),
            ])
        let facts = try GoFacts(record.facts)
        #expect(facts.hasModFile)
        #expect(facts.goVersion == "1.19")
        // As `go mod download -json` (1.27.3) has it for the same go.mod.
        #expect(facts.modHash == "h1:Cfnj0lLvPg5KFUmGUeh13NIetoFGWvUNjrYm04RyXmM=")
    }

    @Test func `hashes are those of go for the same files, stored or deflated, in any order`() throws {
        // The sums are what `go mod download -json` (1.27.3) says of such a zip.
        let files = [
            ("go.mod", "module example.com/demo/lib\n\ngo 1.19\n"), ("LICENSE", "MIT\n"),
            ("lib.go", "package lib\n\nconst Version = \"v1.0.0\"\n"),
        ]
        for (order, deflate) in [(files, true), (files, false), (files.reversed(), true)] {
            var zip = ZipBuilder()
            for (name, content) in order { zip = zip.file("example.com/demo/lib@v1.0.0/\(name)", content, deflate: deflate) }
            #expect(try GoKit.facts(zip).zipHash == "h1:WsCYpKQpWU9M5v8zqQg4CJ4I5QJHVDo19DmqIwhVcAs=")
        }
    }

    @Test func `a large file is hashed piece by piece like a small one`() throws {
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        var hash = GoHash()
        hash.add("\(GoKit.path)@v1.0.0/big".utf8, sha256: SHA256.of(content))
        for deflate in [true, false] {
            #expect(try GoKit.facts(ZipBuilder().file("\(GoKit.path)@v1.0.0/big", content, deflate: deflate)).zipSum == hash.sum)
        }
    }

    @Test func `a module without go.mod gets the one that go makes up`() throws {
        let record = try GoKit.record(GoKit.bare("lib.go", "package lib\n").bytes)
        #expect(record.sidecars.last?.bytes.text == "module example.com/demo/lib\n")
        let facts = try GoFacts(record.facts)
        #expect(!facts.hasModFile)
        #expect(facts.modSum == GoHash.sum(ofModFile: Array("module example.com/demo/lib\n".utf8)))
    }

    @Test func `capitals are written with exclamation marks, in paths and in versions`() throws {
        let zip = GoKit.zip("example.com/Upper/APP", "v0.1.0-RC.1")
        let record = try GoKit.record(zip.bytes), placement = try GoKit.placement(zip)
        #expect(record.name == "example.com/Upper/APP")
        #expect(placement.path.text == "example.com/!upper/!a!p!p/@v/v0.1.0-!r!c.1.zip")
        #expect(placement.identity == "example.com/!upper/!a!p!p@v0.1.0-!r!c.1")
        #expect(
            try record.sidecars.map { try $0.place.path(beside: placement.path).text } == [
                "example.com/!upper/!a!p!p/@v/v0.1.0-!r!c.1.info", "example.com/!upper/!a!p!p/@v/v0.1.0-!r!c.1.mod",
            ])
        #expect(placement.listings.map(\.partition.scope) == ["example.com/!upper/!a!p!p", "example.com/!upper/!a!p!p"])
    }

    @Test func `modules that differ in case only are two, and their paths differ without case`() throws {
        let upper = GoKit.zip("example.com/Lib"), lower = GoKit.zip("example.com/lib")
        #expect(try GoKit.record(upper.bytes).nameIdentity != GoKit.record(lower.bytes).nameIdentity)
        let paths = try [upper, lower].map { try GoKit.placement($0).path.text }
        #expect(ASCII.lowered(paths[0]) != ASCII.lowered(paths[1]))
    }

    @Test func `other bytes under a published version are refused for ever`() throws {
        let record = try GoKit.record(GoKit.zip().bytes)
        let refusal = refusal { () throws(Refusal) in
            _ = try Go().place(record, of: GoKit.upload(generation: "0123456789abcdef"), in: GoKit.repository)
        }
        #expect(refusal?.cause == .conflict)
        #expect(refusal?.description.contains("retract this one") == true)
    }

    @Test func `facts come back as they were, and damaged ones do not`() throws {
        let facts = GoFacts(
            path: "example.com/X", version: "v1.0.0", time: -62_135_596_800, hasModFile: true, zipSum: [UInt8](0..<32),
            modSum: [UInt8](32..<64), goVersion: "1.21", toolchain: "go1.22.1", deprecated: "use \u{e9}",
            retractions: [.init(low: "v1.0.0", high: "v1.0.1", rationale: "broken\nbadly")])
        #expect(try GoFacts(facts.encoded) == facts)
        for count in 0..<facts.encoded.count { #expect((try? GoFacts(Array(facts.encoded.prefix(count)))) == nil) }
        #expect((try? GoFacts(facts.encoded + [0])) == nil)
        #expect((try? GoFacts([2] + facts.encoded.dropFirst())) == nil)
    }

    // MARK: - What is taken

    @Test(arguments: [
        ("gopkg.in/yaml.v3", "v3.0.1"), ("gopkg.in/check.v1", "v1.0.0"),
        ("gopkg.in/check.v1", "v0.0.0-20161208181325-20d25e280405"),
        ("gopkg.in/x.v2-unstable", "v2.1.0"), ("gopkg.in/x.v0", "v0.1.0"), ("example.com/x/v2", "v2.0.0"),
        ("example.com/x/v12", "v12.0.0-rc.1"), ("example.com/x/v2/sub", "v0.0.0"), ("example.com/v2x", "v1.0.0"),
        ("example.com", "v1.0.0"),
        ("example.com/a_b~c-d.e", "v1.0.0"), ("example.com/Foo~1x", "v1.0.0"), ("1.2.3.4/x", "v1.0.0"), ("k8s.io/api", "v0.31.0"),
        ("example.com/x", "v99999999999999999999.0.0+incompatible"), ("example.com/x", "v1.0.0-0.3.7"),
        ("example.com/x", "v1.0.0-x-y-z.--"),
        ("example.com/console", "v1.0.0"),
    ])
    func `paths and versions that go takes are taken`(path: String, version: String) throws {
        let zip = version.hasSuffix("+incompatible") ? GoKit.bare(path, version, "x.go", "x") : GoKit.zip(path, version)
        #expect(try GoKit.record(zip.bytes).version == version)
        #expect(GoKit.recognise(zip.bytes) == .surely)
    }

    @Test(arguments: [
        "a b.go", "!#$%&()+,-.=@[]^_{}~.go", ".hidden", ".github/workflows/x.yml", "-x", "stra\u{df}e.go", "strasse.go",
        "\u{65e5}\u{672c}.go",
        "\u{c4}pfel", "vendor/modules.txt", "vendor/v.txt", "sub/vendor/z.txt", "vendors/p/p.go", "x/go.mod.txt", "license",
        "conx.go",
        "com10", "a~1", "sub/a..b", "..a", "lpt", "\u{1c4}",
    ])
    func `names of files that go takes are taken`(name: String) throws {
        #expect(try GoKit.record(GoKit.zip(files: [(name, "x")]).bytes).warnings == [])
    }

    @Test func `names that fold to different ones are no twins`() throws {
        let files = ["stra\u{df}e", "strasse", "\u{131}", "i", "a/b", "a/c", "\u{130}"].map { ($0, "x") }
        #expect(try GoKit.record(GoKit.zip(files: files).bytes).warnings == [])
    }

    @Test func `wide end records and data descriptors as streaming writers leave them are taken`() throws {
        let plain = try GoKit.facts(GoKit.zip()).zipSum
        #expect(try GoKit.facts(GoKit.zip().with { $0.isWide = true }).zipSum == plain)
        let streamed = GoKit.zip().with { zip in
            for index in zip.members.indices {
                let header = zip.members[index].central
                zip.members[index].both { $0.flags |= 8 }
                zip.members[index].local.crc32 = 0
                zip.members[index].local.size = 0
                zip.members[index].local.compressedSize = 0
                zip.members[index].descriptor = [0x50, 0x4b, 7, 8]
                for number in [header.crc32, header.compressedSize, header.size] {
                    zip.members[index].descriptor.append(little: number)
                }
            }
        }
        #expect(try GoKit.facts(streamed).zipSum == plain)
    }

    @Test func `modes of regular files and folders are taken, whoever wrote them`() throws {
        for mode in [UInt32(0o100644), 0o100755, 0o644, 0] {
            #expect(throws: Never.self) { try GoKit.record(GoKit.mode(mode, of: "lib.go", in: GoKit.zip())) }
        }
        #expect(throws: Never.self) { try GoKit.record(GoKit.mode(0x20, of: "lib.go", in: GoKit.zip(), maker: 0)) }
        let folder = GoKit.zip().file("\(GoKit.path)@v1.0.0/sub/", "", deflate: false)
        #expect(throws: Never.self) { try GoKit.record(GoKit.mode(0o040755, of: "sub/", in: folder)) }
    }

    // MARK: - Warnings

    @Test func `entries for folders are warned of, since go counts them in one hash and not in the other`() throws {
        let zip = GoKit.zip(files: [("sub/", ""), ("sub/x.go", "x")])
        let record = try GoKit.record(zip.bytes)
        #expect(record.warnings.map(\.description).joined().contains("go mod verify"))
        #expect(try GoFacts(record.facts).zipSum != GoKit.facts(GoKit.zip(files: [("sub/x.go", "x")])).zipSum)
    }

    @Test func `what a module is better off without is warned of`() throws {
        func warnings(_ zip: ZipBuilder) throws -> String {
            try GoKit.record(zip.bytes).warnings.map(\.description).joined(separator: "\n")
        }
        let head = "module \(GoKit.path)\n"
        #expect(try warnings(GoKit.zip(files: [("sub/.git/config", "x")])).contains("version control"))
        #expect(try warnings(GoKit.zip(mod: head + "replace example.com/x => ../x\n")).contains("replace counts only"))
        #expect(
            try warnings(GoKit.zip(mod: head + "exclude example.com/x v1.0.0\nreplace (\na => b v1\n)\n")).contains(
                "exclude and replace"))
        #expect(try warnings(GoKit.zip(mod: head + "\nretract [v1.0.0)\n")).contains("go.mod, line 3"))
    }

    // MARK: - Times

    @Test func `the time is the newest of the files, where one can be true`() throws {
        func time(_ bytes: [UInt8]) throws -> String {
            let info = try #require(try GoKit.record(bytes).sidecars.first).bytes.text
            return String(info.dropFirst(info.utf8.count - 22).dropLast(2))
        }
        let zip = GoKit.zip()
        let date = UInt32((2_024 - 1_980) << 9 | 2 << 5 | 29), clock = UInt32(23 << 11 | 59 << 5 | 29)
        #expect(try time(GoKit.dated(zip, "lib.go", date: date, clock: clock)) == "2024-02-29T23:59:58Z")
        // The first day of 1980 (all other files here), none at all, one that no calendar has, one before Go, and one to come.
        for date in [
            0x21, 0, (2_023 - 1_980) << 9 | 2 << 5 | 29, (2_006 - 1_980) << 9 | 1 << 5 | 1, (2_100 - 1_980) << 9 | 1 << 5 | 1,
        ] {
            #expect(try time(GoKit.dated(zip, "lib.go", date: UInt32(date), clock: 0)) == "2026-11-28T12:00:00Z")
        }
        // The extended timestamp goes before: 1,700,000,000.
        let exact = GoKit.zip().member(.init("\(GoKit.path)@v1.0.0/x", [1])) {
            $0.central.extra = [0x55, 0x54, 5, 0, 1, 0x00, 0xf1, 0x53, 0x65]
        }
        #expect(try time(exact.bytes) == "2023-11-14T22:13:20Z")
        // A pseudo-version has its own.
        #expect(try time(GoKit.zip(GoKit.path, "v0.0.0-20210102030405-abcdefabcdef").bytes) == "2021-01-02T03:04:05Z")
    }

    // MARK: - Documents

    @Test func `the list ascends without pseudo-versions, and the latest is the one that go would choose`() throws {
        var shelf = GoShelf()
        for version in ["v1.10.0", "v1.2.0-rc.1", "v1.9.0", "v1.2.0-rc.1.1", "v0.9.0", "v1.10.1-0.20260101000000-abcdefabcdef"] {
            try shelf.add(GoKit.zip(GoKit.path, version))
        }
        let documents = try shelf.documents(of: GoKit.path)
        #expect(Set(documents.keys) == ["example.com/demo/lib/@v/list", "example.com/demo/lib/@latest"])
        #expect(documents["example.com/demo/lib/@v/list"] == "v0.9.0\nv1.2.0-rc.1\nv1.2.0-rc.1.1\nv1.9.0\nv1.10.0\n")
        #expect(documents["example.com/demo/lib/@latest"] == #"{"Version":"v1.10.0","Time":"2026-11-28T12:00:00Z"}"#)
        shelf.remove("v1.10.0")
        #expect(try shelf.documents(of: GoKit.path)["example.com/demo/lib/@latest"]?.contains("v1.9.0") == true)
        for version in ["v1.9.0", "v0.9.0"] { shelf.remove(version) }
        #expect(try shelf.documents(of: GoKit.path)["example.com/demo/lib/@latest"]?.contains("v1.2.0-rc.1.1") == true)
    }

    @Test func `a module with pseudo-versions only has an empty list, and its newest commit is the latest`() throws {
        var shelf = GoShelf()
        for version in [
            "v1.0.1-0.20250101000000-bbbbbbbbbbbb", "v0.0.0-20260101000000-aaaaaaaaaaaa", "v1.0.1-0.20240101000000-cccccccccccc",
        ] {
            try shelf.add(GoKit.zip(GoKit.path, version))
        }
        let documents = try shelf.documents(of: GoKit.path)
        #expect(documents["example.com/demo/lib/@v/list"] == "")
        #expect(documents["example.com/demo/lib/@latest"]?.contains("v0.0.0-20260101000000-aaaaaaaaaaaa") == true)
    }

    @Test func `a module of which nothing is left has no documents`() throws {
        var shelf = GoShelf()
        try shelf.add(GoKit.zip())
        #expect(try shelf.documents(of: GoKit.path).count == 2)
        shelf.remove("v1.0.0")
        #expect(try shelf.documents(of: GoKit.path) == [:])
    }

    @Test func `versions without go.mod and those that retract themselves come behind others`() throws {
        var shelf = GoShelf()
        try shelf.add(GoKit.bare(GoKit.path, "v2.0.0+incompatible", "x.go", "x"))
        try shelf.add(GoKit.zip(GoKit.path, "v1.0.0"))
        let retracting = "module \(GoKit.path)\nretract [v1.0.1, v1.1.0]\n"
        try shelf.add(GoKit.zip(GoKit.path, "v1.1.0", mod: retracting))
        let path = "\(GoKit.path)/@latest"
        #expect(try shelf.documents(of: GoKit.path)[path]?.contains("v1.0.0") == true)
        shelf.remove("v1.0.0")
        #expect(try shelf.documents(of: GoKit.path)[path]?.contains("v2.0.0+incompatible") == true)
        shelf.remove("v2.0.0+incompatible")
        #expect(try shelf.documents(of: GoKit.path)[path]?.contains("v1.1.0") == true)
    }

    @Test func `a deprecation is the summary`() throws {
        let record = try GoKit.record(GoKit.zip(mod: "// Deprecated: use example.com/other.\nmodule \(GoKit.path)\n").bytes)
        #expect(record.summary == "Deprecated: use example.com/other.")
    }

    // MARK: - Recognition

    @Test func `other zips are not module zips`() {
        func recognise(_ name: String) -> Recognition { GoKit.recognise(ZipBuilder().file(name, "x").bytes) }
        #expect(recognise("example.com/x@v1.0.0/go.mod") == .surely)
        #expect(recognise("example.com/x@v1.0.0/") == .surely)
        #expect(recognise("x@v1/go.mod") == .perhaps)
        #expect(recognise("foo-1.0.dist-info/METADATA") == .no)
        #expect(recognise("foo-1.0/PKG-INFO") == .no)
        #expect(recognise("@scope/pkg/x") == .no)
        #expect(recognise("a@b/c") == .no)
        #expect(GoKit.recognise([], named: "x@v1.0.0.zip") == .no)
        #expect(GoKit.recognise(Array("PK\u{3}\u{4}".utf8)) == .no)
        #expect(GoKit.recognise(Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 255, count: 60)) == .no)
    }

    @Test(arguments: [
        ("example.com_demo_lib@v1.0.0.zip", true), ("v1.2.3.zip", true), ("lib@v1.0.0-rc.1.ZIP", true), ("foo-1.0.zip", false),
        ("v1.2.3.tar.gz", false), ("release.zip", false), (".zip", false), ("a@latest.zip", false),
        ("v1.0.0-!r!c.1.zip", true),
    ])
    func `names with a version of Go and .zip announce a module`(filename: String, isOurs: Bool) {
        #expect(Go().announces(filename: filename) == isOurs)
    }

    @Test(arguments: [
        ("v1.2.3.info", true), ("v1.2.3.mod", true), ("v1.2.3.ziphash", true), ("v1.2.3.lock", true), ("lib@v1.2.3.mod", true),
        ("go.mod", false), ("v1.2.3.zip", false), ("x.info", false), ("list", false),
    ])
    func `what lies beside zips in go's cache is told from the zip`(filename: String, isOurs: Bool) {
        #expect((Go().objection(to: filename)?.remedy == "add the .zip beside it") == isOurs)
    }
}
