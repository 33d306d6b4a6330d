import Testing

@testable import Formats
@testable import Kit

@Suite struct CargoManifestTests {
    @Test func `facts say again all that a manifest said`() throws {
        let crate = CrateBuilder("web", "1.0.0").with(
            #"""
            links = "z"
            rust-version = "1.70.1"
            [dependencies]
            a = { version = "1", optional = true, features = ["x", "y"], registry-index = "sparse+https://example.net/" }
            b = { version = "2", package = "c", default_features = false }
            [target.wasm32-unknown-unknown.dev-dependencies]
            d = "*"
            [features]
            default = ["a"]
            "é" = []
            """#)
        let release = try CargoShelf.release(crate)
        #expect(release.dependencies.count == 3 && release.features.count == 2)
        #expect(release.dependencies[1].usesDefaultFeatures == false)
        #expect(release.dependencies[2].target == "wasm32-unknown-unknown")
        let facts = CargoFacts.encoded(release)
        #expect(try CargoFacts.release(facts) == release)
        for length in 0..<facts.count {
            #expect(refusal { () throws(Refusal) in _ = try CargoFacts.release(Array(facts.prefix(length))) } != nil)
        }
        #expect(refusal { () throws(Refusal) in _ = try CargoFacts.release(facts + [0]) } != nil)
        var random = SeededNumbers(seed: 7)
        for _ in 0..<500 {
            var damaged = facts
            damaged[Int.random(in: 0..<facts.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if let read = try? CargoFacts.release(damaged) { #expect(try CargoFacts.release(CargoFacts.encoded(read)) == read) }
        }
    }

    @Test func `a description is for people, and an unpublished crate is taken with a warning`() throws {
        let crate = CrateBuilder("web", "1.0.0").with("description = \"Two\\nlines\"\npublish = false\nreadme = false")
        let record = try CargoShelf.record(crate.bytes)
        #expect(record.summary == "Two lines")
        #expect(record.warnings.count == 1 && record.warnings[0].place.contains("publish"))
        #expect(try CargoShelf.record(CrateBuilder("web", "1.0.0").with("publish = [\"here\"]").bytes).warnings.isEmpty)
    }

    @Test func `what is there for its author alone is left out, and a path beside a version is passed over`() throws {
        let crate = CrateBuilder("web", "1.0.0").with(
            #"""
            [dev-dependencies]
            own = { path = "../own" }
            [dependencies]
            a = { path = "../a", version = "1.2" }
            b = {}
            [patch.crates-io]
            c = { path = "c" }
            [profile.release]
            lto = true
            [workspace]
            """#)
        #expect(try CargoShelf.release(crate).dependencies.map { "\($0.name) \($0.requirement)" } == ["a ^1.2", "b *"])
    }

    @Test func `a crate of before 2015 has a project`() throws {
        let crate = CrateBuilder("old", "0.1.0").manifest("[project]\nname = \"old\"\nversion = \"0.1.0\"\nauthors = []\n")
        #expect(try CargoShelf.release(crate).name == "old")
    }

    @Test func `what cargo packages passes`() throws {
        let crate = CrateBuilder("web", "1.0.0")
            .file(".cargo_vcs_info.json", "{}").file("Cargo.toml.orig", "x").file("Cargo.lock", "")
            .file("tests/a b/é.txt", "").file("examples/x/Cargo.toml", "[package]").file("src/cargo.toml", "").file(
                "README.md", "# web")
        #expect(try CargoShelf.record(crate.bytes, named: "web-1.0.0.crate").name == "web")
        #expect(try CargoShelf.record(crate.bytes, named: "download").name == "web")
        let folders = TarBuilder().folder("web-1.0.0").folder("web-1.0.0/src").folder("web-1.0.0/src/").file(
            "web-1.0.0/Cargo.toml", crate.toml)
        #expect(try CargoShelf.record(folders.bytes.gzip).name == "web")
        let long = "web-1.0.0/" + String(repeating: "d/", count: 60) + "x.rs"
        #expect(try CargoShelf.record(crate.tar.long(long).file("x", "x").bytes.gzip).name == "web")
        #expect(try CargoShelf.record(crate.tar.pax([("path", long)]).file("x", "x").bytes.gzip).name == "web")
    }

    @Test(
        arguments: [
            ("1", "^1"), ("1.2", "^1.2"), ("1.2.3", "^1.2.3"), ("^1.2", "^1.2"), ("~1.2", "~1.2"), ("=1.2.3", "=1.2.3"),
            (">= 1.2 , < 2", ">=1.2, <2"), (">1", ">1"), ("<=1.0.0-rc.1", "<=1.0.0-rc.1"), ("*", "*"), (" * ", "*"), ("x", "*"),
            ("1.*", "1.*"), ("1.X", "1.*"), ("1.2.*", "1.2.*"), ("1.*.*", "1.*"), (">=1.*", ">=1"), ("1.2.3+build", "^1.2.3"),
            ("= 0.0.1-alpha.1+7", "=0.0.1-alpha.1"), ("1,", nil), ("", nil), ("1.2.3.4", nil), ("01", nil), ("1 2", nil),
            ("a", nil), (">=", nil), ("*, 1", nil), ("1, *", nil), ("1.*.2", nil), ("1.2.3-", nil), ("1.2.3-01", nil),
            ("==1", nil),
            ("1-rc", nil), ("18446744073709551616", nil), (">*", nil), ("1.", nil), ("v1", nil), ("1\t", nil),
        ] as [(String, String?)])
    func `requirements are written as cargo writes them`(text: String, canonical: String?) {
        #expect((try? CargoRequirement.canonical(text)) == canonical)
    }

    @Test(
        arguments: [
            ("cfg(unix)", "cfg(unix)"), ("cfg( unix )", "cfg(unix)"), ("cfg(not(windows))", "cfg(not(windows))"),
            (#"cfg(target_os="linux")"#, #"cfg(target_os = "linux")"#), ("cfg(all(unix,not( a ),))", "cfg(all(unix, not(a)))"),
            ("cfg(any())", "cfg(any())"), ("cfg(true)", "cfg(true)"), ("cfg(r#true)", "cfg(r#true)"),
            ("x86_64-pc-windows-msvc", "x86_64-pc-windows-msvc"), ("thumbv8m.main-none-eabi", "thumbv8m.main-none-eabi"),
            ("", nil), ("cfg()", nil), ("cfg(unix", nil), ("cfg(a b)", nil), ("cfg(a = b)", nil), (#"cfg(a = "b)"#, nil),
            ("cfg(all(a)", nil), ("cfg(not a)", nil), ("cfg(not(a, b))", nil), ("a b", nil), ("../x", nil), ("cfg(\u{1b})", nil),
        ] as [(String, String?)])
    func `targets are written as cargo writes them`(text: String, canonical: String?) {
        #expect((try? CargoPlatform.canonical(text)) == canonical)
    }
}
