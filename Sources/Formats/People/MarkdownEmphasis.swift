/// Emphasis: which signs are pairs (CommonMark 0.31, appendix "An algorithm for parsing nested emphasis and links").
extension MarkdownInline {
    /// Finds the pairs among the signs that wait, from one of them on, and lets none of these wait any longer.
    mutating func pair(from bottom: Int) {
        guard waiting.count > bottom else { return }
        var openers: [Int] = []
        // By kind of what ends: below this height of the stack nothing begins that.
        var floors = [Int](repeating: 0, count: 18)
        for piece in waiting[bottom...] {
            guard case .emphasis(let canOpen, let canClose) = pieces[piece].kind else { continue }
            if canClose {
                let kind = kind(of: piece, canOpen)
                while pieces[piece].left > 0 {
                    guard
                        let height = (floors[kind]..<max(openers.count, floors[kind])).reversed().first(where: {
                            isPair(openers[$0], piece)
                        })
                    else {
                        floors[kind] = openers.count
                        break
                    }
                    openers.removeLast(openers.count - height - 1)
                    join(openers[height], piece)
                    if pieces[openers[height]].left == 0 { openers.removeLast() }
                    for i in floors.indices { floors[i] = min(floors[i], openers.count) }
                }
            }
            if canOpen, pieces[piece].left > 0 { openers.append(piece) }
        }
        waiting.removeLast(waiting.count - bottom)
    }

    private func count(_ piece: Int) -> Int { pieces[piece].end - pieces[piece].start }

    private func kind(of piece: Int, _ canOpen: Bool) -> Int {
        let sign = text[pieces[piece].start]
        return (sign == Mark.star ? 0 : sign == Mark.underscore ? 1 : 2) * 6 + (canOpen ? 3 : 0) + count(piece) % 3
    }

    private func isPair(_ opener: Int, _ closer: Int) -> Bool {
        let sign = text[pieces[closer].start]
        guard text[pieces[opener].start] == sign, case .emphasis(let opens, _) = pieces[closer].kind,
            case .emphasis(_, let closes) = pieces[opener].kind
        else { return false }
        if sign == Mark.tilde { return count(opener) == count(closer) }
        guard opens || closes else { return true }
        return (count(opener) + count(closer)) % 3 != 0 || count(opener) % 3 == 0 && count(closer) % 3 == 0
    }

    private mutating func join(_ opener: Int, _ closer: Int) {
        let isTilde = text[pieces[closer].start] == Mark.tilde
        let used = isTilde ? count(closer) : pieces[opener].left >= 2 && pieces[closer].left >= 2 ? 2 : 1
        let emphasis: Emphasis = isTilde ? .del : used == 2 ? .strong : .em
        pieces[opener].left -= used
        pieces[closer].left -= used
        pieces[opener].begins.append(emphasis)
        pieces[closer].ends.append(emphasis)
    }
}

/// Pieces as HTML.
struct MarkdownOutput {
    private let inline: MarkdownInline
    /// Whether each emphasis around the place was written.
    private var around: [Bool] = []

    init(_ inline: MarkdownInline) { self.inline = inline }

    consuming func write(to writer: inout ReadmeWriter) {
        let text = inline.text
        for (i, piece) in inline.pieces.enumerated() where !writer.isFull || !around.isEmpty || piece.isLink {
            switch piece.kind {
            case .text: writer.text(text[piece.start..<piece.end])
            case .bracket: writer.text(text[piece.start..<piece.end])
            case .character(let character): writer.text(character)
            case .newline: writer.text("\n")
            case .hardBreak: writer.lone("<br>")
            case .code:
                writer.open("code")
                // A code span is one line.
                writer.text(text[piece.start..<piece.end].map { $0 == Mark.newline ? Mark.blank : $0 })
                writer.close()
            case .address(let href):
                writer.openLink(href)
                writer.text(text[piece.start..<piece.end])
                writer.closeLink()
            case .linkStart(let address):
                writer.openLink(WebLink.href(address))
                if case .linkEnd = inline.pieces[i + 1].kind { writer.text(piece.end - piece.start == 2 ? "picture" : "link") }
            case .linkEnd: writer.closeLink()
            case .emphasis: emphasis(piece, to: &writer)
            }
        }
    }

    private mutating func emphasis(_ piece: MarkdownInline.Piece, to writer: inout ReadmeWriter) {
        for _ in piece.ends where around.popLast() == true { writer.close() }
        writer.text(inline.text[piece.start..<(piece.start + piece.left)])
        for emphasis in piece.begins.reversed() {
            let isWritten = around.count < Readme.depth
            around.append(isWritten)
            guard isWritten else { continue }
            switch emphasis {
            case .em: writer.open("em")
            case .strong: writer.open("strong")
            case .del: writer.open("del")
            }
        }
    }
}

extension MarkdownInline.Piece {
    var isLink: Bool {
        switch kind {
        case .linkStart, .linkEnd: true
        default: false
        }
    }
}
