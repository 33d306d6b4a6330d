internal import Formats

/// Of which compressed segments a published file consists: what lets the next version of the document take over those that did
/// not change, straight out of the file. Losing it costs time only.
///
/// The public file is not trusted: a segment is taken over only if its packed bytes have the digest that is kept here.
struct SegmentIndex: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// SHA-256 of the segment before compression, 32 bytes.
        var open: [UInt8]
        /// SHA-256 of its bytes in the file, 32 bytes.
        var packed: [UInt8]
        var summary: SegmentSummary
        /// Where it begins in the file. Follows from the segments before it.
        var offset: Int
    }

    let encoding: Encoding
    private(set) var entries: [Entry] = []
    private var end: Int

    init(_ encoding: Encoding) {
        self.encoding = encoding
        end = SegmentSplicer(encoding).prologue.count
    }

    mutating func append(open: [UInt8], packed: [UInt8], summary: SegmentSummary) {
        entries.append(Entry(open: open, packed: packed, summary: summary, offset: end))
        end += summary.packedSize
    }

    /// The form in the catalog: the recipe (length, text), then digests and summary of each segment, sealed.
    var encoded: [UInt8] {
        let recipe = [UInt8](encoding.segmentRecipe)
        var bytes = [UInt8(recipe.count)] + recipe
        for entry in entries {
            bytes += entry.open
            bytes += entry.packed
            entry.summary.write(to: &bytes)
        }
        return Sealed.seal(bytes)
    }

    /// Nil when it was made by another library or form, or is damaged: then everything is compressed again.
    init?(decoding stored: [UInt8], for encoding: Encoding) {
        self.init(encoding)
        let recipe = [UInt8](encoding.segmentRecipe)
        guard let stored = Sealed.open(stored), stored.starts(with: [UInt8(recipe.count)] + recipe) else { return nil }
        let bytes = stored.span
        var cursor = Cursor(at: 1 + recipe.count, reading: "an index of segments")
        do {
            while cursor.position < bytes.count {
                let open = bytes.copied(try cursor.take(32, in: bytes))
                let packed = bytes.copied(try cursor.take(32, in: bytes))
                append(open: open, packed: packed, summary: try SegmentSummary(decoding: bytes, at: &cursor, for: encoding))
            }
        } catch {
            return nil
        }
    }
}

/// The segments of a document's file as it is published.
final class PublishedSegments: Sendable {
    struct Segment: Sendable {
        var entry: SegmentIndex.Entry
        /// As they are in the file.
        var bytes: [UInt8]
    }

    let index: SegmentIndex
    private let file: OpenFile
    private let positions: [[UInt8]: Int]

    /// - Parameter path: of the published file.
    /// - Returns: nil when there is no such file.
    init?(path: String, index: SegmentIndex) {
        guard let file = try? OpenFile(reading: path) else { return nil }
        self.file = file
        self.index = index
        positions = Dictionary(zip(index.entries.map(\.open), 0...), uniquingKeysWith: { first, _ in first })
    }

    /// The segment with this open digest; nil when there is none, or when the file was changed.
    func segment(open: [UInt8]) -> Segment? { positions[open].flatMap(segment(at:)) }

    /// A segment by its number; nil when the file was changed.
    func segment(at number: Int) -> Segment? {
        let entry = index.entries[number]
        guard let bytes = try? file.read(at: entry.offset, count: entry.summary.packedSize),
            SHA256Digest.of(bytes) == entry.packed
        else { return nil }
        return Segment(entry: entry, bytes: bytes)
    }
}
