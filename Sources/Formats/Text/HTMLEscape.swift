/// Text made safe inside HTML, in element content as well as in attributes between double quotes.
package enum HTMLEscape {
    /// Appends the text with `&`, `<`, `>`, `"` and `'` as character references. Control characters, which HTML forbids or
    /// normalises, become blanks.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes.append("&amp;" as StaticString)
            case UInt8(ascii: "<"): bytes.append("&lt;" as StaticString)
            case UInt8(ascii: ">"): bytes.append("&gt;" as StaticString)
            case UInt8(ascii: "\""): bytes.append("&quot;" as StaticString)
            case UInt8(ascii: "'"): bytes.append("&#39;" as StaticString)
            default: bytes.append(ASCII.isControl(byte) ? 32 : byte)
            }
        }
    }
}
