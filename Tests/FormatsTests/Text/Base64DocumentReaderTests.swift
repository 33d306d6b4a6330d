import Foundation
import Testing

@testable import Formats
@testable import Kit

@Suite struct Base64DocumentReaderTests {
    static let npm = Base64DocumentReader(attachments: "_attachments", document: "document")

    static let tarball: [UInt8] = [31, 139, 8, 0] + Array(0...255)
    static let bundle: [UInt8] = [UInt8]("{\"mediaType\":\"application/vnd.dev.sigstore.bundle+json;version=0.2\"}")

    /// As npm 10.8 sends it, with `--provenance`; the texts of its files are given.
    private static func publish(_ tarball: String, _ bundle: String) -> String {
        """
        {"_id":"@demo/hello","name":"@demo/hello","description":"a \\"brace\\" } and a \\u007b","dist-tags":{"latest":"1.0.0"},\
        "versions":{"1.0.0":{"name":"@demo/hello","version":"1.0.0","data":"mine","_attachments":{"x":{"data":"theirs"}},\
        "keywords":[],"files":["a",{"b":[-1.5e3,true,null]}],"dist":{"integrity":"sha512-AA==","shasum":"00"}}},"access":"public",
         "_attachments" : {"@demo/hello-1.0.0.tgz":{"content_type":"application/octet-stream","data":"\(tarball)","length":260},
         "@demo/hello-1.0.0.sigstore":{"data" : "\(bundle)","content_type":"x","length":66}}}

        """
    }

    static let published = publish(Data(tarball).base64EncodedString(), Data(bundle).base64EncodedString())

    static let publishedParts: [ReceivedPart] = [
        .file("_attachments", "@demo/hello-1.0.0.tgz", tarball), .file("_attachments", "@demo/hello-1.0.0.sigstore", bundle),
        .text("document", String(publish("", "").dropLast())),
    ]

    /// `{"_attachments":{"a":{"data":"…"}}}`
    private static func attachment(_ data: String) -> [UInt8] { [UInt8]("{\"_attachments\":{\"a\":{\"data\":\"\(data)\"}}}") }

    @Test func `what is left is a document with empty data and the declared length`() throws {
        let parts = try Self.npm.parts(of: [UInt8](Self.published))
        #expect(parts == Self.publishedParts)
        let text = parts[2].content
        let document = try JSONReader.read(text.span, of: "it", within: Budget())
        let left = document["_attachments"]?["@demo/hello-1.0.0.tgz"]
        #expect(left?["data"]?.string == "" && left?["length"]?.integer == Self.tarball.count)
        #expect(document["versions"]?["1.0.0"]?["data"]?.string == "mine")
    }

    @Test(arguments: [
        ("", ""), ("QQ==", "A"), ("QUI=", "AB"), ("QUJD", "ABC"), ("QUJDRA==", "ABCD"), ("Pz8/", "???"), ("Pz8\\/", "???"),
        ("Pz8\\u002f", "???"), ("Pj4\\u002B", ">>>"), ("\\u0051Q\\u003d=", "A"), ("\\/\\/\\/\\/", "\u{FF}\u{FF}\u{FF}"),
    ]) func `data is decoded, its escapes resolved`(data: String, content: String) throws {
        let expected: [ReceivedPart] = [
            .file("_attachments", "a", content.unicodeScalars.map { UInt8($0.value) }),
            .text("document", String(decoding: Self.attachment(""), as: UTF8.self)),
        ]
        for size in [1, 2, 3, 65_536] { #expect(try Self.npm.parts(of: Self.attachment(data), by: size) == expected, "\(size)") }
    }

    private static let withTexts = Base64DocumentReader(attachments: "_attachments", document: "document", texts: [".sigstore"])

    /// `{"_attachments":{"a.sigstore":{"data":"…"}}}`
    private static func text(_ data: String) -> [UInt8] { [UInt8]("{\"_attachments\":{\"a.sigstore\":{\"data\":\"\(data)\"}}}") }

    @Test(arguments: [
        ("", ""), ("x", "x"), ("{\\\"mediaType\\\":\\\"a/b\\\"}", "{\"mediaType\":\"a/b\"}"), ("\\\\", "\\"),
        ("\\u00e9\\ud83d\\ude00é", "é😀é"),
        ("\\/\\n", "/\n"), ("QQ==", "QQ=="),
    ]) func `an attachment that is a text comes as it is, its escapes resolved`(data: String, content: String) throws {
        let expected: [ReceivedPart] = [
            .file("_attachments", "a.sigstore", [UInt8](content)),
            .text("document", String(decoding: Self.text(""), as: UTF8.self)),
        ]
        for size in [1, 2, 3, 65_536] { #expect(try Self.withTexts.parts(of: Self.text(data), by: size) == expected, "\(size)") }
    }

    @Test func `as npm sends it, the tarball is base64 and the attestation is not`() throws {
        let text = String(decoding: Self.bundle, as: UTF8.self).replacing("\"", with: "\\\"")
        let body = [UInt8](Self.publish(Data(Self.tarball).base64EncodedString(), text))
        #expect(try Self.withTexts.parts(of: body, by: 7) == Self.publishedParts)
        #expect(Self.npm.fault(in: body)?.what.contains("not base64") == true)
    }

    @Test func `hostile texts are refused`() {
        for (data, words) in [
            ("\\x", "does not know"), ("\\ud800", "surrogate"), ("\\u12", "four hexadecimal digits"),
        ] { #expect(Self.withTexts.fault(in: Self.text(data))?.what.contains(words) == true) }
        #expect(Self.withTexts.fault(in: Array(Self.text("x").dropLast(4)))?.cause == .truncated)
        var limits = Base64DocumentReader.Limits()
        limits.text = 4
        let short = Base64DocumentReader(attachments: "_attachments", document: "document", texts: [".sigstore"], limits: limits)
        #expect(short.fault(in: Self.text("xxxx")) == nil && short.fault(in: Self.text("xxxxx"))?.cause == .limit)
    }

    @Test(arguments: [
        ("Q", "not a multiple of four"), ("QQ", "not a multiple of four"), ("QQ=", "not a multiple of four"),
        ("QUI", "not a multiple of four"), ("QR==", "bits too many"), ("QUJ=", "bits too many"), ("=", "not base64"),
        ("Q===", "not base64"), ("QQ=Q", "not base64"), ("QQ==QQ==", "behind the padding"), ("QQ===", "behind the padding"),
        ("QUJD=", "not base64"), (" QUJD", "not base64"), ("QUJD ", "not base64"), ("QU\nJD", "not base64"),
        ("QUJD\\n", "not base64"), ("Pz8_", "not base64"), ("Pj4-", "not base64"), ("QUJD\\\"", "not base64"),
        ("QU\\u0122", "not base64"), ("QU\\u00", "not base64"), ("QU\u{E9}", "not base64"), ("QUJD\\\\", "not base64"),
    ]) func `base64 that some reader could take otherwise is refused`(data: String, words: String) throws {
        let fault = try #require(Self.npm.fault(in: Self.attachment(data)))
        #expect(fault.cause == .malformed && fault.what.contains(words), "\(fault)")
        #expect(fault.place.hasPrefix("attachment a, byte "))
    }

    @Test func `base64 is decoded like by Foundation, whatever its length and the cuts`() throws {
        var random = SeededNumbers(seed: 64)
        for length in [0, 1, 2, 3, 4, 5, 63, 64, 65, 1_000] {
            let content = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let body = Self.attachment(Data(content).base64EncodedString())
            for size in [1, 2, 3, 5, 64, 65_536] { #expect(try Self.npm.parts(of: body, by: size)[0].content == content) }
        }
    }

    @Test(arguments: [
        "{\"_attachments\":{},\"_attachments\":{}}", "{\"_attachments\":{},\"_attach\\u006dents\":{}}",
        "{\"_attachments\":{\"a\":{},\"a\":{}}}", "{\"_attachments\":{\"a\\/b\":{},\"a/b\":{}}}",
        "{\"_attachments\":{\"a\":{\"data\":\"\",\"data\":\"\"}}}", "{\"_attachments\":{\"a\":{\"data\":\"\",\"d\\u0061ta\":1}}}",
        "{\"_attachments\":null,\"_attachments\":{\"a\":{\"data\":\"\"}}}",
    ]) func `a second way to a file is refused`(body: String) {
        #expect(Self.npm.fault(in: [UInt8](body))?.cause == .ambiguous)
    }

    @Test func `names are found with their escapes resolved, at their own depth only`() throws {
        let body =
            "{\"\\u005fattachments\":{\"\\u00e9\":{\"\\u0064ata\":\"QUJD\",\"x\":{\"data\":7}}},\"a\":[{\"data\":\"QQ\"}],\"data\":1}"
        let parts = try Self.npm.parts(of: [UInt8](body))
        #expect(parts.count == 2)
        #expect(parts[0] == .file("_attachments", "\u{E9}", [65, 66, 67]))
        #expect(parts[1].content.text == body.replacing("QUJD", with: ""))
    }

    @Test(arguments: [
        "{}", " { } ", "{\"_attachments\":{}}", "{\"_attachments\":null}", "{\"_attachments\":[{\"data\":\"QQ\"}]}",
        "{\"_attachments\":{\"a\":{}}}", "{\"_attachments\":{\"a\":\"data\"}}", "{\"_attachments\":{\"a\":[\"data\",\"x\"]}}",
        "{\"a\":{\"_attachments\":{\"a\":{\"data\":\"QQ\"}}}}", "{\"a\\\\\":\"\\\\\",\"b\\\"\":\"\\\"}\"}",
        "{\"a\":[[],[1,2],{}]}",
    ]) func `a document without files is itself`(body: String) throws {
        let text = String(body.reversed().drop { $0 == " " }.reversed())
        for size in [1, 2, 65_536] { #expect(try Self.npm.parts(of: [UInt8](body), by: size) == [.text("document", text)]) }
    }

    @Test(arguments: [
        ("[]", "byte 0"), ("\"a\"", "byte 0"), ("1", "byte 0"), (" x", "byte 1"), ("\u{FEFF}{}", "byte 0"), ("{}x", "byte 2"),
        ("{}{}", "byte 2"),
        ("{,}", "byte 1"), ("{\"a\"}", "byte 4"), ("{\"a\":}", "byte 5"), ("{\"a\":1,}", "byte 7"), ("{\"a\":1 2}", "byte 7"),
        ("{\"a\":[1,]}", "byte 8"), ("{\"a\":[}", "byte 6"), ("{\"a\":[1}", "byte 7"), ("{\"a\":{]", "byte 6"),
        ("{a:1}", "byte 1"),
        ("{\"a\":1]", "byte 6"), ("{\"a\" 1}", "byte 5"), ("{\"a\":[,1]}", "byte 6"), ("{\"\\x\":1}", "byte 4"),
        ("{\"_attachments\":{\"a\":{\"data\":1}}}", "attachment a, byte 29"),
        ("{\"_attachments\":{\"a\":{\"data\":null}}}", "attachment a, byte 29"),
        ("{\"_attachments\":{\"a\":{\"data\":{}}}}", "attachment a, byte 29"),
        ("{\"_attachments\":{\"a\":{\"data\":[]}}}", "attachment a, byte 29"),
        ("{\"_attachments\":{\"a\\u0000\":{}}}", "byte 25"), ("{\"_attachments\":{\"a\\u0085\":{}}}", "byte 25"),
        ("{\"_attachments\":{\"a\\ud800\":{}}}", "byte 25"),
    ]) func `what is no such document is refused with its place`(body: String, place: String) throws {
        let fault = try #require(Self.npm.fault(in: [UInt8](body)))
        #expect(fault.cause == .malformed && fault.place == place, "\(fault)")
    }

    @Test func `a name that is not UTF-8 is refused`() {
        let body = [UInt8]("{\"_attachments\":{\"a") + [0xC3] + [UInt8]("\":{}}}")
        #expect(Self.npm.fault(in: body)?.cause == .malformed)
    }

    @Test func `each limit holds, and what is just below it comes through`() throws {
        var limits = Base64DocumentReader.Limits()
        limits.document = 100
        limits.depth = 4
        limits.attachments = 2
        let reader = Base64DocumentReader(attachments: "_attachments", document: "document", limits: limits)
        func text(_ count: Int) -> [UInt8] { [UInt8]("{\"a\":\"\(String(repeating: "x", count: count - 8))\"}") }
        #expect(reader.fault(in: text(100)) == nil)
        #expect(reader.fault(in: text(101))?.cause == .limit)
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8]("{\"a\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}")
        }
        #expect(reader.fault(in: nested(4)) == nil)
        #expect(reader.fault(in: nested(5))?.what == "the document is nested deeper than 4 levels")
        #expect(reader.fault(in: [UInt8]("{\"_attachments\":{\"a\":{},\"b\":{}}}")) == nil)
        #expect(reader.fault(in: [UInt8]("{\"_attachments\":{\"a\":{},\"b\":{},\"c\":{}}}"))?.what == "more than 2 attachments")
        func named(_ count: Int) -> [UInt8] { [UInt8]("{\"_attachments\":{\"\(String(repeating: "x", count: count))\":{}}}") }
        #expect(Self.npm.fault(in: named(1_024)) == nil)
        #expect(Self.npm.fault(in: named(1_025))?.cause == .limit)
        #expect(Self.npm.fault(in: named(7_000))?.cause == .limit)
        // Files are not counted.
        #expect(reader.fault(in: Self.attachment(String(repeating: "QUJD", count: 10_000))) == nil)
    }

    @Test func `a document that does not end is refused while it comes in`() throws {
        var reader = Self.npm
        _ = try reader.read([UInt8]("{\"readme\":\"").span)
        let chunk = [UInt8](repeating: 32, count: 1 << 20)
        for _ in 0..<15 { _ = try reader.read(chunk.span) }
        #expect(throws: Refusal.self) { _ = try reader.read(chunk.span) }
    }
}
