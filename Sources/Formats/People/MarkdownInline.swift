/// Markdown inside of a paragraph (CommonMark 0.31, section 6): the text becomes pieces, pairs among these are found with stacks, and
/// what has no partner is text. Each step is linear: what is looked for ahead is found in a table, or not farther than a limit.
struct MarkdownInline {
    struct Piece {
        var kind: Kind
        /// In the text.
        var start: Int
        var end: Int
        /// Of emphasis: signs that are left, what ends here, and what begins here (the last one outside).
        var left = 0
        var ends: [Emphasis] = []
        var begins: [Emphasis] = []
    }

    enum Kind {
        case text
        /// Not a stranger's: a character that an entity stands for.
        case character([UInt8])
        case code
        case newline
        case hardBreak
        case emphasis(canOpen: Bool, canClose: Bool)
        case bracket
        case linkStart([UInt8])
        case linkEnd
        case address([UInt8]?)
    }

    enum Emphasis {
        case em, strong, del
    }

    let text: [UInt8]
    let references: MarkdownReferences
    var pieces: [Piece] = []
    /// Brackets that wait for their end: the piece, and the count of emphasis that waits before it.
    private var brackets: [(piece: Int, waiting: Int)] = []
    /// Emphasis that waits: the pieces.
    var waiting: [Int] = []
    private var ticks: BacktickRuns
    private var position = 0
    /// Where the text began that is not a piece yet.
    private var plain = 0

    init(_ text: [UInt8], _ references: MarkdownReferences) {
        self.text = text
        self.references = references
        ticks = BacktickRuns(text)
    }

    mutating func write(to writer: inout ReadmeWriter) {
        read()
        pair(from: 0)
        MarkdownOutput(self).write(to: &writer)
    }

    private mutating func read() {
        while position < text.count {
            switch text[position] {
            case Mark.backslash: escape()
            case Mark.backtick: code()
            case Mark.star, Mark.underscore, Mark.tilde: emphasis()
            case Mark.openBracket: bracket(length: 1)
            case Mark.bang where position + 1 < text.count && text[position + 1] == Mark.openBracket: bracket(length: 2)
            case Mark.closeBracket: endBracket()
            case Mark.less: angle()
            case Mark.ampersand: entity()
            case Mark.newline: newline()
            case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "w"), UInt8(ascii: "W"): bareAddress()
            default: position += 1
            }
        }
        flush()
    }

    /// Makes a piece of the text up to here, which goes on behind so many bytes.
    private mutating func flush(passing count: Int = 0) {
        if plain < position { pieces.append(Piece(kind: .text, start: plain, end: position)) }
        position += count
        plain = position
    }

    private mutating func add(_ kind: Kind, _ count: Int) {
        let start = position
        flush(passing: count)
        pieces.append(Piece(kind: kind, start: start, end: position))
    }

    private mutating func escape() {
        guard position + 1 < text.count else { return position += 1 }
        if text[position + 1] == Mark.newline {
            add(.hardBreak, 2)
        } else if Mark.isPunctuation(text[position + 1]) {
            flush(passing: 1)
            position += 1
        } else {
            position += 1
        }
    }

    private mutating func code() {
        let count = ticks.length(at: position)
        guard let end = ticks.next(length: count, after: position) else { return position += count }
        let start = position
        flush(passing: end + count - position)
        var (from, to) = (start + count, end)
        // One blank at both ends belongs to the signs.
        if to - from > 2, Mark.isSpace(text[from]), Mark.isSpace(text[to - 1]) { (from, to) = (from + 1, to - 1) }
        pieces.append(Piece(kind: .code, start: from, end: to))
    }

    private mutating func emphasis() {
        let sign = text[position]
        var end = position
        while end < text.count, text[end] == sign { end += 1 }
        let before = position == 0 ? Mark.blank : text[position - 1]
        let after = end == text.count ? Mark.blank : text[end]
        // Letters outside of ASCII are letters; their punctuation is, too.
        let isLeft = !Mark.isSpace(after) && (!Mark.isPunctuation(after) || Mark.isSpace(before) || Mark.isPunctuation(before))
        let isRight = !Mark.isSpace(before) && (!Mark.isPunctuation(before) || Mark.isSpace(after) || Mark.isPunctuation(after))
        let canOpen = isLeft && (sign != Mark.underscore || !isRight || Mark.isPunctuation(before))
        let canClose = isRight && (sign != Mark.underscore || !isLeft || Mark.isPunctuation(after))
        guard canOpen || canClose, sign != Mark.tilde || end - position <= 2 else { return position = end }
        let count = end - position
        add(.emphasis(canOpen: canOpen, canClose: canClose), count)
        pieces[pieces.count - 1].left = count
        waiting.append(pieces.count - 1)
    }

    private mutating func bracket(length: Int) {
        add(.bracket, length)
        brackets.append((pieces.count - 1, waiting.count))
    }

    private mutating func endBracket() {
        guard let (piece, waited) = brackets.popLast() else { return position += 1 }
        let from = pieces[piece].end
        let label = text[from..<position]
        let found: (address: [UInt8], end: Int)?
        if let inline = MarkdownTarget.inline(text, at: position + 1) {
            found = inline
        } else if references.isEmpty {
            found = nil
        } else if let other = MarkdownTarget.label(text, at: position + 1), let address = references.address(of: text[other]) {
            found = (address, other.upperBound + 1)
        } else if let address = references.address(of: label) {
            let isEmpty = text[(position + 1)...].starts(with: [Mark.openBracket, Mark.closeBracket])
            found = (address, position + (isEmpty ? 3 : 1))
        } else {
            found = nil
        }
        guard let found else { return position += 1 }
        pair(from: waited)
        add(.linkEnd, found.end - position)
        pieces[piece].kind = .linkStart(found.address)
    }

    /// `<https://…>`, `<name@example.org>`, and comments, which are left out. Other tags are text.
    private mutating func angle() {
        if text[position...].starts(with: [Mark.less, Mark.bang, Mark.minus, Mark.minus]) {
            var end = position + 4
            while end < text.count, !(text[end] == Mark.greater && text[end - 1] == Mark.minus && text[end - 2] == Mark.minus) {
                end += 1
            }
            guard end < text.count else { return position = text.count }
            return flush(passing: end + 1 - position)
        }
        if let count = MarkdownTarget.breakTag(text, at: position) { return add(.hardBreak, count) }
        guard let end = MarkdownTarget.angleEnd(text, at: position) else { return position += 1 }
        let inner = text[(position + 1)..<end]
        let isMail = !inner.contains(Mark.colon)
        let href = WebLink.href(isMail ? [UInt8]("mailto:") + inner : Array(inner))
        let start = position + 1
        flush(passing: end + 1 - position)
        pieces.append(Piece(kind: .address(href), start: start, end: end))
    }

    private mutating func entity() {
        guard let (character, count) = HTMLEntity.read(text, at: position) else { return position += 1 }
        add(.character(character), count)
    }

    private mutating func newline() {
        var end = position
        while end > plain, Mark.isBlank(text[end - 1]) { end -= 1 }
        let isHard = position - end >= 2
        let blanks = position - end
        position = end
        add(isHard ? .hardBreak : .newline, blanks + 1)
    }

    private mutating func bareAddress() {
        guard let end = BareAddress.end(text, at: position, upTo: text.count) else { return position += 1 }
        let start = position
        let isShort = WebLink.has("www.", text[start..<end])
        let href = WebLink.href(isShort ? [UInt8]("https://") + text[start..<end] : Array(text[start..<end]))
        flush(passing: end - position)
        pieces.append(Piece(kind: .address(href), start: start, end: end))
    }
}
