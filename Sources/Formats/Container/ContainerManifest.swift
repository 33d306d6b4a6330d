/// A manifest: what an image or an artifact consists of, or an index of such. OCI Image Specification 1.1 (`manifest.md`,
/// `image-index.md`); Docker's image manifest version 2, schema 2, and its lists.
struct ContainerManifest: Equatable, Sendable {
    var kind: ContainerKind
    /// Nil for indexes.
    var config: ContainerDescriptor?
    /// Empty for indexes.
    var layers: [ContainerDescriptor] = []
    /// What an index lists; empty for others.
    var manifests: [ContainerDescriptor] = []
    /// What it is about: a signature's image. It need not be there.
    var subject: ContainerDescriptor?
    /// As it says itself; nil where it does not.
    var artifactType: String?
    /// Texts, in the order in which they are written.
    var annotations: [DataMember] = []

    /// Bytes. Registries take at least so many (OCI Distribution Specification 1.1, "Pushing Manifests"), and clients read no
    /// more (containerd 1.6: 4 MiB).
    static let sizeLimit = 4 << 20
    /// Where the fault of a manifest that is too large is, in refusals.
    static let sizePlace = "its size"
    static let remedy = "build the image again"
    private static let subject = "the manifest"

    /// - Parameter subject: what messages call it: `the manifest`.
    /// - Throws: `.limit` at `sizePlace` for more than `sizeLimit`; `.unsupported` for kinds of manifest that no client reads any
    ///   more.
    init(_ bytes: Span<UInt8>, of subject: String = subject, within budget: Budget) throws(Refusal) {
        guard bytes.count <= Self.sizeLimit else {
            throw Refusal(
                .limit, "\(subject) has \(bytes.count) bytes, more than \(Self.sizeLimit >> 20) MiB", at: Self.sizePlace,
                remedy: "build the image with fewer layers or annotations")
        }
        // Clients do not read it then (Go's encoding/json).
        guard !bytes.has("\u{FEFF}") else {
            throw Self.refusal(.malformed, "\(subject) begins with a byte order mark", "its beginning")
        }
        let value = try JSONReader.read(bytes, of: subject, within: budget)
        guard value.object != nil else { throw Self.refusal(.malformed, "\(subject) is not an object", "its beginning") }
        let type = try Self.text(value, "mediaType", of: subject)
        if let type, let objection = ContainerKind.objection(to: type) {
            throw Refusal(
                .unsupported, "\(subject) \(objection)", at: "mediaType", remedy: "build the image again with today's tools")
        }
        switch value["schemaVersion"]?.integer {
        case 2: break
        case 1:
            throw Refusal(
                .unsupported, "\(subject) is of Docker's schema 1, which no client reads any more", at: "schemaVersion",
                remedy: "build the image again with today's tools")
        default: throw Self.refusal(.malformed, "\(subject) is not of schema version 2", "schemaVersion")
        }
        kind = try Self.kind(of: value, type, subject)
        if kind.isIndex {
            manifests = try Self.descriptors(value, "manifests", of: subject)
        } else {
            guard let value = value["config"] else { throw Self.refusal(.malformed, "\(subject) has no config", "config") }
            config = try ContainerDescriptor(value, at: "config", of: subject)
        }
        if !kind.isIndex { layers = try Self.descriptors(value, "layers", of: subject) }
        if let about = value["subject"], !about.isNull {
            self.subject = try ContainerDescriptor(about, at: "subject", of: subject)
        }
        artifactType = try Self.text(value, "artifactType", of: subject)
        if let artifactType, !artifactType.isEmpty, !ContainerMediaType.isValid(artifactType) {
            throw Self.refusal(.malformed, "\(subject) has an artifactType that is not a media type", "artifactType")
        }
        annotations = try Self.annotations(of: value, at: "annotations", of: subject)
        try checkSizes(subject)
    }

    /// Its kind, by its media type and, where it has none, by what it holds. What could be read as both is refused: two clients
    /// would see two images under one digest (CVE-2021-41190).
    private static func kind(of value: DataValue, _ type: String?, _ subject: String) throws(Refusal) -> ContainerKind {
        func has(_ key: String) -> Bool { value[key].map { !$0.isNull } ?? false }
        let isIndex = has("manifests"), isImage = has("config") || has("layers")
        if isIndex, isImage {
            throw refusal(
                .ambiguous, "\(subject) has both manifests, as an index, and a config or layers, as an image", "manifests")
        }
        guard let type, !type.isEmpty else {
            guard isIndex || isImage else {
                throw refusal(.malformed, "\(subject) has neither a config and layers nor manifests", "its members")
            }
            return isIndex ? .index : .manifest
        }
        guard let kind = ContainerKind(mediaType: type) else {
            throw Refusal(
                .unsupported, "'\(ASCII.line(String(type.prefix(100))))' is not the media type of a manifest", at: "mediaType",
                remedy: "send an image manifest or an index, of OCI or of Docker's schema 2")
        }
        guard kind.isIndex ? !isImage : !isIndex else {
            throw refusal(
                .ambiguous,
                "\(subject) says that it is \(kind.isIndex ? "an index and is an image" : "an image and is an index")",
                "mediaType")
        }
        return kind
    }

    /// Go's encoder writes null for a list without elements.
    private static func descriptors(
        _ value: DataValue, _ key: String, of subject: String
    ) throws(Refusal) -> [ContainerDescriptor] {
        guard let member = value[key] else { throw refusal(.malformed, "\(subject) has no \(key)", key) }
        if member.isNull { return [] }
        guard let elements = member.array else { throw refusal(.malformed, "the \(key) of \(subject) are not a list", key) }
        var descriptors: [ContainerDescriptor] = []
        descriptors.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            descriptors.append(try ContainerDescriptor(element, at: "\(key)[\(index)]", of: subject))
        }
        return descriptors
    }

    static func annotations(of value: DataValue, at place: String, of subject: String) throws(Refusal) -> [DataMember] {
        guard let member = value["annotations"], !member.isNull else { return [] }
        guard let members = member.object, members.allSatisfy({ $0.value.string != nil }) else {
            throw refusal(.malformed, "\(subject) has annotations that are not texts", place)
        }
        return members
    }

    private static func text(_ value: DataValue, _ key: String, of subject: String) throws(Refusal) -> String? {
        guard let member = value[key], !member.isNull else { return nil }
        guard let text = member.string else { throw refusal(.malformed, "the \(key) of \(subject) is not a text", key) }
        return text
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, _ place: String) -> Refusal {
        Refusal(cause, what, at: place, remedy: remedy)
    }

    /// One content has one size.
    private func checkSizes(_ subject: String) throws(Refusal) {
        var sizes: [String: Int] = [:]
        for descriptor in named {
            let digest = descriptor.digest.text
            let size = sizes.updateValue(descriptor.size, forKey: digest)
            guard size == nil || size == descriptor.size else {
                throw Self.refusal(.ambiguous, "\(subject) says two sizes of one content", digest)
            }
        }
    }
}

extension ContainerManifest {
    /// All that it consists of, in its order, without its subject.
    var named: [ContainerDescriptor] { (config.map { [$0] } ?? []) + layers + manifests }

    /// That without which nobody can use it: all that it consists of but for layers that are to be got elsewhere.
    var required: [ContainerDescriptor] {
        named.filter { !(ContainerMediaType.isForeign($0.mediaType) && $0.hasURLs) }
    }

    /// What a list of referrers says of it: an image that does not say what it is, is what its configuration is (OCI Distribution
    /// Specification 1.1, "Listing Referrers"). Nil for nothing.
    var referrerType: String? {
        if let artifactType, !artifactType.isEmpty { return artifactType }
        return config?.mediaType
    }

    func annotation(_ name: String) -> String? { annotations.first { NameIndex.areEqual($0.name, name) }?.value.string }
}
