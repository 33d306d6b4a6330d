import Testing

@testable import Formats
@testable import Kit

@Suite struct AlpineTests {
    @Test func `a record has the fields of apk index in its order`() throws {
        let package = AlpineBuilder("demo-doc", "1.1_rc2-r0").with(
            """
            pkgdesc = Documentation of demo
            url = https://example.org/demo?a=b
            builddate = 1700000000
            packager = Nobody <nobody@example.org>
            origin = demo
            commit = 0123abcd
            maintainer = Somebody <somebody@example.org>
            replaces = demo-old
            license = MIT AND BSD-2-Clause
            provider_priority = 10
            depend = demo=1.1_rc2-r0  so:libc.musl-x86_64.so.1
            depend = !demo-old
            depend = libdemo=~1.1
            provides = cmd:demo=1.1-r0
            provides = docs
            install_if = demo=1.1_rc2-r0 docs
            triggers = /usr/share/man
            """)
        let data = package.data
        let control = package.control(for: data)
        var shelf = AlpineShelf()
        try shelf.add(control + data)
        var sum: [UInt8] = []
        sum.append(base64: SHA1.of(control))
        #expect(
            try shelf.members("x86_64")["APKINDEX"] == """
                C:Q1\(sum.text)
                P:demo-doc
                V:1.1_rc2-r0
                A:x86_64
                S:\(control.count + data.count)
                I:4096
                T:Documentation of demo
                U:https://example.org/demo?a=b
                L:MIT AND BSD-2-Clause
                o:demo
                m:Somebody <somebody@example.org>
                t:1700000000
                c:0123abcd
                k:10
                D:demo=1.1_rc2-r0 so:libc.musl-x86_64.so.1 !demo-old libdemo~1.1
                p:cmd:demo=1.1-r0 docs
                i:demo=1.1_rc2-r0 docs


                """)
    }

    @Test func `what a package does not say is empty, or not there`() throws {
        var shelf = AlpineShelf()
        try shelf.add(
            AlpineBuilder("demo", "1").info("pkgname = demo\npkgver = 1\narch = x86\nbuilddate = 0\nlicense =\norigin =\n").bytes)
        let text = try shelf.members("x86")["APKINDEX"] ?? ""
        #expect(text.hasSuffix("\nI:0\nT:\nU:\nL:\n\n"))
    }

    @Test func `a signature in front changes nothing but the size`() throws {
        var plain = AlpineShelf(), signed = AlpineShelf()
        let package = AlpineHostile.sound
        try plain.add(package.bytes)
        try signed.add(package.changed { $0.prefix = AlpineBuilder.signature() }.bytes)
        try signed.add(
            AlpineBuilder("other", "1").changed { $0.prefix = AlpineBuilder.signature() + AlpineBuilder.signature() }.bytes)
        func sum(_ shelf: AlpineShelf) throws -> Substring? {
            try shelf.members("x86_64")["APKINDEX"]?.split(separator: "\n").first
        }
        #expect(try sum(plain) == sum(signed))
    }

    @Test func `packages of noarch are in each index, under its own architecture`() throws {
        var shelf = AlpineShelf([Alpine.architectures: .list(["armv7", "aarch64"])])
        try shelf.add(AlpineBuilder("demo", "1.0-r0").bytes)
        try shelf.add(AlpineBuilder("demo", "1.0_rc1-r0").bytes)
        let placement = try shelf.add(AlpineBuilder("demo", "1.0-r0", "noarch").bytes)
        try shelf.add(AlpineBuilder("docs", "2", "noarch").bytes)
        #expect(placement.path.text == "edge/main/noarch/demo-1.0-r0.apk")
        #expect(placement.aliases.map(\.text) == ["edge/main/aarch64/demo-1.0-r0.apk", "edge/main/armv7/demo-1.0-r0.apk"])
        for (architecture, versions) in [
            ("x86_64", ["demo 1.0_rc1-r0", "demo 1.0-r0", "demo 1.0-r0", "docs 2"]), ("aarch64", ["demo 1.0-r0", "docs 2"]),
            ("armv7", ["demo 1.0-r0", "docs 2"]), ("noarch", ["demo 1.0-r0", "docs 2"]),
        ] {
            let lines = try #require(try shelf.members(architecture)["APKINDEX"]).split(separator: "\n")
            let names = lines.filter { $0.hasPrefix("P:") }.map { $0.dropFirst(2) }
            let found = zip(names, lines.filter { $0.hasPrefix("V:") }).map { "\($0) \($1.dropFirst(2))" }
            #expect(found == versions, "\(architecture)")
            #expect(lines.filter { $0.hasPrefix("A:") }.allSatisfy { $0 == "A:\(architecture)" })
        }
        #expect(shelf.plans().count == 4)
    }

    @Test func `packages of noarch have an index for one machine, also when those of another come`() throws {
        var shelf = AlpineShelf()
        let placement = try shelf.add(
            AlpineBuilder("demo", "1", "noarch").bytes, to: ["branch": "v3.22", "repository": "community"])
        #expect(
            shelf.plans("v3.22/community").map(\.path)
                == ["noarch", "x86_64"].map { "v3.22/community/\($0)/APKINDEX.unsigned.tar.gz" })
        #expect(placement.aliases.map(\.text) == ["aarch64", "x86_64"].map { "v3.22/community/\($0)/demo-1.apk" })
        try shelf.add(AlpineBuilder("other", "1", "riscv64").bytes, to: ["branch": "v3.22", "repository": "community"])
        #expect(
            shelf.plans("v3.22/community").map(\.path)
                == ["noarch", "riscv64", "x86_64"].map { "v3.22/community/\($0)/APKINDEX.unsigned.tar.gz" })
    }

    @Test func `an index is an archive with a description, sealed under apk's name`() throws {
        var shelf = AlpineShelf([Alpine.description: .text(String(repeating: "é", count: 81) + "\u{0}")])
        try shelf.add(AlpineHostile.sound.bytes)
        let plan = try #require(shelf.plans().first)
        #expect(plan.companions == [.sealed(path: "edge/main/x86_64/APKINDEX.tar.gz")])
        #expect(plan.encodings == [.gzip(level: 9)] && plan.naming == .bare)
        #expect(shelf.bytes(of: plan).count % 512 == 0)
        #expect(try shelf.members("x86_64")["DESCRIPTION"] == String(repeating: "é", count: 80))
        #expect(try AlpineShelf().with(AlpineHostile.sound).members("x86_64")["DESCRIPTION"] == "acme edge/main")
    }

    @Test func `a seal is one gzip member whose archive has no end, and in it the better signature first`() throws {
        let repository = AlpineShelf().repository
        let seal = Alpine().seal(
            [.init(by: AlpineShelf.key, over: .sha1, [1]), .init(by: AlpineShelf.key, over: .sha256, [2, 3])], in: repository)
        let member = try GzipMembers.member(of: seal.span, at: 0, subject: "the seal", limit: 1 << 20, within: Budget())
        #expect(member.range == 0..<seal.count && member.content.count == 2_048)
        let name = "acme@\(Hex.string(Array(SHA256.of([1, 2, 3]).prefix(8)))).rsa.pub"
        let section = try AlpineSection(member.content, at: 0)
        #expect(try section.isSignature && section.content(of: ".SIGN.RSA256.\(name)") == [2, 3])
        #expect(try section.content(of: ".SIGN.RSA.\(name)") == [1])
        #expect(String(decoding: member.content.prefix(13), as: UTF8.self) == ".SIGN.RSA256.")
        #expect(Alpine().commons(in: repository).map(\.path) == ["key", name])
        #expect(Alpine().commons(in: AlpineShelf(key: nil).repository).isEmpty)
    }

    @Test func `an index can be sealed with two keys, while clients change over`() throws {
        let former = SiteKey(kind: .rsa, der: [9])
        var repository = AlpineShelf().repository
        repository.siteKeys.append(former)
        let seal = Alpine().seal(
            [
                .init(by: AlpineShelf.key, over: .sha256, [1]), .init(by: AlpineShelf.key, over: .sha1, [2]),
                .init(by: former, over: .sha256, [3]), .init(by: former, over: .sha1, [4]),
            ], in: repository)
        let member = try GzipMembers.member(of: seal.span, at: 0, subject: "the seal", limit: 1 << 20, within: Budget())
        let names = repository.siteKeys.map { AlpineSignature.name(of: $0, in: repository) }
        let signatures = ["RSA256.\(names[0])", "RSA256.\(names[1])", "RSA.\(names[0])", "RSA.\(names[1])"]
        for (name, bytes) in zip(signatures, [1, 3, 2, 4] as [UInt8]) {
            #expect(try AlpineSection(member.content, at: 0).content(of: ".SIGN.\(name)") == [bytes])
        }
        let places = signatures.compactMap { member.content.firstRange(of: Array(".SIGN.\($0)".utf8))?.lowerBound }
        #expect(places.count == 4 && places == places.sorted(), "the better digest comes first, whoever's key it is")
        // Each is a file under its own name; that of all is the one that signs.
        let plans = Alpine().commons(in: repository)
        #expect(plans.map(\.path) == ["key"] + names)
        #expect(plans.map(\.body) == [repository.siteKeys[0], repository.siteKeys[0], former].map { [.literal($0.pem)] })
    }

    @Test func `the key is published under a name that no branch can have`() {
        let paths = Alpine().commons(in: AlpineShelf().repository).map(\.path)
        for path in paths { #expect((try? AlpinePlace(Coordinates(["branch": path]))) == nil) }
    }

    @Test(arguments: [
        ("a>=1", "a>=1"), ("a=>1", "a>=1"), ("a=<1", "a<=1"), ("a~=1.2", "a~1.2"), ("a=~1.2", "a~1.2"), ("a<~1", "a<~1"),
        ("a~>1", "a>~1"),
        ("a><Q1abc", "a><Q1abc"), ("!a<1", "!a<1"), ("a   b", "a b"), ("so:a[x]", "so:a[x]"), ("/bin/sh", "/bin/sh"),
        ("pc:a-2.0=1.2", "pc:a-2.0=1.2"),
    ])
    func `dependencies are written as apk writes them`(text: String, written: String) throws {
        let info = try PackageInfo([UInt8]("depend = \(text)\n").span, remedy: "")
        let (found, odd) = try AlpineDependencies.normalised(info.values("depend"), "depend", of: info)
        #expect(found == written && odd == nil)
    }

    @Test(arguments: ["provides", "install_if"])
    func `a version that apk does not know is warned of where it is passed over`(key: String) throws {
        let record = try AlpineShelf.record(AlpineHostile.sound.with("\(key) = pc:demo=1.0-dev").bytes)
        #expect(record.warnings.map(\.place) == [".PKGINFO, \(key)"])
        #expect(record.fragments[0].bytes.text.contains("\(key == "provides" ? "p" : "i"):pc:demo=1.0-dev\n"))
    }

    @Test func `what apk passes over in .PKGINFO is warned of`() throws {
        let record = try AlpineShelf.record(
            AlpineHostile.sound.with("pkgdesc = first\n\n  second = part\nthird\n = fourth").bytes)
        #expect(record.summary == "first" && record.warnings.map(\.place) == [".PKGINFO, line 8"])
    }

    @Test func `files are in one gzip member, whatever bytes they hold`() throws {
        // The four bytes that a member begins with, stored as they are.
        let magic: [UInt8] = [0x1f, 0x8b, 8, 0]
        let package = AlpineHostile.sound.changed { $0.files = $0.files.file("usr/nested.gz", magic + magic) }
        let data = Encoding.gzip(level: 0).encode(package.files.bytes.span)
        let couldBeSeveral = GzipMembers.couldBeSeveral(data.span)
        #expect(couldBeSeveral)
        #expect(throws: Never.self) { try AlpineShelf.record(package.bytes(with: data)) }
    }

    @Test func `extended headers of abuild's tar say nothing of names`() throws {
        let scripts = TarBuilder().pax([("comment", "x")], type: "g").pax([("atime", "0"), ("ctime", "0")]).file(
            ".post-install", "")
        #expect(try AlpineShelf.record(AlpineHostile.sound.changed { $0.scripts = scripts.ended(by: 0) }.bytes).name == "demo")
    }

    @Test func `packages are recognised by their content, and pacman's are left to pacman`() {
        func recognition(_ bytes: [UInt8], _ name: String) -> Recognition { Alpine().recognise(bytes.span, filename: name) }
        let bytes = AlpineHostile.sound.bytes
        #expect(recognition(bytes, "upload") == .surely)
        let asArch = Arch().recognise(bytes.span, filename: "upload")
        #expect(asArch == .no)
        #expect(recognition([UInt8]("ADBd"), "upload") == .surely)
        #expect(recognition((AlpineBuilder.signature() + bytes), "upload") == .surely)
        let pacman = ArchBuilder("demo", "1-1").tar.bytes.gzip
        #expect(recognition(pacman, "demo.pkg.tar.gz") == .no)
        #expect(recognition([UInt8]("PK"), "demo.apk") == .perhaps)
        #expect(recognition([UInt8](), "demo") == .no)
        #expect(Alpine().objection(to: "APKINDEX.tar.gz") != nil && Alpine().objection(to: "APKBUILD") != nil)
        #expect(Alpine().objection(to: "demo.apk") == nil)
    }

    @Test func `a partition says which coordinates it stands for`() {
        let coordinates = Alpine().coordinates(of: PartitionKey(scope: "v3.22/main", name: "x86_64"))
        #expect(coordinates["branch"] == "v3.22" && coordinates["repository"] == "main")
    }
}

extension AlpineShelf {
    func with(_ package: AlpineBuilder) throws -> AlpineShelf {
        var copy = self
        try copy.add(package.bytes)
        return copy
    }
}
