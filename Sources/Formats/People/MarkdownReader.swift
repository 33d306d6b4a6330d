/// Markdown's blocks (CommonMark 0.31, sections 4 and 5; GitHub's tables), written as they are read.
///
/// A quote's or an item's lines are taken out of their container and read again, at most `Readme.depth` times.
struct MarkdownReader {
    let bytes: [UInt8]
    var writer = ReadmeWriter()
    private(set) var references = MarkdownReferences()
    private var headings = ReadmeHeadings()

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() {
        let lines = TextLines.lines(of: bytes)
        references = MarkdownReferences(lines, in: bytes)
        blocks(lines, depth: 0, isTight: false)
    }

    /// - Parameter isTight: paragraphs are without `p`, as in lists without blank lines.
    mutating func blocks(_ lines: [TextLine], depth: Int, isTight: Bool) {
        var i = 0
        while i < lines.count, !writer.isFull {
            let line = lines[i]
            let (columns, text) = line.indent(in: bytes)
            if text == line.end {
                i += 1
            } else if columns >= 4 {
                i = indentedCode(lines, at: i)
            } else if let fence = fence(line) {
                i = fencedCode(lines, at: i, fence)
            } else if let rank = rank(line) {
                heading(line, rank)
                i += 1
            } else if isRule(line) {
                writer.lone("<hr>")
                i += 1
            } else if bytes[text] == Mark.greater, depth < Readme.depth {
                i = quote(lines, at: i, depth)
            } else if let marker = marker(line), depth < Readme.depth {
                i = list(lines, at: i, marker, depth)
            } else if let end = comment(lines, at: i) {
                i = end
            } else if let end = table(lines, at: i, depth) {
                i = end
            } else if references.isDefinition(line, in: bytes) {
                i += 1
            } else {
                i = paragraph(lines, at: i, depth, isTight)
            }
        }
    }

    // MARK: Paragraphs and headings

    private mutating func paragraph(_ lines: [TextLine], at start: Int, _ depth: Int, _ isTight: Bool) -> Int {
        var i = start + 1
        var underline: Int?
        while i < lines.count, !lines[i].isBlank(in: bytes) {
            if lines[i].indent(in: bytes).columns < 4, let run = lines[i].run(in: bytes),
                run.byte == Mark.equals || run.byte == Mark.minus
            {
                underline = run.byte == Mark.equals ? 1 : 2
                break
            }
            if interrupts(lines[i], depth) { break }
            i += 1
        }
        let text = joined(lines[start..<i])
        if let underline {
            let element = headings.element(underline)
            writer.open(element)
            inline(text)
            writer.close(line: true)
            return i + 1
        }
        if !isTight { writer.open("p") }
        inline(text)
        if isTight { writer.text("\n") } else { writer.close(line: true) }
        return i
    }

    /// The lines without blanks at their beginnings.
    private func joined(_ lines: ArraySlice<TextLine>) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            if !text.isEmpty { text.append(Mark.newline) }
            text += bytes[line.indent(in: bytes).text..<line.end]
        }
        while let last = text.last, Mark.isBlank(last) { text.removeLast() }
        return text
    }

    /// Whether a line begins a block although a paragraph has not ended.
    func interrupts(_ line: TextLine, _ depth: Int) -> Bool {
        let (columns, text) = line.indent(in: bytes)
        guard columns < 4, text < line.end else { return false }
        if fence(line) != nil || rank(line) != nil || isRule(line) { return true }
        guard depth < Readme.depth else { return false }
        if bytes[text] == Mark.greater { return true }
        guard let marker = marker(line) else { return false }
        return !marker.isEmpty && (marker.number ?? 1) == 1
    }

    /// 1 to 6 for `# Heading`.
    private func rank(_ line: TextLine) -> Int? {
        var (columns, i) = line.indent(in: bytes)
        var count = 0
        while i < line.end, bytes[i] == Mark.hash, count < 7 {
            count += 1
            i += 1
        }
        guard columns < 4, 1...6 ~= count, i == line.end || Mark.isBlank(bytes[i]) else { return nil }
        return count
    }

    private mutating func heading(_ line: TextLine, _ rank: Int) {
        var text = line.trimmed(in: bytes)
        text.start += rank
        // Signs at the end that stand apart.
        var end = text.end
        while end > text.start, bytes[end - 1] == Mark.hash { end -= 1 }
        if end == text.start || Mark.isBlank(bytes[end - 1]) { text.end = end }
        let element = headings.element(rank)
        writer.open(element)
        text = text.trimmed(in: bytes)
        inline(Array(bytes[text.start..<text.end]))
        writer.close(line: true)
    }

    mutating func inline(_ text: [UInt8]) {
        var inline = MarkdownInline(text, references)
        inline.write(to: &writer)
    }

    /// `***`, `- - -`, `___`.
    func isRule(_ line: TextLine) -> Bool {
        let (columns, text) = line.indent(in: bytes)
        guard columns < 4, text < line.end else { return false }
        let byte = bytes[text]
        guard byte == Mark.star || byte == Mark.minus || byte == Mark.underscore else { return false }
        var count = 0
        for i in text..<line.end where !Mark.isBlank(bytes[i]) {
            guard bytes[i] == byte else { return false }
            count += 1
        }
        return count >= 3
    }

    // MARK: Code

    struct Fence {
        let byte: UInt8
        let count: Int
        let columns: Int
    }

    func fence(_ line: TextLine) -> Fence? {
        let (columns, text) = line.indent(in: bytes)
        guard columns < 4, text < line.end, bytes[text] == Mark.backtick || bytes[text] == Mark.tilde else { return nil }
        var i = text
        while i < line.end, bytes[i] == bytes[text] { i += 1 }
        guard i - text >= 3 else { return nil }
        if bytes[text] == Mark.backtick, bytes[i..<line.end].contains(Mark.backtick) { return nil }
        return Fence(byte: bytes[text], count: i - text, columns: columns)
    }

    private mutating func fencedCode(_ lines: [TextLine], at start: Int, _ fence: Fence) -> Int {
        var i = start + 1
        var code: [TextLine] = []
        while i < lines.count {
            let (columns, text) = lines[i].indent(in: bytes)
            if columns < 4, text < lines[i].end, let run = lines[i].run(in: bytes), run.byte == fence.byte,
                run.count >= fence.count
            {
                break
            }
            code.append(lines[i].without(columns: fence.columns, in: bytes))
            i += 1
        }
        self.code(code)
        return i + 1
    }

    private mutating func indentedCode(_ lines: [TextLine], at start: Int) -> Int {
        var i = start
        var code: [TextLine] = []
        var end = start
        while i < lines.count {
            let isBlank = lines[i].isBlank(in: bytes)
            guard isBlank || lines[i].indent(in: bytes).columns >= 4 else { break }
            code.append(lines[i].without(columns: 4, in: bytes))
            i += 1
            if !isBlank { end = i }
        }
        self.code(Array(code.prefix(end - start)))
        return end
    }

    private mutating func code(_ lines: [TextLine]) {
        writer.open("pre")
        writer.open("code")
        for line in lines {
            writer.text(bytes[line.start..<line.end])
            writer.text("\n")
        }
        writer.close()
        writer.close(line: true)
    }

    /// Where a comment that begins here ends; nil if it does not end within a hundred lines.
    private func comment(_ lines: [TextLine], at start: Int) -> Int? {
        guard bytes[lines[start].indent(in: bytes).text..<lines[start].end].starts(with: "<!--".utf8) else { return nil }
        for i in start..<min(lines.count, start + 100) {
            let line = bytes[lines[i].start..<lines[i].end]
            if line.last == Mark.greater, line.dropLast().last == Mark.minus { return i + 1 }
            // What stands behind the comment is a paragraph, whose reader leaves comments out as well.
            if line.indices.dropLast(2).contains(where: { bytes[$0...].prefix(3).elementsEqual("-->".utf8) }) {
                return i == start ? nil : i + 1
            }
        }
        return nil
    }

    // MARK: Quotes

    private mutating func quote(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int {
        var i = start
        var inner: [TextLine] = []
        while i < lines.count {
            let (columns, text) = lines[i].indent(in: bytes)
            if columns < 4, text < lines[i].end, bytes[text] == Mark.greater {
                var line = TextLine(start: text + 1, end: lines[i].end)
                if line.start < line.end, Mark.isBlank(bytes[line.start]) { line.start += 1 }
                inner.append(line)
            } else if text < lines[i].end, let last = inner.last, !last.isBlank(in: bytes), !interrupts(lines[i], depth) {
                // A paragraph may go on without the sign.
                inner.append(TextLine(start: text, end: lines[i].end))
            } else {
                break
            }
            i += 1
        }
        writer.open("blockquote")
        writer.text("\n")
        blocks(inner, depth: depth + 1, isTight: false)
        writer.close(line: true)
        return i
    }
}
