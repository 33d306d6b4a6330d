import Testing

@testable import Formats

struct SearchTests {
    private func words(_ text: String) -> [String] { SearchWords.all(of: text).map { String(decoding: $0, as: UTF8.self) } }

    /// All documents of an index, as if it were made anew.
    private func index(_ rows: [SearchRow]) -> [String: [UInt8]] {
        var shards: [String: [SearchRow]] = [:]
        for row in rows { for prefix in row.prefixes { shards[prefix, default: []].append(row) } }
        let made = shards.map { SearchShard(prefix: $0.key, rows: $0.value) }
        let common = Set(made.flatMap(\.common).map { [UInt8]($0) })
        var documents: [String: [UInt8]] = [:]
        for shard in made {
            for (path, bytes) in shard.documents(common: common) { #expect(documents.updateValue(bytes, forKey: path) == nil) }
        }
        documents[SearchIndex.path] = SearchIndex.document(
            count: rows.count, common: made.flatMap(\.common), split: made.flatMap(\.split))
        return documents
    }

    /// Rows that have two common words, one that fewer have, and one of their own.
    private func many(_ count: Int) -> [SearchRow] {
        (0..<count).map { i in
            SearchRow(
                place: "acme/debian", name: "lib\(i % 7)-tide\(i)",
                summary: "Library for gauges, reads records number \(i) in the forms of agencies \(i % 3 == 0 ? "slowly" : "")")
        }
    }

    @Test
    func `Words are folded, and cut at what is neither letter nor digit`() {
        #expect(
            words("Lib-\u{C9}t\u{E9} foo_bar2 \u{641}\u{64E}x \u{1EA4}\u{142}") == [
                "lib", "ete", "foo", "bar2", "\u{641}x", "a\u{142}",
            ])
        #expect(words("e\u{301} \u{130} \u{3A3}\u{1F7} \u{401}") == ["e", "i", "\u{3C3}\u{1BF}", "\u{435}"])
        #expect(words("\u{6570}\u{636E}\u{5305}") == ["\u{6570}\u{636E}\u{5305}"])
        #expect(words(String(repeating: "x", count: 40)) == [String(repeating: "x", count: 18)])
        #expect(words("") == [])
    }

    @Test
    func `Summaries are cut, tidied, and give only words that tell something`() {
        let row = SearchRow(
            place: "a/rpm", name: "r-X", summary: "  The\u{202E} relay\n of r and " + String(repeating: "y", count: 200))
        #expect(row.summary.hasPrefix("The relay of r and y"))
        #expect(row.summary.unicodeScalars.count == 120)
        #expect(
            row.words.map { String(decoding: $0.text, as: UTF8.self) } == ["r", "x", "relay", String(repeating: "y", count: 18)])
        #expect(row.prefixes == ["r", "re", "x", "yy"])
        #expect(SearchRow(place: "a/rpm", name: "a\"b", summary: "").json == [UInt8](#"["a\"b",""]"#))
    }

    @Test
    func `Names of documents are made of a few safe characters`() {
        #expect(SearchNames.path([UInt8]("\u{6F6E}\u{6C50}")) == "-6f6e-6c50.json")
        #expect(SearchNames.path([UInt8]("py"), [UInt8]("e1"), part: "2a") == "py_e1_2a.json")
        let word = SearchWords.all(of: String(repeating: "\u{1D7D8}\u{20000}", count: 30))[0]
        #expect(SearchNames.path(word, word, part: "ffffffff").utf8.count <= 255)
    }

    @Test
    func `A small index has a document for each prefix`() {
        let documents = index([
            SearchRow(place: "acme/rpm", name: "relay", summary: "Carries records"),
            SearchRow(place: "acme/npm", name: "@acme/relay", summary: ""),
        ])
        #expect(documents.keys.sorted() == ["ac.json", "ca.json", "index.json", "re.json"])
        #expect(
            String(decoding: documents["re.json"] ?? [], as: UTF8.self)
                == #"{"packages":{"acme/npm":[["@acme/relay",""]],"acme/rpm":[["relay","Carries records"]]}}"# + "\n")
        #expect(
            String(decoding: documents["index.json"] ?? [], as: UTF8.self) == #"{"format":2,"count":2,"common":[],"split":[]}"#
                + "\n")
    }

    @Test
    func `Large prefixes are split, common words have lists in common, and all of these are small`() throws {
        let documents = index(many(2_000))
        let text = String(decoding: try #require(documents["index.json"]), as: UTF8.self)
        #expect(
            text.contains(
                "\"common\":[\"agencies\",\"forms\",\"gauges\",\"library\",\"number\",\"reads\",\"records\",\"slowly\"]"))
        #expect(documents.values.allSatisfy { $0.count < SearchShard.limit + 2_048 })
        #expect(String(decoding: try #require(documents["li.json"]), as: UTF8.self).hasPrefix("{\"more\":true,\"packages\""))
        // The parts of a pair have each row once.
        var names: Set<String> = []
        var part = "library_records"
        var read = 0
        while let bytes = documents[part + ".json"] {
            read += 1
            let text = String(decoding: bytes, as: UTF8.self)
            for name in text.split(separator: "[\"").dropFirst() {
                #expect(names.insert(String(name.prefix { $0 != "\"" })).inserted)
            }
            guard let next = text.split(separator: "\"next\":\"").dropFirst().first else { break }
            part = "library_records_" + next.prefix { $0 != "\"" }
        }
        #expect(names.count == 2_000)
        #expect(read > 4)
    }

    @Test
    func `The order of rows does not matter`() {
        let rows = many(1_200)
        #expect(index(rows) == index(rows.reversed()))
    }

    @Test
    func `A new name changes a handful of documents`() {
        let rows = many(2_000)
        let before = index(rows)
        for i in 0..<12 {
            let new = SearchRow(
                place: "acme/debian", name: "zeta-with-many-mills\(i)", summary: "Library with records of mills, not slowly")
            let after = index(rows + [new])
            let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            #expect(changed.isSuperset(of: ["index.json", "ze.json"]))
            // The count, four words of its own, and three pairs of common words, of two parts at most. Its name is too long for the best.
            #expect(changed.count <= 15, "\(changed)")
            #expect(changed.allSatisfy { $0 == "index.json" || new.prefixes.contains(String($0.prefix(2))) })
        }
    }

    @Test
    func `Documents that a row is in can be made alone`() {
        let rows = many(1_200)
        let new = SearchRow(place: "acme/debian", name: "library-mill", summary: "Of records, for agencies")
        let words: Set<[UInt8]> = Set(["library", "records", "agencies"].map { [UInt8]($0) })
        for prefix in new.prefixes {
            let before = Dictionary(
                SearchShard(prefix: prefix, rows: rows.filter { $0.prefixes.contains(prefix) }).documents(common: words).map {
                    ($0.path, $0.bytes)
                },
                uniquingKeysWith: { a, _ in a })
            let shard = SearchShard(prefix: prefix, rows: rows.filter { $0.prefixes.contains(prefix) } + [new])
            let all = shard.documents(common: words)
            let some = shard.documents(common: words, of: [new])
            #expect(some.count <= all.count)
            let changed = all.filter { before[$0.path] != $0.bytes }.map(\.path)
            #expect(Set(some.map(\.path)).isSuperset(of: changed))
        }
    }

    @Test
    func `A row with all words of the world is not everywhere`() {
        let alphabet = (0..<26).map { String(UnicodeScalar(UInt8(97 + $0))) }
        let all = alphabet.map { String(repeating: $0, count: 3) }.joined(separator: " ")
        let rows = (0..<600).map { SearchRow(place: "acme/rpm", name: "p\($0)", summary: all) }
        let documents = index(rows)
        #expect(documents.keys.filter { $0.contains("_") && $0.split(separator: "_").count == 2 }.count <= 12 * 11 / 2)
    }
}
