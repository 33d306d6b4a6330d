internal import Formats

/// Where a document was cut into segments: what lets its next version render those only that hold something that changed. Losing it
/// costs time only.
struct DocumentCuts: Equatable, Sendable {
    /// A place in a document. Places are in the order of the bytes.
    struct Place: Hashable, Comparable, Sendable {
        /// Which piece of the plan's body.
        var piece: Int
        /// In a run the sort key of an entry; empty for a literal.
        var key: [UInt8] = []

        static func < (a: Place, b: Place) -> Bool {
            a.piece == b.piece ? a.key.lexicographicallyPrecedes(b.key) : a.piece < b.piece
        }
    }

    struct Cut: Equatable, Sendable {
        /// The piece in which the segment begins.
        var piece = 0
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

        var place: Place { Place(piece: piece, key: key) }
    }

    /// A digest of what decides the bytes besides the entries and the literals: a document of another shape is rendered anew.
    let shape: [UInt8]
    /// SHA-256 of each literal behind the head, in order. One that changes concerns the segment that it stands in.
    let literals: [[UInt8]]
    /// 1 where the head literal is a segment of its own, otherwise 0.
    private(set) var heads = 0
    private(set) var cuts: [Cut] = []
    private var end = 0

    /// Of a document that was not cut yet.
    ///
    /// - Parameter shape: of the plan (`Fingerprint.shape`).
    init(of plan: DocumentPlan, shape: [UInt8]) {
        self.init(shape: shape, literals: Self.literals(of: plan).map(\.sha256))
    }

    private init(shape: [UInt8], literals: [[UInt8]]) {
        precondition(shape.count == 32)
        self.shape = shape
        self.literals = literals
    }

    /// The head is a segment of its own.
    mutating func separateHead() {
        precondition(cuts.isEmpty)
        heads = 1
    }

    mutating func append(_ cut: Cut) {
        var cut = cut
        cut.offset = end
        end += cut.size
        cuts.append(cut)
    }

    /// The literals of a plan that stand in its segments, where they stand, with their digests.
    ///
    /// The head does not: it often counts the entries, and is a segment of its own or part of the only one.
    private static func literals(of plan: DocumentPlan) -> [(place: Place, sha256: [UInt8])] {
        plan.body.enumerated().dropFirst(plan.hasHead ? 1 : 0).compactMap { piece, content in
            guard case .literal(let bytes) = content else { return nil }
            return (Place(piece: piece), SHA256Digest.of(bytes))
        }
    }

    /// The places of all that came, went or changed between the document that was cut and its next version, ascending.
    ///
    /// - Parameters:
    ///   - plan: of the next version, of the same shape.
    ///   - changed: sort keys of the entries that did, by partition.
    func changes(in plan: DocumentPlan, _ changed: [PartitionKey: [[UInt8]]]) -> [Place] {
        let now = Self.literals(of: plan)
        precondition(now.count == literals.count, "plans of one shape have as many literals")
        var places = zip(now, literals).filter { $0.sha256 != $1 }.map(\.0.place)
        for (piece, content) in plan.body.enumerated() {
            guard case .run(let run) = content else { continue }
            for partition in run.partitions { places += (changed[partition] ?? []).map { Place(piece: piece, key: $0) } }
        }
        return places.sorted()
    }

    // MARK: The catalog's form

    /// Shape, number of head segments, digests of the literals with their number before them, then for each segment its digest and,
    /// each with its length before it, size, piece, key and lead; sealed.
    var encoded: [UInt8] {
        var bytes = shape + [UInt8(heads)]
        func append(_ numbers: Int...) {
            for number in numbers { withUnsafeBytes(of: UInt32(number).bigEndian) { bytes.append(contentsOf: $0) } }
        }
        append(literals.count)
        for literal in literals { bytes += literal }
        for cut in cuts {
            bytes += cut.sha256
            append(cut.size, cut.piece, cut.key.count, cut.lead.count)
            bytes += cut.key
            bytes += cut.lead
        }
        return Sealed.seal(bytes)
    }

    /// Nil when there is none or it is damaged. One of an earlier version may read like anything: its shape is another.
    init?(decoding stored: [UInt8]) {
        guard let stored = Sealed.open(stored), stored.count > 33, stored[32] <= 1 else { return nil }
        let bytes = stored.span
        var cursor = Cursor(at: 33, reading: "a document's cuts")
        do {
            var literals: [[UInt8]] = []
            for _ in 0..<(try cursor.bigEndian(UInt32.self, in: bytes)) {
                literals.append(bytes.copied(try cursor.take(32, in: bytes)))
            }
            self.init(shape: Array(stored[..<32]), literals: literals)
            heads = Int(stored[32])
            while cursor.position < bytes.count {
                let sha256 = bytes.copied(try cursor.take(32, in: bytes))
                let size = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                let piece = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                let key = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                let lead = Int(try cursor.bigEndian(UInt32.self, in: bytes))
                append(
                    Cut(
                        piece: piece, key: bytes.copied(try cursor.take(key, in: bytes)),
                        lead: bytes.copied(try cursor.take(lead, in: bytes)), sha256: sha256, size: size))
            }
        } catch {
            return nil
        }
        guard cuts.count > heads + 1 else { return nil }
    }
}

extension DocumentPlan {
    /// Whether it begins with a literal.
    var hasHead: Bool { if case .literal? = body.first { true } else { false } }
}
