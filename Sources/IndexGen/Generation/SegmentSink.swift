internal import Formats

/// One segment in one encoding, ready for its file.
struct PackedSegment: Sendable {
    var open, packed: [UInt8]
    var summary: SegmentSummary
    var bytes: [UInt8]
    var isReused: Bool

    init(open: [UInt8], packed: [UInt8], summary: SegmentSummary, bytes: [UInt8], isReused: Bool) {
        self.open = open
        self.packed = packed
        self.summary = summary
        self.bytes = bytes
        self.isReused = isReused
    }

    init(open: [UInt8], published: PublishedSegments.Segment) {
        self.init(
            open: open, packed: published.entry.packed, summary: published.entry.summary, bytes: published.bytes,
            isReused: true)
    }
}

/// One encoding's file, being written.
final class SegmentSink {
    struct File {
        var content: StagedFile
        var measure: PublishedDocument.Measure
        /// The index of its segments, as the catalog keeps it; empty for plain files.
        var segments: [UInt8]
    }

    let encoding: Encoding
    var packs: Bool { encoding != .plain }
    private let content: StagedFile
    /// What was written while it is little, and the file from then on.
    private var held: [UInt8] = []
    private var file: OpenFile?
    private var splicer: SegmentSplicer
    private var index: SegmentIndex
    private var hash = SHA256()
    private var size = 0

    init(_ encoding: Encoding, content: StagedFile) throws {
        self.encoding = encoding
        self.content = content
        splicer = SegmentSplicer(encoding)
        index = SegmentIndex(encoding)
        try put(splicer.prologue)
    }

    /// The open bytes are digested by the document.
    func write(plain segment: [UInt8]) throws { try append(segment) }

    func write(_ segment: PackedSegment) throws {
        splicer.append(segment.summary)
        if !segment.open.isEmpty { index.append(open: segment.open, packed: segment.packed, summary: segment.summary) }
        try put(segment.bytes)
    }

    func finish(open: PublishedDocument.Measure) throws -> File {
        if packs { try put(splicer.finish()) }
        if file == nil { content.hold(held) }
        guard packs else { return File(content: content, measure: open, segments: []) }
        return File(
            content: content, measure: .init(sha256: hash.finish(), size: size),
            // A single segment is compressed as fast as it is looked up.
            segments: index.entries.count > 1 ? index.encoded : [])
    }

    private func put(_ bytes: [UInt8]) throws {
        if bytes.isEmpty { return }
        Meter.measure(.digest) { hash.update(bytes) }
        size += bytes.count
        try append(bytes)
    }

    private static let littleBytes = 128 << 10

    private func append(_ bytes: [UInt8]) throws {
        try Meter.measure(.write) { try appendUnmeasured(bytes) }
    }

    private func appendUnmeasured(_ bytes: [UInt8]) throws {
        if file == nil {
            held += bytes
            if held.count <= Self.littleBytes { return }
            file = try content.create()
            try file?.write(held)
            held = []
        } else {
            try file?.write(bytes)
        }
    }
}
