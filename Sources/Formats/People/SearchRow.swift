/// What search knows of one package. Nothing of a version is in it but the summary, so that most uploads leave the index alone.
package struct SearchRow: Sendable {
    /// `acme/rpm`.
    package let place: String
    package let name: String
    /// At most `summaryLimit` characters, without what cannot be seen.
    package let summary: String
    /// Different ones: those of the name first, then those of the summary.
    let words: [Word]

    struct Word: Hashable, Sendable {
        let text: [UInt8]
        let isInName: Bool
        /// Whether the name begins with it.
        let isFirst: Bool
    }

    /// Characters of a summary that are shown and searched.
    package static let summaryLimit = 120

    /// - Parameters:
    ///   - place: owner and type, `acme/rpm`.
    ///   - summary: any text; one line is made of it.
    package init(place: String, name: String, summary: String) {
        self.place = place
        self.name = name
        self.summary = Self.line(summary)
        var words: [Word] = []
        var known = Set<[UInt8]>()
        for word in SearchWords.all(of: name) where known.insert(word).inserted {
            words.append(Word(text: word, isInName: true, isFirst: words.isEmpty))
        }
        for word in SearchWords.all(of: self.summary)
        where Self.isLong(word) && !SearchWords.stop.contains(word) && known.insert(word).inserted {
            words.append(Word(text: word, isInName: false, isFirst: false))
        }
        self.words = words
    }

    /// The prefixes of the shards that this row belongs to, in order: the first two characters of each of its words.
    package var prefixes: [String] {
        Set(words.map { SearchNames.prefix(of: $0.text) }).map { String(decoding: $0, as: UTF8.self) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// `["name","summary"]`: the row in a shard.
    package var json: [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "[")]
        JSONWriter.append(name, to: &json)
        json.append(UInt8(ascii: ","))
        JSONWriter.append(summary, to: &json)
        json.append(UInt8(ascii: "]"))
        return json
    }

    /// Whether a word has three characters or more.
    private static func isLong(_ word: [UInt8]) -> Bool { word.count > 2 && word.count(where: { $0 & 0xC0 != 0x80 }) > 2 }

    /// The beginning of a text, with one blank for each run of what cannot be seen, and none at its ends.
    private static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        var wantsBlank = false
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar == "\t" || scalar == "\n" || HTMLText.isOdd(scalar) {
                wantsBlank = count > 0
                continue
            }
            guard count + (wantsBlank ? 1 : 0) < summaryLimit else { break }
            if wantsBlank {
                line.append(" ")
                count += 1
            }
            line.append(scalar)
            count += 1
            wantsBlank = false
        }
        return String(line)
    }
}
