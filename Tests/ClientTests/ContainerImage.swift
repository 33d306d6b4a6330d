import Foundation

/// A manifest, and what it is sent as.
struct ContainerManifestText {
    static let image = "application/vnd.oci.image.manifest.v1+json"
    static let index = "application/vnd.oci.image.index.v1+json"
    static let docker = "application/vnd.docker.distribution.manifest.v2+json"
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let config = "application/vnd.oci.image.config.v1+json"
    static let layer = "application/vnd.oci.image.layer.v1.tar"
    static let empty = "application/vnd.oci.empty.v1+json"

    let bytes: Data
    let type: String
    var digest: String { ContainerRegistry.sha256(bytes) }
    /// As other manifests name it.
    var descriptor: [String: Any] { Self.descriptor(bytes, type) }

    init(_ object: [String: Any]) throws {
        bytes = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        type = object["mediaType"] as? String ?? Self.image
    }

    /// - Parameter sha512: by the longer digest.
    static func descriptor(_ bytes: Data, _ type: String, sha512: Bool = false) -> [String: Any] {
        [
            "mediaType": type, "size": bytes.count,
            "digest": sha512 ? ContainerRegistry.sha512(bytes) : ContainerRegistry.sha256(bytes),
        ]
    }

    /// Of several manifests.
    static func index(_ manifests: [[String: Any]], more: [String: Any] = [:]) throws -> ContainerManifestText {
        try ContainerManifestText(
            ["schemaVersion": 2, "mediaType": index, "manifests": manifests].merging(more) { _, new in new })
    }
}

/// A small image with all that it consists of, made here: no two texts have a blob in common.
struct ContainerImage {
    let manifest: ContainerManifestText
    let blobs: [Data]
    var digest: String { manifest.digest }

    /// - Parameters:
    ///   - text: what its only file says.
    ///   - more: further members of its manifest.
    ///   - sha512: names its blobs by the longer digest.
    init(_ text: String, architecture: String = "amd64", docker: Bool = false, more: [String: Any] = [:], sha512: Bool = false)
        throws
    {
        let layer = Self.tar("etc/motd", text)
        let config = try JSONSerialization.data(
            withJSONObject: [
                "architecture": architecture, "os": "linux", "created": "2026-11-21T10:00:00Z",
                "config": ["Cmd": ["/bin/app"], "Labels": ["org.opencontainers.image.version": "1.0"]],
                "rootfs": ["type": "layers", "diff_ids": [ContainerRegistry.sha256(layer)]],
            ], options: [.sortedKeys, .withoutEscapingSlashes])
        blobs = [config, layer]
        let types =
            docker
            ? ("application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar")
            : (ContainerManifestText.config, ContainerManifestText.layer)
        manifest = try ContainerManifestText(
            [
                "schemaVersion": 2, "mediaType": docker ? ContainerManifestText.docker : ContainerManifestText.image,
                "config": ContainerManifestText.descriptor(config, types.0, sha512: sha512),
                "layers": [ContainerManifestText.descriptor(layer, types.1, sha512: sha512)],
            ].merging(more) { _, new in new })
    }

    /// An artifact: a file that says what it is, about something else perhaps.
    init(artifact text: String, type: String, subject: [String: Any]? = nil, annotations: [String: String] = [:]) throws {
        let empty = Data("{}".utf8), file = Data(text.utf8)
        blobs = [empty, file]
        var object: [String: Any] = [
            "schemaVersion": 2, "mediaType": ContainerManifestText.image, "artifactType": type,
            "config": ContainerManifestText.descriptor(empty, ContainerManifestText.empty),
            "layers": [ContainerManifestText.descriptor(file, type)],
        ]
        if let subject { object["subject"] = subject }
        if !annotations.isEmpty { object["annotations"] = annotations }
        manifest = try ContainerManifestText(object)
    }

    /// As an index names it.
    func descriptor(_ architecture: String) -> [String: Any] {
        manifest.descriptor.merging(["platform": ["architecture": architecture, "os": "linux"]]) { _, new in new }
    }

    /// A tar (POSIX ustar) with one file.
    static func tar(_ name: String, _ text: String) -> Data {
        let content = Data(text.utf8)
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ at: Int) { header.replaceSubrange(at..<(at + text.utf8.count), with: text.utf8) }
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, 0)
        put("0000644", 100)
        put("0000000", 108)
        put("0000000", 116)
        put(octal(content.count, 11), 124)
        put(octal(0, 11), 136)
        put("        ", 148)
        put("0", 156)
        put("ustar\u{0}00", 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", 148)
        let padding = (512 - content.count % 512) % 512
        return Data(header) + content + Data(count: padding + 1_024)
    }

    /// Writes images as an OCI layout (OCI Image Specification 1.1, `image-layout.md`).
    ///
    /// - Parameter roots: manifests that get a tag, with it; others are named by these.
    static func layout(
        _ images: [ContainerImage], _ others: [ContainerManifestText] = [], roots: [(ContainerManifestText, String)],
        in folder: String
    )
        throws
    {
        let blobs = folder + "/blobs/sha256"
        try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        for bytes in images.flatMap({ $0.blobs + [$0.manifest.bytes] }) + others.map(\.bytes) {
            try bytes.write(to: URL(fileURLWithPath: "\(blobs)/\(Site.sha256(bytes))"))
        }
        try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(fileURLWithPath: folder + "/oci-layout"))
        let index = try ContainerManifestText.index(
            roots.map { manifest, tag in
                manifest.descriptor.merging(["annotations": ["org.opencontainers.image.ref.name": tag]]) { _, new in new }
            })
        try index.bytes.write(to: URL(fileURLWithPath: folder + "/index.json"))
    }
}
