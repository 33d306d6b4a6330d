import Formats
import Foundation
import Testing

@testable import IndexGen

/// Large documents: a change compresses what it changes, and the result is what starting from scratch gives.
@Suite struct SegmentTests {
    /// A site whose index is about 6 MB open: some eight segments in each encoding.
    private func largeSite() throws -> TestSite {
        let test = try TestSite()
        try test.add((0..<300).map { try test.toy("p\(1000 + $0)", "1", shelf: "x", body: "\($0)", padding: 20_000) })
        let summary = try test.generate()
        #expect(summary.segments.reused == 0)
        #expect(summary.segments.compressed > 16)
        return test
    }

    @Test func `one more package compresses one or two segments of each file and takes over the rest`() throws {
        let test = try largeSite()
        try test.add([test.toy("p1150a", "1", shelf: "x", padding: 20_000)])
        let summary = try test.generate()
        // Four compressed files: the head and at most two segments each.
        #expect(summary.segments.compressed <= 4 * 3, "\(summary)")
        #expect(summary.segments.reused > summary.segments.compressed, "\(summary)")
        #expect(try test.faults() == [])
        let incremental = try test.tree()
        let scratch = try test.startOver()
        #expect(scratch.segments.reused == 0)
        #expect(try test.tree() == incremental)
    }

    @Test func `removals, yanks and returns in random order end in the tree that scratch gives`() throws {
        let test = try largeSite()
        var random = SplitMix(seed: 5)
        for _ in 0..<12 {
            let number = Int.random(in: 0..<300, using: &random)
            let name = "p\(1000 + number)"
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try test.remove(name)
            case 1: try test.yank(name, "1", reason: "broken")
            case 2: try test.add([test.toy(name, "1", shelf: "x", body: "\(number)", padding: 20_000)])
            default: try test.add([test.toy("\(name)b", "1", shelf: "any", padding: 30_000)])
            }
            test.time.advance(1)
            try test.generate()
        }
        #expect(try test.faults() == [])
        let incremental = try test.tree()
        try test.startOver()
        #expect(try test.tree() == incremental)
    }

    /// A site whose catalogue, a document of two runs, has some hundred segments.
    private func catalogued() throws -> TestSite {
        let test = try TestSite(settings: "segment_bytes: 4096\ntoy: {catalogue: true}")
        try test.add((0..<300).map { try test.toy("p\(1000 + $0)", "1", body: "\($0)", padding: 1_000) })
        try test.generate()
        #expect(try test.cuts("main/catalogue").count > 100)
        return test
    }

    @Test func `literals that change with the time, between and behind runs, render the segments that they stand in`() throws {
        let test = try catalogued()
        let segments = try test.cuts("main/catalogue").count
        for number in 0..<4 {
            test.time.advance(100)
            try test.add([test.toy("p1150\(number)", "1", padding: 1_000)])
            let work = try test.generate().segments
            // In each run the one with the new entry, perhaps cut in two, and the one that ends with a literal.
            #expect(work.kept >= segments - 6, "\(work), \(segments)")
            let text = try test.text("acme/toy/main/catalogue")
            let time = Timestamp(seconds: 1_800_000_000 + Int64(number + 1) * 100).rfc3339
            for line in ["titles", "lines", "end"] { #expect(text.contains("\(line) at \(time)\n")) }
            #expect(try test.tree() == test.site.treeFromScratch())
            #expect(try test.faults() == [])
        }
    }

    @Test func `a time that moves without any entry renders one segment for each literal`() throws {
        let test = try catalogued()
        let segments = try test.cuts("main/catalogue").count
        test.time.advance(100)
        let row = try #require(try test.catalog.repositories().first)
        let scopes = try test.catalog.scopeAges(of: row).filter { $0.key == "main" }
        try test.catalog.renew(scopes, of: row, because: "it is late", author: "tester")
        let work = try test.generate().segments
        // The head is one of its own and not rendered; one ends with the literal between the runs, one with the last.
        #expect(work.rendered == 2 && work.kept == segments - 2, "\(work), \(segments)")
        // The head and those two, in two compressed forms.
        #expect(work.compressed == 6, "\(work)")
        #expect(try test.tree() == test.site.treeFromScratch())
    }

    @Test func `operations in random order on a document of two runs end in the tree that scratch gives`() throws {
        let test = try TestSite(settings: "segment_bytes: 1024\ntoy: {catalogue: true}")
        var random = SplitMix(seed: 11)
        var work = SegmentWork()
        for step in 0..<60 {
            let name = "p\(Int.random(in: 0..<20, using: &random))"
            switch Int.random(in: 0..<8, using: &random) {
            case 0: try test.remove(name)
            case 1: try test.yank(name, "1", reason: Bool.random(using: &random) ? "bad \(step)" : nil)
            default:
                let version = "\(Int.random(in: 0..<4, using: &random))"
                try test.add([test.toy(name, version, shelf: ["any", "x"][step % 2], body: name + version, padding: 200)])
            }
            test.time.advance(Int64.random(in: 0...2, using: &random))
            work += try test.generate().segments
            if step % 10 == 9 { #expect(try test.tree() == test.site.treeFromScratch(), "step \(step)") }
        }
        for number in 0..<20 { try test.remove("p\(number)") }
        try test.generate()
        #expect(try test.tree() == test.site.treeFromScratch())
        #expect(try test.faults() == [])
        #expect(work.kept > 200, "\(work)")
    }

    @Test func `a published file that was changed by others is not taken over`() throws {
        let test = try largeSite()
        let path = "\(test.site.publicRoot)/acme/toy/main/x/index.gz"
        var bytes = try Files.read(path)
        for offset in stride(from: 100, to: bytes.count, by: 50_000) { bytes[offset] ^= 0xFF }
        try Files.replace(path, with: bytes)
        try test.add([test.toy("p1150a", "1", shelf: "x", padding: 20_000)])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `every encoding expands to the plain document`() throws {
        let test = try largeSite()
        let plain = try Files.read("\(test.site.publicRoot)/acme/toy/main/x/index")
        for (suffix, codec) in [(".gz", Codec.gzip), (".xz", .xz), (".zst", .zstd)] {
            let packed = try Files.read("\(test.site.publicRoot)/acme/toy/main/x/index\(suffix)")
            let open = try Decompression.expand(packed.span, codec, subject: suffix, limit: 1 << 30, within: Budget())
            #expect(open == plain, "\(suffix)")
        }
    }

    @Test func `an index of segments of another library or with damage counts for nothing`() throws {
        let encoding = Encoding.zstd(level: 3)
        var index = SegmentIndex(encoding)
        let segment = encoding.compressSegment([UInt8]("abc").span)
        index.append(
            open: SHA256Digest.of([UInt8]("abc")), packed: SHA256Digest.of(segment.bytes), summary: segment.summary)
        let stored = index.encoded
        #expect(SegmentIndex(decoding: stored, for: encoding) == index)
        #expect(SegmentIndex(decoding: stored, for: .zstd(level: 4)) == nil)
        #expect(SegmentIndex(decoding: [], for: encoding) == nil)
        for length in 1..<stored.count where length != 1 + Int(stored[0]) {
            #expect(SegmentIndex(decoding: Array(stored.prefix(length)), for: encoding) == nil)
        }
        var otherRecipe = stored
        otherRecipe[2] ^= 1
        #expect(SegmentIndex(decoding: otherRecipe, for: encoding) == nil)
    }
}
