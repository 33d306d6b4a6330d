/// The files of images that lie in an OCI layout (OCI Image Specification 1.1, `image-layout.md`), in the order in which a
/// registry takes them: found by reading manifest after manifest, from those that `index.json` names on.
///
/// Pure: whoever walks looks up the content of `wanted` and gives it, until there is none.
///
///     var walk = ImageWalk(try ImageLayout.references(of: index, within: budget))
///     while let descriptor = walk.wanted { try walk.give(bytes(of: descriptor), within: budget) }
///     for step in try walk.steps() { … }
package struct ImageWalk: Sendable {
    /// Something to publish.
    package struct Step: Equatable, Sendable {
        package var descriptor: ContainerDescriptor
        /// What the layout calls the image; nil where it does not say it.
        package var image: String?
        /// A tag, or the digest of a manifest that has none; empty for a blob.
        package var tag: String
    }

    private let references: [ImageReference]
    private var queue: [ContainerDescriptor] = []
    private var next = 0
    /// By digest.
    private var manifests: [String: ContainerManifest] = [:]
    private var sizes: [String: Int] = [:]

    /// How deep indexes may name indexes. Two are an index of multi-platform images; nobody has seen four.
    package static let depthLimit = 8
    /// Manifests in one layout: each may have 4 MiB.
    package static let countLimit = 100_000

    package init(_ references: [ImageReference]) throws(Refusal) {
        self.references = references
        for reference in references { try ask(for: reference.descriptor) }
    }

    /// The manifest whose content is needed next; nil where all have been given.
    package var wanted: ContainerDescriptor? { next < queue.count ? queue[next] : nil }

    /// Takes the content of `wanted`, a blob of the layout.
    ///
    /// - Throws: for content of another size, digest or kind, and for a manifest that cannot be published.
    package mutating func give(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        guard let descriptor = wanted, let kind = descriptor.kind else {
            preconditionFailure("nothing is given that was not asked for")
        }
        let place = ImageLayout.path(of: descriptor.digest)
        guard bytes.count == descriptor.size else {
            throw ImageLayout.wrongSize(bytes.count, of: descriptor)
        }
        guard
            bytes.count > ContainerManifest.sizeLimit
                || ContainerDigest.of(bytes, by: descriptor.digest.algorithm) == descriptor.digest
        else {
            throw Refusal(.ambiguous, "its content has another digest than its name", at: place, remedy: ImageLayout.remedy)
        }
        let manifest: ContainerManifest
        do { manifest = try ContainerManifest(bytes, within: budget) } catch { throw error.inside(place) }
        guard manifest.kind == kind else {
            throw Refusal(
                .ambiguous, "it is named as \(kind.mediaType), and is \(manifest.kind.mediaType)", at: place,
                remedy: ImageLayout.remedy)
        }
        manifests[descriptor.digest.text] = manifest
        next += 1
        for child in manifest.manifests where child.isManifest { try ask(for: child) }
    }

    private mutating func ask(for descriptor: ContainerDescriptor) throws(Refusal) {
        let digest = descriptor.digest.text
        if let size = sizes.updateValue(descriptor.size, forKey: digest) {
            guard size == descriptor.size else {
                throw Refusal(.ambiguous, "the layout says two sizes of one content", at: digest, remedy: ImageLayout.remedy)
            }
            return
        }
        guard queue.count < Self.countLimit else {
            throw Refusal(
                .limit, "the layout has more than \(Self.countLimit) manifests", at: "index.json", remedy: "split it")
        }
        queue.append(descriptor)
    }

    /// All files, for each image that is named blobs before manifests, and manifests before those that name them. To be asked
    /// when nothing is wanted any more.
    ///
    /// - Throws: `.limit` for indexes in indexes beyond `depthLimit`.
    package func steps() throws(Refusal) -> [Step] {
        precondition(wanted == nil, "a walk ends before its steps are counted")
        var images: [String?] = []
        for reference in references where !images.contains(reference.image) { images.append(reference.image) }
        var depths: [String: Int] = [:]
        for reference in references {
            let depth = try depth(of: reference.descriptor, below: 0, known: &depths)
            guard depth <= Self.depthLimit else { throw Self.tooDeep(reference.descriptor) }
        }
        return images.flatMap { steps(of: $0) }
    }

    /// How many indexes are on the longest way down, with this one.
    private func depth(
        of descriptor: ContainerDescriptor, below level: Int, known: inout [String: Int]
    ) throws(Refusal) -> Int {
        guard level <= Self.depthLimit else { throw Self.tooDeep(descriptor) }
        let digest = descriptor.digest.text
        if let depth = known[digest] { return depth }
        var deepest = 0
        for child in manifests[digest]?.manifests ?? [] where child.isManifest {
            deepest = max(deepest, try depth(of: child, below: level + 1, known: &known))
        }
        let depth = deepest + (descriptor.kind?.isIndex == true ? 1 : 0)
        known[digest] = depth
        return depth
    }

    private static func tooDeep(_ descriptor: ContainerDescriptor) -> Refusal {
        Refusal(
            .limit, "indexes name indexes more than \(depthLimit) deep", at: ImageLayout.path(of: descriptor.digest),
            remedy: "name the images themselves")
    }

    /// A manifest comes in by each of its tags and, where it has none, by its digest.
    private func steps(of image: String?) -> [Step] {
        let named = references.filter { $0.image == image }
        var tags: [String: [String]] = [:]
        for reference in named {
            guard let tag = reference.tag, tags[reference.descriptor.digest.text]?.contains(tag) != true else { continue }
            tags[reference.descriptor.digest.text, default: []].append(tag)
        }
        var blobs: [Step] = [], others: [Step] = []
        var seenBlobs: Set<String> = [], seen: Set<String> = []
        func visit(_ descriptor: ContainerDescriptor) {
            let digest = descriptor.digest.text
            guard let manifest = manifests[digest], seen.insert(digest).inserted else { return }
            for child in manifest.required {
                if child.isManifest {
                    visit(child)
                } else if seenBlobs.insert(child.digest.text).inserted {
                    blobs.append(Step(descriptor: child, image: image, tag: ""))
                }
            }
            for tag in tags[digest] ?? [digest] { others.append(Step(descriptor: descriptor, image: image, tag: tag)) }
        }
        for reference in named { visit(reference.descriptor) }
        return blobs + others
    }
}
