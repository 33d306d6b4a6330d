/// A portrait as it is kept in the catalog: written as HTML once, when its file comes in.
///
/// What is kept are three parts with a byte 0 between them, which HTML cannot hold: the links to the sections, the facts, the sections.
package enum PortraitPage {
    package static let slot: Slot = "page"

    /// At most so many items of a list, and bytes of a text as it is, are shown.
    static let items = 500
    static let verbatimBytes = 65_536

    package static func fragment(of portrait: Portrait) -> Fragment {
        var sections: [UInt8] = [], links: [UInt8] = []
        for section in portrait.sections {
            let before = sections.count
            append(section, to: &sections)
            if sections.count > before { appendLink(to: section, &links) }
        }
        var bytes = links
        bytes.append(0)
        for fact in portrait.facts { append(fact, to: &bytes) }
        bytes.append(0)
        bytes += sections
        return Fragment(slot, bytes)
    }

    /// Links to sections, facts and sections of a kept portrait; empty ones where there is none.
    package static func parts(of kept: [UInt8]) -> (
        links: ArraySlice<UInt8>, facts: ArraySlice<UInt8>, sections: ArraySlice<UInt8>
    ) {
        let parts = kept.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return ([], [], []) }
        return (parts[0], parts[1], parts[2])
    }

    /// `<li><a href="#files">Files</a></li>`.
    package static func appendLink(to id: String, _ title: String, _ html: inout [UInt8]) {
        html.append("<li><a href=\"#\(id)\">")
        HTMLText.append(title, to: &html)
        html.append("</a></li>" as StaticString)
    }

    private static func appendLink(to section: Portrait.Section, _ html: inout [UInt8]) {
        appendLink(to: section.id, section.title, &html)
    }

    /// A pair of the narrow column; a long one takes its whole width.
    package static func append(_ fact: Portrait.Fact, to html: inout [UInt8]) {
        let value = ASCII.line(fact.value)
        if value.isEmpty { return }
        html.append(value.utf8.count > 24 ? "<div class=\"full\"><dt>" : "<div><dt>")
        HTMLText.append(fact.label, to: &html)
        html.append("</dt><dd>" as StaticString)
        if let link = fact.link, let href = WebLink.href(link) {
            html.append("<a href=\"" as StaticString)
            html += href
            html.append("\" rel=\"nofollow noopener\">" as StaticString)
            HTMLText.append(value, to: &html)
            html.append("</a>" as StaticString)
        } else {
            html.append("<bdi>" as StaticString)
            HTMLText.append(value, to: &html)
            html.append("</bdi>" as StaticString)
        }
        html.append("</dd></div>\n" as StaticString)
    }

    /// Nothing for an empty section.
    package static func append(_ section: Portrait.Section, to html: inout [UInt8]) {
        var body: [UInt8] = []
        switch section.content {
        case .prose(let text, let markup):
            let readme = Readme.html(of: text, as: markup.form)
            if !readme.isEmpty {
                body.append("<div class=\"readme\">" as StaticString)
                body += readme
                body.append("</div>\n" as StaticString)
            }
        case .verbatim(let text): append(verbatim: text, to: &body)
        case .groups(let groups): append(groups, to: &body)
        case .entries(let entries): append(entries, to: &body)
        case .paths(let paths): append(paths: paths, to: &body)
        case .table(let table): append(table, to: &body)
        }
        if body.isEmpty { return }
        html.append("<h2 id=\"" as StaticString)
        HTMLText.append(attribute: section.id, to: &html)
        html.append("\">" as StaticString)
        HTMLText.append(section.title, to: &html)
        html.append("</h2>\n" as StaticString)
        html += body
    }

    private static func append(verbatim text: [UInt8], to html: inout [UInt8]) {
        if text.isEmpty { return }
        html.append("<pre><code>" as StaticString)
        // Not in the middle of a line.
        var shown = text[...]
        if text.count > verbatimBytes {
            let end = text[..<verbatimBytes].lastIndex(of: 10) ?? verbatimBytes
            shown = text[..<end]
        }
        HTMLText.append(shown, to: &html)
        html.append("</code></pre>\n" as StaticString)
        if shown.count < text.count { html.append("<p class=\"note\">The rest is in the file.</p>\n" as StaticString) }
    }

    private static func append(_ groups: [Portrait.Group], to html: inout [UInt8]) {
        let groups = groups.filter { !$0.items.isEmpty }
        if groups.isEmpty { return }
        html.append(
            "<table>\n<thead><tr><th scope=\"col\" class=\"key\">Kind</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n"
                as StaticString)
        for group in groups {
            html.append("<tr><th scope=\"row\" class=\"key\">" as StaticString)
            HTMLText.append(group.title, to: &html)
            html.append("</th><td>" as StaticString)
            for (index, item) in group.items.prefix(items).enumerated() {
                if index > 0 { html.append("<br>" as StaticString) }
                html.append("<code>" as StaticString)
                HTMLText.append(item, to: &html)
                html.append("</code>" as StaticString)
            }
            appendRest(group.items.count, to: &html)
            html.append("</td></tr>\n" as StaticString)
        }
        html.append("</tbody>\n</table>\n" as StaticString)
    }

    private static func append(_ entries: [Portrait.Entry], to html: inout [UInt8]) {
        for entry in entries.prefix(items) {
            html.append("<h3>" as StaticString)
            HTMLText.append(entry.title, to: &html)
            if let at = entry.at {
                html.append(" <small>" as StaticString)
                PageWords.appendTime(at, to: &html)
                html.append("</small>" as StaticString)
            }
            html.append("</h3>\n<div class=\"prose\">" as StaticString)
            html += Readme.html(of: Array(entry.text.utf8), as: .plain)
            html.append("</div>\n" as StaticString)
        }
    }

    private static func append(paths: [String], to html: inout [UInt8]) {
        if paths.isEmpty { return }
        html.append("<details>\n<summary>" as StaticString)
        html.append(PageWords.count(Int64(paths.count), "path", "paths"))
        html.append("</summary>\n<ul class=\"plain\">\n" as StaticString)
        for path in paths.prefix(items) {
            html.append("<li><code>" as StaticString)
            HTMLText.append(path, to: &html)
            html.append("</code></li>\n" as StaticString)
        }
        html.append("</ul>\n" as StaticString)
        if paths.count > items {
            html.append("<p class=\"note\">" as StaticString)
            html.append(PageWords.count(Int64(paths.count - items), "more path is", "more paths are"))
            html.append(" in the file.</p>\n" as StaticString)
        }
        html.append("</details>\n" as StaticString)
    }

    private static func append(_ table: Portrait.Table, to html: inout [UInt8]) {
        if table.rows.isEmpty { return }
        html.append("<table>\n<thead><tr>" as StaticString)
        for heading in table.headings {
            html.append(heading.isNumber ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">")
            HTMLText.append(heading.text, to: &html)
            html.append("</th>" as StaticString)
        }
        html.append("</tr></thead>\n<tbody>\n" as StaticString)
        for row in table.rows.prefix(items) {
            html.append("<tr>" as StaticString)
            for (index, cell) in row.enumerated() where index < table.headings.count {
                let number = table.headings[index].isNumber ? " class=\"num\"" : ""
                html.append(index == 0 ? "<th scope=\"row\"\(number)>" : "<td\(number)>")
                HTMLText.append(cell.text, to: &html)
                if !cell.note.isEmpty {
                    html.append("<small class=\"digest\">" as StaticString)
                    HTMLText.append(cell.note, to: &html)
                    html.append("</small>" as StaticString)
                }
                html.append(index == 0 ? "</th>" : "</td>")
            }
            html.append("</tr>\n" as StaticString)
        }
        html.append("</tbody>\n</table>\n" as StaticString)
        if table.rows.count > items {
            html.append("<p class=\"note\">" as StaticString)
            html.append(PageWords.count(Int64(table.rows.count - items), "more row is", "more rows are"))
            html.append(" in the file.</p>\n" as StaticString)
        }
    }

    private static func appendRest(_ count: Int, to html: inout [UInt8]) {
        if count <= items { return }
        html.append("<br><span class=\"quiet\">and \(PageWords.count(Int64(count - items))) more</span>")
    }
}

extension Portrait.Markup {
    fileprivate var form: Readme.Form {
        switch self {
        case .plain: .plain
        case .markdown: .markdown
        case .restructuredText: .restructuredText
        }
    }
}
