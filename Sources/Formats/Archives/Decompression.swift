/// Whole streams expanded in memory.
package enum Decompression {
    /// The bytes inside a compressed file; the file's own for `.none`.
    ///
    /// At most `limit` bytes: a longer result is refused, never cut. Also bound by the budget's `expandedBytes` and `ratio`.
    /// Refuses truncated (`.truncated`) and damaged streams and bytes after their end (`.malformed`).
    package static func expand(
        _ bytes: Span<UInt8>, _ codec: Codec, subject: String, limit: Int, within budget: Budget
    ) throws(Refusal) -> [UInt8] {
        precondition(limit >= 0)
        let stream = ExpandedStream(codec, subject: subject, within: budget)
        var output: [UInt8] = []
        let count = try stream.read(limit, from: bytes, into: &output)
        // At the limit the stream must be over; asking also verifies its trailer.
        if count == limit, try stream.skip(1, from: bytes) > 0 {
            throw Refusal(
                .limit, "\(subject) expands to more than \(limit) bytes", at: "byte \(limit) of the expanded file",
                remedy: "make it smaller")
        }
        return output
    }
}
