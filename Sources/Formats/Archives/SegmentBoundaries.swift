/// Decides where a document is cut into segments: at entries chosen by the hash of their keys, so that a change moves no
/// boundaries but those beside it.
///
/// Asked about each entry in order. The answers depend on the entries since the last boundary and on nothing else: a fresh value
/// may start at any boundary, and once it agrees with an older cut, it agrees to the end of the document.
///
/// An entry begins a segment with a chance in proportion to its size, by its key's hash, in three zones of the segment before it:
///
///     0 … minimum         never
///     minimum … knee      one boundary in 4/3 targets of bytes
///     knee … maximum      one boundary in 1/3 target of bytes
///     beyond maximum      always
///
/// The late zone's higher rate keeps lengths near each other (the mean is 0.89 targets) and lets only e⁻⁶ of the segments reach
/// the maximum. That matters: a cut made for length alone moves with every insertion before it.
///
/// With the default target of 768 KiB: minimum 256 KiB, knee 512 KiB, maximum 2 MiB. Simulated for 20,000 entries (24 and 60 MB,
/// three seeds of each, 600 random insertions, removals and replacements each): mean length 690 KiB; 98.8 % of the changes make
/// one new segment, 1.2 % two, one in 3,600 made four; 0.8 MiB of open bytes are compressed again on average.
///
/// A literal that changes with every generation (a count of packages) should be a segment of its own: call `end` behind it. Entries
/// with equal keys should stay together (`extend`), so that a segment is a range of keys.
package struct SegmentBoundaries: Equatable, Sendable {
    /// Open bytes of a segment.
    package struct Sizes: Hashable, Sendable {
        package let minimum, knee, maximum: Int
        fileprivate let calmStep, lateStep: UInt64

        /// - Parameter target: a little above the mean length; at least 3 bytes. Small targets are for tests.
        package init(target: Int = 768 << 10) {
            precondition(target >= 3 && target <= 1 << 32)
            minimum = target / 3
            knee = 2 * target / 3
            maximum = 8 * target / 3
            // What each byte of an entry adds to the threshold for its mark.
            calmStep = UInt64.max / UInt64(4 * target / 3)
            lateStep = UInt64.max / UInt64(target / 3)
        }
    }

    package let sizes: Sizes
    /// Open bytes since the last boundary.
    package private(set) var length = 0

    package init(_ sizes: Sizes = Sizes()) { self.sizes = sizes }

    /// What decides about an entry: a hash of its sort key (FNV-1a, 64 bits, mixed), or of whatever part of the entry stays when
    /// the rest of it is changed. Entries with equal keys are allowed.
    package static func mark(of key: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for i in key.indices { hash = (hash ^ UInt64(key[i])) &* 0x100_0000_01b3 }
        // FNV leaves the high bits of similar keys similar; the threshold looks at those (finaliser of MurmurHash3).
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    /// Takes in the next entry; true when it begins a new segment, so that what came before it is one.
    ///
    /// - Parameter size: its open bytes, with the separator or heading that is written before it. An entry is never cut: one
    ///   that is longer than the maximum makes a segment as long.
    package mutating func begins(with mark: UInt64, size: Int) -> Bool {
        precondition(size >= 0)
        defer { length += size }
        guard length > 0, isBoundary(mark, size) else { return false }
        length = 0
        return true
    }

    /// Takes in an entry that must stay with the one before it.
    package mutating func extend(by size: Int) {
        precondition(size >= 0)
        length += size
    }

    private func isBoundary(_ mark: UInt64, _ size: Int) -> Bool {
        if size > sizes.maximum - length { return true }
        if length < sizes.minimum { return false }
        let step = length < sizes.knee ? sizes.calmStep : sizes.lateStep
        let (threshold, overflows) = step.multipliedReportingOverflow(by: UInt64(size))
        return overflows || mark < threshold
    }

    /// Ends the segment here, whatever its length: the next entry begins one.
    package mutating func end() { length = 0 }
}
