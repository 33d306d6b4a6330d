/// Pseudo-random numbers (SplitMix64): small, the same everywhere, and no worse for streams that start from neighbouring numbers.
package struct CorpusRandom: RandomNumberGenerator {
    private var state: UInt64

    /// A stream of its own for each seed and index.
    package init(seed: UInt64, index: Int) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(index) &* 0xD134_2543_DE82_EF95
        _ = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0..<limit.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func within(_ range: Range<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func percent(_ chance: Int) -> Bool { below(100) < chance }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}

/// Words for names and texts.
enum CorpusWords {
    static let nouns = words(
        """
        abacus acorn album almond anchor anvil apricot arrow ash atoll badge banjo barley barn basket bay beaver bell bench bison \
        blossom boat bonfire bramble brass brick bucket button cabin camel canal candle canoe carbon castle cave chalk cherry chisel \
        cider cliff clover coal cobweb compass copper cotton crane crater creek cricket crown daisy desert dial dolphin dove drum \
        dune eagle elm emerald engine falcon feather fiddle fig flame flute fog forest fox gate ginger glove goose gravel grove \
        hammer harbour harp hawk hazel heath hill honey hornet ink iris island ivy jacket jasmine jetty jug kettle kite ladder lake
        """)
    static let actions = words("parse index sync watch render merge queue route store trace pack scan sort fetch audit balance")
    static let people = [
        "Anna Kovářová <anna@example.org>", "Build Service <builds@example.com>", "Chidi Ọkafor <chidi@example.net>",
        "Dora Lind <dora@example.org>", "Émile Rousseau (releases) <emile@example.fr>",
    ]
    static let sentences = [
        "It reads and writes the usual formats & keeps what it does not know.",
        "Large inputs are handled in a stream, so that little memory is needed.",
        "Plug-ins can be written in any language that speaks the line protocol.",
        "Příliš žluťoučký kůň úpěl ďábelské ódy; ελληνικά, 中文 and русский work, too.",
        "See <https://example.org/manual?part=1&page=2> for the \"long\" manual.",
        "The defaults suit most sites; every setting can be changed at run time.",
        "This release is supported for five years and gets security fixes only.",
    ]

    private static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }
}
