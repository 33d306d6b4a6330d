/// Writing: documents are built by appending to `[UInt8]`.
extension [UInt8] {
    /// The UTF-8 of a text.
    package init(_ text: String) { self = Array(text.utf8) }

    /// Appends a literal without a detour over `String`.
    @inlinable
    package mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends the UTF-8 of a text.
    @inlinable
    package mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends the bytes of a span.
    @inlinable
    package mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends a number in decimal.
    package mutating func append<Number: BinaryInteger>(decimal number: Number) {
        append(contentsOf: String(number).utf8)
    }

    /// Appends bytes as lower-case hexadecimal.
    package mutating func append(hex bytes: [UInt8]) {
        reserveCapacity(count + 2 * bytes.count)
        for byte in bytes {
            append(Hex.digits[Int(byte >> 4)])
            append(Hex.digits[Int(byte & 15)])
        }
    }
}

extension Span where Element == UInt8 {
    /// A copy of a range of the span. The range must lie inside it.
    @inlinable
    package func copied(_ range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBufferPointer { Array($0) }
    }

    /// A copy of the whole span.
    @inlinable
    package func copied() -> [UInt8] { withUnsafeBufferPointer { Array($0) } }

    /// Whether these bytes stand at this offset.
    @inlinable
    package func has(_ literal: StaticString, at offset: Int = 0) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard offset >= 0, offset <= count - length else { return false }
        for i in 0..<length where self[offset + i] != literal.utf8Start[i] { return false }
        return true
    }
}
