import Testing

@testable import Formats
@testable import Kit

@Suite struct SegmentSummaryTests {
    static let encodings: [Encoding] = [.plain, .gzip(level: 6), .xz(level: 6), .zstd(level: 10)]
    static let text = SegmentSplicerTests.lines(3)

    @Test(arguments: encodings) func `a kept segment comes back as it was`(encoding: Encoding) throws {
        for open in [[], [1], Self.text, SegmentSplicerTests.noise(40_000)] as [[UInt8]] {
            let segment = encoding.segment(open)
            let stored = segment.encoded
            #expect(try CompressedSegment(decoding: stored.span, for: encoding) == segment)
            #expect(stored.count <= segment.bytes.count + 25)
        }
    }

    @Test(arguments: encodings) func `summaries may follow each other`(encoding: Encoding) throws {
        let summaries = (0..<50).map { encoding.segment(SegmentSplicerTests.lines($0)).summary }
        var table: [UInt8] = []
        for summary in summaries { summary.write(to: &table) }
        var cursor = Cursor(reading: "a table")
        var read: [SegmentSummary] = []
        while cursor.position < table.count { read.append(try SegmentSummary(decoding: table.span, at: &cursor, for: encoding)) }
        #expect(read == summaries)
    }

    @Test func `the byte form is version, form, level, sizes, checksums`() {
        let summary = SegmentSummary(encoding: .gzip(level: 9), openSize: 300, packed: [1, 2, 3, 4, 5], openCRC: 0x0403_0201)
        var form: [UInt8] = []
        summary.write(to: &form)
        #expect(form.prefix(6) == [1, 1, 9, 0xac, 0x02, 5])
        #expect(form[10..<14] == [1, 2, 3, 4])
        #expect(form.count == 18)
    }

    @Test(arguments: encodings) func `every truncation of a kept segment is refused`(encoding: Encoding) {
        let stored = encoding.segment(Self.text).encoded
        for count in 0..<stored.count {
            let part = Array(stored.prefix(count))
            let cause = refusal { () throws(Refusal) in _ = try CompressedSegment(decoding: part.span, for: encoding) }?.cause
            #expect(cause == .truncated, "\(count) bytes")
        }
        let longer = stored + [0]
        #expect(
            refusal { () throws(Refusal) in _ = try CompressedSegment(decoding: longer.span, for: encoding) }?.cause == .malformed
        )
    }

    @Test(arguments: encodings) func `every flipped bit of a kept segment is refused`(encoding: Encoding) {
        let stored = encoding.segment(Self.text).encoded
        for bit in 0..<(8 * stored.count) {
            var flipped = stored
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(
                refusal { () throws(Refusal) in _ = try CompressedSegment(decoding: flipped.span, for: encoding) } != nil,
                "bit \(bit)")
        }
    }

    @Test(arguments: encodings) func `a segment of another encoding, level or version is refused`(encoding: Encoding) {
        let others: [Encoding] = Self.encodings + [.gzip(level: 5), .xz(level: 5), .zstd(level: 5)]
        for other in others where other != encoding {
            let stored = other.segment(Self.text).encoded
            let cause = refusal { () throws(Refusal) in _ = try CompressedSegment(decoding: stored.span, for: encoding) }?.cause
            #expect(cause == .unsupported)
        }
        var later = encoding.segment(Self.text).encoded
        later[0] = 2
        #expect(
            refusal { () throws(Refusal) in _ = try CompressedSegment(decoding: later.span, for: encoding) }?.cause
                == .unsupported)
    }

    /// Forms whose own checksum is right and whose content is not.
    @Test(arguments: [
        ("plain with two sizes", Encoding.plain, [5, 6]),
        ("gzip without a flush", .gzip(level: 6), [0, 4]),
        ("xz not in units of four", .xz(level: 6), [9, 41]),
        ("xz with more padding than there can be", .xz(level: 6), [9, 40]),
        ("zstd without a frame", .zstd(level: 6), [0, 0]),
    ])
    func `sizes that cannot be are refused`(name: String, encoding: Encoding, sizes: [Int]) {
        let packed = [UInt8](repeating: 0, count: sizes[1])
        let summary = SegmentSummary(encoding: encoding, openSize: sizes[0], packed: packed, padding: 4)
        var form: [UInt8] = []
        summary.write(to: &form)
        #expect(Self.cause(form, encoding) == .malformed)
    }

    @Test func `numbers that are too large or written the long way are refused`() {
        for size in [
            [0x80, 0x00], [0xff, 0x00], [UInt8](repeating: 0xff, count: 8) + [0x7f], [UInt8](repeating: 0xff, count: 12),
            [0x81, 0x80, 0x80, 0x80, 0x40],
        ] as [[UInt8]] {
            let form: [UInt8] = [1, 3, 10] + size + [UInt8](repeating: 20, count: 30)
            #expect(Self.cause(form, .zstd(level: 10)) == .malformed, "\(size)")
        }
    }

    @Test func `damaged tables of summaries are read or refused`() {
        var table: [UInt8] = []
        for count in 0..<4 { Encoding.xz(level: 6).segment(SegmentSplicerTests.lines(count)).summary.write(to: &table) }
        MutationTests.run(4_000, of: table, seed: 11) { (bytes) throws(Refusal) in
            var cursor = Cursor(reading: "a table")
            while cursor.position < bytes.count { _ = try SegmentSummary(decoding: bytes.span, at: &cursor, for: .xz(level: 6)) }
        }
    }

    static func cause(_ form: [UInt8], _ encoding: Encoding) -> Refusal.Cause? {
        refusal { () throws(Refusal) in
            var cursor = Cursor(reading: "a summary")
            _ = try SegmentSummary(decoding: form.span, at: &cursor, for: encoding)
        }?.cause
    }
}
