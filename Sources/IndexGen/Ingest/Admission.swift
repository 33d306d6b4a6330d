internal import Formats
internal import Synchronization

/// A package that has been read and placed, on its way into the catalog with its staged bytes. A class, because thousands of them
/// are handed from step to step.
final class Admission: Sendable {
    /// What its sender called it, for messages.
    let source: String
    /// Who sends it.
    let author: Author
    let owner: String
    let type: String
    /// Of the public path, behind the owner.
    let segment: String
    /// The ecosystem's fragment revision.
    let revision: Int
    /// What fragments depend on besides their files (`Site.rendition`), for a repository that begins with this package.
    let rendition: [UInt8]
    /// The ecosystem's customs, for the scopes that begin with this package.
    let customs: Int
    let upload: Upload
    let record: PackageRecord
    let placement: Placement
    /// All of the record's and the placement's fragments.
    let fragments: [Fragment]
    let content: StagedFile
    let sidecars: [StagedSidecar]
    /// The ecosystem's coordinates, the first of which chooses the scope.
    let coordinateNames: [String]
    /// How many of them name the scope; 0: none of them names a place.
    let scopeCoordinates: Int
    /// How much its owner may have.
    let quotas: [Quota]
    /// Whether its package is written in one way in all its versions.
    let hasOneSpelling: Bool
    /// Whether anything that people say of it, of its version or its package is in its fragments.
    let canBeMarked: Bool
    /// Whether it may take the place of other bytes under its identity.
    let replaces: Bool
    /// The fragments with these marks, instead of none.
    let annotated: @Sendable (Annotations) -> [Fragment]
    /// Reads and places the same bytes again, with what the catalog knows better.
    let prepared: @Sendable (Amendment) throws -> Admission
    /// What its sender says of marks of its package.
    let statements: [(kind: MarkKind, statement: MarkStatement)]
    /// What the journal says besides of its coming in.
    let remark: String
    /// The row of the version for which it comes in; nil: it comes by itself.
    let counterpart: Int64?
    /// By the site's key, over what the ecosystem has it sign.
    let signature: TextSignature?
    /// What the catalog decided about it; shared with those that were prepared again.
    let settlement: Settlement

    init(
        source: String, author: Author, owner: String, type: String, segment: String, revision: Int, rendition: [UInt8],
        customs: Int, upload: Upload,
        record: PackageRecord,
        placement: Placement,
        fragments: [Fragment], content: StagedFile, sidecars: [StagedSidecar], coordinateNames: [String] = [],
        scopeCoordinates: Int = 1,
        quotas: [Quota] = [], hasOneSpelling: Bool = false, canBeMarked: Bool = true, replaces: Bool,
        statements: [(kind: MarkKind, statement: MarkStatement)] = [], remark: String = "",
        counterpart: Int64? = nil, signature: TextSignature? = nil,
        settlement: Settlement,
        annotated: @escaping @Sendable (Annotations) -> [Fragment],
        prepared: @escaping @Sendable (Amendment) throws -> Admission
    ) {
        self.source = source
        self.author = author
        self.owner = owner
        self.type = type
        self.segment = segment
        self.revision = revision
        self.rendition = rendition
        self.customs = customs
        self.upload = upload
        self.record = record
        self.placement = placement
        self.fragments = fragments
        self.content = content
        self.sidecars = sidecars
        self.coordinateNames = coordinateNames
        self.scopeCoordinates = scopeCoordinates
        self.quotas = quotas
        self.hasOneSpelling = hasOneSpelling
        self.canBeMarked = canBeMarked
        self.replaces = replaces
        self.statements = statements
        self.remark = remark
        self.counterpart = counterpart
        self.signature = signature
        self.settlement = settlement
        self.annotated = annotated
        self.prepared = prepared
    }

    /// Where it is, below `OWNER/TYPE/`; where it would be as long as nothing was decided.
    var path: String { settlement.path ?? placement.path.text }

    /// What became known when the catalog decided.
    final class Settlement: Sendable {
        private let state = Mutex<(path: String?, replaced: [UInt8]?)>((nil, nil))
        private let marks = Atomic(false)

        /// Below `OWNER/TYPE/`.
        var path: String? { state.withLock { $0.path } }
        /// SHA-256 of the bytes whose place it took.
        var replaced: [UInt8]? { state.withLock { $0.replaced } }

        /// Whether it changed what a mark of its package stands for.
        var isMarked: Bool { marks.load(ordering: .relaxed) }

        func noteMark() { marks.store(true, ordering: .relaxed) }

        func settle(at path: String, replacing sha256: [UInt8]? = nil) { state.withLock { $0 = (path, sha256) } }
    }

    /// The bytes of the package and of its sidecars.
    var contents: [Content] {
        [Content(staged: content, sha256: upload.digests.sha256, size: upload.size)]
            + sidecars.map { Content(staged: $0.content, sha256: $0.sha256, size: $0.size) }
    }

    struct Content: Sendable {
        var staged: StagedFile
        var sha256: [UInt8]
        var size: Int
    }

    struct StagedSidecar: Sendable {
        /// Below `OWNER/TYPE/`.
        var path: String
        var size: Int
        var sha256: [UInt8]
        var content: StagedFile
    }
}

/// What the catalog knows of a package and whoever prepared it did not.
struct Amendment: Equatable, Sendable {
    /// The folder of its own that it needs, since its path belongs to other bytes (`Upload.generation`).
    var generation: String?
    /// When it came in first.
    var received: Timestamp?
}

/// What became of one input.
enum Outcome: Sendable {
    case added
    /// It had been removed; the same bytes are back.
    case returned
    /// The same bytes were there already.
    case unchanged
    case refused(Refusal)
}

/// What became of inputs that belong together.
enum GroupOutcome: Sendable {
    /// For each, in their order; none of them is `.refused`.
    case taken([Outcome])
    /// None came in, because of these.
    case refused([(admission: Admission, refusal: Refusal)])
    /// None came in: who sent them may not any more.
    case lost(RightLost)
}
