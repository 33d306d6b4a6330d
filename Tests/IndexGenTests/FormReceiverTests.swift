import Formats
import Testing

@testable import IndexGen

@Suite struct FormReceiverTests {
    private static let type = "multipart/form-data; boundary=\"b\""

    private static func body(_ parts: [(header: String, content: [UInt8])]) -> [UInt8] {
        parts.flatMap { part in
            [UInt8]("--b\r\nContent-Disposition: form-data; \(part.header)\r\n\r\n") + part.content + [13, 10]
        } + [UInt8]("--b--\r\n")
    }

    private func receive(
        _ body: [UInt8], in test: TestSite, files: Set<String> = ["content"], limit: Int = 1 << 20, pieces: Int = 4_096
    )
        throws -> ReceivedForm
    {
        let receiver = try FormReceiver(
            MultipartReader(contentType: Self.type), files: files, staging: test.site.staging, limit: limit, withBLAKE2: true)
        for start in stride(from: 0, to: body.count, by: pieces) {
            try receiver.append(Array(body[start..<min(start + pieces, body.count)]))
        }
        return try receiver.finish(modified: Timestamp(seconds: 5))
    }

    @Test(arguments: [1, 7, 4_096, 1 << 20])
    func `fields and files arrive, small ones and large ones, in any chunks`(pieces: Int) throws {
        let test = try TestSite()
        let large = [UInt8](repeating: 13, count: pieces == 1 ? 3_000 : 300_000)
        let body = Self.body([
            ("name=a", [UInt8]("1")), ("name=content; filename=x.whl", large), ("name=a", [UInt8]("2")),
            ("name=prov; filename=y", [UInt8]("yy")), ("name=e", []), ("name=other; filename=z", [UInt8]("skipped")),
        ])
        let form = try receive(body, in: test, files: ["content", "prov"], pieces: pieces)
        #expect(form.fields == Form([.init("a", "1"), .init("a", "2"), .init("e", "")]))
        #expect(form.files.map(\.field).sorted() == ["content", "prov"])
        let file = try form.file("content")
        #expect(file.filename == "x.whl")
        #expect(try file.content.withBytes { $0.copied() } == large)
        var digests = Digester.digests(of: large)
        digests.blake2b256 = file.content.digests.blake2b256
        #expect(file.content.digests == digests && digests.blake2b256?.count == 32)
        #expect(try form.file("prov").content.withBytes { $0.copied() } == [UInt8]("yy"))
    }

    @Test func `fields that nobody reads are dropped, and those that are read have one memory for all forms`() throws {
        let test = try TestSite()
        let memory = FormMemory(most: 3_000)
        func receiver() throws -> FormReceiver {
            try FormReceiver(
                MultipartReader(contentType: Self.type), files: ["content"], fields: ["name", "version"],
                staging: test.site.staging,
                limit: 1 << 24,
                memory: memory)
        }
        let unread = [UInt8](repeating: 100, count: 3 << 20)
        let body = Self.body([
            ("name=description", unread), ("name=name", [UInt8]("a")), ("name=content; filename=x", [1]), ("name=version", [50]),
        ])
        do {
            let one = try receiver()
            try one.append(body)
            #expect(memory.bytes == 2)
            let form = try one.finish(modified: Timestamp(seconds: 5))
            #expect(form.fields == Form([.init("name", "a"), .init("version", "2")]))
        }
        #expect(memory.bytes == 0, "a form that is over holds nothing")
        let begin = [UInt8]("--b\r\nContent-Disposition: form-data; name=name\r\n\r\n") + [UInt8](repeating: 97, count: 1_400)
        var open: [FormReceiver] = []
        for _ in 0..<2 {
            open.append(try receiver())
            try open.last?.append(begin)
        }
        let third = try receiver()
        #expect(throws: FormMemory.Full.self) { try third.append(begin) }
        open = []
        let fourth = try receiver()
        try fourth.append(begin)
        #expect(memory.bytes >= 1_400)
    }

    @Test func `one form's fields have a megabyte together`() throws {
        let test = try TestSite()
        let half = [UInt8](repeating: 97, count: 600_000)
        let body = Self.body([("name=a", half), ("name=b", half), ("name=content; filename=x", [1])])
        #expect(#expect(throws: Refusal.self) { try receive(body, in: test) }?.cause == .limit)
    }

    @Test func `a form that cannot be taken is refused, and leaves nothing`() throws {
        let test = try TestSite()
        let large = [UInt8](repeating: 1, count: 300_000)
        let file = ("name=content; filename=x", large)
        func cause(_ body: [UInt8], limit: Int = 1 << 20) -> Refusal.Cause? {
            #expect(throws: Refusal.self) { try receive(body, in: test, limit: limit) }?.cause
        }
        #expect(cause(Self.body([file, file])) == .ambiguous)
        #expect(cause(Self.body([file]), limit: large.count - 1) == .limit)
        #expect(cause(Self.body([("name=a; filename=x", large), ("name=b; filename=x", large)]), limit: large.count) == .limit)
        #expect(cause(Self.body([file, ("name=a", [0xFF])])) == .malformed)
        #expect(cause(Array(Self.body([file]).dropLast(9))) == .truncated)
        #expect(try test.stagedFiles() == [])
    }

    @Test func `a missing file is named, and so is one that came as a field`() throws {
        let test = try TestSite()
        let form = try receive(Self.body([("name=content", [UInt8]("x"))]), in: test)
        #expect(#expect(throws: Refusal.self) { try form.file("content") }?.what == "the form's field content has no file name")
        #expect(#expect(throws: Refusal.self) { try form.file("prov") }?.what == "the form has no file in the field prov")
    }
}
