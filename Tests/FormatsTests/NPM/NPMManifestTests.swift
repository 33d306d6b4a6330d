import Testing

@testable import Formats
@testable import Kit

/// What is read from a tarball, and how it is written.
@Suite struct NPMManifestTests {
    private func version(_ builder: NPMBuilder) throws -> DataValue {
        var shelf = NPMShelf()
        try shelf.add(builder.bytes)
        return try #require(try shelf.json("\(shelf.shelved[0].record.name)/index.json")?["versions"]?.object?.first?.value)
    }

    private func member(_ name: String, _ json: String, of package: String = "web") throws -> String? {
        try version(NPMBuilder(package, "1.0.0").with(#""\#(name)":\#(json)"#))[name]?.text
    }

    @Test(
        arguments: [
            ("bin", #""./cli.js""#, #"{"web":"cli.js"}"#),
            ("bin", #"{"a":"./x/../b.js","c":"/d.js"}"#, #"{"a":"b.js","c":"d.js"}"#),
            ("bin", #"{"../../../usr/bin/ls":"x.js"}"#, #"{"ls":"x.js"}"#),
            ("bin", #"{"a":"../../../etc/passwd"}"#, #"{"a":"etc/passwd"}"#),
            ("bin", #"{"a\\b":"c\\d.js"}"#, #"{"b":"c/d.js"}"#), ("bin", #"["a/b.js"]"#, #"{"b.js":"a/b.js"}"#),
            ("bin", #"{"a":".hidden"}"#, nil), ("bin", #"{".":"x"}"#, nil), ("bin", #"{}"#, nil), ("bin", #""""#, nil),
            ("author", #""Ann <a@b.c> (https://d.e)""#, #"{"name":"Ann","email":"a@b.c","url":"https://d.e"}"#),
            ("author", #""Ann""#, #"{"name":"Ann"}"#), ("author", #"{"name":"Ann","x":1}"#, #"{"name":"Ann","x":1}"#),
            ("author", #"7"#, nil), ("contributors", #"["A","B <b@c.d>",7]"#, #"[{"name":"A"},{"name":"B","email":"b@c.d"}]"#),
            ("repository", #""acme/web""#, #"{"type":"git","url":"git+https://github.com/acme/web.git"}"#),
            ("repository", #""gitlab:acme/web""#, #"{"type":"git","url":"git+https://gitlab.com/acme/web.git"}"#),
            ("repository", #""https://x.y/z.git""#, #"{"type":"git","url":"https://x.y/z.git"}"#),
            ("repository", #"{"type":"git","url":"u","directory":"d"}"#, #"{"type":"git","url":"u","directory":"d"}"#),
            ("keywords", #""a, b,c""#, #"["a","b","c"]"#), ("keywords", #"["a",1,""]"#, #"["a"]"#), ("keywords", "7", nil),
            ("bugs", #""https://x.y""#, #"{"url":"https://x.y"}"#), ("bugs", #""a@b.c""#, #"{"email":"a@b.c"}"#),
            ("description", "7", nil), ("scripts", #"{"a":"b","c":7}"#, #"{"a":"b"}"#), ("os", #""linux""#, #""linux""#),
            ("bundleDependencies", "false", nil), ("bundleDependencies", #"["a"]"#, #"["a"]"#),
            ("engines", #"["node"]"#, #"["node"]"#),
            ("x", "1.50e3", "1.50e3"), ("x", #""é \u0007""#, #""é \u0007""#), ("_resolved", #""x""#, nil),
            ("deprecated", #""x""#, nil), ("readme", #""x""#, nil), ("gitHead", #""x""#, #""x""#),
        ] as [(String, String, String?)])
    func `members are written as npm's registry has them`(name: String, given: String, written: String?) throws {
        #expect(try member(name, given) == written)
    }

    @Test func `what the registry says itself is not taken from package json`() throws {
        let lying = try version(NPMBuilder("web", "1.0.0").with(#""dist":{"tarball":"https://evil.example/x.tgz"},"_id":"x@9""#))
        #expect(lying["dist", "tarball"]?.string == "https://example.org/acme/npm/web/-/web-1.0.0.tgz")
        #expect(lying["_id"]?.string == "web@1.0.0" && lying.names.count { $0 == "dist" } == 1)
    }

    @Test func `other members of npm come under their usual names`() throws {
        #expect(
            try version(NPMBuilder("web", "1.0.0").with(#""bundledDependencies":["a"]"#))["bundleDependencies"]?.text == #"["a"]"#
        )
        let all = NPMBuilder("web", "1.0.0").with(#""dependencies":{"a":"1","b":"2"},"bundleDependencies":true"#)
        #expect(try version(all)["bundleDependencies"]?.text == #"["a","b"]"#)
        #expect(try member("bin", #""c.js""#, of: "@acme/web") == #"{"web":"c.js"}"#)
        #expect(try version(NPMBuilder("web", " =v1.2.3-rc.1+build "))["version"]?.string == "1.2.3-rc.1")
    }

    @Test func `a folder of commands is written out, as npm does when it publishes`() throws {
        let package = NPMBuilder("web", "1.0.0").with(#""directories":{"bin":"./tools/"}"#)
            .file("tools/b.js", "").file("tools/a/c.js", "").file("tools/.hidden", "").file("toolsx/d.js", "")
        #expect(try version(package)["bin"]?.text == #"{"c.js":"tools/a/c.js","b.js":"tools/b.js"}"#)
        #expect(try version(package.with(#""bin":{"x":"y.js"}"#))["bin"]?.text == #"{"x":"y.js"}"#)
        for folder in ["", "..", ".", "/", "none", ".hidden"] {
            #expect(try version(NPMBuilder("web", "1.0.0").with(#""directories":{"bin":"\#(folder)"}"#))["bin"] == nil)
        }
        let many = (0..<1_001).reduce(NPMBuilder("web", "1.0.0").with(#""directories":{"bin":"b"}"#)) { $0.file("b/\($1)", "") }
        #expect(refusal { () throws(Refusal) in _ = try NPMShelf.record(many.bytes) }?.cause == .limit)
    }

    @Test func `a recipe of node-gyp makes a package one that is built`() throws {
        let built = try version(NPMBuilder("web", "1.0.0").file("binding.gyp", "{}"))
        #expect(built["scripts"]?.text == #"{"install":"node-gyp rebuild"}"# && built["gypfile"] == .bool(true))
        var shelf = NPMShelf()
        try shelf.add(NPMBuilder("web", "1.0.0").file("binding.gyp", "{}").bytes)
        #expect(try shelf.json("web/corgi.json")?["versions", "1.0.0", "hasInstallScript"] == .bool(true))
        let own = try version(NPMBuilder("web", "1.0.0").with(#""scripts":{"preinstall":"x"}"#).file("binding.gyp", "{}"))
        #expect(own["scripts"]?.text == #"{"preinstall":"x"}"# && own["gypfile"] == nil)
        let not = try version(NPMBuilder("web", "1.0.0").with(#""gypfile":false"#).file("binding.gyp", "{}"))
        #expect(not["scripts"] == nil && not["gypfile"] == .bool(false))
        #expect(try version(NPMBuilder("web", "1.0.0").file("deps/x.gyp", "{}"))["scripts"] == nil)
    }

    @Test func `the README in Markdown is taken, as much of it as is kept`() throws {
        func readme(_ files: (String, String)...) throws -> (String?, String?) {
            var shelf = NPMShelf()
            try shelf.add(files.reduce(NPMBuilder("web", "1.0.0")) { $0.file($1.0, $1.1) }.bytes)
            let document = try shelf.json("web/index.json")
            return (document?["readme"]?.string, document?["readmeFilename"]?.string)
        }
        #expect(try readme(("README", "a"), ("ReadMe.MD", "b"), ("readme.txt", "c")) == ("b", "ReadMe.MD"))
        #expect(try readme(("README", "a"), ("readme.txt", "c")) == ("a", "README"))
        #expect(try readme(("docs/README.md", "a")) == ("", nil))
        #expect(try readme(("README.js", "a")) == ("", nil))
        let long = try readme(("README.md", "x" + String(repeating: "é", count: 40_000)))
        #expect(long.0?.utf8.count == 65_535 && long.0?.last == "é")
        #expect(try readme(("README.md", String(repeating: "x", count: 2 << 20))) == ("", nil))
    }

    @Test func `a tarball from other tools is as good as one of npm`() throws {
        var builder = NPMBuilder("web", "1.0.0")
        builder.folder = "web-main"
        #expect(try NPMShelf.record(builder.bytes).name == "web")
        let folders = TarBuilder().folder("package/").folder("package").file("package/package.json", builder.json)
        #expect(try NPMShelf.record(folders.bytes.gzip).name == "web")
        let marked = TarBuilder().file("package/package.json", "\u{FEFF}" + builder.json)
        #expect(try NPMShelf.record(marked.bytes.gzip).version == "1.0.0")
    }

    @Test func `what surprises somebody is a warning`() throws {
        #expect(try NPMShelf.record(NPMBuilder("web", "1.0.0").bytes).warnings.isEmpty)
        let linked = NPMBuilder("web", "1.0.0").tar.link("package/a/l", to: "../index.js").bytes.gzip
        #expect(try NPMShelf.record(linked).warnings.map(\.what) == ["the tarball holds a link, which npm does not unpack"])
        let record = try NPMShelf.record(NPMBuilder("web", "1.0.0").with(#""private":true,"deprecated":"x""#).bytes)
        #expect(record.warnings.map(\.place) == ["package.json, private", "package.json, deprecated"])
    }

    @Test(
        arguments: [
            ("1.0", true), ("v1.0", true), ("1", true), ("1.0.0", true), ("1.x", true), ("x", true), ("X", true), ("*", true),
            ("v", true), ("1.0.0-rc.1", true), ("~1.2", true), ("~", true), ("1.2.x", true), ("latest", false), ("next", false),
            ("v1-lts", false), ("beta.1", false), ("1.2-lts", false), ("release-1.x", false), ("xx", false), ("stable~", false),
            ("node18", false), ("1a", false), ("1.0.0.0", false),
        ])
    func `a dist-tag is nothing that could be a range`(tag: String, isRange: Bool) {
        #expect((NPMTag.fault(in: tag) != nil) == (isRange && tag != "v"), "\(tag)")
    }

    @Test func `a dist-tag is short, plain and stands for a version`() {
        for tag in ["", "a b", "a/b", "a%", "é", "a:b", "a@b", "\u{0}", "^1", ">1", "=1", String(repeating: "a", count: 129)] {
            #expect(NPMTag.fault(in: tag) != nil, "\(tag)")
        }
        #expect(NPMTag.fault("next", "1.0.0") == nil)
        #expect(NPMTag.fault("next", "") == nil && NPMTag.fault("1.0", "") != nil)
        for version in ["1", "v1.0.0", "latest", "1.0.0+x"] { #expect(NPMTag.fault("next", version) != nil) }
    }

    @Test func `tarballs are known by their content, and other archives left alone`() throws {
        func recognise(_ bytes: [UInt8], _ name: String) -> Recognition { NPM().recognise(bytes.span, filename: name) }
        let good = NPMBuilder("web", "1.0.0")
        #expect(recognise(good.bytes, "web-1.0.0.tgz") == .surely && recognise(good.bytes, "") == .surely)
        #expect(recognise(good.bytes, "web.tar.gz") == .surely)
        var other = good
        other.folder = "web-main"
        #expect(recognise(other.bytes, "web-1.0.0.tgz") == .surely && recognise(other.bytes, "web.tar.gz") == .no)
        let many = (0..<200).reduce(TarBuilder()) { $0.file("package/a\($1).js", "x") }.file("package/package.json", good.json)
        #expect(recognise(many.bytes.gzip, "web-1.0.0.tgz") == .surely)
        #expect(recognise(TarBuilder().file("package/x", "y").bytes.gzip, "x.tgz") == .perhaps)
        #expect(recognise(TarBuilder().file("x/y", "z").bytes.gzip, "x.tgz") == .no)
        #expect(recognise(HelmChartBuilder("web", "1.0.0").bytes, "web-1.0.0.tgz") == .no)
        #expect(recognise(good.file("Chart.yaml", "").bytes, "web-1.0.0.tgz") == .no)
        #expect(recognise(CrateBuilder("web", "1.0.0").bytes, "web-1.0.0.tgz") == .no)
        let bundle = BundleBuilder("web", "1.0.0", sha512: "").bytes
        #expect(recognise(bundle, "web-1.0.0.sigstore") == .surely && recognise(bundle, "x.json") == .no)
        #expect(recognise([UInt8]("{}".utf8), "x.sigstore") == .perhaps && recognise([], "x.tgz") == .no)
        for ecosystem in Ecosystems.standard.all where ecosystem.profile.id != "npm" {
            for name in ["web-1.0.0.tgz", "x.tar.gz", ""] {
                #expect(ecosystem.recognise(good.bytes.span, filename: name) < .surely, "\(ecosystem.profile.id), \(name)")
            }
        }
    }
}
