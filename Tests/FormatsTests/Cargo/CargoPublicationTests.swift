import Testing

@testable import Formats
@testable import Kit

/// What cargo says when it publishes, and what it is told.
@Suite struct CargoPublicationTests {
    private static let crate = CrateBuilder("web", "1.0.0").with(
        #"""
        links = "z"
        [dependencies]
        serde = { version = "1", features = ["derive", "alloc"], optional = true }
        other = { version = "2", package = "real" }
        [target.'cfg(target_os="linux")'.build-dependencies]
        cc = ">= 1, < 2"
        [features]
        fast = ["serde", "other/x"]
        """#)

    /// As cargo 1.95 sends it.
    private static let metadata = #"""
        {"name":"web","vers":"1.0.0","deps":[
        {"optional":false,"default_features":true,"name":"real","features":[],"version_req":"^2","target":null,"kind":"normal",
         "registry":"https://github.com/rust-lang/crates.io-index","explicit_name_in_toml":"other"},
        {"optional":true,"default_features":true,"name":"serde","features":["alloc","derive"],"version_req":"^1","target":null,
         "kind":"normal","registry":"https://github.com/rust-lang/crates.io-index"},
        {"optional":false,"default_features":true,"name":"cc","features":[],"version_req":">=1, <2",
         "target":"cfg(target_os = \"linux\")","kind":"build"}],
        "features":{"fast":["serde","other/x"]},"authors":[],"description":null,"documentation":null,"homepage":null,
        "readme":null,"readme_file":null,"keywords":[],"categories":[],"license":null,"license_file":null,"repository":null,
        "badges":{},"links":"z","rust_version":null}
        """#

    private func check(_ metadata: String?) throws -> Refusal? {
        let bytes = Self.crate.bytes
        let record = try CargoShelf.record(bytes)
        let form = Form(metadata.map { [.init("metadata", $0)] } ?? [])
        return refusal { () throws(Refusal) in
            try Cargo().dialect.check(form, of: record, upload: CargoShelf.upload(bytes))
        }
    }

    @Test func `what cargo sends beside its own crate agrees with it`() throws {
        #expect(try check(Self.metadata) == nil)
    }

    @Test(
        arguments: [
            (#""name":"web""#, #""name":"Web""#, "name 'Web'"),
            (#""vers":"1.0.0""#, #""vers":"1.0.0+x""#, "version '1.0.0+x'"),
            (#""links":"z""#, #""links":"y""#, "links 'y'"), (#""links":"z""#, #""links":null"#, "links 'nothing'"),
            (#""version_req":"^2""#, #""version_req":"^3""#, "other ^3"),
            (#""version_req":">=1, <2""#, #""version_req":"*""#, "cc *"),
            (#""kind":"build""#, #""kind":"dev""#, "kind dev"),
            (#""kind":"build"}"#, #""kind":"build"},{"name":"x","version_req":"1"}"#, "x ^1"),
            (#""optional":true"#, #""optional":false"#, "serde ^1"),
            (#""default_features":true,"name":"real""#, #""default_features":false,"name":"real""#, "without default features"),
            (#"["alloc","derive"]"#, #"["alloc"]"#, "features alloc"),
            (#","explicit_name_in_toml":"other""#, "", "real ^2"),
            (#""explicit_name_in_toml":"other""#, #""explicit_name_in_toml":"another""#, "another"),
            (#"linux\")"#, #"macos\")"#, "macos"),
            (#""fast":["serde","other/x"]"#, #""fast":["serde"]"#, "[serde]"),
            (#""fast":["serde","other/x"]"#, "", "nothing"),
            (#""features":{"#, #""features":{"slow":[],"#, "feature slow"),
        ])
    func `a request that says something else than the crate is refused in words`(old: String, new: String, words: String) throws {
        #expect(Self.metadata.contains(old))
        let fault = try #require(try check(Self.metadata.replacing(old, with: new, maxReplacements: 1)))
        #expect(fault.cause == .ambiguous)
        #expect("\(fault)".contains(words), "\(fault)")
        #expect(!fault.remedy.isEmpty && fault.place.hasPrefix("metadata, "))
    }

    @Test func `a dependency twice, and one too few`() throws {
        let line = #"{"optional":false,"default_features":true,"name":"cc","features":[],"version_req":">=1, <2","#
        let twice = Self.metadata.replacing(
            #""deps":["#, with: #""deps":["# + line + #""target":"cfg(target_os = \"linux\")","kind":"build"},"#)
        #expect(try check(twice)?.what.contains("more often") == true)
        let none = #"{"name":"web","vers":"1.0.0","deps":[],"features":{"fast":["serde","other/x"]},"links":"z"}"#
        #expect(try check(none)?.what.contains("Cargo.toml has the dependency") == true)
    }

    @Test(
        arguments: [
            (nil, Refusal.Cause.malformed, "says nothing"), ("", .truncated, "a value"), ("[]", .malformed, "not an object"),
            ("null", .malformed, "not an object"), ("{", .truncated, "name in quotation"), ("{}", .malformed, "no 'name'"),
            (#"{"name":1}"#, .malformed, "'name' is not a text"), (#"{"name":"web"}"#, .malformed, "no 'vers'"),
            (#"{"name":"web","name":"web"}"#, .ambiguous, "twice"),
            (#"{"name":"web","vers":"1.0.0","links":[]}"#, .malformed, "'links' is not a text"),
            (#"{"name":"web","vers":"1.0.0","links":"z","deps":{}}"#, .malformed, "'deps' is not a list"),
            (#"{"name":"web","vers":"1.0.0","links":"z","deps":[1]}"#, .malformed, "not an object"),
            (#"{"name":"web","vers":"1.0.0","links":"z","deps":[{}]}"#, .malformed, "no name"),
            (#"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x"}]}"#, .malformed, "version_req"),
            (
                #"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x","version_req":"x.y"}]}"#, .malformed,
                "cargo can read"
            ),
            (
                #"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x","version_req":"1","kind":"odd"}]}"#, .malformed,
                "odd"
            ),
            (
                #"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x","version_req":"1","target":"cfg("}]}"#, .malformed,
                "target"
            ),
            (
                #"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x","version_req":"1","optional":"no"}]}"#, .malformed,
                "true or false"
            ),
            (
                #"{"name":"web","vers":"1.0.0","links":"z","deps":[{"name":"x","version_req":"1","features":[1]}]}"#, .malformed,
                "feature is not a text"
            ),
            (String(repeating: "[", count: 100), .limit, "deeper"), ("{\"name\":\"\u{1}\"}", .malformed, "control character"),
            (#"{"name":"\ud800"}"#, .malformed, "surrogate"), (#"{"name":"web"} x"#, .malformed, "end"),
            (#"{"name":NaN}"#, .malformed, "value"),
        ] as [(String?, Refusal.Cause, String)])
    func `hostile metadata is refused by cause and in words`(text: String?, cause: Refusal.Cause, words: String) throws {
        let fault = try #require(try check(text))
        #expect(fault.cause == cause && "\(fault)".contains(words), "\(fault)")
    }

    @Test func `features that are not lists are refused`() throws {
        for (features, words) in [("[]", "not an object"), (#"{"a":1}"#, "not a list"), (#"{"a":[1]}"#, "other than texts")] {
            let text = Self.metadata.replacing(#"{"fast":["serde","other/x"]}"#, with: features)
            #expect(try check(text)?.what.contains(words) == true)
        }
    }

    @Test func `answers are what cargo reads, with Gitea's word`() throws {
        let cargo = Cargo().dialect
        let published = #"{"ok":true,"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}"#
        #expect(cargo.words(for: .upload(.created))?.body.text == published && cargo.words(for: .upload(.created))?.status == 200)
        #expect(cargo.words(for: .upload(.unchanged))?.body.text == published)
        let refusal = Refusal(.malformed, "it \"is\" bad", at: "x", remedy: "mend it")
        let refused = try #require(cargo.words(for: .upload(.refused(refusal))))
        #expect(refused.status == 400)
        #expect(refused.body.text == #"{"ok":false,"errors":[{"detail":"it \"is\" bad at x; mend it"}]}"#)
        #expect(cargo.words(for: .upload(.refused(Refusal(.conflict, "x", remedy: "y"))))?.status == 409)
        #expect(cargo.words(for: .fault(401, "no token"))?.body.text == #"{"ok":false,"errors":[{"detail":"no token"}]}"#)
        #expect(cargo.words(for: .fault(401, "no token"))?.status == 401)
        #expect(CargoDialect.done.body.text == #"{"ok":true}"#)
    }

    @Test func `questions are answered as cargo reads them`() {
        func ask(_ path: String, _ method: Route.Method, _ knowledge: Knowledge) -> UploadAnswer {
            Cargo().dialect.reply(to: Question(owner: "acme", route: path, method: method, captures: [:]), knowing: knowledge)
        }
        let owners = ask(Cargo.ownersPath, .get, .nothing)
        #expect(owners.status == 200 && owners.body.text == #"{"users":[{"id":1,"login":"acme","name":"acme"}]}"#)
        for method in [Route.Method.put, .delete] {
            let refused = ask(Cargo.ownersPath, method, .nothing)
            #expect(refused.status == 403 && refused.body.text.contains(#""errors":[{"detail":"a crate's only owner is"#))
        }
        func brief(_ versions: String..., yanked: Set<String> = []) -> Brief {
            Brief(
                name: "web",
                versions: versions.map {
                    .init(version: $0, summary: "A <web> \($0)", annotations: Annotations(yanked: yanked.contains($0) ? "" : nil))
                })
        }
        let found = ask("api/v1/crates", .get, .packages([brief("1.0.0")], total: 7))
        #expect(
            found.body.text
                == #"{"crates":[{"name":"web","max_version":"1.0.0","description":"A <web> 1.0.0"}],"meta":{"total":7}}"#)
        for (crate, version) in [
            (brief("1.0.0", "2.0.0", "3.0.0-rc.1"), "2.0.0"), (brief("1.0.0", "2.0.0", yanked: ["2.0.0"]), "1.0.0"),
            (brief("1.0.0-a", "1.0.0-b"), "1.0.0-b"), (brief("1.0.0", "1.1.0-a", yanked: ["1.0.0"]), "1.1.0-a"),
            (brief("1.0.0", "2.0.0", yanked: ["1.0.0", "2.0.0"]), "2.0.0"),
        ] {
            let text = ask("api/v1/crates", .get, .packages([crate], total: 1)).body.text
            #expect(text.contains(#""max_version":"\#(version)""#))
        }
        #expect(ask("api/v1/crates", .get, .packages([], total: 0)).body.text == #"{"crates":[],"meta":{"total":0}}"#)
    }
}
