/// What begins with two dots: directives, targets, footnotes, comments.
extension StructuredReader {
    mutating func explicit(_ lines: [TextLine], at start: Int, _ depth: Int) -> Int {
        let end = max(indentedEnd(lines, start + 1), start + 1)
        let line = lines[start]
        var text = TextLine(start: min(line.start + 2, line.end), end: line.end).trimmed(in: bytes)
        guard text.start < text.end, bytes[line.start] == Mark.dot else { return end }
        let first = bytes[text.start]
        // Targets and substitutions were read before.
        if first == Mark.underscore || first == Mark.bar { return end }
        if first == Mark.openBracket, let close = bytes[text.start..<text.end].prefix(80).firstIndex(of: Mark.closeBracket) {
            writer.open("p")
            writer.text(bytes[text.start...close])
            writer.text(" ")
            var rest = [TextLine(start: close + 1, end: text.end)]
            rest += lines[(start + 1)..<end]
            inline(joinedText(rest))
            writer.close(line: true)
            return end
        }
        guard let colon = Self.directiveEnd(bytes, text) else { return end }
        let name = ASCII.lowered(String(decoding: bytes[text.start..<colon], as: UTF8.self))
        text.start = min(colon + 2, text.end)
        directive(name, text.trimmed(in: bytes), dedented(lines[(start + 1)..<end]), depth)
        return end
    }

    /// Where the name of `name:: argument` ends.
    static func directiveEnd(_ bytes: [UInt8], _ text: TextLine) -> Int? {
        var i = text.start
        while i < min(text.end, text.start + 60), ASCII.isAlphanumeric(bytes[i]) || "-_.:+".utf8.contains(bytes[i]) {
            if bytes[i] == Mark.colon, i + 1 < text.end, bytes[i + 1] == Mark.colon { return i > text.start ? i : nil }
            i += 1
        }
        return nil
    }

    private func joinedText(_ lines: [TextLine]) -> [UInt8] {
        var text: [UInt8] = []
        for line in lines {
            let line = line.trimmed(in: bytes)
            guard line.start < line.end else { continue }
            if !text.isEmpty { text.append(Mark.newline) }
            text += bytes[line.start..<line.end]
        }
        return text
    }

    /// - Parameters:
    ///   - argument: what stands in the directive's own line.
    ///   - lines: its options and its content.
    private mutating func directive(_ name: String, _ argument: TextLine, _ lines: [TextLine], _ depth: Int) {
        var content = lines[...]
        var alt: [UInt8] = []
        var target: [UInt8]?
        while let line = content.first, let colon = field(line) {
            let value = TextLine(start: colon + 1, end: line.end).trimmed(in: bytes)
            if bytes[line.start..<colon].elementsEqual(":alt".utf8) { alt = Array(bytes[value.start..<value.end]) }
            if bytes[line.start..<colon].elementsEqual(":target".utf8) { target = Array(bytes[value.start..<value.end]) }
            content.removeFirst()
        }
        while let line = content.first, line.isBlank(in: bytes) { content.removeFirst() }
        let value = Array(bytes[argument.start..<argument.end])
        switch name {
        case "code-block", "code", "sourcecode", "parsed-literal", "prompt", "doctest", "raw", "math", "graphviz", "csv-table",
            "productionlist", "literalinclude", "program-output", "mermaid", "testcode":
            let lines = Array(content)
            _ = literal(lines, from: 0, to: lines.count)
        case "image", "figure", "thumbnail":
            writer.open("p")
            writer.openLink(target.flatMap { WebLink.href($0) } ?? WebLink.href(value))
            if alt.isEmpty { writer.text("picture") } else { writer.text(alt) }
            writer.closeLink()
            writer.close(line: true)
            inner(Array(content), depth)
        case "note", "warning", "tip", "important", "caution", "danger", "hint", "attention", "error", "seealso", "admonition",
            "todo",
            "deprecated", "versionadded", "versionchanged", "topic", "sidebar", "rubric":
            note(name, value, Array(content), depth)
        case "contents", "toctree", "include", "highlight", "meta", "default-role", "role", "sectnum", "currentmodule", "module",
            "automodule", "autoclass", "autofunction", "index", "header", "footer", "target-notes", "class", "title", "unicode",
            "date":
            break
        default:
            // Of others the text is shown: `list-table` is a list, `container` and `only` are what they hold.
            inner(Array(content), depth)
        }
    }

    /// Read again as blocks, or as it stands where that is too deep.
    private mutating func inner(_ lines: [TextLine], _ depth: Int) {
        if depth < Readme.depth { blocks(lines, depth: depth + 1) } else { _ = literal(lines, from: 0, to: lines.count) }
    }

    private mutating func note(_ name: String, _ argument: [UInt8], _ lines: [TextLine], _ depth: Int) {
        let hasTitle = ["admonition", "topic", "sidebar", "rubric"].contains(name)
        let word: [UInt8]
        switch name {
        case "seealso": word = [UInt8]("See also")
        case "versionadded": word = [UInt8]("New in version")
        case "versionchanged": word = [UInt8]("Changed in version")
        case "deprecated": word = [UInt8]("Deprecated since version")
        default: word = [UInt8](name.prefix(1).uppercased() + name.dropFirst())
        }
        writer.open("blockquote")
        writer.text("\n")
        writer.open("p")
        writer.open("strong")
        if hasTitle { inline(argument) } else { writer.text(word) }
        writer.close()
        var lines = lines[...]
        if !hasTitle, !argument.isEmpty {
            // The paragraph may go on in the next lines.
            let end = argument.count < 2_000 ? paragraphEnd(Array(lines.prefix(100)), 0) : 0
            writer.text(" ")
            inline(argument + (end > 0 ? [Mark.newline] : []) + joinedText(Array(lines.prefix(end))))
            lines = lines.dropFirst(end)
        }
        writer.close(line: true)
        inner(Array(lines), depth)
        writer.close(line: true)
    }
}
