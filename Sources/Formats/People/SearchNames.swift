/// Names of the documents of search.
///
/// `a`–`z` and `0`–`9` stand for themselves, other characters are `-` and their number: `qt.json`, `-6f6e-6c50.json`. What is of two words
/// has `_` between them. A word has at most 18 characters, so that the longest name is 255 bytes.
enum SearchNames {
    /// The first two characters of a word.
    static func prefix(of word: [UInt8]) -> [UInt8] { prefix(of: word, 2) }

    /// The first characters of a word.
    static func prefix(of word: [UInt8], _ count: Int) -> [UInt8] {
        var left = count
        var end = 0
        while end < word.count {
            if word[end] & 0xC0 != 0x80 {
                if left == 0 { break }
                left -= 1
            }
            end += 1
        }
        return end == word.count ? word : Array(word[..<end])
    }

    /// `py`, `-6f6e-6c50`.
    static func encoded(_ word: [UInt8]) -> String {
        var name = ""
        for scalar in String(decoding: word, as: UTF8.self).unicodeScalars {
            if scalar.value < 0x80, ASCII.isAlphanumeric(UInt8(truncatingIfNeeded: scalar.value)) {
                name.unicodeScalars.append(scalar)
            } else {
                name += "-" + String(scalar.value, radix: 16)
            }
        }
        return name
    }

    static func path(_ word: [UInt8]) -> String { encoded(word) + ".json" }

    /// The words in their order.
    static func path(_ first: [UInt8], _ second: [UInt8], part: String) -> String {
        encoded(first) + "_" + encoded(second) + (part.isEmpty ? "" : "_" + part) + ".json"
    }
}
