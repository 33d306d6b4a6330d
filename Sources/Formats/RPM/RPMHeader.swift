/// One header of an RPM file, the signature or the main one: an index of typed entries over a store of data.
///
/// Layout (rpm: docs/manual/format_header.md): magic `8E AD E8 01`, four reserved bytes, the number of entries and the size of
/// the store (both big-endian u32), 16 bytes for each entry (tag, type, offset, count), the store. Nothing is copied: the index is
/// checked once, values are found by offset when asked for.
struct RPMHeader: Sendable {
    /// In the file, magic and store included.
    let range: Range<Int>
    /// `signature` or `header`, for messages.
    let subject: StaticString
    private let store: Range<Int>
    /// Bytes that one string may have.
    private let longestText: Int
    /// For each slot of `RPMTag` the number of its entry plus one; 0 where the tag is missing.
    private var directory: [UInt16]

    /// Entries in one header (rpm's own bound).
    static let entryLimit = 0xFFFF

    /// Types of values.
    private enum Kind {
        static let int8: UInt32 = 2, int16: UInt32 = 3, int32: UInt32 = 4, int64: UInt32 = 5
        static let string: UInt32 = 6, binary: UInt32 = 7, strings: UInt32 = 8, translated: UInt32 = 9
    }

    private struct Entry {
        var kind: UInt32
        /// In the file.
        var offset: Int
        var count: Int
    }

    /// Whether a header's magic stands at this offset.
    static func stands(at offset: Int, in bytes: Span<UInt8>) -> Bool {
        offset >= 0 && offset <= bytes.count - 4 && bytes[offset] == 0x8E && bytes[offset + 1] == 0xAD
            && bytes[offset + 2] == 0xE8
            && bytes[offset + 3] == 0x01
    }

    /// Checks the index of the header that starts at an offset: every entry's data must lie inside the store and be aligned.
    init(_ bytes: Span<UInt8>, at start: Int, _ subject: StaticString, within budget: Budget) throws(Refusal) {
        self.subject = subject
        longestText = budget.memberBytes
        guard start >= 0, start <= bytes.count - 16 else { throw Self.truncated(subject, at: bytes.count) }
        guard Self.stands(at: start, in: bytes) else {
            throw Refusal(
                .malformed, "the RPM \(subject) does not begin with its magic", at: "byte \(start)",
                remedy: "send the file again, it is no complete RPM package")
        }
        let entries = Int(Self.u32(bytes, start + 8)), size = Int(Self.u32(bytes, start + 12))
        guard entries <= Self.entryLimit, size <= budget.headerBytes else {
            throw Refusal(
                .limit,
                "the RPM \(subject) announces \(entries) entries and \(size) bytes, more than \(Self.entryLimit) entries or "
                    + "\(budget.headerBytes) bytes are not read", at: "byte \(start + 8)", remedy: "rebuild the package")
        }
        let index = start + 16
        guard entries * 16 + size <= bytes.count - index else { throw Self.truncated(subject, at: bytes.count) }
        store = (index + entries * 16)..<(index + entries * 16 + size)
        range = start..<store.upperBound
        directory = [UInt16](repeating: 0, count: RPMTag.slots)
        for i in 0..<entries {
            let place = index + i * 16
            let tag = Self.u32(bytes, place)
            // 61–63 are regions: their offsets lead to trailers, which the index does not need.
            guard !(61...63 ~= tag) else { continue }
            let kind = Self.u32(bytes, place + 4)
            let offset = Int(Self.u32(bytes, place + 8)), count = Int(Self.u32(bytes, place + 12))
            let width: Int
            switch kind {
            case Kind.int16: width = 2
            case Kind.int32: width = 4
            case Kind.int64: width = 8
            case 0...Kind.translated: width = 1
            default: throw Self.malformed("tag \(tag) of the RPM \(subject) has the unknown type \(kind)", at: place)
            }
            // A count is at most 2³², so the product cannot overflow. A string needs its NUL, an element of an array one, too.
            guard offset <= size, count * width <= size - offset, offset & (width - 1) == 0 else {
                throw Self.malformed("the data of tag \(tag) lie outside the store of the RPM \(subject)", at: place)
            }
            guard let slot = RPMTag.slot(tag) else { continue }
            guard directory[slot] == 0 else {
                throw Refusal(
                    .ambiguous, "the RPM \(subject) holds tag \(tag) twice", at: "byte \(place)", remedy: "rebuild the package")
            }
            directory[slot] = UInt16(i + 1)
        }
    }

    func has(_ tag: RPMTag) -> Bool { position(of: tag) != nil }

    /// A string without its NUL; of a translated one the first form, which is the "C" locale's. Nil where the tag is missing, or
    /// where an array holds not exactly one.
    func string(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        guard let entry = entry(tag, in: bytes) else { return nil }
        switch entry.kind {
        case Kind.string, Kind.translated: break
        case Kind.strings where entry.count == 1: break
        case Kind.strings: return nil
        default: throw Self.malformed("tag \(tag.rawValue) of the RPM \(subject) is no string", at: entry.offset)
        }
        guard entry.count > 0 else { return nil }
        return try Self.terminated(bytes, from: entry.offset, before: store.upperBound, within: longestText, tag, subject)
    }

    /// An array of strings; empty where the tag is missing.
    func strings(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> RPMStrings {
        guard let entry = entry(tag, in: bytes) else { return RPMStrings(tag, 0, 0..<0, longestText, subject) }
        guard entry.kind == Kind.strings || entry.kind == Kind.string || entry.kind == Kind.translated else {
            throw Self.malformed("tag \(tag.rawValue) of the RPM \(subject) is no array of strings", at: entry.offset)
        }
        return RPMStrings(tag, entry.count, entry.offset..<store.upperBound, longestText, subject)
    }

    /// An array of unsigned numbers of any width; empty where the tag is missing.
    func numbers(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> RPMNumbers {
        guard let entry = entry(tag, in: bytes) else { return RPMNumbers(offset: 0, count: 0, width: 1) }
        let width: Int
        switch entry.kind {
        case 1, Kind.int8: width = 1
        case Kind.int16: width = 2
        case Kind.int32: width = 4
        case Kind.int64: width = 8
        default: throw Self.malformed("tag \(tag.rawValue) of the RPM \(subject) is no number", at: entry.offset)
        }
        return RPMNumbers(offset: entry.offset, count: entry.count, width: width)
    }

    /// The first of an array of numbers.
    func number(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> UInt64? {
        let numbers = try numbers(tag, in: bytes)
        return numbers.count > 0 ? numbers.value(at: 0, in: bytes) : nil
    }

    /// A number that has a wide tag of its own where 32 bits do not hold it.
    func number(_ wide: RPMTag, or narrow: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> UInt64? {
        if let number = try number(wide, in: bytes) { return number }
        return try number(narrow, in: bytes)
    }

    private func position(of tag: RPMTag) -> Int? {
        guard let slot = RPMTag.slot(tag.rawValue), directory[slot] > 0 else { return nil }
        return range.lowerBound + 16 + 16 * Int(directory[slot] - 1)
    }

    private func entry(_ tag: RPMTag, in bytes: Span<UInt8>) -> Entry? {
        guard let place = position(of: tag) else { return nil }
        return Entry(
            kind: Self.u32(bytes, place + 4), offset: store.lowerBound + Int(Self.u32(bytes, place + 8)),
            count: Int(Self.u32(bytes, place + 12)))
    }

    @inline(__always)
    private static func u32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8 | UInt32(bytes[offset + 3])
    }

    /// Where the string that starts here ends, its NUL excluded.
    @inline(__always)
    fileprivate static func terminated(
        _ bytes: Span<UInt8>, from start: Int, before end: Int, within limit: Int, _ tag: RPMTag, _ subject: StaticString
    ) throws(Refusal) -> Range<Int> {
        var i = start
        while i < end, bytes[i] != 0 { i += 1 }
        guard i - start <= limit else {
            throw Refusal(
                .limit, "a string of tag \(tag.rawValue) of the RPM \(subject) has more than \(limit) bytes", at: "byte \(start)",
                remedy: "shorten it and rebuild the package")
        }
        guard i < end else { throw malformed("a string of tag \(tag.rawValue) has no end in the RPM \(subject)", at: start) }
        return start..<i
    }

    fileprivate static func malformed(_ what: String, at offset: Int) -> Refusal {
        Refusal(.malformed, what, at: "byte \(offset)", remedy: "rebuild the package")
    }

    private static func truncated(_ subject: StaticString, at offset: Int) -> Refusal {
        Refusal(.truncated, "the RPM \(subject) is not all there", at: "byte \(offset)", remedy: "send the file again")
    }
}

/// An array of strings, one after the other in the store, each with a NUL at its end.
struct RPMStrings: Sendable {
    let count: Int
    private let tag: RPMTag
    private let subject: StaticString
    private var remaining: Int
    private var position: Int
    private let end: Int
    private let longestText: Int

    fileprivate init(_ tag: RPMTag, _ count: Int, _ range: Range<Int>, _ longestText: Int, _ subject: StaticString) {
        self.tag = tag
        self.count = count
        self.subject = subject
        remaining = count
        position = range.lowerBound
        end = range.upperBound
        self.longestText = longestText
    }

    /// The next one, nil after the last.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        guard remaining > 0 else { return nil }
        let range = try RPMHeader.terminated(bytes, from: position, before: end, within: longestText, tag, subject)
        remaining -= 1
        position = range.upperBound + 1
        return range
    }
}

/// An array of big-endian unsigned numbers, whose place has been checked.
struct RPMNumbers: Sendable {
    let offset: Int
    let count: Int
    let width: Int

    /// `i` must be below `count`.
    @inline(__always)
    func value(at i: Int, in bytes: Span<UInt8>) -> UInt64 {
        var number: UInt64 = 0
        for k in 0..<width { number = number << 8 | UInt64(bytes[offset + i * width + k]) }
        return number
    }
}
