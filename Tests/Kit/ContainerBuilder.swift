@testable import Formats

/// A manifest to be: JSON with each member as its text, so that any of them can be wrong.
struct ContainerBuilder: Sendable {
    static let empty = "{}"
    static let configType = "application/vnd.oci.image.config.v1+json"
    static let layerType = "application/vnd.oci.image.layer.v1.tar+gzip"

    /// Names and values, in their order.
    private(set) var members: [(name: String, json: String)]

    /// An image of one layer.
    init() {
        members = [
            ("schemaVersion", "2"), ("mediaType", Self.quoted(ContainerKind.manifest.mediaType)),
            ("config", Self.descriptor(Self.configType, "config")), ("layers", "[\(Self.descriptor(Self.layerType, "layer"))]"),
        ]
    }

    /// Of that kind, with nothing in it but what an image needs.
    init(_ kind: ContainerKind) {
        self.init()
        set("mediaType", Self.quoted(kind.mediaType))
        guard kind.isIndex else { return }
        drop("config")
        drop("layers")
        set("manifests", "[\(Self.descriptor((kind == .index ? ContainerKind.manifest : .docker).mediaType, "manifest"))]")
    }

    mutating func set(_ name: String, _ json: String) {
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].json = json
        } else {
            members.append((name, json))
        }
    }

    mutating func drop(_ name: String) { members.removeAll { $0.name == name } }

    func with(_ name: String, _ json: String) -> ContainerBuilder {
        var copy = self
        copy.set(name, json)
        return copy
    }

    func without(_ name: String) -> ContainerBuilder {
        var copy = self
        copy.drop(name)
        return copy
    }

    var text: String { "{" + members.map { "\(Self.quoted($0.name)):\($0.json)" }.joined(separator: ",") + "}" }

    var bytes: [UInt8] { [UInt8](text) }

    static func quoted(_ text: String) -> String {
        var json: [UInt8] = []
        JSONWriter.append(text, to: &json)
        return String(decoding: json, as: UTF8.self)
    }

    static func digest(_ content: String, by algorithm: Digests.Algorithm = .sha256) -> String {
        ContainerDigest.of([UInt8](content), by: algorithm).text
    }

    /// What names some content.
    ///
    /// - Parameter more: further members, a comma in front.
    static func descriptor(
        _ type: String, _ content: String, by algorithm: Digests.Algorithm = .sha256, more: String = ""
    ) -> String {
        """
        {"mediaType":\(quoted(type)),"digest":"\(digest(content, by: algorithm))","size":\(content.utf8.count)\(more)}
        """
    }
}

/// A tar to be: an OCI layout, with its files by their paths.
struct LayoutBuilder: Sendable {
    /// In their order.
    var files: [(path: String, content: [UInt8])] = [("oci-layout", [UInt8](#"{"imageLayoutVersion":"1.0.0"}"#))]
    /// The elements of `manifests` in `index.json`.
    var references: [String] = []

    /// Adds a blob, and is its descriptor.
    mutating func blob(_ content: [UInt8], _ type: String, annotations: String? = nil) -> String {
        let digest = ContainerDigest.of(content)
        let path = ImageLayout.path(of: digest)
        if !files.contains(where: { $0.path == path }) { files.append((path, content)) }
        let more = annotations.map { ",\"annotations\":\($0)" } ?? ""
        return """
            {"mediaType":"\(type)","digest":"\(digest.text)","size":\(content.count)\(more)}
            """
    }

    /// An image of these layers; its bytes.
    mutating func image(_ layers: [String]) -> [UInt8] {
        let config = blob([UInt8]("config of \(layers)"), ContainerBuilder.configType)
        let layers = layers.map { blob([UInt8]($0), ContainerBuilder.layerType) }
        return ContainerBuilder().with("config", config).with("layers", "[\(layers.joined(separator: ","))]").bytes
    }

    /// Adds a manifest and names it.
    mutating func name(_ manifest: [UInt8], _ kind: ContainerKind = .manifest, _ annotations: String? = nil) {
        references.append(blob(manifest, kind.mediaType, annotations: annotations))
    }

    static func tagged(_ tag: String) -> String { #"{"org.opencontainers.image.ref.name":"\#(tag)"}"# }

    static func called(_ name: String) -> String { #"{"io.containerd.image.name":"\#(name)"}"# }

    static func index(_ references: [String]) -> [UInt8] {
        [UInt8](#"{"schemaVersion":2,"manifests":[\#(references.joined(separator: ","))]}"#)
    }

    var tar: TarBuilder {
        (files + [("index.json", Self.index(references))]).reduce(TarBuilder().folder("blobs/").folder("blobs/sha256/")) {
            $0.file($1.path, $1.content)
        }
    }

    /// One image of two layers, tagged 1.0.
    static var simple: LayoutBuilder {
        var layout = LayoutBuilder()
        let image = layout.image(["one", "two"])
        layout.name(image, .manifest, tagged("1.0"))
        return layout
    }
}

// The same for arrays: what is expected must not depend on how long a span lives.
extension ContainerDigest {
    static func of(_ bytes: [UInt8], by algorithm: Digests.Algorithm = .sha256) -> PieceDigest {
        of(bytes.span, by: algorithm)
    }
}

extension ContainerManifest {
    init(_ bytes: [UInt8]) throws(Refusal) { try self.init(bytes.span, within: Budget()) }
}

extension ImageLayout {
    static func read(tar bytes: [UInt8], within budget: Budget = Budget()) throws(Refusal) -> [ImageFile] {
        try read(tar: bytes.span, within: budget)
    }
}

extension HelmImage {
    static func read(chart bytes: [UInt8], provenance: [UInt8]? = nil) throws(Refusal) -> [ImageFile] {
        try read(chart: bytes.span, provenance: provenance, within: Budget())
    }
}
