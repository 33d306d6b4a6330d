internal import Formats

/// The catalog at one moment, for reading. Valid inside `Catalog.snapshot` only.
struct CatalogSnapshot {
    let db: Database
}

extension Catalog {
    /// Reads several things that belong together; writers go on meanwhile.
    func snapshot<Result>(_ body: (CatalogSnapshot) throws -> Result) throws -> Result {
        try Meter.measure(.catalog) { try pool.read { try body(CatalogSnapshot(db: $0)) } }
    }
}

/// A scope's row, its partitions, and the ecosystem's view of both.
struct ScopeState: Sendable {
    var id: ScopeID
    var repository: RepositoryID
    var revision: Int64
    /// The last change (`journal.id`) that its public form shows; 0 where that is not known.
    var shown: Int64
    /// Whether its entries are echoes.
    var isEchoed: Bool
    var view: Scope
    var partitions: [PartitionKey: PartitionState]
}

struct PartitionState: Sendable {
    var id: Int64
    var revision: Int64
    var shared: Bool
}

/// A document as it was last published.
struct DocumentRow: Sendable {
    var path: String
    var fingerprint: [UInt8]
    var open: PublishedDocument.Measure
    /// `DocumentCuts`; empty where there is none.
    var cuts: [UInt8] = []
    /// `DetachedSignatures`: that of these bytes, then those of superseded ones. Empty where none is to be carried on.
    var signatures: [UInt8] = []
    var rank = Rank.leaf
    /// Those that its plan asks for, one behind the other in its order.
    var digests: [UInt8] = []
    var artifacts: [Artifact]
}

/// One public file that belongs to a document.
struct Artifact: Equatable, Sendable {
    enum Role: String, Sendable {
        /// The document in one of its encodings.
        case variant
        /// The same bytes under their digest (Acquire-By-Hash).
        case byHash = "by-hash"
        /// A signature of the first variant before it is encoded.
        case companion
        /// A signature of one variant as it is served.
        case signature
        /// A checksum of one variant as it is served.
        case checksum
        /// The first variant behind a seal.
        case sealed
        /// A symbolic link to the document's folder. Its bytes are its target, as it is written.
        case link
    }

    /// Below `public/`.
    var path: String
    var role: Role
    /// Of the variant in its plan's encodings (also where this is made of that variant), or of the companion among its companions.
    var position: Int
    var sha256: [UInt8]
    var size: Int
    /// A variant's index of compressed segments (`SegmentIndex`); empty where there is none.
    var segments: [UInt8] = []
}

/// A package file that belongs into the public tree.
struct PlacedFile: Sendable {
    var id: FileID
    /// Below `public/`.
    var path: String
    var sha256: [UInt8]
    var size: Int
    /// Whether it was there when the catalog was last told.
    var isPlaced: Bool
    /// It is published beside a package (metadata).
    var isSidecar = false
}

extension CatalogSnapshot {
    /// Every repository, in byte order of owner and type.
    func repositories() throws -> [RepositoryRow] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT id, owner, type, segment FROM repository ORDER BY owner, type"))
            .map { RepositoryRow(id: RepositoryID(value: $0[0]), owner: $0[1], type: $0[2], segment: $0[3]) }
    }

    /// The repository of an owner, in whatever case, and of a type.
    func repository(owner: String, type: String) throws -> RepositoryRow? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, owner, type, segment FROM repository WHERE owner_identity = ? AND type = ?"),
            arguments: [ASCII.lowered(owner), type]
        ).map { RepositoryRow(id: RepositoryID(value: $0[0]), owner: $0[1], type: $0[2], segment: $0[3]) }
    }

    /// Scopes of a repository, for a statement.
    private static let all = "scope WHERE repository_id = ?"
    /// Those whose public form is behind. They are found by that, and then put in order: to have them in the order of their keys, SQLite
    /// would look at all that there are, and an owner's images have two for each tag.
    static let behind = "scope INDEXED BY scope_dirty WHERE repository_id = ? AND published < revision"

    /// Scopes whose public form is behind, or all of a repository's; by key.
    func scopeIDs(of repository: RepositoryRow, onlyDirty: Bool) throws -> [ScopeID] {
        try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM \(onlyDirty ? Self.behind : Self.all) ORDER BY key"),
            arguments: [repository.id.value]
        ).map(ScopeID.init)
    }

    /// Scopes that are to be planned.
    ///
    /// - Parameter isWhole: whether all are; otherwise those whose public form is behind.
    func due(of repository: RepositoryRow, isWhole: Bool) throws -> Due {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, echoed FROM \(isWhole ? Self.all : Self.behind) ORDER BY key"),
            arguments: [repository.id.value])
        var due = Due()
        for row in rows {
            if row[1] { due.echoed.append(ScopeID(value: row[0])) } else { due.scopes.append(ScopeID(value: row[0])) }
        }
        return due
    }

    /// Scopes that list files and of which some state is public; by key.
    func publicScopeIDs(of repository: RepositoryRow) throws -> [ScopeID] {
        try Int64.fetchAll(
            db, sql: "SELECT id FROM scope WHERE repository_id = ? AND published > 0 AND echoed = 0 ORDER BY key",
            arguments: [repository.id.value]
        ).map(ScopeID.init)
    }

    /// Whether anything of a repository is public.
    func hasPublicScope(_ repository: RepositoryRow) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM scope WHERE repository_id = ? AND published > 0)",
            arguments: [repository.id.value]) ?? false
    }

    func scope(_ id: ScopeID, measuring slots: [Slot]) throws -> ScopeState {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: "SELECT key, revision, changed, repository_id, shown, customs, echoed FROM scope WHERE id = ?"),
                arguments: [id.value])
        else { preconditionFailure("scopes are never deleted") }
        let key: String = row[0]
        let isEchoed: Bool = row[6]
        // What lists echoes is not called as a package is, or does not depend on what is said of it.
        let marks = try isEchoed ? Annotations() : Marks.of(packageOfIdentity: key, in: row[3], db)
        var state = ScopeState(
            id: id, repository: RepositoryID(value: row[3]), revision: row[1], shown: row[4], isEchoed: isEchoed,
            view: Scope(key: key, changed: Timestamp(seconds: row[2]), partitions: [], customs: row[5], marks: marks),
            partitions: [:])
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, name, shared, entries, revision FROM partition WHERE scope_id = ?"),
            arguments: [id.value])
        for row in rows {
            let partition = PartitionKey(scope: key, name: row[1])
            state.partitions[partition] = PartitionState(id: row[0], revision: row[4], shared: row[2])
            state.view.partitions.append(
                Partition(key: partition, count: row[3], byteCounts: try byteCounts(of: row[0], slots: slots)))
        }
        state.view.partitions.sort { $0.key.name.utf8.lexicographicallyPrecedes($1.key.name.utf8) }
        return state
    }

    /// Which scope each document of a repository belongs to as last published, by plan path; 0: the repository as a whole.
    func documentScopes(of repository: RepositoryRow) throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT path, scope_id FROM document WHERE repository_id = ?", arguments: [repository.id.value])
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    /// A scope's key; empty for the repository as a whole.
    func name(ofScope id: Int64) throws -> String {
        try String.fetchOne(db, sql: "SELECT key FROM scope WHERE id = ?", arguments: [id]) ?? ""
    }

    /// The documents of a scope (or of the repository as a whole) as last published, by plan path.
    func documents(repository: Int64, scope: Int64) throws -> [String: DocumentRow] {
        try documents(where: "d.scope_id = ? AND d.repository_id = ?", [scope, repository])
    }

    /// One of the documents of a repository as last published.
    func document(repository: Int64, path: String) throws -> DocumentRow? {
        try documents(where: "d.path = ? AND d.repository_id = ?", [path, repository])[path]
    }

    private func documents(where condition: String, _ arguments: StatementArguments) throws -> [String: DocumentRow] {
        var documents: [String: DocumentRow] = [:]
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT d.path, d.fingerprint, d.sha256, d.size, a.path, a.role, a.position, a.sha256, a.size, a.segments, d.cuts,
                        d.signatures, d.rank, d.digests
                    FROM document d JOIN artifact a ON a.document_id = d.id
                    WHERE \(condition) ORDER BY d.id, a.role, a.position
                    """), arguments: arguments)
        for row in rows {
            let path: String = row[0]
            guard let role = Artifact.Role(rawValue: row[5]) else {
                preconditionFailure("roles are written by this program only")
            }
            guard let rank = Rank(rawValue: row[12]) else { preconditionFailure("ranks are written by this program only") }
            let artifact = Artifact(
                path: row[4], role: role, position: row[6], sha256: row.bytes(7), size: row[8], segments: row.bytes(9))
            documents[
                path,
                default: DocumentRow(
                    path: path, fingerprint: row.bytes(1), open: .init(sha256: row.bytes(2), size: row[3]), cuts: row.bytes(10),
                    signatures: row.bytes(11), rank: rank, digests: row.bytes(13), artifacts: [])
            ].artifacts.append(artifact)
        }
        return documents
    }

    /// Files that are not in the public tree yet, or all that should be; in order of arrival.
    ///
    /// - Parameter last: only those behind this one.
    func files(of repository: RepositoryRow, onlyUnplaced: Bool, after last: FileID? = nil, limit: Int = .max) throws
        -> [PlacedFile]
    {
        let condition = onlyUnplaced ? "AND f.placed = 0" : ""
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT f.id, f.path, b.sha256, b.size, f.placed, f.lead_id IS NOT NULL FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND f.removed_in IS NULL \(condition) AND f.id > ? ORDER BY f.id LIMIT ?
                """, arguments: [repository.id.value, last?.value ?? 0, limit])
        var files: [PlacedFile] = []
        while let row = try rows.next() {
            files.append(
                PlacedFile(
                    id: FileID(value: row[0]), path: "\(repository.path)/\(row[1] as String)", sha256: row.bytes(2), size: row[3],
                    isPlaced: row[4], isSidecar: row[5]))
        }
        return files
    }
}
