/// One header of an RPM file, the signature or the main one: an index of typed entries over a store of data.
///
/// Layout (rpm: docs/manual/format_header.md): magic `8E AD E8 01`, four reserved bytes, the number of entries and the size of
/// the store (both big-endian u32), 16 bytes for each entry (tag, type, offset, count), the store. Nothing is copied: the index is
/// checked once, values are found by offset when asked for.
struct RPMHeader: Sendable {
    /// In the file, magic and store included.
    let range: Range<Int>
    let role: Role
    private let store: Range<Int>
    /// Bytes that one string may have.
    private let longestText: Int
    /// For each slot of `RPMTag` the number of its entry plus one; 0 where the tag is missing.
    private var directory: [UInt16]

    /// Which of a package's two headers it is.
    enum Role: Sendable {
        case signature, main

        /// For messages.
        var subject: StaticString { self == .signature ? "signature" : "header" }
        /// The tag of its region.
        fileprivate var region: UInt32 { self == .signature ? 62 : 63 }
        /// rpm's own bounds (lib/header.c, `hdrblobVerifyLengths`).
        var entryLimit: Int { self == .signature ? 32 : 0xFFFF }
        fileprivate var storeLimit: Int { self == .signature ? 64 << 20 : .max }

        /// What the entry of a tag must hold. rpm judges the signature header's later, tag by tag; so does `RPMSignature`.
        @inline(__always)
        fileprivate func kind(of tag: UInt32) -> RPMTagTable.Kind { self == .main ? RPMTagTable.kind(of: tag) : .any }
    }

    /// Types of values.
    enum Kind {
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

    /// Checks the index of the header that starts at an offset as rpm does before it looks at a value (lib/header.c, `hdrblobInit`, 4.14 and
    /// later): the region leads to its trailer, and every entry has values of a known type, inside the store, aligned, behind those
    /// of the entry before it. A header that fails here is one that no rpm reads.
    init(_ bytes: Span<UInt8>, at start: Int, _ role: Role, within budget: Budget) throws(Refusal) {
        self.role = role
        longestText = budget.memberBytes
        guard start >= 0, start <= bytes.count - 16 else { throw Self.truncated(role, at: bytes.count) }
        guard Self.stands(at: start, in: bytes) else {
            throw Refusal(
                .malformed, "the RPM \(role.subject) does not begin with its magic", at: "byte \(start)",
                remedy: "send the file again, it is not a complete RPM package")
        }
        let entries = Int(Self.u32(bytes, start + 8)), size = Int(Self.u32(bytes, start + 12))
        let mostBytes = min(role.storeLimit, budget.headerBytes)
        guard entries <= role.entryLimit, size <= mostBytes else {
            throw Refusal(
                .limit,
                "the RPM \(role.subject) announces \(entries) entries and \(size) bytes, more than \(role.entryLimit) entries or "
                    + "\(mostBytes) bytes are not read", at: "byte \(start + 8)", remedy: "rebuild the package")
        }
        let index = start + 16
        guard entries * 16 + size <= bytes.count - index else { throw Self.truncated(role, at: bytes.count) }
        store = (index + entries * 16)..<(index + entries * 16 + size)
        range = start..<store.upperBound
        directory = [UInt16](repeating: 0, count: RPMTag.slots)
        for i in 4..<8 where bytes[start + i] != 0 {
            throw Refusal(
                .malformed, "the reserved bytes of the RPM \(role.subject) are not zero", at: "byte \(start + i)",
                remedy: "send the file again, or rebuild the package")
        }
        let region = try Self.region(of: role, entries, store, in: bytes)
        // The end of the values so far, in the store, and where it were if nothing lay between them.
        var end = 0, dense = 0
        for i in (region == nil ? 0 : 1)..<entries {
            let entry = try Self.checked(bytes, at: index + i * 16, after: end, store, role, isTyped: region != nil)
            end = entry.end
            dense = (dense + entry.width - 1) / entry.width * entry.width + entry.end - entry.offset
            if let trailer = region, end > trailer, entry.offset < trailer + 16 {
                throw Self.malformed(entry.tag, "has values that overlap the region's trailer", role, at: index + i * 16)
            }
            guard let slot = RPMTag.slot(entry.tag) else { continue }
            guard directory[slot] == 0 else {
                throw Refusal(
                    .ambiguous, "the RPM \(role.subject) holds \(RPMTagTable.name(of: entry.tag, in: role)) twice",
                    at: "byte \(index + i * 16)", remedy: "rebuild the package")
            }
            directory[slot] = UInt16(i + 1)
        }
        // rpm adds up what it loads (`hdrblobImport`).
        guard dense == (region == nil ? size : size - 16) else {
            throw Refusal(
                .malformed, "the RPM \(role.subject) has bytes in its store that no entry names", at: "byte \(store.lowerBound)",
                remedy: "send the file again, or rebuild the package")
        }
    }

    /// Where the trailer of the header's region lies in the store; nil for a header without a region, as rpm 3 and older wrote them.
    private static func region(of role: Role, _ entries: Int, _ store: Range<Int>, in bytes: Span<UInt8>) throws(Refusal) -> Int?
    {
        let place = store.lowerBound - 16 * entries
        guard entries > 0 else {
            throw Refusal(
                .malformed, "the RPM \(role.subject) has no entries", at: "byte \(place)", remedy: "rebuild the package")
        }
        guard u32(bytes, place) == role.region else { return nil }
        func fault(_ what: String) -> Refusal { malformed(role.region, what, role, at: place) }
        let offset = Int(u32(bytes, place + 8))
        guard u32(bytes, place + 4) == 7, u32(bytes, place + 12) == 16 else { throw fault("is not a region of 16 bytes") }
        guard offset <= store.count - 16 else { throw fault("leads out of the store") }
        let trailer = store.lowerBound + offset
        // Signature headers of rpm 4.0 end with the trailer of a main header (61).
        let tag = u32(bytes, trailer)
        guard tag == role.region || (role == .signature && tag == 61), u32(bytes, trailer + 4) == 7,
            u32(bytes, trailer + 12) == 16
        else { throw fault("does not lead to its trailer") }
        let covered = -Int(Int32(bitPattern: u32(bytes, trailer + 8)))
        guard covered % 16 == 0, 0...entries ~= covered / 16 else { throw fault("has a trailer that points out of the index") }
        guard role == .signature || (covered / 16 == entries && offset + 16 == store.count) else {
            throw fault("does not cover the whole header")
        }
        return offset
    }

    /// One entry of the index.
    ///
    /// - Parameters:
    ///   - end: of the values of the entry before it, in the store.
    ///   - isTyped: whether known tags must have their types. In a header without a region rpm does not ask.
    private static func checked(
        _ bytes: Span<UInt8>, at place: Int, after end: Int, _ store: Range<Int>, _ role: Role, isTyped: Bool
    ) throws(Refusal) -> (tag: UInt32, width: Int, offset: Int, end: Int) {
        let tag = u32(bytes, place), kind = u32(bytes, place + 4)
        let offset = Int(u32(bytes, place + 8)), count = Int(u32(bytes, place + 12))
        // rpm 4 reads it as a signed number.
        guard tag <= UInt32(Int32.max) else { throw malformed(tag, "has a number that no tag has", role, at: place) }
        guard tag >= 100 else { throw malformed(tag, "is a region's, and stands among the others", role, at: place) }
        guard let type = RPMTagTable.Kind(type: kind) else {
            throw malformed(tag, "has the unknown type \(kind)", role, at: place)
        }
        guard count > 0 else { throw malformed(tag, "has no values", role, at: place) }
        if isTyped, case let wanted = role.kind(of: tag), wanted != .any, wanted != type {
            throw malformed(tag, "holds \(type.words) instead of \(wanted.words)", role, at: place)
        }
        let width =
            switch type {
            case .int16: 2
            case .int32: 4
            case .int64: 8
            default: 1
            }
        // A count is at most 2³², so the product cannot overflow.
        guard offset <= store.count, count * width <= store.count - offset else {
            throw malformed(tag, "has values outside of the store", role, at: place)
        }
        guard offset & (width - 1) == 0 else { throw malformed(tag, "has values at an odd place", role, at: place) }
        guard offset >= end else { throw malformed(tag, "has values that overlap those before them", role, at: place) }
        if type != .text { return (tag, width, offset, offset + count * width) }
        guard kind != Kind.string || count == 1 else {
            throw malformed(tag, "is one string with \(count) values", role, at: place)
        }
        guard let textEnd = Self.end(of: count, stringsIn: bytes.extracting(store), from: offset) else {
            throw malformed(tag, "has a string without an end", role, at: place)
        }
        return (tag, width, offset, textEnd)
    }

    /// Where so many strings end, their NULs included; nil when the store ends before. Most of a header is strings, so this looks at eight
    /// bytes at a time.
    private static func end(of count: Int, stringsIn store: Span<UInt8>, from start: Int) -> Int? {
        store.withUnsafeBytes { store in
            var position = start, left = count
            while position + 8 <= store.count {
                let word = UInt64(littleEndian: store.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                // The high bit of each byte that is zero, the first byte's lowest.
                let low = word & 0x7F7F_7F7F_7F7F_7F7F
                var marks = ~(low &+ 0x7F7F_7F7F_7F7F_7F7F | word) & 0x8080_8080_8080_8080
                // The sum of all bytes, in the highest; cheaper than counting bits where the processor is not known to do that.
                let zeros = Int(((marks >> 7) &* 0x0101_0101_0101_0101) >> 56)
                if zeros >= left {
                    for _ in 1..<left { marks &= marks &- 1 }
                    return position + marks.trailingZeroBitCount / 8 + 1
                }
                left -= zeros
                position += 8
            }
            while left > 0 {
                guard position < store.count else { return nil }
                if store[position] == 0 { left -= 1 }
                position += 1
            }
            return position
        }
    }

    func has(_ tag: RPMTag) -> Bool { has(number: tag.rawValue) }

    func has(number: UInt32) -> Bool { RPMTag.slot(number).map { directory[$0] > 0 } ?? false }

    /// Type and count of a tag's entry; nil where the tag is missing.
    func shape(_ tag: RPMTag, in bytes: Span<UInt8>) -> (kind: UInt32, count: Int)? {
        entry(tag, in: bytes).map { ($0.kind, $0.count) }
    }

    /// Where the bytes of a tag lie; nil where the tag is missing or holds something else.
    func binary(_ tag: RPMTag, in bytes: Span<UInt8>) -> Range<Int>? {
        guard let entry = entry(tag, in: bytes), entry.kind == Kind.binary else { return nil }
        return entry.offset..<(entry.offset + entry.count)
    }

    /// A string without its NUL; of a translated one the first form, which is the "C" locale's. Nil where the tag is missing, or
    /// where an array holds not exactly one.
    func string(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        guard let entry = entry(tag, in: bytes) else { return nil }
        switch entry.kind {
        case Kind.string, Kind.translated: break
        case Kind.strings where entry.count == 1: break
        case Kind.strings: return nil
        default: throw Self.malformed("tag \(tag.rawValue) of the RPM \(role.subject) is not a string", at: entry.offset)
        }
        guard entry.count > 0 else { return nil }
        return try Self.terminated(bytes, from: entry.offset, before: store.upperBound, within: longestText, tag, role)
    }

    /// An array of strings; empty where the tag is missing.
    func strings(_ tag: RPMTag, in bytes: Span<UInt8>) throws(Refusal) -> RPMStrings {
        guard let entry = entry(tag, in: bytes) else { return RPMStrings(tag, 0, 0..<0, longestText, role) }
        guard entry.kind == Kind.strings || entry.kind == Kind.string || entry.kind == Kind.translated else {
            throw Self.malformed("tag \(tag.rawValue) of the RPM \(role.subject) is not an array of strings", at: entry.offset)
        }
        return RPMStrings(tag, entry.count, entry.offset..<store.upperBound, longestText, role)
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
        default: throw Self.malformed("tag \(tag.rawValue) of the RPM \(role.subject) is not a number", at: entry.offset)
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
        _ bytes: Span<UInt8>, from start: Int, before end: Int, within limit: Int, _ tag: RPMTag, _ role: RPMHeader.Role
    ) throws(Refusal) -> Range<Int> {
        var i = start
        while i < end, bytes[i] != 0 { i += 1 }
        guard i - start <= limit else {
            throw Refusal(
                .limit, "a string of tag \(tag.rawValue) of the RPM \(role.subject) has more than \(limit) bytes",
                at: "byte \(start)",
                remedy: "shorten it and rebuild the package")
        }
        guard i < end else { throw malformed("a string of tag \(tag.rawValue) has no end in the RPM \(role.subject)", at: start) }
        return start..<i
    }

    /// - Parameter what: as the end of a sentence about the tag.
    private static func malformed(_ tag: UInt32, _ what: String, _ role: Role, at offset: Int) -> Refusal {
        malformed("\(RPMTagTable.name(of: tag, in: role)) of the RPM \(role.subject) \(what)", at: offset)
    }

    fileprivate static func malformed(_ what: String, at offset: Int) -> Refusal {
        Refusal(.malformed, what, at: "byte \(offset)", remedy: "rebuild the package")
    }

    private static func truncated(_ role: Role, at offset: Int) -> Refusal {
        Refusal(.truncated, "the RPM \(role.subject) is not all there", at: "byte \(offset)", remedy: "send the file again")
    }
}

/// An array of strings, one after the other in the store, each with a NUL at its end.
struct RPMStrings: Sendable {
    let count: Int
    private let tag: RPMTag
    private let role: RPMHeader.Role
    private var remaining: Int
    private var position: Int
    private let end: Int
    private let longestText: Int

    fileprivate init(_ tag: RPMTag, _ count: Int, _ range: Range<Int>, _ longestText: Int, _ role: RPMHeader.Role) {
        self.tag = tag
        self.count = count
        self.role = role
        remaining = count
        position = range.lowerBound
        end = range.upperBound
        self.longestText = longestText
    }

    /// The next one, nil after the last.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        guard remaining > 0 else { return nil }
        let range = try RPMHeader.terminated(bytes, from: position, before: end, within: longestText, tag, role)
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
