/// What is packed in a file, in pieces: for whoever writes it elsewhere, so that memory does not grow with it.
///
/// The file itself is an argument of each step (a stored span would need lifetime annotations); it must be the same each time.
package struct Expansion {
    private let stream: ExpandedStream

    /// - Parameter subject: what messages call it: `the archive`.
    package init(_ codec: Codec, subject: String, within budget: Budget) {
        stream = ExpandedStream(codec, subject: subject, within: budget)
    }

    /// The next bytes, `count` at most; none at the end.
    ///
    /// - Throws: for damage, and for more than the budget allows.
    package func next(_ count: Int, of bytes: Span<UInt8>) throws(Refusal) -> [UInt8] {
        var piece: [UInt8] = []
        piece.reserveCapacity(count)
        _ = try stream.read(count, from: bytes, into: &piece)
        return piece
    }
}
