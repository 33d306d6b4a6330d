/// A package's readme or description as HTML that is safe beside our own, whatever it holds.
///
/// Elements: `h3`–`h5`, `p`, `ul`, `ol`, `li`, `dl`, `dt`, `dd`, `blockquote`, `pre`, `code`, `em`, `strong`, `del`, `table` and its parts,
/// `hr`, `br`, `a` with `rel="nofollow noopener ugc"`, and `span` of `HTMLText`. Raw HTML is text, pictures are links, links that
/// `WebLink` does not take are text. Work is linear in the size; blocks and emphasis nest `depth` times, what is deeper is text.
package enum Readme {
    package enum Form: Sendable {
        /// CommonMark 0.31 with tables, strikethrough, bare addresses and task lists of GitHub.
        case markdown
        /// docutils 0.21, the parts that readmes use.
        case restructuredText
        case plain
    }

    /// Bytes that are read; what is behind them cannot be shown anyway.
    static let limit = 400_000
    static let depth = 12

    /// At most 200 kB; then a sentence says that the rest is in the file.
    package static func html(of text: [UInt8], as form: Form) -> [UInt8] {
        var text = text
        let isCut = text.count > limit
        if isCut { text.removeSubrange(limit...) }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
        let writer: ReadmeWriter
        switch form {
        case .markdown:
            var reader = MarkdownReader(text)
            reader.read()
            writer = reader.writer
        case .restructuredText:
            var reader = StructuredReader(text)
            reader.read()
            writer = reader.writer
        case .plain: writer = PlainText.written(text)
        }
        let isWhole = writer.isFull || !isCut
        return writer.finished() + (isWhole ? [] : [UInt8]("<p class=\"note\">The rest is in the file.</p>\n"))
    }

    /// The form of a file by its name: `README.md`, `readme.rst`; other names are plain.
    package static func form(ofName name: String) -> Form {
        let name = ASCII.lowered(name)
        if [".md", ".markdown", ".mkd", ".mdown"].contains(where: { name.hasSuffix($0) }) { return .markdown }
        return [".rst", ".rest"].contains { name.hasSuffix($0) } ? .restructuredText : .plain
    }
}

/// Text without markup.
enum PlainText {
    /// Paragraphs are what blank lines part. One that is laid out by blanks or signs keeps its lines.
    static func written(_ bytes: [UInt8]) -> ReadmeWriter {
        var writer = ReadmeWriter()
        var block: [TextLine] = []
        for line in TextLines.lines(of: bytes) + [TextLine(start: bytes.count, end: bytes.count)] where !writer.isFull {
            guard line.isBlank(in: bytes) else {
                block.append(line)
                continue
            }
            guard let first = block.first, let last = block.last else { continue }
            let isLaidOut = block.contains { line in
                let byte = bytes[line.start]
                return Mark.isBlank(byte) || byte != Mark.open && byte != Mark.quote && Mark.isPunctuation(byte)
            }
            writer.open(isLaidOut ? "pre" : "p")
            BareAddress.write(bytes[first.start..<last.end], to: &writer)
            writer.close(line: true)
            block = []
        }
        return writer
    }
}
