import Testing

@testable import Formats
@testable import Kit

/// JSON as strangers send it: what is read, and what is not.
@Suite struct JSONReaderTests {
    static func value(_ text: [UInt8], _ budget: Budget = Budget()) throws(Refusal) -> DataValue {
        try JSONReader.read(text.span, of: "it", within: budget)
    }

    static func fault(_ text: [UInt8], _ budget: Budget = Budget()) -> Refusal? {
        refusal { () throws(Refusal) in _ = try value(text, budget) }
    }

    // MARK: What is read

    static let valid: [(String, DataValue)] = [
        ("null", .null), ("true", .bool(true)), (" \t\r\nfalse\n", .bool(false)), ("\u{FEFF}1", .number("1")),
        ("0", .number("0")), ("-0", .number("-0")), ("10", .number("10")), ("-1.50", .number("-1.50")), ("1e5", .number("1e5")),
        ("1E+05", .number("1E+05")), ("0.1e-3", .number("0.1e-3")), ("0e0", .number("0e0")),
        ("123456789012345678901234567890", .number("123456789012345678901234567890")), ("1e999", .number("1e999")),
        ("\"\"", .string("")), ("\"a\u{7F}\u{E9}\u{1F600}\u{2028}\"", .string("a\u{7F}\u{E9}\u{1F600}\u{2028}")),
        ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{C}\n\r\t")),
        ("\"\\u0041\\u00e9\\u20AC\"", .string("A\u{E9}\u{20AC}")),
        ("\"\\ud83d\\ude00\\uD83D\\uDE00\"", .string("\u{1F600}\u{1F600}")), ("\"\\u0000\"", .string("\u{0}")),
        ("\"\\uFFFF\\uD7FF\\uE000\"", .string("\u{FFFF}\u{D7FF}\u{E000}")), ("\"\\u005Cu0041\"", .string("\\u0041")),
        ("[]", .array([])), ("[ ]", .array([])),
        ("[1,[2],\"3\" , null]", .array([.number("1"), .array([.number("2")]), .string("3"), .null])),
        ("{}", .object([])), ("{ }", .object([])),
        (
            "{\"b\":1 , \"a\":{\"b\":[]},\"\":2}",
            .object([
                DataMember("b", .number("1")), DataMember("a", .object([DataMember("b", .array([]))])),
                DataMember("", .number("2")),
            ])
        ),
        // One character, written with one code point and with two: two names.
        ("{\"\u{E9}\":1,\"e\u{301}\":2}", .object([DataMember("\u{E9}", .number("1")), DataMember("e\u{301}", .number("2"))])),
    ]

    @Test func `a document is read as it is written`() throws {
        for (text, value) in Self.valid { #expect(try Self.value([UInt8](text)) == value, "\(text)") }
    }

    @Test func `values are had by their type, and by the bytes of their names`() throws {
        let value = try Self.value(
            [UInt8](
                "{\"name\":\"demo\",\"deps\":[{\"optional\":true,\"target\":null}],\"n\":-12,\"x\":1.5,\"big\":9223372036854775808}"
            ))
        #expect(value["name"]?.string == "demo" && value["name"]?.integer == nil && value["name"]?.number == nil)
        #expect(value["deps"]?.array?.count == 1 && value["deps"]?.object == nil && value["deps"]?["optional"] == nil)
        let dependency = try #require(value["deps"]?.array?.first)
        #expect(dependency["optional"]?.bool == true && dependency["optional"]?.string == nil)
        #expect(dependency["target"]?.isNull == true && dependency["target"]?.bool == nil && dependency["nothing"] == nil)
        #expect(value["n"]?.integer == -12 && value["x"]?.integer == nil && value["x"]?.number == "1.5")
        #expect(value["big"]?.integer == nil && value["big"]?.number == "9223372036854775808")
        #expect(value.object?.map(\.name) == ["name", "deps", "n", "x", "big"] && value.array == nil)
        let accents = try Self.value([UInt8]("{\"\u{E9}\":1,\"e\u{301}\":2}"))
        #expect(accents["e\u{301}"]?.integer == 2)
    }

    // MARK: What is refused

    /// A text, the refusal's cause, its place and words of it.
    static let invalid: [(String, Refusal.Cause, String, String)] = [
        ("", .truncated, "1:1", "ends where a value belongs"), (" \n", .truncated, "2:1", "a value"),
        ("\u{FEFF}", .truncated, "1:4", "a value"),
        ("\u{FEFF}\u{FEFF}1", .malformed, "1:4", "outside of ASCII"), ("nul", .truncated, "1:4", "'null'"),
        ("nULL", .malformed, "1:2", "'null'"),
        ("True", .malformed, "1:1", "'T' where a value"), ("truex", .malformed, "1:5", "'x' where its end"),
        ("NaN", .malformed, "1:1", "'N'"),
        ("nan", .malformed, "1:2", "'null'"), ("Infinity", .malformed, "1:1", "'I'"), ("-Infinity", .malformed, "1:2", "a digit"),
        ("01", .malformed, "1:2", "its end"), ("-01", .malformed, "1:3", "its end"), ("-", .truncated, "1:2", "a digit"),
        ("--1", .malformed, "1:2", "a digit"), ("+1", .malformed, "1:1", "'+' where a value"), (".5", .malformed, "1:1", "'.'"),
        ("1.", .truncated, "1:3", "a digit"), ("1.e5", .malformed, "1:3", "a digit"), ("1e", .truncated, "1:3", "a digit"),
        ("1e+", .truncated, "1:4", "a digit"), ("1e5.0", .malformed, "1:4", "its end"), ("0x1F", .malformed, "1:2", "'x'"),
        ("1_000", .malformed, "1:2", "'_'"), ("1 2", .malformed, "1:3", "'2' where its end"),
        ("\u{661}", .malformed, "1:1", "outside of ASCII"),
        ("\"", .truncated, "1:2", "the end of a string"), ("\"a", .truncated, "1:3", "a string"),
        ("\"\\", .truncated, "1:3", "a string"),
        ("\"\\\"", .truncated, "1:4", "a string"), ("\"a\nb\"", .malformed, "1:3", "control character"),
        ("\"\t\"", .malformed, "1:2", "control character"), ("\"\u{0}\"", .malformed, "1:2", "control character"),
        ("\"\u{1F}\"", .malformed, "1:2", "control character"), ("\"\\a\"", .malformed, "1:2", "an escape"),
        ("\"\\x41\"", .malformed, "1:2", "an escape"), ("\"\\'\"", .malformed, "1:2", "an escape"),
        ("\"\\\n\"", .malformed, "1:2", "an escape"),
        ("\"\\U0041\"", .malformed, "1:2", "an escape"), ("\"\\u004\"", .malformed, "1:2", "four hexadecimal"),
        ("\"\\u00g0\"", .malformed, "1:2", "four hexadecimal"), ("\"\\u+041\"", .malformed, "1:2", "four hexadecimal"),
        ("\"ab\\ud83d\"", .malformed, "1:4", "surrogate"), ("\"\\ude00\"", .malformed, "1:2", "surrogate"),
        ("\"\\ud83d\\n\"", .malformed, "1:2", "surrogate"), ("\"\\ude00\\ud83d\"", .malformed, "1:2", "surrogate"),
        ("\"\\ud83d\\ud83d\"", .malformed, "1:2", "surrogate"), ("\"\\ud83dude00\"", .malformed, "1:2", "surrogate"),
        ("'a'", .malformed, "1:1", "a value"), ("[", .truncated, "1:2", "a value"), ("[1", .truncated, "1:3", "a comma or ']'"),
        ("[1,", .truncated, "1:4", "a value"), ("[1,]", .malformed, "1:4", "']' where a value"),
        ("[,1]", .malformed, "1:2", "','"),
        ("[1 2]", .malformed, "1:4", "a comma or ']'"), ("[1}", .malformed, "1:3", "a comma or ']'"),
        ("]", .malformed, "1:1", "a value"),
        ("[1]]", .malformed, "1:4", "its end"), ("[1,,2]", .malformed, "1:4", "a value"), ("{", .truncated, "1:2", "a name"),
        ("{\"a\"", .truncated, "1:5", "a colon"), ("{\"a\":", .truncated, "1:6", "a value"),
        ("{\"a\":1", .truncated, "1:7", "a comma or '}'"),
        ("{\"a\":1,}", .malformed, "1:8", "a name"), ("{a:1}", .malformed, "1:2", "a name in quotation marks"),
        ("{1:1}", .malformed, "1:2", "a name"), ("{\"a\" 1}", .malformed, "1:6", "a colon"),
        ("{\"a\":1]", .malformed, "1:7", "'}'"),
        ("{\"a\":1 \"b\":2}", .malformed, "1:8", "a comma"), ("{,}", .malformed, "1:2", "a name"),
        ("{null:1}", .malformed, "1:2", "a name"),
        ("[1] // x", .malformed, "1:5", "'/'"), ("/* */1", .malformed, "1:1", "'/'"),
        ("[\n  1,\n  x\n]", .malformed, "3:3", "'x'"),
        ("{\n \"a\" : 1,\n \"a\" : 2}", .ambiguous, "3:2", "the name 'a' twice"),
        ("{\"a\":1,\"\\u0061\":1}", .ambiguous, "1:8", "twice"),
        ("[{\"\":1,\"\":2}]", .ambiguous, "1:8", "twice"), ("\u{C}1", .malformed, "1:1", "a control character"),
        ("\u{A0}1", .malformed, "1:1", "outside of ASCII"), ("1\u{0}", .malformed, "1:2", "a control character"),
    ]

    @Test func `what is not JSON is refused with its place`() throws {
        for (text, cause, place, words) in Self.invalid {
            let fault = try #require(Self.fault([UInt8](text)), "\(text)")
            let numbers = place.split(separator: ":")
            #expect(fault.cause == cause && fault.what.hasPrefix("it ") && fault.what.contains(words), "\(text): \(fault)")
            #expect(fault.place == "line \(numbers[0]), column \(numbers[1])", "\(text): \(fault)")
        }
    }

    @Test func `what is not UTF-8 is refused with its place`() {
        for bytes in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE9]] as [[UInt8]] {
            let fault = Self.fault([UInt8]("{\n\"a\":\"") + bytes + [UInt8]("\"}"))
            #expect(fault?.cause == .malformed && fault?.what == "it is not UTF-8" && fault?.place == "line 2, column 6")
        }
        #expect(Self.fault([0xFF, 0xFE, 0x31, 0x00])?.cause == .malformed)
    }

    @Test func `each limit holds, and what is just below it comes through`() {
        var budget = Budget()
        (budget.memberBytes, budget.depth, budget.entries) = (200, 5, 20)
        func nested(_ depth: Int) -> [UInt8] {
            var text = "1"
            for level in 0..<depth { text = level % 2 == 0 ? "[\(text)]" : "{\"a\":\(text)}" }
            return [UInt8](text)
        }
        #expect(Self.fault(nested(5), budget) == nil)
        #expect(Self.fault(nested(6), budget)?.what == "it is nested deeper than limits.depth (5)")
        #expect(Self.fault([UInt8](repeating: 32, count: 199) + [48], budget) == nil)
        #expect(
            Self.fault([UInt8](repeating: 32, count: 200) + [48], budget)?.what
                == "it has 201 bytes, more than limits.member_bytes (200)")
        func list(_ count: Int) -> [UInt8] { [UInt8]("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]") }
        #expect(Self.fault(list(19), budget) == nil)
        #expect(Self.fault(list(20), budget)?.what == "it has more than limits.entries (20) values")
        // A name counts, and its value.
        let members = (0..<10).map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(Self.fault([UInt8]("{\(members)}"), budget)?.cause == .limit)
        // Whatever the settings allow, no text uses up a thread's stack.
        (budget.memberBytes, budget.depth, budget.entries) = (1 << 20, 1 << 40, 1 << 40)
        #expect(
            Self.fault([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20), budget)?.what
                == "it is nested deeper than limits.depth (1000)")
        budget = Budget()
        budget.deadline = Deadline { true }
        #expect(Self.fault(list(2_000), budget)?.cause == .limit)
    }

    @Test func `a name that comes twice is found among very many`() {
        let members = (0..<5_000).map { "\"a\($0)\":\($0)" }
        #expect(Self.fault([UInt8]("{" + members.joined(separator: ",") + "}")) == nil)
        #expect(Self.fault([UInt8]("{" + (members + ["\"a17\":0"]).joined(separator: ",") + "}"))?.cause == .ambiguous)
    }

    // MARK: The referee

    @Test(.enabled(if: PythonReader.isThere, "python3 from 3.11 on is needed"))
    func `Python's json reads and refuses the same`() throws {
        var random = SeededNumbers(seed: 8_259)
        let seeds =
            Self.valid.map { [UInt8]($0.0) } + [
                [UInt8]("{\"a\":[1,{\"b\":\"\\u00e9\\ud83d\\ude00\"},-0.5e+7],\"c\":{\"d\":null,\"e\":true}}")
            ]
        let words = [
            "\"", "\\", "\\u", "\\ud83d", "\\ude00", "{", "}", "[", "]", ":", ",", "0", "-", ".", "e", "true", "\n", "\"a\":1,",
            "\u{FEFF}",
        ]
        let mutations = (0..<4_000).map { _ in random.mutated(seeds.randomElement(using: &random) ?? [], with: words) }
        let texts = seeds + Self.invalid.map { [UInt8]($0.0) } + mutations
        let lines = try PythonReader.json.lines(for: texts)
        try #require(lines.count == texts.count)
        var taken = 0
        for (text, line) in zip(texts, lines) {
            let value = Result { () throws(Refusal) in try Self.value(text) }
            if line != "!" { taken += 1 }
            if ((try? value.get())?.line ?? "!") != line {
                Issue.record("\(text.text.debugDescription): \(value), and Python has \(line)")
            }
        }
        #expect((250..<3_500).contains(taken), "\(taken)")
    }
}
