import Testing

@testable import Formats
@testable import Kit

/// What pages say of Go's modules.
struct GoPortraitTests {
    private let mod = """
        // Deprecated: use v2.
        module example.com/demo/lib

        go 1.22
        toolchain go1.22.3

        require (
        	example.org/a v1.2.3
        	example.org/b v0.1.0 // indirect
        	example.org/c v0.1.0 // indirect; for tests
        	example.org/d v0.1.0 // indirectly
        )

        retract [v0.1.0, v0.2.0] // broken
        """

    private func section(_ id: String, _ portrait: Portrait) -> Portrait.Content? {
        portrait.sections.first { $0.id == id }?.content
    }

    @Test func `go.mod fills facts, requirements and retractions, and is shown as it is`() throws {
        let zip = GoKit.zip(mod: mod, files: [("README.md", "# Lib\n"), ("sub/README.md", "# Other\n")])
        let portrait = try #require(try GoKit.record(zip.bytes).portrait)
        #expect(
            portrait.facts == [
                .init("Deprecated", "use v2."), .init("Go", "1.22 and later"), .init("Toolchain", "go1.22.3"),
            ])
        #expect(portrait.sections.map(\.id) == ["readme", "dependencies", "retractions", "go-mod"])
        #expect(section("readme", portrait) == .prose([UInt8]("# Lib\n"), .markdown))
        #expect(
            section("dependencies", portrait)
                == .groups([
                    .init("Direct", ["example.org/a v1.2.3", "example.org/d v0.1.0"]),
                    .init("Indirect", ["example.org/b v0.1.0", "example.org/c v0.1.0"]),
                ]))
        guard case .table(let table)? = section("retractions", portrait) else {
            Issue.record("there is no table of retractions")
            return
        }
        #expect(table.rows.map { $0.map(\.text) } == [["v0.1.0 to v0.2.0", "broken"]])
        #expect(section("go-mod", portrait) == .verbatim([UInt8](mod)))
    }

    @Test func `what was made up is not shown, and a host's page is found`() throws {
        let bare = try #require(try GoKit.record(GoKit.bare("lib.go", "package lib\n").bytes).portrait)
        #expect(bare == Portrait())
        let hosted = try #require(try GoKit.record(GoKit.zip("github.com/acme/lib/v2", "v2.0.0").bytes).portrait)
        #expect(hosted.facts.last == .link("Sources", "https://github.com/acme/lib"))
    }

    @Test func `requirements and readmes are bounded, and the sums stay the same`() throws {
        let many = "module \(GoKit.path)\n" + (0..<2_000).map { "require example.org/p\($0) v1.0.0\n" }.joined()
        let zip = GoKit.zip(mod: many, files: [("README.md", String(repeating: "a", count: 300_000))])
        let record = try GoKit.record(zip.bytes)
        let portrait = try #require(record.portrait)
        guard case .groups(let groups)? = section("dependencies", portrait) else {
            Issue.record("there are no dependencies")
            return
        }
        #expect(groups.map(\.items.count) == [500])
        #expect(section("readme", portrait) == nil)
        let silent = Repository(owner: "acme", type: "goproxy", baseURL: "https://example.org", hasPages: false)
        let bytes = zip.bytes
        let other = try Go().inspect(GoKit.upload(bytes.count), bytes: bytes.span, in: silent, within: Budget())
        #expect(other.portrait == nil)
        #expect(other.facts == record.facts)
    }

    @Test func `the line to get a module names a version`() {
        func line(_ version: String?) -> [String]? {
            let target = InstallationTarget(name: "example.com/Lib", version: version, path: "x", filename: "x.zip")
            return Go().installations(of: target, in: GoKit.repository).first?.lines
        }
        #expect(line(nil) == ["go get example.com/Lib@latest"])
        #expect(line("v1.0.0") == ["go get example.com/Lib@v1.0.0"])
    }

    @Test func `versions are in the order of go`() {
        let ascending = [
            "1.0.0", "v0.0.0-20260101120000-abcdefabcdef", "v0.1.0", "v1.0.0-rc.1", "v1.0.0",
            "v1.0.1-0.20260101120000-abcdefabcdef",
            "v1.2.0", "v1.10.0", "v2.0.0+incompatible",
        ]
        let keys = ascending.map(Go().orderKey(ofVersion:))
        for (a, b) in zip(keys, keys.dropFirst()) { #expect(a.lexicographicallyPrecedes(b)) }
        #expect(ascending.map(Go().isPrerelease(version:)) == [false, true, false, true, false, true, false, false, false])
    }
}
