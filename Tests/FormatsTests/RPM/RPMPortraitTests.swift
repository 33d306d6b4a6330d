import Testing

@testable import Formats
@testable import Kit

@Suite struct RPMPortraitTests {
    private static func portrait(_ rpm: RPMBuilder, _ options: [String: Options.Value] = [:]) throws -> SketchedPortrait {
        try SketchedPortrait(record(rpm, options).portrait)
    }

    private static func record(
        _ rpm: RPMBuilder, _ options: [String: Options.Value] = [:], hasPages: Bool = true
    ) throws(Refusal) -> PackageRecord {
        let file = rpm.build()
        var repository = rpmRepository(Options(general: options))
        repository.hasPages = hasPages
        return try RPM().inspect(rpmUpload(file), bytes: file.span, in: repository, within: Budget())
    }

    private static var gateway: RPMBuilder {
        var rpm = RPMBuilder(name: "relay-gateway", version: "4.2.1", release: "3.el9")
        rpm.tags[1_011] = .text("Acme")
        rpm.tags[1_015] = .text("Acme Release Engineering <release@example.org>")
        rpm.tags[1_020] = .text("https://relay.example.org/")
        rpm.requires = [
            ("glibc", 12, "2.34"), ("openssl-libs", 12, "1:3.0.7"), ("librelay.so.4()(64bit)", 0, ""),
            ("rpmlib(FileDigests)", 10, "4.6.0-1"),
        ]
        rpm.provides = [("relay-gateway", 8, "4.2.1-3.el9"), ("mta-bridge", 0, "")]
        rpm.recommends = [("logrotate", 0, "")]
        rpm.conflicts = [("relay-gateway-legacy", 2, "4.0")]
        rpm.obsoletes = [("relay-bridge", 10, "3")]
        rpm.changelog = [
            (1_795_824_000, "Release Engineering <release@example.org> - 4.2.1-3", "- Rebuilt\n- Waits"),
            (1_795_046_400, "Nobody at all", "- New"),
        ]
        rpm.files = [.init("/usr/bin/", "relay"), .init("/var/spool/", "relay", mode: 0o040755)]
        return rpm
    }

    @Test func `a page tells what the header says`() throws {
        let portrait = try Self.portrait(Self.gateway)
        #expect(
            portrait.facts == [
                "Licence: MIT", "Architecture: x86_64", "Group: Tools", "Installed: 4.1 kB",
                "Homepage: https://relay.example.org/", "Vendor: Acme", "Packager: Acme Release Engineering",
                "Source: relay-gateway-4.2.1-3.el9.src.rpm", "Built: 2023-11-14", "Build host: builder.example.org",
            ])
        #expect(portrait.link("Homepage") == "https://relay.example.org/")
        #expect(portrait.link("Packager") == nil)
        #expect(portrait.sections == ["about", "dependencies", "changelog", "contents"])
        #expect(portrait.about == "It does <this> & \"that\".\n\tTwice.")
        #expect(
            portrait.dependencies == [
                "Requires: glibc >= 2.34, openssl-libs >= 1:3.0.7, librelay.so.4()(64bit)", "Recommends: logrotate",
                "Provides: relay-gateway = 4.2.1-3.el9, mta-bridge", "Conflicts: relay-gateway-legacy < 4.0",
                "Obsoletes: relay-bridge <= 3",
            ])
        #expect(
            portrait.changelog == [
                .init("4.2.1-3, Release Engineering", at: Timestamp(seconds: 1_795_824_000), "- Rebuilt\n- Waits"),
                .init("Nobody at all", at: Timestamp(seconds: 1_795_046_400), "- New"),
            ])
        #expect(portrait.contents == ["/usr/bin/relay", "/var/spool/relay"])
    }

    @Test func `without pages there is no portrait, and all else is the same`() throws {
        let with = try Self.record(Self.gateway), without = try Self.record(Self.gateway, hasPages: false)
        #expect(without.portrait == nil)
        #expect(with.portrait != nil)
        #expect(with.fragments == without.fragments)
    }

    @Test func `a source package is one`() throws {
        var rpm = RPMBuilder()
        rpm.isSource = true
        rpm.tags[1_016] = .some(.translated([[UInt8]("Unspecified".utf8)]))
        let portrait = try Self.portrait(rpm)
        #expect(portrait.facts.contains("Architecture: source"))
        #expect(!portrait.facts.contains { $0.hasPrefix("Source:") || $0.hasPrefix("Group:") })
    }

    @Test func `a changelog has ten entries at most, and no more than the index lists`() throws {
        var rpm = RPMBuilder()
        rpm.changelog = (0..<30).map { (UInt32(1_795_824_000 - $0 * 86_400), "A <a@b> - 1.0-\(30 - $0)", "- \($0)") }
        #expect(try Self.portrait(rpm).changelog.map(\.title).first == "1.0-30, A")
        #expect(try Self.portrait(rpm).changelog.count == 10)
        #expect(try Self.portrait(rpm, ["changelog_limit": .number(-1)]).changelog.count == 10)
        #expect(try Self.portrait(rpm, ["changelog_limit": .number(2)]).changelog.map(\.text) == ["- 0", "- 1"])
    }

    @Test func `hostile texts are kept within bounds`() throws {
        var rpm = RPMBuilder()
        rpm.summary = [UInt8]("s".utf8)
        rpm.tags[1_005] = .translated([[UInt8](repeating: 0x61, count: 300_000)])
        rpm.tags[1_014] = .some(.string([0xFF, 0xFE] + [UInt8](repeating: 0xC3, count: 5_000)))
        rpm.tags[1_020] = .text("javascript:alert(1)")
        rpm.tags[1_006] = .int32([0xFFFF_FFFF])
        rpm.tags[5_009] = .int64([UInt64.max])
        rpm.requires = (0..<3_000).map { ("capability-\($0)", 0, "") }
        rpm.changelog = [(0xFFFF_FFFF, "<", String(repeating: "- x\n", count: 100_000))]
        rpm.files = (0..<700).map { .init("/usr/share/", "file-\($0)") }
        let portrait = try Self.portrait(rpm)
        #expect(portrait.about?.utf8.count == 65_536 + 3)
        #expect(portrait.facts.allSatisfy { $0.utf8.count < 1_600 })
        #expect(portrait.facts.contains("Built: 2106-02-07"))
        #expect(portrait.facts.contains("Homepage: javascript:alert(1)"))
        #expect(portrait.dependencies.first?.hasSuffix("capability-498, … and 2,501 more") == true)
        #expect(portrait.changelog.map(\.title) == ["<"])
        #expect(portrait.changelog.map { $0.text.utf8.count } == [8_192 + 3])
        #expect(portrait.contents.count == 500)
        #expect(portrait.contents.last == "… and 201 more")
    }

    @Test(arguments: [
        ("A Person <a@example.org> - 1.0-2", "1.0-2, A Person"), ("A Person <a@example.org> 1:1.0-2", "1:1.0-2, A Person"),
        ("A Person <a@example.org>", "A Person"), ("A Person - 1.0-2", "A Person - 1.0-2"), ("<>", ""), (">", ">"),
        ("> - <", "<, >"), ("", ""),
    ])
    func `an entry is called by its version and its author`(author: String, title: String) {
        #expect(RPMPortrait.title(author) == title)
    }

    @Test func `each client is told the line that installs a package`() {
        let path = "el9/package/tool/1-2.0-3/x86_64/tool-2.0-3.x86_64.rpm"
        func said(_ version: String?, _ path: String = path, _ name: String = "tool") -> [String] {
            lines(
                RPM().installations(
                    of: InstallationTarget(name: name, version: version, path: path, filename: "x"), in: rpmRepository()))
        }
        #expect(said(nil) == ["dnf: sudo dnf install tool", "zypper: sudo zypper install tool"])
        #expect(said("1:2.0-3") == ["dnf: sudo dnf install tool-1:2.0-3", "zypper: sudo zypper install tool=1:2.0-3"])
        #expect(said("2.0^git1-3").first == "dnf: sudo dnf install 'tool-2.0^git1-3'")
        #expect(said(nil, path, "a'b;reboot").first == #"dnf: sudo dnf install 'a'\''b;reboot'"#)
    }

    @Test func `versions stand in rpm's order`() {
        #expect(
            ascend(
                RPM(),
                [
                    "_-_", "1.0~rc1-1", "1.0-0.1", "1.0-1", "1.0-1.el8", "1.0-1.el9", "1.0-2", "1.0^git1-1", "1.0.1-1", "1.9-1",
                    "1.10-1",
                    "20200101-1", "1:0.1-1", "10:0.1-1",
                ]))
        #expect(RPM().orderKey(ofVersion: "1.00-1") == RPM().orderKey(ofVersion: "0:1_0-01"))
        #expect(!RPM().isPrerelease(version: "1.0~rc1-1"))
        // Whatever else a text is, it has its place.
        for odd in ["", ":", "-", "x:1-1", "99999999999:1-1", "-1", "1-"] { #expect(!RPM().orderKey(ofVersion: odd).isEmpty) }
    }
}
