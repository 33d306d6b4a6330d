internal import Formats

/// Brings the public tree up to the catalog: what changed is rendered, signed and published, nothing else is touched.
struct Generator {
    let site: Site
    let catalog: Catalog
    /// Told what is being done, for people who wait.
    var progress: (String) -> Void = { _ in }
    /// Told, once, what keeps versions from standing in repositories of other types, a line each.
    var warn: (String) -> Void = { _ in }
    /// Whether a site whose keyring is gone may become unsigned: its clients refuse it then.
    var mayUnsign = false

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
        let counterparts = try CounterpartUpkeep(site: site, catalog: catalog).run(everything: everything)
        for obstacle in counterparts.obstacles { warn(obstacle) }
        let targets = targets.map { targets in
            targets + counterparts.changed.filter { row in !targets.contains { $0.id == row.id } }
        }
        try Upkeep(site: site, catalog: catalog).run(targets)
        let settingsChanged = try catalog.memory("settings") != site.settings.digest
        // A key that came or went signs all documents anew.
        let signers = try site.openKeyring(catalog)?.identity ?? []
        let before = try catalog.memory("signers")
        let signersChanged = before != signers
        if signers.isEmpty, before?.isEmpty == false, !mayUnsign {
            throw Keyring.Failure(
                description: """
                    the site was signed, and \(site.keyring) is missing; restore it from a backup, or let the site be unsigned from now \
                    on: indexgen generate --unsigned
                    """)
        }
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
            let hasNewTemplates = try catalog.memory(PeoplePages.memory) != PeoplePages.make(for: site)
            let people = PeoplePages(
                site: site, catalog: catalog, keyring: keyring, isWhole: planAnew || hasNewTemplates, everything: everything,
                templates: try PageLibrary(environment: site.environment), carryOut: carryOut)
            let going = try people.run(besides: failed, &summary)
            try generatePages(everything: everything, besides: failed, keyring: keyring, summary: &summary)
            try people.remove(going, &summary)
            if !failures.isEmpty { throw PublicationFailures(failures) }
            if signersChanged, targets == nil { try catalog.remember("signers", signers) }
            if hasNewTemplates, failures.isEmpty { try catalog.remember(PeoplePages.memory, PeoplePages.make(for: site)) }
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
        if try catalog.memory(Catalog.pagesDue)?.isEmpty == false { return true }
        if try site.settings.hasPages && catalog.hasStalePages() { return true }
        if try catalog.memory(PeoplePages.memory) != PeoplePages.make(for: site) { return true }
        return try !site.settings.files.isEmpty && ExtraFiles(site: site).stamp() != catalog.memory(ExtraFiles.memory)
    }

    private func chosen(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        try targets ?? catalog.repositories()
    }

    /// Those that wait to be generated.
    private func behind(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        let repositories = try chosen(targets)
        return try catalog.snapshot { snapshot in try repositories.filter { try snapshot.isBehind($0) } }
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

    /// Publishes and records: before the tree is touched the catalog knows where, and when all is public, what.
    func carryOut(_ planned: Publication, _ summary: inout Summary) throws {
        var publication = planned
        if publication.changesNothing, publication.record.documents.isEmpty, publication.record.scopes.isEmpty,
            publication.record.dropped.isEmpty, publication.record.pages.isEmpty, publication.record.notice?.repository == nil
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
