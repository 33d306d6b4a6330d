/// Where a file belongs, as its sender says it: to an image and, where it is a manifest, by a tag or by its digest.
struct ContainerPlace: Sendable {
    var image: String
    /// Nil for a blob.
    var reference: Reference?

    enum Reference: Equatable, Sendable {
        case tag(String)
        case digest(PieceDigest)
    }

    static let image = "image"
    static let tag = "tag"

    /// - Throws: `.placement` at `ContainerName.place` and `tagPlace`; for digests as `ContainerDigest.read`.
    init(_ upload: Upload, of owner: String) throws(Refusal) {
        image = upload.coordinates[Self.image] ?? ""
        try ContainerName.check(image, of: owner)
        let text = upload.coordinates[Self.tag] ?? ""
        if text.isEmpty {
            reference = nil
        } else if ContainerName.isTag(text) {
            reference = .tag(text)
        } else if text.utf8.contains(UInt8(ascii: ":")) {
            reference = .digest(try ContainerDigest.read(text))
        } else {
            throw Refusal(
                .placement, "'\(ASCII.line(String(text.prefix(160))))' is not a tag: \(ContainerName.rule)",
                at: ContainerName.tagPlace, remedy: "choose another")
        }
    }

    /// The digest that a blob is called by.
    static func digest(ofBlob filename: String) throws(Refusal) -> PieceDigest {
        guard ContainerDigest.parse(filename) == nil, !filename.hasPrefix("sha") || !filename.contains(":") else {
            return try ContainerDigest.read(filename)
        }
        throw Refusal(
            .placement, "'\(ASCII.line(String(filename.prefix(160))))' is not a digest, and a file without a tag is a blob",
            at: ContainerDigest.place, remedy: "say --tag TAG for a manifest; a blob's file is called by its digest, sha256:…")
    }
}
