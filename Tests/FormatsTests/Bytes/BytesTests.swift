import Testing

@testable import Formats

@Suite struct BytesTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 UTC"),
        (951_782_400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 UTC"),
        (1_795_223_702, "2026-11-21T01:15:02Z", "Sat, 21 Nov 2026 01:15:02 UTC"),
        (-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 UTC"),
    ])
    func `times are written as RFC 3339 and RFC 1123`(seconds: Int, rfc3339: String, rfc1123: String) {
        let time = Timestamp(seconds: Int64(seconds))
        #expect(time.rfc3339 == rfc3339)
        #expect(time.rfc1123 == rfc1123)
    }

    @Test(arguments: [
        ("el7*", "el7", true), ("el7*", "el7/stable", true), ("*", "", true), ("el?", "el9", true), ("el?", "el10", false),
        ("a*b*c", "aXbXbYc", true), ("a*b*c", "aXbXbY", false), ("", "x", false),
    ])
    func `glob patterns match whole texts`(pattern: String, text: String, expected: Bool) {
        #expect(ASCII.matches(pattern: pattern, text) == expected)
    }

    @Test func `JSON strings escape what a reader could trip over`() {
        var bytes: [UInt8] = []
        JSONWriter.append("a\"\\\n\u{1}\u{7f}\u{2028}é", to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "\"a\\\"\\\\\\n\\u0001\\u007f\\u2028é\"")
    }

    @Test func `the JSON writer separates members and elements`() {
        var json = JSONWriter()
        json.beginObject()
        json.member("a", 1)
        json.key("b")
        json.beginArray()
        json.value("x")
        json.beginObject()
        json.endObject()
        json.endArray()
        json.member("c", true)
        json.endObject()
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":1,"b":["x",{}],"c":true}"#)
    }

    @Test func `a cursor refuses to read past the end`() throws {
        let bytes: [UInt8] = [1, 2, 3]
        var cursor = Cursor(reading: "a lead")
        #expect(try cursor.bigEndian(UInt16.self, in: bytes.span) == 0x0102)
        #expect(throws: Refusal.self) { try cursor.bigEndian(UInt16.self, in: bytes.span) }
    }

    @Test func `what a package says becomes one line without control characters`() {
        #expect(ASCII.line("plain Grüße €") == "plain Grüße €")
        #expect(ASCII.line("a\r\n\u{1B}[31mb\u{7F}\u{9B}c\u{A0}d") == "a   [31mb  c\u{A0}d")
        #expect(Refusal(.malformed, "\u{1B}x", at: "a\nb", remedy: "c").description == " x at a b; c")
    }

    @Test func `hex reads what it writes`() {
        #expect(Hex.bytes("00ffAB".utf8) == [0, 255, 0xAB])
        #expect(Hex.string([0, 255, 0xAB]) == "00ffab")
        #expect(Hex.bytes("0".utf8) == nil)
        #expect(Hex.bytes("zz".utf8) == nil)
    }
}
