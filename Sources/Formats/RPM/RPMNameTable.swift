/// A table from byte strings to numbers.
///
/// Hashes are keyed (`Hasher`), so that a hostile header cannot make look-ups slow; the table's order is never visible.
struct RPMNameTable {
    private var arena: [UInt8] = []
    private var entries: [(range: Range<Int>, value: Int)] = []
    /// Number of an entry plus one, 0 where free; a power of two, never more than half full.
    private var slots: [Int] = []

    var isEmpty: Bool { entries.isEmpty }

    /// Enters a name, or replaces its value.
    mutating func set(_ name: Span<UInt8>, _ value: Int) {
        if entries.count * 2 >= slots.count { grow() }
        let slot = find(name)
        if slots[slot] > 0 {
            entries[slots[slot] - 1].value = value
        } else {
            let start = arena.count
            arena.append(name)
            entries.append((start..<arena.count, value))
            slots[slot] = entries.count
        }
    }

    func value(_ name: Span<UInt8>) -> Int? {
        guard !entries.isEmpty else { return nil }
        let slot = find(name)
        return slots[slot] > 0 ? entries[slots[slot] - 1].value : nil
    }

    private func find(_ name: Span<UInt8>) -> Int {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] > 0, !isEqual(name, entries[slots[slot] - 1].range) { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private func isEqual(_ name: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard name.count == range.count else { return false }
        for i in 0..<name.count where name[i] != arena[range.lowerBound + i] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int](repeating: 0, count: max(64, slots.count * 2))
        for i in entries.indices {
            var slot = Self.hash(arena.span.extracting(entries[i].range)) & (slots.count - 1)
            while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = i + 1
        }
    }

    private static func hash(_ name: Span<UInt8>) -> Int {
        var hasher = Hasher()
        name.withUnsafeBufferPointer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return hasher.finalize()
    }
}
