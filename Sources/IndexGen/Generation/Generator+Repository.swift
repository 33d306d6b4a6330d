internal import Formats

extension Generator {
    /// One repository, in one publication: its packages are placed, what is due is rendered, and what that comes to is carried out.
    func generate(
        _ repository: RepositoryRow, everything: Bool, planAnew: Bool, keyring: Keyring?, summary: inout Summary
    ) throws {
        if site.settings.isInTheWay(repository.owner) {
            try withdraw(repository, &summary)
            return
        }
        guard let ecosystem = site.ecosystems[repository.type] else {
            throw PublishingError(
                what: "this program does not know the type \(repository.type)", remedy: "use the version that made the site")
        }
        if let suffix = ecosystem.profile.fileSignature, let keyring {
            try FileSigner(site: site, catalog: catalog, keyring: keyring, suffix: suffix).run(repository, isWhole: planAnew)
        }
        try placePackages(of: repository, everything: everything, &summary)
        let rendering = try render(repository, of: ecosystem, everything: everything, planAnew: planAnew, keyring: keyring)
        summary.rendered += rendering.summary.rendered
        summary.segments += rendering.summary.segments
        try carryOut(rendering.finished(for: site.settings), &summary)
    }

    /// Renders what is due of a repository as one snapshot of the catalog has it, and then what its echoes are listed in. Nothing becomes
    /// public; the catalog has the echoes.
    func render(
        _ repository: RepositoryRow, of ecosystem: any Ecosystem, everything: Bool, planAnew: Bool, keyring: Keyring?
    ) throws -> RepositoryRendering {
        let context = try site.repository(owner: repository.owner, type: repository.type, publicKey: keyring?.publicKey)
        let sealer = try Sealer(ecosystem: ecosystem, repository: context, keys: site.plainKeys(of: repository.type))
        func renderer(in snapshot: CatalogSnapshot) -> Renderer {
            Renderer(
                site: site, snapshot: snapshot, repository: repository.id.value, prefix: repository.path + "/", keyring: keyring,
                sealer: sealer, everything: everything)
        }
        var rendering = RepositoryRendering(ecosystem, of: repository, for: context)
        var due = try catalog.snapshot { snapshot in
            let due = try snapshot.due(of: repository, isWhole: planAnew)
            try rendering.add(due, by: renderer(in: snapshot))
            return due
        }
        if !rendering.echoes.isEmpty {
            try Meter.measure(.catalog) {
                try catalog.echo(rendering.echoes, in: repository, customs: ecosystem.profile.customs)
            }
            due.echoed = try catalog.snapshot { try $0.due(of: repository, isWhole: planAnew).echoed }
        }
        if !due.echoed.isEmpty {
            try catalog.snapshot { try rendering.addEchoed(due, by: renderer(in: $0)) }
        }
        if planAnew { try catalog.snapshot { try refuseDoubles(in: rendering.publication, of: repository, $0) } }
        return rendering
    }

    /// Settings can have two scopes want one document (a distribution, and the second name of another): neither gets it by chance.
    private func refuseDoubles(in publication: Publication, of repository: RepositoryRow, _ snapshot: CatalogSnapshot) throws {
        var holders = try snapshot.documentScopes(of: repository)
        for (_, path) in publication.record.dropped { holders[path] = nil }
        for document in publication.record.documents {
            let holder = holders.updateValue(document.scope, forKey: document.row.path)
            guard let holder, holder != document.scope else { continue }
            let names = try [holder, document.scope].map { try snapshot.name(ofScope: $0) }.sorted()
            throw PublishingError(
                what: "\(repository.path)/\(document.row.path) belongs to '\(names[0])' and to '\(names[1])'",
                remedy: "change the settings so that one of them has another name")
        }
    }

    /// Publishes nothing of a repository whose folder would be in the place of a file of the site; an earlier version took such owners.
    /// Removals are all that is left to do with it.
    private func withdraw(_ repository: RepositoryRow, _ summary: inout Summary) throws {
        var publication = Publication()
        let live = try catalog.snapshot { snapshot in
            let shown = try snapshot.lastChange()
            for id in try snapshot.scopeIDs(of: repository, onlyDirty: false) {
                let state = try snapshot.scope(id, measuring: [])
                publication.record.scopes.append((id, state.revision, shown))
            }
            return try snapshot.files(in: repository).count
        }
        guard live == 0 else {
            throw PublishingError(
                what: "\(repository.path) is not published, since the site has a file of the name '\(repository.owner)' itself",
                remedy:
                    "add its packages (\(live)) for another owner, and remove them here: indexgen remove \(repository.path) NAME")
        }
        try carryOut(publication, &summary)
    }

    /// Packages go into the tree before any document lists them, some thousands at a time. Those that come in meanwhile are few.
    private func placePackages(of repository: RepositoryRow, everything: Bool, _ summary: inout Summary) throws {
        var last: FileID?
        repeat {
            var publication = Publication()
            publication.packages = try catalog.snapshot {
                try $0.files(of: repository, onlyUnplaced: !everything, after: last, limit: Self.portion)
            }
            last = publication.packages.last?.id
            publication.record.placed = publication.packages.filter { !$0.isPlaced }.map(\.id)
            try carryOut(publication, &summary)
            if publication.packages.count < Self.portion { return }
        } while true
    }

    private static let portion = 8_192
}
