internal import Formats

/// Everything one publication does to the public tree, in the order in which it is done: a value, made before anything is touched.
///
/// Packages before the leaves that list them, leaves before the roots that name them, removals last. A reader that has fetched a
/// root finds all that the root names, at every instant.
struct Publication {
    /// A staged file and its public path.
    struct Put {
        var path: String
        var content: StagedFile
    }

    /// Package files to link from the blob store.
    var packages: [PlacedFile] = []
    /// Second names for staged leaves (by-hash), made before the leaves themselves appear.
    var digestNames: [(content: StagedFile, path: String)] = []
    var leaves: [Put] = []
    /// In this order, back to back.
    var roots: [Put] = []
    /// Mutable documents that nothing names any more: they must vanish, so that clients see them gone.
    var removals: [String] = []
    var record = PublicationRecord()

    /// Whether the public tree stays as it is.
    var changesNothing: Bool {
        packages.isEmpty && digestNames.isEmpty && leaves.isEmpty && roots.isEmpty && removals.isEmpty && record.expired.isEmpty
    }

    /// Adds a rendered document, minus those of its files that are public already with the same bytes.
    mutating func add(
        _ document: RenderedDocument, repository: Int64, scope: Int64, isRoot: Bool, replacing old: DocumentRow?,
        unless isCurrent: (Artifact) throws -> Bool
    ) throws {
        let before = Dictionary(uniqueKeysWithValues: (old?.artifacts ?? []).map { ($0.path, $0) })
        var companions: [Put] = []
        let firstOwn = roots.count
        for artifact in document.row.artifacts {
            if let same = before[artifact.path], same.sha256 == artifact.sha256, try isCurrent(artifact) { continue }
            switch artifact.role {
            case .variant:
                guard let content = document.staged[artifact.path] else { preconditionFailure("every variant is staged") }
                // Publications are long; what they hold in memory is not.
                _ = try content.path()
                isRoot
                    ? roots.append(Put(path: artifact.path, content: content))
                    : leaves.append(Put(path: artifact.path, content: content))
            case .companion:
                guard let content = document.staged[artifact.path] else { preconditionFailure("every companion is staged") }
                companions.append(Put(path: artifact.path, content: content))
            case .byHash:
                let variant = document.row.artifacts.first { $0.role == .variant && $0.position == artifact.position }
                guard let content = variant.flatMap({ document.staged[$0.path] }) else {
                    preconditionFailure("every variant is staged")
                }
                digestNames.append((content, artifact.path))
            }
        }
        roots.insert(contentsOf: companions, at: document.isSignatureFirst ? firstOwn : roots.count)
        let now = Set(document.row.artifacts.map(\.path))
        for artifact in old?.artifacts ?? [] where !now.contains(artifact.path) { retire(artifact, of: scope) }
        record.documents.append(.init(repository: repository, scope: scope, row: document.row))
    }

    /// A document that is planned no longer.
    mutating func drop(_ row: DocumentRow, repository: Int64) {
        record.dropped.append((repository, row.path))
        for artifact in row.artifacts { retire(artifact, of: 0) }
    }

    /// Digest-named files may still be asked for by clients that hold an older root; others must be gone.
    private mutating func retire(_ artifact: Artifact, of scope: Int64) {
        if artifact.isDigestNamed {
            record.retired.append(
                RetiredFile(path: artifact.path, sha256: artifact.sha256, size: artifact.size, scope: scope))
        } else {
            removals.append(artifact.path)
        }
    }
}

extension Artifact {
    /// Whether its name says what is in it, so that its bytes never change.
    var isDigestNamed: Bool { Files.name(of: path).hasPrefix(Hex.string(sha256)) }
}
