import Testing

@testable import Formats
@testable import Kit

@Suite struct AlpinePortraitTests {
    private static let relay = AlpineBuilder("relay", "4.2.1-r3").with(
        """
        pkgdesc = Store-and-forward gateway
        url = https://relay.example.org/
        license = Apache-2.0
        origin = relay
        maintainer = A. Person <person@example.org>
        builddate = 1795824000
        commit = 0123abcd
        depend = so:libc.musl-x86_64.so.1
        depend = openssl>=3
        depend = !relay-legacy
        provides = cmd:relay=4.2.1-r3
        replaces = bridge
        install_if = relay=4.2.1-r3 openrc
        """
    ).changed { $0.files = TarBuilder().folder("usr/").file("usr/relay", "x").link("usr/r", to: "relay") }

    @Test func `a page tells what the package says`() throws {
        let portrait = try SketchedPortrait(AlpineShelf.record(Self.relay.bytes).portrait)
        #expect(
            portrait.facts == [
                "Licence: Apache-2.0", "Architecture: x86_64", "Installed: 4.1 kB", "Homepage: https://relay.example.org/",
                "Maintainer: A. Person", "Source: relay", "Commit: 0123abcd", "Built: 2026-11-28",
            ])
        #expect(portrait.sections == ["dependencies", "contents"])
        #expect(
            portrait.dependencies == [
                "Depends: so:libc.musl-x86_64.so.1, openssl>=3", "Provides: cmd:relay=4.2.1-r3", "Conflicts: relay-legacy",
                "Replaces: bridge", "Installed if: relay=4.2.1-r3, openrc",
            ])
        #expect(portrait.contents == ["/usr/relay", "/usr/r"])
    }

    @Test func `without pages there is no portrait, and the index is the same`() throws {
        let file = Self.relay.bytes
        var repository = AlpineShelf().repository
        repository.hasPages = false
        let record = try Alpine().inspect(AlpineShelf.upload(file), bytes: file.span, in: repository, within: Budget())
        #expect(record.portrait == nil)
        #expect(try record.fragments == AlpineShelf.record(file).fragments)
    }

    @Test func `many files and dependencies are kept within bounds`() throws {
        let package = AlpineBuilder("odd", "1-r0").with((0..<900).map { "depend = p\($0)" }.joined(separator: "\n"))
            .changed { $0.files = (0..<620).reduce(TarBuilder()) { $0.file("f\($1)", "") } }
        let portrait = try SketchedPortrait(AlpineShelf.record(package.bytes).portrait)
        #expect(portrait.dependencies.first?.hasSuffix("p498, … and 401 more") == true)
        #expect(portrait.contents.suffix(2) == ["/f498", "… and 121 more"])
    }

    @Test func `apk is told the line that installs a package`() {
        func said(_ version: String?) -> [String] {
            lines(
                Alpine().installations(
                    of: InstallationTarget(
                        name: "relay", version: version, path: "edge/main/x86_64/relay-1-r0.apk", filename: "x"),
                    in: AlpineShelf().repository))
        }
        #expect(said(nil) == ["apk: apk add relay"])
        #expect(said("1.0_rc1-r0") == ["apk: apk add relay=1.0_rc1-r0"])
    }

    @Test func `versions stand in apk's order`() {
        #expect(
            ascend(
                Alpine(),
                [
                    "1.0_alpha1-r0", "1.0_rc1-r0", "1.0-r0", "1.0-r1", "1.0-r10", "1.0_p1-r0", "1.0a-r0", "1.0.1-r0", "1.2-r0",
                    "1.10-r0",
                ]))
        #expect(Alpine().orderKey(ofVersion: "x") == [])
        #expect(!Alpine().isPrerelease(version: "1.0_rc1"))
    }
}
