/// The kinds of manifest, each with a media type of its own. The name is that of the folder in which its files are: a manifest is
/// served with exactly its type, and a path is all that a file server knows of it.
enum ContainerKind: String, CaseIterable, Sendable {
    case manifest
    case index
    case docker
    case dockerList = "docker-list"

    var mediaType: String {
        switch self {
        case .manifest: "application/vnd.oci.image.manifest.v1+json"
        case .index: "application/vnd.oci.image.index.v1+json"
        case .docker: "application/vnd.docker.distribution.manifest.v2+json"
        case .dockerList: "application/vnd.docker.distribution.manifest.list.v2+json"
        }
    }

    /// Whether it names manifests, and neither a configuration nor layers.
    var isIndex: Bool { self == .index || self == .dockerList }

    init?(mediaType: String) {
        guard let kind = Self.allCases.first(where: { $0.mediaType == mediaType }) else { return nil }
        self = kind
    }

    /// The type of a request's body, parameters and case aside (RFC 9110, section 8.3.1).
    static func essence(of contentType: String) -> String {
        let bytes = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        return ASCII.lowered(String(decoding: bytes, as: UTF8.self).split(separator: " ").joined())
    }

    /// What is not a manifest any more, or never was one that clients agreed on, and what to do instead.
    static func objection(to mediaType: String) -> String? {
        switch mediaType {
        case "application/vnd.docker.distribution.manifest.v1+json", "application/vnd.docker.distribution.manifest.v1+prettyjws":
            "is of Docker's schema 1, which no client reads any more"
        case "application/vnd.oci.artifact.manifest.v1+json": "is an artifact manifest, which OCI has withdrawn"
        default: nil
        }
    }
}

/// Media types that are not those of manifests.
enum ContainerMediaType {
    static let octets = "application/octet-stream"
    static let dockerConfig = "application/vnd.docker.container.image.v1+json"
    static let dockerLayer = "application/vnd.docker.image.rootfs.diff.tar"

    /// Layers that registries do not have to have, where they are to be got elsewhere. Windows' base layers are such.
    static func isForeign(_ type: String) -> Bool {
        type.hasPrefix("application/vnd.oci.image.layer.nondistributable.v1.")
            || type.hasPrefix("application/vnd.docker.image.rootfs.foreign.")
    }

    /// `type/subtype` (RFC 6838, section 4.2), as OCI wants it of every descriptor.
    static func isValid(_ type: String) -> Bool {
        let parts = type.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                guard let first = part.first, part.count <= 127, ASCII.isAlphanumeric(first) else { return false }
                return part.allSatisfy { ASCII.isAlphanumeric($0) || "!#$&-^_.+".utf8.contains($0) }
            }
    }
}
