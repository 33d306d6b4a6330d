/// A version in the order of Maven's `ComparableVersion` (maven-artifact 3.8.7): numbers and words, split at dots, dashes and between
/// digits and letters; a dash, or a change between the two, opens a list that counts less than what stands before it.
///
/// `alpha` < `beta` < `milestone` < `rc` < `snapshot` < nothing = `ga` = `final` = `release` < `sp` < any other word < a number. Zeros and
/// empty words at the end of a list count for nothing: `1`, `1.0` and `1.0.Final` are equal. Capitals are small letters.
package struct ComparableVersion: VersionOrder {
    /// As it was written.
    package let text: String
    let items: [Item]

    indirect enum Item: Sendable {
        /// Digits without zeros in front; none for 0.
        case number([UInt8])
        case word(Word)
        /// Only ever the last of its list.
        case list([Item])

        var isNothing: Bool {
            switch self {
            case .number(let digits): digits.isEmpty
            case .word(let word): word == .release
            case .list(let items): items.isEmpty
            }
        }
    }

    /// The qualifiers in their order.
    enum Word: Equatable, Comparable, Sendable {
        case alpha, beta, milestone, candidate, snapshot, release, servicePack
        /// Small letters.
        case other([UInt8])

        /// - Parameter isNumbered: whether digits follow at once: `a1` is `alpha-1`.
        init(_ bytes: [UInt8], isNumbered: Bool) {
            switch String(decoding: bytes, as: UTF8.self) {
            case "alpha": self = .alpha
            case "a" where isNumbered: self = .alpha
            case "beta": self = .beta
            case "b" where isNumbered: self = .beta
            case "milestone": self = .milestone
            case "m" where isNumbered: self = .milestone
            case "rc", "cr": self = .candidate
            case "snapshot": self = .snapshot
            case "", "ga", "final", "release": self = .release
            case "sp": self = .servicePack
            default: self = .other(bytes)
            }
        }

        var rank: UInt8 {
            switch self {
            case .alpha: 0
            case .beta: 1
            case .milestone: 2
            case .candidate: 3
            case .snapshot: 4
            case .release: 5
            case .servicePack: 6
            case .other: 7
            }
        }

        static func < (a: Word, b: Word) -> Bool {
            if case .other(let one) = a, case .other(let other) = b { return one.lexicographicallyPrecedes(other) }
            return a.rank < b.rank
        }
    }

    package init(_ text: String) {
        self.text = text
        // One list for each dash or change, each in the one before.
        var lists: [[Item]] = [[]]
        var part: [UInt8] = []
        var isDigits = false
        func item(_ part: [UInt8], isDigits: Bool, isNumbered: Bool = false) -> Item {
            isDigits ? .number(Array(part.drop { $0 == 48 })) : .word(Word(part, isNumbered: isNumbered))
        }
        for byte in text.utf8.map({ ASCII.lowered($0) }) {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"):
                lists[lists.count - 1].append(part.isEmpty ? .number([]) : item(part, isDigits: isDigits))
                part = []
                if byte == UInt8(ascii: "-") { lists.append([]) }
            case _ where ASCII.isDigit(byte):
                if !isDigits, !part.isEmpty {
                    if lists.last?.isEmpty == false { lists.append([]) }
                    lists[lists.count - 1].append(item(part, isDigits: false, isNumbered: true))
                    part = []
                    lists.append([])
                }
                isDigits = true
                part.append(byte)
            default:
                if isDigits, !part.isEmpty {
                    lists[lists.count - 1].append(item(part, isDigits: true))
                    part = []
                    lists.append([])
                }
                isDigits = false
                part.append(byte)
            }
        }
        if !part.isEmpty {
            if !isDigits, lists.last?.isEmpty == false { lists.append([]) }
            lists[lists.count - 1].append(item(part, isDigits: isDigits))
        }
        var inner: [Item] = []
        for list in lists.reversed() {
            var outer = list
            while outer.last?.isNothing == true { outer.removeLast() }
            if !inner.isEmpty { outer.append(.list(inner)) }
            inner = outer
        }
        items = inner
    }

    // MARK: - Maven's comparison

    /// -1, 0 or 1, as Maven compares two versions. A word at the beginning, or alone behind a dot before something else (`1.foo.1`,
    /// `1.sp-1`), makes Maven's comparison go in circles: `1.sp.1` < `1-alpha` < `1` < `1.sp.1`. `sortKey` is an order there, too.
    package func compared(to other: ComparableVersion) -> Int { Self.compare(items[...], other.items[...]) }

    private static func compare(_ a: ArraySlice<Item>, _ b: ArraySlice<Item>) -> Int {
        var a = a, b = b
        while !a.isEmpty || !b.isEmpty {
            let result =
                switch (a.popFirst(), b.popFirst()) {
                case (let one?, let other?): compare(one, other)
                case (let one?, nil): sign(of: one)
                case (nil, let other?): -sign(of: other)
                case (nil, nil): 0
                }
            if result != 0 { return result }
        }
        return 0
    }

    private static func compare(_ a: Item, _ b: Item) -> Int {
        switch (a, b) {
        case (.number(let one), .number(let other)):
            if one.count != other.count { return one.count < other.count ? -1 : 1 }
            return one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
        case (.word(let one), .word(let other)): return one == other ? 0 : one < other ? -1 : 1
        case (.list(let one), .list(let other)): return compare(one[...], other[...])
        case (.number, _), (.list, .word): return 1
        case (_, .number), (.word, .list): return -1
        }
    }

    /// How it compares with nothing.
    private static func sign(of item: Item) -> Int {
        switch item {
        case .number(let digits): digits.isEmpty ? 0 : 1
        case .word(let word): word == .release ? 0 : word < .release ? -1 : 1
        case .list(let items): sign(of: items[...])
        }
    }

    private static func sign(of items: ArraySlice<Item>) -> Int {
        for item in items {
            let sign = sign(of: item)
            if sign != 0 { return sign }
        }
        return 0
    }

    // MARK: - Sort keys

    /// What an item begins with in a key. What the end of a version stands for is nothing, so all that is less than nothing comes before.
    private enum Mark: UInt8 {
        case lesserWord = 0x10
        /// `final` and its like, with less than nothing behind.
        case emptyWordBeforeLess = 0x18
        case lesserList = 0x20
        case zeroBeforeLess = 0x28
        case end = 0x30
        case emptyWord = 0x38
        case greaterWord = 0x40
        case greaterList = 0x50
        case number = 0x60
    }

    /// Maven's order, ascending; versions that Maven holds for equal (`1`, `1.0`) follow their texts.
    package var sortKey: [UInt8] {
        SortKey.of { key in
            Self.append(items[...], to: &key)
            key.rank(Mark.end)
            key.word(text)
        }
    }

    /// The text, which decides at last.
    package var canonical: String { text }

    /// A snapshot, that is: what is called alpha or rc is a release for Maven.
    package var isPrerelease: Bool { text.hasSuffix("SNAPSHOT") }

    private static func append(_ items: ArraySlice<Item>, to key: inout SortKey) {
        var rest = items
        while let item = rest.popFirst() {
            switch item {
            case .number(let digits):
                let isLess = digits.isEmpty && sign(of: rest) < 0
                key.rank(isLess ? Mark.zeroBeforeLess : .number)
                if isLess { continue }
                key.number(digits)
            case .word(.release): key.rank(sign(of: rest) < 0 ? Mark.emptyWordBeforeLess : .emptyWord)
            case .word(let word):
                key.rank(word < .release ? Mark.lesserWord : .greaterWord)
                key.rank(word.rank)
                if case .other(let letters) = word { key.word(letters) }
            case .list(let inner):
                key.rank(sign(of: inner[...]) < 0 ? Mark.lesserList : .greaterList)
                append(inner[...], to: &key)
            }
        }
    }
}

extension ComparableVersion: Comparable {
    /// By `sortKey`.
    package static func < (a: ComparableVersion, b: ComparableVersion) -> Bool { a.sortKey.lexicographicallyPrecedes(b.sortKey) }

    package static func == (a: ComparableVersion, b: ComparableVersion) -> Bool { a.text == b.text }
}
