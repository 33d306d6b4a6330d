/// README files, as npm finds them: in Markdown first, then any other, whatever the case of their names.
enum NPMReadme {
    private static let markdown = [".md", ".markdown", ".mdown", ".mkdn", ".mkd"]

    /// The lower the better; nil for what is not a README.
    ///
    /// - Parameter name: in small letters.
    static func rank(of name: String) -> Int? {
        guard name.hasPrefix("readme") else { return nil }
        let ending = name.dropFirst("readme".count)
        if let place = markdown.firstIndex(where: { $0 == ending }) { return place }
        if ending.isEmpty { return markdown.count }
        return ending == ".txt" || ending == ".rst" ? markdown.count + 1 : nil
    }

    /// The beginning of a text, up to `limit` bytes and not into a character; nil for what is not UTF-8.
    static func kept(_ bytes: [UInt8], limit: Int) -> String? {
        guard UTF8Fault.first(in: bytes.span) == nil else { return nil }
        guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
        var end = limit
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
