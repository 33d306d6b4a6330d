/// Words of names and summaries as search knows them. `search.js` cuts questions in the same way: whatever changes here changes there.
///
/// A word is a run of letters and digits (Unicode L and N), in lower case, without marks. Precomposed letters of Latin, Greek and Cyrillic
/// scripts count as their base; that is what NFKD makes of them where it makes one character. Other scripts stay as they are written, since
/// neither side should need Unicode's whole table.
enum SearchWords {
    /// Characters of a word that count; what is behind them is left out.
    static let limit = 18

    /// Words of summaries that are in most of them, and are found in names only. Words of fewer than three letters are so, too.
    static let stop: Set<[UInt8]> = Set(
        [
            "and", "are", "but", "can", "for", "from", "has", "into", "its", "not", "that", "the", "this", "was", "which", "with",
            "you", "your",
        ]
        .map { [UInt8]($0) })

    /// The words of a text in their order, as often as they stand there; each at most `limit` characters.
    static func all(of text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var count = 0
        for scalar in text.unicodeScalars {
            if scalar.value < 0x80 {
                let byte = ASCII.lowered(UInt8(truncatingIfNeeded: scalar.value))
                if ASCII.isAlphanumeric(byte) {
                    if count < limit { word.append(byte) }
                    count += 1
                } else if count > 0 {
                    words.append(word)
                    word.removeAll(keepingCapacity: true)
                    count = 0
                }
                continue
            }
            for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                let folded = base(of: lower)
                switch folded.properties.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark: break
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                    .letterNumber,
                    .otherNumber:
                    if count < limit { word.append(contentsOf: UTF8.encode(folded) ?? UTF8.encodedReplacementCharacter) }
                    count += 1
                default:
                    guard count > 0 else { break }
                    words.append(word)
                    word.removeAll(keepingCapacity: true)
                    count = 0
                }
            }
        }
        if count > 0 { words.append(word) }
        return words
    }

    /// The letter without the marks that are part of it.
    private static func base(of letter: Unicode.Scalar) -> Unicode.Scalar {
        let value = Int(letter.value)
        guard value >= 0xC0, value < 0x500 || 0x1E00..<0x1F00 ~= value else { return letter }
        let found = bases[value < 0x500 ? value - 0xC0 : value - 0x1E00 + 0x440]
        return Unicode.Scalar(found) ?? letter
    }

    /// By letter, U+00C0 to U+04FF and behind them U+1E00 to U+1EFF; U+D800, which is no character, where a letter is its own base.
    private static let bases: [UInt16] = {
        var bases = [UInt16](repeating: 0xD800, count: 0x540)
        for group in families.split(separator: " ") {
            let base = group.unicodeScalars.first?.value ?? 0
            for letter in group.unicodeScalars.dropFirst() {
                let value = Int(letter.value)
                bases[value < 0x500 ? value - 0xC0 : value - 0x1E00 + 0x440] = UInt16(truncatingIfNeeded: base)
            }
        }
        return bases
    }()

    /// Each base, followed by the letters that are it with marks, or another form of it.
    private static let families = """
        aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ bḃḅḇ cçćĉċčḉ dďḋḍḏḑḓ eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ fḟ gĝğġģǧǵḡ \
        hĥȟḣḥḧḩḫẖ iìíîïĩīĭįǐȉȋḭḯỉị jĵǰ kķǩḱḳḵ lĺļľḷḹḻḽ mḿṁṃ nñńņňǹṅṇṉṋ \
        oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ pṕṗ rŕŗřȑȓṙṛṝṟ sśŝşšſșṡṣṥṧṩẛ tţťțṫṭṯṱẗ \
        uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự vṽṿ wŵẁẃẅẇẉẘ xẋẍ yýÿŷȳẏẙỳỵỷỹ zźżžẑẓẕ æǣǽ øǿ ʒǯ αά βϐ εέϵ \
        ηή θϑ ιΐίϊ κϰ οό πϖ ρϱ ςϲ υΰϋύ φϕ ωώ аӑӓ гѓ еѐёӗ жӂӝ зӟ ийѝӣӥ кќ оӧ уўӯӱӳ чӵ ыӹ эӭ ії ѵѷ \
        әӛ өӫ
        """
}
