/// Numbers and nouns as people read them.
enum Words {
    /// `1 file`, `2 files`, `1,792 files`.
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(Self.number(number)) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// `1,792`
    static func number(_ number: Int) -> String {
        var digits = Array(String(number.magnitude).utf8)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(UInt8(ascii: ","), at: index)
            index -= 3
        }
        return (number < 0 ? "-" : "") + String(decoding: digits, as: UTF8.self)
    }

    /// How many letters must be added, left out, replaced or swapped with their neighbour to make one word of the other.
    static func distance(_ one: String, _ other: String) -> Int {
        let a = Array(one.utf8), b = Array(other.utf8)
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }

    /// The word that was probably meant; nil when none is near.
    static func nearest(to word: String, among words: [String]) -> String? {
        // A long line pasted by mistake is not a misspelt word.
        guard word.utf8.count <= 32 else { return nil }
        let most = word.utf8.count <= 3 ? 1 : 2
        return words.map { (Self.distance(word, $0), $0) }.filter { $0.0 <= most }.min { $0 < $1 }?.1
    }
}
