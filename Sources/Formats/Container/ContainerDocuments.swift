/// The documents of a registry: the manifests that tags stand for, an image's tags, the referrers of a manifest, and all images.
enum ContainerDocuments {
    static let manifest: Slot = "manifest"
    static let descriptor: Slot = "descriptor"
    private static let image: Slot = "image"
    private static let tag: Slot = "tag"

    /// No image has this scope, since a name is not empty.
    private static let images = PartitionKey(scope: "", name: "images")
    private static let tags = "tags"

    static let indexType = ContainerKind.index.mediaType
    static let catalog = "_catalog"

    private static let comma = [UInt8(ascii: ",")]

    /// What a scope is. Names of images have neither `:` nor `@`.
    enum Kind: Equatable {
        case images
        case tags(image: String)
        case tag(image: String, tag: String)
        case referrers(image: String, digest: String)

        init(scope: String) {
            let end = scope.utf8.firstIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "@") }
            guard let end else {
                self = scope.isEmpty ? .images : .tags(image: scope)
                return
            }
            let image = String(scope[..<end]), rest = String(scope[scope.utf8.index(after: end)...])
            self = scope.utf8[end] == UInt8(ascii: ":") ? .tag(image: image, tag: rest) : .referrers(image: image, digest: rest)
        }
    }

    // MARK: Entries

    /// - Parameter path: of the manifest's file.
    static func partition(ofTag tag: String, of image: String, path: String) -> PartitionKey {
        PartitionKey(scope: "\(image):\(tag)", name: (ContainerPath.kind(of: path) ?? .manifest).rawValue)
    }

    static func referrersScope(of digest: String, in image: String) -> String { "\(image)@\(digest)" }

    static func listings(of facts: ContainerFacts.Manifest, of image: String) -> [Listing] {
        var listings = [Listing(images, sortKey: SortKey.of { $0.word(image) }, shared: true)]
        if let subject = facts.subject {
            listings.append(
                Listing(
                    PartitionKey(scope: referrersScope(of: subject.text, in: image)),
                    sortKey: SortKey.of { $0.word(facts.digest.text) }))
        }
        return listings
    }

    /// The name of an image in the list of all.
    static func name(of image: String, in repository: Repository) -> Fragment {
        var json: [UInt8] = []
        JSONWriter.append("\(repository.owner)/\(image)", to: &json)
        return Fragment(self.image, json)
    }

    /// What the list of referrers of its subject says of a manifest.
    static func referrer(_ manifest: ContainerManifest, _ digest: PieceDigest, size: Int) -> Fragment {
        var json = JSONWriter()
        json.beginObject()
        json.member("mediaType", manifest.kind.mediaType)
        json.member("digest", digest.text)
        json.member("size", size)
        if let type = manifest.referrerType { json.member("artifactType", type) }
        if !manifest.annotations.isEmpty {
            json.key("annotations")
            json.value(.object(manifest.annotations))
        }
        json.endObject()
        return Fragment(descriptor, json.bytes)
    }

    /// The tag in its image's list.
    static func echoes(of scope: Scope) -> [Echo] {
        guard case .tag(let image, let tag) = Kind(scope: scope.key) else { return [] }
        var json: [UInt8] = []
        JSONWriter.append(tag, to: &json)
        return [
            Echo(
                PartitionKey(scope: image, name: tags), sortKey: SortKey.of { $0.word(tag) }, [self.tag: [.literal(json)]])
        ]
    }

    // MARK: Plans

    /// Nothing where nothing is left: the address is then unknown. The list of images stays.
    static func plans(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let partitions = scope.partitions.filter { $0.count > 0 }.map(\.key)
        func runs(_ slot: Slot) -> [Piece] { partitions.isEmpty ? [] : [.run(Run(slot, of: partitions, separator: comma))] }
        let kind = Kind(scope: scope.key)
        guard kind == .images || !partitions.isEmpty else { return [] }
        switch kind {
        case .images:
            return [DocumentPlan(path: catalog, body: [catalogHead] + runs(image) + [end], rank: .list)]
        case .tags(let image):
            return [
                DocumentPlan(
                    path: "\(image)/\(tags)/list",
                    body: [.literal(tagsHead(of: image, in: repository.owner))] + runs(tag) + [end])
            ]
        case .tag(let image, let tag):
            // One, but while a tag goes from a manifest of one kind to that of another.
            return partitions.compactMap { partition in
                ContainerKind(rawValue: partition.name).map { kind in
                    DocumentPlan(
                        path: "\(image)/\(ContainerPath.manifest(kind, tag))", body: [.run(Run(manifest, of: [partition]))])
                }
            }
        case .referrers(let image, let digest):
            return [
                DocumentPlan(
                    path: "\(image)/referrers/\(digest)", body: [.literal(referrersHead)] + runs(descriptor) + [end])
            ]
        }
    }

    private static let catalogHead = Piece.literal([UInt8](#"{"repositories":["#))
    private static let end = Piece.literal([UInt8]("]}\n"))
    private static let referrersHead = [UInt8](#"{"schemaVersion":2,"mediaType":"\#(indexType)","manifests":["#)

    private static func tagsHead(of image: String, in owner: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("name", "\(owner)/\(image)")
        json.key("tags")
        json.beginArray()
        return json.bytes
    }

    // MARK: The same for those who ask

    /// The list of a manifest's referrers, with these entries.
    static func referrers(_ descriptors: [[UInt8]]) -> [UInt8] {
        referrersHead + Array(descriptors.joined(separator: comma)) + [UInt8]("]}\n")
    }
}
