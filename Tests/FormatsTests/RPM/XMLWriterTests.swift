import Testing

@testable import Formats
@testable import Kit

@Suite struct XMLWriterTests {
    @Test(arguments: [
        ("plain", "plain", "plain"),
        ("a & b <c> \"d\" 'e'", "a &amp; b &lt;c&gt; \"d\" 'e'", "a &amp; b &lt;c&gt; &quot;d&quot; 'e'"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn&#13;", "tab&#9;line&#10;return&#13;"),
        ("é ﬁ 😀", "é ﬁ 😀", "&#xE9; &#xFB01; &#x1F600;"),
        ("", "", ""), ("\u{7f}", "\u{7f}", "\u{7f}"),
    ])
    func `text and attributes are escaped as libxml2 does`(string: String, text: String, attribute: String) {
        let bytes = Array(string.utf8)
        var writer = XMLWriter()
        writer.text(bytes, "x")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
        writer.bytes = []
        writer.attribute(bytes, "x")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == attribute)
        #expect(writer.fault == nil)
    }

    @Test(
        arguments: [
            [0xE9], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func `what is not UTF-8 is read as Latin-1 and comes out as UTF-8`(bytes: [UInt8]) {
        var writer = XMLWriter()
        writer.text(bytes, "x")
        let expected = bytes.filter { $0 >= 0xC0 }.map { Character(Unicode.Scalar($0)) }
        #expect(String(validating: writer.bytes, as: UTF8.self) == String(expected))
        #expect(XMLText.string(bytes.span) == String(expected))
    }

    @Test func `the first forbidden control character is remembered and none is written`() {
        var writer = XMLWriter()
        writer.text([65, 1, 66, 0], "the summary")
        writer.text([2], "the URL")
        #expect(writer.fault == XMLWriter.Fault(field: "the summary", offset: 1))
        #expect(writer.bytes == [65, 66])
    }

    @Test(
        arguments: [(0, "0"), (9, "9"), (10, "10"), (Int64.max, "9223372036854775807"), (Int64.min, "-9223372036854775808")]
            as [(Int64, String)])
    func `numbers are decimal`(number: Int64, text: String) {
        var writer = XMLWriter()
        writer.number(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `the greatest number is written in full`() {
        var writer = XMLWriter()
        writer.number(UInt64.max)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "18446744073709551615")
    }
}
