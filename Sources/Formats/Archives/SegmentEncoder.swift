extension Encoding {
    /// Compresses a piece of a document independently of its neighbours.
    ///
    /// The result is a function of the bytes, the encoding and the compression library's version (`segmentRecipe`) alone, so a
    /// kept one equals a fresh one. One thread; may be called from many. Memory for 2 MiB: gzip 1.5 MiB, zstd -10 25 MiB, xz
    /// 22 MiB (its dictionary is never larger than the segment; a whole document would take 94 MiB).
    ///
    /// Segments cost size, as matches do not reach across them: cut documents at 0.5–2 MiB (`SegmentBoundaries`).
    package func compressSegment(_ open: Span<UInt8>) -> CompressedSegment {
        let bytes: [UInt8]
        var openCRC: UInt32 = 0, padding = 0
        switch normalised {
        case .plain:
            bytes = open.copied()
        case .gzip(let level):
            bytes = DeflateSegment.encode(open, level: level)
            openCRC = CRC32.of(open)
        case .xz(let level):
            (bytes, padding) = XzBlock.encode(open, level: level)
        case .zstd(let level):
            bytes = ZstdFrame.encode(open, level: level)
        }
        let summary = SegmentSummary(
            encoding: self, openSize: open.count, packed: bytes, openCRC: openCRC, padding: padding)
        return CompressedSegment(summary: summary, bytes: bytes)
    }

    /// A whole file of one segment; the bytes themselves for `.plain`.
    package func encode(_ bytes: Span<UInt8>) -> [UInt8] { SegmentSplicer.file(of: [compressSegment(bytes)], self) }

    /// Whether `expandSegment` gives a segment's open bytes back faster than they could be put together again.
    package var expandsFast: Bool {
        if case .zstd = self { true } else { false }
    }

    /// Undoes `compressSegment`, where the encoding `expandsFast`. Nil when the packed bytes are damaged or hold another number of
    /// bytes.
    package func expandSegment(_ packed: Span<UInt8>, openSize: Int) -> [UInt8]? {
        guard expandsFast else { return nil }
        return ZstdFrame.decode(packed, size: openSize)
    }

    /// Names everything besides the open bytes that decides a segment's bytes: `zstd-10 1.5.4 r1`.
    ///
    /// Part of a cache's key, so that a new library or a new form here never mixes its segments with older ones: a document made
    /// incrementally would differ from one made from scratch.
    package var segmentRecipe: String {
        switch normalised {
        case .plain: "plain"
        case .gzip(let level): "gzip-\(level) \(DeflateSegment.library) r1"
        case .xz(let level): "xz-\(level) \(XzBlock.library) r1"
        case .zstd(let level): "zstd-\(level) \(ZstdFrame.library) r1"
        }
    }
}
