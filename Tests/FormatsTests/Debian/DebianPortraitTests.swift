import Testing

@testable import Formats
@testable import Kit

@Suite struct DebianPortraitTests {
    private static func portrait(_ control: String) throws -> SketchedPortrait {
        try SketchedPortrait(DebianHarness.inspect(DebianFixture(control).bytes).portrait)
    }

    @Test func `a page tells what the control file says`() throws {
        let portrait = try Self.portrait(
            """
            Package: relay-gateway
            Source: relay (4.2.1-3)
            Version: 4.2.1-3+b1
            Architecture: amd64
            Maintainer: Acme Release Engineering <release@example.org>
            Installed-Size: 16699
            Pre-Depends: init-system-helpers  (>= 1.54~)
            Depends: libc6 (>= 2.36),
             libssl3   (>= 3.0.9), default-mta |
              mail-transport-agent
            Suggests: relay-gateway-doc
            Breaks: relay-bridge (<< 4)
            Section: net
            Priority: optional
            Homepage: https://relay.example.org/
            Description: Store-and-forward gateway
             The gateway takes messages
             from local programs.
             .
             Plug-ins add transports:
              * files

            """)
        #expect(
            portrait.facts == [
                "Section: net", "Priority: optional", "Architecture: amd64", "Installed: 17.1 MB", "Source: relay (4.2.1-3)",
                "Maintainer: Acme Release Engineering", "Homepage: https://relay.example.org/",
            ])
        #expect(portrait.link("Homepage") == "https://relay.example.org/")
        #expect(portrait.sections == ["about", "dependencies"])
        #expect(
            portrait.about == "The gateway takes messages\nfrom local programs.\n\nPlug-ins add transports:\n * files")
        #expect(
            portrait.dependencies == [
                "Pre-Depends: init-system-helpers (>= 1.54~)",
                "Depends: libc6 (>= 2.36), libssl3 (>= 3.0.9), default-mta | mail-transport-agent",
                "Suggests: relay-gateway-doc", "Breaks: relay-bridge (<< 4)",
            ])
    }

    @Test func `without pages there is no portrait`() throws {
        let file = DebianFixture().bytes
        var repository = DebianHarness.repository()
        repository.hasPages = false
        let record = try Debian().inspect(
            DebianHarness.upload(file.count), bytes: file.span, in: repository, within: Budget())
        #expect(record.portrait == nil)
        #expect(try DebianHarness.inspect(file).portrait != nil)
    }

    @Test func `a bare package says little, and nothing that it does not know`() throws {
        let portrait = try Self.portrait("Package: bare\nVersion: 1\nArchitecture: all\n")
        #expect(portrait.facts == ["Architecture: all"])
        #expect(portrait.sections == [])
    }

    @Test func `hostile fields are kept within bounds`() throws {
        let depends = (0..<2_000).map { "p\($0)" }.joined(separator: ", ")
        let portrait = try Self.portrait(
            """
            Package: odd
            Version: 1
            Architecture: all
            Installed-Size: 18446744073709551615
            Maintainer: \(String(repeating: "m", count: 100_000))
            Homepage: javascript:alert(1)
            Depends: \(depends)
            Description: odd
            \(String(repeating: " line\n .\n", count: 50_000))
            """)
        #expect(portrait.facts.map(\.utf8.count).allSatisfy { $0 < 600 })
        #expect(!portrait.facts.contains { $0.hasPrefix("Installed") })
        #expect(portrait.about.map { $0.utf8.count <= 65_536 + 3 } == true)
        #expect(portrait.dependencies.first?.hasSuffix("p498, … and 1,501 more") == true)
    }

    @Test func `apt is told the line that installs a package`() {
        func said(_ version: String?, _ path: String = "pool/stable/main/t/tool/tool_1.0_amd64.deb") -> [String] {
            lines(
                Debian().installations(
                    of: InstallationTarget(name: "tool", version: version, path: path, filename: "x"),
                    in: DebianHarness.repository()))
        }
        #expect(said(nil) == ["apt: sudo apt-get install tool"])
        #expect(said("1:1.0~rc1-2") == ["apt: sudo apt-get install tool=1:1.0~rc1-2"])
        #expect(said(nil, "pool/stable/main/t/tool/tool_1.0_amd64.udeb") == [])
    }

    @Test func `versions stand in dpkg's order`() {
        #expect(
            ascend(
                Debian(),
                ["1.0~~", "1.0~rc1-1", "1.0", "1.0-1~bpo11+1", "1.0-1", "1.0-1+b1", "1.0-2", "1.2", "1.10", "1:0.1", "2:0"]))
        #expect(Debian().orderKey(ofVersion: "1.0") == Debian().orderKey(ofVersion: "0:1.00-0"))
        #expect(Debian().orderKey(ofVersion: "not a version") == [])
        #expect(!Debian().isPrerelease(version: "1.0_rc1"))
    }
}
