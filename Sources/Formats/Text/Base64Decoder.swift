/// Decodes base64 (RFC 4648, section 4) as it arrives: the standard alphabet with its padding, and nothing else. Each content has one
/// spelling: line ends, missing padding, more padding than is needed and bits that nobody reads are faults.
struct Base64Decoder: Sendable {
    enum Fault: Error, Equatable {
        /// A byte that is not of the alphabet, or padding where none can be.
        case stray
        case behindPadding
        /// The bits that the last character has too many are not zero.
        case unusedBits
        case unfinished
    }

    private var bits: UInt32 = 0
    /// Characters of the four at hand, padding included.
    private var count = 0
    private var padding = 0
    private var isPadded = false

    private static let pad = UInt8(ascii: "=")

    /// By character, its six bits; 0xFF for all that are not characters of the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Decodes from `position` on, which is then at the first byte that is neither of the alphabet nor padding, at the one that is a
    /// fault, or at the chunk's end.
    mutating func decode(_ chunk: Span<UInt8>, from position: inout Int, into output: inout [UInt8]) throws(Fault) {
        while position < chunk.count {
            if count == 0, !isPadded, chunk.count - position >= 4 {
                let quick = Self.whole(chunk, from: position)
                if output.isEmpty { output = quick } else { output += quick }
                position += quick.count / 3 * 4
                guard position < chunk.count else { return }
            }
            let byte = chunk[position]
            guard byte == Self.pad || Self.values[Int(byte)] != 0xFF else { return }
            try decode(byte, into: &output)
            position += 1
        }
    }

    /// As many whole groups of four characters as follow each other without padding, up to 64 KiB of them.
    private static func whole(_ chunk: Span<UInt8>, from start: Int) -> [UInt8] {
        let groups = min((chunk.count - start) / 4, 16 << 10)
        return chunk.withUnsafeBufferPointer { chunk in
            values.withUnsafeBufferPointer { values in
                [UInt8](unsafeUninitializedCapacity: groups * 3) { output, written in
                    var position = start
                    for _ in 0..<groups {
                        let a = values[Int(chunk[position])], b = values[Int(chunk[position + 1])]
                        let c = values[Int(chunk[position + 2])], d = values[Int(chunk[position + 3])]
                        if (a | b | c | d) & 0x80 != 0 { break }
                        output[written] = a << 2 | b >> 4
                        output[written + 1] = b << 4 | c >> 2
                        output[written + 2] = c << 6 | d
                        written += 3
                        position += 4
                    }
                }
            }
        }
    }

    mutating func decode(_ byte: UInt8, into output: inout [UInt8]) throws(Fault) {
        guard !isPadded else { throw .behindPadding }
        if byte == Self.pad {
            guard count >= 2 else { throw .stray }
            padding += 1
            bits <<= 6
        } else {
            let value = Self.values[Int(byte)]
            guard value != 0xFF, padding == 0 else { throw .stray }
            bits = bits << 6 | UInt32(value)
        }
        count += 1
        guard count == 4 else { return }
        guard bits & (1 << UInt32(8 * padding) - 1) == 0 else { throw .unusedBits }
        for index in 0..<(3 - padding) { output.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * index))) }
        isPadded = padding > 0
        (bits, count, padding) = (0, 0, 0)
    }

    /// To be called at the text's end.
    func finish() throws(Fault) {
        guard count == 0 else { throw .unfinished }
    }
}
