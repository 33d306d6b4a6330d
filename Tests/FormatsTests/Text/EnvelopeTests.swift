import Testing

@testable import Formats

/// What holds of every reader of an upload's body.
@Suite struct EnvelopeTests {
    struct Sample: CustomTestStringConvertible {
        var testDescription: String
        var reader: any EnvelopeReader
        var body: [UInt8]
        var parts: [ReceivedPart]
        /// Bytes at the body's end that may be missing.
        var surplus = 0
        /// Before so many bytes are here, nobody can tell what the body was to be.
        var telling = 0
        /// What mutations put in.
        var words: [String]
    }

    /// `{"name":"…","vers":"1.0.0"}` and a crate, as cargo 1.95 sends them.
    static let crate = Sample(
        testDescription: "frames", reader: FramesReaderTests.cargo,
        body: FramesReaderTests.body("{\"name\":\"demo\",\"vers\":\"1.0.0\"}", [31, 139, 8, 0] + Array(0...255)),
        parts: [
            .text("metadata", "{\"name\":\"demo\",\"vers\":\"1.0.0\"}"), .file("crate", "", [31, 139, 8, 0] + Array(0...255)),
        ],
        words: ["\u{0}", "\u{1}\u{0}\u{0}\u{0}", "\u{7F}"])

    static let document = Sample(
        testDescription: "a document", reader: Base64DocumentReaderTests.npm, body: [UInt8](Base64DocumentReaderTests.published),
        parts: Base64DocumentReaderTests.publishedParts, surplus: 1,
        words: [
            "\"", "\\", "\\u005f", "{", "}", "[", "]", ":", ",", "=", "==", "\"data\":\"", "\"_attachments\":", "QUJD", "\\/",
        ])

    static let form = Sample(
        testDescription: "a form", reader: try! MultipartReader(contentType: MultipartTests.curl.contentType),
        body: MultipartTests.curl.bytes,
        parts: try! MultipartTests.parts(MultipartTests.curl.bytes, MultipartTests.curl.contentType).map {
            ReceivedPart(part: $0.part, content: $0.content, isWhole: $0.isWhole)
        },
        surplus: 2, telling: MultipartTests.curl.boundary.utf8.count + 2, words: ["\r\n", "--", "\r\n--", "\"", ";", "="])

    static let samples = [crate, document, form]

    @Test(arguments: samples) func `a body in chunks of any size has the same parts`(sample: Sample) throws {
        for size in [1, 2, 3, 7, 65_536] {
            #expect(try sample.reader.parts(of: sample.body, by: size) == sample.parts, "\(size)")
        }
    }

    @Test(arguments: samples) func `a body cut in two anywhere has the same parts`(sample: Sample) throws {
        for cut in 0...sample.body.count {
            let chunks = [Array(sample.body[..<cut]), Array(sample.body[cut...])]
            #expect(try sample.reader.parts(of: chunks) == sample.parts, "cut at \(cut)")
        }
    }

    @Test(arguments: samples) func `a body that ends too early is truncated`(sample: Sample) {
        for length in 0..<(sample.body.count - sample.surplus) {
            let cause = sample.reader.fault(in: Array(sample.body[..<length]))?.cause
            #expect(cause == .truncated || (cause == .malformed && length < sample.telling), "\(length)")
        }
    }

    @Test(arguments: samples) func `a damaged body is refused, or read the same in chunks of any size`(sample: Sample) throws {
        var random = SeededNumbers(seed: 22)
        var taken = 0
        for _ in 0..<600 {
            let body = random.mutated(sample.body, with: sample.words)
            if let fault = sample.reader.fault(in: body) {
                if fault.what.isEmpty || fault.remedy.isEmpty { Issue.record("\(fault)") }
                continue
            }
            taken += 1
            let whole = try sample.reader.parts(of: body)
            for size in [1, 3] where try sample.reader.parts(of: body, by: size) != whole { Issue.record("\(body)") }
        }
        #expect((6..<540).contains(taken), "\(taken)")
    }
}
