internal import Formats

/// A document that is planned: its plan with what runs of few entries come to, and what is public of it.
struct PlannedDocument {
    let plan: DocumentPlan
    /// Nil: of the repository as a whole, or of the site.
    let state: ScopeState?
    /// As it was last published; nil when it was not.
    let old: DocumentRow?
    /// Of all that its bytes depend on.
    let fingerprint: [UInt8]
    /// Of what they depend on besides names: two documents of a scope with one are the same bytes. Nil for documents without entries.
    let content: [UInt8]?

    /// Whether its bytes are those that the catalog has for public.
    var isCurrent: Bool { old?.fingerprint == fingerprint }
}

/// Renders the plans of one repository in one snapshot, as far as they need it.
struct Renderer {
    let site: Site
    let snapshot: CatalogSnapshot
    let repository: Int64
    let prefix: String
    let keyring: Keyring?
    /// Seals the documents of an ecosystem; nil where there is no key, or nothing to seal.
    var sealer: Sealer?
    let everything: Bool
    private let twins = Twins()

    /// Documents of the scope that is rendered now, by what their bytes depend on.
    private final class Twins {
        private var scope: ScopeID?
        private var documents: [[UInt8]: RenderedDocument] = [:]

        func document(_ content: [UInt8], of scope: ScopeID) -> RenderedDocument? {
            scope == self.scope ? documents[content] : nil
        }

        func remember(_ document: RenderedDocument, as content: [UInt8], of scope: ScopeID) {
            if scope != self.scope { documents = [:] }
            self.scope = scope
            documents[content] = document
        }
    }

    init(
        site: Site, snapshot: CatalogSnapshot, repository: Int64, prefix: String, keyring: Keyring?, sealer: Sealer? = nil,
        everything: Bool
    ) {
        self.site = site
        self.snapshot = snapshot
        self.repository = repository
        self.prefix = prefix
        self.keyring = keyring
        self.sealer = sealer
        self.everything = everything
    }

    /// Renders a plan unless its bytes are public already.
    ///
    /// - Parameter rank: of documents whose plans name none.
    /// - Returns: what roots and echoes may say of it.
    func add(
        _ plan: DocumentPlan, of state: ScopeState?, in scope: Int64? = nil, replacing old: DocumentRow?, rank: Rank,
        to publication: inout Publication, _ summary: inout Generator.Summary
    ) throws -> PublishedDocument {
        let planned = try planned(plan, of: state, replacing: old)
        if planned.isCurrent, !everything, let old { return published(planned.plan, old) }
        summary.rendered += 1
        guard case (var document, let work)? = try twin(of: planned) ?? rendered(planned) else {
            guard let old else { preconditionFailure("what is public as it should be was published") }
            return published(planned.plan, old)
        }
        summary.segments += work
        if let state, let content = planned.content { twins.remember(document, as: content, of: state.id) }
        document.row.rank = plan.rank ?? rank
        document.row.digests = try digests(of: document, plan)
        try accompany(&document, plan, replacing: old, at: state?.view.changed ?? Timestamp(seconds: 0))
        try publication.add(document, repository: repository, scope: scope ?? state?.id.value ?? 0, replacing: old) { artifact in
            try !everything || isIntact(artifact)
        }
        return published(planned.plan, document.row)
    }

    /// - Throws: `PublishingError` for a repository's document that would lie outside of it, whatever its scope is called.
    func planned(_ plan: DocumentPlan, of state: ScopeState?, replacing old: DocumentRow?) throws -> PlannedDocument {
        if !prefix.isEmpty, let fault = PublicPath.fault(in: plan.path) {
            throw PublishingError(
                what: "the path of a document of \(prefix.dropLast()) \(fault): \(ASCII.line(plan.path))",
                remedy: "remove the packages that belong there")
        }
        let plan = try state.map { try plan.resolved(from: ScopeEntries(snapshot: snapshot, state: $0)) } ?? plan
        let fingerprint = Fingerprint.of(
            plan, in: state, signers: keyring?.fingerprints ?? [], keys: sealer?.keys.map(\.publicKey) ?? [],
            segmentBytes: site.settings.segmentBytes)
        return PlannedDocument(
            plan: plan, state: state, old: old, fingerprint: fingerprint,
            content: state.flatMap { plan.hasEntries ? Fingerprint.content(of: plan, in: $0) : nil })
    }

    private var writer: DocumentWriter {
        DocumentWriter(staging: site.staging, prefix: prefix, segmentBytes: site.settings.segmentBytes)
    }

    /// A document that is another one of its scope under its own name: the list of a machine for which there are only packages for all.
    private func twin(of document: PlannedDocument) throws -> (document: RenderedDocument, work: SegmentWork)? {
        guard let state = document.state, let content = document.content, let first = twins.document(content, of: state.id)
        else { return nil }
        return try writer.twin(of: first, for: document.plan, fingerprint: document.fingerprint).map { ($0, SegmentWork()) }
    }

    /// Renders a document into staged files, without its companions.
    ///
    /// - Returns: nil when everything is rendered and all of its files are as they should be.
    func rendered(_ document: PlannedDocument) throws -> (document: RenderedDocument, work: SegmentWork)? {
        let (plan, state) = (document.plan, document.state)
        let shape = Fingerprint.shape(of: plan, in: state, segmentBytes: site.settings.segmentBytes)
        var there = try published(document.old, plan, shape, state)
        if everything, document.isCurrent, let old = document.old, try old.artifacts.allSatisfy(isIntact) {
            there.intact = old.open.sha256
        }
        guard let state else {
            return try writer.render(
                plan, fingerprint: document.fingerprint, shape: shape, published: there, entries: NoEntries())
        }
        return try writer.render(
            plan, fingerprint: document.fingerprint, shape: shape, published: there,
            entries: ScopeEntries(snapshot: snapshot, state: state))
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
            let changed = try changedKeys(in: state)
        {
            published.predecessor = Predecessor(
                cuts: cuts, changed: cuts.changes(in: plan, changed), published: published.segments, plain: plain)
        }
        return published
    }

    /// The keys of all entries of a scope that changed since it was published, by partition; nil where that is not known.
    private func changedKeys(in state: ScopeState) throws -> [PartitionKey: [[UInt8]]]? {
        guard let changed = try snapshot.changedKeys(in: state) else { return nil }
        return state.partitions.compactMapValues { changed[$0.id] }
    }

    /// Documents without a scope: a repository's own, or the site's. Those that are planned no longer are dropped.
    ///
    /// - Parameter isLeft: of a path: its document stays as it is.
    func addAll(
        _ plans: [DocumentPlan], besides isLeft: (String) -> Bool = { _ in false }, to publication: inout Publication,
        _ summary: inout Generator.Summary
    ) throws {
        var old = try snapshot.documents(repository: repository, scope: 0).filter { !isLeft($0.key) }
        for plan in plans where !isLeft(plan.path) {
            _ = try add(plan, of: nil, replacing: old.removeValue(forKey: plan.path), rank: .leaf, to: &publication, &summary)
        }
        for row in old.values.sorted(by: { $0.path < $1.path }) {
            publication.drop(row, repository: repository)
        }
    }

    /// Pages for people, which are documents of the site. Those of the same place that are planned no longer are dropped.
    func addAll(
        _ plans: [DocumentPlan], of place: PeoplePages.Place, to publication: inout Publication,
        _ summary: inout Generator.Summary
    ) throws {
        var old: [String: DocumentRow] = [:]
        switch place {
        case .scope(let scope): old = try snapshot.documents(repository: repository, scope: scope)
        case .paths(let paths): for path in paths { old[path] = try snapshot.document(repository: repository, path: path) }
        }
        for plan in plans {
            _ = try add(
                plan, of: nil, in: place.scope, replacing: old.removeValue(forKey: plan.path), rank: .leaf, to: &publication,
                &summary)
        }
        for row in old.values.sorted(by: { $0.path < $1.path }) { publication.drop(row, repository: repository) }
    }

    private func isIntact(_ artifact: Artifact) throws -> Bool {
        try site.publishes(artifact.path, sha256: artifact.sha256, size: artifact.size)
    }

    private func published(_ plan: DocumentPlan, _ row: DocumentRow) -> PublishedDocument {
        var rest = row.digests[...]
        let digests = plan.digests.map { algorithm in
            defer { rest = rest.dropFirst(algorithm.byteCount) }
            return (algorithm, Array(rest.prefix(algorithm.byteCount)))
        }
        return PublishedDocument(
            path: plan.path, open: row.open,
            variants: row.artifacts.filter { $0.role == .variant }.sorted { $0.position < $1.position }.map { artifact in
                PublishedDocument.Variant(
                    encoding: plan.encodings[artifact.position], path: String(artifact.path.dropFirst(prefix.count)),
                    measure: .init(sha256: artifact.sha256, size: artifact.size))
            }, digests: Dictionary(digests) { first, _ in first })
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
