internal import Formats

/// Everything one publication does to the public tree, in the order in which it is done: a value, made before anything is touched.
///
/// Packages before the leaves that list them, then the documents in the order of their ranks, removals last and in the opposite
/// order. A reader that has fetched a document finds all that it names, at every instant.
struct Publication {
    /// A staged file and its public path.
    struct Put {
        var path: String
        var content: StagedFile
        var rank: Rank
    }

    /// Package files to link from the blob store.
    var packages: [PlacedFile] = []
    /// Second names for staged documents (by-hash), made before the documents themselves appear.
    var digestNames: [(content: StagedFile, path: String)] = []
    /// Those of one rank become public in this order, back to back.
    private var ranks: [Rank: [Put]] = [:]
    /// Mutable documents that nothing names any more: they must vanish, so that clients see them gone. Highest rank first.
    var removals: [String] { Rank.allCases.reversed().flatMap(removals(of:)) }
    private var leaving: [Rank: [String]] = [:]
    var record = PublicationRecord()

    /// Whether the public tree stays as it is.
    var changesNothing: Bool {
        packages.isEmpty && digestNames.isEmpty && ranks.isEmpty && leaving.isEmpty && record.expired.isEmpty
    }

    /// What is written under documents' own names: rank by rank, in the order in which it is done.
    var puts: [Put] { Rank.allCases.flatMap(puts(of:)) }

    func puts(of rank: Rank) -> [Put] { ranks[rank] ?? [] }

    /// The public paths that it makes, replaces or removes, without packages and what expires.
    var announced: [String] { puts.map(\.path) + digestNames.map(\.path) + removals }

    func removals(of rank: Rank) -> [String] {
        guard let leaving = leaving[rank] else { return [] }
        // One scope's document may take over the place of another's.
        let taken = Set(ranks.values.joined().map(\.path))
        return taken.isEmpty ? leaving : leaving.filter { !taken.contains($0) }
    }

    /// Adds a rendered document, minus those of its files that are public already with the same bytes.
    mutating func add(
        _ document: RenderedDocument, repository: Int64, scope: Int64, replacing old: DocumentRow?,
        unless isCurrent: (Artifact) throws -> Bool
    ) throws {
        let before = Dictionary(uniqueKeysWithValues: (old?.artifacts ?? []).map { ($0.path, $0) })
        let rank = document.row.rank
        var variants: [Put] = [], companions: [Put] = []
        for artifact in document.row.artifacts {
            if let same = before[artifact.path], same.sha256 == artifact.sha256, try isCurrent(artifact) { continue }
            switch artifact.role {
            case .variant:
                guard let content = document.staged[artifact.path] else { preconditionFailure("every variant is staged") }
                // Publications are long; what they hold in memory is not.
                _ = try content.path()
                variants.append(Put(path: artifact.path, content: content, rank: rank))
            case .companion, .signature, .checksum, .sealed, .link:
                guard let content = document.staged[artifact.path] else { preconditionFailure("every companion is staged") }
                companions.append(Put(path: artifact.path, content: content, rank: rank))
            case .byHash:
                let variant = document.row.artifacts.first { $0.role == .variant && $0.position == artifact.position }
                guard let content = variant.flatMap({ document.staged[$0.path] }) else {
                    preconditionFailure("every variant is staged")
                }
                digestNames.append((content, artifact.path))
            }
        }
        let puts = document.isSignatureFirst ? companions + variants : variants + companions
        if !puts.isEmpty { ranks[rank, default: []] += puts }
        let now = Set(document.row.artifacts.map(\.path))
        for artifact in old?.artifacts ?? [] where !now.contains(artifact.path) {
            retire(artifact, ranked: old?.rank ?? rank, of: scope)
        }
        record.documents.append(.init(repository: repository, scope: scope, row: document.row))
    }

    /// A document that is planned no longer.
    mutating func drop(_ row: DocumentRow, repository: Int64) {
        record.dropped.append((repository, row.path))
        for artifact in row.artifacts { retire(artifact, ranked: row.rank, of: 0) }
    }

    /// Digest-named files may still be asked for by clients that hold an older root; others must be gone.
    private mutating func retire(_ artifact: Artifact, ranked rank: Rank, of scope: Int64) {
        if artifact.isDigestNamed {
            record.retired.append(
                RetiredFile(path: artifact.path, sha256: artifact.sha256, size: artifact.size, scope: scope))
        } else {
            leaving[rank, default: []].append(artifact.path)
        }
    }
}

extension Artifact {
    /// Whether its name says what is in it, so that its bytes never change. Of one that is damaged nothing is known.
    var isDigestNamed: Bool { !sha256.isEmpty && Files.name(of: path).hasPrefix(Hex.string(sha256)) }
}
