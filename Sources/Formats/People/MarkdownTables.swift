/// Tables (GitHub Flavored Markdown 0.29, section 4.10).
extension MarkdownReader {
    /// More columns than this are a paragraph.
    private static let columnLimit = 32

    /// Writes the table that begins here. Nil if none does.
    mutating func table(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int? {
        guard start + 1 < lines.count, bytes[lines[start].start..<lines[start].end].contains(Mark.bar),
            let columns = columns(lines[start + 1])
        else { return nil }
        let head = cells(lines[start])
        guard head.count == columns.count else { return nil }
        writer.open("table")
        writer.open("thead")
        row(head, columns, isHead: true)
        writer.close(line: true)
        writer.open("tbody")
        var i = start + 2
        while i < lines.count, !lines[i].isBlank(in: bytes), !interrupts(lines[i], depth), !writer.isFull {
            row(cells(lines[i]), columns, isHead: false)
            i += 1
        }
        writer.close()
        writer.close(line: true)
        return i
    }

    /// Whether each column is aligned to its end, from `| --- | ---: |`.
    private func columns(_ line: TextLine) -> [Bool]? {
        guard line.indent(in: bytes).columns < 4, bytes[line.start..<line.end].contains(Mark.minus) else { return nil }
        // Told apart from other text before any cell is made.
        for i in line.start..<line.end {
            let byte = bytes[i]
            guard byte == Mark.minus || byte == Mark.bar || byte == Mark.colon || Mark.isBlank(byte) else { return nil }
        }
        let cells = cells(line)
        guard 1...Self.columnLimit ~= cells.count else { return nil }
        var columns: [Bool] = []
        for cell in cells {
            var cell = cell[...]
            let begins = cell.first == Mark.colon
            if begins { cell.removeFirst() }
            let ends = cell.last == Mark.colon
            if ends { cell.removeLast() }
            guard !cell.isEmpty, cell.allSatisfy({ $0 == Mark.minus }) else { return nil }
            columns.append(ends && !begins)
        }
        return columns
    }

    /// The texts between bars. A backslash before a bar makes it text.
    private func cells(_ line: TextLine) -> [[UInt8]] {
        var line = line.trimmed(in: bytes)
        if line.start < line.end, bytes[line.start] == Mark.bar { line.start += 1 }
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var i = line.start
        while i < line.end, cells.count <= Self.columnLimit {
            if bytes[i] == Mark.backslash, i + 1 < line.end {
                if bytes[i + 1] != Mark.bar { cell.append(bytes[i]) }
                cell.append(bytes[i + 1])
                i += 2
                continue
            }
            if bytes[i] == Mark.bar {
                cells.append(trimmed(cell))
                cell = []
            } else {
                cell.append(bytes[i])
            }
            i += 1
        }
        // Behind the last bar there is no cell.
        let last = trimmed(cell)
        if !last.isEmpty || cells.isEmpty || line.end == line.start || bytes[line.end - 1] != Mark.bar { cells.append(last) }
        return cells
    }

    private func trimmed(_ cell: [UInt8]) -> [UInt8] {
        let line = TextLine(start: 0, end: cell.count).trimmed(in: cell)
        return Array(cell[line.start..<line.end])
    }

    private mutating func row(_ cells: [[UInt8]], _ columns: [Bool], isHead: Bool) {
        writer.open("tr")
        for (i, isAtEnd) in columns.enumerated() {
            if isHead {
                writer.open("th", isAtEnd ? " scope=\"col\" class=\"num\"" : " scope=\"col\"")
            } else {
                writer.open("td", isAtEnd ? " class=\"num\"" : "")
            }
            if i < cells.count { inline(cells[i]) }
            writer.close()
        }
        writer.close(line: true)
    }
}
