import Testing

@testable import Formats

@Suite struct FramesReaderTests {
    static let cargo = FramesReader([
        Frame(name: "metadata", isFile: false, limit: 1_000), Frame(name: "crate", isFile: true, limit: 100_000),
    ])

    static func body(_ text: String, _ file: [UInt8]) -> [UInt8] {
        length(text.utf8.count) + [UInt8](text) + length(file.count) + file
    }

    static func length(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

    @Test(arguments: [("", []), ("{}", []), ("", [0]), ("{}", [UInt8](repeating: 7, count: 70_000))] as [(String, [UInt8])])
    func `frames may be empty, or larger than a chunk`(text: String, file: [UInt8]) throws {
        for size in [1, 5, 65_536] {
            #expect(
                try Self.cargo.parts(of: Self.body(text, file), by: size) == [.text("metadata", text), .file("crate", "", file)])
        }
    }

    @Test func `content that stands in a chunk is not copied`() throws {
        var reader = Self.cargo
        let events = try reader.read(Self.body("{}", [1, 2, 3]).span)
        #expect(
            events == [
                .begins(EnvelopePart(name: "metadata")), .content(4..<6), .ends,
                .begins(EnvelopePart(name: "crate", filename: "")), .content(10..<13), .ends, .finished,
            ])
    }

    @Test func `a frame that is larger than it may be is refused by its length`() {
        #expect(Self.cargo.fault(in: Self.length(1_000) + [UInt8](repeating: 32, count: 1_000) + Self.length(0)) == nil)
        let text = Self.cargo.fault(in: Self.length(1_001))
        #expect(text?.cause == .limit && text?.place == "byte 0")
        #expect(text?.what == "the frame 'metadata' has 1001 bytes by its length, and may have 1000")
        // 32 bits of length are no negative number.
        let file = Self.cargo.fault(in: Self.length(2) + [UInt8]("{}") + [255, 255, 255, 255])
        #expect(file?.cause == .limit && file?.place == "byte 6")
        #expect(file?.what.contains("'crate' has 4294967295 bytes") == true)
    }

    @Test func `a body that is shorter than its lengths say names the frame`() {
        let length = Self.cargo.fault(in: Self.length(2) + [UInt8]("{}") + [1, 0])
        #expect(length?.cause == .truncated && length?.place == "byte 8")
        #expect(length?.what == "the body ends where the length of the frame 'crate' belongs")
        let content = Self.cargo.fault(in: Self.length(2) + [UInt8]("{}") + Self.length(10) + [1, 2, 3])
        #expect(content?.cause == .truncated && content?.place == "byte 13")
        #expect(content?.what == "the frame 'crate' has 10 bytes by its length, and the body ends 7 bytes too early")
    }

    @Test func `bytes behind the last frame are refused`() {
        let fault = Self.cargo.fault(in: Self.body("{}", [1]) + [0])
        #expect(fault?.cause == .malformed && fault?.place == "byte 11")
        #expect(fault?.what == "bytes behind the end of the frame 'crate', which is the last one")
    }
}
