import Formats
import Testing

@testable import IndexGen

/// The YAML of `indexgen.yaml`: what is null, what is text, what has which place, and what is too much.
@Suite struct SettingsNodeTests {
    private func root(_ text: String) throws -> SettingsNode? {
        try SettingsNodeReader.root(of: Array(text.utf8), named: "indexgen.yaml")
    }

    private func fault(_ text: String) -> String? {
        do {
            _ = try root(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Everything but these three is a text, which the key it stands behind reads as it needs.
    @Test(arguments: ["", "~", "null"])
    func `nothing, a tilde and null are null unless they are quoted`(word: String) throws {
        #expect(try root("a: \(word)")?.mapping?.first?.value.isNull == true)
        for quoted in ["'\(word)'", "\"\(word)\""] { #expect(try root("a: \(quoted)")?.mapping?.first?.value.isNull == false) }
        #expect(try root("a: !!str \(word)\n")?.mapping?.first?.value.isNull == true, "tags mean nothing")
    }

    @Test(
        arguments: [
            "true", "false", "True", "TRUE", "yes", "no", "on", "off", "y", "n", "Null", "NULL", "nil", "0", "-0", "+7", "017",
            "0o17", "0x1F", "0b101", "1_000",
            "9223372036854775808", "190:20:30", "1.5", "1e3", ".5", "-.5", ".inf", "-.Inf", "+.inf", ".nan", ".NaN", "<<", "=",
            "2026-11-21",
            "2026-11-21T10:00:00Z", "0660", "90s", "10 GiB", "a b", "a#b", "a:b", "-", "é", "https://example.org/x",
        ])
    func `all other words are the text that is written`(word: String) throws {
        for written in [word, "'\(word)'", "\"\(word)\"", "!!int \(word)"] {
            // A dash alone would begin a list.
            if word == "-", written == word || written.hasPrefix("!") { continue }
            let scalar = try root("a: \(written)")?.mapping?.first?.value.scalar
            #expect(scalar?.string == word && scalar?.isPlain == !"'\"".contains(written.first ?? " "), "\(written)")
        }
    }

    /// What a setting makes of them.
    @Test(
        arguments: [
            ("0660", 660), ("017", 17), ("1000", 1000), ("+8", 8), ("'8'", 8), ("0x10", nil), ("1_000", nil), ("8.0", nil),
            ("1e1", nil),
            ("''", nil), ("~", nil),
        ] as [(String, Int?)])
    func `a number is decimal digits`(written: String, expected: Int?) throws {
        let text = "server: {connections: \(written)}"
        let settings = try? SettingsFile.read(Array(text.utf8), named: "indexgen.yaml", for: .standard)
        #expect(settings?.server.connections == expected)
    }

    @Test func `values have their place, an alias that of what it stands for`() throws {
        let root = try #require(try root("é: {b: [1, &x 2]}\nc: *x\n---\n".replacing("---\n", with: "")))
        let b = try #require(root.mapping?.first?.value.mapping?.first)
        #expect([b.key.line, b.key.column, b.value.line, b.value.column] == [1, 5, 1, 8])
        let alias = try #require(root.mapping?.last?.value)
        #expect(alias.scalar?.string == "2" && alias.line == 1 && alias.column == 12)
        #expect(try self.root("") == nil && self.root("# nothing\n") == nil && self.root("---\n...\n")?.isNull == true)
    }

    @Test(
        arguments: [
            ("a: [", "indexgen.yaml:2:1: did not find expected node content"),
            ("a: 1\n b: 2", "indexgen.yaml:2:3: mapping values are not allowed in this context"),
            ("a: 1\n---\nb: 2", "indexgen.yaml:2:1: but found another document"),
            ("a: *x", "indexgen.yaml:1:4: found undefined alias"),
            ("a: &x [*x]", "indexgen.yaml:1:8: found undefined alias"),
            ("b: 1\na: 2\nb: 3\n'a': 4", "indexgen.yaml:2:1: the key 'a' is set twice; keep one"),
            ("a:\n  b: \u{7}", "indexgen.yaml:2:6: U+7: control characters are not allowed"),
            ("a: \"\\q\"", "indexgen.yaml:1:5: found unknown escape character"),
            ("a: @b", "indexgen.yaml:1:4: found character that cannot start any token"),
        ])
    func `a fault says where`(text: String, expected: String) {
        #expect(fault(text) == expected)
    }

    @Test func `64 levels are read, and no more, aliases counted with what they stand for`() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(fault(nested(64)) == nil)
        #expect(fault(nested(65)) == "indexgen.yaml:1:65: lists and mappings are nested more than 64 deep; nest fewer")
        #expect(fault("a: &a \(nested(40))\nb: [*a]") == nil)
        #expect(
            fault("a: &a \(nested(40))\nb: &b [\(String(repeating: "[", count: 22))*a\(String(repeating: "]", count: 22))]")
                == nil)
        #expect(
            fault("a: &a \(nested(40))\nb: &b [\(String(repeating: "[", count: 23))*a\(String(repeating: "]", count: 23))]")
                == "indexgen.yaml:2:31: lists and mappings are nested more than 64 deep; nest fewer")
        #expect(fault(nested(5_000)) != nil)
    }

    @Test func `aliases of aliases are counted as all that they stand for`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        #expect(
            fault(text)?.hasSuffix("there are more than 250000 values, what aliases stand for among them; write fewer") == true)
    }
}
