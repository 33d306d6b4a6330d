/// One tag of a template.
struct TemplateTag {
    enum Kind {
        case value, raw, section, inverted, end, comment, partial, parent, block, delimiters

        var mayStandAlone: Bool { self != .value && self != .raw }
    }

    var kind: Kind
    /// Without the blanks around it; empty for comments and delimiters.
    var name: String
    /// Where it begins.
    var offset: Int
    /// The character behind the opening delimiter, for messages.
    var sign: String
}

extension TemplateParser {
    /// Reads the tag at the position, and goes behind it. One that sets delimiters takes effect.
    mutating func tag() throws(TemplateFault) -> TemplateTag {
        let offset = position
        let start = position + delimiters.open.count
        let sign = start < text.count ? text[start] : 0
        let kind: TemplateTag.Kind =
            switch sign {
            case UInt8(ascii: "#"): .section
            case UInt8(ascii: "^"): .inverted
            case UInt8(ascii: "/"): .end
            case UInt8(ascii: "!"): .comment
            case UInt8(ascii: ">"): .partial
            case UInt8(ascii: "<"): .parent
            case UInt8(ascii: "$"): .block
            case UInt8(ascii: "="): .delimiters
            case UInt8(ascii: "{"), UInt8(ascii: "&"): .raw
            default: .value
            }
        var tag = TemplateTag(
            kind: kind, name: "", offset: offset, sign: kind == .value ? "" : String(Unicode.Scalar(sign)))
        let isTriple = sign == UInt8(ascii: "{")
        let closing = (isTriple ? [UInt8(ascii: "}")] : kind == .delimiters ? [UInt8(ascii: "=")] : []) + delimiters.close
        let content = start + (kind == .value ? 0 : 1)
        var end = content
        while end < text.count, !has(closing, at: end) { end += 1 }
        guard end < text.count else {
            let closing = String(decoding: closing, as: UTF8.self)
            throw fault("a tag begins that does not end", at: offset, remedy: "write \(closing) behind its name")
        }
        position = end + closing.count
        switch kind {
        case .comment: break
        case .delimiters: try setDelimiters(content..<end, offset)
        default: tag.name = try name(content..<end, kind, offset)
        }
        return tag
    }

    /// The names of a value's tag.
    func path(_ tag: TemplateTag) throws(TemplateFault) -> Template.Path {
        if tag.name == "." { return [] }
        let names = tag.name.split(separator: ".", omittingEmptySubsequences: false)
        guard !names.contains("") else {
            throw fault(
                "\(shown(tag)) has a dot with nothing before or behind it", at: tag.offset,
                remedy: "write names with one dot between them"
            )
        }
        return names.map(String.init)
    }

    private func name(_ range: Range<Int>, _ kind: TemplateTag.Kind, _ offset: Int) throws(TemplateFault) -> String {
        let name = String(decoding: Self.trimmed(text[range]), as: UTF8.self)
        guard !name.isEmpty else { throw fault("a tag has no name", at: offset, remedy: "write one into it, or remove it") }
        let isFile = kind == .partial || kind == .parent || kind == .end
        let isName = name.utf8.allSatisfy { byte in
            byte >= 0x80 || ASCII.isAlphanumeric(byte) || "-_.?".utf8.contains(byte) || isFile && byte == UInt8(ascii: "/")
        }
        guard isName else {
            throw fault(
                "'\(ASCII.line(name))' is not a name", at: offset,
                remedy: "make it of letters, digits and - _ . ? (calls, lambdas and names that are values do not exist here)")
        }
        return name
    }

    /// `{{=<% %>=}}`.
    private mutating func setDelimiters(_ range: Range<Int>, _ offset: Int) throws(TemplateFault) {
        let both = text[range].split { Self.isWhitespace($0) }
        guard both.count == 2, !both.contains(where: { $0.contains(UInt8(ascii: "=")) }) else {
            throw fault(
                "delimiters are set wrongly", at: offset,
                remedy: "write two with a blank between them, and no '=' in either: {{=<% %>=}}")
        }
        delimiters = (Array(both[0]), Array(both[1]))
    }

    func has(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard offset + bytes.count <= text.count else { return false }
        for index in 0..<bytes.count where text[offset + index] != bytes[index] { return false }
        return true
    }

    /// As it would be written with the usual delimiters.
    func shown(_ tag: TemplateTag) -> String { "{{\(tag.sign)\(tag.name)\(tag.sign == "{" ? "}" : "")}}" }

    func ending(_ name: String) -> String { "{{/\(name)}}" }

    func fault(_ what: String, at offset: Int, remedy: String) -> TemplateFault {
        TemplateFault(what, at: offset, in: text, remedy: remedy)
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isWhitespace)
        while let last = bytes.last, isWhitespace(last) { bytes.removeLast() }
        return bytes
    }
}
