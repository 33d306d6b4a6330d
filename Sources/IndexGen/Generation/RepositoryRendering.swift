internal import Formats

/// What of a repository is to be planned: all of it, or what changed since it was published. By key.
struct Due: Equatable, Sendable {
    /// Scopes that list files.
    var scopes: [ScopeID] = []
    /// Scopes that list echoes: their turn comes when those are in the catalog.
    var echoed: [ScopeID] = []
}

/// What is due of one repository, rendered scope by scope into staged files: a publication that has not begun.
struct RepositoryRendering {
    let ecosystem: any Ecosystem
    let repository: RepositoryRow
    /// What documents are planned for.
    let context: Repository
    private(set) var publication = Publication()
    private(set) var summary = Generator.Summary()
    /// Of scopes whose echoes are not what the catalog has of them.
    private(set) var echoes: [ScopeEchoes] = []
    /// The last change that everything in it shows.
    private(set) var lastChange: Int64 = 0
    private var mayHaveEchoes = false

    init(_ ecosystem: any Ecosystem, of repository: RepositoryRow, for context: Repository) {
        self.ecosystem = ecosystem
        self.repository = repository
        self.context = context
    }

    /// Takes what is due of the scopes that list files, with the packages that these list and the repository's own documents.
    mutating func add(_ due: Due, by renderer: Renderer) throws {
        let snapshot = renderer.snapshot
        lastChange = try snapshot.lastChange()
        publication.packages = try snapshot.files(of: repository, onlyUnplaced: true)
        publication.record.placed = publication.packages.map(\.id)
        mayHaveEchoes = try snapshot.hasEchoes()
        for id in due.scopes { try add(id, by: renderer) }
        try renderer.addAll(ecosystem.commons(in: context), to: &publication, &summary)
    }

    /// Takes what is due of the scopes that list echoes, once the catalog has `echoes`. Nobody else changes them, so nothing else that is
    /// newer than the other scopes is in them.
    mutating func addEchoed(_ due: Due, by renderer: Renderer) throws {
        for id in due.echoed { try add(id, by: renderer) }
    }

    private mutating func add(_ id: ScopeID, by renderer: Renderer) throws {
        var state = try renderer.snapshot.scope(id, measuring: ecosystem.profile.measuredSlots)
        state.view.marks = ecosystem.profile.marks(with: .plans, of: state.view.marks)
        var old = try renderer.snapshot.documents(repository: repository.id.value, scope: id.value)
        // What lists echoes names leaves.
        let ranks: (documents: Rank, roots: Rank) = state.isEchoed ? (.root, .list) : (.leaf, .root)
        let plans = Meter.measure(.render) { ecosystem.documents(for: state.view, in: context) }
        let leaves = try plans.map { plan in
            try renderer.add(
                plan, of: state, replacing: old.removeValue(forKey: plan.path), rank: ranks.documents, to: &publication, &summary)
        }
        for plan in ecosystem.roots(for: state.view, over: leaves, in: context) {
            _ = try renderer.add(
                plan, of: state, replacing: old.removeValue(forKey: plan.path), rank: ranks.roots, to: &publication, &summary)
        }
        for row in old.values.sorted(by: { $0.path < $1.path }) { publication.drop(row, repository: repository.id.value) }
        publication.record.scopes.append((id, state.revision, lastChange))
        if !state.isEchoed { try echo(leaves, of: state, renderer.snapshot) }
    }

    private mutating func echo(_ leaves: [PublishedDocument], of state: ScopeState, _ snapshot: CatalogSnapshot) throws {
        let planned = leaves.isEmpty ? [] : ecosystem.echoes(of: leaves, of: state.view, in: context)
        if planned.isEmpty, !mayHaveEchoes { return }
        let source = ScopeEntries(snapshot: snapshot, state: state)
        var entries: ScopeEchoes.Entries = [:]
        for echo in planned {
            let place = ScopeEchoes.Place(partition: echo.partition, sortKey: echo.sortKey)
            entries[place] = try echo.fragments.mapValues { try $0.bytes(from: source) }
        }
        if try entries == snapshot.echoes(of: state.id) { return }
        echoes.append(ScopeEchoes(scope: state.id, changed: state.view.changed, entries: entries))
    }

    /// The publication, with what hooks are to be told of it.
    func finished(for settings: Settings) -> Publication {
        var publication = publication
        publication.record.notice = Notice(of: publication, in: repository, upTo: lastChange, for: settings)
        return publication
    }
}

extension [Piece] {
    /// What they come to when every run is written out.
    fileprivate func bytes(from entries: some EntrySource) throws -> [UInt8] {
        try reduce(into: []) { bytes, piece in
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run): bytes += try run.literal(from: entries)
            }
        }
    }
}
