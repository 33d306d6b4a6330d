import Testing

@testable import Formats
@testable import Kit

@Suite struct CargoIndexTests {
    private static let sum = "cksum"

    /// The only line of a crate's file, its digest left out.
    private func line(_ crate: CrateBuilder, base: String = CargoShelf.base) throws -> String {
        var shelf = CargoShelf(base: base)
        let bytes = crate.bytes
        try shelf.add(bytes)
        let lines = shelf.lines(of: CargoName.indexPath(of: crate.name))
        #expect(lines.count == 1)
        return try #require(lines.first).replacing(Hex.string(SHA256.of(bytes)), with: "SUM")
    }

    @Test func `a plain crate has a line with all that cargo reads`() throws {
        #expect(
            try line(CrateBuilder("demo-app", "1.0.0")) == #"""
                {"name":"demo-app","vers":"1.0.0","deps":[],"cksum":"SUM","features":{},"yanked":false,"links":null}
                """#)
    }

    @Test func `dependencies come by kind, and those of some machines last`() throws {
        let crate = CrateBuilder("web", "1.0.0").with(
            #"""
            links = "z"
            rust-version = "1.70"
            [target.'cfg(all(unix,target_os="linux"))'.dependencies.libc]
            version = "0.2"
            [build-dependencies]
            cc = "1.0"
            [dependencies.serde]
            version = ">= 1, < 2"
            features = ["derive"]
            default-features = false
            [dependencies.Other]
            package = "real-name"
            version = "=1.2.3"
            optional = true
            [dev_dependencies]
            tempfile = "~3.1"
            """#)
        #expect(
            try line(crate) == #"{"name":"web","vers":"1.0.0","deps":["#
                + #"{"name":"serde","req":">=1, <2","features":["derive"],"optional":false,"default_features":false,"target":null,"#
                + #""kind":"normal","registry":"https://github.com/rust-lang/crates.io-index","package":null},"#
                + #"{"name":"Other","req":"=1.2.3","features":[],"optional":true,"default_features":true,"target":null,"#
                + #""kind":"normal","registry":"https://github.com/rust-lang/crates.io-index","package":"real-name"},"#
                + #"{"name":"tempfile","req":"~3.1","features":[],"optional":false,"default_features":true,"target":null,"#
                + #""kind":"dev","registry":"https://github.com/rust-lang/crates.io-index","package":null},"#
                + #"{"name":"cc","req":"^1.0","features":[],"optional":false,"default_features":true,"target":null,"#
                + #""kind":"build","registry":"https://github.com/rust-lang/crates.io-index","package":null},"#
                + #"{"name":"libc","req":"^0.2","features":[],"optional":false,"default_features":true,"#
                + #""target":"cfg(all(unix, target_os = \"linux\"))","#
                + #""kind":"normal","registry":"https://github.com/rust-lang/crates.io-index","package":null}"#
                + #"],"cksum":"SUM","features":{},"yanked":false,"links":"z","rust_version":"1.70"}"#)
    }

    @Test func `features that old cargos do not know stand apart`() throws {
        let crate = CrateBuilder("web", "1.0.0").with(
            #"""
            [dependencies]
            a = { version = "1", optional = true }
            b = { version = "1", optional = true }
            [features]
            default = ["one"]
            one = []
            two = ["dep:a"]
            three = ["one", "b?/x"]
            four = ["b/x"]
            """#)
        let line = try line(crate)
        #expect(
            line.contains(
                #""features":{"default":["one"],"one":[],"four":["b/x"]},"features2":{"two":["dep:a"],"three":["one","b?/x"]}"#))
        #expect(line.hasSuffix(#""yanked":false,"links":null,"v":2}"#))
    }

    @Test(
        arguments: [
            ("sparse+https://example.org/acme/cargo/", "null"), ("sparse+https://example.org/acme/cargo", "null"),
            ("sparse+https://example.org/api/packages/acme/cargo/", "null"),
            ("sparse+http://example.org/acme/cargo/", #""sparse+http://example.org/acme/cargo/""#),
            ("sparse+https://example.org/other/cargo/", #""sparse+https://example.org/other/cargo/""#),
            ("sparse+https://index.crates.io/", #""https://github.com/rust-lang/crates.io-index""#),
            ("https://github.com/rust-lang/crates.io-index", #""https://github.com/rust-lang/crates.io-index""#),
            ("ssh://git@example.org/index.git", #""ssh://git@example.org/index.git""#),
        ])
    func `a dependency's registry is nothing for this one, and an address for others`(index: String, said: String) throws {
        let line = try line(
            CrateBuilder("web", "1.0.0").with("[dependencies.lib]\nversion = \"1\"\nregistry-index = \"\(index)\""))
        #expect(line.contains("\"registry\":\(said),"))
    }

    @Test func `versions ascend by precedence, and a yank is one word in one line`() throws {
        var shelf = CargoShelf()
        for version in ["1.10.0", "1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "0.9.0+7"] {
            try shelf.add(CrateBuilder("web", version).bytes)
        }
        shelf.yanked = ["web 1.2.0"]
        let lines = shelf.lines(of: "3/w/web")
        let versions = ["0.9.0+7", "1.2.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0"]
        #expect(lines.count == 5)
        for (line, version) in zip(lines, versions) {
            #expect(line.hasPrefix(#"{"name":"web","vers":"\#(version)","#))
            #expect(line.contains(#""yanked":\#(version == "1.2.0"),"#))
        }
    }

    @Test(
        arguments: [
            ("a", "1/a"), ("Ab", "2/ab"), ("abc", "3/a/abc"), ("A-c", "3/a/a-c"), ("abcd", "ab/cd/abcd"),
            ("Serde_JSON", "se/rd/serde_json"), ("a-b_c", "a-/b_/a-b_c"),
        ])
    func `a crate's file lies where cargo looks`(name: String, path: String) throws {
        #expect(CargoName.indexPath(of: name) == path)
        let folder = try #require(path.split(separator: "/").first.map(String.init))
        #expect(Cargo().profile.ownNames.contains(folder))
        var shelf = CargoShelf()
        try shelf.add(CrateBuilder(name, "1.0.0").bytes)
        #expect(shelf.documents().keys.sorted() == [path, "config.json"].sorted())
        let served = try Regex(Cargo().profile.serving.compactMap { if case .files(let paths, _) = $0 { paths } else { nil } }[0])
        #expect(try served.wholeMatch(in: path) != nil)
    }

    @Test func `a crate's file has a gzip twin and goes with its last release`() {
        let partition = Partition(key: PartitionKey(scope: "ab/cd/abcd"), count: 1)
        var scope = Scope(key: "ab/cd/abcd", changed: Timestamp(seconds: 0), partitions: [partition])
        #expect(Cargo().documents(for: scope, in: CargoShelf().repository).map(\.encodings) == [[.plain, .gzip(level: 9)]])
        scope.partitions[0].count = 0
        #expect(Cargo().documents(for: scope, in: CargoShelf().repository).isEmpty)
    }

    @Test func `config json sends cargo to crates by their digest`() {
        #expect(
            CargoShelf().documents()["config.json"]?.text == #"""
                {"dl":"https://example.org/acme/cargo/api/v1/crates/{crate}/{version}/{sha256-checksum}/download","api":"https://example.org/acme/cargo"}

                """#)
        let closed = CargoShelf(["auth_required": .flag(true)]).documents()["config.json"]?.text
        #expect(closed?.hasSuffix(#","auth-required":true}"# + "\n") == true)
    }

    @Test func `a crate lies at Gitea's address, and one that replaces it beside it, both found by digest`() throws {
        var shelf = CargoShelf()
        let first = CrateBuilder("Web_1", "1.0.0+x").bytes, second = CrateBuilder("Web_1", "1.0.0+x").file("a", "b").bytes
        let placement = try shelf.add(first, named: "Web_1-1.0.0+x.crate")
        let folder = "api/v1/crates/Web_1/1.0.0+x"
        #expect(placement.path.text == "\(folder)/download")
        #expect(placement.aliases.map(\.text) == ["\(folder)/\(Hex.string(SHA256.of(first)))/download"])
        #expect(placement.identity == "web-1 1.0.0")
        #expect(placement.listings.map(\.partition.scope) == ["we/b_/web_1"])
        let generation = Upload.generation(of: SHA256.of(second))
        let other = try shelf.add(second, generation: generation)
        #expect(other.path.text == "\(folder)/\(generation)/download")
        #expect(other.aliases.map(\.text) == ["\(folder)/\(Hex.string(SHA256.of(second)))/download"])
        #expect(other.identity == placement.identity)
        let immutable = try Regex(Cargo().profile.immutablePaths)
        for path in ([placement.path, other.path] + placement.aliases + other.aliases).map(\.text) {
            #expect(try immutable.prefixMatch(in: path) != nil)
        }
        #expect(try immutable.prefixMatch(in: "config.json") == nil)
        #expect(try immutable.prefixMatch(in: "api/v1/crates/web/owners") == nil)
    }

    @Test func `spellings of one name and of one version are one identity`() throws {
        let record = try CargoShelf.record(CrateBuilder("Foo_Bar", "1.0.0-RC.1+build").bytes)
        #expect(record.name == "Foo_Bar" && record.nameIdentity == "foo-bar")
        #expect(record.version == "1.0.0-RC.1+build" && record.versionIdentity == "1.0.0-rc.1")
    }
}
