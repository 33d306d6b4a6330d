/// A piece of a document, compressed on its own so that it can be kept and put into later versions of the document as it is.
///
/// The packed bytes are no file by themselves: `SegmentSplicer` says what goes before the first and after the last.
package struct CompressedSegment: Equatable, Sendable {
    package let summary: SegmentSummary
    /// What goes into the document's file. Gzip: deflate blocks that end on a byte boundary, none of them final. Xz: one block
    /// with header, padding and CRC-64. Zstd: one frame. Plain: the open bytes.
    package let bytes: [UInt8]

    /// The packed bytes must be what the summary measures.
    init(summary: SegmentSummary, bytes: [UInt8]) {
        precondition(summary.packedSize == bytes.count)
        self.summary = summary
        self.bytes = bytes
    }

    /// For a cache: the summary's byte form, then the packed bytes.
    package var encoded: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(SegmentSummary.largestForm + bytes.count)
        summary.write(to: &output)
        output.append(contentsOf: bytes)
        return output
    }

    /// Reads what `encoded` wrote for the same encoding.
    ///
    /// A cache may have been damaged or belong to another version: anything but an intact segment of this encoding is refused,
    /// and the caller compresses the segment again.
    package init(decoding stored: Span<UInt8>, for encoding: Encoding) throws(Refusal) {
        var cursor = Cursor(reading: "a kept segment")
        let summary = try SegmentSummary(decoding: stored, at: &cursor, for: encoding)
        let packed = stored.extracting(cursor.position..<stored.count)
        guard summary.measures(packed) else {
            throw Refusal(
                packed.count < summary.packedSize ? .truncated : .malformed, "a kept segment is damaged",
                at: "byte \(cursor.position)", remedy: "compress it again")
        }
        self.init(summary: summary, bytes: packed.copied())
    }
}
