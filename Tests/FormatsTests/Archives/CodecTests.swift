import Testing

@testable import Formats
@testable import Kit

@Suite struct CodecTests {
    static let text = [UInt8](String(repeating: "A line of some text, which packs well.\n", count: 4_000))
    static let hello = [UInt8]("hello\n")

    /// "hello\n" in the two ways that we cannot write ourselves (bzip2 1.0.8, xz 5.4.1 --format=lzma).
    static let bzip2 =
        Hex.bytes("425a6839314159265359c1c080e2000001410000100244a00030cd00c3462997177245385090c1c080e2".utf8) ?? []
    static let lzma = Hex.bytes("5d00008000ffffffffffffffff00341949ee8ddd3d3adfffffdd120000".utf8) ?? []

    static let all: [(codec: Codec, bytes: [UInt8])] = [
        (.gzip, hello.gzip), (.bzip2, bzip2), (.xz, hello.xz), (.lzma, lzma), (.zstd, hello.zstd),
    ]

    static func expand(
        _ bytes: [UInt8], _ codec: Codec? = nil, limit: Int = 1 << 24, budget: Budget = Budget()
    ) throws(Refusal) -> [UInt8] {
        try Decompression.expand(bytes.span, codec ?? Codec.recognise(bytes.span), subject: "x.bin", limit: limit, within: budget)
    }

    static func cause(
        _ bytes: [UInt8], _ codec: Codec? = nil, limit: Int = 1 << 24, budget: Budget = Budget()
    ) -> Refusal.Cause? {
        refusal { () throws(Refusal) in _ = try expand(bytes, codec, limit: limit, budget: budget) }?.cause
    }

    @Test(arguments: [
        Encoding.gzip(level: 1), .gzip(level: 6), .gzip(level: 9), .xz(level: 0), .xz(level: 6), .zstd(level: 1),
        .zstd(level: 19),
        .gzip(level: 0), .gzip(level: 99), .xz(level: -1), .zstd(level: 0), .zstd(level: 99),
    ])
    func `what an encoder makes, a decoder undoes`(encoding: Encoding) throws {
        for count in [0, 1, 65_535, 65_536, 65_537, Self.text.count] {
            let bytes = Array(Self.text.prefix(count))
            #expect(try Self.expand(encoding.encode(bytes.span)) == bytes)
        }
    }

    @Test func `gzip members carry no time, no name and no operating system`() {
        #expect(Array(Self.hello.gzip.prefix(10)) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        #expect(Encoding.plain.encode(Self.hello.span) == Self.hello)
    }

    @Test(arguments: all) func `each codec is recognised by its content`(codec: Codec, bytes: [UInt8]) throws {
        #expect(Codec.recognise(bytes.span) == codec)
        #expect(try Self.expand(bytes) == Self.hello)
    }

    @Test func `what has no magic is not compressed`() {
        let skippable: [UInt8] = [0x53, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]
        #expect(Codec.recognise(skippable.span) == .zstd)
        for bytes in [[], [0x1f], Self.hello, Array("BZ".utf8), Array("BZhx".utf8), [0xfd], [0x5d, 0, 0, 0x80, 0]] as [[UInt8]] {
            #expect(Codec.recognise(bytes.span) == .none)
        }
        var odd = Self.lzma
        odd[1] = 1
        #expect(Codec.recognise(odd.span) == .none)
    }

    @Test func `concatenated streams are one`() throws {
        let twice = Self.hello + Self.hello
        #expect(try Self.expand(Self.hello.gzip + Self.hello.gzip) == twice)
        #expect(try Self.expand(Self.bzip2 + Self.bzip2) == twice)
        #expect(try Self.expand(Self.hello.xz + [0, 0, 0, 0] + Self.hello.xz) == twice)
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        #expect(try Self.expand(skippable + Self.hello.zstd + skippable + Self.hello.zstd + skippable) == twice)
        #expect(try Self.expand(skippable) == [])
    }

    @Test func `zero padding after a stream is passed over where tape tools leave it`() throws {
        let zeros = [UInt8](repeating: 0, count: 100)
        #expect(try Self.expand(Self.hello.gzip + zeros) == Self.hello)
        #expect(try Self.expand(Self.bzip2 + zeros) == Self.hello)
        #expect(try Self.expand(Self.hello.xz + zeros) == Self.hello)
        #expect(try Self.expand(Self.lzma + zeros) == Self.hello)
    }

    @Test(arguments: all) func `other bytes after a stream are refused`(codec: Codec, bytes: [UInt8]) {
        #expect(Self.cause(bytes + Array("garbage garbage!".utf8)) == .malformed)
        #expect(Self.cause(bytes + [UInt8](repeating: 0, count: 16) + [UInt8](repeating: 1, count: 16)) == .malformed)
        for count in 1..<8 {
            // A few bytes may be taken for the beginning of another stream.
            let cause = Self.cause(bytes + [UInt8](repeating: 7, count: count))
            #expect(cause == .malformed || cause == .truncated, "\(count) bytes")
        }
    }

    @Test(arguments: all) func `every truncation is called one, with its offset`(codec: Codec, bytes: [UInt8]) throws {
        for count in 0..<bytes.count {
            let part = Array(bytes.prefix(count))
            let refusal = try #require(refusal { () throws(Refusal) in _ = try Self.expand(part, codec) }, "\(count) bytes")
            #expect(refusal.cause == .truncated, "\(count) bytes: \(refusal)")
            #expect(refusal.place == "byte \(count)")
        }
    }

    @Test(arguments: all) func `a flipped bit is noticed or harmless`(codec: Codec, bytes: [UInt8]) {
        var noticed = 0
        for bit in 0..<(8 * bytes.count) {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                let content = try Self.expand(flipped, codec)
                // LZMA alone has no checksum; the others may only have had their headers changed.
                if codec != .lzma { #expect(content == Self.hello, "bit \(bit)") }
            } catch {
                noticed += 1
            }
        }
        #expect(noticed > bytes.count)
    }

    @Test(arguments: all) func `the limit is exact`(codec: Codec, bytes: [UInt8]) throws {
        #expect(try Self.expand(bytes, limit: 6) == Self.hello)
        #expect(Self.cause(bytes, limit: 5) == .limit)
        #expect(Self.cause(bytes, limit: 0) == .limit)
    }

    @Test func `plain bytes obey the limit too`() throws {
        #expect(try Self.expand(Self.hello, limit: 6) == Self.hello)
        #expect(Self.cause(Self.hello, limit: 5) == .limit)
    }

    @Test(arguments: [Encoding.gzip(level: 1), .xz(level: 0), .zstd(level: 1)])
    func `bombs are refused while they expand`(encoding: Encoding) throws {
        let zeros = encoding.segment([UInt8](repeating: 0, count: 1 << 20))
        let bomb = SegmentSplicer.file(of: Array(repeating: zeros, count: 65), encoding)
        #expect(Self.cause(bomb, limit: 1 << 30) == .limit)
        var budget = Budget()
        budget.ratio = 1_000_000
        #expect(Self.cause(bomb, limit: 1 << 30, budget: budget) == nil)
        budget.expandedBytes = 65 << 20
        #expect(Self.cause(bomb, limit: 1 << 30, budget: budget) == nil)
        budget.expandedBytes -= 1
        #expect(Self.cause(bomb, limit: 1 << 30, budget: budget) == .limit)
    }

    @Test func `windows and dictionaries beyond the bounds are refused before memory is spent`() {
        // A dictionary of 4 GiB - 1, and a frame that asks for a window of 256 MiB.
        #expect(Self.cause([0x5d, 255, 255, 255, 255] + Self.lzma.dropFirst(5)) == .limit)
        #expect(Self.cause([0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 1, 0, 0]) == .limit)
        #expect(Self.cause([0x28, 0xb5, 0x2f, 0xfd, 0, 0x88, 1, 0, 0]) == nil)
    }
}
