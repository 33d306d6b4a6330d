import Testing

@testable import Formats
@testable import Kit

/// Reading packages and placing them.
@Suite struct RPMTests {
    private func inspect(
        _ file: [UInt8], group: String = "", options: Options = Options(), budget: Budget = Budget()
    ) throws(Refusal) -> PackageRecord {
        try RPM().inspect(rpmUpload(file, group: group), bytes: file.span, in: rpmRepository(options), within: budget)
    }

    private func text(_ record: PackageRecord, _ slot: Slot) -> String {
        record.fragments.first { $0.slot == slot }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    private func lines(_ record: PackageRecord, _ slot: Slot, with needle: String) -> [String] {
        text(record, slot).split(separator: "\n").filter { $0.contains(needle) }.map { String($0.drop { $0 == " " }) }
    }

    @Test func `packages are recognised by their magic`() {
        let file = RPMBuilder().build()
        #expect(RPM().recognise(file.span, filename: "x.deb") == .surely)
        #expect(RPM().recognise(Array("!<arch>\n".utf8).span, filename: "x.rpm") == .no)
        #expect(RPM().recognise([UInt8]().span, filename: "x.rpm") == .no)
    }

    @Test func `a package says who it is`() throws {
        let record = try inspect(RPMOddPackages.everything.build())
        #expect(record.name == "everything")
        #expect(record.version == "2:1.2~rc1^git3-4.el9")
        #expect(record.architecture == "x86_64")
        #expect(record.summary == "A tool")
        #expect(record.fragments.map(\.slot) == ["primary", "filelists", "other"])
        #expect(record.sidecars.isEmpty)
    }

    @Test func `primary holds the whole description in createrepo_c's layout`() throws {
        var package = RPMOddPackages.everything
        package.hasDigests = false
        let bytes = package.build()
        // Behind the header comes a payload of seven bytes.
        let expected = Self.everything.replacing("SIZE", with: "\(bytes.count)").replacing("END", with: "\(bytes.count - 7)")
        #expect(text(try inspect(bytes), "primary").split(separator: "\n") == expected.split(separator: "\n"))
    }

    @Test func `filelists and other hold files and changelog, oldest first`() throws {
        let record = try inspect(RPMOddPackages.everything.build())
        let pkgid = String(repeating: "ab", count: 32)
        #expect(
            text(record, "filelists") == """
                <package pkgid="\(pkgid)" name="everything" arch="x86_64">
                  <version epoch="2" ver="1.2~rc1^git3" rel="4.el9"/>
                  <file>/usr/bin/everything</file>
                  <file type="dir">/etc/everything</file>
                  <file type="ghost">/var/log/everything.log</file>
                  <file>/usr/share/a &amp; b &lt;c&gt;</file>
                </package>

                """)
        #expect(
            text(record, "other") == """
                <package pkgid="\(pkgid)" name="everything" arch="x86_64">
                  <version epoch="2" ver="1.2~rc1^git3" rel="4.el9"/>
                  <changelog author="Bob" date="1600000000">- first</changelog>
                  <changelog author="Ada &lt;ada@example.org&gt; - 1.2" date="1700000000">- second
                - "more"</changelog>
                </package>

                """)
    }

    @Test func `requirements are chosen as createrepo_c chooses them`() throws {
        let record = try inspect(RPMOddPackages.dependencies.build())
        let entries = lines(record, "primary", with: "<rpm:entry")
        for gone in ["/opt/tool/sbin/run", "/usr/lib/sendmail", "/etc/tool", "/usr/share/cabin/plan"] {
            #expect(!entries.contains { $0.contains(gone) }, "\(gone) is the package's own primary file")
        }
        #expect(entries.contains("<rpm:entry name=\"/usr/share/data\"/>"), "own files that are not primary stay")
        #expect(entries.filter { $0.contains("name=\"same\"") }.count == 3, "one provide, two requirements that differ from it")
        for name in ["prereq", "posttrans", "pretrans", "script-pre", "script-post"] {
            #expect(entries.contains("<rpm:entry name=\"\(name)\" pre=\"1\"/>"))
        }
        for name in ["interp", "script-preun", "script-postun", "verify"] {
            #expect(entries.contains("<rpm:entry name=\"\(name)\"/>"))
        }
        #expect(
            entries.filter { $0.contains("/bin/sh") } == [
                "<rpm:entry name=\"/bin/sh\" pre=\"1\"/>", "<rpm:entry name=\"/bin/sh\"/>",
                "<rpm:entry name=\"/bin/sh\" pre=\"1\"/>",
            ])
        #expect(entries.filter { $0.contains("\"again\"") }.count == 4)
        #expect(entries.filter { $0.contains("\"weak\"") || $0.contains("\"weak-pre\"") }.allSatisfy { !$0.contains("pre=") })
        #expect(entries.contains("<rpm:entry name=\"relation-only\" flags=\"EQ\"/>"))
        #expect(entries.contains("<rpm:entry name=\"no-relation\"/>"))
        #expect(entries.contains("<rpm:entry name=\"six\"/>"))
    }

    @Test(arguments: [
        (RPMOddPackages.cLibrary, ["libm.so.6()(64bit)", "libc.so.6(GLIBC_2.34)(64bit)"]),
        (RPMOddPackages.cLibraryPrivate, ["libc.so.6(GLIBC_PRIVATE)(64bit)"]),
    ])
    func `only the highest C library is required, and last`(package: RPMBuilder, expected: [String]) throws {
        let names = lines(try inspect(package.build()), "primary", with: "<rpm:entry").map { $0.split(separator: "\"")[1] }
        #expect(names.filter { $0.hasPrefix("lib") }.map(String.init) == expected)
        #expect(names.last.map(String.init) == expected.last)
    }

    @Test func `legacy weak dependencies go where their strength says`() throws {
        let record = try inspect(RPMOddPackages.legacy.build())
        let names = lines(record, "primary", with: "rpm:").filter { $0.hasPrefix("<rpm:entry") || $0.contains("s>") }
            .filter { !$0.hasPrefix("</") }.map { $0.replacing("<rpm:entry name=", with: "") }
        #expect(
            names.joined(separator: " ").hasSuffix(
                "<rpm:suggests> \"s\"/> \"os\"/> <rpm:enhances> \"oe\" flags=\"EQ\" epoch=\"0\" ver=\"1\"/> "
                    + "<rpm:recommends> \"m\"/> \"r\"/> \"os-strong\"/> "
                    + "<rpm:supplements> \"oe-strong\" flags=\"EQ\" epoch=\"0\" ver=\"1\"/>"
            ))
    }

    @Test func `a dependency whose epoch is no number is left out`() throws {
        let primary = text(try inspect(RPMOddPackages.epochs.build()), "primary")
        #expect(!primary.contains("\"bad\"") && !primary.contains("\"bad2\"") && !primary.contains("\"sign\""))
        #expect(primary.contains("<rpm:entry name=\"two\" flags=\"EQ\" epoch=\"2\" ver=\"1\" rel=\"2-3\"/>"))
        #expect(primary.contains("<rpm:entry name=\"empty\" flags=\"EQ\" epoch=\"0\" ver=\"1\" rel=\"2\"/>"))
    }

    @Test func `Latin-1 is repaired in every place`() throws {
        let record = try inspect(RPMOddPackages.latin1.build())
        #expect(record.summary == "François ÿ&")
        #expect(text(record, "primary").contains("<summary>François ÿ&amp;</summary>"))
        #expect(text(record, "primary").contains("<file>/usr/bin/éa</file>"))
        #expect(text(record, "other").contains("author=\"&#xC9;&quot;\""))
    }

    @Test func `source packages are src and list bare names`() throws {
        let record = try inspect(RPMOddPackages.source.build())
        #expect(record.architecture == "src")
        #expect(text(record, "filelists").contains("<file>source.spec</file>"))
        var unmarked = RPMOddPackages.source
        unmarked.tags.updateValue(nil, forKey: 1_106)
        #expect(try inspect(unmarked.build()).architecture == "src", "the lead says so, too")
        unmarked.tags[1_044] = .text("x.src.rpm")
        #expect(try inspect(unmarked.build()).architecture == "x86_64", "a package with a source package is none itself")
    }

    @Test func `whole paths of rpm 3 give the same files`() throws {
        var old = RPMOddPackages.oldNames
        let record = try inspect(old.build())
        old.hasOldFileNames = false
        #expect(text(record, "filelists") == text(try inspect(old.build()), "filelists"))
        #expect(lines(record, "primary", with: "<file").count == 2)
    }

    @Test(arguments: [(10, 10), (-1, 12), (0, 0), (3, 3)])
    func `the changelog is cut to the newest entries`(limit: Int, count: Int) throws {
        let options = Options(general: ["changelog_limit": .number(limit)])
        let record = try inspect(RPMOddPackages.changelog.build(), options: options)
        #expect(lines(record, "other", with: "<changelog").count == count)
    }

    @Test func `changelog entries of one date are moved apart by seconds`() throws {
        let options = Options(general: ["changelog_limit": .number(-1)])
        let dates = lines(try inspect(RPMOddPackages.changelog.build(), options: options), "other", with: "<changelog").map {
            $0.split(separator: "date=\"")[1].prefix(4)
        }
        #expect(dates == ["2000", "2001", "3000", "3001", "3002", "4000", "4001", "5000", "5001", "5002", "5003", "5004"])
    }

    @Test func `options can differ by group`() throws {
        let options = Options(general: ["changelog_limit": .number(1)], patterns: [("el*", ["changelog_limit": .number(2)])])
        let file = RPMOddPackages.changelog.build()
        #expect(lines(try inspect(file, group: "el9", options: options), "other", with: "<changelog").count == 2)
        #expect(lines(try inspect(file, group: "fc41", options: options), "other", with: "<changelog").count == 1)
    }

    @Test(arguments: [
        (
            RPMBuilder(name: "tool", version: "1.0", release: "1"), "el9", "el9/package/tool/1.0-1/x86_64/tool-1.0-1.x86_64.rpm",
            "el9/tool-1.0-1.x86_64"
        ),
        (
            RPMOddPackages.everything, "fedora/41",
            "fedora/41/package/everything/2-1.2~rc1^git3-4.el9/x86_64/everything-1.2~rc1^git3-4.el9.x86_64.rpm",
            "fedora/41/everything-2:1.2~rc1^git3-4.el9.x86_64"
        ),
        (RPMOddPackages.source, "", "package/source/1.0-1/src/source-1.0-1.src.rpm", "source-1.0-1.src"),
    ])
    func `a package lives at Gitea's address below its group`(package: RPMBuilder, group: String, path: String, identity: String)
        throws
    {
        let file = package.build()
        let record = try inspect(file, group: group)
        let placement = try RPM().place(record, of: rpmUpload(file, group: group), in: rpmRepository())
        #expect(placement.path.text == path)
        #expect(placement.identity == identity)
        #expect(placement.listings.map(\.partition) == [PartitionKey(scope: group)])
        let below = group.isEmpty ? path : String(path.dropFirst(group.count + 1))
        #expect(text(record, "primary").contains("<location href=\"\(below)\"/>"))
        let filename = path.split(separator: "/").last.map(String.init) ?? ""
        #expect(placement.listings.map(\.sortKey) == [Array(filename.utf8) + [0] + Array(below.utf8)])
    }

    @Test func `names that differ by case are two identities of one package`() throws {
        let lower = try inspect(RPMBuilder(name: "tool").build()), upper = try inspect(RPMBuilder(name: "Tool").build())
        #expect(lower.nameIdentity == upper.nameIdentity)
        let places = try [lower, upper].map { try RPM().place($0, of: rpmUpload([]), in: rpmRepository()) }
        #expect(places[0].identity != places[1].identity)
        #expect(places[0].path != places[1].path)
    }

    @Test(arguments: [
        "a//b", "/a", "a/", ".", "..", "a/../b", ".hidden", "package", "a/package", "repodata", "upload/x", "el9.repo",
        "el9.repo/x", ".repo",
        "a b", "a\\b", "a%2f", "é", "a\0", "repository", "repository.key", "index.html", String(repeating: "a", count: 256),
        String(repeating: "abc/", count: 200) + "x",
    ])
    func `groups that could not be paths are refused`(group: String) throws {
        let record = try inspect(RPMBuilder().build())
        let refusal = #expect(throws: Refusal.self) {
            try RPM().place(record, of: rpmUpload([], group: group), in: rpmRepository())
        }
        #expect(refusal?.cause == .placement)
    }

    @Test(arguments: ["", "el9", "fedora/41", "el9/stable", "a.b_c+d~e-f", "packages", "repo", "a.repos"])
    func `groups that can be paths are taken`(group: String) throws {
        let record = try inspect(RPMBuilder().build())
        #expect(
            try RPM().place(record, of: rpmUpload([], group: group), in: rpmRepository()).listings.first?.partition.scope == group
        )
    }

    @Test(arguments: [
        RPMBuilder(name: "a/b"), RPMBuilder(name: ".."), RPMBuilder(name: "a b"), RPMBuilder(name: "a\u{1}"),
        RPMBuilder(name: "a%20"),
        RPMBuilder(name: "é"), RPMBuilder(version: "../1"), RPMBuilder(version: "1-2"), RPMBuilder(version: "1:2"),
        RPMBuilder(release: "1/2"),
        RPMBuilder(release: "1-2"), RPMBuilder(release: ""), RPMBuilder(version: ""), RPMBuilder(name: ""),
        RPMBuilder(name: String(repeating: "a", count: 300)),
    ])
    func `names that could not be paths are refused`(package: RPMBuilder) {
        #expect(throws: Refusal.self) { try inspect(package.build()) }
    }

    @Test func `an architecture that could not be a path is refused`() {
        var package = RPMBuilder()
        package.architecture = "../../x"
        #expect(throws: Refusal.self) { try inspect(package.build()) }
    }

    static let everything = """
        <package type="rpm">
          <name>everything</name>
          <arch>x86_64</arch>
          <version epoch="2" ver="1.2~rc1^git3" rel="4.el9"/>
          <checksum type="sha256" pkgid="YES">abababababababababababababababababababababababababababababababab</checksum>
          <summary>A tool</summary>
          <description>It does &lt;this&gt; &amp; "that".
        \tTwice.</description>
          <packager>Ada</packager>
          <url>https://example.org/?a=1&amp;b=2</url>
          <time file="1700000100" build="1700000000"/>
          <size package="SIZE" installed="4096" archive="1234"/>
          <location href="package/everything/2-1.2~rc1^git3-4.el9/x86_64/everything-1.2~rc1^git3-4.el9.x86_64.rpm"/>
          <format>
            <rpm:license>MIT</rpm:license>
            <rpm:vendor>Example</rpm:vendor>
            <rpm:group>Tools</rpm:group>
            <rpm:buildhost>builder.example.org</rpm:buildhost>
            <rpm:sourcerpm>everything-1.2~rc1^git3-4.el9.src.rpm</rpm:sourcerpm>
            <rpm:header-range start="184" end="END"/>
            <rpm:provides>
              <rpm:entry name="everything" flags="EQ" epoch="2" ver="1.2~rc1^git3" rel="4.el9"/>
              <rpm:entry name="config(everything)" flags="EQ" epoch="2" ver="1.2~rc1^git3" rel="4.el9"/>
              <rpm:entry name="x"/>
            </rpm:provides>
            <rpm:requires>
              <rpm:entry name="bash" flags="GE" epoch="0" ver="4.0"/>
              <rpm:entry name="(a &gt;= 1 if b &lt; 2)"/>
            </rpm:requires>
            <rpm:conflicts>
              <rpm:entry name="old" flags="LT" epoch="0" ver="2.0"/>
            </rpm:conflicts>
            <rpm:obsoletes>
              <rpm:entry name="older" flags="LE" epoch="1" ver="0.9" rel="3"/>
            </rpm:obsoletes>
            <rpm:suggests>
              <rpm:entry name="more" flags="GT" epoch="0" ver="1"/>
            </rpm:suggests>
            <rpm:enhances>
              <rpm:entry name="c" flags="EQ" epoch="0" ver="3"/>
            </rpm:enhances>
            <rpm:recommends>
              <rpm:entry name="docs"/>
            </rpm:recommends>
            <rpm:supplements>
              <rpm:entry name="(a and b)"/>
            </rpm:supplements>
            <file>/usr/bin/everything</file>
            <file type="dir">/etc/everything</file>
          </format>
        </package>

        """

    @Test func `versions of addresses are those of Gitea, with the epoch before a dash`() {
        let rpm = RPM()
        for (address, version) in [
            ("1-2.0-3", "1:2.0-3"), ("0-2.0-3", "2.0-3"), ("2.0-3", "2.0-3"), ("1:2.0-3", "1:2.0-3"), ("x-2.0-3", "x-2.0-3"),
            ("-2.0-3", "-2.0-3"), ("1-2-3-4", "1-2-3-4"),
        ] { #expect(rpm.version(inAddress: address) == version) }
        #expect(Debian().version(inAddress: "1-2.0-3") == "1-2.0-3")
    }
}
