/// The rows of all words that begin with the same two characters, and the documents made of them.
///
/// Documents depend on these rows and on which words are common in the whole index, on nothing else:
/// - `PREFIX.json` has all rows with a word that begins so. Where they are more than `limit` bytes, the prefix is *split*: it keeps the best
///   `kept` rows, and all with just this word as far as these fit; longer words go on in prefixes of one character more.
/// - A word is *common* if its own rows are more than `limit`. For two common words `A_B.json` has the rows that have both, the best first:
///   a chain of parts, each of which names the next. Parts end where a row says so (its digest), so that a new row changes one of them.
package struct SearchShard: Sendable {
    /// Bytes of rows in a document.
    package static let limit = 40 << 10
    /// Rows of a prefix or word that is split.
    package static let kept = 200
    /// Common words of one row that count: a row with all words of the world must not be everywhere. Those of its name come first.
    static let pairedWords = 12

    package let prefix: String
    /// Prefixes that are split, in order of bytes.
    package let split: [String]
    /// Words that are common, in order of bytes; each is split, too.
    package let common: [String]

    /// From here on rows are their numbers: shorter names first, then by bytes of name and place.
    let rows: [SearchRow]
    let json: [[UInt8]]
    let nodes: [SearchNode]
    /// By common word: its rows.
    let owned: [(word: [UInt8], rows: [Int32])]

    /// - Parameters:
    ///   - prefix: two characters, or one where that is the whole word.
    ///   - rows: those that have this among their `prefixes`, each once, in any order.
    package init(prefix: String, rows: [SearchRow]) {
        self.prefix = prefix
        // By length first: rows are only looked at where that is the same.
        let order = rows.indices.map { (length: rows[$0].name.utf8.count, row: $0) }.sorted { a, b in
            a.length != b.length ? a.length < b.length : Self.isBefore(rows[a.row], rows[b.row])
        }
        let rows = order.map { rows[$0.row] }
        self.rows = rows
        json = rows.map(\.json)
        var tree = SearchTree(prefix: Array(prefix.utf8), rows: rows, sizes: json.map { $0.count + 1 })
        tree.grow()
        nodes = tree.nodes
        owned = tree.common
        split = tree.nodes.filter(\.isSplit).map { String(decoding: $0.prefix, as: UTF8.self) }
        common = tree.common.map { String(decoding: $0.word, as: UTF8.self) }
    }

    /// By bytes of name and place.
    private static func isBefore(_ a: SearchRow, _ b: SearchRow) -> Bool {
        if !a.name.utf8.elementsEqual(b.name.utf8) { return a.name.utf8.lexicographicallyPrecedes(b.name.utf8) }
        return a.place.utf8.lexicographicallyPrecedes(b.place.utf8)
    }

    /// The documents, by their names below the folder of search.
    ///
    /// - Parameters:
    ///   - common: the common words of all shards.
    ///   - changed: nil for all documents; otherwise those that these rows are in or may have been in. The others are as they were before
    ///     these rows came or went, if `common` and `split` are.
    package func documents(common: Set<[UInt8]>, of changed: [SearchRow]? = nil) -> [(path: String, bytes: [UInt8])] {
        let words = changed.map { Set($0.flatMap { $0.words.map(\.text) }) }
        var documents: [(path: String, bytes: [UInt8])] = []
        for node in nodes where words?.contains(where: { $0.starts(with: node.prefix) }) ?? true {
            documents.append((SearchNames.path(node.prefix), document(node.rows, isCut: node.isSplit, next: nil)))
        }
        for (word, rows) in owned where words?.contains(word) ?? true {
            documents += pairs(of: word, rows, common: words.map(common.intersection) ?? common, all: common)
        }
        return documents
    }

    /// Documents of a common word and each of some others behind it.
    ///
    /// - Parameter all: the common words, which decide for which pairs a row counts.
    private func pairs(
        of word: [UInt8], _ owned: [Int32], common: Set<[UInt8]>, all: Set<[UInt8]>
    ) -> [(path: String, bytes: [UInt8])] {
        var partners: [[UInt8]: [UInt64]] = [:]
        for row in owned {
            let found = rows[Int(row)].words.filter { all.contains($0.text) }.prefix(Self.pairedWords)
            guard let own = found.first(where: { $0.text == word }) else { continue }
            for other in found where word.lexicographicallyPrecedes(other.text) && common.contains(other.text) {
                // Rows with both words in their names come before those with one.
                let rank: UInt64 = (own.isInName ? 0 : 1) + (other.isInName ? 0 : 1)
                partners[other.text, default: []].append(rank << 32 | UInt64(row))
            }
        }
        var documents: [(path: String, bytes: [UInt8])] = []
        for (other, ranked) in partners.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let parts = parts(ranked.sorted().map { Int32(truncatingIfNeeded: $0) })
            for (i, part) in parts.enumerated() {
                let next = i + 1 < parts.count ? parts[i + 1].name : nil
                documents.append((SearchNames.path(word, other, part: part.name), document(part.rows, isCut: false, next: next)))
            }
        }
        return documents
    }

    /// The parts of a long list: about 256 rows each, never more than `limit` bytes. A part is named after the row before it.
    private func parts(_ list: [Int32]) -> [(name: String, rows: [Int32])] {
        var parts: [(name: String, rows: [Int32])] = []
        var names: Set<String> = []
        var name = ""
        var rows: [Int32] = []
        var size = 0
        for row in list {
            rows.append(row)
            size += json[Int(row)].count + 1
            guard rows.count >= 64 else { continue }
            let digest = digest(of: row)
            guard digest % 192 == 0 || size > Self.limit - 1_024 else { continue }
            // Two rows of one digest among some hundred: then the part goes on.
            let next = String(digest, radix: 16)
            guard names.insert(next).inserted else { continue }
            parts.append((name, rows))
            name = next
            rows = []
            size = 0
        }
        if !rows.isEmpty || parts.isEmpty { parts.append((name, rows)) }
        return parts
    }

    /// FNV-1a, 32 bits, of place and name.
    private func digest(of row: Int32) -> UInt32 {
        var digest: UInt32 = 0x811C_9DC5
        for byte in rows[Int(row)].place.utf8 { digest = (digest ^ UInt32(byte)) &* 0x0100_0193 }
        digest = digest &* 0x0100_0193
        for byte in rows[Int(row)].name.utf8 { digest = (digest ^ UInt32(byte)) &* 0x0100_0193 }
        return digest ^ digest >> 15
    }

    /// `{"more":true,"next":"1f","packages":{"acme/rpm":[["name","summary"]]}}`: places and names in the order of their bytes.
    private func document(_ list: [Int32], isCut: Bool, next: String?) -> [UInt8] {
        var byPlace: [String: [Int32]] = [:]
        for row in list { byPlace[rows[Int(row)].place, default: []].append(row) }
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        bytes.reserveCapacity(list.reduce(64) { $0 + json[Int($1)].count + 1 })
        if isCut { bytes.append("\"more\":true," as StaticString) }
        if let next {
            bytes.append("\"next\":" as StaticString)
            JSONWriter.append(next, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        bytes.append("\"packages\":{" as StaticString)
        let places = byPlace.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (i, (place, list)) in places.enumerated() {
            if i > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONWriter.append(place, to: &bytes)
            bytes.append(":[" as StaticString)
            let sorted = list.sorted { json[Int($0)].lexicographicallyPrecedes(json[Int($1)]) }
            for (k, row) in sorted.enumerated() {
                if k > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += json[Int(row)]
            }
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append("}}\n" as StaticString)
        return bytes
    }
}
