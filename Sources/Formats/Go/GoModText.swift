/// Quoted text as Go writes it (go.dev/ref/spec#String_literals, interpreted).
enum GoModText {
    /// What stands between the quotation marks; nil for an escape that is none.
    static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var plain: [UInt8] = []
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                continue
            }
            guard position < text.endIndex else { return nil }
            let kind = text[position]
            position += 1
            func number(_ count: Int, radix: Int) -> UInt32? {
                guard text.endIndex - position >= count else { return nil }
                let digits = text[position..<(position + count)]
                guard
                    digits.allSatisfy({
                        radix == 8 ? (48...55).contains($0) : ASCII.isDigit($0) || (97...102).contains($0 | 0x20)
                    })
                else {
                    return nil
                }
                position += count
                return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
            }
            switch kind {
            case UInt8(ascii: "a"): plain.append(7)
            case UInt8(ascii: "b"): plain.append(8)
            case UInt8(ascii: "t"): plain.append(9)
            case UInt8(ascii: "n"): plain.append(10)
            case UInt8(ascii: "v"): plain.append(11)
            case UInt8(ascii: "f"): plain.append(12)
            case UInt8(ascii: "r"): plain.append(13)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): plain.append(kind)
            case UInt8(ascii: "x"):
                guard let value = number(2, radix: 16) else { return nil }
                plain.append(UInt8(value))
            case 48...55:
                position -= 1
                guard let value = number(3, radix: 8), value < 256 else { return nil }
                plain.append(UInt8(value))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                guard let value = number(kind == UInt8(ascii: "u") ? 4 : 8, radix: 16), let scalar = UnicodeScalar(value) else {
                    return nil
                }
                plain.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        return plain
    }
}
