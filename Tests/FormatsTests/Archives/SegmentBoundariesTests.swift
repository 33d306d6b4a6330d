import Testing

@testable import Formats

@Suite struct SegmentBoundariesTests {
    struct Entry {
        var mark: UInt64
        var size: Int
    }

    /// 20,000 entries by default, 200 bytes to 6 KB, one in a hundred ten times as large: about 60 MB.
    static func entries(_ count: Int = 20_000, seed: UInt64 = 1) -> [Entry] {
        var numbers = SeededNumbers(seed: seed)
        return (0..<count).map { entry("package-\($0)", &numbers) }
    }

    static func entry(_ key: String, _ numbers: inout SeededNumbers) -> Entry {
        let size = Int.random(in: 200...5_500, using: &numbers) * (Int.random(in: 0..<100, using: &numbers) == 0 ? 10 : 1)
        return Entry(mark: SegmentBoundaries.mark(Array(key.utf8)), size: size)
    }

    /// Where segments begin, from the entry `start` on; stops at a boundary that `isEnd` accepts, which is included.
    static func starts(
        _ entries: [Entry], _ sizes: SegmentBoundaries.Sizes = .init(), from start: Int = 0,
        until isEnd: (Int) -> Bool = { _ in false }
    ) -> [Int] {
        var boundaries = SegmentBoundaries(sizes)
        var starts = [start]
        for i in start..<entries.count where boundaries.begins(with: entries[i].mark, size: entries[i].size) {
            starts.append(i)
            if isEnd(i) { break }
        }
        return starts
    }

    static func lengths(_ entries: [Entry], _ starts: [Int]) -> [Int] {
        zip(starts, starts.dropFirst() + [entries.count]).map { entries[$0..<$1].reduce(0) { $0 + $1.size } }
    }

    @Test func `lengths stay between the limits and near the target`() {
        for seed in 1...5 as ClosedRange<UInt64> {
            let entries = Self.entries(seed: seed)
            let lengths = Self.lengths(entries, Self.starts(entries))
            #expect(lengths.dropLast().allSatisfy { $0 >= 256 << 10 && $0 <= 2 << 20 })
            let mean = lengths.reduce(0, +) / lengths.count
            #expect(mean > 600 << 10 && mean < 800 << 10, "\(mean)")
            // Only a few were cut for their length: those would end within an entry of the maximum.
            #expect(lengths.count { $0 > 2 << 20 - 60_000 } <= 1)
        }
    }

    @Test(arguments: [1 << 10, 64 << 10, 512 << 10, 1 << 20, 2 << 20]) func `the target can be set`(target: Int) {
        let sizes = SegmentBoundaries.Sizes(target: target)
        #expect(sizes.minimum < sizes.knee && sizes.knee < target && sizes.maximum > 2 * target)
        var numbers = SeededNumbers(seed: 5)
        // Entries much smaller than the target, whatever it is.
        let entries = (0..<40_000).map {
            Entry(mark: SegmentBoundaries.mark(Array("\($0)".utf8)), size: Int.random(in: 0...(target / 64), using: &numbers))
        }
        let lengths = Self.lengths(entries, Self.starts(entries, sizes))
        let mean = lengths.reduce(0, +) / lengths.count
        #expect(mean > target * 8 / 10 && mean < target * 10 / 10, "\(mean) of \(target)")
        #expect(lengths.dropLast().allSatisfy { $0 >= sizes.minimum && $0 <= sizes.maximum })
    }

    @Test func `an insertion, removal or replacement makes one or two new segments`() {
        let old = Self.entries()
        let oldStarts = Self.starts(old)
        let segmentEnds = Dictionary(uniqueKeysWithValues: zip(oldStarts, oldStarts.dropFirst() + [old.count]))
        var numbers = SeededNumbers(seed: 2)
        var histogram: [Int: Int] = [:]
        for trial in 0..<1_000 {
            let at = Int.random(in: 0..<old.count, using: &numbers)
            var new = old
            var shift = 0
            switch trial % 3 {
            case 0:
                new.insert(Self.entry("package-\(at)-new-\(trial)", &numbers), at: at)
                shift = 1
            case 1:
                new.remove(at: at)
                shift = -1
            default: new[at].size = new[at].size * 11 / 10
            }
            // What a generator does: start at the segment of the entry before, and stop where a boundary is an old one again.
            let first = oldStarts.last { $0 <= max(0, at - 1) } ?? 0
            let walked = Self.starts(new, from: first) { $0 - shift > at && segmentEnds[$0 - shift] != nil }
            let isInStep = (walked.last.map { $0 - shift > at && segmentEnds[$0 - shift] != nil }) ?? false
            let ends = walked.dropFirst() + (isInStep ? [] : [new.count])
            // A walked segment is not a new one when it lies before the change and was there.
            let made = zip(walked, ends).count { start, end in !(end <= at && segmentEnds[start] == end) }
            histogram[made, default: 0] += 1
            if trial % 20 == 0 {
                let kept = oldStarts.filter { $0 < first }
                let rest = isInStep ? oldStarts.map { $0 + shift }.filter { $0 > (walked.last ?? 0) } : []
                #expect(Self.starts(new) == kept + walked + rest, "trial \(trial): resuming differs from cutting afresh")
            }
        }
        #expect(histogram[1, default: 0] >= 950, "\(histogram)")
        #expect(histogram[1, default: 0] + histogram[2, default: 0] >= 990, "\(histogram)")
        #expect((histogram.keys.max() ?? 0) <= 4, "\(histogram)")
    }

    @Test func `documents without keys to choose by are cut at the maximum`() {
        let entries = [Entry](repeating: Entry(mark: .max, size: 1_000), count: 10_000)
        let lengths = Self.lengths(entries, Self.starts(entries))
        #expect(lengths.dropLast().allSatisfy { $0 <= 2 << 20 && $0 > 2 << 20 - 1_000 })
        let eager = [Entry](repeating: Entry(mark: 0, size: 1_000), count: 10_000)
        #expect(Self.lengths(eager, Self.starts(eager)).dropLast().allSatisfy { $0 >= 256 << 10 && $0 < 258 << 10 })
    }

    @Test func `an entry is never cut, however large`() {
        let huge = Entry(mark: .max, size: 50 << 20), small = Entry(mark: .max, size: 10), limit = Entry(mark: 0, size: .max)
        #expect(Self.starts([small, huge, small, small]) == [0, 1, 2])
        #expect(Self.starts([huge]) == [0])
        #expect(Self.starts([small, limit, small]) == [0, 1, 2])
        #expect(Self.starts([Entry(mark: 0, size: 0), Entry(mark: 0, size: 0)]) == [0])
    }

    @Test func `a segment can be ended by hand`() {
        var boundaries = SegmentBoundaries()
        let isFirst = boundaries.begins(with: 0, size: 300 << 10)
        var ended = boundaries
        ended.end()
        #expect(ended == SegmentBoundaries())
        let followsEnd = ended.begins(with: 0, size: 10), followsEntry = boundaries.begins(with: 0, size: 10)
        #expect([isFirst, followsEnd, followsEntry] == [false, false, true])
        #expect(boundaries.length == 10)
    }

    @Test func `marks of similar keys are spread evenly`() {
        var buckets = [Int](repeating: 0, count: 64)
        for i in 0..<64_000 { buckets[Int(SegmentBoundaries.mark(Array("libfoo-\(i)-1.el9.x86_64".utf8)) >> 58)] += 1 }
        #expect(buckets.allSatisfy { $0 > 850 && $0 < 1_150 }, "\(buckets)")
        #expect(SegmentBoundaries.mark([UInt8]()) != 0)
    }

    /// Boundaries are part of the published bytes: a change here makes every cached segment useless.
    @Test func `marks never change`() {
        #expect(SegmentBoundaries.mark(Array("a".utf8)) == 9_413_272_369_427_828_315)
    }
}
