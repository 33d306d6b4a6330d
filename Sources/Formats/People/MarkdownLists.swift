/// Lists (CommonMark 0.31, sections 5.2 and 5.3).
extension MarkdownReader {
    struct Marker {
        /// `-`, `+`, `*`, `.` or `)`: items of one list have the same.
        let kind: UInt8
        /// Nil for bullets.
        let number: Int?
        /// Columns before the item's text.
        let columns: Int
        /// What stands behind the marker in its line.
        let rest: TextLine
        let isEmpty: Bool
    }

    func marker(_ line: TextLine) -> Marker? {
        let (indent, text) = line.indent(in: bytes)
        guard indent < 4, text < line.end else { return nil }
        var i = text
        var number: Int?
        while i < line.end, i - text < 9, ASCII.isDigit(bytes[i]) {
            number = (number ?? 0) * 10 + Int(bytes[i] - 48)
            i += 1
        }
        guard i < line.end else { return nil }
        let kind = bytes[i]
        let isOrdered = kind == Mark.dot || kind == Mark.close
        guard number == nil ? kind == Mark.minus || kind == Mark.plus || kind == Mark.star : isOrdered else { return nil }
        i += 1
        guard i == line.end || Mark.isBlank(bytes[i]) else { return nil }
        let width = indent + i - text
        let rest = TextLine(start: i, end: line.end)
        let (blanks, _) = rest.indent(in: bytes)
        let isEmpty = rest.isBlank(in: bytes)
        // Five blanks are one blank and indented code.
        let inner = isEmpty || blanks > 4 ? 1 : blanks
        return Marker(
            kind: kind, number: number, columns: width + inner, rest: rest.without(columns: inner, in: bytes), isEmpty: isEmpty)
    }

    mutating func list(_ lines: [TextLine], at start: Int, _ first: Marker, _ depth: Int) -> Int {
        var i = start
        var items: [[TextLine]] = []
        var isLoose = false
        while i < lines.count, let marker = marker(lines[i]), marker.kind == first.kind, !isRule(lines[i]) {
            var item = [marker.rest]
            i += 1
            var blanks = 0
            while i < lines.count {
                if lines[i].isBlank(in: bytes) {
                    blanks += 1
                    // An item may begin with one blank line only.
                    if blanks == 1, item.count == 1, marker.isEmpty { break }
                } else if lines[i].indent(in: bytes).columns >= marker.columns {
                    let line = lines[i].without(columns: marker.columns, in: bytes)
                    if blanks > 0, line.indent(in: bytes).columns < 2 { isLoose = true }
                    blanks = 0
                    item.append(line)
                    i += 1
                    continue
                } else if blanks == 0, !interrupts(lines[i], depth), self.marker(lines[i]) == nil {
                    // A paragraph may go on with less before it.
                    item.append(TextLine(start: lines[i].indent(in: bytes).text, end: lines[i].end))
                    i += 1
                    continue
                } else {
                    break
                }
                item.append(TextLine(start: lines[i].start, end: lines[i].start))
                i += 1
            }
            item.removeLast(min(blanks, item.count - 1))
            items.append(item)
            if blanks > 0, i < lines.count, let next = self.marker(lines[i]), next.kind == first.kind { isLoose = true }
        }
        write(items, first, isLoose, depth)
        return i
    }

    private mutating func write(_ items: [[TextLine]], _ first: Marker, _ isLoose: Bool, _ depth: Int) {
        if let number = first.number, number != 1 {
            writer.openList(from: number)
        } else {
            writer.open(first.number == nil ? "ul" : "ol")
        }
        writer.text("\n")
        for item in items where !writer.isFull {
            writer.open("li")
            blocks(tasked(item), depth: depth + 1, isTight: !isLoose)
            writer.close(line: true)
        }
        writer.close(line: true)
    }

    /// The item without `[ ]` or `[x]` (GitHub's task lists), for which a sign is written.
    private mutating func tasked(_ item: [TextLine]) -> [TextLine] {
        var item = item
        let start = item[0].indent(in: bytes).text
        guard item[0].end - start > 4, bytes[start] == Mark.openBracket, bytes[start + 2] == Mark.closeBracket,
            Mark.isBlank(bytes[start + 3])
        else { return item }
        switch bytes[start + 1] {
        case Mark.blank: writer.text("\u{2610} ")
        case UInt8(ascii: "x"), UInt8(ascii: "X"): writer.text("\u{2611} ")
        default: return item
        }
        item[0].start = start + 4
        return item
    }
}
