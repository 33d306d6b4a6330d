internal import Formats

/// The packages of a repository from A to Z: one page for each range of names, and one that leads to them.
struct NamePages {
    let repository: RepositoryRow
    var frames: Frames

    static let holes = ["heading", "list", "count"]

    func plans(ofRange range: String, _ snapshot: CatalogSnapshot) throws -> [DocumentPlan] {
        let lines = try snapshot.portraits(of: repository, range: range)
        // The page of the range that is asked for, or none.
        return try plan(
            PeoplePath.range(range, of: repository),
            heading: "\(range.first.map(String.init)?.uppercased() ?? "")\(range.dropFirst())",
            lines, total: lines.count)
    }

    func index(_ snapshot: CatalogSnapshot) throws -> [DocumentPlan] {
        let ranges = try snapshot.portraitRanges(of: repository)
        let total = ranges.reduce(0) { $0 + $1.count }
        if total <= PeoplePages.names {
            return try plan(
                PeoplePath.packages(of: repository), heading: "All packages",
                snapshot.portraits(of: repository, range: nil), total: total)
        }
        var html: [UInt8] = []
        html.append("<ul class=\"ranges\">\n")
        for range in ranges {
            html.append(
                "<li><a href=\"-/names/\(range.range)/\">\(range.range)</a> <small>\(PageWords.count(Int64(range.count)))</small></li>\n"
            )
        }
        html.append("</ul>\n")
        return try page(PeoplePath.packages(of: repository), heading: "All packages", html, total: total)
    }

    private func plan(_ folder: String, heading: String, _ lines: [PortraitLine], total: Int) throws -> [DocumentPlan] {
        if lines.isEmpty { return [] }
        let root = PeoplePath.root(from: folder)
        var html: [UInt8] = []
        Self.append(lines, of: repository, root: root, to: &html)
        return try page(folder, heading: heading, html, total: total)
    }

    private func page(_ folder: String, heading: String, _ list: [UInt8], total: Int) throws -> [DocumentPlan] {
        var frames = frames
        guard let frame = try frames.frame("names", holes: Self.holes, root: PeoplePath.root(from: folder)) else { return [] }
        let page = frame.page([
            "heading": Array(heading.utf8), "list": list,
            "count": Array(PageWords.count(Int64(total), "package", "packages").utf8),
        ])
        return [DocumentPlan(path: "\(folder)/index.html", body: [.literal(page)], rank: .list)]
    }

    /// A table of packages; each with its newest version, when it came, and what it is.
    ///
    /// - Parameter showsPlace: whether owner and type are said of each.
    static func append(
        _ lines: [PortraitLine], of repository: RepositoryRow? = nil, root: String, showsVersion: Bool = false,
        to html: inout [UInt8]
    ) {
        html.append("<table>\n<thead><tr><th scope=\"col\">Package</th>")
        if showsVersion { html.append("<th scope=\"col\">Version</th><th scope=\"col\" class=\"num wide\">Published</th>") }
        html.append("</tr></thead>\n<tbody>\n")
        for line in lines {
            guard let place = repository ?? line.repository, let folder = PeoplePath.package(line.name, of: place) else {
                continue
            }
            html.append("<tr><th scope=\"row\"><a href=\"\(root)")
            HTMLText.append(path: folder, to: &html)
            html.append("/\"><bdi>")
            HTMLText.append(line.name, to: &html)
            html.append("</bdi></a>")
            if !line.summary.isEmpty {
                html.append("<small dir=\"auto\">")
                HTMLText.append(line.summary, to: &html)
                html.append("</small>")
            }
            if repository == nil {
                html.append("<small class=\"type\">")
                HTMLText.append("\(place.owner)/\(place.type)", to: &html)
                html.append("</small>")
            }
            html.append("</th>")
            if showsVersion {
                html.append(line.version.utf8.count > 20 ? "<td><span class=\"version long\">" : "<td><span class=\"version\">")
                HTMLText.append(line.version, to: &html)
                html.append("</span></td><td class=\"num wide\">")
                PageWords.appendTime(Timestamp(seconds: line.changed), to: &html)
                html.append("</td>")
            }
            html.append("</tr>\n")
        }
        html.append("</tbody>\n</table>\n")
    }
}
