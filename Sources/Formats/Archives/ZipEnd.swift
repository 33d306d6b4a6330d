/// The end of a zip archive: where its central directory lies and how many entries it has. APPNOTE 4.3.14–4.3.16.
struct ZipEnd {
    /// The central directory's place in the file.
    var directory: Range<Int>
    var count: Int

    private static let recordSize = 22
    private static let locatorSize = 20
    private static let record64Size = 56
    private static let remedy = "rebuild the package"

    init(_ bytes: Span<UInt8>) throws(Refusal) {
        let position = try Self.find(in: bytes)
        let place = "byte \(position)"
        let disk = bytes.littleEndian16(at: position + 4), directoryDisk = bytes.littleEndian16(at: position + 6)
        let countHere = bytes.littleEndian16(at: position + 8), count16 = bytes.littleEndian16(at: position + 10)
        let size32 = bytes.littleEndian32(at: position + 12), offset32 = bytes.littleEndian32(at: position + 16)
        var count = UInt64(count16), size = UInt64(size32), offset = UInt64(offset32)
        var end = position

        if position >= Self.locatorSize, bytes.has("PK\u{6}\u{7}", at: position - Self.locatorSize) {
            // Readers differ in when they believe the 64-bit record, so it must not matter: each short field is full or agrees.
            let record = try Self.record64(before: position, in: bytes)
            guard disk == 0 || disk == .max, directoryDisk == 0 || directoryDisk == .max else { throw Self.volumes(at: place) }
            guard count16 == .max || count == record.count, countHere == count16, size32 == .max || size == record.size,
                offset32 == .max || offset == record.offset
            else {
                throw Refusal(.ambiguous, "its two end records disagree", at: place, remedy: Self.remedy)
            }
            (count, size, offset) = (record.count, record.size, record.offset)
            end = record.position
        } else {
            guard disk == 0, directoryDisk == 0 else { throw Self.volumes(at: place) }
            guard countHere == count16 else {
                throw Refusal(.ambiguous, "its end record gives two numbers of entries", at: place, remedy: Self.remedy)
            }
        }
        guard offset <= UInt64(end), size <= UInt64(end) - offset, offset + size == UInt64(end) else {
            throw Refusal(
                .ambiguous, "its central directory is not where the end record says", at: place, remedy: Self.remedy)
        }
        // An entry has at least 46 bytes: this also bounds the count.
        guard count <= size / 46 else {
            throw Refusal(.malformed, "its end record announces \(count) entries", at: place, remedy: Self.remedy)
        }
        directory = Int(offset)..<end
        self.count = Int(count)
    }

    /// The one end record whose comment ends exactly with the file.
    private static func find(in bytes: Span<UInt8>) throws(Refusal) -> Int {
        var found: Int?, strayed: Int?
        var position = bytes.count - recordSize
        let first = max(0, position - 0xffff)
        while position >= first {
            defer { position -= 1 }
            guard bytes[position] == 0x50, bytes.has("PK\u{5}\u{6}", at: position) else { continue }
            let end = position + recordSize + Int(bytes.littleEndian16(at: position + 20))
            if end == bytes.count {
                // Signatures further back are content; ones whose comment would also fit, or that lie in a comment, are a trap.
                if found != nil || strayed != nil {
                    throw Refusal(.ambiguous, "it has two end records", at: "byte \(position)", remedy: remedy)
                }
                found = position
            } else if found == nil {
                strayed = strayed ?? position
            }
        }
        if let found { return found }
        if let strayed {
            throw Refusal(
                .malformed, "the end record's comment does not end with the file", at: "byte \(strayed)",
                remedy: "remove what follows the archive, or send the file again")
        }
        throw Refusal(
            .truncated, "it has no end record", at: "byte \(bytes.count)", remedy: "rebuild or send the file again")
    }

    private static func record64(
        before end: Int, in bytes: Span<UInt8>
    ) throws(Refusal) -> (position: Int, count: UInt64, size: UInt64, offset: UInt64) {
        let locator = end - locatorSize, position = locator - record64Size
        let place = "byte \(locator)"
        let fault = Refusal(.malformed, "its 64-bit end record is damaged", at: place, remedy: remedy)
        guard position >= 0, bytes.has("PK\u{6}\u{6}", at: position),
            bytes.littleEndian64(at: locator + 8) == UInt64(position),
            bytes.littleEndian64(at: position + 4) == UInt64(record64Size - 12)
        else { throw fault }
        guard bytes.littleEndian32(at: locator + 4) == 0, bytes.littleEndian32(at: locator + 16) <= 1,
            bytes.littleEndian32(at: position + 16) == 0, bytes.littleEndian32(at: position + 20) == 0
        else { throw volumes(at: place) }
        let count = bytes.littleEndian64(at: position + 32)
        guard count == bytes.littleEndian64(at: position + 24) else { throw fault }
        return (position, count, bytes.littleEndian64(at: position + 40), bytes.littleEndian64(at: position + 48))
    }

    private static func volumes(at place: String) -> Refusal {
        Refusal(.unsupported, "it is one of several volumes", at: place, remedy: "build it as one file")
    }
}
