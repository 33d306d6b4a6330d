@testable import Formats

/// Tars that are not images, or that lie about them.
extension ContainerHostile {
    /// The simple layout, changed.
    private static func layout(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (inout LayoutBuilder) -> Void
    ) -> HostileSample {
        HostileSample(what, cause, words) {
            var layout = LayoutBuilder.simple
            change(&layout)
            return layout.tar.bytes
        }
    }

    /// The simple layout with further members.
    private static func tar(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { change(LayoutBuilder.simple.tar).bytes }
    }

    /// With one file replaced by another member of its name.
    private static func swapped(
        _ what: String, _ index: Int, _ member: @escaping @Sendable (String) -> TarBuilder.Member
    ) -> HostileSample {
        HostileSample(what, .unsupported, "where a file is needed") {
            let layout = LayoutBuilder.simple
            let files = layout.files + [("index.json", LayoutBuilder.index(layout.references))]
            return files.enumerated().reduce(TarBuilder()) { tar, file in
                file.offset == index
                    ? tar.member(member(file.element.0)) : tar.file(file.element.0, file.element.1)
            }.bytes
        }
    }

    private static func link(_ path: String, _ type: Character) -> TarBuilder.Member {
        var member = TarBuilder.Member(path, type: type)
        member.link = "/etc/passwd"
        return member
    }

    /// A docker archive whose manifest.json is this.
    private static func archive(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ json: String, config: String? = nil
    ) -> HostileSample {
        HostileSample(what, cause, words) {
            let layer = TarBuilder().file("etc/motd", "hello").bytes
            let digest = ContainerDigest.of(layer).text
            let config = config ?? #"{"rootfs":{"type":"layers","diff_ids":["\#(digest)"]}}"#
            return TarBuilder().file("config.json", config).file("layer.tar", layer).file("manifest.json", json).bytes
        }
    }

    static let layouts: [HostileSample] = [
        HostileSample("an archive of nothing", .unsupported, "neither oci-layout nor manifest.json") { TarBuilder().bytes },
        HostileSample("a layout that is compressed", .unsupported, "is compressed") { LayoutBuilder.simple.tar.bytes.gzip },
        layout("a layout without its marker", .missing, "is not there") { $0.files.removeFirst() },
        layout("a marker that is not JSON", .malformed, "where a value belongs") { $0.files[0].content = [UInt8]("layout") },
        layout("a marker without a version", .malformed, "no imageLayoutVersion") { $0.files[0].content = [UInt8]("{}") },
        layout("a layout of version 2", .unsupported, "of version 2.0.0") {
            $0.files[0].content = [UInt8](#"{"imageLayoutVersion":"2.0.0"}"#)
        },
        layout("an index without images", .malformed, "names no image") { $0.references = [] },
        layout("an index with a wrong digest", .malformed, "is not a digest") {
            $0.references = [#"{"mediaType":"a/b","digest":"x","size":1}"#]
        },
        layout("an index that names a layer", .unsupported, "is not the media type of a manifest") {
            $0.references.append(ContainerBuilder.descriptor(ContainerBuilder.layerType, "one"))
        },
        layout("a layout without its manifest", .missing, "is not there") { $0.files.removeLast() },
        layout("a layout without its configuration", .missing, "is not there") { $0.files.remove(at: 1) },
        layout("a layout without a layer", .missing, "is not there") { $0.files.remove(at: 2) },
        layout("a layer of another size", .ambiguous, "bytes, and 3 where it is named") { $0.files[2].content = [1, 2, 3, 4] },
        layout("a configuration of another size", .ambiguous, "where it is named") { $0.files[1].content = [] },
        layout("a manifest of another size", .ambiguous, "where it is named") { $0.files[4].content.append(10) },
        layout("a manifest of another content", .ambiguous, "another digest than its name") {
            $0.files[4].content = $0.files[4].content.map { $0 == UInt8(ascii: "g") ? UInt8(ascii: "h") : $0 }
        },
        layout("a manifest that is named as an index", .ambiguous, "it is named as") {
            $0.references = [$0.references[0].replacing("image.manifest.v1", with: "image.index.v1")]
        },
        layout("a manifest that is not JSON", .malformed, "where a value belongs") { $0.name([UInt8]("manifest"), .manifest) },
        layout("a tag for two manifests", .ambiguous, "stands for two manifests") {
            let image = $0.image(["three"])
            $0.name(image, .manifest, LayoutBuilder.tagged("1.0"))
        },
        layout("a tag that is not one", .placement, "is not a tag") {
            let image = $0.image(["three"])
            $0.name(image, .manifest, LayoutBuilder.tagged("a:-b"))
        },
        layout("a name in capitals", .placement, "has a part that is not small letters") {
            let image = $0.image(["three"])
            $0.name(image, .manifest, LayoutBuilder.called("docker.io/Team/App:1"))
        },
        layout("a name that climbs", .placement, "has a part that is not small letters") {
            let image = $0.image(["three"])
            $0.name(image, .manifest, LayoutBuilder.called("team/../app:1"))
        },
        layout("a name with a part blobs", .placement, "stands behind names in addresses") {
            let image = $0.image(["three"])
            $0.name(image, .manifest, LayoutBuilder.called("team/blobs:1"))
        },
        layout("two sizes of a manifest", .ambiguous, "two sizes of one content") {
            $0.references.append($0.references[0].replacing("1.0", with: "2.0").replacing("\"size\":", with: "\"size\":1"))
        },
        layout("indexes nine deep", .limit, "more than 8 deep") {
            var manifest = ContainerBuilder(.index).with("manifests", "[]").bytes
            for _ in 0..<9 {
                let child = $0.blob(manifest, ContainerKind.index.mediaType)
                manifest = ContainerBuilder(.index).with("manifests", "[\(child)]").bytes
            }
            $0.name(manifest, .index)
        },
        layout("an index whose child is missing", .missing, "is not there") { $0.name(ContainerBuilder(.index).bytes, .index) },
        tar("a file twice", .ambiguous, "two files of one name") { $0.file("index.json", "{}") },
        tar("a file twice, once with a dot in front", .ambiguous, "two files of one name") { $0.file("./index.json", "{}") },
        tar("a link of a file's name", .ambiguous, "two files of one name") { $0.link("oci-layout", to: "x") },
        tar("a path that climbs", .malformed, "leads out of its folder") { $0.file("blobs/../../x", "y") },
        tar("an absolute path", .malformed, "is absolute") { $0.file("/etc/passwd", "y") },
        tar("a header with a wrong sum", .malformed, "checksum is wrong") {
            var member = TarBuilder.Member("x", [1])
            member.checksumError = 1
            return $0.member(member)
        },
        tar("a file that is larger than the archive", .truncated, "is truncated") {
            var member = TarBuilder.Member("x", [1])
            member.size = 1 << 30
            return $0.member(member)
        },
        swapped("a marker that is a link", 0) { link($0, "2") },
        swapped("a configuration that is a hard link", 1) { link($0, "1") },
        swapped("a layer that is a link", 2) { link($0, "2") },
        swapped("a layer that is a device", 2) { TarBuilder.Member($0, type: "3") },
        swapped("a manifest that is a pipe", 4) { TarBuilder.Member($0, type: "6") },
        swapped("an index that is a link", 5) { link($0, "2") },
        archive("an archive's list that is an object", .malformed, "is not a list of images", "{}"),
        archive("an archive's list of nothing", .malformed, "is not a list of images", "[]"),
        archive("an image that is a text", .malformed, "an image has no configuration", #"["x"]"#),
        archive("an image without a configuration", .malformed, "an image has no configuration", #"[{"Layers":["layer.tar"]}]"#),
        archive("a configuration that is missing", .missing, "is not there", #"[{"Config":"x.json","Layers":["layer.tar"]}]"#),
        archive("a configuration outside", .missing, "is not there", #"[{"Config":"../config.json","Layers":["layer.tar"]}]"#),
        archive("a layer that is missing", .missing, "is not there", #"[{"Config":"config.json","Layers":["x/layer.tar"]}]"#),
        archive("a layer that is a number", .malformed, "a layer is not a path", #"[{"Config":"config.json","Layers":[1]}]"#),
        archive(
            "fewer layers than the configuration has", .malformed, "has 0 layers, and its configuration 1",
            #"[{"Config":"config.json"}]"#),
        archive(
            "more layers than the configuration has", .malformed, "has 2 layers, and its configuration 1",
            #"[{"Config":"config.json","Layers":["layer.tar","layer.tar"]}]"#),
        archive(
            "a configuration that is not JSON", .malformed, "where a value belongs", #"[{"Config":"config.json","Layers":[]}]"#,
            config: "config"),
        archive(
            "a configuration without layers", .malformed, "does not say which layers", #"[{"Config":"config.json","Layers":[]}]"#,
            config: "{}"),
        archive(
            "a layer without a digest", .malformed, "is not a digest", #"[{"Config":"config.json","Layers":["layer.tar"]}]"#,
            config: #"{"rootfs":{"diff_ids":["x"]}}"#),
        archive(
            "a tag without a name", .malformed, "is not a name and a tag",
            #"[{"Config":"config.json","Layers":["layer.tar"],"RepoTags":[":1.0"]}]"#),
        archive(
            "a name without a tag", .malformed, "is not a name and a tag",
            #"[{"Config":"config.json","Layers":["layer.tar"],"RepoTags":["app"]}]"#),
        archive(
            "a tag that is a number", .malformed, "a tag is not a text",
            #"[{"Config":"config.json","Layers":["layer.tar"],"RepoTags":[1]}]"#),
        archive(
            "a name with a part tags", .placement, "stands behind names in addresses",
            #"[{"Config":"config.json","Layers":["layer.tar"],"RepoTags":["tags:1.0"]}]"#),
        HostileSample("a layer in xz", .unsupported, "compressed in a way that clients do not read") {
            let layer: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4]
            let config = #"{"rootfs":{"diff_ids":["\#(ContainerBuilder.digest("x"))"]}}"#
            return TarBuilder().file("config.json", config).file("layer.tar", layer)
                .file("manifest.json", #"[{"Config":"config.json","Layers":["layer.tar"]}]"#).bytes
        },
    ]
}
