import Testing

@testable import Formats
@testable import Kit

@Suite struct GoModFileTests {
    private func read(_ text: String) throws -> GoModFile { try GoModFile(Array(text.utf8), within: Budget()) }

    @Test func `lines, blocks, quotes and comments are read as go reads them`() throws {
        let file = try read(
            """
            // A module.

            // Deprecated: use example.com/other
            // instead.
            module "example.com/\\x78" // really

            go 1.21.3 // comment
            toolchain go1.22.0
            require example.com/a v1.0.0 // indirect
            require ( // many
            \texample.com/b/v2 v2.0.0
            \t"example.com/c" v0.0.0-20230101000000-abcdefabcdef

            \t// in between
            \tgopkg.in/d.v1 v1.2.3
            )
            exclude example.com/a v1.1.0
            replace example.com/a => ../a
            replace (
            \texample.com/b v1.0.0 => example.com/bb v1.0.1
            )
            tool example.com/t
            godebug default=go1.21
            nonsense (
            \t[ { , ] )x
            )
            ignore ./x
            require ()
            """)
        #expect(file.module == Array("example.com/x".utf8))
        #expect(file.goVersion == "1.21.3")
        #expect(file.toolchain == "go1.22.0")
        #expect(file.deprecated == "use example.com/other\ninstead.\nreally")
        #expect(file.requirements == 4)
        #expect(file.onlyMain == ["exclude", "replace"])
        #expect(file.retractions == [])
    }

    @Test func `retractions have a range and a rationale`() throws {
        let file = try read(
            """
            module x
            // Wrong
            // in two ways.
            retract v1.0.0 // badly

            retract [ v1.1.0 , v1.2.0 ]
            // All of these.
            retract (
            \tv1.3.0
            \t// This one.
            \t"v1.4.0"

            \t[v1.5.0, v1.6.0] // Those.
            )
            retract [v1.0.0, v2.0.0
            retract
            retract nothing
            """)
        #expect(
            file.retractions == [
                .init(low: "v1.0.0", high: "v1.0.0", rationale: "Wrong\nin two ways.\nbadly"),
                .init(low: "v1.1.0", high: "v1.2.0", rationale: ""),
                .init(low: "v1.3.0", high: "v1.3.0", rationale: "All of these."),
                .init(low: "v1.4.0", high: "v1.4.0", rationale: "This one."),
                .init(low: "v1.5.0", high: "v1.6.0", rationale: "Those."),
            ])
        #expect(file.strangeRetractions == [15, 16, 17])
    }

    @Test(arguments: [
        ("// Deprecated: a\nmodule x", "a"), ("module x // Deprecated: a", "a"), ("// Deprecated: a\n\nmodule x", ""),
        ("// First.\n//\n// Deprecated: a\n// b\n//\n// c\nmodule x", "a\nb"), ("// Not Deprecated: a\nmodule x", ""),
        ("// First.\n// Deprecated: a\nmodule x", ""), ("// Deprecated: a\nmodule (\nx\n)", "a"),
        ("// Deprecated: a\nmodule (\n// own\nx\n)", ""), ("module (\nx // Deprecated: a\n)", "a"),
        ("//\n// Deprecated: a\nmodule x", ""), ("//\n//\n// Deprecated: a\nmodule x", "a"),
        ("// First.\n//\n//\n// Deprecated: a\nmodule x", "a"), ("//Deprecated:a\r\nmodule x\r\n", "a"),
    ])
    func `a deprecation is a paragraph of the comment on the module`(text: String, deprecated: String) throws {
        #expect(try read(text).deprecated == deprecated)
    }

    @Test(arguments: [
        ("1.21", "1.21"), ("1.21.0", "1.21.0"), ("1.21rc1", "1.21rc1"), ("1.21.3rc2", "1.21.3rc2"), ("1.0", "1.0"),
        ("v1.21.3", "1.21"),
        ("1.21-x", "1.21"), ("1.21.x", "1.21"), ("1.21.", "1.21"), ("1.21.03", "1.21"), ("v1.21", nil), ("1", nil), ("01.2", nil),
        ("1.x", nil), ("", nil), ("go1.21", nil), ("1.", nil), ("1.21rc", "1.21"), ("1.02", nil),
    ])
    func `versions of the language are read as go reads a dependency's`(text: String, version: String?) {
        #expect(GoModFile.goVersion(text.utf8) == version)
    }

    @Test(arguments: [
        ("a\\tb", "a\tb"), ("\\\\\\\"", "\\\""), ("\\a\\b\\f\\n\\r\\t\\v", "\u{7}\u{8}\u{c}\n\r\t\u{b}"),
        ("\\101\\x42\\u0043\\U00000044", "ABCD"),
        ("\\U0001F600", "\u{1F600}"), ("", ""), ("\\'", nil), ("\\", nil), ("\\8", nil), ("\\18", nil), ("\\400", nil),
        ("\\U00110000", nil),
        ("\\u12", nil), ("\\xg0", nil), ("\\x+1", nil),
    ])
    func `quoted texts are those of Go`(text: String, plain: String?) {
        #expect(GoModText.unquoted(Array(text.utf8)[...]) == plain.map { Array($0.utf8) })
    }

    @Test func `a file of sixteen megabytes of anything ends with a refusal or a result, and soon`() throws {
        for piece in ["(\n", "//\n", "x\n", "\"\n", "[", "require (\n", "\\", "x (\n)\n", "module ( )\n", "\u{e9}"] {
            let text = Array(String(repeating: piece, count: 200_000).utf8)
            _ = try? GoModFile(text, within: Budget())
        }
        var budget = Budget()
        budget.deadline = Deadline { true }
        let refusal = refusal { () throws(Refusal) in
            _ = try GoModFile(Array(String(repeating: "x\n", count: 5_000).utf8), within: budget)
        }
        #expect(refusal?.cause == .limit)
    }

    @Test func `long comments are cut and long rationales with them`() throws {
        let file = try read(String(repeating: "// some words\n", count: 1_000) + "retract v1.0.0\n")
        #expect(file.retractions.first?.rationale.utf8.count == GoModFile.commentLimit)
    }
}

@Suite struct GoVersionTests {
    @Test func `versions stand in go's order`() throws {
        // golang.org/x/mod/semver's own order; numbers of any length.
        let ordered = [
            "v0.0.0-20160101000000-abcdefabcdef", "v0.0.0-alpha", "v0.0.0", "v0.9.9", "v1.0.0-0.3.7", "v1.0.0-1", "v1.0.0-9",
            "v1.0.0-10",
            "v1.0.0-99999999999999999999999", "v1.0.0--", "v1.0.0-A", "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta",
            "v1.0.0-alpha-", "v1.0.0-alphabet", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0-rc.1", "v1.0.0",
            "v1.0.1", "v1.2.0",
            "v1.10.0", "v2.0.0+incompatible", "v10.0.0+incompatible", "v99999999999999999999.0.0",
        ]
        let keys = try ordered.map { try #require(GoVersion($0.utf8)).sortKey }
        for (index, key) in keys.enumerated().dropFirst() {
            #expect(keys[index - 1].lexicographicallyPrecedes(key), "\(ordered[index - 1]) \(ordered[index])")
        }
        for (index, key) in keys.enumerated() {
            for (other, text) in keys.enumerated() where other != index { #expect(!key.starts(with: text)) }
        }
    }

    @Test(arguments: [
        ("v0.0.0-20161208181325-20d25e280405", true), ("v1.2.4-0.20191109021931-daa7c04131f5", true),
        ("v1.2.3-pre.0.20191109021931-daa7c04131f5", true), ("v2.0.0-20161208181325-20d25e280405", true),
        ("v2.3.5-0.20161208181325-20d25e280405+incompatible", true), ("v1.2.3-20161208181325-20d25e280405", false),
        ("v1.2.3-rc.20161208181325-20d25e280405", false), ("v1.2.3-10.20161208181325-20d25e280405", false), ("v1.0.0", false),
        ("v0.0.0-2016120818132-20d25e280405", false), ("v0.0.0-20161208181325", false),
        ("v0.0.0-x20161208181325-20d25e280405", false),
        ("v0.1.0-20161208181325-20d25e280405", false), ("v1.0.0-a-0.20161208181325-20d25e280405", false),
        ("v0.0.0-20161208181325-20d2-5e28", false),
    ])
    func `pseudo-versions are told from others`(text: String, isPseudo: Bool) throws {
        let version = try #require(GoVersion(text.utf8))
        #expect((version.pseudoTime != nil) == isPseudo)
    }
}
