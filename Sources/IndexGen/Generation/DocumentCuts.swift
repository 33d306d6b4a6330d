internal import Formats

/// Where a document was cut into segments: what lets its next version render those only that hold a changed entry. Losing it costs
/// time only.
struct DocumentCuts: Equatable, Sendable {
    struct Cut: Equatable, Sendable {
        /// Of the segment's first entry; empty for a head literal's segment and for a document that begins with no entry.
        var key: [UInt8]
        /// What is written before that entry: a separator, a group's heading.
        var lead: [UInt8]
        /// SHA-256 of the open bytes, 32 bytes.
        var sha256: [UInt8]
        /// Open bytes.
        var size: Int
        /// Where it begins in the open document.
        var offset = 0
    }

    /// A digest of what decides the bytes besides the entries and the head: a document of another shape is rendered anew.
    let shape: [UInt8]
    /// 1 where the head literal is a segment of its own, otherwise 0.
    let heads: Int
    private(set) var cuts: [Cut] = []
    private var end = 0

    init(shape: [UInt8], heads: Int) {
        precondition(shape.count == 32)
        self.shape = shape
        self.heads = heads
    }

    mutating func append(_ cut: Cut) {
        var cut = cut
        cut.offset = end
        end += cut.size
        cuts.append(cut)
    }

    /// The form in the catalog: shape, number of head segments, then for each segment its digest and, each with its length before
    /// it, size, key and lead; sealed.
    var encoded: [UInt8] {
        var bytes = shape + [UInt8(heads)]
        for cut in cuts {
            bytes += cut.sha256
            for number in [cut.size, cut.key.count, cut.lead.count] {
                withUnsafeBytes(of: UInt32(number).bigEndian) { bytes.append(contentsOf: $0) }
            }
            bytes += cut.key
            bytes += cut.lead
        }
        return Sealed.seal(bytes)
    }

    /// Nil when there is none or it is damaged.
    init?(decoding stored: [UInt8]) {
        guard let stored = Sealed.open(stored), stored.count > 33, stored[32] <= 1 else { return nil }
        self.init(shape: Array(stored[..<32]), heads: Int(stored[32]))
        let bytes = stored.span
        var cursor = Cursor(at: 33, reading: "a document's cuts")
        do {
            while cursor.position < bytes.count {
                let sha256 = bytes.copied(try cursor.take(32, in: bytes))
                let size = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                let key = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                let lead = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                append(
                    Cut(
                        key: bytes.copied(try cursor.take(key, in: bytes)), lead: bytes.copied(try cursor.take(lead, in: bytes)),
                        sha256: sha256, size: size))
            }
        } catch {
            return nil
        }
        guard cuts.count > heads + 1 else { return nil }
    }
}
