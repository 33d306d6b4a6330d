internal import Formats

/// A document as it is public, as far as its next version may take it over: whole segments that hold nothing that changed.
///
/// The public file is not trusted: a segment is taken over only if its bytes have the digest that the catalog has of them.
final class Predecessor: Sendable {
    /// The public file is not what the catalog says. The document must be rendered from the catalog.
    struct Damaged: Error {}

    let cuts: DocumentCuts
    private let source: Source
    private let isChanged: [Bool]
    /// Segments by their first entries.
    private let starts: [DocumentCuts.Place: Int]

    /// The plain document, where it is the source.
    private let plain: OpenFile?

    private enum Source: Sendable {
        case plain
        case packed(position: Int, PublishedSegments)
    }

    /// - Parameters:
    ///   - changed: where anything came, went or changed since the document was published, ascending (`DocumentCuts.changes`).
    ///   - published: its segments, by position among the encodings.
    ///   - plain: the path of the plain variant, where there is one.
    /// - Returns: nil where no variant gives its bytes back faster than the catalog does.
    init?(cuts: DocumentCuts, changed: [DocumentCuts.Place], published: [Int: PublishedSegments], plain: String?) {
        if let path = plain {
            // What is not there gives nothing.
            guard let file = try? OpenFile(reading: path) else { return nil }
            self.plain = consume file
            source = .plain
        } else if let fast = published.first(where: { $0.value.index.encoding.expandsFast }),
            fast.value.index.entries.count == cuts.cuts.count
        {
            self.plain = nil
            source = .packed(position: fast.key, fast.value)
        } else {
            return nil
        }
        self.cuts = cuts
        var isChanged = Array(repeating: false, count: cuts.cuts.count)
        var starts: [DocumentCuts.Place: Int] = [:]
        var rest = changed[...]
        for index in cuts.heads..<cuts.cuts.count {
            let place = cuts.cuts[index].place
            starts[place] = index
            // A change of the entry that begins a segment may move the boundary: it concerns the segment before as well.
            if index > cuts.heads {
                while let first = rest.first, first < place {
                    isChanged[index - 1] = true
                    rest = rest.dropFirst()
                }
                if rest.first == place { isChanged[index - 1] = true }
            }
        }
        if !rest.isEmpty { isChanged[cuts.cuts.count - 1] = true }
        self.isChanged = isChanged
        self.starts = starts
    }

    /// The segments that hold entries.
    var segments: Range<Int> { cuts.heads..<cuts.cuts.count }

    func isChanged(_ index: Int) -> Bool { isChanged[index] }

    /// The unchanged segment behind `index` that begins with this entry after this lead.
    func segment(after index: Int, at place: DocumentCuts.Place, lead: [UInt8]) -> Int? {
        guard let found = starts[place], found > index, !isChanged[found], cuts.cuts[found].lead == lead else { return nil }
        return found
    }

    /// A segment's bytes, checked.
    func open(_ index: Int) throws -> Opened { try Meter.measure(.read) { try read(index) } }

    private func read(_ index: Int) throws -> Opened {
        let cut = cuts.cuts[index]
        switch source {
        case .plain:
            guard let bytes = try? plain?.read(at: cut.offset, count: cut.size), SHA256Digest.of(bytes) == cut.sha256 else {
                throw Damaged()
            }
            return Opened(bytes: bytes, sha256: cut.sha256)
        case .packed(let position, let published):
            guard let segment = published.segment(at: index), segment.entry.open == cut.sha256,
                let bytes = published.index.encoding.expandSegment(segment.bytes.span, openSize: cut.size)
            else { throw Damaged() }
            return Opened(bytes: bytes, sha256: cut.sha256, packed: (position, segment))
        }
    }
}
