/// What the catalog keeps of a blob or a manifest. Written by `FactsWriter`; the first member says which of both it is.
enum ContainerFacts: Equatable, Sendable {
    case blob(PieceDigest)
    case manifest(Manifest)

    struct Manifest: Equatable, Sendable {
        var kind: ContainerKind
        var digest: PieceDigest
        /// The digest of what it is about; nil where it is about nothing.
        var subject: PieceDigest?
        /// What it names and is of no use without.
        var requirements: [Requirement]
    }

    struct Requirement: Equatable, Sendable {
        /// Below the image: `blobs/sha256:…`.
        var path: String
        var size: Int
    }

    private static let revision: UInt8 = 1
    private static let subject = "a container"

    var digest: PieceDigest {
        switch self {
        case .blob(let digest): digest
        case .manifest(let facts): facts.digest
        }
    }

    /// Where it lies below its image.
    var path: String {
        switch self {
        case .blob(let digest): ContainerPath.blob(digest)
        case .manifest(let facts): ContainerPath.manifest(facts.kind, facts.digest.text)
        }
    }

    var encoded: [UInt8] {
        var writer = FactsWriter(revision: Self.revision)
        switch self {
        case .blob(let digest):
            writer.byte(0)
            writer.text(digest.text)
        case .manifest(let facts):
            writer.byte(1)
            writer.text(facts.kind.rawValue)
            writer.text(facts.digest.text)
            writer.text(facts.subject?.text)
            writer.texts(facts.requirements.map(\.path))
            for required in facts.requirements { writer.number(required.size) }
        }
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ facts: [UInt8]) throws(Refusal) {
        var reader = try FactsReader(facts, revision: Self.revision, of: Self.subject)
        func digest(_ text: String?) throws(Refusal) -> PieceDigest {
            guard let digest = text.flatMap(ContainerDigest.parse) else { throw FactsReader.damaged(Self.subject) }
            return digest
        }
        switch try reader.byte() {
        case 0: self = .blob(try digest(try reader.text()))
        case 1:
            guard let kind = ContainerKind(rawValue: try reader.text()) else { throw FactsReader.damaged(Self.subject) }
            let own = try digest(try reader.text()), about = try reader.optionalText()
            let subject = try about.map { (text) throws(Refusal) in try digest(text) }
            var requirements: [Requirement] = []
            for path in try reader.texts() { requirements.append(Requirement(path: path, size: 0)) }
            for index in requirements.indices { requirements[index].size = try reader.number() }
            self = .manifest(Manifest(kind: kind, digest: own, subject: subject, requirements: requirements))
        default: throw FactsReader.damaged(Self.subject)
        }
        try reader.finish()
    }

    init(_ digest: PieceDigest) { self = .blob(digest) }

    init(_ manifest: ContainerManifest, _ digest: PieceDigest) {
        var seen: Set<String> = []
        let requirements = manifest.required.map { descriptor in
            Requirement(
                path: descriptor.kind.map { ContainerPath.manifest($0, descriptor.digest.text) }
                    ?? ContainerPath.blob(descriptor.digest),
                size: descriptor.size)
        }.filter { seen.insert($0.path).inserted }
        self = .manifest(
            Manifest(
                kind: manifest.kind, digest: digest, subject: manifest.subject?.digest, requirements: requirements))
    }
}

/// Where things lie below an image.
enum ContainerPath {
    static let blobs = "blobs"
    static let manifests = "manifests"

    static func blob(_ digest: PieceDigest) -> String { "\(blobs)/\(digest.text)" }

    /// - Parameter reference: a digest or a tag.
    static func manifest(_ kind: ContainerKind, _ reference: String) -> String {
        "\(manifests)/\(kind.rawValue)/\(reference)"
    }

    /// The kind of the manifest that lies at a path below `OWNER/TYPE/`; nil for what is not one.
    static func kind(of path: String) -> ContainerKind? {
        let parts = path.split(separator: "/")
        guard parts.count > 3, parts[parts.count - 3] == manifests else { return nil }
        return ContainerKind(rawValue: String(parts[parts.count - 2]))
    }

    /// The last part of a path: the digest of what lies there.
    static func digest(in path: String) -> PieceDigest? {
        path.split(separator: "/").last.flatMap { ContainerDigest.parse(String($0)) }
    }
}
