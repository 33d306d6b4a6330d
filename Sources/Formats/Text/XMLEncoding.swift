/// The encodings in which XML documents are read: UTF-8, US-ASCII and ISO 8859-1 as they declare, and UTF-16 with a byte order mark.
///
/// These four are what documents of package ecosystems are in (old POMs are ISO 8859-1, some nuspecs UTF-16). The rest of what libxml2
/// could read through iconv differs from reader to reader, and is refused by name.
enum XMLEncoding {
    /// The document in UTF-8, without a byte order mark; its declaration stays as it is.
    static func utf8(_ bytes: Span<UInt8>, of subject: String) throws(Refusal) -> [UInt8] {
        func refusal(_ cause: Refusal.Cause, _ what: String, _ offset: Int, _ remedy: String = "save it as UTF-8") -> Refusal {
            Refusal(cause, "\(subject) \(what)", at: place(of: offset, in: bytes), remedy: remedy)
        }
        let head = (0..<min(bytes.count, 4)).map { bytes[$0] }
        if head.starts(with: [0, 0, 0xFE, 0xFF]) || head == [0xFF, 0xFE, 0, 0] { throw refusal(.unsupported, "is UTF-32", 0) }
        if head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE]) {
            guard let text = utf16(bytes, isBig: head[0] == 0xFE) else {
                throw refusal(.malformed, "is not UTF-16, though it begins like that", 0)
            }
            let declared = declaration(text.span)
            guard declared.isEmpty || declared.hasPrefix("utf-16") else {
                throw refusal(.ambiguous, "is UTF-16 and declares the encoding '\(ASCII.line(declared))'", 0)
            }
            if let offset = text.firstIndex(of: 0) {
                throw Refusal(
                    .malformed, "\(subject) holds a NUL", at: place(of: offset, in: text.span), remedy: "save it as text")
            }
            return text
        }
        let hasMark = head.starts(with: [0xEF, 0xBB, 0xBF])
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for index in (hasMark ? 3 : 0)..<bytes.count {
            let byte = bytes[index]
            guard byte != 0 else { throw refusal(.malformed, "holds a NUL", index, "save it as text, in UTF-8") }
            text.append(byte)
        }
        let declared = declaration(text.span)
        switch declared {
        case "", "utf-8", "utf8": break
        case _ where hasMark:
            throw refusal(.ambiguous, "begins as UTF-8 does and declares the encoding '\(ASCII.line(declared))'", 0)
        case "us-ascii", "ascii":
            if let offset = text.firstIndex(where: { $0 >= 0x80 }) {
                throw refusal(.malformed, "declares US-ASCII and holds another byte", offset)
            }
        case "iso-8859-1", "latin1", "iso_8859-1":
            return text.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
        default:
            throw refusal(.unsupported, "declares the encoding '\(ASCII.line(declared))', which is not read", 0)
        }
        if let offset = fault(in: text) {
            throw Refusal(.malformed, "\(subject) is not UTF-8", at: place(of: offset, in: text.span), remedy: "save it as UTF-8")
        }
        return text
    }

    /// `line 3, column 14`, both from 1; columns count bytes.
    static func place(of offset: Int, in bytes: Span<UInt8>) -> String {
        var line = 1
        var start = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            start = index + 1
        }
        return "line \(line), column \(offset - start + 1)"
    }

    /// What the XML declaration says of the encoding, in lower case; empty where it says nothing.
    private static func declaration(_ bytes: Span<UInt8>) -> String {
        // A declaration is short; whoever writes a longer one means something else.
        let head = (0..<min(bytes.count, 512)).map { bytes[$0] }
        guard head.starts(with: "<?xml".utf8), let end = head.firstIndex(of: UInt8(ascii: ">")) else { return "" }
        let key = Array("encoding".utf8)
        guard end >= key.count, let at = (5...(end - key.count)).first(where: { head[$0...].starts(with: key) }) else {
            return ""
        }
        var rest = head[(at + key.count)..<end].drop { " \t\r\n".utf8.contains($0) }
        guard rest.popFirst() == UInt8(ascii: "=") else { return "" }
        rest = rest.drop { " \t\r\n".utf8.contains($0) }
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return "" }
        return ASCII.lowered(String(decoding: rest.prefix { $0 != quote }, as: UTF8.self))
    }

    /// Nil for half a character.
    private static func utf16(_ bytes: Span<UInt8>, isBig: Bool) -> [UInt8]? {
        guard bytes.count % 2 == 0 else { return nil }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        for index in stride(from: 2, to: bytes.count, by: 2) {
            let (one, other) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isBig ? one << 8 | other : other << 8 | one)
        }
        return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
    }

    /// Where the bytes stop being UTF-8; nil when all of them are.
    private static func fault(in bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var (low, high) = (0, bytes.count)
        // The longest beginning that is UTF-8, but for a character that is cut.
        while low < high {
            let middle = (low + high + 1) / 2
            let cut = (0...3).contains { $0 <= middle && String(validating: bytes[..<(middle - $0)], as: UTF8.self) != nil }
            if cut { low = middle } else { high = middle - 1 }
        }
        return max(0, low - 1)
    }
}
