internal import Formats

/// Writes what the page of a package has of its own. All text in it is a stranger's until it is escaped.
struct PackagePage {
    let view: PackageView
    let repository: RepositoryRow
    let ecosystem: any Ecosystem
    /// What its lines to copy are made for.
    let context: Repository
    /// What was written of its main version's first file when that came in (`PortraitPage`).
    let portrait: [UInt8]
    /// Of its main version.
    let attachments: Portrait.Section?
    /// What leads from its folder to the top.
    let root: String

    static let holes = [
        "title", "name", "version", "summary", "description", "banner", "install", "facts", "contents", "sections", "files",
        "versions", "made", "robots",
    ]

    private var main: PackageView.Version { view.main }

    /// The file of a version that people install.
    static func face(of version: PackageView.Version, _ ecosystem: any Ecosystem) -> PackageView.File? {
        version.files.first { !ecosystem.profile.sourceArchitectures.contains($0.architecture) } ?? version.files.first
    }

    /// By the names of the template's holes.
    func fillings() -> [String: [UInt8]] {
        let parts = PortraitPage.parts(of: portrait)
        var sections = Array(parts.sections)
        if let attachments { PortraitPage.append(attachments, to: &sections) }
        return [
            "title": attribute("\(view.name) \(main.name) · \(repository.owner)/\(repository.type)"),
            "name": text(view.name), "version": version(main.name, isHeading: true), "summary": text(main.summary),
            "description": attribute(main.summary.isEmpty ? view.name : main.summary), "banner": banner(),
            "install": installations(), "facts": facts(parts.facts), "contents": contents(parts.links),
            "sections": sections, "files": files(), "versions": versions(), "made": made(),
            "robots": main.isWithdrawn ? Array("<meta name=\"robots\" content=\"noindex\">\n".utf8) : [],
        ]
    }

    // MARK: Parts

    private func contents(_ links: ArraySlice<UInt8>) -> [UInt8] {
        // A short page needs none.
        let count = links.count { $0 == UInt8(ascii: "#") }
        guard count >= 2 else { return [] }
        var html: [UInt8] = []
        html.append("<nav aria-label=\"On this page\"><ul class=\"toc\">")
        PortraitPage.appendLink(to: "install", "Install", &html)
        html += links
        PortraitPage.appendLink(to: "files", "Files", &html)
        PortraitPage.appendLink(to: "versions", "Versions", &html)
        html.append("</ul></nav>\n")
        return html
    }

    private func banner() -> [UInt8] {
        var html: [UInt8] = []
        for mark in main.annotations.all where mark.key.isEmpty {
            html.append("<p class=\"banner \(Self.colour(of: mark.kind))\">This version is ")
            HTMLText.append(mark.kind, to: &html)
            if !mark.value.isEmpty {
                html.append(": ")
                HTMLText.append(mark.value, to: &html)
            }
            html.append(".</p>\n")
        }
        return html
    }

    /// What is only discouraged is amber, what clients pass over is red.
    private static func colour(of kind: String) -> String { kind == "deprecated" ? "warn" : "bad" }

    private func installations() -> [UInt8] {
        guard let file = Self.face(of: main, ecosystem) else { return [] }
        let installations = ecosystem.installations(
            of: InstallationTarget(name: view.name, path: file.path, filename: file.filename, tags: main.tags), in: context)
        var html: [UInt8] = []
        if installations.isEmpty { return html }
        html.append("<h2 id=\"install\">Install</h2>\n")
        if installations.count > 1 { html.append("<div class=\"folds\">\n") }
        for (index, installation) in installations.enumerated() {
            if installations.count > 1 {
                html.append(index == 0 ? "<details open>\n<summary>" : "<details>\n<summary>")
                HTMLText.append(installation.client, to: &html)
                html.append("</summary>\n")
            }
            Self.appendLines(installation.lines, of: installation.client, to: &html)
            if installations.count > 1 { html.append("</details>\n") }
        }
        if installations.count > 1 { html.append("</div>\n") }
        html.append("<p class=\"note\">Not set up yet? <a href=\"\(root)")
        HTMLText.append(path: repository.path, to: &html)
        html.append("/\">Point your client at ")
        HTMLText.append("\(repository.owner)/\(repository.type)", to: &html)
        html.append("</a>.</p>\n")
        return html
    }

    /// A block to copy: each command one line, which hangs when it is wrapped.
    static func appendLines(_ lines: [String], of client: String, to html: inout [UInt8]) {
        html.append(
            lines.count == 1 ? "<div class=\"copy\" data-what=\"the line for " : "<div class=\"copy\" data-what=\"the lines for ")
        HTMLText.append(attribute: client, to: &html)
        html.append("\"><pre><code>")
        for line in lines {
            html.append("<span class=\"l\">")
            HTMLText.append(line, to: &html)
            html.append("\n</span>")
        }
        html.append("</code></pre></div>\n")
    }

    private func facts(_ own: ArraySlice<UInt8>) -> [UInt8] {
        var html: [UInt8] = []
        html.append("<div><dt>Published</dt><dd>")
        PageWords.appendTime(main.received, to: &html)
        html.append("</dd></div>\n<div><dt>Size</dt><dd>\(PageWords.size(main.size))</dd></div>\n")
        let architectures = Set(main.files.map(\.architecture)).filter { !$0.isEmpty }.sorted()
        PortraitPage.append(
            .init(architectures.count == 1 ? "Architecture" : "Architectures", architectures.joined(separator: ", ")), to: &html)
        if main.name != main.version { PortraitPage.append(.init("Digest", main.version), to: &html) }
        html += own
        return html
    }

    private func files() -> [UInt8] {
        var html: [UInt8] = []
        html.append(
            """
            <h2 id="files">Files</h2>
            <table>
            <thead><tr><th scope="col">File</th><th scope="col" class="wide key">For</th><th scope="col" class="num">Size</th></tr></thead>
            <tbody>

            """)
        for file in main.files {
            html.append("<tr><th scope=\"row\"><a href=\"\(root)")
            HTMLText.append(path: "\(repository.path)/\(file.path)", to: &html)
            html.append("\" download><bdi>")
            HTMLText.append(file.filename, to: &html)
            html.append(
                "</bdi></a><small class=\"digest\">SHA-256 \(Hex.string(file.sha256))</small></th><td class=\"wide key\">")
            HTMLText.append(file.architecture, to: &html)
            html.append("</td><td class=\"num\">\(PageWords.size(file.size))</td></tr>\n")
        }
        html.append("</tbody>\n</table>\n")
        return html
    }

    private func versions() -> [UInt8] {
        var html: [UInt8] = []
        html.append(
            """
            <h2 id="versions">\(ecosystem.profile.versionsAreTagged ? "Tags" : "Versions")</h2>
            <table>
            <thead><tr><th scope="col">\(ecosystem.profile.versionsAreTagged ? "Tag" : "Version")</th><th scope="col" class="num wide">Size\
            </th><th scope="col" class="num">Published</th></tr></thead>
            <tbody>

            """)
        for version in view.versions {
            html.append("<tr><th scope=\"row\">")
            html += self.version(version.name, isHeading: false)
            if version.id == main.id { html.append(" <span class=\"mark good\">Newest</span>") }
            for mark in version.annotations.all where mark.key.isEmpty {
                html.append(" <span class=\"mark \(Self.colour(of: mark.kind))\">")
                HTMLText.append(mark.kind, to: &html)
                html.append("</span>")
            }
            for tag in version.tags where tag != version.name {
                html.append(" <span class=\"mark\">")
                HTMLText.append(tag, to: &html)
                html.append("</span>")
            }
            if version.name != version.version {
                html.append("<small class=\"digest\">")
                HTMLText.append(version.version, to: &html)
                html.append("</small>")
            }
            if let line = line(for: version) {
                html.append("<small class=\"copy\" data-what=\"the line for this version\"><code>")
                HTMLText.append(line, to: &html)
                html.append("</code></small>")
            }
            html.append("</th><td class=\"num wide\">\(PageWords.size(version.size))</td><td class=\"num\">")
            PageWords.appendTime(version.received, to: &html)
            html.append("</td></tr>\n")
        }
        html.append("</tbody>\n</table>\n")
        if view.hasMore { html.append("<p class=\"note\">Older versions are in the index of the repository.</p>\n") }
        return html
    }

    /// What installs exactly this version, with the usual client.
    private func line(for version: PackageView.Version) -> String? {
        guard let file = Self.face(of: version, ecosystem) else { return nil }
        let target = InstallationTarget(
            name: view.name, version: version.version, path: file.path, filename: file.filename, tags: version.tags)
        guard let lines = ecosystem.installations(of: target, in: context).first?.lines, lines.count == 1 else { return nil }
        return lines[0]
    }

    private func made() -> [UInt8] {
        var html: [UInt8] = []
        PageWords.appendTime(view.versions.map(\.received).max() ?? main.received, withMinute: true, to: &html)
        return html
    }

    // MARK: Text

    private func version(_ text: String, isHeading: Bool) -> [UInt8] {
        var html: [UInt8] = []
        html.append(text.utf8.count > 20 ? "<span class=\"version long\">" : "<span class=\"version\">")
        HTMLText.append(text, to: &html)
        html.append("</span>")
        return html
    }

    private func text(_ text: String) -> [UInt8] {
        var html: [UInt8] = []
        HTMLText.append(text, to: &html)
        return html
    }

    private func attribute(_ text: String) -> [UInt8] {
        var html: [UInt8] = []
        HTMLText.append(attribute: text, to: &html)
        return html
    }
}
