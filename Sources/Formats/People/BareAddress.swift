/// Addresses that stand in a text without markup: `https://…`, `http://…`, `www.…`.
enum BareAddress {
    /// Where the address that begins here ends; nil if none does. Its last punctuation and unbalanced `)` do not belong to it.
    static func end(_ text: [UInt8], at start: Int, upTo limit: Int) -> Int? {
        let first = text[start]
        guard first | 0x20 == UInt8(ascii: "h") || first | 0x20 == UInt8(ascii: "w") else { return nil }
        if start > 0 {
            let before = text[start - 1]
            let isApart =
                Mark.isSpace(before) || before == Mark.open || before == Mark.star || before == Mark.underscore
                || before == Mark.tilde || before == Mark.openBracket || before == Mark.less || before == Mark.quote
                || before == UInt8(ascii: "'") || before == UInt8(ascii: ",") || before == Mark.colon
            guard isApart else { return nil }
        }
        let head = text[start..<min(start + 8, limit)]
        let length = WebLink.has("https://", head) ? 8 : WebLink.has("http://", head) ? 7 : WebLink.has("www.", head) ? 4 : 0
        guard length > 0, start + length < limit, ASCII.isAlphanumeric(text[start + length]) || text[start + length] >= 0x80
        else { return nil }
        var end = start + length
        var depth = 0
        // Longer ones are no links anyway.
        let last = min(limit, start + WebLink.limit)
        scan: while end < last {
            switch text[end] {
            case 0...32, 127, Mark.less, Mark.greater, Mark.quote, Mark.backtick, Mark.closeBracket: break scan
            case Mark.open: depth += 1
            case Mark.close:
                guard depth > 0 else { break scan }
                depth -= 1
            default: break
            }
            end += 1
        }
        let tail: StaticString = "?!.,:;*_~'"
        while end > start + length, tail.utf8CodeUnits.contains(text[end - 1]) { end -= 1 }
        return end
    }

    /// A text with its addresses as links.
    static func write(_ slice: ArraySlice<UInt8>, to writer: inout ReadmeWriter) {
        let text = Array(slice)
        var start = 0
        var i = 0
        while i < text.count, !writer.isFull {
            guard let end = end(text, at: i, upTo: text.count) else {
                i += 1
                continue
            }
            writer.text(text[start..<i])
            link(text[i..<end], to: &writer)
            start = end
            i = end
        }
        writer.text(text[start...])
    }

    static func link(_ address: ArraySlice<UInt8>, to writer: inout ReadmeWriter) {
        let isShort = WebLink.has("www.", address)
        writer.openLink(WebLink.href(isShort ? [UInt8]("https://") + address : Array(address)))
        writer.text(address)
        writer.closeLink()
    }
}
