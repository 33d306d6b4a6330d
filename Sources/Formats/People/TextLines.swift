/// A line, or what is left of it inside of lists and quotes, without its end.
struct TextLine {
    var start: Int
    var end: Int

    func isBlank(in bytes: [UInt8]) -> Bool {
        for i in start..<end where !Mark.isBlank(bytes[i]) { return false }
        return true
    }

    /// The columns of blanks at its beginning (a tab goes to the next multiple of 4), and where they end.
    func indent(in bytes: [UInt8]) -> (columns: Int, text: Int) {
        var columns = 0
        var i = start
        while i < end, Mark.isBlank(bytes[i]) {
            columns = bytes[i] == 9 ? (columns / 4 + 1) * 4 : columns + 1
            i += 1
        }
        return (columns, i)
    }

    /// The line without so many columns of blanks, or as many as it has.
    func without(columns: Int, in bytes: [UInt8]) -> TextLine {
        var seen = 0
        var i = start
        while i < end, seen < columns, Mark.isBlank(bytes[i]) {
            seen = bytes[i] == 9 ? (seen / 4 + 1) * 4 : seen + 1
            i += 1
        }
        return TextLine(start: i, end: end)
    }

    /// The line without blanks at its ends.
    func trimmed(in bytes: [UInt8]) -> TextLine {
        var line = TextLine(start: indent(in: bytes).text, end: end)
        while line.end > line.start, Mark.isBlank(bytes[line.end - 1]) { line.end -= 1 }
        return line
    }

    /// The byte that it is made of, and how often, if it is made of one (blanks behind it are passed over).
    func run(in bytes: [UInt8]) -> (byte: UInt8, count: Int)? {
        let line = trimmed(in: bytes)
        guard line.start < line.end else { return nil }
        let byte = bytes[line.start]
        for i in line.start..<line.end where bytes[i] != byte { return nil }
        return (byte, line.end - line.start)
    }
}

enum TextLines {
    /// Lines end with LF, CR LF or CR.
    static func lines(of bytes: [UInt8]) -> [TextLine] {
        var lines: [TextLine] = []
        var start = 0
        var i = 0
        while i < bytes.count {
            if bytes[i] == 10 || bytes[i] == 13 {
                lines.append(TextLine(start: start, end: i))
                if bytes[i] == 13, i + 1 < bytes.count, bytes[i + 1] == 10 { i += 1 }
                start = i + 1
            }
            i += 1
        }
        if start < bytes.count { lines.append(TextLine(start: start, end: bytes.count)) }
        return lines
    }
}
