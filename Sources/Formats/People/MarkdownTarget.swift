/// What stands behind or instead of a link's text.
enum MarkdownTarget {
    /// `(address "title")`, from its parenthesis on: the address, and where the text goes on. Titles are left out.
    static func inline(_ text: [UInt8], at start: Int) -> (address: [UInt8], end: Int)? {
        guard start < text.count, text[start] == Mark.open else { return nil }
        let last = min(text.count, start + WebLink.limit)
        var i = spaces(text, start + 1, last)
        guard i < last else { return nil }
        let address: [UInt8]
        if text[i] == Mark.less {
            let rest = text[(i + 1)..<last]
            guard let end = rest.firstIndex(where: { $0 == Mark.greater || $0 == Mark.less || $0 == Mark.newline }),
                text[end] == Mark.greater
            else { return nil }
            address = Array(text[(i + 1)..<end])
            i = end + 1
        } else {
            let end = bareEnd(text, i, last)
            guard end < last else { return nil }
            address = unescaped(text[i..<end])
            i = end
        }
        i = spaces(text, i, last)
        guard i < last else { return nil }
        let quote = text[i]
        if quote == Mark.quote || quote == UInt8(ascii: "'") || quote == Mark.open {
            let closing = quote == Mark.open ? Mark.close : quote
            i += 1
            while i < last, text[i] != closing {
                guard quote != Mark.open || text[i] != Mark.open else { return nil }
                i += text[i] == Mark.backslash ? 2 : 1
            }
            i = spaces(text, i + 1, last)
        }
        guard i < last, text[i] == Mark.close else { return nil }
        return (address, i + 1)
    }

    /// An address without blanks, up to a parenthesis that it did not open.
    private static func bareEnd(_ text: [UInt8], _ start: Int, _ last: Int) -> Int {
        var depth = 0
        var i = start
        while i < last, text[i] > 32 {
            switch text[i] {
            case Mark.open: depth += 1
            case Mark.close:
                if depth == 0 { return i }
                depth -= 1
            case Mark.backslash: i += 1
            // The next link begins: this one has no end, and the text would be looked through again for each of them.
            case Mark.closeBracket where i + 1 < last && text[i + 1] == Mark.open: return last
            default: break
            }
            i += 1
        }
        return min(i, last)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var i = text.startIndex
        while i < text.endIndex {
            if text[i] == Mark.backslash, i + 1 < text.endIndex, Mark.isPunctuation(text[i + 1]) { i += 1 }
            if text[i] == Mark.ampersand,
                let (character, count) = HTMLEntity.read(Array(text[i..<min(i + 12, text.endIndex)]), at: 0)
            {
                result += character
                i += count
                continue
            }
            result.append(text[i])
            i += 1
        }
        return result
    }

    private static func spaces(_ text: [UInt8], _ start: Int, _ last: Int) -> Int {
        var i = start
        while i < last, Mark.isSpace(text[i]) { i += 1 }
        return i
    }

    /// `[label]`, from its bracket on: where the label is. Nil if it is empty.
    static func label(_ text: [UInt8], at start: Int) -> Range<Int>? {
        guard start < text.count, text[start] == Mark.openBracket else { return nil }
        let last = min(text.count, start + MarkdownReferences.labelLimit + 2)
        var i = start + 1
        while i < last, text[i] != Mark.closeBracket, text[i] != Mark.openBracket { i += text[i] == Mark.backslash ? 2 : 1 }
        return i < last && text[i] == Mark.closeBracket && i > start + 1 ? start + 1..<i : nil
    }

    /// Where `<https://…>` or `<name@example.org>` ends: its `>`.
    static func angleEnd(_ text: [UInt8], at start: Int) -> Int? {
        var hasScheme = false
        var hasAt = false
        var i = start + 1
        let last = min(text.count, start + WebLink.limit)
        guard i < last, ASCII.isAlphanumeric(text[i]) else { return nil }
        while i < last {
            switch text[i] {
            case Mark.greater: return hasScheme || hasAt ? i : nil
            case 0...32, Mark.less, Mark.quote, 127: return nil
            case Mark.colon: if !hasAt { hasScheme = true }
            case UInt8(ascii: "@"): hasAt = true
            // A scheme or a mailbox is all there may be before these.
            case UInt8(ascii: "/") where !hasScheme, Mark.equals where !hasScheme: return nil
            default: break
            }
            i += 1
        }
        return nil
    }

    /// The bytes of `<br>`, `<br/>`, `<br />`.
    static func breakTag(_ text: [UInt8], at start: Int) -> Int? {
        guard start + 3 < text.count, text[start + 1] | 0x20 == UInt8(ascii: "b"), text[start + 2] | 0x20 == UInt8(ascii: "r")
        else { return nil }
        var i = start + 3
        while i < text.count, i < start + 8, text[i] == Mark.blank || text[i] == UInt8(ascii: "/") { i += 1 }
        return i < text.count && text[i] == Mark.greater ? i + 1 - start : nil
    }
}

/// Character references of HTML: numbers, and the names that texts use.
enum HTMLEntity {
    private static let names: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "\u{A9}", "reg": "\u{AE}",
        "trade": "\u{2122}", "hellip": "\u{2026}", "mdash": "\u{2014}", "ndash": "\u{2013}", "lsquo": "\u{2018}",
        "rsquo": "\u{2019}",
        "ldquo": "\u{201C}", "rdquo": "\u{201D}", "laquo": "\u{AB}", "raquo": "\u{BB}", "larr": "\u{2190}", "rarr": "\u{2192}",
        "uarr": "\u{2191}", "darr": "\u{2193}", "bull": "\u{2022}", "middot": "\u{B7}", "times": "\u{D7}", "deg": "\u{B0}",
        "euro": "\u{20AC}", "hearts": "\u{2665}", "check": "\u{2713}", "ensp": "\u{2002}", "emsp": "\u{2003}",
    ]

    /// The character of a reference that begins here, and the reference's bytes.
    static func read(_ text: [UInt8], at start: Int) -> (character: [UInt8], count: Int)? {
        let last = min(text.count, start + 12)
        guard let end = text[start..<last].firstIndex(of: Mark.semicolon), end > start + 2 else { return nil }
        let name = String(decoding: text[(start + 1)..<end], as: UTF8.self)
        let count = end + 1 - start
        guard name.utf8.first == Mark.hash else { return names[name].map { ([UInt8]($0), count) } }
        let digits = name.dropFirst()
        let isHexadecimal = digits.utf8.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        let number = isHexadecimal ? digits.dropFirst() : digits
        // `UInt32` would take a sign.
        guard number.utf8.first.map(ASCII.isAlphanumeric) ?? false, let value = UInt32(number, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        let scalar = value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
        return ([UInt8](String(Character(scalar))), count)
    }
}

/// Where runs of backticks are, by their length, so that the end of each code span is found at once.
struct BacktickRuns {
    private let text: [UInt8]
    /// By length: the places that are still to come, the next one last.
    private var places: [Int: [Int]] = [:]

    init(_ text: [UInt8]) {
        self.text = text
        var i = text.count - 1
        while i >= 0 {
            guard text[i] == Mark.backtick else {
                i -= 1
                continue
            }
            let end = i
            while i > 0, text[i - 1] == Mark.backtick { i -= 1 }
            places[end - i + 1, default: []].append(i)
            i -= 1
        }
    }

    /// Backticks from here on.
    func length(at position: Int) -> Int {
        var end = position
        while end < text.count, text[end] == Mark.backtick { end += 1 }
        return end - position
    }

    /// The next run of this length behind the one that begins here. Places must be asked for in their order.
    mutating func next(length: Int, after position: Int) -> Int? {
        while let place = places[length]?.last, place <= position { places[length]?.removeLast() }
        return places[length]?.last
    }
}
