import Testing

@testable import Formats

/// Forms that must be refused, and where.
@Suite struct MultipartHostileTests {
    private static func fault(
        _ body: [UInt8], _ type: String = "multipart/form-data; boundary=b", limits: MultipartReader.Limits = .init()
    )
        -> Refusal?
    {
        let whole = refusal { () throws(Refusal) in _ = try MultipartTests.parts(body, type, limits: limits) }
        let bytewise = refusal { () throws(Refusal) in
            _ = try MultipartTests.parts(body, type, cuts: Array(0..<body.count), limits: limits)
        }
        // How the body was cut changes at most where in a run of content a limit was noticed.
        #expect(whole?.cause == bytewise?.cause && whole?.what == bytewise?.what)
        return whole
    }

    @Test func `every truncation is refused, but for the line end after the closing boundary`() {
        for form in [MultipartTests.twine, MultipartTests.curl] {
            let body = form.bytes
            for length in 0..<(body.count - 2) {
                let cause = refusal { () throws(Refusal) in
                    _ = try MultipartTests.parts(Array(body[..<length]), form.contentType)
                }?.cause
                #expect(cause == .truncated || (length < form.boundary.utf8.count + 2 && cause == .malformed), "\(length)")
            }
        }
    }

    @Test func `a flipped bit gives a form or a refusal`() {
        let form = MultipartTests.curl, body = form.bytes
        var refused = 0
        for index in body.indices {
            for bit in [0, 5, 7] {
                var damaged = body
                damaged[index] ^= 1 << UInt8(bit)
                if Self.fault(damaged, form.contentType) != nil { refused += 1 }
            }
        }
        #expect(refused > body.count / 2, "a boundary or a header line was hit")
    }

    @Test(arguments: [
        ("", Refusal.Cause.malformed, "byte 0"), ("hello", .malformed, "byte 5"), ("--c\r\n", .malformed, "byte 5"),
        ("--b", .truncated, "byte 3"), ("--b\r\n", .truncated, "part 1, byte 5"), ("--b\nX", .ambiguous, "byte 3"),
        ("--bb\r\n", .ambiguous, "byte 3"), ("--b-x", .ambiguous, "byte 4"), ("--b \r\r", .ambiguous, "byte 5"),
        ("--b--x", .ambiguous, "byte 5"), ("--b--\r\n--b\r\n", .ambiguous, "byte 7"),
        ("--b--\r\nx\r\n--b--", .ambiguous, "byte 8"),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--bc", .ambiguous, "part 1, byte 53"),
        ("--b\r\n\r\n", .malformed, "part 1, byte 6"),
    ])
    func `what is not a clear form is refused with its place`(body: String, cause: Refusal.Cause, place: String) {
        let fault = Self.fault([UInt8](body))
        #expect(fault?.cause == cause)
        #expect(fault?.place == place)
    }

    @Test func `each limit holds, and what is just below it comes through`() throws {
        var limits = MultipartReader.Limits()
        limits.parts = 3
        limits.text = 100
        limits.header = 64
        limits.surroundings = 20
        func fields(_ count: Int, _ value: String) -> [UInt8] {
            (0..<count).reduce(FormBuilder("b")) { form, index in form.field("f\(index)", value) }.bytes
        }
        #expect(Self.fault(fields(3, "x"), limits: limits) == nil)
        #expect(Self.fault(fields(4, "x"), limits: limits)?.what == "more than 3 parts")
        #expect(Self.fault(fields(2, String(repeating: "x", count: 50)), limits: limits) == nil)
        #expect(Self.fault(fields(2, String(repeating: "x", count: 51)), limits: limits)?.cause == .limit)
        // Files are not text.
        let file = FormBuilder("b").file("a", "b", [UInt8](repeating: 120, count: 1_000), type: nil)
        #expect(Self.fault(file.bytes, limits: limits) == nil)
        let header = "Content-Disposition: form-data; name=a\r\nX: "
        let room = 64 - header.utf8.count - 4
        let fits = FormBuilder("b").part(header + String(repeating: "y", count: room) + "\r\n", [])
        #expect(Self.fault(fits.bytes, limits: limits) == nil)
        let long = FormBuilder("b").part(header + String(repeating: "y", count: room + 1) + "\r\n", [])
        #expect(Self.fault(long.bytes, limits: limits)?.what == "the header of a part is longer than 64 bytes")
        var outside = FormBuilder("b", end: "--b--\r\n1234567890").field("a", "")
        outside.preamble = [UInt8]("12345678\r\n")
        #expect(Self.fault(outside.bytes, limits: limits) == nil)
        outside.end += "1234567890"
        #expect(Self.fault(outside.bytes, limits: limits)?.what == "more than 20 bytes outside of the form's parts")
    }

    @Test func `padding without end is not waited for`() {
        #expect(Self.fault([UInt8]("--b") + [UInt8](repeating: 32, count: 20_000))?.cause == .limit)
    }

    @Test func `a field that does not end is refused while it comes in`() throws {
        var reader = try MultipartReader(contentType: "multipart/form-data; boundary=b")
        _ = try reader.read([UInt8]("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n").span)
        let chunk = [UInt8](repeating: 13, count: 1 << 20)
        for _ in 0..<16 { _ = try reader.read(chunk.span) }
        #expect(throws: Refusal.self) { _ = try reader.read(chunk.span) }
    }
}
