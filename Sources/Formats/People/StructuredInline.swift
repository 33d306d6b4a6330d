/// reStructuredText inside of a paragraph: nothing nests. What has begun and does not end is text; that something does not end any more
/// is found once for each kind, so that the whole is linear.
struct StructuredInline {
    private let text: [UInt8]
    private let names: StructuredNames
    private var position = 0
    private var plain = 0
    /// From where on there is no such end.
    private var missing: [String: Int] = [:]
    private var anonymous = 0

    init(_ text: [UInt8], _ names: StructuredNames) {
        self.text = text
        self.names = names
    }

    mutating func write(to writer: inout ReadmeWriter) {
        while position < text.count, !writer.isFull {
            let isHandled: Bool
            switch text[position] {
            case Mark.backslash:
                flush(to: &writer)
                // A backslash before a blank joins what is around it.
                plain = position + (position + 1 < text.count && Mark.isSpace(text[position + 1]) ? 2 : 1)
                position += 2
                continue
            case Mark.backtick: isHandled = canBegin && (literal(&writer) || interpreted(&writer, role: nil))
            case Mark.star: isHandled = canBegin && (emphasis("**", "strong", &writer) || emphasis("*", "em", &writer))
            case Mark.bar: isHandled = canBegin && substitution(&writer)
            case Mark.colon: isHandled = canBegin && role(&writer)
            case Mark.underscore: isHandled = reference(&writer)
            case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "w"), UInt8(ascii: "W"): isHandled = address(&writer)
            default: isHandled = false
            }
            if !isHandled { position += 1 }
        }
        position = text.count
        flush(to: &writer)
    }

    private mutating func flush(to writer: inout ReadmeWriter, passing end: Int? = nil) {
        if plain < min(position, text.count) { writer.text(text[plain..<min(position, text.count)]) }
        position = end ?? position
        plain = position
    }

    /// Inline markup begins behind a blank or some punctuation, and before what is not a blank.
    private var canBegin: Bool {
        guard position > 0 else { return true }
        let before = text[position - 1]
        return Mark.isSpace(before) || "'\"([{<-/:.,!?;".utf8.contains(before) || before == Mark.backslash
    }

    /// The next place of an end, behind what is not a blank and before what is not a letter.
    private mutating func end(_ sign: String, from start: Int) -> Int? {
        if let from = missing[sign], start >= from { return nil }
        guard start < text.count, !Mark.isSpace(text[start]) else { return nil }
        let sign8 = Array(sign.utf8)
        var i = start + 1
        while i + sign8.count <= text.count {
            if text[i] == Mark.backslash, sign8.count == 1 || sign8[0] == Mark.star {
                i += 2
                continue
            }
            if text[i] == sign8[0], sign8.count == 1 || text[i + 1] == sign8[1], !Mark.isSpace(text[i - 1]) {
                let behind = i + sign8.count
                let after = behind < text.count ? text[behind] : Mark.blank
                let isApart = !ASCII.isAlphanumeric(after) && (after != sign8[0] || sign8.count == 1 && sign8[0] != Mark.star)
                if isApart || after == Mark.underscore { return i }
            }
            i += 1
        }
        missing[sign] = start
        return nil
    }

    private mutating func literal(_ writer: inout ReadmeWriter) -> Bool {
        guard position + 2 < text.count, text[position + 1] == Mark.backtick, let end = end("``", from: position + 2) else {
            return false
        }
        let start = position + 2
        flush(to: &writer, passing: end + 2)
        writer.open("code")
        writer.text(text[start..<end].map { $0 == Mark.newline ? Mark.blank : $0 })
        writer.close()
        return true
    }

    private mutating func emphasis(_ sign: StaticString, _ element: StaticString, _ writer: inout ReadmeWriter) -> Bool {
        let count = sign.utf8CodeUnitCount
        guard position + count < text.count, text[position + count - 1] == Mark.star,
            let end = end(sign.description, from: position + count)
        else { return false }
        let start = position + count
        flush(to: &writer, passing: end + count)
        writer.open(element)
        writer.text(unescaped(text[start..<end]))
        writer.close()
        return true
    }

    /// `` `text <address>`_ ``, `` `text`_ ``, `` `text`__ ``, and text between backticks with a role or without.
    private mutating func interpreted(_ writer: inout ReadmeWriter, role: String?) -> Bool {
        guard let end = end("`", from: position + 1) else { return false }
        let inner = text[(position + 1)..<end]
        var behind = end + 1
        let isReference = behind < text.count && text[behind] == Mark.underscore
        if isReference { behind += behind + 1 < text.count && text[behind + 1] == Mark.underscore ? 2 : 1 }
        let isAnonymous = behind - end == 3
        flush(to: &writer, passing: behind)
        var shown = inner
        var found: [UInt8]?
        if inner.last == Mark.greater, let less = inner.lastIndex(of: Mark.less) {
            found = inner[(less + 1)..<(end - 1)].filter { !Mark.isSpace($0) }
            shown = inner[..<less]
            while let last = shown.last, Mark.isSpace(last) { shown.removeLast() }
            if let name = found, name.last == Mark.underscore { found = names.address(of: name.dropLast()) }
        } else if isAnonymous {
            found = anonymous < names.anonymous.count ? names.anonymous[anonymous] : nil
            anonymous += 1
        } else if isReference {
            found = names.address(of: inner)
        }
        if isReference {
            writer.openLink(found.flatMap { WebLink.href($0) })
            writer.text(unescaped(shown.isEmpty ? found?[...] ?? [] : shown))
            writer.closeLink()
        } else if let role {
            let isCode = !["ref", "doc", "pep", "rfc", "term", "abbr", "sub", "sup", "emphasis", "strong", "title"].contains(role)
            if isCode { writer.open("code") } else { writer.open(role == "strong" ? "strong" : "em") }
            writer.text(shown)
            writer.close()
        } else {
            writer.open("em")
            writer.text(unescaped(inner))
            writer.close()
        }
        return true
    }

    /// `:role:` before a backtick.
    private mutating func role(_ writer: inout ReadmeWriter) -> Bool {
        var i = position + 1
        let last = min(text.count - 1, position + 40)
        while i < last,
            ASCII.isAlphanumeric(text[i]) || text[i] == Mark.minus || text[i] == Mark.colon && text[i + 1] != Mark.backtick
        {
            i += 1
        }
        guard i < last, i > position + 1, text[i] == Mark.colon, text[i + 1] == Mark.backtick else { return false }
        let name = String(decoding: text[(position + 1)..<i], as: UTF8.self)
        let start = position
        flush(to: &writer, passing: i + 1)
        if interpreted(&writer, role: name) { return true }
        plain = start
        position = i + 1
        return true
    }

    private mutating func substitution(_ writer: inout ReadmeWriter) -> Bool {
        guard let end = end("|", from: position + 1) else { return false }
        let name = text[(position + 1)..<end]
        guard let found = names.substitution(name) else { return false }
        var behind = end + 1
        while behind < text.count, behind < end + 3, text[behind] == Mark.underscore { behind += 1 }
        let target = behind > end + 1 ? names.address(of: name) : nil
        flush(to: &writer, passing: behind)
        writer.openLink((target ?? found.address).flatMap { WebLink.href($0) })
        writer.text(unescaped(found.text[...]))
        writer.closeLink()
        return true
    }

    /// `name_` behind a word, and `[1]_` behind a bracket.
    private mutating func reference(_ writer: inout ReadmeWriter) -> Bool {
        let next = position + 1 < text.count ? text[position + 1] : Mark.blank
        guard position > plain, !ASCII.isAlphanumeric(next), next != Mark.underscore, next != Mark.backtick else { return false }
        if text[position - 1] == Mark.closeBracket {
            flush(to: &writer, passing: position + 1)
            return true
        }
        var start = position
        while start > plain, position - start < 60, ASCII.isAlphanumeric(text[start - 1]) || "-_.+".utf8.contains(text[start - 1])
        {
            start -= 1
        }
        guard start < position, let found = names.address(of: text[start..<position]), let href = WebLink.href(found) else {
            return false
        }
        let behind = position + 1
        let word = text[start..<position]
        position = start
        flush(to: &writer, passing: behind)
        writer.openLink(href)
        writer.text(word)
        writer.closeLink()
        return true
    }

    private mutating func address(_ writer: inout ReadmeWriter) -> Bool {
        guard let end = BareAddress.end(text, at: position, upTo: text.count) else { return false }
        let start = position
        flush(to: &writer, passing: end)
        BareAddress.link(text[start..<end], to: &writer)
        return true
    }

    private func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(Mark.backslash) else { return Array(text) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if isEscaped {
                if !Mark.isSpace(byte) { result.append(byte) }
                isEscaped = false
            } else if byte == Mark.backslash {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
