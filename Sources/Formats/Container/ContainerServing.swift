/// How web servers hand out a registry's files. No line is about an image: what is published is there at once.
enum ContainerServing {
    private static let json = "application/json"

    static let all: [Serving] = [
        .alternatives(
            Alternatives(
                remark: "Manifests: clients want exactly the type that each has, and only the folder knows it.",
                paths: "((?:[^/]+/)+manifests/)([^/]+)",
                folders: ContainerKind.allCases.map { (name: $0.rawValue, type: $0.mediaType) })),
        .header(
            name: ContainerDialect.digestHeader,
            paths: "(?:[^/]+/)+(?:blobs|manifests/[^/]+)/(\(ContainerDigest.pattern))"),
        .files(paths: "(?:[^/]+/)+blobs/\(ContainerDigest.pattern)", type: ContainerMediaType.octets),
        .files(paths: "(?:[^/]+/)+tags/list|_catalog", type: json),
        .files(paths: "(?:[^/]+/)+referrers/\(ContainerDigest.pattern)", type: ContainerDocuments.indexType),
        missing("(?:[^/]+/)+manifests/[^/]+", .manifestUnknown, "this manifest is not known here"),
        missing("(?:[^/]+/)+blobs/[^/]+", .blobUnknown, "this blob is not known here"),
        missing("(?:[^/]+/)+tags/list", .nameUnknown, "this image is not known here"),
        // What nobody refers to has an empty list (OCI Distribution Specification 1.1, "Listing Referrers").
        .missing(
            paths: "(?:[^/]+/)+referrers/\(ContainerDigest.pattern)", type: ContainerDocuments.indexType,
            body: String(decoding: ContainerDocuments.referrers([]).dropLast(), as: UTF8.self), status: 200),
    ]

    private static func missing(_ paths: String, _ code: ContainerFault.Code, _ message: String) -> Serving {
        .missing(paths: paths, type: json, body: String(decoding: ContainerFault(code, message).body, as: UTF8.self))
    }
}
