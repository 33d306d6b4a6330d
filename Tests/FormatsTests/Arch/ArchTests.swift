import Testing

@testable import Formats
@testable import Kit

@Suite struct ArchTests {
    @Test func `a package's entry has the fields of repo-add in its order`() throws {
        let package = ArchBuilder("demo-tools", "1:1.1-2.1").with(
            """
            url = https://example.org/
            pkgdesc =   Tools  for\ta   demo
            size = 4096
            builddate = 1700000000
            packager = Nobody <nobody@example.org>
            license = MIT
            license = BSD
            group = demogroup
            replaces = oldtools
            conflict = oldtools
            provides = tools=1
            provides = libdemo.so=1-64
            backup = etc/demo.conf
            depend = libdemo>=1
            optdepend = demo-doc: more to read
            makedepend = gcc
            checkdepend = check
            makepkgopt = strip
            """)
        let bytes = package.bytes
        var shelf = ArchShelf()
        let placement = try shelf.add(bytes, to: "core")
        #expect(placement.path.text == "core/x86_64/demo-tools-1:1.1-2.1-x86_64.pkg.tar.zst")
        let members = try shelf.members("core/x86_64/core.files", in: "core")
        #expect(members.map(\.path) == ["", "desc", "files"].map { "demo-tools-1:1.1-2.1/\($0)" })
        #expect(
            members[1].text == """
                %FILENAME%
                demo-tools-1:1.1-2.1-x86_64.pkg.tar.zst

                %NAME%
                demo-tools

                %BASE%
                demo

                %VERSION%
                1:1.1-2.1

                %DESC%
                Tools for a demo

                %GROUPS%
                demogroup

                %CSIZE%
                \(bytes.count)

                %ISIZE%
                4096

                %SHA256SUM%
                \(Hex.string(SHA256.of(bytes)))

                %URL%
                https://example.org/

                %LICENSE%
                MIT
                BSD

                %ARCH%
                x86_64

                %BUILDDATE%
                1700000000

                %PACKAGER%
                Nobody <nobody@example.org>

                %REPLACES%
                oldtools

                %CONFLICTS%
                oldtools

                %PROVIDES%
                tools=1
                libdemo.so=1-64

                %DEPENDS%
                libdemo>=1

                %OPTDEPENDS%
                demo-doc: more to read

                %MAKEDEPENDS%
                gcc

                %CHECKDEPENDS%
                check


                """)
        #expect(members[2].text == "%FILES%\nusr/\nusr/share/\nusr/share/demo\n")
        #expect(try shelf.members("core/x86_64/core.db", in: "core").map(\.text) == ["", members[1].text])
    }

    @Test func `what a package does not say is not in its entry`() throws {
        let text = "pkgname = demo\npkgver = 1-1\narch = any\npkgdesc =\nlicense = \n"
        var shelf = ArchShelf()
        try shelf.add(ArchBuilder("demo", "1-1").info(text).bytes)
        let desc = try shelf.members("x86_64/packages.db")[1].text
        #expect(desc.split(separator: "\n").filter { $0.hasPrefix("%") }.count == 6)
    }

    @Test func `.PKGINFO may stand behind the files, as nfpm has it`() throws {
        let tar = TarBuilder().file("usr/bin/demo", "demo").file(".PKGINFO", ArchBuilder("demo", "1.0-1").text).file(".MTREE", "")
        let recognition = Arch().recognise(tar.bytes.zstd.span, filename: "demo.pkg.tar.zst")
        #expect(recognition == .perhaps)
        #expect(try ArchShelf.record(tar.bytes.zstd).name == "demo")
    }

    @Test func `files are listed in byte order, each folder with a slash`() throws {
        var package = ArchBuilder("demo", "1-1")
        package.files = [
            ("usr/b/", ""), ("usr/", ""), ("usr/a", "x"), ("usr/b/\\c", ""), ("usr/b/", ""), ("opt/é", ""), (".hidden", ""),
        ]
        var shelf = ArchShelf()
        try shelf.add(package.bytes)
        #expect(try shelf.members("x86_64/packages.files")[2].text == "%FILES%\nopt/é\nusr/\nusr/a\nusr/b/\nusr/b/\\\\c\n")
    }

    @Test func `databases list the newest version of each name, those for any machine among them`() throws {
        var shelf = ArchShelf([Arch.architectures: .list(["riscv64", "any"])], key: [1])
        for version in ["1.0-1", "1.0-2", "1:0.9-1", "1.0rc1-1"] { try shelf.add(ArchBuilder("demo", version).bytes, to: "a/b") }
        try shelf.add(ArchBuilder("demo-doc", "2-1", "any").bytes, to: "a/b")
        try shelf.add(ArchBuilder("demo", "1.0-3", "any").bytes, to: "a/b")
        try shelf.add(ArchBuilder("demo", "1.0-1", "aarch64").bytes, to: "a/b")
        let plans = shelf.plans("a/b")
        #expect(
            plans.map(\.path)
                == ["aarch64", "riscv64", "x86_64"].flatMap { ["a/b/\($0)/b.db", "a/b/\($0)/b.files"] })
        #expect(plans.allSatisfy { $0.companions == [.variantSignature(suffix: ".sig", isArmored: false)] && $0.naming == .bare })
        #expect(
            try shelf.members("a/b/x86_64/b.db", in: "a/b").map(\.path).filter { $0.hasSuffix("/") } == [
                "demo-1:0.9-1/", "demo-doc-2-1/",
            ])
        #expect(
            try shelf.members("a/b/aarch64/b.db", in: "a/b").map(\.path).filter { $0.hasSuffix("/") } == [
                "demo-1.0-3/", "demo-doc-2-1/",
            ])
        #expect(
            try shelf.members("a/b/riscv64/b.db", in: "a/b").map(\.path).filter { $0.hasSuffix("/") } == [
                "demo-1.0-3/", "demo-doc-2-1/",
            ])
        shelf.drop("a/b demo-1:0.9-1-x86_64")
        #expect(try shelf.members("a/b/x86_64/b.db", in: "a/b").first?.path == "demo-1.0-3/")
        shelf.drop("a/b demo-1.0-3-any")
        #expect(try shelf.members("a/b/x86_64/b.db", in: "a/b").first?.path == "demo-1.0-2/")
    }

    @Test func `packages for any machine have databases for one, also when those of another come`() throws {
        var shelf = ArchShelf()
        try shelf.add(ArchBuilder("demo", "1-1", "any").bytes)
        #expect(shelf.plans().map(\.path) == ["x86_64/packages.db", "x86_64/packages.files"])
        #expect(shelf.plans().allSatisfy { $0.companions.isEmpty })
        try shelf.add(ArchBuilder("demo", "1-1", "aarch64").bytes)
        #expect(
            shelf.plans().map(\.path) == ["aarch64", "x86_64"].flatMap { ["\($0)/packages.db", "\($0)/packages.files"] })
        var other = ArchShelf()
        try other.add(ArchBuilder("demo", "1-1", "aarch64").bytes)
        #expect(other.plans().map(\.path) == ["aarch64/packages.db", "aarch64/packages.files"])
    }

    @Test func `a package for any machine is below each architecture of the settings`() throws {
        var shelf = ArchShelf([Arch.architectures: .list(["x86_64", "aarch64"])])
        let file = "demo-1-1-any.pkg.tar.zst"
        let package = try shelf.add(ArchBuilder("demo", "1-1", "any").bytes, to: "core")
        #expect(
            package.path.text == "core/any/\(file)"
                && package.aliases.map(\.text) == ["core/aarch64/\(file)", "core/x86_64/\(file)"])
        let signature = try shelf.add(ArchBuilder.signature(), named: "\(file).sig", to: "core")
        #expect(
            signature.path.text == "core/any/\(file).sig"
                && signature.aliases.map(\.text) == ["core/aarch64/\(file).sig", "core/x86_64/\(file).sig"])
        #expect(try shelf.add(ArchBuilder("other", "1-1").bytes, to: "core").aliases.isEmpty)
    }

    @Test func `the same version in another compression is the same package`() throws {
        var shelf = ArchShelf()
        let tar = ArchBuilder("demo", "1-1").tar.bytes
        let placements = try [tar.zstd, tar.gzip, tar.xz, tar].map { try shelf.add($0) }
        #expect(Set(placements.map(\.identity)) == [" demo-1-1-x86_64"])
        #expect(placements.map(\.path.text) == [".zst", ".gz", ".xz", ""].map { "x86_64/demo-1-1-x86_64.pkg.tar\($0)" })
    }

    @Test(arguments: [
        ArchBuilder.signature(), ArchBuilder.signature(version: 3), ArchBuilder.signature(size: 300),
        ArchBuilder.signature(version: 6) + ArchBuilder.signature(),
    ])
    func `a maintainer's signature lies beside its package, and nothing lists it`(bytes: [UInt8]) throws {
        var shelf = ArchShelf()
        let name = "demo-tools-1:1.0-1-x86_64.pkg.tar.zst.sig"
        #expect(Arch().recognise(bytes.span, filename: name) == .surely)
        let placement = try shelf.add(bytes, named: name, to: "core")
        #expect(placement.path.text == "core/x86_64/\(name)" && placement.listings.isEmpty)
        let record = shelf.shelved[0].record
        #expect([record.name, record.version, record.architecture] == ["demo-tools", "1:1.0-1", "x86_64"])
    }

    @Test func `packages are recognised by their content, and apk's are left to apk`() {
        let package = ArchBuilder("demo", "1-1")
        for bytes in [package.bytes, package.tar.bytes.gzip, package.tar.bytes.xz, package.tar.bytes] {
            #expect(Arch().recognise(bytes.span, filename: "upload") == .surely)
        }
        #expect(Arch().recognise(TarBuilder().file("usr/a", "").bytes.zstd.span, filename: "a.tar.zst") == .no)
        #expect(Arch().recognise(TarBuilder().file("usr/a", "").bytes.zstd.span, filename: "a.pkg.tar.zst") == .perhaps)
        let apk = TarBuilder().file(".PKGINFO", "pkgname = demo\ndatahash = 00\n").bytes.gzip
        #expect(Arch().recognise(apk.span, filename: "demo.apk") == .no)
        let signed = TarBuilder().file(".SIGN.RSA.a.rsa.pub", "x").file(".PKGINFO", "pkgname = demo\n").bytes.gzip
        #expect(Arch().recognise(signed.span, filename: "demo.apk") == .no)
        #expect(Arch().recognise([UInt8]().span, filename: "demo") == .no)
    }

    @Test(arguments: [
        ("demo-1-1-any.pkg.tar.lz4", "compression"), ("demo-1-1.src.tar.gz", "built from"), ("PKGBUILD", "built from"),
        ("core.db.tar.gz", "a database of packages"), ("core.files.tar.zst", "a database of packages"),
    ])
    func `what goes along with packages is named`(filename: String, words: String) {
        #expect(Arch().objection(to: filename)?.what.contains(words) == true)
    }

    @Test func `a long name has room in a database`() throws {
        let name = String(repeating: "long-", count: 24) + "name"
        var shelf = ArchShelf()
        try shelf.add(ArchBuilder(name, "1-1").bytes)
        #expect(try shelf.members("x86_64/packages.files").map(\.path) == ["", "desc", "files"].map { "\(name)-1-1/\($0)" })
    }

    @Test func `an entry is the same whatever was read before, and keeps whole blocks`() throws {
        let bytes = ArchBuilder("demo", "1-1").with("builddate = 99999999999").bytes
        let fragments = try ArchShelf.record(bytes).fragments
        #expect(try ArchShelf.record(bytes).fragments == fragments)
        #expect(fragments.filter { $0.slot != Arch.name }.allSatisfy { $0.bytes.count % 512 == 0 })
    }

    @Test func `damaged facts are refused`() throws {
        var record = try ArchShelf.record(ArchBuilder("demo", "1-1").bytes)
        for facts in [[], [9], record.facts.dropLast(), record.facts + [0]] as [[UInt8]] {
            record.facts = Array(facts)
            let fault = refusal { () throws(Refusal) in
                _ = try Arch().place(record, of: ArchShelf.upload([]), in: ArchShelf().repository)
            }
            #expect(fault?.cause == .malformed)
        }
    }
}
