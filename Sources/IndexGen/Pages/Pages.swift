internal import Formats

/// The pages for people: the site's front page, and one for each repository that says how to point a client at it.
struct Pages {
    let site: Site
    /// The armored keys that sign; nil on an unsigned site.
    let publicKey: [UInt8]?

    /// Their plans. The site's key is among them: clients are often set up before an owner has a package.
    func plans(for snapshot: CatalogSnapshot) throws -> [DocumentPlan] {
        var plans = publicKey.map { [DocumentPlan(path: RootFile.key.rawValue, body: [.literal($0)])] } ?? []
        let templates = try PageLibrary(environment: site.environment)
        var owners: [(name: String, repositories: [TemplateValue])] = []
        for row in try snapshot.repositories() {
            // Of what waits to be generated the pages say nothing yet.
            guard let ecosystem = site.ecosystems[row.type], !site.settings.isInTheWay(row.owner),
                try snapshot.hasPublicScope(row)
            else { continue }
            var values: [String: TemplateValue] = [
                "owner": .text(row.owner), "type": .text(row.type), "segment": .text(row.segment),
                "title": .text(ecosystem.profile.title),
                "signed": .bool(publicKey != nil),
                "base": .text(site.settings.baseURL),
                "url": "\(site.settings.baseURL)/\(row.path)", "id": "\(row.owner)-\(row.type)", "root": "../../",
                "scopes": .list(try particulars(ofScopesIn: row, ecosystem, snapshot)),
            ]
            let repository = try site.repository(owner: row.owner, type: row.type, publicKey: publicKey)
            for (name, value) in ecosystem.particulars(in: repository) { values[name] = .text(value) }
            if let page = try templates.render(row.type, .dictionary(values)) {
                plans.append(DocumentPlan(path: "\(row.path)/index.html", body: [.literal(page)]))
            }
            // The front page is for everybody.
            if site.settings.isPrivate(row.owner, type: row.type) { continue }
            if owners.last?.name != row.owner { owners.append((row.owner, [])) }
            owners[owners.count - 1].repositories.append(.dictionary(values))
        }
        let front: TemplateValue = [
            "base": .text(site.settings.baseURL), "root": "", "isEmpty": .bool(owners.isEmpty),
            "owners": .list(owners.map { ["owner": .text($0.name), "repositories": .list($0.repositories)] }),
        ]
        // It names the pages of the repositories.
        if let page = try templates.render("site", front) {
            plans.append(DocumentPlan(path: RootFile.frontPage.rawValue, body: [.literal(page)], rank: .list))
        }
        return plans
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
