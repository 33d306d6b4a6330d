/// The compressions that package formats wrap their archives in.
package enum Codec: Sendable, Equatable {
    case none, gzip, bzip2, xz, lzma, zstd

    /// By magic bytes; `.none` when no magic fits.
    ///
    /// LZMA alone has no magic: its thirteen-byte header is taken for one when it is what every writer of `.lzma` files makes
    /// (lc=3 lp=0 pb=2, a dictionary of 2^n or 2^n + 2^(n-1) bytes, a size below 256 GiB or unknown; liblzma's own heuristic).
    package static func recognise(_ bytes: Span<UInt8>) -> Codec {
        if bytes.has("\u{1f}"), bytes.count > 1, bytes[1] == 0x8b { return .gzip }
        if bytes.has("BZh"), bytes.count > 3, bytes[3] >= 0x31, bytes[3] <= 0x39 { return .bzip2 }
        guard bytes.count >= 4 else { return .none }
        let word = bytes.littleEndian32(at: 0)
        // 0x184D2A50…5F start skippable frames, which pzstd and others put first.
        if word == 0xfd2f_b528 || word & 0xffff_fff0 == 0x184d_2a50 { return .zstd }
        if bytes.count >= 6, word == 0x587a_37fd, bytes[4] == 0x5a, bytes[5] == 0 { return .xz }
        return isLZMA(bytes) ? .lzma : .none
    }

    private static func isLZMA(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 13, bytes[0] == 0x5d else { return false }
        let dictionary = bytes.littleEndian32(at: 1)
        guard dictionary >= 4096 else { return false }
        let high = UInt32(1) << (31 - UInt32(dictionary.leadingZeroBitCount))
        guard dictionary == high || dictionary == high | high >> 1 || dictionary == .max else { return false }
        let size = bytes.littleEndian64(at: 5)
        return size == .max || size < 1 << 38
    }
}

extension Span where Element == UInt8 {
    /// A little-endian number at an offset that the caller knows to be inside.
    func littleEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
    }
    func littleEndian64(at offset: Int) -> UInt64 {
        UInt64(littleEndian32(at: offset)) | UInt64(littleEndian32(at: offset + 4)) << 32
    }
}
