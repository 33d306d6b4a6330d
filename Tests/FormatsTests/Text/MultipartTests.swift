import Testing

@testable import Formats

/// Forms as they arrive: cut anywhere, hostile, and as the clients really write them.
@Suite struct MultipartTests {
    struct Part: Equatable {
        var part: EnvelopePart
        var content: [UInt8] = []
        var isWhole = false
    }

    /// What a body holds when it arrives in chunks that end at these offsets and at its end.
    static func parts(_ body: [UInt8], _ type: String, cuts: [Int] = [], limits: MultipartReader.Limits = .init()) throws(Refusal)
        -> [Part]
    {
        var reader = try MultipartReader(contentType: type, limits: limits)
        var parts: [Part] = []
        var isFinished = false
        var start = 0
        for end in cuts + [body.count] {
            let chunk = Array(body[start..<end])
            start = end
            for event in try reader.read(chunk.span) {
                #expect(!isFinished)
                switch event {
                case .begins(let part): parts.append(Part(part: part))
                case .content(let range):
                    #expect(!range.isEmpty)
                    parts[parts.count - 1].content += chunk[range]
                case .bytes(let bytes): parts[parts.count - 1].content += bytes
                case .ends: parts[parts.count - 1].isWhole = true
                case .finished: isFinished = true
                }
            }
        }
        try reader.finish()
        #expect(isFinished)
        return parts
    }

    private static func part(_ name: String, _ content: String) -> Part {
        Part(part: EnvelopePart(name: name), content: [UInt8](content), isWhole: true)
    }

    private static func file(_ name: String, _ filename: String, _ content: [UInt8], _ type: String? = nil) -> Part {
        Part(part: EnvelopePart(name: name, filename: filename, contentType: type), content: content, isWhole: true)
    }

    // MARK: Bodies

    private static let wheel: [UInt8] = [UInt8]("PK\u{3}\u{4}") + Array(0...255) + [13, 10, 13, 10, 45, 45, 13]

    /// twine 7.0: the boundary is 32 hexadecimal digits, not quoted.
    static let twine = FormBuilder("c179c5e4603340aea8e60e4967a3f6c6")
        .field("requires_python", ">=3.8").field("metadata_version", "2.1").field("name", "indexgen-hello")
        .field("classifiers", "A").field("classifiers", "B").field(":action", "file_upload").field("protocol_version", "1")
        .file("content", "indexgen_hello-1.0-py3-none-any.whl", wheel)

    /// uv 0.13: the boundary has 67 bytes, the file no type of its own.
    static let uv = FormBuilder("c518fd0d7674c2c6-310206a4f1fd618b-295334b30853e95f-a4dc1eb965284d32")
        .field(":action", "file_upload").field("sha256_digest", "03ff79f1").field("name", "indexgen-hello")
        .file("content", "indexgen_hello-1.0-py3-none-any.whl", wheel, type: nil)

    /// curl 7.88 -F chart=@… -F prov=<…
    static let curl = FormBuilder("------------------------4f6755fe621584c6")
        .file("chart", "a%22b\\c \u{E9}.tgz", wheel).field("prov", "hello")

    /// Content that looks like the boundary `xyz` for as long as it can, and empty content.
    private static let tricky: [String] = [
        "", "\r", "\r\n", "\r\n-", "\r\n--", "\r\n--xy", "\r\n--xy\r\n--xy", "--xyz", "\n--xyz\r\n", "\r--xyz", "\r\r\n--xy",
        "\r\n--\r\n--", "-", "--xyz--", "xyz", "\r\n\r\n", "\r\n--xYz\r\n", "\r\n --xyz", "\n\n--xyz",
    ]
    /// Files with such content behind and before a dot. Where it comes first, it follows a line end: not those that would be boundaries there.
    private static let trickyContent: [[UInt8]] =
        tricky.map { [UInt8]("." + $0) } + tricky.filter { !$0.hasPrefix("--xyz") }.map { [UInt8]($0 + ".") }

    static let bodies: [FormBuilder] = [twine, uv, curl]

    @Test func `twine's, uv's and curl's forms are read`() throws {
        #expect(
            try Self.parts(Self.twine.bytes, Self.twine.contentType) == [
                Self.part("requires_python", ">=3.8"), Self.part("metadata_version", "2.1"), Self.part("name", "indexgen-hello"),
                Self.part("classifiers", "A"), Self.part("classifiers", "B"), Self.part(":action", "file_upload"),
                Self.part("protocol_version", "1"),
                Self.file("content", "indexgen_hello-1.0-py3-none-any.whl", Self.wheel, "application/octet-stream"),
            ])
        #expect(
            try Self.parts(Self.uv.bytes, Self.uv.contentType).last
                == Self.file("content", "indexgen_hello-1.0-py3-none-any.whl", Self.wheel))
        #expect(
            try Self.parts(Self.curl.bytes, Self.curl.contentType) == [
                Self.file("chart", "a\"b\\c \u{E9}.tgz", Self.wheel, "application/octet-stream"), Self.part("prov", "hello"),
            ])
    }

    @Test func `a form cut in two anywhere, or come in byte by byte, is the same form`() throws {
        for form in Self.bodies {
            let body = form.bytes
            let whole = try Self.parts(body, form.contentType)
            for cut in 0...body.count { #expect(try Self.parts(body, form.contentType, cuts: [cut]) == whole, "cut at \(cut)") }
            #expect(try Self.parts(body, form.contentType, cuts: Array(0..<body.count)) == whole)
        }
    }

    @Test func `content that begins like a boundary stays content, however it is cut`() throws {
        let form = Self.trickyContent.reduce(FormBuilder("xyz")) { $0.file("f", "n", $1, type: nil) }
        let body = form.bytes
        let expected = Self.trickyContent.map { Self.file("f", "n", $0) }
        #expect(try Self.parts(body, form.contentType) == expected)
        for cut in 0...body.count { #expect(try Self.parts(body, form.contentType, cuts: [cut]) == expected, "cut at \(cut)") }
        #expect(try Self.parts(body, form.contentType, cuts: Array(0..<body.count)) == expected)
    }

    @Test(arguments: ["x", "-", "--", "aaab", "c518fd0d7674c2c6-310206a4f1fd618b-295334b30853e95f-a4dc1eb965284d32"])
    func `random content in random chunks comes through`(boundary: String) throws {
        var random = SeededNumbers(seed: 5)
        let pieces: [[UInt8]] = ["\r", "\n", "\r\n", "\r\n-", "\r\n--", "-", "a", "b", "x", "\r\n--\(boundary.dropLast())", "zz"]
            .map {
                [UInt8]($0)
            }
        let delimiter = [UInt8]("\r\n--\(boundary)")
        for _ in 0..<300 {
            var content = [UInt8]("z")
            for _ in 0..<Int.random(in: 0..<40, using: &random) {
                let longer = content + (pieces.randomElement(using: &random) ?? [])
                if !Self.holds(delimiter, in: longer) { content = longer }
            }
            // The line end before the boundary could complete one.
            guard !Self.holds(delimiter, in: content + delimiter.dropLast()) else { continue }
            let form = FormBuilder(boundary).file("f", "n", content, type: nil).field("g", "")
            let body = form.bytes
            let cuts = (0..<Int.random(in: 0..<6, using: &random)).map { _ in Int.random(in: 0...body.count, using: &random) }
            #expect(
                try Self.parts(body, form.contentType, cuts: cuts.sorted()) == [Self.file("f", "n", content), Self.part("g", "")])
        }
    }

    private static func holds(_ pattern: [UInt8], in bytes: [UInt8]) -> Bool {
        guard bytes.count >= pattern.count else { return false }
        return (0...(bytes.count - pattern.count)).contains { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }

    @Test func `the search finds what a look at every byte finds`() {
        var random = SeededNumbers(seed: 9)
        for length in [5, 6, 9, 40] {
            let delimiter = [UInt8]("\r\n--") + (4..<length).map { _ in [45, 97].randomElement(using: &random) ?? UInt8(97) }
            let search = DelimiterSearch(delimiter)
            for _ in 0..<500 {
                var bytes: [UInt8] = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                    [13, 10, 45, 97].randomElement(using: &random) ?? UInt8(97)
                }
                if Bool.random(using: &random) { bytes += delimiter.prefix(Int.random(in: 0...length, using: &random)) }
                let start = Int.random(in: 0...bytes.count, using: &random)
                let naive = (start..<bytes.count).first { position in
                    let rest = bytes[position...].prefix(length)
                    return rest.elementsEqual(delimiter.prefix(rest.count))
                }
                #expect(search.next(in: bytes.span, from: start) == naive ?? bytes.count)
            }
        }
    }

    @Test(arguments: [
        ("", "--b--"), ("", "--b--\r\n"), ("", "--b-- \t \r\n"), ("", "--b--\r"), ("", "--b--\r\nepilogue --b\r\nof two lines"),
        ("preamble\r\n", "--b--"), ("\r\n", "--b--"), ("-b--b\r\n--\r\n", "--b--"),
    ])
    func `what surrounds a form is ignored`(preamble: String, end: String) throws {
        var form = FormBuilder("b", end: end).field("a", "1")
        form.preamble = [UInt8](preamble)
        for cut in 0...form.bytes.count {
            #expect(try Self.parts(form.bytes, form.contentType, cuts: [cut]) == [Self.part("a", "1")])
        }
    }

    @Test func `a form may be empty, a part may have no content, and a boundary's line may be padded`() throws {
        #expect(try Self.parts([UInt8]("--b--\r\n"), "multipart/form-data; boundary=b") == [])
        let body =
            "--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n--b\r\nContent-Disposition: form-data; name=b\r\n\r\n\r\n--b--"
        for cut in 0...body.utf8.count {
            #expect(
                try Self.parts([UInt8](body), "multipart/form-data; boundary=b", cuts: [cut]) == [
                    Self.part("a", ""), Self.part("b", ""),
                ])
        }
    }
}
