import Testing

@testable import Formats
@testable import Kit

/// TOML as strangers send it: what is read, and what is not. Tables are in `TOMLTableTests`.
@Suite struct TOMLReaderTests {
    static func value(_ text: [UInt8], _ budget: Budget = Budget()) throws(Refusal) -> DataValue {
        try TOMLReader.read(text.span, of: "it", within: budget)
    }

    static func fault(_ text: [UInt8], _ budget: Budget = Budget()) -> Refusal? {
        refusal { () throws(Refusal) in _ = try value(text, budget) }
    }

    /// The value of the only name, which is `a`.
    static func only(_ text: String) throws -> DataValue {
        let members = try #require(try value([UInt8](text)).object)
        #expect(members.map(\.name) == ["a"], "\(text)")
        return members[0].value
    }

    // MARK: What is read

    static let values: [(String, DataValue)] = [
        ("true", .bool(true)), ("false", .bool(false)), ("0", .number("0")), ("+0", .number("0")), ("-0", .number("0")),
        ("+99", .number("99")),
        ("-17", .number("-17")), ("1_000_0", .number("10000")), ("9223372036854775807", .number("9223372036854775807")),
        ("-9223372036854775808", .number("-9223372036854775808")), ("0xDEAD_beef", .number("3735928559")), ("0x00", .number("0")),
        ("0o755", .number("493")), ("0b1101", .number("13")), ("0x7fffffffffffffff", .number("9223372036854775807")),
        ("1.0", .number("1.0")), ("+1.5", .number("1.5")), ("-0.01", .number("-0.01")), ("5e+22", .number("5e22")),
        ("1E06", .number("1e06")),
        ("-2e-2", .number("-2e-2")), ("6.626e-34", .number("6.626e-34")), ("224_617.445_991", .number("224617.445991")),
        ("0e0", .number("0e0")),
        ("inf", .number("inf")), ("+inf", .number("inf")), ("-inf", .number("-inf")), ("nan", .number("nan")),
        ("-nan", .number("nan")),
        ("1979-05-27T07:32:00Z", .date("1979-05-27T07:32:00Z")),
        ("1979-05-27t00:32:00.999999-07:00", .date("1979-05-27t00:32:00.999999-07:00")),
        ("1979-05-27 07:32:00z", .date("1979-05-27 07:32:00z")), ("1979-05-27T07:32:00", .date("1979-05-27T07:32:00")),
        ("1979-05-27", .date("1979-05-27")), ("07:32:00", .date("07:32:00")), ("00:32:00.5", .date("00:32:00.5")),
        ("2000-02-29", .date("2000-02-29")), ("2016-12-31T23:59:60Z", .date("2016-12-31T23:59:60Z")),
        ("\"\"", .string("")), ("''", .string("")), ("\"a'\\\"\\\\\\b\\f\\n\\r\\t\"", .string("a'\"\\\u{8}\u{C}\n\r\t")),
        ("\"\\u00e9\\U0001F600\\uFFFF\"", .string("\u{E9}\u{1F600}\u{FFFF}")),
        ("\"\t\u{E9}\u{80}# \"", .string("\t\u{E9}\u{80}# ")),
        ("'C:\\new\\\"x\"\t'", .string("C:\\new\\\"x\"\t")), ("\"\"\"\"\"\"", .string("")), ("''''''", .string("")),
        ("\"\"\"a\"\"\"", .string("a")), ("\"\"\"\nRoses\r\nViolets\n\"\"\"", .string("Roses\nViolets\n")),
        ("\"\"\"\n\nx\"\"\"", .string("\nx")), ("\"\"\"\r\nx\"\"\"", .string("x")),
        ("\"\"\"a \\  \n\n\t b\"\"\"", .string("a b")),
        ("\"\"\"\\\r\n  a\\\n\"\"\"", .string("a")), ("\"\"\"a \\n b\"\"\"", .string("a \n b")),
        ("\"\"\"\"a\"\"b\\\"\"\"\"\"\"", .string("\"a\"\"b\"\"\"")),
        ("\"\"\"\"\"two\"\"\"\"\"", .string("\"\"two\"\"")), ("'''''two'''''", .string("''two''")),
        ("'''\nI [dw]on't \\\n'''", .string("I [dw]on't \\\n")),
        ("[]", .array([])), ("[ 1, 2 ]", .array([.number("1"), .number("2")])), ("[1,]", .array([.number("1")])),
        ("[ # c\n 'a' # d\n , [\r\n\"b\"], # ]\n\n]", .array([.string("a"), .array([.string("b")])])),
        ("[1979-05-27,07:32:00]", .array([.date("1979-05-27"), .date("07:32:00")])), ("{}", .object([])), ("{ }", .object([])),
        (
            "{ b = 1, c.d = '}' ,\"e f\"={}}",
            .object([
                DataMember("b", .number("1")), DataMember("c", .object([DataMember("d", .string("}"))])),
                DataMember("e f", .object([])),
            ])
        ),
        ("{b=[\n{c=1}\n,]}", .object([DataMember("b", .array([.object([DataMember("c", .number("1"))])]))])),
    ]

    @Test func `a value is read as it is written`() throws {
        for (text, value) in Self.values {
            for document in ["a=\(text)", "a = \(text) # comment\n", "\u{FEFF}\n\ta\t=\t\(text)\t\r\n"] {
                #expect(try Self.only(document) == value, "\(document)")
            }
        }
    }

    static let documents: [(String, [DataMember])] = [
        ("", []), ("\n# only a comment \u{E9}\t", []), (" \t", []), ("\r\n", []),
        (
            "1234 = 1\n-_ = 2\n3.14 = 'x'",
            [
                DataMember("1234", .number("1")), DataMember("-_", .number("2")),
                DataMember("3", .object([DataMember("14", .string("x"))])),
            ]
        ),
        (
            "\"\" = 1\n'q\"' = 2\n\"\\u00e9\" = 3\ntrue=4\ninf=5",
            [
                DataMember("", .number("1")), DataMember("q\"", .number("2")), DataMember("\u{E9}", .number("3")),
                DataMember("true", .number("4")),
                DataMember("inf", .number("5")),
            ]
        ),
        (
            "a . \"b.c\" . 'd' = 1",
            [
                DataMember("a", .object([DataMember("b.c", .object([DataMember("d", .number("1"))]))]))
            ]
        ),
        ("\"\u{E9}\"=1\n\"e\u{301}\"=2", [DataMember("\u{E9}", .number("1")), DataMember("e\u{301}", .number("2"))]),
    ]

    @Test func `names may be bare, quoted and dotted`() throws {
        for (text, members) in Self.documents { #expect(try Self.value([UInt8](text)) == .object(members), "\(text)") }
    }

    // MARK: What is refused

    /// A text, its place and words of the refusal.
    static let invalid: [(String, String, String)] = [
        ("a", "1:2", "ends where '=' belongs"), ("a =", "1:4", "ends where a value belongs"),
        ("a = # c", "1:5", "'#' where a value"),
        ("a\n= 1", "1:2", "the line's end where '='"), ("= 1", "1:1", "a name"), ("a b = 1", "1:3", "'b' where '='"),
        ("a. = 1", "1:4", "a name"),
        (".a = 1", "1:1", "a name"), ("a..b = 1", "1:3", "a name"), ("\u{E9} = 1", "1:1", "outside of ASCII"),
        ("a = 1 b = 2", "1:7", "the line's end"),
        ("a = 1\rb = 2", "1:6", "the line's end"), ("a = 1 # \u{0}", "1:9", "a control character"),
        ("# a\rb", "1:4", "the line's end"),
        ("a = b", "1:5", "not a string, number"), ("a = TRUE", "1:5", "not a string"), ("a = tru", "1:5", "'true'"),
        ("a = truer", "1:9", "the line's end"),
        ("\"\"\"a\"\"\" = 1", "1:3", "'='"), ("'a\n' = 1", "1:3", "a string"), ("a = \"b", "1:7", "ends where '\"' belongs"),
        ("a = \"b\n\"", "1:7", "a string"),
        ("a = \"\u{1}\"", "1:6", "a control character"), ("a = \"\u{7F}\"", "1:6", "a control character"),
        ("a = 'b", "1:7", "ends where ''' belongs"),
        ("a = \"\\a\"", "1:6", "escape that TOML 1.0"), ("a = \"\\e\"", "1:6", "escape"), ("a = \"\\x41\"", "1:6", "escape"),
        ("a = \"\\/\"", "1:6", "escape"),
        ("a = \"\\", "1:7", "ends where the rest of a string"), ("a = \"\\u00\"", "1:6", "no character"),
        ("a = \"\\u00g0\"", "1:6", "no character"),
        ("a = \"\\uD800\"", "1:6", "no character"), ("a = \"\\U00110000\"", "1:6", "no character"),
        ("a = \"\\U0001\"", "1:6", "no character"),
        ("a = \"\"\"b\"\"", "1:11", "ends where the rest"), ("a = '''b''", "1:11", "ends where the rest"),
        ("a = \"\"\"\"\"\"\"\"\"", "1:13", "the line's end"),
        ("a = \"\"\"\r\"\"\"", "1:8", "the line's end"), ("a = '''\u{0}'''", "1:8", "a control character"),
        ("a = \"\"\"\\ b\"\"\"", "1:8", "escape"),
        ("a = \"\"\"\\", "1:9", "ends where"), ("a = 01", "1:5", "not a string"), ("a = +01", "1:5", "not a string"),
        ("a = 1_", "1:5", "not a"),
        ("a = _1", "1:5", "not a"), ("a = 1__0", "1:5", "not a"), ("a = 1_.0", "1:5", "not a"), ("a = 1._0", "1:5", "not a"),
        ("a = 1.", "1:5", "not a"),
        ("a = .5", "1:5", "not a"), ("a = 1.e5", "1:5", "not a"), ("a = 1e", "1:5", "not a"), ("a = 1e5.0", "1:5", "not a"),
        ("a = 1e_5", "1:5", "not a"),
        ("a = 03.14", "1:5", "not a"), ("a = 0X1", "1:5", "not a"), ("a = 0x", "1:5", "not a"), ("a = 0x_1", "1:5", "not a"),
        ("a = +0x1", "1:5", "not a"),
        ("a = 0o8", "1:5", "not a"), ("a = 0b2", "1:5", "not a"), ("a = Inf", "1:5", "not a"), ("a = ++1", "1:5", "not a"),
        ("a = +-1", "1:5", "not a"),
        ("a = -", "1:5", "not a"), ("a = 1 000", "1:7", "the line's end"), ("a = 9223372036854775808", "1:5", "64 bits"),
        ("a = -9223372036854775809", "1:5", "64 bits"), ("a = 0x8000000000000000", "1:5", "64 bits"),
        ("a = 1979-5-27", "1:5", "does not exist"),
        ("a = 1979-13-01", "1:5", "does not exist"), ("a = 1979-00-01", "1:5", "does not exist"),
        ("a = 1979-02-29", "1:5", "does not exist"),
        ("a = 1900-02-29", "1:5", "does not exist"), ("a = 1979-04-31", "1:5", "does not exist"),
        ("a = 1979-05-27T", "1:5", "does not exist"),
        ("a = 1979-05-27T24:00:00", "1:5", "does not exist"), ("a = 1979-05-27T07:60:00", "1:5", "does not exist"),
        ("a = 1979-05-27T07:32", "1:5", "does not exist"), ("a = 1979-05-27T07:32:61", "1:5", "does not exist"),
        ("a = 1979-05-27T07:32:00.", "1:5", "does not exist"), ("a = 1979-05-27T07:32:00+24:00", "1:5", "does not exist"),
        ("a = 1979-05-27T07:32:00+0700", "1:5", "does not exist"), ("a = 1979-05-27  07:32:00", "1:17", "the line's end"),
        ("a = 07:32", "1:5", "does not exist"), ("a = 7:32:00", "1:5", "not a"), ("a = 07:32:00Z", "1:5", "does not exist"),
        ("a = [1", "1:7", "ends where a comma or ']'"), ("a = [1 2]", "1:8", "a comma or ']'"), ("a = [,]", "1:6", "a value"),
        ("a = [1,,2]", "1:8", "a value"),
        ("a = [1}", "1:7", "a comma or ']'"), ("a = [1]]", "1:8", "the line's end"), ("a = [\r1]", "1:6", "the line's end"),
        ("a = {", "1:6", "ends where a name"),
        ("a = {b=1,}", "1:10", "a name"), ("a = {b=1 c=2}", "1:10", "a comma or '}'"), ("a = {\nb=1}", "1:6", "a name"),
        ("a = {b=1\n}", "1:9", "a comma or '}'"),
        ("a = {,}", "1:6", "a name"), ("a = {b=1]", "1:9", "a comma or '}'"), ("a = {b=1", "1:9", "ends where a comma"),
        ("a = {b}", "1:7", "'='"),
        ("[", "1:2", "a name"), ("[a", "1:3", "']'"), ("[]", "1:2", "a name"), ("[a]]", "1:4", "the line's end"),
        ("[a] b = 1", "1:5", "the line's end"),
        ("[a]\n[b", "2:3", "']'"), ("[[a]", "1:5", "']'"), ("[ [a]]", "1:3", "a name"), ("[[a] ]", "1:5", "']'"),
        ("[a.]", "1:4", "a name"),
        ("[a\n]", "1:3", "']'"), ("[[]]", "1:3", "a name"), ("[a b]", "1:4", "']'"), ("{}", "1:1", "a name"),
        ("\u{FEFF}\u{FEFF}a=1", "1:4", "a name"),
    ]

    @Test func `what is not TOML is refused with its place`() throws {
        for (text, place, words) in Self.invalid {
            let fault = try #require(Self.fault([UInt8](text)), "\(text)")
            let numbers = place.split(separator: ":")
            #expect(fault.cause == (fault.what.contains("it ends") ? .truncated : .malformed), "\(text): \(fault)")
            #expect(fault.what.hasPrefix("it ") && fault.what.contains(words), "\(text): \(fault)")
            #expect(fault.place == "line \(numbers[0]), column \(numbers[1])", "\(text): \(fault)")
        }
    }

    @Test func `what is not UTF-8 is refused with its place`() {
        let fault = Self.fault([UInt8]("# caf") + [0xE9] + [UInt8]("\na = 1"))
        #expect(fault?.cause == .malformed && fault?.what == "it is not UTF-8" && fault?.place == "line 1, column 6")
    }

    @Test func `each limit holds, and what is just below it comes through`() {
        var budget = Budget()
        (budget.memberBytes, budget.depth, budget.entries) = (100, 4, 12)
        func fault(_ text: String) -> String? { Self.fault([UInt8](text), budget)?.what }
        let deep = "it is nested deeper than limits.depth (4)"
        for (text, isTooDeep) in [
            ("a.b.c.d.e = 1", false), ("a.b.c.d.e.f = 1", true), ("[a.b.c.d]", false), ("[a.b.c.d.e]", true),
            ("[a.b.c.d]\nx = 1", false),
            ("[a.b.c.d]\nx = []", true), ("[[a]]\n[[a.b]]", false), ("[[a]]\n[[a.b]]\nc.d = 1", true), ("a=[[[[]]]]", false),
            ("a=[[[[[]]]]]", true), ("a={b={c={d={}}}}", false), ("a={b={c={d={e={}}}}}", true), ("[a.b]\nc=[{}]", false),
            ("[a.b]\nc=[[{}]]", true),
        ] { #expect(fault(text) == (isTooDeep ? deep : nil), "\(text)") }
        #expect(fault("#" + String(repeating: "x", count: 99)) == nil)
        #expect(fault("#" + String(repeating: "x", count: 100)) == "it has 101 bytes, more than limits.member_bytes (100)")
        // A name counts, and its value.
        #expect(fault((0..<6).map { "a\($0)=1\n" }.joined()) == nil)
        #expect(fault((0..<7).map { "a\($0)=1\n" }.joined()) == "it has more than limits.entries (12) values")
        #expect(fault((0..<13).map { "[a\($0)]\n" }.joined())?.contains("limits.entries") == true)
        #expect(fault("a=[" + String(repeating: "1,", count: 11) + "]")?.contains("limits.entries") == true)
        // Whatever the settings allow, no text uses up a thread's stack.
        (budget.memberBytes, budget.depth, budget.entries) = (1 << 20, 1 << 40, 1 << 40)
        #expect(fault("a=" + String(repeating: "[", count: 100_000))?.contains("limits.depth (1000)") == true)
        #expect(fault(String(repeating: "a.", count: 100_000))?.contains("limits.depth (1000)") == true)
    }
}
