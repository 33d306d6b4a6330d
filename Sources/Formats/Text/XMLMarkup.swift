/// A look at a document's markup before libxml2 reads it: what must not reach that parser at all.
///
/// It need not know whether the document is well-formed. As far as it is, both see the same tags; and behind the first fault libxml2 reads no
/// further, so that nobody cares what is seen there.
struct XMLMarkup {
    private let bytes: [UInt8]
    private let subject: String

    init(_ bytes: [UInt8], of subject: String) {
        self.bytes = bytes
        self.subject = subject
    }

    static let typeDeclaration = "has a document type declaration (DOCTYPE), which is never read"

    /// Refuses declarations (`<!DOCTYPE`, `<!ENTITY`), entities that XML does not predefine, and tags that are too large.
    func check() throws(Refusal) {
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "<"): at = try behindMarkup(at)
            case UInt8(ascii: "&"):
                try checkReference(at)
                at += 1
            default: at += 1
            }
        }
    }

    private func behindMarkup(_ start: Int) throws(Refusal) -> Int {
        if has("<!--", at: start) { return behind("-->", from: start + 4) }
        if has("<![CDATA[", at: start) { return behind("]]>", from: start + 9) }
        if has("<?", at: start) { return behind("?>", from: start + 2) }
        if has("<!", at: start) {
            throw refusal(.unsupported, Self.typeDeclaration, at: start, "leave the declaration out; write characters themselves")
        }
        return try behindTag(start)
    }

    private func behindTag(_ start: Int) throws(Refusal) -> Int {
        var attributes = 0
        var quote: UInt8?
        var at = start + 1
        while at < bytes.count {
            guard at - start <= XMLReader.Limits.tagBytes else {
                throw refusal(.limit, "has a tag of more than \(XMLReader.Limits.tagBytes) bytes", at: start, "make it smaller")
            }
            let byte = bytes[at]
            if byte == UInt8(ascii: "&") { try checkReference(at) }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                attributes += 1
                guard attributes <= XMLReader.Limits.attributes else {
                    throw refusal(
                        .limit, "has an element with more than \(XMLReader.Limits.attributes) attributes", at: start,
                        "make it smaller")
                }
            } else if byte == UInt8(ascii: ">") {
                return at + 1
            }
            at += 1
        }
        return at
    }

    private static let predefined: Set<[UInt8]> = Set(["lt", "gt", "amp", "apos", "quot"].map { Array($0.utf8) })

    private func checkReference(_ start: Int) throws(Refusal) {
        if start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "#") { return }
        // Longer names are none of the five.
        let rest = bytes[(start + 1)...].prefix(64)
        guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else {
            // One that does not end is a fault that libxml2 names.
            return
        }
        let name = Array(rest[..<end])
        guard !Self.predefined.contains(name),
            name.allSatisfy({ $0 >= 0x80 || ASCII.isAlphanumeric($0) || "._-:".utf8.contains($0) })
        else { return }
        throw refusal(
            .unsupported,
            "uses the entity '\(String(decoding: name, as: UTF8.self))', and only lt, gt, amp, apos and quot are read",
            at: start, "write the character itself")
    }

    private func has(_ text: StaticString, at start: Int) -> Bool {
        guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[start + offset] != text.utf8Start[offset] { return false }
        return true
    }

    /// The place behind the next such text; the end when there is none.
    private func behind(_ text: StaticString, from start: Int) -> Int {
        var at = start
        while at + text.utf8CodeUnitCount <= bytes.count {
            if has(text, at: at) { return at + text.utf8CodeUnitCount }
            at += 1
        }
        return bytes.count
    }

    private func refusal(_ cause: Refusal.Cause, _ what: String, at offset: Int, _ remedy: String) -> Refusal {
        Refusal(cause, "\(subject) \(what)", at: XMLEncoding.place(of: offset, in: bytes.span), remedy: remedy)
    }
}
