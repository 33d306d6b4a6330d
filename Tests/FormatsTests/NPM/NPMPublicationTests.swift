import Testing

@testable import Formats
@testable import Kit

/// What npm says when it publishes, deprecates and stars.
@Suite struct NPMPublicationTests {
    private static let package = NPMBuilder("@acme/web", "1.0.0")
    private static let tarball = package.bytes
    private static let integrity = "sha512-\(NPMText.base64(SHA512.of(tarball)))"

    /// As npm 10.8 sends it, without the tarball's data.
    private static let document = #"""
        {"_id":"@acme/web","name":"@acme/web","description":"x","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"@acme/web",
        "version":"1.0.0","readmeFilename":"README.md","_id":"@acme/web@1.0.0","_nodeVersion":"20.20.2","_npmVersion":"10.8.2",
        "dist":{"integrity":"\#(integrity)","shasum":"\#(Hex.string(SHA1.of(tarball)))",
        "tarball":"http://127.0.0.1/acme/npm/@acme/web/-/@acme/web-1.0.0.tgz"}}},"access":null,
        "_attachments":{"@acme/web-1.0.0.tgz":{"content_type":"application/octet-stream","data":"","length":\#(tarball.count)}}}
        """#

    private func check(_ document: String?) throws -> Refusal? {
        let upload = NPMShelf.upload(Self.tarball, named: Self.package.filename)
        let record = try NPMShelf.record(Self.tarball)
        let form = Form(document.map { [.init("document", $0)] } ?? [])
        return refusal { () throws(Refusal) in try NPM().check(form, of: record, upload: upload) }
    }

    private func statements(_ document: String, isAlone: Bool) throws(Refusal) -> [MarkStatement] {
        try NPM().statements(in: Form([.init("document", document)]), isAlone: isAlone)
    }

    @Test func `what npm sends beside its own tarball agrees with it`() throws {
        #expect(try check(Self.document) == nil)
        #expect(try check(#"{"name":"@acme/web","versions":{"1.0.0":{}}}"#) == nil)
        #expect(try check(Self.document.replacing(Self.integrity, with: "sha384-AAAA \(Self.integrity)?x")) == nil)
    }

    @Test func `an attestation is held against the same document`() throws {
        let bytes = BundleBuilder("@acme/web", "1.0.0", sha512: Hex.string(SHA512.of(Self.tarball))).bytes
        let record = try NPMShelf.record(bytes, named: "web-1.0.0.sigstore")
        func check(_ document: String) -> Refusal? {
            let upload = NPMShelf.upload(bytes, named: "web-1.0.0.sigstore")
            return refusal { () throws(Refusal) in
                try NPM().check(Form([.init("document", document)]), of: record, upload: upload)
            }
        }
        #expect(check(Self.document) == nil)
        #expect(check(Self.document.replacing("@acme/web", with: "@acme/other"))?.what.contains("name '@acme/other'") == true)
    }

    @Test(
        arguments: [
            (#""name":"@acme/web","description""#, #""name":"@acme/other","description""#, "name '@acme/other'"),
            (#""_id":"@acme/web","#, #""_id":"web","#, "name 'web'"),
            (#""versions":{"1.0.0""#, #""versions":{"1.0.1""#, "version '1.0.1'"),
            (#""versions":{"1.0.0""#, #""versions":{"v1.0.0""#, "version 'v1.0.0'"),
            (#""versions":{"#, #""versions":{"0.9.0":{},"#, "2 versions"),
            (#""version":"1.0.0""#, #""version":"2.0.0""#, "version '2.0.0'"),
            (#"{"1.0.0":{"name":"@acme/web""#, #"{"1.0.0":{"name":"x""#, "name 'x'"),
            (#""shasum":""#, #""shasum":"00"#, "shasum '00"),
            (#""integrity":"sha512-"#, #""integrity":"sha512-AAAA"#, "integrity 'sha512-AAAA"),
            (#""integrity":"sha512-"#, #""integrity":"sha1-AAAA sha512-"#, "integrity 'sha1-AAAA'"),
            (#""dist-tags":{"latest":"1.0.0"}"#, #""dist-tags":{"latest":"2.0.0"}"#, "version '2.0.0'"),
            (#""length":"#, #""length":1"#, "the tarball has 1"),
        ])
    func `a document that contradicts the tarball is refused in words`(right: String, wrong: String, words: String) throws {
        #expect(Self.document.contains(right))
        let fault = try #require(try check(Self.document.replacing(right, with: wrong)), "\(wrong) is taken")
        #expect(fault.cause == .ambiguous && fault.what.contains(words), "\(fault)")
    }

    @Test(
        arguments: [
            (nil, Refusal.Cause.malformed, "is missing"), ("", .truncated, "a value"), ("[]", .malformed, "not an object"),
            ("null", .malformed, "not an object"), ("{", .truncated, "name in quotation"), ("{}", .malformed, "no 'name'"),
            (#"{"name":1}"#, .malformed, "'name' is not a text"), (#"{"name":"@acme/web"}"#, .malformed, "no version"),
            (#"{"name":"@acme/web","name":"@acme/web"}"#, .ambiguous, "twice"),
            (#"{"name":"@acme/web","_id":7}"#, .malformed, "'_id' is not"),
            (#"{"name":"@acme/web","versions":[]}"#, .malformed, "'versions' is not an object"),
            (#"{"name":"@acme/web","versions":{}}"#, .malformed, "no version"),
            (#"{"name":"@acme/web","versions":{"1.0.0":1}}"#, .malformed, "a version is not an object"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"name":7}}}"#, .malformed, "'name' is not a text"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"version":[]}}}"#, .malformed, "'version' is not a text"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":7}}}"#, .malformed, "dist is not an object"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":{"shasum":7}}}}"#, .malformed, "'shasum' is not a text"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":{"integrity":7}}}}"#, .malformed, "'integrity' is not a text"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":{"integrity":""}}}}"#, .malformed, "holds no digest"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":{"integrity":"sha512"}}}}"#, .malformed, "holds no digest"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{"dist":{"integrity":"md6-AA"}}}}"#, .malformed, "holds no digest"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":[]}"#, .malformed, "dist-tags is not an object"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":{"a":1}}"#, .malformed, "a dist-tag is not a text"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":{"1.0":"1.0.0"}}"#, .malformed, "a range of versions"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":{"v1":"1.0.0"}}"#, .malformed, "a range of versions"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":{"":"1.0.0"}}"#, .malformed, "it is empty"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"dist-tags":{"a/b":"1.0.0"}}"#, .malformed, "escaped in an address"),
            (#"{"name":"@acme/web","versions":{"1.0.0":{}},"_attachments":[]}"#, .malformed, "'_attachments' is not an object"),
            (
                #"{"name":"@acme/web","versions":{"1.0.0":{}},"_attachments":{"@acme/web-1.0.0.tgz":{"length":"7"}}}"#,
                .malformed,
                "a length is not a number"
            ),
            (
                #"{"name":"@acme/web","versions":{"1.0.0":{}},"_attachments":{"@acme/web-1.0.0.tgz":{},"web-2.0.0.tgz":{}}}"#,
                .ambiguous, "2 tarballs for one version"
            ),
            (String(repeating: "[", count: 100), .limit, "deeper"), ("{\"name\":\"\u{1}\"}", .malformed, "control character"),
            (#"{"name":"\ud800"}"#, .malformed, "surrogate"), (#"{"name":"web"} x"#, .malformed, "end"),
            (#"{"name":NaN}"#, .malformed, "value"),
        ] as [(String?, Refusal.Cause, String)])
    func `hostile documents are refused by cause and in words`(text: String?, cause: Refusal.Cause, words: String) throws {
        let fault = try #require(try check(text), "\(text ?? "nothing") is taken")
        #expect(fault.cause == cause && "\(fault)".contains(words), "\(fault)")
        #expect(!fault.place.isEmpty && !fault.remedy.isEmpty)
    }

    // MARK: Marks

    @Test func `a tarball's tags are set, and latest by no pre-release`() throws {
        let latest = [MarkStatement("dist-tag", key: "latest", value: "1.0.0")]
        #expect(try statements(Self.document, isAlone: false) == latest)
        let pre = Self.document.replacing("1.0.0", with: "2.0.0-rc.1")
        #expect(try statements(pre, isAlone: false).isEmpty)
        #expect(
            try statements(pre.replacing("\"latest\":", with: "\"latest\":\"2.0.0-rc.1\",\"next\":"), isAlone: false)
                == [MarkStatement("dist-tag", key: "next", value: "2.0.0-rc.1")])
        #expect(try NPM().statements(in: Form(), isAlone: false).isEmpty)
    }

    @Test func `a document without a tarball deprecates, takes that back, and changes nothing else`() throws {
        let document = #"""
            {"_id":"web","_rev":"1-0","name":"web","dist-tags":{"latest":"9.9.9"},"versions":{"1.0.0":{"deprecated":"use\n2"},
            "1.1.0":{"deprecated":""},"1.2.0":{"dist":{}},"1.3.0":{"deprecated":null},"1.4.0":{"deprecated":false}},"time":{}}
            """#
        #expect(
            try statements(document, isAlone: true) == [
                MarkStatement("deprecated", version: "1.0.0", value: "use 2"),
                MarkStatement("deprecated", version: "1.1.0", value: nil),
                MarkStatement("deprecated", version: "1.3.0", value: nil),
                MarkStatement("deprecated", version: "1.4.0", value: nil),
            ])
        // npm star.
        #expect(try statements(#"{"_id":"web","_rev":"1-0","users":{"ann":true}}"#, isAlone: true).isEmpty)
        // What npm unpublish leaves out stays, too.
        #expect(try statements(#"{"_id":"web","_rev":"1-0","versions":{}}"#, isAlone: true).isEmpty)
    }

    @Test(
        arguments: [
            (#"{"name":"web","versions":{"1.0.0":{}}}"#, "brings no tarball"), ("{}", "brings no tarball"),
            (#"{"_rev":7}"#, "'_rev' is not a text"), (#"{"_rev":"1-0","versions":[]}"#, "'versions' is not an object"),
            (#"{"_rev":"1-0","versions":{"1.0.0":[]}}"#, "a version is not an object"),
            (#"{"_rev":"1-0","versions":{"1.0.0":{"deprecated":7}}}"#, "the message is not a text"),
            (#"{"_rev":"1-0","versions":{"1.0.0":{"deprecated":true}}}"#, "the message is not a text"),
            (#"{"_rev":"1-0","versions":{"1.0.0":{"deprecated":["x"]}}}"#, "the message is not a text"),
            (#"{"_rev":"1-0","_attachments":{"web-1.0.0.tgz":{}}}"#, "an attachment without data"),
            (#"{"_rev":"1-0","_attachments":7}"#, "'_attachments' is not an object"), ("[]", "not an object"),
            (#"{"_rev":"1-0","_rev":"1-0"}"#, "twice"),
        ])
    func `hostile documents without a tarball are refused in words`(text: String, words: String) throws {
        let fault = try #require(refusal { () throws(Refusal) in _ = try statements(text, isAlone: true) }, "\(text) is taken")
        #expect("\(fault)".contains(words), "\(fault)")
    }

    @Test func `a message has an end`() throws {
        let text = #"{"_rev":"1-0","versions":{"1.0.0":{"deprecated":""# + String(repeating: "x", count: 5_000) + #""}}}"#
        #expect(refusal { () throws(Refusal) in _ = try statements(text, isAlone: true) }?.cause == .limit)
    }
}
