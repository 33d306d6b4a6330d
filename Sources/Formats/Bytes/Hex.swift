/// Hexadecimal, lower case when written, either case when read.
package enum Hex {
    static let digits = Array("0123456789abcdef".utf8)

    package static func string(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.append(hex: bytes)
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for an odd number of digits or anything that is none.
    package static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            let digit: UInt8
            switch character {
            case 48...57: digit = character - 48
            case 97...102: digit = character - 87
            case 65...70: digit = character - 55
            default: return nil
            }
            if let upper = high {
                bytes.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
