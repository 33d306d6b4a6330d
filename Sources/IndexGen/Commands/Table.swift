/// Rows for people, in columns that line up. What strangers sent is made harmless.
struct Table {
    private var rows: [[String]]

    init(_ heads: String...) { rows = [heads] }

    /// - Parameter row: as many cells as there are heads.
    mutating func add(_ row: String...) { rows.append(row.map(Self.harmless)) }

    /// The heads and the rows, two spaces between columns and none at the ends. Nothing when there is no row.
    var lines: [String] {
        guard rows.count > 1 else { return [] }
        var widths = [Int](repeating: 0, count: rows[0].count)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.unicodeScalars.count) }
        }
        return rows.map { row in
            var line = ""
            var spaces = 0
            for (column, cell) in row.enumerated() {
                if !cell.isEmpty {
                    line += String(repeating: " ", count: spaces) + cell
                    spaces = 0
                }
                spaces += widths[column] - cell.unicodeScalars.count + 2
            }
            return line
        }
    }

    /// The text with everything written as `\u{1B}` that could move a cursor, change a terminal's state or the order of what is read:
    /// control characters, formatting and bidirectional marks, line and paragraph separators.
    static func harmless(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
