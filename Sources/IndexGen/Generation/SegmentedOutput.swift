internal import Crypto
internal import Formats

/// How much compression a rendering took, and how much it was spared.
struct SegmentWork: Equatable, Sendable {
    var compressed = 0
    var reused = 0
}

/// The open bytes of a document on their way into every encoding. Holds a few segments in memory, whatever the document's size.
final class SegmentedOutput {
    struct File {
        var content: StagedFile
        var measure: PublishedDocument.Measure
        /// The index of its segments, as the catalog keeps it; empty for plain files.
        var segments: [UInt8]
    }

    /// Segments that are compressed side by side.
    private static let width = 4

    private(set) var work = SegmentWork()
    private let sinks: [Sink]
    private var boundaries: SegmentBoundaries
    private var segment: [UInt8] = []
    /// Bytes of the head literal at the start of the first segment; 0 once that is written.
    private var headLength = 0
    private var pending: [[UInt8]] = []
    private var hash = SHA256()
    private var size = 0

    /// - Parameter published: what is public of the document, by position among the encodings.
    init(encodings: [Encoding], published: [Int: PublishedSegments], staging: StagingFolder) throws {
        // xz loses more at each cut than the others.
        let target = encodings.contains { if case .xz = $0 { true } else { false } } ? 1 << 20 : 768 << 10
        boundaries = SegmentBoundaries(SegmentBoundaries.Sizes(target: target))
        sinks = try encodings.enumerated().map { try Sink($1, published: published[$0], content: staging.next()) }
    }

    /// A literal. The document's head changes with every generation (it counts the entries): where there is more than one segment,
    /// it is one of its own.
    func write(literal bytes: [UInt8], isHead: Bool) throws {
        segment += bytes
        if isHead {
            headLength = bytes.count
            boundaries.end()
        }
    }

    func write(entry: UnsafeRawBufferPointer, after lead: [UInt8], key: UnsafeRawBufferPointer) throws {
        let mark = key.withMemoryRebound(to: UInt8.self) { SegmentBoundaries.mark(of: $0.span) }
        if boundaries.begins(with: mark, size: lead.count + entry.count) { try endSegment() }
        segment += lead
        segment.append(contentsOf: entry)
    }

    func finish() throws -> (PublishedDocument.Measure, [File]) {
        if !segment.isEmpty { pending.append(segment) }
        try flush()
        let open = PublishedDocument.Measure(sha256: Array(hash.finalize()), size: size)
        return (open, try sinks.map { try $0.finish(open: open) })
    }

    private func endSegment() throws {
        if headLength > 0 {
            pending.append(Array(segment[..<headLength]))
            segment.removeFirst(headLength)
            headLength = 0
        }
        pending.append(segment)
        segment = []
        if pending.count >= Self.width { try flush() }
    }

    /// Compresses what waits, all at once, and writes it in order.
    private func flush() throws {
        for segment in pending {
            hash.update(data: segment)
            size += segment.count
        }
        let packing = sinks.filter(\.packs)
        let digests = packing.isEmpty ? [] : pending.map { SHA256Digest.of($0) }
        let jobs = packing.flatMap { sink in
            zip(pending, digests).map { Job(encoding: sink.encoding, open: $0, digest: $1, published: sink.published) }
        }
        var packed = Parallel.map(jobs) { $0.run() }[...]
        for sink in sinks {
            guard sink.packs else {
                for segment in pending { try sink.write(plain: segment) }
                continue
            }
            for result in packed.prefix(pending.count) {
                try sink.write(result)
                if result.isReused { work.reused += 1 } else { work.compressed += 1 }
            }
            packed = packed.dropFirst(pending.count)
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// One segment in one encoding: taken over from the published file, or compressed.
    private struct Job: Sendable {
        var encoding: Encoding
        var open: [UInt8]
        var digest: [UInt8]
        var published: PublishedSegments?

        func run() -> Packed {
            if let (entry, bytes) = published?.segment(open: digest) {
                return Packed(open: digest, packed: entry.packed, summary: entry.summary, bytes: bytes, isReused: true)
            }
            let segment = encoding.compressSegment(open.span)
            return Packed(
                open: digest, packed: SHA256Digest.of(segment.bytes), summary: segment.summary, bytes: segment.bytes,
                isReused: false)
        }
    }

    private struct Packed: Sendable {
        var open, packed: [UInt8]
        var summary: SegmentSummary
        var bytes: [UInt8]
        var isReused: Bool
    }

    /// One encoding's file, being written.
    private final class Sink {
        let encoding: Encoding
        let published: PublishedSegments?
        var packs: Bool { encoding != .plain }
        private let content: StagedFile
        private let file: OpenFile
        private var splicer: SegmentSplicer
        private var index: SegmentIndex
        private var hash = SHA256()
        private var size = 0

        init(_ encoding: Encoding, published: PublishedSegments?, content: StagedFile) throws {
            self.encoding = encoding
            self.published = published
            self.content = content
            file = try OpenFile(creating: content.path)
            splicer = SegmentSplicer(encoding)
            index = SegmentIndex(encoding)
            try put(splicer.prologue)
        }

        /// The open bytes are digested by the document.
        func write(plain segment: [UInt8]) throws { try file.write(segment) }

        func write(_ segment: Packed) throws {
            splicer.append(segment.summary)
            index.append(open: segment.open, packed: segment.packed, summary: segment.summary)
            try put(segment.bytes)
        }

        func finish(open: PublishedDocument.Measure) throws -> File {
            guard packs else { return File(content: content, measure: open, segments: []) }
            try put(splicer.finish())
            return File(
                content: content, measure: .init(sha256: Array(hash.finalize()), size: size),
                // A single segment is compressed as fast as it is looked up.
                segments: index.entries.count > 1 ? index.encoded : [])
        }

        private func put(_ bytes: [UInt8]) throws {
            if bytes.isEmpty { return }
            hash.update(data: bytes)
            size += bytes.count
            try file.write(bytes)
        }
    }
}
