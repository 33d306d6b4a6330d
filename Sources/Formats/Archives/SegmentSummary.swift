/// What a splicer and a cache need to know of a compressed segment without its bytes.
package struct SegmentSummary: Hashable, Sendable {
    /// With its level brought into the encoder's range: levels that compress alike are equal here.
    package let encoding: Encoding
    /// Bytes before compression, at most `sizeLimit`.
    package let openSize: Int
    /// Bytes that the segment takes in the document's file.
    package let packedSize: Int
    /// CRC-32 of the packed bytes, so that damage in a cache, or in a published file that served as one, is noticed.
    package let packedCRC: UInt32
    /// Gzip: CRC-32 of the open bytes, which the member's trailer combines. Otherwise 0.
    package let openCRC: UInt32
    /// Xz: zero bytes between the block's data and its check, 0–3. Otherwise 0.
    package let padding: Int

    /// Xz: the block's size as the index wants it, without padding.
    package var unpaddedSize: Int { packedSize - padding }

    /// Far above any segment, and low enough that the sizes of half a billion of them can be added.
    static let sizeLimit = 1 << 34
    /// The most bytes that `write` makes.
    static let largestForm = 3 + 5 + 5 + 4 + 4 + 4
    private static let version: UInt8 = 1

    init(encoding: Encoding, openSize: Int, packed: [UInt8], openCRC: UInt32 = 0, padding: Int = 0) {
        precondition(openSize <= Self.sizeLimit && packed.count <= Self.sizeLimit, "a segment of more than 16 GiB")
        self.encoding = encoding.normalised
        self.openSize = openSize
        self.packedSize = packed.count
        self.packedCRC = CRC32.of(packed.span)
        self.openCRC = openCRC
        self.padding = padding
    }

    /// Whether these are the packed bytes that the summary was made of, by size and CRC-32.
    package func measures(_ packed: Span<UInt8>) -> Bool {
        packed.count == packedSize && CRC32.of(packed) == packedCRC
    }

    /// Appends the byte form: version, form, level; both sizes as LEB128; CRC-32 of the packed bytes; for gzip the CRC-32 of the
    /// open ones, for xz the padding; CRC-32 of all that. Numbers are little-endian. 14–25 bytes; forms may follow each other.
    package func write(to output: inout [UInt8]) {
        let start = output.count
        output.append(Self.version)
        output.append(encoding.form)
        output.append(encoding.levelByte)
        output.append(leb128: UInt64(openSize))
        output.append(leb128: UInt64(packedSize))
        output.append(littleEndian32: packedCRC)
        if case .gzip = encoding { output.append(littleEndian32: openCRC) }
        if case .xz = encoding { output.append(UInt8(padding)) }
        let crc = output.withUnsafeBufferPointer { CRC32.of($0.span.extracting(start..<output.count)) }
        output.append(littleEndian32: crc)
    }

    /// Reads one byte form, leaving the cursor behind it.
    ///
    /// Refuses other encodings and versions (`.unsupported`), ends that come too early (`.truncated`), and what fails its own
    /// CRC-32 or cannot be true (`.malformed`). A summary that passes fits the splicer's arithmetic.
    package init(decoding stored: Span<UInt8>, at cursor: inout Cursor, for encoding: Encoding) throws(Refusal) {
        let start = cursor.position
        func refused(_ cause: Refusal.Cause, _ what: String) -> Refusal {
            Refusal(cause, "\(cursor.subject) \(what)", at: "byte \(start)", remedy: "compress it again")
        }
        self.encoding = encoding.normalised
        guard try cursor.littleEndian(UInt8.self, in: stored) == Self.version,
            try cursor.littleEndian(UInt8.self, in: stored) == encoding.form,
            try cursor.littleEndian(UInt8.self, in: stored) == encoding.levelByte
        else { throw refused(.unsupported, "was made in another way") }
        guard let openSize = try cursor.leb128(upTo: Self.sizeLimit, in: stored),
            let packedSize = try cursor.leb128(upTo: Self.sizeLimit, in: stored)
        else { throw refused(.malformed, "has an impossible size") }
        self.openSize = openSize
        self.packedSize = packedSize
        packedCRC = try cursor.littleEndian(UInt32.self, in: stored)
        switch encoding {
        case .gzip: openCRC = try cursor.littleEndian(UInt32.self, in: stored)
        default: openCRC = 0
        }
        switch encoding {
        case .xz: padding = Int(try cursor.littleEndian(UInt8.self, in: stored))
        default: padding = 0
        }
        let crc = CRC32.of(stored.extracting(start..<cursor.position))
        guard try cursor.littleEndian(UInt32.self, in: stored) == crc else { throw refused(.malformed, "is damaged") }
        guard isPlausible else { throw refused(.malformed, "has impossible sizes") }
    }

    /// The least that each form takes: a flush's empty block; a block header, an end marker and a check; a frame header, a block
    /// header and a checksum.
    private var isPlausible: Bool {
        switch encoding {
        case .plain: packedSize == openSize
        case .gzip: packedSize >= 5
        case .xz: packedSize >= 20 && packedSize % 4 == 0 && padding <= 3
        case .zstd: packedSize >= 13
        }
    }
}

extension Encoding {
    /// The same encoding with its level in the range that the encoder uses.
    var normalised: Encoding {
        switch self {
        case .plain: self
        case .gzip(let level): .gzip(level: max(0, min(9, level)))
        case .xz(let level): .xz(level: max(0, min(9, level)))
        case .zstd(let level): .zstd(level: max(1, min(19, level)))
        }
    }

    /// A byte for the kind of encoding, as written in summaries; never to be renumbered.
    fileprivate var form: UInt8 {
        switch self {
        case .plain: 0
        case .gzip: 1
        case .xz: 2
        case .zstd: 3
        }
    }

    fileprivate var levelByte: UInt8 {
        switch normalised {
        case .plain: 0
        case .gzip(let level), .xz(let level), .zstd(let level): UInt8(level)
        }
    }
}

extension [UInt8] {
    mutating func append(littleEndian32 number: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }

    /// Seven bits per byte, the low ones first, the high bit set in all but the last. Xz calls these multibyte integers.
    mutating func append(leb128 number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension Cursor {
    /// Nil when the number is above the limit or not written in the shortest way.
    fileprivate mutating func leb128(upTo limit: Int, in bytes: Span<UInt8>) throws(Refusal) -> Int? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try littleEndian(UInt8.self, in: bytes)
            number |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 {
                guard byte != 0 || shift == 0, number <= UInt64(limit) else { return nil }
                return Int(number)
            }
        }
        return nil
    }
}
