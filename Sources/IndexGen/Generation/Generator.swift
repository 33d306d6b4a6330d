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
        /// Package files placed.
        var placed = 0
        /// Public files removed.
        var removed = 0
        var segments = SegmentWork()
    }

    /// - Parameters:
    ///   - targets: repositories; nil for all.
    ///   - everything: also what is up to date; missing or damaged files are made again.
    func run(_ targets: [RepositoryRow]? = nil, everything: Bool = false) throws -> Summary {
        let settingsChanged = try catalog.memory("settings") != site.settings.digest
        let planAnew = everything || settingsChanged
        guard try planAnew || !catalog.expired(retention: site.settings.retention).isEmpty || !behind(targets).isEmpty else {
            return Summary()
        }
        return try SiteLock.held(for: site) {
            try site.staging.sweep()
            try recover()
            let keyring = try Meter.measure(.sign) { try site.openKeyring(catalog) }
            defer { Meter.measure(.sign) { keyring?.release() } }
            var summary = Summary()
            for repository in try planAnew ? chosen(targets) : behind(targets) {
                progress("generating \(repository.path)")
                try generate(repository, everything: everything, planAnew: planAnew, keyring: keyring, summary: &summary)
            }
            try generatePages(everything: everything, keyring: keyring, summary: &summary)
            if settingsChanged, targets == nil { try catalog.remember("settings", site.settings.digest) }
            return summary
        }
    }

    /// Takes stock of what a publication left that was interrupted.
    private func recover() throws {
        guard let abandoned = try catalog.abandoned() else { return }
        let files = try abandoned.compactMap { path -> RetiredFile? in
            let file = Files.join(site.publicRoot, path)
            guard try FileStatus.of(file)?.kind == .file else { return nil }
            let (digest, size) = try SHA256Digest.of(file: file)
            return RetiredFile(path: path, sha256: digest, size: size)
        }
        try catalog.retire(abandoned: files)
    }

    private func chosen(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        try targets ?? catalog.repositories()
    }

    /// Those that wait to be generated.
    private func behind(_ targets: [RepositoryRow]?) throws -> [RepositoryRow] {
        let repositories = try chosen(targets)
        return try catalog.snapshot { snapshot in try repositories.filter { try snapshot.isBehind($0) } }
    }

    /// One repository, in one snapshot of the catalog and one publication.
    private func generate(
        _ repository: RepositoryRow, everything: Bool, planAnew: Bool, keyring: Keyring?, summary: inout Summary
    ) throws {
        guard let ecosystem = site.ecosystems[repository.type] else {
            throw PublishingError(
                what: "this program does not know the type \(repository.type)", remedy: "use the version that made the site")
        }
        let context = site.repository(owner: repository.owner, type: repository.type, publicKey: keyring?.publicKey)
        try placePackages(of: repository, everything: everything, &summary)
        var publication = Publication()
        try catalog.snapshot { snapshot in
            publication.packages = try snapshot.files(of: repository, onlyUnplaced: true)
            publication.record.placed = publication.packages.map(\.id)
            let renderer = Renderer(
                site: site, snapshot: snapshot, repository: repository.id.value, prefix: repository.path + "/", keyring: keyring,
                everything: everything)
            let lastChange = try snapshot.lastChange()
            for id in try snapshot.scopeIDs(of: repository, onlyDirty: !planAnew) {
                let state = try snapshot.scope(id, measuring: ecosystem.profile.measuredSlots)
                var old = try snapshot.documents(repository: repository.id.value, scope: id.value)
                let plans = Meter.measure(.render) { ecosystem.documents(for: state.view, in: context) }
                let leaves = try plans.map { plan in
                    try renderer.add(
                        plan, of: state, replacing: old.removeValue(forKey: plan.path), isRoot: false, to: &publication, &summary)
                }
                for plan in ecosystem.roots(for: state.view, over: leaves, in: context) {
                    _ = try renderer.add(
                        plan, of: state, replacing: old.removeValue(forKey: plan.path), isRoot: true, to: &publication, &summary)
                }
                for row in old.values.sorted(by: { $0.path < $1.path }) { publication.drop(row, repository: repository.id.value) }
                publication.record.scopes.append((id, state.revision, lastChange))
            }
            try renderer.addAll(ecosystem.commons(in: context), to: &publication, &summary)
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

    /// The pages for people, which depend on what repositories and scopes there are; and the end of grace periods.
    private func generatePages(everything: Bool, keyring: Keyring?, summary: inout Summary) throws {
        var publication = Publication()
        publication.record.expired = try catalog.expired(retention: site.settings.retention)
        // A superseded file that is damaged cannot be made again, and helps nobody.
        if everything { publication.record.expired += try catalog.retired().filter { try !isIntact($0) }.map(\.path) }
        try catalog.snapshot { snapshot in
            let renderer = Renderer(
                site: site, snapshot: snapshot, repository: 0, prefix: "", keyring: keyring, everything: everything)
            try renderer.addAll(Pages(site: site, signed: keyring != nil).plans(for: snapshot), to: &publication, &summary)
        }
        try carryOut(publication, &summary)
    }

    private func isIntact(_ file: RetiredFile) throws -> Bool {
        let path = Files.join(site.publicRoot, file.path)
        guard let status = try FileStatus.of(path), status.kind == .file, status.size == file.size else { return false }
        return try SHA256Digest.of(file: path).digest == file.sha256
    }

    private func carryOut(_ publication: Publication, _ summary: inout Summary) throws {
        if publication.changesNothing, publication.record.documents.isEmpty, publication.record.scopes.isEmpty,
            publication.record.dropped.isEmpty
        {
            return
        }
        try Meter.measure(.catalog) { try catalog.announce(publication.record) }
        var publisher = try Publisher(site: site)
        try Meter.measure(.write) { try publisher.publish(publication) }
        try Meter.measure(.catalog) { try catalog.record(publication.record) }
        summary.placed += publication.packages.count
        summary.written += publication.leaves.count + publication.roots.count + publication.digestNames.count
        summary.removed += publication.removals.count + publication.record.expired.count
    }
}

/// Renders the plans of one repository in one snapshot, as far as they need it.
private struct Renderer {
    let site: Site
    let snapshot: CatalogSnapshot
    let repository: Int64
    let prefix: String
    let keyring: Keyring?
    let everything: Bool

    /// Renders a plan unless its fingerprint says that its bytes are public already. Returns what roots may say of it.
    func add(
        _ plan: DocumentPlan, of state: ScopeState?, replacing old: DocumentRow?, isRoot: Bool, to publication: inout Publication,
        _ summary: inout Generator.Summary
    ) throws -> PublishedDocument {
        let fingerprint = Fingerprint.of(
            plan, in: state, signers: keyring?.fingerprints ?? [], segmentBytes: site.settings.segmentBytes)
        if let old, old.fingerprint == fingerprint, !everything { return published(plan, old) }
        let writer = DocumentWriter(staging: site.staging, prefix: prefix, segmentBytes: site.settings.segmentBytes)
        let shape = Fingerprint.shape(of: plan, in: state, segmentBytes: site.settings.segmentBytes)
        var there = try published(old, plan, shape, state)
        if everything, let old, old.fingerprint == fingerprint, try old.artifacts.allSatisfy(isIntact) {
            there.intact = old.open.sha256
        }
        let rendered =
            if let state {
                try writer.render(
                    plan, fingerprint: fingerprint, shape: shape, published: there,
                    entries: ScopeEntries(snapshot: snapshot, state: state))
            } else {
                try writer.render(plan, fingerprint: fingerprint, shape: shape, published: there, entries: NoEntries())
            }
        summary.rendered += 1
        guard case (var document, let work)? = rendered else {
            guard let old else { preconditionFailure("what is public as it should be was published") }
            return published(plan, old)
        }
        summary.segments += work
        try sign(&document, plan, at: state?.view.changed)
        try publication.add(document, repository: repository, scope: state?.id.value ?? 0, isRoot: isRoot, replacing: old) {
            artifact in
            try !everything || isIntact(artifact)
        }
        return published(plan, document.row)
    }

    /// What the next version of a document may take over from the published one.
    private func published(_ row: DocumentRow?, _ plan: DocumentPlan, _ shape: [UInt8], _ state: ScopeState?) throws
        -> PublishedState
    {
        guard let row, let state else { return PublishedState() }
        var published = PublishedState()
        var plain: String?
        for artifact in row.artifacts where artifact.role == .variant && artifact.position < plan.encodings.count {
            let path = Files.join(site.publicRoot, artifact.path)
            let encoding = plan.encodings[artifact.position]
            if encoding == .plain { plain = path }
            if !artifact.segments.isEmpty, let index = SegmentIndex(decoding: artifact.segments, for: encoding) {
                published.segments[artifact.position] = PublishedSegments(path: path, index: index)
            }
        }
        if !everything, let cuts = DocumentCuts(decoding: row.cuts), cuts.shape == shape,
            let changed = try changedKeys(plan, state)
        {
            published.predecessor = Predecessor(cuts: cuts, changed: changed, published: published.segments, plain: plain)
        }
        return published
    }

    /// The keys of all entries of a plan that changed since it was published, ascending.
    private func changedKeys(_ plan: DocumentPlan, _ state: ScopeState) throws -> [[UInt8]]? {
        guard let changed = try snapshot.changedKeys(in: state) else { return nil }
        let partitions = plan.body.flatMap { piece in
            if case .run(let run) = piece { run.partitions } else { [PartitionKey]() }
        }.compactMap { state.partitions[$0]?.id }
        if partitions.count == 1 { return changed[partitions[0]] ?? [] }
        return partitions.flatMap { changed[$0] ?? [] }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Documents without a scope: a repository's own, or the site's. Those that are planned no longer are dropped.
    func addAll(_ plans: [DocumentPlan], to publication: inout Publication, _ summary: inout Generator.Summary) throws {
        var old = try snapshot.documents(repository: repository, scope: 0)
        for plan in plans {
            _ = try add(plan, of: nil, replacing: old.removeValue(forKey: plan.path), isRoot: true, to: &publication, &summary)
        }
        for row in old.values.sorted(by: { $0.path < $1.path }) { publication.drop(row, repository: repository) }
    }

    private func sign(_ document: inout RenderedDocument, _ plan: DocumentPlan, at time: Timestamp?) throws {
        guard !plan.companions.isEmpty else { return }
        guard let keyring, let variant = document.row.artifacts.first, let content = document.staged[variant.path] else {
            preconditionFailure("companions are planned for signed sites and for plain documents only")
        }
        for (position, companion) in plan.companions.enumerated() {
            let staged = site.staging.next()
            try Meter.measure(.sign) {
                try keyring.sign(content.path(), as: companion, at: time ?? Timestamp(seconds: 0), to: staged.path())
            }
            let (digest, size) = try SHA256Digest.of(file: staged.path())
            let path = prefix + companion.path
            document.row.artifacts.append(Artifact(path: path, role: .companion, position: position, sha256: digest, size: size))
            document.staged[path] = staged
        }
    }

    private func isIntact(_ artifact: Artifact) throws -> Bool {
        let path = Files.join(site.publicRoot, artifact.path)
        guard let status = try FileStatus.of(path), status.kind == .file, status.size == artifact.size else { return false }
        return try SHA256Digest.of(file: path).digest == artifact.sha256
    }

    private func published(_ plan: DocumentPlan, _ row: DocumentRow) -> PublishedDocument {
        PublishedDocument(
            path: plan.path, open: row.open,
            variants: row.artifacts.filter { $0.role == .variant }.sorted { $0.position < $1.position }.map { artifact in
                PublishedDocument.Variant(
                    encoding: plan.encodings[artifact.position], path: String(artifact.path.dropFirst(prefix.count)),
                    measure: .init(sha256: artifact.sha256, size: artifact.size))
            })
    }
}

/// The source of plans without runs.
private struct NoEntries: EntrySource {
    func forEachEntry(
        of run: Run, from start: [UInt8]?,
        _ body: (_ key: UnsafeRawBufferPointer, _ fragment: UnsafeRawBufferPointer, _ heading: UnsafeRawBufferPointer?) throws ->
            Bool
    ) throws {
        preconditionFailure("only a scope's documents have runs")
    }

    func lastEntry(of run: Run, before key: [UInt8]) throws -> (fragment: [UInt8], heading: [UInt8]?)? { nil }
}

extension Companion {
    /// Where it is served, below the repository.
    var path: String {
        switch self {
        case .clearsigned(let path), .detached(let path): path
        }
    }
}

extension CatalogSnapshot {
    /// Whether anything of a repository waits to be published.
    func isBehind(_ repository: RepositoryRow) throws -> Bool {
        try !scopeIDs(of: repository, onlyDirty: true).isEmpty || !files(of: repository, onlyUnplaced: true, limit: 1).isEmpty
    }
}
