/// What `docker save` writes and `docker load` reads: a tar with a `manifest.json` that names, for each image, its configuration,
/// its layers and its tags (moby's image specification 1.2). Written by docker up to 24 and, as `docker-archive`, by skopeo,
/// podman and buildah.
///
/// It has no manifests: those that are made for it are Docker's, schema 2, over the files as they lie there, and the same each
/// time.
enum ImageArchive {
    static let list = "manifest.json"

    static func read(_ members: ImageMembers, of bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [ImageFile] {
        guard members.has(list) else {
            throw Refusal(
                .unsupported, "the archive has neither \(ImageLayout.marker) nor \(list)", at: ImageMembers.subject,
                remedy: "save the image with docker save or skopeo copy")
        }
        let value = try JSONReader.read(bytes.extracting(try members.range(of: list)), of: list, within: budget)
        guard let images = value.array, !images.isEmpty else {
            throw refusal("\(list) is not a list of images", "its beginning")
        }
        var files: [ImageFile] = []
        var tags: [String: PieceDigest] = [:]
        for (position, image) in images.enumerated() {
            let image = try Image(image, at: "\(list), [\(position)]", members, of: bytes, within: budget)
            for name in image.names {
                let key = "\(name.image):\(name.tag)"
                guard tags.updateValue(image.digest, forKey: key).map({ $0 == image.digest }) ?? true else {
                    throw Refusal(
                        .ambiguous, "the tag '\(key)' stands for two images", at: "\(list), [\(position)].RepoTags",
                        remedy: ImageLayout.remedy)
                }
            }
            files += image.files
        }
        return files.filter { !$0.isManifest } + files.filter(\.isManifest)
    }

    private static func refusal(_ what: String, _ place: String) -> Refusal {
        Refusal(.malformed, what, at: place, remedy: ImageLayout.remedy)
    }

    /// One of the images.
    private struct Image {
        var names: [(image: String, tag: String)] = []
        /// Configuration and layers, each once.
        var blobs: [(digest: PieceDigest, range: Range<Int>)] = []
        var manifest: [UInt8] = []
        var digest: PieceDigest

        init(
            _ value: DataValue, at place: String, _ members: ImageMembers, of bytes: Span<UInt8>, within budget: Budget
        ) throws(Refusal) {
            guard let path = value["Config"]?.string else {
                throw refusal("an image has no configuration", "\(place).Config")
            }
            let range = try members.range(of: Self.tidied(path))
            let config = bytes.extracting(range)
            digest = ContainerDigest.of(config)
            let contents = try Self.contents(of: config, path, within: budget)
            var paths: [String] = []
            for layer in value["Layers"]?.array ?? [] {
                guard let path = layer.string else { throw refusal("a layer is not a path", "\(place).Layers") }
                paths.append(path)
            }
            guard paths.count == contents.count else {
                throw refusal(
                    "the image has \(paths.count) layers, and its configuration \(contents.count)", "\(place).Layers")
            }
            blobs = [(digest, range)]
            var json = JSONWriter()
            json.beginObject()
            json.member("schemaVersion", 2)
            json.member("mediaType", ContainerKind.docker.mediaType)
            json.key("config")
            Self.write(ContainerMediaType.dockerConfig, digest, range.count, to: &json)
            json.key("layers")
            json.beginArray()
            var seen: Set<String> = [digest.text]
            for (path, content) in zip(paths, contents) {
                let range = try members.range(of: Self.tidied(path))
                let (type, digest) = try Self.layer(bytes.extracting(range), content, path)
                Self.write(type, digest, range.count, to: &json)
                if seen.insert(digest.text).inserted { blobs.append((digest, range)) }
            }
            json.endArray()
            json.endObject()
            manifest = json.bytes
            digest = ContainerDigest.of(manifest.span)
            try readNames(value, at: place)
        }

        /// The digests of the layers as tars, which the configuration has in their order.
        private static func contents(of config: Span<UInt8>, _ path: String, within budget: Budget) throws(Refusal)
            -> [PieceDigest]
        {
            let value = try JSONReader.read(config, of: "the configuration", within: budget)
            guard let list = value["rootfs"]?["diff_ids"] else {
                throw refusal("the configuration does not say which layers it has", "\(ASCII.line(path)), rootfs.diff_ids")
            }
            var digests: [PieceDigest] = []
            for element in list.array ?? [] {
                digests.append(
                    try ContainerDigest.read(element.string ?? "", at: "\(ASCII.line(path)), rootfs.diff_ids"))
            }
            return digests
        }

        /// A layer that is a tar has the digest that the configuration says, or is refused when it comes in. Of one that was
        /// compressed nobody says it.
        private static func layer(_ bytes: Span<UInt8>, _ content: PieceDigest, _ path: String) throws(Refusal)
            -> (type: String, digest: PieceDigest)
        {
            switch Codec.recognise(bytes) {
            case .none: return (ContainerMediaType.dockerLayer, content)
            case .gzip: return (ContainerMediaType.dockerLayer + ".gzip", ContainerDigest.of(bytes))
            case .zstd: return (ContainerMediaType.dockerLayer + ".zstd", ContainerDigest.of(bytes))
            case .bzip2, .xz, .lzma:
                throw Refusal(
                    .unsupported, "the layer is compressed in a way that clients do not read", at: ASCII.line(path),
                    remedy: "save the image with docker save or skopeo copy")
            }
        }

        private static func write(_ type: String, _ digest: PieceDigest, _ size: Int, to json: inout JSONWriter) {
            json.beginObject()
            json.member("mediaType", type)
            json.member("size", size)
            json.member("digest", digest.text)
            json.endObject()
        }

        /// As the tar's reader has paths.
        private static func tidied(_ path: String) -> String {
            String(decoding: ArchivePath.tidied(Array(path.utf8)), as: UTF8.self)
        }

        private mutating func readNames(_ value: DataValue, at place: String) throws(Refusal) {
            for (position, element) in (value["RepoTags"]?.array ?? []).enumerated() {
                let place = "\(place).RepoTags[\(position)]"
                guard let text = element.string else { throw refusal("a tag is not a text", place) }
                let descriptor = ContainerDescriptor(
                    mediaType: ContainerKind.docker.mediaType, digest: digest, size: manifest.count)
                let reference = try ImageReference(descriptor, name: text, reference: nil, at: place)
                guard let image = reference.image, let tag = reference.tag else {
                    throw refusal("'\(ASCII.line(String(text.prefix(100))))' is not a name and a tag", place)
                }
                guard !names.contains(where: { $0 == (image, tag) }) else { continue }
                names.append((image, tag))
            }
        }

        var files: [ImageFile] {
            var images: [String?] = []
            for name in names where !images.contains(name.image) { images.append(name.image) }
            if images.isEmpty { images = [nil] }
            var files: [ImageFile] = []
            for image in images {
                files += blobs.map { ImageFile(digest: $0.digest, content: .range($0.range), image: image, tag: "") }
                let tags = names.filter { $0.image == image }.map(\.tag)
                files += (tags.isEmpty ? [digest.text] : tags).map {
                    ImageFile(digest: digest, content: .bytes(manifest), image: image, tag: $0)
                }
            }
            return files
        }
    }
}
