/// Makes one file of compressed segments: says what stands before the first and after the last of them.
///
///     prologue, bytes of segment 1, bytes of segment 2, …, epilogue
///
/// The file is a function of the encoding and the segments' open contents. Its forms are those that every client accepts:
/// - gzip: **one member** (RFC 1952) whose deflate blocks come from all segments, ended by an empty final block; the CRC-32 of
///   the whole is combined from those of the segments.
/// - xz: **one stream of one block per segment**; index and footer are written here (xz-file-format 1.1.0, sections 2 and 4).
///   Not one stream per segment: apt 2.6 and 3.1 stop at a stream's end and report a hash sum mismatch.
/// - zstd: **one frame per segment** (RFC 8878, section 3); nothing around them.
///
/// No segments make a valid file of an empty document. Memory: for xz, up to 14 bytes per segment.
package struct SegmentSplicer: Sendable {
    package let encoding: Encoding
    /// Of the document, as far as it was announced.
    package private(set) var openSize = 0
    /// Of the file as far as it was announced; with the epilogue once that was taken.
    package private(set) var packedSize: Int
    private var count = 0
    /// Gzip: of all open bytes so far.
    private var openCRC: UInt32 = 0
    /// Xz: the index's records.
    private var records: [UInt8] = []
    private var isFinished = false

    package init(_ encoding: Encoding) {
        self.encoding = encoding.normalised
        packedSize = 0
        packedSize = prologue.count
    }

    /// What the file begins with.
    package var prologue: [UInt8] {
        switch encoding {
        case .plain, .zstd: []
        // No flags, no time, and the hint about the level that zlib gives; operating system "unknown".
        case .gzip(let level): [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, level == 9 ? 2 : level < 2 ? 4 : 0, 255]
        case .xz: XzContainer.header
        }
    }

    /// Announces the next segment, whose packed bytes follow in the file. It must be of the splicer's encoding.
    package mutating func append(_ segment: SegmentSummary) {
        precondition(!isFinished, "a splicer takes nothing after its end")
        precondition(segment.encoding == encoding, "a segment of another encoding")
        count += 1
        openSize += segment.openSize
        packedSize += segment.packedSize
        switch encoding {
        case .plain, .zstd: break
        case .gzip: openCRC = CRC32.combine(openCRC, segment.openCRC, size: segment.openSize)
        case .xz:
            records.append(leb128: UInt64(segment.unpaddedSize))
            records.append(leb128: UInt64(segment.openSize))
        }
    }

    /// What the file ends with. Once, last.
    package mutating func finish() -> [UInt8] {
        precondition(!isFinished, "a splicer ends once")
        isFinished = true
        let epilogue = self.epilogue
        packedSize += epilogue.count
        return epilogue
    }

    private var epilogue: [UInt8] {
        switch encoding {
        case .plain: return []
        // Nothing at all is not a zstd file for some readers; an empty frame is.
        case .zstd:
            let nothing: [UInt8] = []
            return count == 0 ? encoding.compressSegment(nothing.span).bytes : []
        case .gzip:
            // A final block with fixed codes and nothing but its end (RFC 1951, section 3.2.6), then CRC-32 and length modulo 2^32.
            var output: [UInt8] = [0x03, 0x00]
            output.append(littleEndian32: openCRC)
            output.append(littleEndian32: UInt32(truncatingIfNeeded: openSize))
            return output
        case .xz: return XzContainer.ending(count: count, records: records)
        }
    }

    /// A whole file in memory.
    package static func file(of segments: some Sequence<CompressedSegment>, _ encoding: Encoding) -> [UInt8] {
        var splicer = SegmentSplicer(encoding)
        var output = splicer.prologue
        for segment in segments {
            splicer.append(segment.summary)
            output.append(contentsOf: segment.bytes)
        }
        output.append(contentsOf: splicer.finish())
        return output
    }
}

/// What an xz stream has around its blocks (xz-file-format 1.1.0).
private enum XzContainer {
    /// Stream flags: blocks are checked with CRC-64.
    private static let flags: [UInt8] = [0x00, 0x04]

    /// Stream header (section 2.1.1): magic, flags, their CRC-32.
    static var header: [UInt8] {
        var output: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        output.append(contentsOf: flags)
        output.append(littleEndian32: CRC32.of(flags.span))
        return output
    }

    /// Index (section 4) and stream footer (section 2.1.2).
    static func ending(count: Int, records: [UInt8]) -> [UInt8] {
        var index: [UInt8] = [0x00]
        index.append(leb128: UInt64(count))
        index.append(contentsOf: records)
        while index.count % 4 != 0 { index.append(0) }
        index.append(littleEndian32: CRC32.of(index.span))

        // The index's size in units of four bytes, less one, in 32 bits: room for a thousand million segments.
        var tail: [UInt8] = []
        tail.append(littleEndian32: UInt32(index.count / 4 - 1))
        tail.append(contentsOf: flags)
        index.append(littleEndian32: CRC32.of(tail.span))
        index.append(contentsOf: tail)
        index.append(contentsOf: [0x59, 0x5a])
        return index
    }
}
