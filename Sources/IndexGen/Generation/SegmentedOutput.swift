internal import Formats

/// How much compression a rendering took, and how much it was spared.
struct SegmentWork: Equatable, Sendable {
    /// Segments put together from the catalog's entries.
    var rendered = 0
    /// Segments compressed, in one encoding each.
    var compressed = 0
    /// Compressed segments taken over from published files.
    var reused = 0
    /// Segments taken over without a look at their entries.
    var kept = 0

    static func += (sum: inout SegmentWork, work: SegmentWork) {
        sum.rendered += work.rendered
        sum.compressed += work.compressed
        sum.reused += work.reused
        sum.kept += work.kept
    }
}

/// The open bytes of a document on their way into every encoding. Holds a few segments in memory, whatever the document's size.
final class SegmentedOutput {
    struct Result {
        var open: PublishedDocument.Measure
        /// In the order of the encodings.
        var files: [SegmentSink.File]
        /// Empty for a document of one segment.
        var cuts: [UInt8]
    }

    private(set) var work = SegmentWork()
    private let published: [Int: PublishedSegments]
    private let predecessor: Predecessor?
    private let sinks: [SegmentSink]
    private let packs: Bool
    /// How many segments are written at once: those that are compressed side by side, otherwise as few as show that there are several.
    private let width: Int
    private var boundaries: SegmentBoundaries
    private var cuts: DocumentCuts
    /// A literal that stands before the first entry, until a second segment shows that it becomes one of its own.
    private var head: [UInt8] = []
    /// What the segment that is being written begins with; nil between segments.
    private var current: (place: DocumentCuts.Place, lead: [UInt8])?
    private var bytes: [UInt8] = []
    private var lastKey: [UInt8] = []
    private var pending: [Segment] = []
    private var hash = SHA256()
    private var size = 0

    /// - Parameters:
    ///   - cuts: of the plan, without any yet.
    ///   - published: what is public of the document, by position among the encodings.
    ///   - predecessor: what `keep` takes over.
    init(
        encodings: [Encoding], target: Int, cuts: DocumentCuts, published: [Int: PublishedSegments], predecessor: Predecessor?,
        staging: StagingFolder
    ) throws {
        self.published = published
        self.predecessor = predecessor
        boundaries = SegmentBoundaries(SegmentBoundaries.Sizes(target: target))
        self.cuts = cuts
        sinks = try encodings.map { try SegmentSink($0, content: staging.next()) }
        packs = sinks.contains(where: \.packs)
        width = packs ? 4 : 2
    }

    /// The literal that the document begins with. It changes with every generation (it counts the entries): where there is more than one
    /// segment, it is one of its own.
    func write(head bytes: [UInt8]) { head = bytes }

    /// Any other literal. It stands in the segment of the entry before it.
    func write(literal bytes: [UInt8], piece: Int) {
        if current == nil { current = (DocumentCuts.Place(piece: piece), []) }
        self.bytes += bytes
    }

    /// Whether an entry would begin a segment. Ask before `write`, once for each entry in order.
    func begins(with key: UnsafeRawBufferPointer, size: Int) -> Bool {
        defer { lastKey = Array(key) }
        if current == nil {
            boundaries.end()
            boundaries.extend(by: size)
            return true
        }
        if key.elementsEqual(lastKey) {
            boundaries.extend(by: size)
            return false
        }
        let mark = key.withMemoryRebound(to: UInt8.self) { SegmentBoundaries.mark(of: $0.span) }
        return boundaries.begins(with: mark, size: size)
    }

    /// An entry is left out. One with its key that is not must not begin a segment: segments are ranges of keys.
    func pass(over key: UnsafeRawBufferPointer) { lastKey = Array(key) }

    /// - Parameter begins: what `begins` said of it.
    func write(entry: UnsafeRawBufferPointer, after lead: [UInt8], key: UnsafeRawBufferPointer, piece: Int, begins: Bool) throws {
        if begins {
            try endSegment()
            current = (DocumentCuts.Place(piece: piece, key: Array(key)), lead)
        }
        bytes += lead
        bytes.append(contentsOf: entry)
    }

    /// Takes a segment over from the predecessor: all that is in it is as it was.
    func keep(_ index: Int) throws {
        guard let predecessor else { preconditionFailure("only a predecessor's segments are kept") }
        try endSegment()
        let cut = predecessor.cuts.cuts[index]
        pending.append(Segment(place: cut.place, lead: cut.lead, content: .kept(index)))
        work.kept += 1
        try flushIfFull()
    }

    /// - Parameter digest: of an open document that nobody needs.
    /// - Returns: nil when this is that document.
    /// - Throws: `Predecessor.Damaged`: render again without it.
    func finish(unless digest: [UInt8]?) throws -> Result? {
        takeCurrent()
        try joinOrSeparateHead(isLast: true)
        if let digest, cuts.cuts.isEmpty, pending.count == 1, try SHA256Digest.of(opened(pending[0]).bytes) == digest {
            return nil
        }
        try flush(isLast: true)
        let open = PublishedDocument.Measure(sha256: hash.finish(), size: size)
        if open.sha256 == digest { return nil }
        return Result(
            open: open, files: try sinks.map { try $0.finish(open: open) }, cuts: cuts.cuts.count > 1 ? cuts.encoded : [])
    }

    private func endSegment() throws {
        takeCurrent()
        try flushIfFull()
    }

    private func takeCurrent() {
        guard let current else { return }
        pending.append(Segment(place: current.place, lead: current.lead, content: .fresh(bytes)))
        work.rendered += 1
        self.current = nil
        bytes = []
    }

    private func flushIfFull() throws {
        guard pending.count >= width else { return }
        try joinOrSeparateHead(isLast: false)
        try flush(isLast: false)
    }

    /// The head goes before the only segment, or becomes the first of several.
    private func joinOrSeparateHead(isLast: Bool) throws {
        guard !head.isEmpty else { return }
        if isLast, pending.count <= 1 {
            if let only = pending.first {
                pending = [Segment(place: only.place, lead: only.lead, content: .fresh(head + (try opened(only).bytes)))]
            } else {
                pending = [Segment(place: DocumentCuts.Place(piece: 0), lead: [], content: .fresh(head))]
            }
        } else {
            pending.insert(Segment(place: DocumentCuts.Place(piece: 0), lead: [], content: .fresh(head)), at: 0)
            cuts.separateHead()
        }
        head = []
    }

    /// Compresses what waits, all at once, and writes it in order.
    private func flush(isLast: Bool) throws {
        let isOnly = isLast && pending.count <= 1 && cuts.cuts.isEmpty
        let open: @Sendable (Segment) -> Swift.Result<Opened, any Error> = { [predecessor] segment in
            // A single segment has no cuts and is not looked up.
            Swift.Result { try Self.open(segment, of: predecessor, digested: !isOnly) }
        }
        // Threads cost more than they save where nothing is compressed.
        let opened = try (packs ? Parallel.map(pending, open) : pending.map(open)).map { try $0.get() }
        for (segment, open) in zip(pending, opened) {
            Meter.measure(.digest) { hash.update(open.bytes) }
            size += open.bytes.count
            if !isOnly {
                cuts.append(
                    DocumentCuts.Cut(
                        piece: segment.place.piece, key: segment.place.key, lead: segment.lead, sha256: open.sha256,
                        size: open.bytes.count))
            }
        }
        let packing = sinks.indices.filter { sinks[$0].packs }
        let jobs = packing.flatMap { position in
            opened.map { Job(encoding: sinks[position].encoding, position: position, open: $0, published: published[position]) }
        }
        var packed = Parallel.map(jobs) { $0.run() }[...]
        for sink in sinks {
            guard sink.packs else {
                for open in opened { try sink.write(plain: open.bytes) }
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

    private func opened(_ segment: Segment) throws -> Opened {
        try Self.open(segment, of: predecessor, digested: false)
    }

    private static func open(_ segment: Segment, of predecessor: Predecessor?, digested: Bool) throws -> Opened {
        switch segment.content {
        case .fresh(let bytes):
            return Opened(bytes: bytes, sha256: digested ? SHA256Digest.of(bytes) : [])
        case .kept(let index):
            guard let predecessor else { preconditionFailure("only a predecessor's segments are kept") }
            return try predecessor.open(index)
        }
    }

    private struct Segment: Sendable {
        enum Content: Sendable {
            case fresh([UInt8])
            case kept(Int)
        }

        var place: DocumentCuts.Place
        var lead: [UInt8]
        var content: Content
    }

    /// One segment in one encoding: taken over from the published file, or compressed.
    private struct Job: Sendable {
        var encoding: Encoding
        var position: Int
        var open: Opened
        var published: PublishedSegments?

        func run() -> PackedSegment {
            if let packed = open.packed, packed.position == position {
                return PackedSegment(open: open.sha256, published: packed.segment)
            }
            if !open.sha256.isEmpty, let segment = published?.segment(open: open.sha256) {
                return PackedSegment(open: open.sha256, published: segment)
            }
            let segment = Meter.measure(.compress) { encoding.compressSegment(open.bytes.span) }
            return PackedSegment(
                open: open.sha256, packed: SHA256Digest.of(segment.bytes), summary: segment.summary, bytes: segment.bytes,
                isReused: false)
        }
    }
}

/// A segment's open bytes, wherever they came from.
struct Opened: Sendable {
    var bytes: [UInt8]
    /// Empty when nobody asks.
    var sha256: [UInt8]
    /// The published form that they were taken from.
    var packed: (position: Int, segment: PublishedSegments.Segment)?
}
