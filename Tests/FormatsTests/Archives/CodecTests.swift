import Testing

@testable import Formats

@Suite struct CodecTests {
    static let text = [UInt8](String(repeating: "A line of some text, which packs well.\n", count: 4_000))

    /// "hello\n" in two ways that we cannot write ourselves.
    static let bzip2 = Hex.bytes("425a6839314159265359c1c080e2000001410000100244a00030cd00c3462997177245385090c1c080e2".utf8)!
    static let lzma = Hex.bytes("5d00008000ffffffffffffffff00341949ee8ddd3d3adfffffdd120000".utf8)!

    static func expand(_ bytes: [UInt8], _ codec: Codec? = nil, limit: Int = 1 << 24, budget: Budget = Budget()) throws(Refusal) -> [UInt8] {
        try Decompression.expand(bytes.span, codec ?? Codec.recognise(bytes.span), subject: "x.bin", limit: limit, within: budget)
    }

    @Test(arguments: [Encoding.gzip(level: 1), .gzip(level: 6), .gzip(level: 9), .xz(level: 0), .xz(level: 6), .zstd(level: 1), .zstd(level: 19)])
    func `what an encoder makes, a decoder undoes`(encoding: Encoding) throws {
        for count in [0, 1, 65_535, 65_536, 65_537, Self.text.count] {
            let bytes = Array(Self.text.prefix(count))
            #expect(try Self.expand(encoding.encode(bytes.span)) == bytes)
        }
    }
}
