internal import Formats
internal import Templates

/// The pages for people that lead to others: the site's front page, one for each owner, and one for each repository that says how to point
/// a client at it. `PeoplePages` makes those of packages.
struct Pages {
    let site: Site
    /// The armored keys that sign; nil on an unsigned site.
    let publicKey: [UInt8]?

    /// Their plans. The site's key is among them: clients are often set up before an owner has a package.
    func plans(for snapshot: CatalogSnapshot) throws -> [DocumentPlan] {
        var plans = publicKey.map { [DocumentPlan(path: RootFile.key.rawValue, body: [.literal($0)])] } ?? []
        let templates = try PageLibrary(environment: site.environment)
        var owners: [(name: String, repositories: [TemplateValue], newest: [PortraitLine])] = []
        if site.settings.hasPages { plans += try fixedPlans(templates) }
        for row in try snapshot.repositories() {
            // Of what waits to be generated the pages say nothing yet.
            guard let ecosystem = site.ecosystems[row.type], !site.settings.isInTheWay(row.owner),
                try snapshot.hasPublicScope(row)
            else { continue }
            let isPublic = !site.settings.isPrivate(row.owner, type: row.type)
            let newest = site.settings.hasPages && isPublic ? try snapshot.newestPortraits(of: row, limit: Self.newest) : []
            var values = Self.common(site: site, root: "../../").merging([
                "owner": .text(row.owner), "type": .text(row.type), "segment": .text(row.segment),
                "title": .text(ecosystem.profile.title), "signed": .bool(publicKey != nil),
                "base": .text(site.settings.baseURL),
                "url": "\(site.settings.baseURL)/\(row.path)", "id": "\(row.owner)-\(row.type)",
                "scopes": .list(try particulars(ofScopesIn: row, ecosystem, snapshot)),
            ]) { $1 }
            if !newest.isEmpty {
                let count = Int64(try snapshot.portraitCount(of: row))
                values["count"] = .text(PageWords.count(count))
                values["overview"] = .text(overview(newest, of: row, count: count))
            }
            let repository = try site.repository(owner: row.owner, type: row.type, publicKey: publicKey)
            for (name, value) in ecosystem.particulars(in: repository) { values[name] = .text(value) }
            if let page = try templates.render(row.type, .dictionary(values)) {
                plans.append(DocumentPlan(path: "\(row.path)/index.html", body: [.literal(page)]))
            }
            // The front page is for everybody.
            if !isPublic { continue }
            if owners.last?.name != row.owner { owners.append((row.owner, [], [])) }
            owners[owners.count - 1].repositories.append(.dictionary(values))
            owners[owners.count - 1].newest += newest.map { line in
                var line = line
                line.repository = row
                return line
            }
        }
        if site.settings.hasPages {
            for owner in owners {
                let values = Self.common(site: site, root: "../").merging([
                    "owner": .text(owner.name), "repositories": .list(owner.repositories),
                    "newest": .text(table(Self.first(owner.newest), root: "../")),
                ]) { $1 }
                if let page = try templates.render("owner", .dictionary(values)) {
                    plans.append(DocumentPlan(path: "\(owner.name)/index.html", body: [.literal(page)], rank: .list))
                }
            }
        }
        let newest = Self.first(owners.flatMap(\.newest))
        if site.settings.hasPages { plans.append(Feed(site: site).plan(newest)) }
        let front = Self.common(site: site, root: "").merging([
            "base": .text(site.settings.baseURL), "isEmpty": .bool(owners.isEmpty), "hasSearch": .bool(!newest.isEmpty),
            "owners": .list(owners.map { ["owner": .text($0.name), "repositories": .list($0.repositories)] }),
            "newest": .text(table(newest, root: "")),
        ]) { $1 }
        // It names the pages of the repositories.
        if let page = try templates.render("site", .dictionary(front)) {
            plans.append(DocumentPlan(path: RootFile.frontPage.rawValue, body: [.literal(page)], rank: .list))
        }
        // An owner's own file stands in the place of one of these.
        let own = Set(site.settings.files.map(\.path))
        return plans.filter { !own.contains($0.path) }
    }

    /// Packages that pages show as the newest.
    static let newest = 20

    /// What all pages know: where the top is from there, and what they share.
    ///
    /// - Parameter root: what leads from their folder to the top: `../../`.
    static func common(site: Site, root: String) -> [String: TemplateValue] {
        var values: [String: TemplateValue] = ["root": .text(root), "pages": .bool(site.settings.hasPages)]
        for (key, name) in [("icon", "icon.svg"), ("style", "style.css"), ("copy", "copy.js"), ("search", "search.js")] {
            values[key] = .text(assetPath(name))
        }
        return values
    }

    /// Its bytes are in its name: caches may keep it for ever.
    private static func assetPath(_ name: String) -> String {
        let digest = Hex.string(Array(SHA256Digest.of(PageTemplates.assets[name] ?? []).prefix(6)))
        let dot = name.firstIndex(of: ".") ?? name.endIndex
        return "-/assets/\(name[..<dot])-\(digest)\(name[dot...])"
    }

    /// What depends on nothing in the catalog.
    private func fixedPlans(_ templates: PageLibrary) throws -> [DocumentPlan] {
        var plans = PageTemplates.assets.sorted { $0.key < $1.key }.map { name, bytes in
            DocumentPlan(path: Self.assetPath(name), body: [.literal(bytes)])
        }
        var search = Self.common(site: site, root: "../../")
        search["types"] = .list(site.ecosystems.all.map { ["id": .text($0.profile.id), "title": .text($0.profile.title)] })
        if let page = try templates.render("search", .dictionary(search)) {
            plans.append(DocumentPlan(path: "-/search/index.html", body: [.literal(page)]))
        }
        // It is shown at addresses of any depth.
        let top = site.settings.basePath.map { "/\($0)" }.joined() + "/"
        if let page = try templates.render("notfound", .dictionary(Self.common(site: site, root: top))) {
            plans.append(DocumentPlan(path: "404.html", body: [.literal(page)]))
        }
        return plans
    }

    /// The newest of several repositories together.
    private static func first(_ lines: [PortraitLine]) -> [PortraitLine] {
        Array(
            lines.enumerated().sorted { ($1.element.changed, $0.offset) < ($0.element.changed, $1.offset) }.map(\.element)
                .prefix(newest))
    }

    private func table(_ lines: [PortraitLine], root: String) -> String {
        var html: [UInt8] = []
        if !lines.isEmpty { NamePages.append(lines, root: root, showsVersion: true, to: &html) }
        return String(decoding: html, as: UTF8.self)
    }

    /// What the page of a repository tells of its packages.
    private func overview(_ newest: [PortraitLine], of row: RepositoryRow, count: Int64) -> String {
        var html: [UInt8] = []
        html.append("<h2 id=\"new\">New</h2>\n")
        NamePages.append(newest, of: row, root: "../../", showsVersion: true, to: &html)
        html.append("<p><a href=\"../-/packages/\(row.type)/\">")
        html.append(count == 1 ? "The only package" : "All \(PageWords.count(count, "package", "packages")), A to Z")
        html.append("</a></p>\n")
        return String(decoding: html, as: UTF8.self)
    }

    /// Scopes that concern people (groups, distributions); a package is none, be it a PyPI project or an image with options of its own. They are
    /// few: all are looked at whenever something is generated.
    private func particulars(
        ofScopesIn repository: RepositoryRow, _ ecosystem: any Ecosystem, _ snapshot: CatalogSnapshot
    ) throws -> [TemplateValue] {
        guard ecosystem.profile.scopesKey != nil, !ecosystem.hasPackagesForScopes else { return [] }
        return try snapshot.publicScopeIDs(of: repository).map { id in
            let scope = try snapshot.scope(id, measuring: []).view
            var values: [String: TemplateValue] = ["key": .text(scope.key), "isRoot": .bool(scope.key.isEmpty)]
            for (name, value) in ecosystem.particulars(of: scope) { values[name] = .text(value) }
            return .dictionary(values)
        }
    }
}
