internal import Formats

/// Writes a run's entries with what stands between them. What is written before an entry belongs to its segment.
struct RunWriter<Source: EntrySource> {
    let run: Run
    let entries: Source
    let output: SegmentedOutput
    /// The entry before the next one: its fragment where equal neighbours are left out, and its group's heading.
    private var isFirst = true
    private var previous: [UInt8] = []
    private var heading: [UInt8]?

    enum End {
        /// The last entry was written: what follows the run is to be written now.
        case written
        /// The last segment was taken over, with all that follows the run.
        case kept
    }

    init(run: Run, entries: Source, output: SegmentedOutput) {
        self.run = run
        self.entries = entries
        self.output = output
    }

    mutating func write(over predecessor: Predecessor?) throws -> End {
        guard let predecessor else {
            _ = try writeEntries(from: nil) { _, _ in nil }
            return .written
        }
        var index = predecessor.segments.lowerBound
        while index < predecessor.segments.upperBound {
            if !predecessor.isChanged(index) {
                try output.keep(index)
                index += 1
                continue
            }
            var start: [UInt8]?
            if index > predecessor.segments.lowerBound {
                let key = predecessor.cuts.cuts[index].key
                guard let last = try entries.lastEntry(of: run, before: key) else { throw Predecessor.Damaged() }
                (isFirst, previous, heading) = (false, last.fragment, last.heading)
                start = key
            }
            guard let next = try writeEntries(from: start, until: { predecessor.segment(after: index, key: $0, lead: $1) }) else {
                return .written
            }
            index = next
        }
        return .kept
    }

    /// - Parameter meets: told of each entry that begins a segment: a segment of the predecessor that begins with it, from where on
    ///   nothing needs to be written.
    /// - Returns: that segment; nil at the end of the run, whose last group is closed.
    private mutating func writeEntries(
        from start: [UInt8]?, until meets: (_ key: UnsafeRawBufferPointer, _ lead: [UInt8]) -> Int?
    ) throws -> Int? {
        var lead: [UInt8] = []
        var met: Int?
        try entries.forEachEntry(of: run, from: start) { key, fragment, group in
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
            let begins = output.begins(with: key, size: lead.count + fragment.count)
            if begins {
                met = meets(key, lead)
                if met != nil { return false }
            }
            try output.write(entry: fragment, after: lead, key: key, begins: begins)
            return true
        }
        if met == nil, heading != nil, let grouping = run.grouping { output.write(literal: grouping.closing, isHead: false) }
        return met
    }
}
