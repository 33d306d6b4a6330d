/// Collects a portrait from what a stranger's package says, within bounds: what is empty is left out, what is long is cut, and the end
/// says so.
struct PortraitSketch {
    private(set) var portrait = Portrait()

    /// Bytes of a fact's value.
    static let factBytes = 500
    /// Bytes of a description.
    static let proseBytes = 64 << 10
    /// Entries of a changelog.
    static let entries = 10
    /// Bytes of an entry of a changelog.
    static let entryBytes = 8 << 10
    /// What stands where something was cut off.
    private static let ellipsis = "…"
    /// The last second of the year 9999.
    private static let latest: Int64 = 253_402_300_799

    // MARK: Facts

    /// A pair, unless there is nothing to say.
    mutating func fact(_ label: String, _ value: String?) {
        guard let value = value.map(Self.trimmed), !value.isEmpty else { return }
        portrait.facts.append(.init(label, Self.cut(value, to: Self.factBytes)))
    }

    /// An address, unless there is none. One that is too long is shown without a link.
    mutating func link(_ label: String, _ address: String?) {
        guard let address = address.map(Self.trimmed), !address.isEmpty else { return }
        guard address.utf8.count <= WebLink.limit else { return fact(label, address) }
        portrait.facts.append(.link(label, address))
    }

    /// Somebody, without the address of mail behind the name.
    mutating func person(_ label: String, _ text: String?) { fact(label, text.map(Self.name)) }

    /// A number of bytes.
    mutating func size(_ label: String, _ bytes: UInt64?) {
        guard let bytes, bytes > 0 else { return }
        fact(label, PageWords.size(Int64(clamping: bytes)))
    }

    /// A moment; none for 0, which is what builders write that do not want to say it.
    mutating func time(_ label: String, _ seconds: UInt64?) {
        guard let time = Self.time(seconds), time.seconds > 0 else { return }
        fact(label, PageWords.date(time))
    }

    // MARK: Sections

    /// A description, unless it says no more than the summary above it does.
    mutating func about(_ text: String, besides summary: String) {
        let text = Self.trimmed(text)
        guard !text.isEmpty, !NameIndex.areEqual(text, Self.trimmed(summary)) else { return }
        portrait.sections.append(.about(Self.cut(text, to: Self.proseBytes)))
    }

    mutating func dependencies(_ groups: [(title: String, list: List)]) {
        let groups = groups.compactMap { $0.list.isEmpty ? nil : Portrait.Group($0.title, $0.list.texts) }
        if !groups.isEmpty { portrait.sections.append(.dependencies(groups)) }
    }

    mutating func changelog(_ entries: [Portrait.Entry]) {
        if !entries.isEmpty { portrait.sections.append(.changelog(entries)) }
    }

    mutating func contents(_ paths: List) {
        if !paths.isEmpty { portrait.sections.append(.contents(paths.texts)) }
    }

    mutating func table(_ id: String, _ title: String, _ headings: [Portrait.Table.Heading], _ rows: [[Portrait.Table.Cell]]) {
        guard !rows.isEmpty else { return }
        portrait.sections.append(.init(id: id, title: title, .table(.init(headings, rows))))
    }

    // MARK: Texts

    /// Up to so many bytes of a text, whole characters of UTF-8, and a sign that there is more.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end > text.startIndex, text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return text[..<end] + ellipsis
    }

    /// A part of a package as a text of up to so many bytes: UTF-8, or else Latin-1.
    static func text(_ bytes: Span<UInt8>, upTo limit: Int = factBytes) -> String {
        guard bytes.count > limit else { return XMLText.string(bytes) }
        var end = limit
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        // A row of bytes that is not UTF-8 is cut anywhere.
        return XMLText.string(bytes.extracting(0..<(end == 0 ? limit : end))) + ellipsis
    }

    /// Without the white space of ASCII around it.
    static func trimmed(_ text: String) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || 9...13 ~= byte }
        guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last) else { return text }
        let rest = text.utf8.drop(while: isBlank)
        let end = rest.lastIndex { !isBlank($0) } ?? rest.startIndex
        return rest.isEmpty ? "" : String(decoding: rest[...end], as: UTF8.self)
    }

    /// `A. Person` of `A. Person <person@example.org>`; the address where there is no name.
    static func name(_ text: String) -> String {
        guard let open = text.utf8.firstIndex(of: UInt8(ascii: "<")) else { return text }
        let name = trimmed(String(text[..<open]))
        guard name.isEmpty else { return name }
        return trimmed(
            String(decoding: text[open...].utf8.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }, as: UTF8.self))
    }

    /// Nil for what is beyond the year 9999.
    static func time(_ seconds: UInt64?) -> Timestamp? {
        guard let seconds, let number = Int64(exactly: seconds), number <= latest else { return nil }
        return Timestamp(seconds: number)
    }

    /// A list of which a page shows the beginning.
    struct List {
        /// Items, and bytes of all together. With the note at the end there are as many as a page shows.
        static let most = PortraitPage.items - 1, mostBytes = 64 << 10

        private var items: [String] = []
        private var bytes = 0
        private var left = 0

        init() {}

        init(_ items: some Sequence<String>) { for item in items { append(item) } }

        var isEmpty: Bool { items.isEmpty && left == 0 }

        /// Whether the next of so many bytes is shown. From the first one on that is not, none is.
        private mutating func admits(_ count: Int) -> Bool {
            guard left == 0, items.count < Self.most, count <= Self.mostBytes - bytes else {
                left += 1
                return false
            }
            bytes += count
            return true
        }

        mutating func append(_ item: String) {
            if admits(item.utf8.count) { items.append(item) }
        }

        mutating func append(_ item: Span<UInt8>) {
            if admits(item.count) { items.append(XMLText.string(item)) }
        }

        /// - Parameter make: is not asked for what is not shown.
        mutating func append(bytes count: Int, _ make: () -> String) {
            if admits(count) { items.append(make()) }
        }

        /// What is shown, and how many more there are.
        var texts: [String] { left == 0 ? items : items + ["\(ellipsis) and \(PageWords.count(Int64(left))) more"] }
    }
}
