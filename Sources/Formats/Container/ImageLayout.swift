/// A file of an image that lies in an archive.
package struct ImageFile: Equatable, Sendable {
    package enum Content: Equatable, Sendable {
        /// Bytes of the archive.
        case range(Range<Int>)
        /// What the archive itself has not got: a manifest that was made for it.
        case bytes([UInt8])
    }

    package var digest: PieceDigest
    package var content: Content
    /// What the archive calls the image; nil where it does not say it.
    package var image: String?
    /// A tag, or the digest of a manifest that has none; empty for a blob.
    package var tag: String
    package var isManifest: Bool { !tag.isEmpty }

    package init(digest: PieceDigest, content: Content, image: String?, tag: String) {
        self.digest = digest
        self.content = content
        self.image = image
        self.tag = tag
    }
}

/// Images as files: an OCI layout in a folder or a tar (OCI Image Specification 1.1, `image-layout.md`), and what `docker save`
/// writes (`ImageArchive`).
///
/// Sizes are compared here, and the digests of manifests. The digests of blobs are compared when they come in, as those of every
/// blob.
package enum ImageLayout {
    package static let marker = "oci-layout"
    package static let index = "index.json"
    package static let remedy = "save the image again"
    private static let subject = "index.json"

    /// Where a layout has what has this digest.
    package static func path(of digest: PieceDigest) -> String {
        "blobs/\(digest.algorithm.rawValue)/\(Hex.string(digest.bytes))"
    }

    static func wrongSize(_ size: Int, of descriptor: ContainerDescriptor) -> Refusal {
        Refusal(
            .ambiguous, "it has \(size) bytes, and \(descriptor.size) where it is named", at: path(of: descriptor.digest),
            remedy: remedy)
    }

    static func missing(_ path: String) -> Refusal {
        Refusal(.missing, "a file is named that is not there", at: path, remedy: remedy)
    }

    /// Compares what a layout has with what names it.
    ///
    /// - Parameter size: of the file; nil where there is none.
    package static func check(_ size: Int?, of descriptor: ContainerDescriptor) throws(Refusal) {
        guard let size else { throw missing(path(of: descriptor.digest)) }
        guard size == descriptor.size else { throw wrongSize(size, of: descriptor) }
    }

    /// Reads the file `oci-layout`.
    package static func check(marker bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        let value = try JSONReader.read(bytes, of: marker, within: budget)
        guard let version = value["imageLayoutVersion"]?.string else {
            throw Refusal(.malformed, "\(marker) has no imageLayoutVersion", at: "imageLayoutVersion", remedy: remedy)
        }
        // It has been 1.0.0 since there is one.
        guard version.hasPrefix("1.") else {
            throw Refusal(
                .unsupported, "the layout is of version \(ASCII.line(String(version.prefix(40))))", at: "imageLayoutVersion",
                remedy: "save the image in an OCI layout of version 1.0.0")
        }
    }

    /// The images that the file `index.json` names, with their names and tags: `org.opencontainers.image.ref.name` (a tag; the
    /// whole name from some tools) and `io.containerd.image.name` (the whole name).
    package static func references(of index: Span<UInt8>, within budget: Budget) throws(Refusal) -> [ImageReference] {
        let manifest = try ContainerManifest(index, of: subject, within: budget)
        guard manifest.kind.isIndex else {
            throw Refusal(.malformed, "\(subject) is not an index", at: "manifests", remedy: remedy)
        }
        var references: [ImageReference] = []
        var named: [String: PieceDigest] = [:]
        for (position, descriptor) in manifest.manifests.enumerated() {
            let place = "\(subject), manifests[\(position)]"
            guard descriptor.isManifest else {
                throw Refusal(
                    .unsupported, "'\(ASCII.line(descriptor.mediaType))' is not the media type of a manifest", at: place,
                    remedy: "leave it out of the layout")
            }
            let reference = try ImageReference(
                descriptor, name: descriptor.annotation("io.containerd.image.name"),
                reference: descriptor.annotation("org.opencontainers.image.ref.name"), at: place)
            if let tag = reference.tag {
                let other = named.updateValue(descriptor.digest, forKey: "\(reference.image ?? ""):\(tag)")
                guard other == nil || other == descriptor.digest else {
                    throw Refusal(
                        .ambiguous, "the tag '\(tag)' stands for two manifests", at: place, remedy: "tag one of them otherwise")
                }
            }
            references.append(reference)
        }
        guard !references.isEmpty else {
            throw Refusal(.malformed, "\(subject) names no image", at: "manifests", remedy: "save an image in it")
        }
        return references
    }

    /// The files of the images in a tar, in the order in which a registry takes them: blobs, then manifests, those first that
    /// others name.
    ///
    /// An archive that is both a layout and docker's (docker 25 and later) is read as a layout, which has the manifests
    /// themselves.
    ///
    /// - Parameter bytes: not compressed, since files are ranges of it.
    /// - Throws: for links, repeated names, files that are missing or of another size than is said, and for names that leave the
    ///   archive.
    package static func read(tar bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [ImageFile] {
        let members = try ImageMembers(bytes, within: budget)
        if members.has(index) || members.has(marker) { return try read(layout: members, of: bytes, within: budget) }
        return try ImageArchive.read(members, of: bytes, within: budget)
    }

    private static func read(layout members: ImageMembers, of bytes: Span<UInt8>, within budget: Budget) throws(Refusal)
        -> [ImageFile]
    {
        try check(marker: bytes.extracting(try members.range(of: marker)), within: budget)
        let index = try members.range(of: index)
        var walk = try ImageWalk(try references(of: bytes.extracting(index), within: budget))
        while let descriptor = walk.wanted {
            try walk.give(bytes.extracting(try members.range(of: path(of: descriptor.digest))), within: budget)
        }
        var files: [ImageFile] = []
        for step in try walk.steps() {
            let range = try members.range(of: path(of: step.descriptor.digest))
            try check(range.count, of: step.descriptor)
            files.append(
                ImageFile(digest: step.descriptor.digest, content: .range(range), image: step.image, tag: step.tag))
        }
        return files
    }
}
