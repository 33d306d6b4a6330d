/// reStructuredText's blocks (docutils 0.21, the parts that readmes use), written as they are read.
///
/// Indented blocks are taken out of their container and read again, at most `Readme.depth` times.
struct StructuredReader {
    let bytes: [UInt8]
    var writer = ReadmeWriter()
    private(set) var names = StructuredNames()
    private var headings = ReadmeHeadings()
    /// Section styles (the sign, and whether it is above the title, too) in the order of their first use.
    private var styles: [(sign: UInt8, isOver: Bool)] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() {
        let lines = TextLines.lines(of: bytes)
        names = StructuredNames(lines, in: bytes)
        blocks(lines, depth: 0)
    }

    mutating func blocks(_ lines: [TextLine], depth: Int) {
        var i = 0
        while i < lines.count, !writer.isFull {
            let line = lines[i]
            if line.isBlank(in: bytes) {
                i += 1
            } else if line.indent(in: bytes).columns > 0 {
                i = quote(lines, at: i, depth)
            } else if let end = section(lines, at: i) {
                i = end
            } else if isTable(line) {
                i = table(lines, at: i)
            } else if bytes[line.start..<line.end].starts(with: ">>>".utf8) {
                i = literal(lines, from: i, to: paragraphEnd(lines, i))
            } else if bytes[line.start..<line.end].starts(with: ".. ".utf8)
                || line.run(in: bytes).map({ $0 == (Mark.dot, 2) }) ?? false
                || bytes[line.start..<line.end].starts(with: "__ ".utf8)
            {
                i = explicit(lines, at: i, depth)
            } else if let marker = marker(line), depth < Readme.depth {
                i = list(lines, at: i, marker, depth)
            } else if let field = field(line), depth < Readme.depth {
                i = fields(lines, at: i, field, depth)
            } else if bytes[line.start] == Mark.bar, line.end - line.start > 1, Mark.isBlank(bytes[line.start + 1]) {
                i = lineBlock(lines, at: i)
            } else {
                i = paragraph(lines, at: i, depth)
            }
        }
    }

    mutating func inline(_ text: [UInt8]) {
        var inline = StructuredInline(text, names)
        inline.write(to: &writer)
    }

    // MARK: Sections

    private func adornment(_ line: TextLine) -> (sign: UInt8, count: Int)? {
        guard line.start < line.end, !Mark.isBlank(bytes[line.start]), let run = line.run(in: bytes), Mark.isPunctuation(run.byte)
        else { return nil }
        return (run.byte, run.count)
    }

    /// A title with a line of signs under it, or around it; or a line of signs alone.
    private mutating func section(_ lines: [TextLine], at i: Int) -> Int? {
        if let over = adornment(lines[i]) {
            if i + 2 < lines.count, let under = adornment(lines[i + 2]), under == over, !lines[i + 1].isBlank(in: bytes),
                over.count > 1
            {
                heading(lines[i + 1], over.sign, isOver: true)
                return i + 3
            }
            guard over.count >= 4, i + 1 >= lines.count || lines[i + 1].isBlank(in: bytes) else { return nil }
            writer.lone("<hr>")
            return i + 1
        }
        guard i + 1 < lines.count, let under = adornment(lines[i + 1]) else { return nil }
        // docutils warns of a line that is shorter than its title, and takes it from four signs on.
        guard under.count >= min(4, lines[i].trimmed(in: bytes).end - lines[i].start),
            under.count > 1 || lines[i].end - lines[i].start == 1,
            !(under.sign == Mark.colon && under.count == 2)
        else { return nil }
        heading(lines[i], under.sign, isOver: false)
        return i + 2
    }

    private mutating func heading(_ line: TextLine, _ sign: UInt8, isOver: Bool) {
        let rank: Int
        if let known = styles.firstIndex(where: { $0 == (sign, isOver) }) {
            rank = known + 1
        } else {
            styles.append((sign, isOver))
            rank = styles.count
        }
        let element = headings.element(rank)
        let text = line.trimmed(in: bytes)
        writer.open(element)
        inline(Array(bytes[text.start..<text.end]))
        writer.close(line: true)
    }

    // MARK: Paragraphs and literal text

    /// The first line behind `start` that is blank.
    func paragraphEnd(_ lines: [TextLine], _ start: Int) -> Int {
        var i = start
        while i < lines.count, !lines[i].isBlank(in: bytes) { i += 1 }
        return i
    }

    /// The lines from `start` on that are indented or blank; those at the end that are blank are left out.
    func indentedEnd(_ lines: [TextLine], _ start: Int) -> Int {
        var i = start
        var end = start
        while i < lines.count {
            let isBlank = lines[i].isBlank(in: bytes)
            guard isBlank || lines[i].indent(in: bytes).columns > 0 else { break }
            i += 1
            if !isBlank { end = i }
        }
        return end
    }

    /// The lines without the blanks that all of them begin with.
    func dedented(_ lines: ArraySlice<TextLine>) -> [TextLine] {
        let columns = lines.filter { !$0.isBlank(in: bytes) }.map { $0.indent(in: bytes).columns }.min() ?? 0
        return lines.map { $0.without(columns: columns, in: bytes) }
    }

    private mutating func paragraph(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int {
        var end = start + 1
        while end < lines.count, !lines[end].isBlank(in: bytes), lines[end].indent(in: bytes).columns == 0 { end += 1 }
        // An indented line right behind one line is what this line means.
        if end == start + 1, end < lines.count, !lines[end].isBlank(in: bytes), depth < Readme.depth,
            !bytes[lines[start].start..<lines[start].end].suffix(2).elementsEqual("::".utf8)
        {
            return definition(lines, at: start, depth)
        }
        end = paragraphEnd(lines, start)
        var text = joined(lines[start..<end])
        var isFollowed = false
        if text.suffix(2).elementsEqual("::".utf8) {
            isFollowed = true
            text.removeLast(text.count > 2 && !Mark.isSpace(text[text.count - 3]) ? 1 : 2)
        }
        while let last = text.last, Mark.isSpace(last) { text.removeLast() }
        if !text.isEmpty {
            writer.open("p")
            inline(text)
            writer.close(line: true)
        }
        guard isFollowed else { return end }
        var from = end
        while from < lines.count, lines[from].isBlank(in: bytes) { from += 1 }
        return from < lines.count && lines[from].indent(in: bytes).columns > 0
            ? literal(lines, from: from, to: indentedEnd(lines, from)) : end
    }

    private func joined(_ lines: ArraySlice<TextLine>) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            if !text.isEmpty { text.append(Mark.newline) }
            let line = line.trimmed(in: bytes)
            text += bytes[line.start..<line.end]
        }
        return text
    }

    mutating func literal(_ lines: [TextLine], from start: Int, to end: Int) -> Int {
        guard start < end else { return end }
        writer.open("pre")
        writer.open("code")
        for line in dedented(lines[start..<end]) {
            writer.text(bytes[line.start..<line.end])
            writer.text("\n")
        }
        writer.close()
        writer.close(line: true)
        return end
    }

    private mutating func quote(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int {
        let end = max(indentedEnd(lines, start), start + 1)
        guard depth < Readme.depth else { return literal(lines, from: start, to: end) }
        writer.open("blockquote")
        writer.text("\n")
        blocks(dedented(lines[start..<end]), depth: depth + 1)
        writer.close(line: true)
        return end
    }

    private mutating func lineBlock(_ lines: [TextLine], at start: Int) -> Int {
        let end = paragraphEnd(lines, start)
        writer.open("p")
        for (i, line) in lines[start..<end].enumerated() {
            if i > 0 { writer.lone("<br>") }
            var text = line
            if bytes[line.start] == Mark.bar { text.start += 1 }
            text = text.trimmed(in: bytes)
            inline(Array(bytes[text.start..<text.end]))
        }
        writer.close(line: true)
        return end
    }

    // MARK: Tables

    /// The upper edge of a grid, or of a table of columns.
    private func isTable(_ line: TextLine) -> Bool {
        let text = bytes[line.start..<line.end]
        if text.starts(with: "+-".utf8) || text.starts(with: "+=".utf8) {
            return text.allSatisfy { $0 == Mark.plus || $0 == Mark.minus || $0 == Mark.equals || Mark.isBlank($0) }
        }
        return text.starts(with: "==".utf8) && text.contains(Mark.blank)
            && text.allSatisfy { $0 == Mark.equals || Mark.isBlank($0) }
    }

    /// As it is laid out: its columns are columns of the text.
    private mutating func table(_ lines: [TextLine], at start: Int) -> Int {
        var end = paragraphEnd(lines, start)
        // A table of columns may have blank lines; its last edge is followed by one.
        if bytes[lines[start].start] == Mark.equals {
            var edges = 0
            for i in start..<min(lines.count, start + 200) where isTable(lines[i]) {
                edges += 1
                let isLast = i + 1 >= lines.count || lines[i + 1].isBlank(in: bytes)
                guard edges >= 2, isLast else { continue }
                end = i + 1
                break
            }
        }
        return literal(lines, from: start, to: end)
    }
}
