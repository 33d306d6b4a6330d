internal import Formats

/// Writes a plan's pieces, over the published version as far as there is one: its segments without a change are taken over, the others
/// are written from the entries.
struct BodyWriter<Source: EntrySource> {
    let plan: DocumentPlan
    let entries: Source
    let output: SegmentedOutput
    let predecessor: Predecessor?

    func write() throws {
        if plan.hasHead, case .literal(let head) = plan.body[0] { output.write(head: head) }
        guard let predecessor else {
            _ = try write(from: nil) { _, _ in nil }
            return
        }
        var index = predecessor.segments.lowerBound
        while index < predecessor.segments.upperBound {
            if !predecessor.isChanged(index) {
                try output.keep(index)
                index += 1
                continue
            }
            // Of the first one nothing is known to be still there; before any other stands one that was kept.
            let start = index > predecessor.segments.lowerBound ? index : nil
            guard let next = try write(from: start, until: { predecessor.segment(after: index, at: $0, lead: $1) }) else {
                return
            }
            index = next
        }
    }

    /// - Parameters:
    ///   - start: the predecessor's segment that begins with the first entry to be written; nil: everything behind the head.
    ///   - meets: told of each entry that begins a segment: a segment of the predecessor that begins with it, from where on nothing
    ///     needs to be written.
    /// - Returns: that segment; nil at the end of the document.
    private func write(from start: Int?, until meets: (DocumentCuts.Place, _ lead: [UInt8]) -> Int?) throws -> Int? {
        let place = start.flatMap { predecessor?.cuts.cuts[$0].place }
        for piece in (place?.piece ?? (plan.hasHead ? 1 : 0))..<plan.body.count {
            switch plan.body[piece] {
            case .literal(let bytes): output.write(literal: bytes, piece: piece)
            case .run(let run):
                var writer = RunWriter(run: run, piece: piece, entries: entries, output: output)
                if let place, let start, place.piece == piece {
                    // What was kept before it may end with an entry of an earlier run.
                    let isContinued = predecessor?.cuts.cuts[start - 1].piece == piece
                    if try !writer.resume(before: place.key), isContinued { throw Predecessor.Damaged() }
                }
                if let met = try writer.write(from: place?.piece == piece ? place?.key : nil, until: meets) { return met }
            }
        }
        return nil
    }
}

/// Writes a run's entries with what stands between them. What is written before an entry belongs to its segment.
private struct RunWriter<Source: EntrySource> {
    let run: Run
    let piece: Int
    let entries: Source
    let output: SegmentedOutput
    /// The entry before the next one: its fragment where equal neighbours are left out, and its group's heading.
    private var isFirst = true
    private var previous: [UInt8] = []
    private var heading: [UInt8]?

    init(run: Run, piece: Int, entries: Source, output: SegmentedOutput) {
        self.run = run
        self.piece = piece
        self.entries = entries
        self.output = output
    }

    /// Goes on behind the last entry before this key, if there is one.
    mutating func resume(before key: [UInt8]) throws -> Bool {
        guard let last = try entries.lastEntry(of: run, before: key) else { return false }
        (isFirst, previous, heading) = (false, last.fragment, last.heading)
        return true
    }

    /// - Parameters:
    ///   - start: the first entry's key; nil: from the first of all.
    ///   - meets: as in `BodyWriter`.
    /// - Returns: the segment that was met; nil at the end of the run, whose last group is closed.
    mutating func write(
        from start: [UInt8]?, until meets: (DocumentCuts.Place, _ lead: [UInt8]) -> Int?
    ) throws -> Int? {
        precondition(run.limit == nil, "limited runs are literals by now")
        var lead: [UInt8] = []
        var met: Int?
        try entries.forEachEntry(of: run, from: start) { key, fragment, group in
            if run.firstOf != nil, let group {
                if let heading, group.elementsEqual(heading) {
                    output.pass(over: key)
                    return true
                }
                heading = Array(group)
            }
            if run.distinct {
                if !isFirst, fragment.elementsEqual(previous) {
                    output.pass(over: key)
                    return true
                }
                previous = Array(fragment)
            }
            lead.removeAll(keepingCapacity: true)
            if let grouping = run.grouping, let group {
                if let heading, group.elementsEqual(heading) {
                    lead += run.separator
                } else {
                    if heading != nil {
                        lead += grouping.closing
                        lead += grouping.separator
                    }
                    lead += group
                    heading = Array(group)
                }
            } else if !isFirst {
                lead += run.separator
            }
            isFirst = false
            return try run.filled(fragment) { fragment in
                let begins = output.begins(with: key, size: lead.count + fragment.count)
                if begins {
                    met = meets(DocumentCuts.Place(piece: piece, key: Array(key)), lead)
                    if met != nil { return false }
                }
                try output.write(entry: fragment, after: lead, key: key, piece: piece, begins: begins)
                return true
            }
        }
        if met == nil, heading != nil, let grouping = run.grouping { output.write(literal: grouping.closing, piece: piece) }
        return met
    }
}

extension Run {
    /// Hands on a fragment as it stands in the document.
    fileprivate func filled<Result>(
        _ fragment: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        guard let filling else { return try body(fragment) }
        var filled: [UInt8] = []
        filled.reserveCapacity(fragment.count + filling.count)
        for byte in fragment {
            if byte == 0 { filled += filling } else { filled.append(byte) }
        }
        return try filled.withUnsafeBytes(body)
    }

    /// All that a limited run comes to.
    func literal(from entries: some EntrySource) throws -> [UInt8] {
        var literal: [UInt8] = []
        var written = 0
        var last: [UInt8]?
        try entries.forEachEntry(of: self, from: nil) { _, fragment, group in
            if firstOf != nil, let group {
                if let last, group.elementsEqual(last) { return true }
                last = Array(group)
            }
            if written == limit { return false }
            if written > 0 { literal += separator }
            filled(fragment) { literal.append(contentsOf: $0) }
            written += 1
            return true
        }
        return literal
    }
}

extension DocumentPlan {
    /// The same with what limited runs come to in their places.
    func resolved(from entries: some EntrySource) throws -> DocumentPlan {
        var plan = self
        plan.body = try body.map { piece in
            guard case .run(let run) = piece, run.limit != nil else { return piece }
            return .literal(try run.literal(from: entries))
        }
        return plan
    }
}
