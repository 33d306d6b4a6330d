/// Search without a server: `index.json` and many small documents beside it, which `search.js` reads.
///
/// How it is kept up: a row belongs to the shards of its `prefixes`. When rows of a prefix change, `SearchShard` says what its documents
/// are now; and when the common words change, too, all shards with common words are rendered again.
package enum SearchIndex {
    package static let path = "index.json"

    /// `{"format":2,"count":N,"common":[…],"split":[…]}`.
    ///
    /// - Parameters:
    ///   - count: packages.
    ///   - common: the common words of all shards.
    ///   - split: the split prefixes of all shards; those that are common words, too, are left out of the document's list.
    package static func document(count: Int, common: some Sequence<String>, split: some Sequence<String>) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("format", 2)
        json.member("count", count)
        let common = Set(common)
        json.key("common")
        write(common, to: &json)
        json.key("split")
        write(split.filter { !common.contains($0) }, to: &json)
        json.endObject()
        return json.bytes + [10]
    }

    private static func write(_ words: some Sequence<String>, to json: inout JSONWriter) {
        json.beginArray()
        for word in words.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { json.value(word) }
        json.endArray()
    }
}
