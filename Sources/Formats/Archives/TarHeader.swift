/// One 512-byte header block of a tar archive, taken apart and checked. POSIX.1-1988 ustar, with GNU's base-256 numbers.
struct TarHeader {
    static let blockSize = 512

    /// The type letter: `0` file, `5` directory, `x` extended header …
    var type: UInt8
    /// Bytes of content that follow.
    var size: Int
    /// With the prefix where there is one; cut at NUL.
    var name: [UInt8]
    var link: [UInt8]
    /// Old GNU sparse files: whether blocks with more of the map come first.
    var isExtended: Bool

    /// `block` has 512 bytes and is not all zero. Nil when its checksum is wrong: then it is not a header at all.
    init?(_ block: [UInt8], at place: String) throws(Refusal) {
        guard Self.hasChecksum(block) else { return nil }
        type = block[156]
        size = try Self.number(block[124..<136], "size", at: place)
        name = Self.text(block[0..<100])
        link = Self.text(block[157..<257])
        isExtended = block[482] != 0
        // GNU's own format has other fields where ustar has the prefix.
        if block[257..<263].elementsEqual("ustar\0".utf8), block[345] != 0 {
            name = Self.text(block[345..<500]) + [UInt8(ascii: "/")] + name
        }
    }

    /// Whether the sum of the bytes (the checksum's own as spaces) is the one written. Old tools added signed bytes.
    static func hasChecksum(_ block: [UInt8]) -> Bool {
        guard let written = octal(block[148..<156]) else { return false }
        let span = block.span
        var sum = 8 * 32
        for i in span.indices { sum += Int(span[i]) }
        for i in 148..<156 { sum -= Int(span[i]) }
        if written == sum { return true }
        for i in span.indices where !(148..<156).contains(i) && span[i] >= 0x80 { sum -= 256 }
        return written == sum
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    private static func number(_ field: ArraySlice<UInt8>, _ label: String, at place: String) throws(Refusal) -> Int {
        let fault = Refusal(.malformed, "a tar member's \(label) is not a number", at: place, remedy: "rebuild the package")
        guard let first = field.first, first & 0x80 != 0 else {
            guard let number = octal(field) else { throw fault }
            return number
        }
        // Base 256: the first byte holds the mark; the sign follows, and negative numbers make no sense here.
        guard first == 0x80 else { throw fault }
        var number = 0
        for byte in field.dropFirst() {
            guard number < 1 << 50 else { throw fault }
            number = number << 8 | Int(byte)
        }
        return number
    }

    /// Octal digits between spaces, up to a NUL; 0 for none.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        var number = 0, isOver = false, hasBegun = false
        for byte in field {
            if byte == 0 { break }
            if byte == 0x20 {
                isOver = hasBegun
                continue
            }
            // Twelve digits at most: 36 bits.
            guard !isOver, byte >= 0x30, byte <= 0x37 else { return nil }
            hasBegun = true
            number = number << 3 | Int(byte - 0x30)
        }
        return number
    }
}
