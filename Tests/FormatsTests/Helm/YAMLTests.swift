import Foundation
import Testing

@testable import Formats
@testable import Kit

@Suite struct YAMLTests {
    private func read(_ text: String) throws -> YAMLNode {
        try YAMLDocument.read(Array(text.utf8), subject: "the text", within: Budget())
    }

    @Test(arguments: [
        ("1.10", "1.1"), ("1.20.0", "1.20.0"), ("017", "15"), ("0x1F", "31"), ("0o17", "15"), ("0o9", "0o9"), ("08", "8"),
        ("1_000", "1000"),
        ("1e3", "1000"), ("1e21", "1e+21"), ("1000000.0", "1e+06"), ("1234567.5", "1.2345675e+06"),
        ("123456789.0", "1.2345679e+08"),
        ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("-0.0", "-0"), ("1_0.5", "10.5"), ("0b11", "3"), ("1.", "1"), (".5", "0.5"),
        ("+12", "12"),
        ("-0x10", "-16"), ("18446744073709551615", "18446744073709551615"), ("18446744073709551616", "1.8446744e+19"),
        ("-9223372036854775808", "-9223372036854775808"), ("1e400", "1e400"), ("0x1G", "0x1G"), ("12:30:45", "12:30:45"),
        ("2020-01-01", "2020-01-01"), ("y", "true"), ("Off", "false"), ("YeS", "YeS"), ("~", ""), ("\"1.10\"", "1.10"),
        ("!!str 1.10", "1.10"),
        ("!!float 1", "1"), ("1e39", "+Inf"), ("0.1", "0.1"), ("0.5.1", "0.5.1"), ("0x", "0x"), ("0", "0"), ("00", "0"),
    ])
    func `scalars become the strings that helm makes of them`(yaml: String, expected: String) throws {
        let node = try read("{k: \(yaml)}\n")
        #expect(try HelmFields(node, at: "x").text("k") ?? "" == expected)
    }

    @Test func `the last of equal keys wins, and merges set keys where they stand`() throws {
        #expect(try read("a: 1\nb: 2\na: 3\n") == .mapping([YAMLMember("a", .integer("3")), YAMLMember("b", .integer("2"))]))
        let merged = try read("base: &x {a: one, b: two}\nuse:\n  a: early\n  <<: *x\n  b: late\n")
        guard case .mapping(let members) = merged else { throw Refusal(.malformed, "no mapping", remedy: "") }
        #expect(members[1].value == .mapping([YAMLMember("a", .text("one")), YAMLMember("b", .text("late"))]))
    }

    @Test func `keys are texts as Go prints them`() throws {
        #expect(
            try read("y: a\n1.50: b\n0x10: c\n")
                == .mapping([YAMLMember("true", .text("a")), YAMLMember("1.5", .text("b")), YAMLMember("16", .text("c"))]))
        #expect(throws: Refusal.self) { try read("~: a\n") }
        #expect(throws: Refusal.self) { try read("[a]: b\n") }
    }

    @Test func `only the first document is read`() throws {
        #expect(try read("a\n---\n: : [") == .text("a"))
        #expect(try read("") == .null)
        #expect(try read("# nothing\n") == .null)
    }

    @Test(arguments: [
        "a: *b", "a: &x [*x]", "a: [", "{", "a: b: c", "\u{1}", "<<: 3", "a: !!int x", "a: !!binary aGk=", "\ta: b",
        "%YAML 9.9\n---\na",
        "a: \"\\ud800\"",
    ])
    func `broken YAML is refused`(yaml: String) {
        #expect(throws: Refusal.self) { try read(yaml) }
    }

    @Test func `nesting is bounded, also through aliases and before anything recurses`() {
        #expect(throws: Refusal.self) { try read(String(repeating: "[", count: 100_000)) }
        #expect(throws: Refusal.self) { try read(String(repeating: "- ", count: 100_000)) }
        #expect(throws: Refusal.self) { try read(String(repeating: "{a: ", count: 65) + "b" + String(repeating: "}", count: 65)) }
        let deep =
            "a: &a " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
            + "\nb: " + String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40) + "\n"
        #expect(throws: Refusal.self) { try read(deep) }
    }

    @Test func `aliases cannot multiply beyond the limit`() {
        var laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            laughs += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
        }
        #expect(throws: Refusal.self) { try read(laughs) }
        let long =
            "a: &a \"\(String(repeating: "x", count: 100_000))\"\nb: [" + (0..<1_000).map { _ in "*a" }.joined(separator: ", ")
            + "]\n"
        #expect(throws: Refusal.self) { try read(long) }
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            "[],", "{a,", "? ", "?\n", "&a ", "!x ", "# c\n", "word\n", "a: b\n", "a: &a b\n", "- *a\n", "- - a\n", "\"", "'a'",
            "|\n", "\n", "%x\n",
            "---\n", "[a: ", "{? ", "a:a", ",", "\\", "!<a>", "<<: ", "\t", "\u{FEFF}", "😀", "a: [\n", "\"\\x41\" : ", "!a!b ",
        ])
    func `a megabyte of any one thing is read or refused at once`(piece: String) {
        for prefix in ["", "[", "{", "- ", "\"", "a: &a b\nc: "] {
            _ = try? read(prefix + String(repeating: piece, count: (1 << 20) / piece.utf8.count))
        }
    }

    @Test(arguments: [
        ("plain text", YAMLScalar.Style.plain), ("1.20.0", .double), ("1.2.3-rc.1", .plain), ("v1.2", .plain), ("1e5", .double),
        ("yes", .double),
        ("", .double), ("a: b", .single), ("a #b", .single), ("a#b", .plain), ("https://x.org/a?b", .plain), (" a", .single),
        ("a ", .single),
        ("it's", .plain), ("a:", .single), ("*a", .single), ("-1", .double), ("a\tb", .double), ("a\nb", .literal),
        ("a\nb\n", .literal),
        ("a\n\n", .double), (" a\nb", .double), ("a\n  \nb", .double), ("\u{2028}", .double), ("😀", .double), ("é", .plain),
        ("0x1", .double),
    ])
    func `strings are written in the tidiest style that no reader mistakes`(text: String, style: YAMLScalar.Style) {
        #expect(YAMLScalar.style(of: text) == style)
    }

    /// The same odd texts as value, item, key and in JSON.
    private func samples(_ count: Int) -> [String] {
        var odd = OddTexts(seed: 20_261_121)
        return OddTexts.pieces + (0..<count).map { _ in odd.next() }
    }

    private func document(_ texts: [String]) -> YAMLNode {
        .sequence(
            texts.map { text in
                .mapping([
                    YAMLMember("hex", .text("x" + Hex.string(Array(text.utf8)))), YAMLMember("value", .text(text)),
                    YAMLMember("list", .sequence([.text(text), .sequence([.text(text), .text("end")]), .text("end")])),
                    YAMLMember("map", .mapping([YAMLMember(text, .text("end"))])), YAMLMember("last", .text(text)),
                ])
            })
    }

    @Test func `odd strings survive writing and reading`() throws {
        let node = document(samples(4_000))
        var block: [UInt8] = [], json: [UInt8] = []
        if case .sequence(let items) = node { YAMLWriter.append(items: items, indent: 2, to: &block) }
        YAMLWriter.appendJSON(node, to: &json)
        #expect(try YAMLDocument.read(block, subject: "block", within: Budget()) == node)
        #expect(try YAMLDocument.read(json, subject: "JSON", within: Budget()) == node)
        let read = try JSONSerialization.jsonObject(with: Data(json)) as? [[String: Any]]
        #expect(read?.count == samples(4_000).count)
    }

    static let python = ProcessInfo.processInfo.environment["INDEXGEN_PYTHON"]

    @Test(.enabled(if: python != nil, "INDEXGEN_PYTHON names no Python with PyYAML and ruamel.yaml"))
    func `PyYAML and ruamel read odd strings back`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-yaml-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let node = document(samples(4_000))
        var block: [UInt8] = [], json: [UInt8] = []
        if case .sequence(let items) = node { YAMLWriter.append(items: items, indent: 0, to: &block) }
        YAMLWriter.appendJSON(node, to: &json)
        try Data(block).write(to: folder.appendingPathComponent("block"))
        try Data(json).write(to: folder.appendingPathComponent("json"))
        let script = """
            import sys, json, yaml
            from ruamel.yaml import YAML
            def wrong(items):
                bad = 0
                for item in items:
                    text = bytes.fromhex(item["hex"][1:]).decode()
                    same = [text, [text, [text, "end"], "end"], {text: "end"}, text]
                    bad += [item["value"], item["list"], dict(item["map"]), item["last"]] != same
                return bad, len(items)
            for name in ("block", "json"):
                data = open(sys.argv[1] + "/" + name, "rb").read()
                print("PyYAML", name, *wrong(yaml.load(data, yaml.SafeLoader)))
                print("libyaml", name, *wrong(yaml.load(data, yaml.CSafeLoader)))
                print("ruamel", name, *wrong(YAML(typ="safe", pure=True).load(data)))
            print("JSON", *wrong(json.loads(data)))
            """
        let output = try HelmParityTests.run(try #require(Self.python), ["-c", script, folder.path])
        print(output)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.count == 7)
        for line in lines { #expect(line.dropLast().last == "0", "\(line)") }
    }
}
