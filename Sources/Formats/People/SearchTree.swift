/// One document of a prefix.
struct SearchNode: Sendable {
    let prefix: [UInt8]
    let isSplit: Bool
    let rows: [Int32]
}

/// How the words of a shard become prefixes that are small enough.
struct SearchTree {
    private let prefix: [UInt8]
    private let sizes: [Int]
    /// In the order of bytes.
    private let words: [[UInt8]]
    /// By word: its rows, in order.
    private let entries: [[Entry]]
    /// The last node that saw a row, by row.
    private var seen: [Int32]

    private(set) var nodes: [SearchNode] = []
    private(set) var common: [(word: [UInt8], rows: [Int32])] = []

    private struct Entry {
        let row: Int32
        let isInName: Bool
        let isFirst: Bool
    }

    /// - Parameters:
    ///   - rows: in the order of merit among equals.
    ///   - sizes: bytes of each row.
    init(prefix: [UInt8], rows: [SearchRow], sizes: [Int]) {
        self.prefix = prefix
        self.sizes = sizes
        seen = Array(repeating: -1, count: rows.count)
        let isWhole = prefix.count(where: { $0 & 0xC0 != 0x80 }) < 2
        var found: [[UInt8]: [Entry]] = [:]
        for (i, row) in rows.enumerated() {
            for word in row.words where isWhole ? word.text == prefix : word.text.starts(with: prefix) {
                found[word.text, default: []].append(
                    Entry(row: Int32(truncatingIfNeeded: i), isInName: word.isInName, isFirst: word.isFirst))
            }
        }
        let sorted = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        words = sorted.map(\.key)
        entries = sorted.map(\.value)
    }

    /// Makes the nodes. Words have 18 characters at most, so it goes no deeper than that.
    mutating func grow() {
        if !words.isEmpty { grow(prefix, words.indices) }
    }

    private mutating func grow(_ prefix: [UInt8], _ range: Range<Int>) {
        let rows = rows(of: range)
        if size(rows) <= SearchShard.limit {
            nodes.append(SearchNode(prefix: prefix, isSplit: false, rows: rows))
            return
        }
        let isWord = words[range.lowerBound] == prefix
        let own = isWord ? entries[range.lowerBound].map(\.row) : []
        let isCommon = size(own) > SearchShard.limit
        if isCommon { common.append((prefix, own)) }
        // The place in the list of nodes before those of longer prefixes.
        nodes.append(SearchNode(prefix: prefix, isSplit: true, rows: best(prefix, range, besides: isCommon ? [] : own)))
        var start = isWord ? range.lowerBound + 1 : range.lowerBound
        while start < range.upperBound {
            let longer = SearchNames.prefix(of: words[start], prefix.count(where: { $0 & 0xC0 != 0x80 }) + 1)
            var end = start + 1
            while end < range.upperBound, words[end].starts(with: longer) { end += 1 }
            grow(longer, start..<end)
            start = end
        }
    }

    /// The rows of some words, each once, in order.
    private mutating func rows(of range: Range<Int>) -> [Int32] {
        let mark = Int32(truncatingIfNeeded: nodes.count)
        var rows: [Int32] = []
        for word in range {
            for entry in entries[word] where seen[Int(entry.row)] != mark {
                seen[Int(entry.row)] = mark
                rows.append(entry.row)
            }
        }
        rows.sort()
        return rows
    }

    private func size(_ rows: [Int32]) -> Int { rows.reduce(0) { $0 + sizes[Int($1)] } }

    /// The rows that stay with a split prefix: `own` ones, and the best of the others until there are `kept`.
    ///
    /// Best is: the prefix is a word of the name; the name begins with it; a word of the name begins with it; among equals, rows are in
    /// their order.
    private func best(_ prefix: [UInt8], _ range: Range<Int>, besides own: [Int32]) -> [Int32] {
        var ranks: [Int32: UInt64] = [:]
        for word in range {
            let isWhole = words[word] == prefix
            for entry in entries[word] {
                let rank: UInt64 = !entry.isInName ? 3 : isWhole ? 0 : entry.isFirst ? 1 : 2
                ranks[entry.row] = min(ranks[entry.row] ?? 3, rank)
            }
        }
        let own = Set(own)
        let others = ranks.filter { !own.contains($0.key) }.map { $0.value << 32 | UInt64($0.key) }.sorted()
        let kept = others.prefix(max(0, SearchShard.kept - own.count)).map { Int32(truncatingIfNeeded: $0) }
        return (Array(own) + kept).sorted()
    }
}
