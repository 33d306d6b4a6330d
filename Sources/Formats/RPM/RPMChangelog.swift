/// A package's newest changelog entries.
struct RPMChangelog: Sendable {
    struct Entry: Sendable {
        /// Seconds since 1970, bumped where entries share a date.
        var date: UInt64
        var author: Range<Int>
        var text: Range<Int>
    }

    /// Oldest first, as other.xml lists them (headers have them newest first).
    private(set) var entries: [Entry] = []

    /// Neighbouring entries whose dates are one second apart.
    private struct Run {
        var oldest: UInt64
        var count: Int
        var newest: UInt64 { oldest &+ UInt64(count - 1) }
    }

    /// Entries that are read at most, also when the limit says "all".
    static let most = 65_536

    /// - Parameter limit: how many of the newest are kept; negative for all.
    init(_ header: RPMHeader, _ bytes: Span<UInt8>, limit: Int) throws(Refusal) {
        let times = try header.numbers(.changelogTime, in: bytes)
        var authors = try header.strings(.changelogName, in: bytes), texts = try header.strings(.changelogText, in: bytes)
        let limit = min(limit < 0 ? Self.most : min(limit, Self.most), times.count)
        var lastDate: UInt64 = 0
        var runs: [Run] = []
        while entries.count < limit, let author = try authors.next(in: bytes), let text = try texts.next(in: bytes) {
            let date = times.value(at: entries.count, in: bytes)
            // The first character stays, even if it is a space.
            var end = author.upperBound
            while end > author.lowerBound + 1, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
            entries.append(Entry(date: date, author: author.lowerBound..<end, text: text))
            // Clients order by date alone, so of several entries of one day the newer ones are moved by seconds: all of the run, and
            // the runs before it that it reaches then.
            if date == lastDate, var run = runs.popLast() {
                run.count += 1
                while let before = runs.last, before.oldest == run.newest {
                    runs.removeLast()
                    run.count += before.count
                }
                runs.append(run)
            } else {
                lastDate = date
                runs.append(Run(oldest: date, count: 1))
            }
        }
        var end = entries.count
        for run in runs.reversed() {
            for place in 0..<run.count { entries[end - 1 - place].date = run.oldest &+ UInt64(place) }
            end -= run.count
        }
        entries.reverse()
    }
}
