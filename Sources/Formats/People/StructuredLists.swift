/// Lists of reStructuredText: bullets, numbers, definitions, fields.
extension StructuredReader {
    struct Marker {
        let isOrdered: Bool
        let number: Int
        /// Columns before the item's text.
        let columns: Int
    }

    /// `- `, `* `, `+ `, `1. `, `1) `, `(1) `, `#. `, `a. `.
    func marker(_ line: TextLine) -> Marker? {
        var i = line.start
        guard i < line.end else { return nil }
        if bytes[i] == Mark.minus || bytes[i] == Mark.star || bytes[i] == Mark.plus {
            return behind(i + 1, of: line, isOrdered: false, 1)
        }
        let isOpen = bytes[i] == Mark.open
        if isOpen { i += 1 }
        var number = 0
        let from = i
        while i < line.end, i - from < 6, ASCII.isDigit(bytes[i]) {
            number = number * 10 + Int(bytes[i] - 48)
            i += 1
        }
        if i == from {
            guard i < line.end, bytes[i] == Mark.hash || ASCII.isLetter(bytes[i]) else { return nil }
            number = 1
            i += 1
        }
        guard i < line.end, bytes[i] == Mark.close || !isOpen && bytes[i] == Mark.dot else { return nil }
        return behind(i + 1, of: line, isOrdered: true, number)
    }

    private func behind(_ end: Int, of line: TextLine, isOrdered: Bool, _ number: Int) -> Marker? {
        guard end == line.end || Mark.isBlank(bytes[end]) else { return nil }
        let rest = TextLine(start: end, end: line.end)
        let blanks = rest.isBlank(in: bytes) ? 1 : rest.indent(in: bytes).columns
        return Marker(isOrdered: isOrdered, number: number, columns: end - line.start + blanks)
    }

    mutating func list(_ lines: [TextLine], at start: Int, _ first: Marker, _ depth: Int) -> Int {
        var i = start
        if first.isOrdered, first.number != 1 {
            writer.openList(from: first.number)
        } else {
            writer.open(first.isOrdered ? "ol" : "ul")
        }
        writer.text("\n")
        while i < lines.count, !writer.isFull, let marker = marker(lines[i]), marker.isOrdered == first.isOrdered {
            var item = [TextLine(start: min(lines[i].start + marker.columns, lines[i].end), end: lines[i].end)]
            i += 1
            let end = indentedEnd(lines, i)
            for line in lines[i..<end] { item.append(line.without(columns: marker.columns, in: bytes)) }
            i = end
            // Lines that go on without blanks before them, as people write them.
            if i < lines.count, !lines[i].isBlank(in: bytes), lines[i].indent(in: bytes).columns == 0,
                self.marker(lines[i]) == nil
            {
                let next = paragraphEnd(lines, i)
                item += lines[i..<next]
                i = next
            }
            writer.open("li")
            self.item(item, depth)
            writer.close(line: true)
            while i < lines.count, lines[i].isBlank(in: bytes) { i += 1 }
        }
        writer.close(line: true)
        return i
    }

    /// An item of one paragraph is without `p`.
    private mutating func item(_ lines: [TextLine], _ depth: Int) {
        var lines = lines
        while let last = lines.last, last.isBlank(in: bytes) { lines.removeLast() }
        let isShort = lines.count < 400 && !lines.contains { $0.isBlank(in: bytes) || $0.indent(in: bytes).columns > 0 }
        let text = isShort ? text(lines) : []
        let isPlain =
            isShort && lines.allSatisfy { marker($0) == nil } && !text.suffix(2).elementsEqual("::".utf8)
            && !text.starts(with: ".. ".utf8)
        if isPlain { inline(text) } else { blocks(lines, depth: depth + 1) }
    }

    private func text(_ lines: [TextLine]) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            if !text.isEmpty { text.append(Mark.newline) }
            text += bytes[line.start..<line.end]
        }
        return text
    }

    /// One line, and what it means indented below it.
    mutating func definition(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int {
        writer.open("dl")
        writer.text("\n")
        var i = start
        while i + 1 < lines.count, !writer.isFull, !lines[i].isBlank(in: bytes), lines[i].indent(in: bytes).columns == 0,
            !lines[i + 1].isBlank(in: bytes), lines[i + 1].indent(in: bytes).columns > 0, marker(lines[i]) == nil
        {
            let end = indentedEnd(lines, i + 1)
            entry(Array(bytes[lines[i].start..<lines[i].end]), dedented(lines[(i + 1)..<end]), depth)
            i = end
            while i < lines.count, lines[i].isBlank(in: bytes) { i += 1 }
        }
        writer.close(line: true)
        return i
    }

    private mutating func entry(_ term: [UInt8], _ lines: [TextLine], _ depth: Int) {
        writer.open("dt")
        inline(term)
        writer.close()
        writer.open("dd")
        item(lines, depth)
        writer.close(line: true)
    }

    /// `:Author: somebody`: where the name ends.
    func field(_ line: TextLine) -> Int? {
        guard line.start < line.end, bytes[line.start] == Mark.colon else { return nil }
        let last = min(line.end, line.start + 100)
        var i = line.start + 1
        while i < last, bytes[i] != Mark.colon {
            if bytes[i] == Mark.backtick { return nil }
            i += 1
        }
        guard i < last, i > line.start + 1, i + 1 == line.end || Mark.isBlank(bytes[i + 1]) else { return nil }
        return i
    }

    mutating func fields(_ lines: [TextLine], at start: Int, _ first: Int, _ depth: Int) -> Int {
        writer.open("dl")
        writer.text("\n")
        var i = start
        while i < lines.count, !writer.isFull, let colon = field(lines[i]) {
            let end = indentedEnd(lines, i + 1)
            let rest = TextLine(start: colon + 1, end: lines[i].end).trimmed(in: bytes)
            let more = dedented(lines[(i + 1)..<max(end, i + 1)])
            entry(Array(bytes[(lines[i].start + 1)..<colon]), (rest.start < rest.end ? [rest] : []) + more, depth)
            i = max(end, i + 1)
        }
        writer.close(line: true)
        return i
    }
}
