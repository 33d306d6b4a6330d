/// What a header of a zip member says, be it in the central directory (APPNOTE 4.3.12) or before the content (4.3.7).
struct ZipEntry {
    var flags: UInt16
    var method: UInt16
    var crc32: UInt32
    var compressedSize: UInt64
    var size: UInt64
    /// Of the local header; 0 in a local header itself.
    var offset: UInt64
    var name: [UInt8]
    /// Bytes of the whole header.
    var length: Int

    static let directorySize = 46
    static let localSize = 30
    static let descriptorFlag: UInt16 = 1 << 3
    static let utf8Flag: UInt16 = 1 << 11
    static let remedy = "rebuild the package"

    /// A header at `position`, all of it before `end`; `isLocal` says which kind.
    init(at position: Int, isLocal: Bool, before end: Int, in bytes: Span<UInt8>, within budget: Budget?) throws(Refusal) {
        let place = "byte \(position)"
        let fixed = isLocal ? Self.localSize : Self.directorySize
        let label = isLocal ? "a local header" : "an entry of the central directory"
        guard position >= 0, end - position >= fixed, bytes.has(isLocal ? "PK\u{3}\u{4}" : "PK\u{1}\u{2}", at: position) else {
            throw Refusal(.malformed, "\(label) is not where it should be", at: place, remedy: Self.remedy)
        }
        // From the flags on, both kinds have the same fields in the same order.
        let start = position + (isLocal ? 6 : 8)
        flags = bytes.littleEndian16(at: start)
        method = bytes.littleEndian16(at: start + 2)
        crc32 = bytes.littleEndian32(at: start + 8)
        compressedSize = UInt64(bytes.littleEndian32(at: start + 12))
        size = UInt64(bytes.littleEndian32(at: start + 16))
        let nameLength = Int(bytes.littleEndian16(at: start + 20)), extraLength = Int(bytes.littleEndian16(at: start + 22))
        let commentLength = isLocal ? 0 : Int(bytes.littleEndian16(at: position + 32))
        offset = isLocal ? 0 : UInt64(bytes.littleEndian32(at: position + 42))
        length = fixed + nameLength + extraLength + commentLength
        guard length <= end - position else {
            throw Refusal(.malformed, "\(label) is longer than its place", at: place, remedy: Self.remedy)
        }
        if let budget, nameLength > budget.pathBytes {
            throw Refusal(.limit, "a name has more than \(budget.pathBytes) bytes", at: place, remedy: Self.remedy)
        }
        let disk = isLocal ? 0 : bytes.littleEndian16(at: position + 34)
        guard disk == 0 || disk == .max else {
            throw Refusal(.unsupported, "it is one of several volumes", at: place, remedy: "build it as one file")
        }
        let nameStart = position + fixed
        name = bytes.copied(nameStart..<(nameStart + nameLength))
        let extra = (nameStart + nameLength)..<(nameStart + nameLength + extraLength)
        try readExtra(extra, isLocal: isLocal, needsDisk: disk == .max, in: bytes)
    }

    /// Extra fields: `ID LENGTH DATA`, without remainder. Two matter: 64-bit numbers (4.5.3) and the Unicode path (4.6.9).
    private mutating func readExtra(_ range: Range<Int>, isLocal: Bool, needsDisk: Bool, in bytes: Span<UInt8>) throws(Refusal) {
        var position = range.lowerBound
        var hasWide = false
        while position < range.upperBound {
            let place = "byte \(position)"
            guard range.upperBound - position >= 4 else {
                throw Refusal(.malformed, "an extra field is damaged", at: place, remedy: Self.remedy)
            }
            let id = bytes.littleEndian16(at: position), length = Int(bytes.littleEndian16(at: position + 2))
            guard length <= range.upperBound - position - 4 else {
                throw Refusal(.malformed, "an extra field is longer than its place", at: place, remedy: Self.remedy)
            }
            let data = (position + 4)..<(position + 4 + length)
            if id == 0x0001 {
                guard !hasWide else {
                    throw Refusal(.ambiguous, "a member has two sets of 64-bit sizes", at: place, remedy: Self.remedy)
                }
                hasWide = true
                try readWide(data, isLocal: isLocal, needsDisk: needsDisk, in: bytes)
            } else if id == 0x7075 {
                // Version, CRC-32 of the name, and the name that some readers prefer.
                guard length >= 5, bytes.extracting((data.lowerBound + 5)..<data.upperBound).copied() == name else {
                    throw Refusal(.ambiguous, "a member has a second, other name", at: place, remedy: Self.remedy)
                }
            }
            position = data.upperBound
        }
        guard hasWide || !needsDisk else {
            throw Refusal(.malformed, "a member's volume number is missing", at: "byte \(range.lowerBound)", remedy: Self.remedy)
        }
    }

    /// The numbers whose short field is full, in fixed order. Go's archive/zip also writes an offset that would have fitted.
    private mutating func readWide(_ data: Range<Int>, isLocal: Bool, needsDisk: Bool, in bytes: Span<UInt8>) throws(Refusal) {
        let fault = Refusal(
            .ambiguous, "a member's 64-bit sizes do not fit its short ones", at: "byte \(data.lowerBound)", remedy: Self.remedy)
        var position = data.lowerBound
        func next(_ field: UInt64) throws(Refusal) -> UInt64 {
            guard field == UInt64(UInt32.max) else { return field }
            guard data.upperBound - position >= 8 else { throw fault }
            defer { position += 8 }
            return bytes.littleEndian64(at: position)
        }
        size = try next(size)
        compressedSize = try next(compressedSize)
        if !isLocal { offset = try next(offset) }
        if needsDisk {
            guard data.upperBound - position >= 4, bytes.littleEndian32(at: position) == 0 else { throw fault }
            position += 4
        }
        switch data.upperBound - position {
        case 0: break
        case 8 where !isLocal: guard bytes.littleEndian64(at: position) == offset else { throw fault }
        // Streaming writers leave room in the local header for sizes that turned out short.
        case 16 where isLocal && position == data.lowerBound:
            let wideSize = bytes.littleEndian64(at: position), widePacked = bytes.littleEndian64(at: position + 8)
            guard wideSize == size || wideSize == 0, widePacked == compressedSize || widePacked == 0 else { throw fault }
        default: throw fault
        }
    }
}
