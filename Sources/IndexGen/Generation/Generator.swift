internal import Formats

/// Brings the public tree up to the catalog: what changed is rendered, signed and published, nothing else is touched.
struct Generator {
    let site: Site
    let catalog: Catalog
    /// Told what is being done, for people who wait.
    var progress: (String) -> Void = { _ in }

    struct Summary: Equatable {
        /// Documents rendered.
        var rendered = 0
        /// Public files written: documents in all encodings and signatures.
        var written = 0
        /// Packages placed; what is published beside them is not counted.
        var placed = 0
        /// Public files removed.
        var removed = 0
        var segments = SegmentWork()
    }

    /// - Parameters:
    ///   - targets: repositories; nil for all.
    ///   - everything: also what is up to date; missing or damaged files are made again.
    func run(_ targets: [RepositoryRow]? = nil, everything: Bool = false) throws -> Summary {
        try Upkeep(site: site, catalog: catalog).run(targets)
        let settingsChanged = try catalog.memory("settings") != site.settings.digest
        // A key that came or went signs all documents anew.
        let signers = try site.openKeyring(catalog)?.identity ?? []
        let signersChanged = try catalog.memory("signers") != signers
        let planAnew = everything || settingsChanged || signersChanged
        guard try planAnew || isSomethingDue(targets) else { return Summary() }
        return try SiteLock.publishing(for: site) { wasInterrupted in
            try site.staging.sweep()
            try recover(wasInterrupted: wasInterrupted)
            let keyring = try Meter.measure(.sign) { try site.openKeyring(catalog) }
            defer { Meter.measure(.sign) { keyring?.release() } }
            var summary = Summary()
            if settingsChanged { try clearOwnDocuments(keyring, &summary) }
            var failures: [PublicationFailures.Failure] = []
            for repository in try planAnew ? chosen(targets) : behind(targets) {
                progress("generating \(repository.path)")
                do {
                    try generate(repository, everything: everything, planAnew: planAnew, keyring: keyring, summary: &summary)
                } catch let error where PublicationFailures.isOfOneRepository(error, of: site) {
                    failures.append(.init(repository: repository.path, error: error))
                    try recover(wasInterrupted: true)
                }
            }
            let failed = failures.map { $0.repository + "/" }
            try generatePages(everything: everything, besides: failed, keyring: keyring, summary: &summary)
            if !failures.isEmpty { throw PublicationFailures(failures) }
            if signersChanged, targets == nil { try catalog.remember("signers", signers) }
            if settingsChanged, targets == nil { try catalog.remember("settings", site.settings.digest) }
            return summary
        }
    }

    private func isSomethingDue(_ targets: [RepositoryRow]?) throws -> Bool {
        try !catalog.expired(retention: site.settings.retention).isEmpty || !behind(targets).isEmpty || catalog.abandoned() != nil
            || arePagesDue()
    }

    /// The pages come after all repositories: a run that ended in between has nothing else to remember them by.
    private func arePagesDue() throws -> Bool {
        let extras = ExtraFiles(site: site)
        if try !site.settings.files.isEmpty && extras.stamp() != catalog.memory(ExtraFiles.memory) { return true }
        let keyring = try site.openKeyring(catalog)
        return try catalog.snapshot { snapshot in
            // Those of the owner did not change.
            let own = Set(site.settings.files.map(\.path))
            let there = try snapshot.documents(repository: 0, scope: 0).filter { !own.contains($0.key) }
            let plans = try Pages(site: site, publicKey: keyring?.publicKey).plans(for: snapshot)
            return plans.count != there.count
                || plans.contains { plan in
                    there[plan.path]?.fingerprint
                        != Fingerprint.of(
                            plan, in: nil, signers: keyring?.fingerprints ?? [], key: nil,
                            segmentBytes: site.settings.segmentBytes)
                }
        }
    }

    /// Takes stock of what a publication left that was interrupted.
    private func recover(wasInterrupted: Bool) throws {
        // What it was carrying goes. Folders that it made, and removals, may not be durable yet; this run builds on them.
        let publisher = try Publisher(site: site)
        if wasInterrupted { try publisher.secureAll() }
        guard let abandoned = try catalog.abandoned() else { return }
        let files = try abandoned.unknown.compactMap { path -> RetiredFile? in
            let file = Files.join(site.publicRoot, path)
            let kind = try FileStatus.of(file)?.kind
            if kind == .link, let target = Files.target(ofLink: file) {
                return RetiredFile(path: path, sha256: SHA256Digest.of(linkTo: target), size: target.count)
            }
            guard kind == .file else { return nil }
            let (digest, size) = try SHA256Digest.of(file: file)
            return RetiredFile(path: path, sha256: digest, size: size)
        }
        let damaged = try abandoned.documents.filter { try !site.publishes($0.path, sha256: $0.sha256, size: $0.size) }
        try catalog.settle(abandoned: files, damaged: damaged.map(\.path))
    }

    private func chosen(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        try targets ?? catalog.repositories()
    }

    /// Those that wait to be generated.
    private func behind(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        let repositories = try chosen(targets)
        return try catalog.snapshot { snapshot in try repositories.filter { try snapshot.isBehind($0) } }
    }

    /// One repository, in one publication: what is due is rendered as one snapshot of the catalog has it, and then what echoes of it are
    /// listed in.
    private func generate(
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
        let context = try site.repository(owner: repository.owner, type: repository.type, publicKey: keyring?.publicKey)
        if let suffix = ecosystem.profile.fileSignature, let keyring {
            try FileSigner(site: site, catalog: catalog, keyring: keyring, suffix: suffix).run(repository, isWhole: planAnew)
        }
        let sealer = try Sealer(ecosystem: ecosystem, repository: context, key: site.plainKey(of: repository.type))
        try placePackages(of: repository, everything: everything, &summary)
        var rendering = RepositoryRendering(ecosystem, of: repository, for: context)
        func renderer(in snapshot: CatalogSnapshot) -> Renderer {
            Renderer(
                site: site, snapshot: snapshot, repository: repository.id.value, prefix: repository.path + "/", keyring: keyring,
                sealer: sealer, everything: everything)
        }
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
        let publication = rendering.finished(for: site.settings)
        if planAnew { try catalog.snapshot { try refuseDoubles(in: publication, of: repository, $0) } }
        summary.rendered += rendering.summary.rendered
        summary.segments += rendering.summary.segments
        try carryOut(publication, &summary)
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

    /// The site's own documents that the settings no longer ask for make way before repositories are published: one of them may want
    /// the place.
    private func clearOwnDocuments(_ keyring: Keyring?, _ summary: inout Summary) throws {
        var publication = Publication()
        try catalog.snapshot { snapshot in
            let pages = try Pages(site: site, publicKey: keyring?.publicKey).plans(for: snapshot).map(\.path)
            let wanted = Set(pages + site.settings.files.map(\.path))
            for row in try snapshot.documents(repository: 0, scope: 0).values.sorted(by: { $0.path < $1.path })
            where !wanted.contains(row.path) {
                publication.drop(row, repository: 0)
            }
        }
        if !publication.record.dropped.isEmpty { try carryOut(publication, &summary) }
    }

    /// The pages for people, which depend on what repositories and scopes there are; and the end of grace periods.
    ///
    /// - Parameter failed: prefixes of the paths that stay as they are, since something is in the way there.
    private func generatePages(everything: Bool, besides failed: [String], keyring: Keyring?, summary: inout Summary) throws {
        var publication = Publication()
        publication.record.expired = try catalog.expired(retention: site.settings.retention)
        // A superseded file that is damaged cannot be made again, and helps nobody.
        if everything {
            publication.record.expired += try catalog.retired().filter {
                try !site.publishes($0.path, sha256: $0.sha256, size: $0.size)
            }.map(\.path)
        }
        let extras = ExtraFiles(site: site)
        // Taken before they are read: a file that changes meanwhile is read again.
        let stamp = try extras.stamp()
        let faults = try catalog.snapshot { snapshot in
            let renderer = Renderer(
                site: site, snapshot: snapshot, repository: 0, prefix: "", keyring: keyring, everything: everything)
            let (plans, faults) = try extras.plans(in: snapshot)
            let unread = Set(faults.map(\.file.path))
            try renderer.addAll(
                Pages(site: site, publicKey: keyring?.publicKey).plans(for: snapshot) + plans,
                besides: { path in unread.contains(path) || failed.contains(where: path.hasPrefix) }, to: &publication, &summary)
            return faults
        }
        // What an interrupted run left and this one makes anew is not over.
        let renewed = Set(publication.record.documents.flatMap { $0.row.artifacts.map(\.path) })
        publication.record.expired.removeAll(where: renewed.contains)
        publication.record.notice = Notice(of: publication, in: nil, upTo: 0, for: site.settings)
        try carryOut(publication, &summary)
        // All else is public by now: a file that its owner mislaid keeps nothing from anybody.
        if let first = faults.first { throw first.fault }
        if !site.settings.files.isEmpty { try catalog.remember(ExtraFiles.memory, stamp) }
    }

    private func carryOut(_ planned: Publication, _ summary: inout Summary) throws {
        var publication = planned
        if publication.changesNothing, publication.record.documents.isEmpty, publication.record.scopes.isEmpty,
            publication.record.dropped.isEmpty, publication.record.notice?.repository == nil
        {
            return
        }
        publication.record.announced = publication.announced
        try Meter.measure(.catalog) { try catalog.announce(publication.record.announced) }
        var publisher = try Publisher(site: site)
        try Meter.measure(.write) { try publisher.publish(publication) }
        try Meter.measure(.catalog) { try catalog.record(publication.record) }
        summary.placed += publication.packages.count { !$0.isSidecar }
        summary.written += publication.puts.count + publication.digestNames.count
        summary.removed += publication.removals.count + publication.record.expired.count
    }
}

extension CatalogSnapshot {
    /// Whether anything of a repository waits to be published.
    func isBehind(_ repository: RepositoryRow) throws -> Bool {
        try !scopeIDs(of: repository, onlyDirty: true).isEmpty || !files(of: repository, onlyUnplaced: true, limit: 1).isEmpty
    }
}
