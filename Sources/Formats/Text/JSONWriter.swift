/// Writes JSON (RFC 8259) straight into bytes, keys in the order they are given: same input, same bytes.
///
/// Commas are the writer's business; balance of `begin…` and `end…` is the caller's.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name; its value must follow.
    package mutating func key(_ name: String) {
        separate()
        Self.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func value(_ text: String) {
        separate()
        Self.append(text, to: &bytes)
        needsComma = true
    }

    package mutating func value(_ number: some BinaryInteger) {
        separate()
        bytes.append(decimal: number)
        needsComma = true
    }

    package mutating func value(_ flag: Bool) {
        separate()
        bytes.append(flag ? "true" as StaticString : "false")
        needsComma = true
    }

    package mutating func null() {
        separate()
        bytes.append("null" as StaticString)
        needsComma = true
    }

    /// A finished piece of JSON.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    package mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    package mutating func member(_ name: String, _ number: some BinaryInteger) {
        key(name)
        value(number)
    }

    package mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// A text as a JSON string, quotes included. Control characters (C0, DEL and C1), U+2028 and U+2029 are escaped, so that the text is
    /// also safe inside YAML 1.1 and JavaScript, and on a terminal.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var recent: (UInt8, UInt8) = (0, 0)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append("\\\"" as StaticString)
            case UInt8(ascii: "\\"): bytes.append("\\\\" as StaticString)
            case 10: bytes.append("\\n" as StaticString)
            case 13: bytes.append("\\r" as StaticString)
            case 9: bytes.append("\\t" as StaticString)
            case 0..<32, 127:
                bytes.append("\\u00" as StaticString)
                bytes.append(hex: [byte])
            case 0x80...0x9F where recent.1 == 0xC2:
                bytes.removeLast()
                bytes.append("\\u00" as StaticString)
                bytes.append(hex: [byte])
            case 0xA8...0xA9 where recent == (0xE2, 0x80):
                bytes.removeLast(2)
                bytes.append(byte == 0xA8 ? "\\u2028" as StaticString : "\\u2029")
            default: bytes.append(byte)
            }
            recent = (recent.1, byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}
