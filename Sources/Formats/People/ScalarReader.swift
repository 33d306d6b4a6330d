/// The characters of bytes that should be UTF-8. What is not, is U+FFFD, once for each part that a decoder gives up on.
struct ScalarReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var length = 0
    private var isBroken = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// What stands for the character that `next` returned last, in UTF-8.
    var bytesOfLast: UnsafeBufferPointer<UInt8> {
        isBroken ? Self.replacement : UnsafeBufferPointer(rebasing: bytes[(position - length)..<position])
    }

    private static var replacement: UnsafeBufferPointer<UInt8> {
        let text: StaticString = "\u{FFFD}"
        return UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    mutating func next() -> Unicode.Scalar? {
        guard let (scalar, length, isBroken) = Self.read(bytes, at: position) else { return nil }
        position += length
        self.length = length
        self.isBroken = isBroken
        return scalar
    }

    /// The character behind the last one.
    func peek() -> Unicode.Scalar? { Self.read(bytes, at: position)?.scalar }

    @inline(__always)
    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (scalar: Unicode.Scalar, length: Int, isBroken: Bool)? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        return byte < 0x80 ? (Unicode.Scalar(byte), 1, false) : readLong(bytes, at: position)
    }

    private static func readLong(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (scalar: Unicode.Scalar, length: Int, isBroken: Bool) {
        let first = bytes[position]
        let count: Int
        // What may stand behind the first byte (Unicode 16, table 3-7).
        var lower: UInt8 = 0x80, upper: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: count = 2
        case 0xE0...0xEF:
            count = 3
            if first == 0xE0 { lower = 0xA0 }
            if first == 0xED { upper = 0x9F }
        case 0xF0...0xF4:
            count = 4
            if first == 0xF0 { lower = 0x90 }
            if first == 0xF4 { upper = 0x8F }
        default: return ("\u{FFFD}", 1, true)
        }
        var value = UInt32(first) & (0x7F >> UInt32(count))
        for i in 1..<count {
            guard position + i < bytes.count, lower...upper ~= bytes[position + i] else { return ("\u{FFFD}", i, true) }
            value = value << 6 | UInt32(bytes[position + i] & 0x3F)
            (lower, upper) = (0x80, 0xBF)
        }
        guard let scalar = Unicode.Scalar(value) else { return ("\u{FFFD}", 1, true) }
        return (scalar, count, false)
    }
}
