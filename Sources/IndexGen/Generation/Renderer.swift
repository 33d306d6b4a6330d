internal import Formats

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

    /// Renders a plan unless its fingerprint says that its bytes are public already.
    ///
    /// - Parameter rank: of documents whose plans name none.
    /// - Returns: what roots and echoes may say of it.
    func add(
        _ planned: DocumentPlan, of state: ScopeState?, replacing old: DocumentRow?, rank: Rank,
        to publication: inout Publication, _ summary: inout Generator.Summary
    ) throws -> PublishedDocument {
        let plan = try state.map { try planned.resolved(from: ScopeEntries(snapshot: snapshot, state: $0)) } ?? planned
        let fingerprint = Fingerprint.of(
            plan, in: state, signers: keyring?.fingerprints ?? [], key: sealer?.key?.publicKey,
            segmentBytes: site.settings.segmentBytes)
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
        document.row.rank = plan.rank ?? rank
        document.row.digests = try digests(of: document, plan)
        try accompany(&document, plan, replacing: old, at: state?.view.changed ?? Timestamp(seconds: 0))
        try publication.add(document, repository: repository, scope: state?.id.value ?? 0, replacing: old) { artifact in
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

    /// Makes what is published with a document.
    ///
    /// - Parameter time: of signatures.
    private func accompany(
        _ document: inout RenderedDocument, _ plan: DocumentPlan, replacing old: DocumentRow?, at time: Timestamp
    ) throws {
        if plan.companions.isEmpty { return }
        precondition(plan.naming != .digestPrefixed, "companions have the names of documents that are replaced in place")
        let variants = document.row.artifacts.filter { $0.role == .variant }.map { artifact in
            guard let content = document.staged[artifact.path] else { preconditionFailure("every variant is staged") }
            return (artifact: artifact, content: content)
        }
        var digests: [Int: Digests] = [:]
        for (position, companion) in plan.companions.enumerated() {
            switch companion {
            case .clearsigned(let path):
                publish(try sign(variants[0].content, as: .clear, at: time), at: path, .companion, position, with: &document)
            case .detached(let path, let count):
                var signature = try sign(variants[0].content, as: .detached(isArmored: true), at: time)
                if count > 0 {
                    var signatures = DetachedSignatures(signature)
                    signatures.append(earlier(than: document.row, old), atMost: count)
                    signature = signatures.bytes
                    document.row.signatures = signature
                    document.isSignatureFirst = true
                }
                publish(signature, at: path, .companion, position, with: &document)
            case .variantSignature(let suffix, let isArmored):
                for (position, variant) in variants.enumerated() {
                    let path = plan.served(plan.encodings[position]) + suffix
                    let signature = try sign(variant.content, as: .detached(isArmored: isArmored), at: time)
                    publish(signature, at: path, .signature, position, with: &document)
                }
            case .checksum(let algorithm, let suffix):
                for (position, variant) in variants.enumerated() {
                    let path = plan.served(plan.encodings[position]) + suffix
                    let all = try digests[position] ?? Digester.digests(of: variant.content.open())
                    digests[position] = all
                    publish(Array(Hex.string(all[algorithm]).utf8), at: path, .checksum, position, with: &document)
                }
            case .sealed(let path):
                guard let sealer else { preconditionFailure("documents are sealed for repositories only") }
                publish(try sealer.sealed(variants[0].content.path()), at: path, .sealed, position, with: &document)
            case .folderLink(let path):
                let target = Files.relative(Files.folder(of: plan.path), from: Files.folder(of: path))
                let staged = site.staging.next()
                try staged.becomeLink(to: target)
                let bytes = [UInt8](target.utf8)
                document.row.artifacts.append(
                    Artifact(
                        path: prefix + path, role: .link, position: position, sha256: SHA256Digest.of(linkTo: bytes),
                        size: bytes.count))
                document.staged[prefix + path] = staged
            }
        }
    }

    private func sign(_ content: StagedFile, as form: Keyring.Form, at time: Timestamp) throws -> [UInt8] {
        guard let keyring else { preconditionFailure("signatures are planned for signed sites only") }
        return try Meter.measure(.sign) { try keyring.sign(content.path(), as: form, at: time) }
    }

    /// - Parameter path: below the repository.
    private func publish(
        _ bytes: [UInt8], at path: String, _ role: Artifact.Role, _ position: Int, with document: inout RenderedDocument
    ) {
        let staged = site.staging.next()
        staged.hold(bytes)
        document.row.artifacts.append(
            Artifact(path: prefix + path, role: role, position: position, sha256: SHA256Digest.of(bytes), size: bytes.count))
        document.staged[prefix + path] = staged
    }

    /// The signatures of the versions before a document's, newest first.
    private func earlier(than row: DocumentRow, _ old: DocumentRow?) -> ArraySlice<ArraySlice<UInt8>> {
        guard let old else { return [] }
        let known = DetachedSignatures(old.signatures).all
        return old.open == row.open ? known.dropFirst() : known[...]
    }

    private func isIntact(_ artifact: Artifact) throws -> Bool {
        try site.publishes(artifact.path, sha256: artifact.sha256, size: artifact.size)
    }

    /// Those that a plan asks for, one behind the other.
    private func digests(of document: RenderedDocument, _ plan: DocumentPlan) throws -> [UInt8] {
        if plan.digests.isEmpty { return [] }
        let first = document.row.artifacts.first { $0.role == .variant && $0.position == 0 }
        guard let content = first.flatMap({ document.staged[$0.path] }) else { preconditionFailure("every variant is staged") }
        let all = try Digester.digests(of: content.open())
        return plan.digests.flatMap { all[$0] }
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
