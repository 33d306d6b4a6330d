/// A position in a span, with reads that are checked against its end.
///
/// The span is an argument of each read: a stored span would need lifetime annotations that the toolchain still calls experimental.
package struct Cursor: Sendable {
    package private(set) var position: Int
    /// What is being read, for error messages.
    package let subject: String

    package init(at position: Int = 0, reading subject: String) {
        self.position = position
        self.subject = subject
    }

    /// Moves to an absolute offset.
    package mutating func seek(_ offset: Int, in bytes: Span<UInt8>) throws(Refusal) {
        guard offset >= 0, offset <= bytes.count else { throw truncated(bytes) }
        position = offset
    }

    /// Advances over bytes and returns where they lie.
    package mutating func take(_ count: Int, in bytes: Span<UInt8>) throws(Refusal) -> Range<Int> {
        guard count >= 0, count <= bytes.count - position else { throw truncated(bytes) }
        defer { position += count }
        return position..<(position + count)
    }

    /// A big-endian unsigned number.
    package mutating func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(
        _: Number.Type, in bytes: Span<UInt8>
    ) throws(Refusal) -> Number {
        var number: Number = 0
        for i in try take(Number.bitWidth / 8, in: bytes) { number = number << 8 | Number(bytes[i]) }
        return number
    }

    /// A little-endian unsigned number.
    package mutating func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type, in bytes: Span<UInt8>
    ) throws(Refusal) -> Number {
        try bigEndian(type, in: bytes).byteSwapped
    }

    private func truncated(_ bytes: Span<UInt8>) -> Refusal {
        Refusal(
            .truncated, "\(subject) ends too early", at: "byte \(min(position, bytes.count))",
            remedy: "rebuild or send the file again")
    }
}
