/// Writes values as block YAML the way `helm repo index` lays them out: two spaces a level, dashes at the parent's column, keys in
/// the order they are given, no folding.
enum YAMLWriter {
    /// Appends the members of a mapping, each at `indent` columns. With `continuing` the first stands where the line already is
    /// (after a dash).
    static func append(members: [YAMLMember], indent: Int, continuing: Bool = false, to bytes: inout [UInt8]) {
        for (position, member) in members.enumerated() {
            if position > 0 || !continuing { pad(indent, &bytes) }
            YAMLScalar.appendFlow(member.key, isKey: true, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            switch member.value {
            case .sequence(let items) where !items.isEmpty:
                bytes.append(10)
                append(items: items, indent: indent, to: &bytes)
            case .mapping(let members) where !members.isEmpty:
                bytes.append(10)
                append(members: members, indent: indent + 2, to: &bytes)
            default:
                bytes.append(UInt8(ascii: " "))
                append(scalar: member.value, indent: indent + 2, to: &bytes)
            }
        }
    }

    /// Appends the items of a sequence, their dashes at `indent` columns.
    static func append(items: [YAMLNode], indent: Int, continuing: Bool = false, to bytes: inout [UInt8]) {
        for (position, item) in items.enumerated() {
            if position > 0 || !continuing { pad(indent, &bytes) }
            bytes.append("- " as StaticString)
            switch item {
            case .mapping(let members) where !members.isEmpty:
                append(members: members, indent: indent + 2, continuing: true, to: &bytes)
            case .sequence(let items) where !items.isEmpty:
                append(items: items, indent: indent + 2, continuing: true, to: &bytes)
            default: append(scalar: item, indent: indent + 2, to: &bytes)
            }
        }
    }

    /// A scalar or an empty collection, with its line's end. `indent` is where the lines of a literal block stand.
    private static func append(scalar: YAMLNode, indent: Int, to bytes: inout [UInt8]) {
        switch scalar {
        case .text(let text) where YAMLScalar.style(of: text) == .literal:
            bytes.append(text.utf8.last == 10 ? "|" as StaticString : "|-")
            var startsLine = true
            bytes.append(10)
            for byte in text.utf8 {
                if startsLine, byte != 10 { pad(indent, &bytes) }
                bytes.append(byte)
                startsLine = byte == 10
            }
            if startsLine { return }
        case .text(let text): YAMLScalar.appendFlow(text, to: &bytes)
        case .null: bytes.append("null" as StaticString)
        case .bool(let flag): bytes.append(flag ? "true" as StaticString : "false")
        case .integer(let digits): bytes.append(digits)
        case .real(let number): bytes.append(YAMLResolution.jsonText(number))
        case .sequence: bytes.append("[]" as StaticString)
        case .mapping: bytes.append("{}" as StaticString)
        }
        bytes.append(10)
    }

    private static func pad(_ count: Int, _ bytes: inout [UInt8]) {
        for _ in 0..<count { bytes.append(UInt8(ascii: " ")) }
    }

    /// Appends the value as JSON that is also YAML (see `YAMLScalar.appendQuoted`). Numbers must be finite.
    static func appendJSON(_ node: YAMLNode, to bytes: inout [UInt8]) {
        switch node {
        case .null: bytes.append("null" as StaticString)
        case .bool(let flag): bytes.append(flag ? "true" as StaticString : "false")
        case .integer(let digits): bytes.append(digits)
        case .real(let number): bytes.append(YAMLResolution.jsonText(number))
        case .text(let text): YAMLScalar.appendQuoted(text, to: &bytes)
        case .sequence(let items):
            bytes.append(UInt8(ascii: "["))
            for (position, item) in items.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                appendJSON(item, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .mapping(let members):
            bytes.append(UInt8(ascii: "{"))
            for (position, member) in members.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                YAMLScalar.appendQuoted(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                appendJSON(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
