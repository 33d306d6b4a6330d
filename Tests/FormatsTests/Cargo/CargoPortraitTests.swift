import Testing

@testable import Formats
@testable import Kit

/// What pages say of crates.
struct CargoPortraitTests {
    private func portrait(_ crate: CrateBuilder) throws -> Portrait { try #require(try CargoShelf.record(crate.bytes).portrait) }

    private func fact(_ label: String, _ portrait: Portrait) -> Portrait.Fact? { portrait.facts.first { $0.label == label } }

    private func section(_ id: String, _ portrait: Portrait) -> Portrait.Content? {
        portrait.sections.first { $0.id == id }?.content
    }

    @Test func `a manifest fills facts, readme, dependencies and features`() throws {
        let portrait = try portrait(
            CrateBuilder("web", "1.0.0").with(
                """
                license = "MIT OR Apache-2.0"
                rust-version = "1.70"
                authors = ["Ann <ann@example.org>", "Bob"]
                homepage = "https://web.example.org/"
                documentation = "https://docs.example.org/"
                repository = "https://git.example.org/web"
                keywords = ["http", "web"]
                categories = ["network-programming"]
                readme = "docs/README-crate.md"
                [features]
                tls = ["dep:rustls"]
                default = ["tls"]
                [dependencies]
                log = { version = "0.4", default-features = false }
                rustls = { version = "0.23", optional = true, features = ["ring"] }
                [build-dependencies]
                cc = "1"
                [dev-dependencies]
                tempfile = "3"
                [target.'cfg(unix)'.dependencies]
                unix = { version = "0.2", package = "libc" }
                """
            ).file("README.md", "# Not this\n").file("README-crate.md", "# Web\n").file("src/README.md", "# Nor this\n"))
        #expect(fact("Licence", portrait)?.value == "MIT OR Apache-2.0")
        #expect(fact("Rust", portrait)?.value == "1.70 and later")
        #expect(fact("Authors", portrait)?.value == "Ann <ann@example.org>, Bob")
        for label in ["Homepage", "Documentation", "Sources"] {
            #expect(fact(label, portrait)?.link?.hasPrefix("https://") == true)
        }
        #expect(fact("Keywords", portrait)?.value == "http, web")
        #expect(section("readme", portrait) == .prose([UInt8]("# Web\n"), .markdown))
        #expect(
            section("dependencies", portrait)
                == .groups([
                    .init("Always", ["log ^0.4, without default features", "libc ^0.2, as unix, on cfg(unix)"]),
                    .init("Optional", ["rustls ^0.23, features ring"]), .init("Build", ["cc ^1"]),
                    .init("Development", ["tempfile ^3"]),
                ]))
        guard case .table(let table)? = section("features", portrait) else {
            Issue.record("there is no table of features")
            return
        }
        #expect(table.rows.map { $0.map(\.text) } == [["default", "tls"], ["tls", "dep:rustls"]])
    }

    @Test func `nothing is refused for the sake of a readme`() throws {
        let large = CrateBuilder("web", "1.0.0").file("README.md", String(repeating: "a", count: 300_000))
        let without = try portrait(large)
        #expect(without.sections.isEmpty)
        var many = CrateBuilder("web", "1.0.0")
        for number in 0..<9 { many = many.file("README.\(number)", String(repeating: "a", count: 200_000)) }
        let first = try portrait(many)
        #expect(first.sections.map(\.id) == ["readme"])
        let other = try portrait(CrateBuilder("web", "1.0.0").with("readme = false").file("README", "text"))
        #expect(section("readme", other) == .prose([UInt8]("text"), .markdown))
        var budget = Budget()
        budget.memberBytes = 1_000
        let bytes = large.bytes
        _ = try Cargo().inspect(CargoShelf.upload(bytes), bytes: bytes.span, in: CargoShelf().repository, within: budget)
    }

    @Test func `there is no portrait without pages`() throws {
        let bytes = CrateBuilder("web", "1.0.0").file("README.md", "# Web\n").bytes
        let silent = Repository(owner: "acme", type: "cargo", baseURL: "https://example.org", hasPages: false)
        let record = try Cargo().inspect(CargoShelf.upload(bytes), bytes: bytes.span, in: silent, within: Budget())
        #expect(record.portrait == nil)
        let portrayed = try CargoShelf.record(bytes)
        #expect(portrayed.facts == record.facts)
    }

    @Test func `the line to install names the registry`() {
        let target = InstallationTarget(name: "web", version: "1.0.0+b", path: "x", filename: "x")
        var repository = CargoShelf().repository
        #expect(Cargo().installations(of: target, in: repository).first?.lines == ["cargo add web@1.0.0+b --registry acme"])
        repository.owner = "a b"
        #expect(Cargo().installations(of: target, in: repository).first?.lines == ["cargo add web@1.0.0+b --registry 'a b'"])
    }
}
