/// Container images and other artifacts in OCI registries (OCI Distribution Specification 1.1), as docker, podman, skopeo,
/// containerd, helm and oras pull them from plain files and push them. See the page Container of the documentation.
///
/// A package is an image, and its versions are manifests. A file without a tag is a blob: part of the images that name it. Each
/// tag is a scope, whose document is the manifest that it stands for; so is each manifest that others are about, and each image,
/// which lists its tags.
package struct Container: Ecosystem {
    package init() {}

    static let segment = "container"
    static let tag = "tag"
    /// The version that all blobs of an image are.
    static let blobs = "blobs"

    package let profile = EcosystemProfile(
        id: segment, title: "Container", suffixes: [], revision: 1,
        coordinates: [
            .init(ContainerPlace.image, standard: "", help: "such as app or team/app"),
            .init(ContainerPlace.tag, standard: "", help: "a tag, or the digest of what has none"),
        ],
        scopeCoordinates: 1, scopesKey: "images", options: ContainerRetention.options + [ChartsInIndex.setting],
        marks: [
            MarkKind(
                tag, of: .package, isKeyed: true, value: "digest", effect: .listings, namesVersion: true,
                help: "A name under which people pull an image.",
                check: { ContainerName.fault(inTag: $0, value: $1) },
                partition: { ContainerDocuments.partition(ofTag: $1, of: $0, path: $2) })
        ],
        isReplaceable: false, hasOneSpelling: true,
        immutablePaths: ".+/(?:\(ContainerPath.blobs)|\(ContainerPath.manifests)/[^/]+)/\(ContainerDigest.pattern)$",
        serving: ContainerServing.all, routes: ContainerRoutes.all, siteBase: ContainerRoutes.base,
        siteRoutes: ContainerRoutes.ofSite, ownsEveryName: true, markRetention: ContainerRetention.marks,
        // OCI Distribution Specification 1.1, "Deleting Manifests" and "Deleting Blobs": 404 from then on.
        removesAtOnce: true, versionsAreTagged: true)

    package var dialect: any Dialect { ContainerDialect() }

    package var pieces: (any Pieces)? { ContainerPieces() }

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition { ContainerRecognition.recognise(bytes) }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let place = try ContainerPlace(upload, of: repository.owner)
        guard let reference = place.reference else {
            let digest = try ContainerPlace.digest(ofBlob: upload.filename)
            try ContainerDigest.check(digest, of: upload, bytes: bytes)
            return PackageRecord(
                name: place.image, nameIdentity: place.image, version: Self.blobs, versionIdentity: Self.blobs, architecture: "",
                summary: "", facts: ContainerFacts(digest).encoded)
        }
        let manifest = try ContainerManifest(bytes, within: budget)
        var digest = ContainerDigest.named(upload.digests.sha256)
        var statements: [MarkStatement] = []
        switch reference {
        case .digest(let given):
            try ContainerDigest.check(given, of: upload, bytes: bytes)
            digest = given
        case .tag(let tag): statements = [MarkStatement(Self.tag, key: tag, value: digest.text)]
        }
        let title = "org.opencontainers.image.title", description = "org.opencontainers.image.description"
        var record = PackageRecord(
            name: place.image, nameIdentity: place.image, version: digest.text, versionIdentity: digest.text, architecture: "",
            summary: manifest.annotation(description) ?? manifest.annotation(title) ?? "",
            facts: ContainerFacts(manifest, digest).encoded,
            fragments: [Fragment(ContainerDocuments.manifest, bytes.copied())], statements: statements)
        if repository.hasPages { record.portrait = ContainerPortrait(manifest, summary: record.summary).portrait }
        if manifest.subject != nil {
            record.fragments.append(ContainerDocuments.referrer(manifest, digest, size: bytes.count))
        }
        if !ContainerName.matches(Array(repository.owner.utf8)) {
            record.warnings = [
                Warning(
                    "docker and others cannot name the owner '\(ASCII.line(repository.owner))'", at: "owner",
                    remedy: "publish images for an owner in small letters")
            ]
        }
        return record
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let facts = try ContainerFacts(record.facts), image = record.name
        // The path says what its bytes are.
        guard upload.generation == nil else {
            throw Refusal(
                .conflict, "\(facts.digest.text) was published with other content, and a digest is of one for ever",
                at: ContainerDigest.place, remedy: "send it by its own digest")
        }
        switch facts {
        case .blob(let digest):
            return try Placement(
                identity: "\(image) blob \(digest.text)", path: "\(image)/\(facts.path)", listings: [], isPart: true)
        case .manifest(let manifest):
            return try Placement(
                identity: "\(image) manifest \(manifest.digest.text)", path: "\(image)/\(facts.path)",
                listings: ContainerDocuments.listings(of: manifest, of: image),
                requirements: manifest.requirements.map { ("\(image)/\($0.path)", $0.size) })
        }
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard case .manifest? = try? ContainerFacts(record.facts) else { return [] }
        return [ContainerDocuments.name(of: record.name, in: repository)]
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        ContainerDocuments.plans(for: scope, in: repository)
    }

    package func echoes(of leaves: [PublishedDocument], of scope: Scope, in repository: Repository) -> [Echo] {
        ContainerDocuments.echoes(of: scope)
    }

    package func coordinates(of partition: PartitionKey) -> Coordinates {
        switch ContainerDocuments.Kind(scope: partition.scope) {
        case .images: Coordinates()
        case .tags(let image), .referrers(let image, _): Coordinates([ContainerPlace.image: image])
        case .tag(let image, let tag): Coordinates([ContainerPlace.image: image, ContainerPlace.tag: tag])
        }
    }

    package func scope(ofPackage name: String) -> String { name }

    package func subject(ofScope key: String) -> String? {
        if case .referrers(_, let digest) = ContainerDocuments.Kind(scope: key) { digest } else { nil }
    }

    /// A tag is not a version, and nor is the word that stands for all blobs.
    package func version(inAddress text: String) -> String { ContainerDigest.parse(text) == nil ? ":\(text)" : text }
}
