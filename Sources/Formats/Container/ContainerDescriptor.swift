/// What a manifest says of something that it names (OCI Image Specification 1.1, "Content Descriptors").
package struct ContainerDescriptor: Equatable, Sendable {
    package var mediaType: String
    package var digest: PieceDigest
    /// Bytes.
    package var size: Int
    /// Whether it says where else its content is to be got.
    package var hasURLs = false
    /// What it runs on, where it names an image of an index that says so (`ContainerPlatform`).
    var platform: String?
    /// Its annotations, texts all of them.
    var annotations: [DataMember] = []

    /// The largest size that every JSON reader takes as it is written: 2^53 - 1.
    static let sizeLimit = 1 << 53 - 1

    /// The kind of the manifest that it names; nil where it names a blob.
    var kind: ContainerKind? { ContainerKind(mediaType: mediaType) }

    /// Whether it names a manifest, and not a blob.
    package var isManifest: Bool { kind != nil }

    /// The text of an annotation.
    func annotation(_ name: String) -> String? { annotations.first { NameIndex.areEqual($0.name, name) }?.value.string }

    init(mediaType: String, digest: PieceDigest, size: Int) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
    }

    /// - Parameters:
    ///   - place: of the value, for refusals: `layers[3]`.
    ///   - subject: whose it is: `the manifest`.
    init(_ value: DataValue, at place: String, of subject: String) throws(Refusal) {
        func refusal(_ what: String, _ key: String) -> Refusal {
            Refusal(.malformed, "\(subject) \(what)", at: "\(place).\(key)", remedy: ContainerManifest.remedy)
        }
        guard value.object != nil else {
            throw Refusal(
                .malformed, "\(subject) has a descriptor that is not an object", at: place, remedy: ContainerManifest.remedy)
        }
        guard let type = value["mediaType"]?.string, ContainerMediaType.isValid(type) else {
            throw refusal("has a descriptor without a media type", "mediaType")
        }
        if let objection = ContainerKind.objection(to: type) {
            throw Refusal(
                .unsupported, "\(subject) names a manifest that \(objection)", at: "\(place).mediaType",
                remedy: "build the image again with today's tools")
        }
        guard let text = value["digest"]?.string else { throw refusal("has a descriptor without a digest", "digest") }
        mediaType = type
        digest = try ContainerDigest.read(text, at: "\(place).digest")
        guard let size = value["size"]?.integer, 0...Self.sizeLimit ~= size else {
            throw refusal("has a descriptor whose size is not a number of bytes", "size")
        }
        self.size = size
        if let urls = value["urls"], !urls.isNull {
            guard let list = urls.array, list.allSatisfy({ $0.string != nil }) else {
                throw refusal("has a descriptor whose urls are not a list of texts", "urls")
            }
            hasURLs = !list.isEmpty
        }
        platform = ContainerPlatform.text(of: value["platform"])
        annotations = try ContainerManifest.annotations(of: value, at: "\(place).annotations", of: subject)
        try checkData(value, at: "\(place).data", of: subject)
    }

    /// Content that is in the descriptor itself is what a client goes by that reads it there.
    private func checkData(_ value: DataValue, at place: String, of subject: String) throws(Refusal) {
        guard let data = value["data"], !data.isNull else { return }
        guard let text = data.string, let bytes = Self.decoded(Array(text.utf8)) else {
            throw Refusal(.malformed, "\(subject) has data that is not base64", at: place, remedy: ContainerManifest.remedy)
        }
        guard bytes.count == size, ContainerDigest.of(bytes.span, by: digest.algorithm) == digest else {
            throw Refusal(
                .ambiguous, "\(subject) has data of other content than size and digest beside it say", at: place,
                remedy: ContainerManifest.remedy)
        }
    }

    private static func decoded(_ base64: [UInt8]) -> [UInt8]? {
        var decoder = Base64Decoder()
        var bytes: [UInt8] = []
        var position = 0
        do {
            try decoder.decode(base64.span, from: &position, into: &bytes)
            try decoder.finish()
        } catch { return nil }
        return position == base64.count ? bytes : nil
    }
}
