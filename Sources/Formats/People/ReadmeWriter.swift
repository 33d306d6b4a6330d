/// Writes HTML that is well-formed whatever is asked of it, and no more than so much.
///
/// Elements are closed in the order in which they were opened. From the limit on nothing is opened or written, and what is open is closed.
struct ReadmeWriter {
    /// Bytes, without the sentence at the end.
    static let limit = 200_000

    private var html: [UInt8] = []
    /// Those that are open, and whether they were written.
    private var elements: [(name: StaticString, isWritten: Bool)] = []
    private(set) var isFull = false
    /// Links around the place: a link inside of a link is only its text.
    private var links = 0

    /// Closing tags of everything that can be open at a time fit into this.
    private static let reserve = 2_000

    init() { html.reserveCapacity(16_000) }

    /// What was written; the sentence behind it if that is not all.
    func finished() -> [UInt8] {
        isFull ? html + [UInt8]("<p class=\"note\">The rest is in the file.</p>\n") : html
    }

    mutating func open(_ name: StaticString, _ attributes: StaticString = "") {
        elements.append((name, !isFull))
        guard !isFull else { return }
        html.append(Mark.less)
        html.append(name)
        html.append(attributes)
        html.append(Mark.greater)
        look()
    }

    /// Closes the element that was opened last.
    mutating func close(line: Bool = false) {
        guard let (name, isWritten) = elements.popLast(), isWritten else { return }
        html.append("</" as StaticString)
        html.append(name)
        html.append(Mark.greater)
        if line { html.append(Mark.newline) }
    }

    /// - Parameter href: as `WebLink` made it; nil for what is not to be a link, and opens nothing that is seen.
    mutating func openLink(_ href: [UInt8]?) {
        links += 1
        let isWritten = !isFull && links == 1 && href != nil
        elements.append(("a", isWritten))
        guard isWritten, let href else { return }
        html.append("<a href=\"" as StaticString)
        html += href
        html.append("\" rel=\"nofollow noopener ugc\">" as StaticString)
        look()
    }

    mutating func closeLink() {
        links -= 1
        close()
    }

    /// `<br>` or `<hr>`, and a line end.
    mutating func lone(_ markup: StaticString) {
        guard !isFull else { return }
        html.append(markup)
        html.append(Mark.newline)
        look()
    }

    /// `<ol start="3">`
    mutating func openList(from number: Int) {
        elements.append(("ol", !isFull))
        guard !isFull else { return }
        html.append("<ol start=\"" as StaticString)
        html.append(decimal: number)
        html.append("\">" as StaticString)
    }

    mutating func text(_ text: StaticString) {
        guard !isFull else { return }
        html.append(text)
        look()
    }

    mutating func text(_ text: [UInt8]) { self.text(text[...]) }

    /// A stranger's text, piece by piece, so that the limit is met wherever it is.
    mutating func text(_ text: ArraySlice<UInt8>) {
        var start = text.startIndex
        while start < text.endIndex, !isFull {
            var end = min(start + 512, text.endIndex)
            // Between two characters, and not before a mark: at ASCII.
            if end < text.endIndex {
                var cut = end
                while cut > start + 256, text[cut] & 0x80 != 0 { cut -= 1 }
                while cut > start, text[cut] & 0xC0 == 0x80 { cut -= 1 }
                if cut > start { end = cut }
            }
            let before = html.count
            HTMLText.append(text[start..<end], to: &html)
            look(before)
            start = end
        }
    }

    private mutating func look(_ before: Int? = nil) {
        guard html.count > Self.limit - Self.reserve else { return }
        if let before { html.removeSubrange(before...) }
        isFull = true
    }
}

/// Which heading is of which rank, so that none is left out: the first is `h3`, whatever it was, and none is below `h5`.
struct ReadmeHeadings {
    private var ranks: [Int] = []

    /// - Parameter rank: as the readme has it, from 1.
    mutating func element(_ rank: Int) -> StaticString {
        while let last = ranks.last, last >= rank { ranks.removeLast() }
        ranks.append(rank)
        return ranks.count == 1 ? "h3" : ranks.count == 2 ? "h4" : "h5"
    }
}
