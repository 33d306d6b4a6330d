import Foundation
import Testing

@testable import Formats
@testable import Kit

@Suite struct SegmentSplicerTests {
    static let encodings: [Encoding] = [
        .gzip(level: 6), .gzip(level: 0), .gzip(level: 9), .xz(level: 0), .xz(level: 6), .zstd(level: 1), .zstd(level: 10),
    ]

    /// Lines of which no two are alike, so that a piece in the wrong place shows.
    static func lines(_ count: Int, from first: Int = 0) -> [UInt8] {
        var text: [UInt8] = []
        for i in first..<(first + count) {
            text.append("line \(i) of a document that packs well, \(i &* 2_654_435_761 % 1_000_003)\n")
        }
        return text
    }

    static func noise(_ count: Int) -> [UInt8] {
        var numbers = SeededNumbers(seed: 7)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    }

    struct Document: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let pieces: [[UInt8]]
        let open: [UInt8]

        init(_ description: String, _ pieces: [[UInt8]]) {
            testDescription = description
            self.pieces = pieces
            open = pieces.reduce(into: []) { $0 += $1 }
        }

        func file(_ encoding: Encoding) -> [UInt8] {
            SegmentSplicer.file(of: pieces.map { encoding.segment($0) }, encoding)
        }
    }

    static let documents = [
        Document("no segments", []),
        Document("one empty segment", [[]]),
        Document("one segment", [lines(1_000)]),
        Document("two segments", [lines(1), lines(1_000, from: 1)]),
        Document("three, the middle one empty", [lines(500), [], lines(500, from: 500)]),
        Document("a large one that does not pack, between small ones", [lines(2), noise(150_000), [10]]),
        Document("zeros, long matches and single bytes", [[UInt8](repeating: 0, count: 400_000), [0], [0], [0]]),
        Document("120 of many sizes", (0..<120).map { lines($0 * 3 % 70, from: $0 * 100) }),
        Document("2,000 tiny ones", (0..<2_000).map { lines(1, from: $0) }),
    ]

    @Test(arguments: encodings, documents)
    func `our decoders read a spliced file as its segments' content`(encoding: Encoding, document: Document) throws {
        let file = document.file(encoding)
        #expect(try CodecTests.expand(file) == document.open)
    }

    @Test(arguments: documents) func `plain segments make the document itself`(document: Document) {
        #expect(document.file(.plain) == document.open)
    }

    @Test(arguments: encodings) func `a splicer counts what it announces, and asks for nothing but summaries`(encoding: Encoding)
    {
        for document in Self.documents {
            var splicer = SegmentSplicer(encoding)
            var packed = splicer.prologue.count
            for piece in document.pieces {
                let segment = encoding.segment(piece)
                splicer.append(segment.summary)
                packed += segment.bytes.count
                #expect(segment.summary.openSize == piece.count)
                #expect(splicer.packedSize == packed)
            }
            packed += splicer.finish().count
            #expect(splicer.openSize == document.open.count)
            #expect(splicer.packedSize == packed)
            #expect(document.file(encoding).count == packed)
        }
    }

    @Test(arguments: encodings) func `a segment does not depend on its neighbours or on the one who compresses it`(
        encoding: Encoding
    ) async {
        let piece = Self.lines(3_000)
        let alone = encoding.segment(piece)
        _ = encoding.segment(Self.noise(1_000))
        #expect(encoding.segment(piece) == alone)
        let others = await withTaskGroup(of: CompressedSegment.self) { group in
            for _ in 0..<4 { group.addTask { encoding.segment(piece) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(others.allSatisfy { $0 == alone })
    }

    @Test func `levels that compress alike are one encoding`() {
        #expect(Encoding.zstd(level: 99).segment(CodecTests.hello).summary.encoding == .zstd(level: 19))
        #expect(Encoding.gzip(level: -1).segmentRecipe == Encoding.gzip(level: 0).segmentRecipe)
        #expect(Set(Self.encodings.map(\.segmentRecipe)).count == Self.encodings.count)
        var splicer = SegmentSplicer(.xz(level: 12))
        splicer.append(Encoding.xz(level: 9).segment(CodecTests.hello).summary)
        #expect(splicer.openSize == 6)
    }

    @Test func `gzip is one member with the hint about its level, and nothing else in its header`() {
        for (level, hint) in [(0, 4), (1, 4), (2, 0), (6, 0), (9, 2)] as [(Int, UInt8)] {
            let file = Self.documents[6].file(.gzip(level: level))
            #expect(file.prefix(10) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, hint, 255])
        }
    }

    @Test func `the length in a gzip trailer is taken modulo 4 GiB`() {
        let piece = SegmentSummary(encoding: .gzip(level: 6), openSize: (1 << 32) + 5, packed: [0], openCRC: 1)
        var splicer = SegmentSplicer(.gzip(level: 6))
        splicer.append(piece)
        splicer.append(piece)
        let trailer = splicer.finish()
        #expect(trailer.suffix(4) == [10, 0, 0, 0])
        #expect(splicer.openSize == 2 * piece.openSize)
    }

    @Test func `an xz file of nothing is what xz makes of nothing`() {
        // `xz < /dev/null`: header, an index without records, footer.
        #expect(
            Hex.string(Document("", []).file(.xz(level: 6)))
                == "fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a")
    }

    @Test func `zstd frames say how much is in them`() {
        let frame = Encoding.zstd(level: 10).segment(CodecTests.hello).bytes
        // Descriptor: single segment, content size in one byte, checksum (RFC 8878, section 3.1.1.1.1).
        #expect(frame.prefix(6) == [0x28, 0xb5, 0x2f, 0xfd, 0x24, 6])
    }

    @Test(arguments: [Encoding.gzip(level: 6), .xz(level: 6), .zstd(level: 10)])
    func `a flipped bit in a spliced file is noticed or harmless`(encoding: Encoding) {
        let document = Document("", [Self.lines(1), [], Self.lines(2, from: 1)])
        let file = document.file(encoding)
        let open = document.open, codec = Codec.recognise(file.span)
        var noticed = 0
        for bit in 0..<(8 * file.count) {
            var flipped = file
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                let content = try CodecTests.expand(flipped, codec)
                #expect(content == open, "bit \(bit)")
            } catch {
                noticed += 1
            }
        }
        #expect(noticed > 7 * file.count)
    }

    @Test(arguments: [Encoding.gzip(level: 6), .xz(level: 6), .zstd(level: 10)])
    func `a file cut anywhere is refused`(encoding: Encoding) {
        let file = Document("", [Self.lines(1), Self.lines(2, from: 1)]).file(encoding)
        let codec = Codec.recognise(file.span), boundary = encoding.segment(Self.lines(1)).bytes.count
        for count in 0..<file.count {
            // Zstd alone cannot tell that whole frames are missing; the digest of the document does.
            if case .zstd = encoding, count == boundary { continue }
            let part = Array(file.prefix(count))
            #expect(CodecTests.cause(part, codec) == .truncated, "\(count) bytes")
        }
    }

    @Test func `checksums, sizes and counts that are wrong by one are noticed`() {
        let first = Self.lines(10), second = Self.lines(11, from: 10)
        func verdict(_ encoding: Encoding, _ change: (SegmentSummary) -> SegmentSummary?) -> Refusal.Cause? {
            var splicer = SegmentSplicer(encoding)
            var file = splicer.prologue
            for segment in [first, second].map({ encoding.segment($0) }) {
                if let summary = change(segment.summary) { splicer.append(summary) }
                file += segment.bytes
            }
            return CodecTests.cause(file + splicer.finish())
        }
        let gzip = Encoding.gzip(level: 6), xz = Encoding.xz(level: 6)
        let packed = [UInt8](repeating: 0, count: xz.segment(first).bytes.count)
        #expect(verdict(gzip) { $0 } == nil)
        #expect(
            verdict(gzip) { .init(encoding: gzip, openSize: $0.openSize, packed: [0], openCRC: $0.openCRC ^ 1) } == .malformed)
        #expect(
            verdict(gzip) { .init(encoding: gzip, openSize: $0.openSize + 1, packed: [0], openCRC: $0.openCRC) } == .malformed)
        #expect(verdict(gzip) { $0.openSize == first.count ? nil : $0 } == .malformed)
        #expect(verdict(xz) { $0 } == nil)
        #expect(verdict(xz) { .init(encoding: xz, openSize: $0.openSize + 1, packed: packed, padding: $0.padding) } == .malformed)
        #expect(
            verdict(xz) { .init(encoding: xz, openSize: $0.openSize, packed: packed + [0], padding: $0.padding) } == .malformed)
        #expect(verdict(xz) { $0.openSize == first.count ? nil : $0 } == .malformed)
    }

    @Test(arguments: [Encoding.gzip(level: 6), .xz(level: 1), .zstd(level: 3)])
    func `a document spliced of kept segments equals one made afresh, for little work`(encoding: Encoding) throws {
        var numbers = SeededNumbers(seed: 3)
        var entries = (0..<600).map { (key: Array("package-\($0 * 7)".utf8), lines: $0 % 5 + 1) }
        var kept: [[UInt8]: [UInt8]] = [:]
        var compressions: [Int] = []
        for _ in 0..<60 {
            let at = Int.random(in: 0..<entries.count, using: &numbers)
            switch Int.random(in: 0..<3, using: &numbers) {
            case 0: entries.insert((Array("package-\(Int.random(in: 0..<9_999, using: &numbers))+".utf8), 3), at: at)
            case 1: entries.remove(at: at)
            default: entries[at].lines += 1
            }
            var boundaries = SegmentBoundaries(.init(target: 6 << 10))
            var pieces: [[UInt8]] = [[]]
            for entry in entries {
                let open = Self.lines(entry.lines, from: Int(entry.key.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }))
                if boundaries.begins(with: SegmentBoundaries.mark(entry.key), size: open.count) { pieces.append([]) }
                pieces[pieces.count - 1] += open
            }
            var work = 0
            let segments = try pieces.map { piece in
                if let stored = kept[piece] { return try CompressedSegment(decoding: stored.span, for: encoding) }
                work += 1
                let fresh = encoding.segment(piece)
                kept[piece] = fresh.encoded
                return fresh
            }
            compressions.append(work)
            #expect(pieces.count >= 10)
            #expect(SegmentSplicer.file(of: segments, encoding) == Document("", pieces).file(encoding))
        }
        #expect(compressions[0] >= 10)
        #expect(compressions.dropFirst().allSatisfy { $0 <= 3 }, "\(compressions)")
        #expect(compressions.dropFirst().count { $0 <= 1 } >= 50, "\(compressions)")
    }
}

extension SegmentSplicerTests {
    @Test(
        .enabled(if: Tool.has("gzip", "xz", "zstd"), "gzip, xz and zstd are needed"), arguments: documents,
        [("gzip", Encoding.gzip(level: 6)), ("xz", .xz(level: 6)), ("zstd", .zstd(level: 10))])
    func `the tools accept spliced files`(document: Document, with: (tool: String, encoding: Encoding)) throws {
        try Tool.inFolder { folder in
            let name = "x\(with.encoding.suffix)"
            try folder.put(name, document.file(with.encoding))
            #expect(try Tool.run(with.tool, ["-t", name], in: folder) != nil)
            #expect(try Tool.run(with.tool, ["-dc", name], in: folder) == document.open)
        }
    }

    @Test(.enabled(if: Tool.has("xz"), "xz is needed"))
    func `xz sees one stream of as many blocks as there are segments, with their sizes`() throws {
        try Tool.inFolder { folder in
            let document = Self.documents[7]
            try folder.put("x.xz", document.file(.xz(level: 6)))
            let listing = try #require(try Tool.run("xz", ["--robot", "-lvv", "x.xz"], in: folder)?.text)
            let rows = listing.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            let file = document.file(.xz(level: 6))
            let expected = ["1", "\(document.pieces.count)", "\(file.count)", "\(document.open.count)"]
            #expect(rows.first { $0[0] == "file" }?[1...4] == expected[...])
            let blocks = rows.filter { $0[0] == "block" }
            #expect(blocks.map { $0[7] } == document.pieces.map { "\($0.count)" })
            #expect(try Tool.run("xz", ["-T2", "-dc", "x.xz"], in: folder) == document.open)
        }
    }

    @Test(.enabled(if: Tool.has("gzip"), "gzip is needed")) func `gzip knows the size of a spliced file`() throws {
        try Tool.inFolder { folder in
            try folder.put("x.gz", Self.documents[7].file(.gzip(level: 9)))
            let listing = try #require(try Tool.run("gzip", ["-l", "x.gz"], in: folder)?.text)
            #expect(listing.contains(" \(Self.documents[7].open.count) "))
        }
    }

    /// Reads with Python's own readers, whole and line by line, and allows no second member or stream.
    static let script = """
        import gzip, lzma, sys, zlib
        name, opener = sys.argv[1:3]
        data = open(name, 'rb').read()
        if opener == 'gzip':
            whole, lines = gzip.decompress(data), b''.join(gzip.open(name))
            d = zlib.decompressobj(31)
        else:
            whole, lines = lzma.decompress(data), b''.join(lzma.open(name))
            d = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        assert d.decompress(data) == whole == lines and d.eof and not d.unused_data
        sys.stdout.buffer.write(whole)
        """

    @Test(
        .enabled(if: Tool.has("python3"), "python3 is needed"), arguments: documents,
        [("gzip", Encoding.gzip(level: 6)), ("lzma", .xz(level: 6))])
    func `Python reads spliced files as one member or stream`(document: Document, with: (module: String, encoding: Encoding))
        throws
    {
        try Tool.inFolder { folder in
            try folder.put("x", document.file(with.encoding))
            #expect(try Tool.run("python3", ["-c", Self.script, "x", with.module], in: folder) == document.open)
        }
    }
}

extension Encoding {
    func segment(_ open: [UInt8]) -> CompressedSegment { compressSegment(open.span) }
}

extension SegmentBoundaries {
    static func mark(_ key: [UInt8]) -> UInt64 { mark(of: key.span) }
}
