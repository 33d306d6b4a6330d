import Testing

@testable import Formats
@testable import Kit

@Suite struct ArchPortraitTests {
    private static let relay = ArchBuilder("relay-gateway", "1:4.2.1-3").with(
        """
        pkgdesc = Store-and-forward gateway
        url = https://relay.example.org/
        builddate = 1795824000
        packager = A. Person <person@example.org>
        size = 4096
        license = Apache-2.0
        license = MIT
        group = relays
        depend = glibc>=2.34
        optdepend = logrotate: rotate logs
        conflict = relay-legacy
        makedepend = cmake
        """)

    @Test func `a page tells what the package says`() throws {
        let portrait = try SketchedPortrait(ArchShelf.record(Self.relay.bytes).portrait)
        #expect(
            portrait.facts == [
                "Licence: Apache-2.0, MIT", "Architecture: x86_64", "Groups: relays", "Installed: 4.1 kB",
                "Homepage: https://relay.example.org/", "Packager: A. Person", "Source: demo", "Built: 2026-11-28",
            ])
        #expect(
            portrait.dependencies == [
                "Depends: glibc>=2.34", "Optional: logrotate: rotate logs", "Conflicts: relay-legacy", "To build: cmake",
            ])
        #expect(portrait.contents == ["/usr/share/demo"])
    }

    @Test func `neither signatures have a portrait, nor packages without pages`() throws {
        let signature = ArchBuilder.signature()
        #expect(try ArchShelf.record(signature, named: Self.relay.filename + ".sig").portrait == nil)
        let file = Self.relay.bytes
        var repository = ArchShelf().repository
        repository.hasPages = false
        let record = try Arch().inspect(ArchShelf.upload(file), bytes: file.span, in: repository, within: Budget())
        #expect(record.portrait == nil)
        #expect(try record.fragments == ArchShelf.record(file).fragments)
    }

    @Test func `many files and values are kept within bounds`() throws {
        var package = ArchBuilder("odd", "1-1").with((0..<900).map { "license = l\($0)" }.joined(separator: "\n"))
        package.files = (0..<620).map { ("f\($0)", "") }
        let portrait = try SketchedPortrait(ArchShelf.record(package.bytes).portrait)
        #expect(portrait.facts.first.map { $0.hasPrefix("Licence: l0, l1,") && $0.hasSuffix("…") && $0.utf8.count < 520 } == true)
        #expect(portrait.contents.count == 500)
        #expect(portrait.contents.last == "… and 121 more")
    }

    @Test func `pacman is told the line that installs a package`() {
        func said(_ version: String?, _ path: String) -> [String] {
            lines(
                Arch().installations(
                    of: InstallationTarget(name: "relay", version: version, path: path, filename: "x"),
                    in: ArchShelf().repository))
        }
        let path = "core/x86_64/relay-1:4.2.1-3-x86_64.pkg.tar.zst"
        #expect(said(nil, path) == ["pacman: sudo pacman -S relay"])
        let line = "pacman: sudo pacman -U https://example.org/acme/arch/core/x86_64/relay-1:4.2.1-3-x86_64.pkg.tar.zst"
        #expect(said("1:4.2.1-3", path) == [line])
        #expect(said("1:4.2.1-3", path + ".sig") == [line])
    }

    @Test func `versions stand in pacman's order`() {
        #expect(ascend(Arch(), ["1.0a-1", "1.0rc1-1", "1.0-1", "1.0-1.1", "1.0-2", "1.0.1-1", "1.2-1", "1.10-1", "1:0.1-1"]))
        #expect(Arch().orderKey(ofVersion: "x") == [])
        #expect(!Arch().isPrerelease(version: "1.0_rc1"))
    }
}
