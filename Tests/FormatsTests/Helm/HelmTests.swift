import Testing

@testable import Formats
@testable import Kit

@Suite struct HelmTests {
    static let prov = """
        -----BEGIN PGP SIGNED MESSAGE-----
        Hash: SHA512

        apiVersion: v2
        name: web
        version: 1.0.0

        ...
        files:
          web-1.0.0.tgz: sha256:\(String(repeating: "ab", count: 32))

        -----BEGIN PGP SIGNATURE-----

        wsC5BAEBCgBtBYJrAO
        =wIso
        -----END PGP SIGNATURE-----
        """

    private func cause(_ bytes: [UInt8]) -> Refusal.Cause? {
        do {
            _ = try HelmShelf.record(bytes)
            return nil
        } catch let refusal as Refusal {
            return refusal.cause
        } catch {
            return nil
        }
    }

    @Test func `an index in YAML has helm's layout`() throws {
        var shelf = HelmShelf()
        try shelf.add(HelmChartBuilder("web", "1.0.0+b").with("description: 'a: b'\n").bytes)
        try shelf.add(
            HelmChartBuilder("web", "v2.1").with(
                """
                appVersion: 1.10
                deprecated: yes
                y: ignored
                annotations: {y: n, changes: "- one\\n- two\\n"}
                maintainers: [{name: A, email: "a@x\\u00a0y"}]
                dependencies: [{name: db, version: 1.x, tags: [y], import-values: [data, {parent: p, child: c}]}]
                """
            ).bytes)
        try shelf.add(HelmChartBuilder("api", "0.1.0-rc.1").bytes)
        let digest = String(repeating: "ab", count: 32)
        #expect(
            String(decoding: try shelf.index(), as: UTF8.self) == """
                apiVersion: v1
                entries:
                  api:
                  - apiVersion: v2
                    created: "2023-11-14T22:13:20Z"
                    digest: \(digest)
                    name: api
                    urls:
                    - api-0.1.0-rc.1.tgz
                    version: 0.1.0-rc.1
                  web:
                  - annotations:
                      changes: |
                        - one
                        - two
                      "true": "false"
                    apiVersion: v2
                    appVersion: "1.1"
                    created: "2023-11-14T22:13:20Z"
                    dependencies:
                    - import-values:
                      - data
                      - child: c
                        parent: p
                      name: db
                      repository: ""
                      tags:
                      - "true"
                      version: 1.x
                    deprecated: true
                    digest: \(digest)
                    maintainers:
                    - email: a@x y
                      name: A
                    name: web
                    urls:
                    - web-v2.1.tgz
                    version: v2.1
                  - apiVersion: v2
                    created: "2023-11-14T22:13:20Z"
                    description: 'a: b'
                    digest: \(digest)
                    name: web
                    urls:
                    - web-1.0.0%2Bb.tgz
                    version: 1.0.0+b
                generated: "2026-11-21T01:15:02Z"

                """)
    }

    @Test func `an index in JSON says the same as one in YAML`() throws {
        var yaml = HelmShelf(["index": .text("yaml")]), json = HelmShelf(["index": .text("json")])
        for version in ["1.0.0", "2.0.0", "2.0.0-rc.1"] {
            for name in ["web", "api"] {
                let bytes = HelmChartBuilder(name, version).with("appVersion: \"1.10\"\nannotations: {a: \"x\\ty\"}\n").bytes
                try yaml.add(bytes)
                try json.add(bytes)
            }
        }
        let text = String(decoding: try json.index(), as: UTF8.self)
        #expect(text.hasPrefix(#"{"apiVersion":"v1","entries":{"api":[{"annotations":{"a":"x\ty"},"apiVersion":"v2","#))
        #expect(text.hasSuffix("}]},\"generated\":\"2026-11-21T01:15:02Z\"}\n"))
        let read = try YAMLDocument.read(try json.index(), subject: "JSON", within: Budget())
        #expect(try YAMLDocument.read(try yaml.index(), subject: "YAML", within: Budget()) == read)
    }

    @Test func `an empty repository has an index too`() throws {
        #expect(
            String(decoding: try HelmShelf().index(), as: UTF8.self)
                == "apiVersion: v1\nentries: {}\ngenerated: \"2026-11-21T01:15:02Z\"\n")
        let json = String(decoding: try HelmShelf(["index": .text("json")]).index(), as: UTF8.self)
        #expect(json == "{\"apiVersion\":\"v1\",\"entries\":{},\"generated\":\"2026-11-21T01:15:02Z\"}\n")
    }

    @Test func `a large index is JSON unless told otherwise`() throws {
        for (options, isJSON): ([String: Options.Value], Bool) in [
            (["yaml_limit_kib": .number(0)], true), ([:], false),
            (["yaml_limit_kib": .number(0), "index": .text("yaml")], false),
        ] {
            var shelf = HelmShelf(options)
            try shelf.add(HelmChartBuilder("web", "1.0.0").bytes)
            #expect((try shelf.index().first == UInt8(ascii: "{")) == isJSON)
        }
    }

    @Test func `spellings of one version are one identity, builds are several`() throws {
        var shelf = HelmShelf()
        let a = try shelf.add(HelmChartBuilder("Web", "v1.2").bytes), b = try shelf.add(HelmChartBuilder("web", "1.2.0").bytes)
        #expect(a.identity == b.identity)
        #expect(a.path.text == "Web-v1.2.tgz")
        let c = try shelf.add(HelmChartBuilder("web", "1.2.0+a").bytes),
            d = try shelf.add(HelmChartBuilder("web", "1.2.0+b").bytes)
        #expect(Set([b.identity, c.identity, d.identity]).count == 3)
    }

    @Test func `requirements override the chart's dependencies`() throws {
        let chart = HelmChartBuilder(yaml: "name: old\nversion: 1.0.0\ndependencies: [{name: no}]\n")
            .file("requirements.yaml", "\u{FEFF}dependencies: [{name: db, repository: https://x.org}]\n").file(
                "values.yaml", "{{{")
        let record = try HelmShelf.record(chart.bytes)
        let yaml = String(decoding: try #require(record.fragments.first).bytes, as: UTF8.self)
        #expect(yaml.contains("  - apiVersion: v1\n"))
        #expect(yaml.contains("    dependencies:\n    - name: db\n      repository: https://x.org\n    digest:"))
    }

    @Test(arguments: [
        "", "- a\n", "name: web\n", "version: 1.0.0\n", "name: ../x\nversion: 1.0.0\n", "name: web\nversion: x.y\n",
        "name: a/b\nversion: 1.0.0\n",
        "name: web\nversion: 1.0.0\napiVersion: v3\n", "name: web\nversion: 1.0.0\ntype: other\n", "name: wéb\nversion: 1.0.0\n",
        "name: web\nversion: 1.0.0\nmaintainers: [null]\n", "name: web\nversion: 1.0.0\ndependencies: [null]\n",
        "name: web\nversion: 1.0.0\ndependencies: [{name: a, alias: 'a b'}]\n",
        "name: web\nversion: 1.0.0\ndependencies: [{name: a}, {name: a}]\n",
        "name: web\nversion: 1.0.0\ndeprecated: \"true\"\n", "name: web\nversion: 1.0.0\nother: .inf\n",
        "name: [web]\nversion: 1.0.0\n",
        "name: web\nversion: 1.0.0\nkeywords: word\n", "name: web\nversion: 1.0.0\nannotations: [a]\n",
        ".hidden: 1\nname: .web\nversion: 1.0.0\n",
    ])
    func `a chart that helm would skip is refused`(yaml: String) {
        #expect(cause(HelmChartBuilder(yaml: yaml).bytes) == .malformed)
    }

    @Test func `archives that two readers could see differently are refused`() {
        let yaml = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
        #expect(cause(TarBuilder().file("web/Chart.yaml", yaml).file("other/Chart.yaml", yaml).bytes.gzip) == .ambiguous)
        #expect(cause(TarBuilder().file("Chart.yaml", yaml).bytes.gzip) == .malformed)
        #expect(cause(TarBuilder().file("web/Chart.yaml", yaml).file("loose", "").bytes.gzip) == .malformed)
        #expect(cause(TarBuilder().link("web/Chart.yaml", to: "x").bytes.gzip) == .malformed)
        #expect(cause(TarBuilder().file("web/Chart.yaml", yaml).file("web/../../x", "").bytes.gzip) != nil)
        #expect(cause(TarBuilder().file("web/Chart.yaml", yaml).file("/etc/x", "").bytes.gzip) != nil)
        #expect(cause(TarBuilder().file("web/Chart.yaml", yaml).file("web\\c:\\x", "").bytes.gzip) != nil)
        #expect(cause(TarBuilder().file("web/charts/sub/Chart.yaml", yaml).bytes.gzip) == .malformed)
        #expect(cause(TarBuilder().file("web\\Chart.yaml", yaml).file("web\\templates\\a.yaml", "").bytes.gzip) == nil)
        #expect(cause(TarBuilder().folder("web/").file("web/Chart.yaml", yaml).bytes.gzip) == nil)
    }

    @Test func `charts and provenance files are told from other files`() {
        func recognise(_ bytes: [UInt8], _ name: String) -> Recognition { Helm().recognise(bytes.span, filename: name) }
        #expect(recognise(HelmChartBuilder("web", "1.0.0").bytes, "x") == .surely)
        #expect(recognise(TarBuilder().file("package/package.json", "{}").bytes.gzip, "x.tgz") == .perhaps)
        #expect(recognise(TarBuilder().file("package/package.json", "{}").bytes.gzip, "x.tar.gz") == .no)
        #expect(recognise(Array(Self.prov.utf8), "x") == .surely)
        #expect(recognise(Array("-----BEGIN PGP SIGNED MESSAGE-----\n\nSource: x\n".utf8), "x.dsc") == .no)
        #expect(recognise([], "x.tgz") == .no)
    }

    @Test func `a provenance file is served beside its chart and listed nowhere`() throws {
        var shelf = HelmShelf()
        let chart = try shelf.add(HelmChartBuilder("web", "1.0.0").bytes)
        let prov = try shelf.add(Array(Self.prov.utf8))
        #expect(prov.path.text == "web-1.0.0.tgz.prov")
        #expect(prov.listings.isEmpty)
        #expect(prov.companion == .init(path: chart.path.text, digest: [UInt8](repeating: 0xAB, count: 32)))
        #expect(prov.identity != chart.identity)
        let windows = Self.prov.replacing("\n", with: "\r\n")
        #expect(try HelmShelf.record(Array(windows.utf8)).version == "1.0.0")
    }

    @Test(arguments: [
        ("Hash: SHA512", "Comment: x"), ("web-1.0.0.tgz", "web-1.0.1.tgz"), ("sha256:ab", "sha256:xb"),
        ("sha256:ab", "sha512:ab"),
        ("...\n", "...\n...\n"), ("...\n", ""), ("-----END PGP SIGNATURE-----", ""),
        ("-----END PGP SIGNATURE-----", "-----END PGP SIGNATURE-----\nx"),
        ("-----BEGIN PGP SIGNATURE-----", ""), ("name: web", "name: other"), ("name: web", "-name: web"),
        ("files:\n", "files:\n  other.tgz: sha256:00\n"),
    ])
    func `a provenance file that says two things is refused`(old: String, new: String) {
        #expect(cause(Array(Self.prov.replacing(old, with: new, maxReplacements: 1).utf8)) != nil)
    }

    @Test func `no truncation and no flipped bit traps`() {
        let chart = HelmChartBuilder("web", "1.0.0").with("keywords: [a, &x b, *x]\nannotations: {y: 1.5}\n").bytes
        var refused = 0
        for (bytes, name) in [(chart, "x.tgz"), (Array(Self.prov.utf8), "x.prov")] {
            for length in 0..<bytes.count {
                let short = Array(bytes.prefix(length))
                _ = Helm().recognise(short.span, filename: name)
                if cause(short) != nil { refused += 1 }
            }
            for position in bytes.indices {
                var flipped = bytes
                flipped[position] ^= 1 << UInt8(position % 8)
                _ = Helm().recognise(flipped.span, filename: name)
                if cause(flipped) != nil { refused += 1 }
            }
        }
        #expect(refused > chart.count)
        // The same without the archive's checksums in between.
        let yaml = Array("a: &x [1.5, 0x1F, ~]\n<<: {k: *x}\n? c\n: |\n  text\nd: \"\\u00e9\"\n".utf8)
        for position in yaml.indices {
            for bit in 0..<8 {
                var flipped = yaml
                flipped[position] ^= 1 << UInt8(bit)
                _ = try? YAMLDocument.read(flipped, subject: "x", within: Budget())
            }
        }
    }
}
