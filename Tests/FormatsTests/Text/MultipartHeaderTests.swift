import Testing

@testable import Formats
@testable import Kit

@Suite struct MultipartHeaderTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;boundary=\"abc\"", "abc"),
        ("multipart/form-data; charset=utf-8; BOUNDARY = \"a b'()+_,-./:=?\" ;", "a b'()+_,-./:=?"),
        ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        ("multipart/form-data; boundary=a/b=c:d?", "a/b=c:d?"),
    ])
    func `the boundary is found, quoted or not`(type: String, boundary: String) throws {
        #expect(try MultipartHeader.boundary(type).text == boundary)
    }

    @Test(arguments: [
        ("", Refusal.Cause.unsupported), ("application/octet-stream", .unsupported),
        ("multipart/mixed; boundary=a", .unsupported),
        ("multipart/form-data", .malformed), ("multipart/form-data; boundary=", .malformed),
        ("multipart/form-data; boundary=\"\"", .malformed), ("multipart/form-data; boundary=\"a", .malformed),
        ("multipart/form-data; boundary=\"a \"", .malformed), ("multipart/form-data; boundary=a b", .malformed),
        ("multipart/form-data; boundary=\"a\"b", .malformed), ("multipart/form-data; boundary=\u{E9}", .malformed),
        ("multipart/form-data; boundary=\"a\r\nb\"", .malformed), ("multipart/form-data; boundary=a\u{0}", .malformed),
        ("multipart/form-data; boundary=a; boundary=b", .ambiguous), ("multipart/form-data; boundary=a; Boundary=a", .ambiguous),
        ("multipart/form-data; =a", .malformed), ("multipart/form-data; boundary", .malformed),
        ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), .malformed),
    ])
    func `a Content-Type without one clear boundary is refused`(type: String, cause: Refusal.Cause) {
        let fault = refusal { () throws(Refusal) in _ = try MultipartReader(contentType: type) }
        #expect(fault?.cause == cause)
        #expect(fault?.place == "Content-Type")
    }

    private static func part(_ header: String) throws(Refusal) -> EnvelopePart {
        try MultipartHeader.part([UInt8](header) + [13, 10])
    }

    /// The spellings of clients, by what they mean.
    @Test(
        arguments: [
            ("name=\"a\"", "a", nil), ("name=a", "a", nil), ("name = a ; x=y", "a", nil), ("NAME=\"a\";", "a", nil),
            ("name=\"a\"; filename=\"b c.whl\"", "a", "b c.whl"), ("filename=b.whl; name=a", "a", "b.whl"),
            ("name=\"a\"; filename=\"\"", "a", ""),
            // Browsers, curl since 7.81, urllib3 since 2.0; then curl before 7.81 and reqwest.
            ("name=\"a%22b\"; filename=\"q%22u\\o;te%25.tgz\"", "a\"b", "q\"u\\o;te%25.tgz"),
            ("name=\"a\"; filename=\"q\\\"u\\\\o;te\"", "a", "q\"u\\o;te"),
            ("name=\"a\"; filename=\"C:\\dir\\b\"", "a", "C:\\dir\\b"),
            ("name=\"\u{E9}\"; filename=\"\u{E9}.whl\"", "\u{E9}", "\u{E9}.whl"),
            ("name=\"a\"; filename*=UTF-8''%C3%A9%20x.whl", "a", "\u{E9} x.whl"), ("name*=utf-8'en'%c3%a9", "\u{E9}", nil),
            ("name=a; filename=b.whl; filename*=utf-8''b.whl", "a", "b.whl"),
            ("name=\"a\"; filename=\"../../x\"", "a", "../../x"),
        ] as [(String, String, String?)])
    func `names and file names are read as each client writes them`(parameters: String, name: String, filename: String?) throws {
        let part = try Self.part("Content-Disposition: form-data; \(parameters)\r\n")
        #expect(part == EnvelopePart(name: name, filename: filename))
    }

    @Test func `other header lines are passed over, names in any case`() throws {
        let part = try Self.part(
            "content-length: 7\r\nCONTENT-TYPE:  text/plain; charset=utf-8 \r\nContent-Transfer-Encoding: BINARY\r\n"
                + "content-disposition:FORM-DATA;\tname=a\r\n")
        #expect(part == EnvelopePart(name: "a", contentType: "text/plain; charset=utf-8"))
    }

    @Test(arguments: [
        ("", Refusal.Cause.malformed, "no Content-Disposition"),
        ("Content-Type: text/plain\r\n", .malformed, "no Content-Disposition"),
        ("Content-Disposition: form-data\r\n", .malformed, "without a name"),
        ("Content-Disposition: form-data; name=\"\"\r\n", .malformed, "without a name"),
        ("Content-Disposition: form-data; filename=\"a\"\r\n", .malformed, "without a name"),
        ("Content-Disposition: attachment; name=a\r\n", .malformed, "other than form-data"),
        ("Content-Disposition: form-data; name=a; name=a\r\n", .ambiguous, "name twice"),
        ("Content-Disposition: form-data; name=a; filename=a; FileName=b\r\n", .ambiguous, "filename twice"),
        ("Content-Disposition: form-data; name=a; filename=a; filename*=UTF-8''b\r\n", .ambiguous, "differ"),
        ("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n", .ambiguous, "second"),
        ("Content-Disposition: form-data; name=a\r\nContent-Type: a/b\r\ncontent-type: a/c\r\n", .ambiguous, "second"),
        ("Content-Disposition: form-data;\r\n name=a\r\n", .ambiguous, "folded"),
        ("Content-Disposition: form-data; name=\"a\r\n", .malformed, "without an end"),
        ("Content-Disposition: form-data; name=\"a\\\"\r\n", .malformed, "without an end"),
        ("Content-Disposition: form-data; name=\"a\"b\r\n", .malformed, "after a quoted string"),
        ("Content-Disposition: form-data; name=a b\r\n", .malformed, "neither quoted nor one word"),
        ("Content-Disposition: form-data; name=\"a\nb\"\r\n", .malformed, "control character"),
        ("Content-Disposition: form-data; name=\"a\rb\"\r\n", .malformed, "control character"),
        ("Content-Disposition: form-data; name=\"a\u{0}\"\r\n", .malformed, "control character"),
        ("Content-Disposition: form-data; name=\"a\tb\"\r\n", .malformed, "control character in name"),
        ("Content-Disposition: form-data; name=\"a%0D%0Ab\"\r\n", .malformed, "control character in name"),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%00\r\n", .malformed, "control character in filename*"),
        ("Content-Disposition: form-data; name=\"a\u{85}b\"\r\n", .malformed, "control character in name"),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%4\r\n", .malformed, "broken escape"),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%+1\r\n", .malformed, "broken escape"),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%C3\r\n", .malformed, "not UTF-8 in filename*"),
        ("Content-Disposition: form-data; name=a; filename*=latin1''%e9\r\n", .malformed, "not in UTF-8"),
        ("Content-Disposition: form-data; name=a; filename*=b\r\n", .malformed, "not in UTF-8"),
        ("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n", .unsupported, "encoded"),
        ("Content-Disposition: form-data; name=a\r\nno colon\r\n", .malformed, "without a name"),
        ("Content-Disposition : form-data; name=a\r\n", .malformed, "without a name"),
        ("Content-Disposition: form-data; name=" + String(repeating: "a", count: 1_025) + "\r\n", .limit, "1024"),
        ("Content-Disposition: form-data; name=a; filename=" + String(repeating: "a", count: 1_025) + "\r\n", .limit, "1024"),
    ])
    func `a header that two readers could read differently is refused`(header: String, cause: Refusal.Cause, words: String) {
        let fault = refusal { () throws(Refusal) in _ = try Self.part(header) }
        #expect(fault?.cause == cause)
        #expect(fault?.what.contains(words) == true, "\(fault.map { "\($0)" } ?? "taken")")
    }

    @Test func `a name that is not UTF-8 is refused`() {
        let header = [UInt8]("Content-Disposition: form-data; name=\"") + [0xE9] + [UInt8]("\"\r\n\r\n")
        #expect(refusal { () throws(Refusal) in _ = try MultipartHeader.part(header) }?.what == "not UTF-8 in name")
    }
}
