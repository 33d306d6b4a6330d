extension Container {
    package var bundles: (any Bundles)? { ContainerBundles() }
}

/// Images that come as files: an OCI layout in a folder or a tar, what `docker save` writes, and a chart as `helm package` makes it.
struct ContainerBundles: Bundles {
    private static let chart = "Chart.yaml"
    /// Bytes of `oci-layout`, which has some thirty.
    private static let markerLimit = 64 << 10

    var marker: String { ImageLayout.marker }

    /// A chart's provenance file.
    var suffix: String? { ".prov" }

    // MARK: Recognition

    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>, isAsked: Bool) -> BundleForm {
        // A file that is called by its digest is a blob.
        guard glimpse.container == .tar, ContainerDigest.parse(glimpse.filename) == nil else { return .none }
        if glimpse.codec == .none { return Self.isImage(bytes, isAsked: isAsked) ? .plain : .none }
        var isImage = false, isChart = false
        glimpse.look(into: bytes) { member in
            let parts = member.header.path.split(separator: "/")
            isImage = isImage || Self.isOfImage(parts) || member.header.path == ImageLayout.marker
            isChart = isChart || (parts.count == 2 && parts[1] == Self.chart)
            return isImage || isChart
        }
        if isImage { return .packed }
        return isChart && isAsked ? .plain : .none
    }

    /// The list of docker's images is often the last file, so all headers are looked at; nothing is unpacked for that.
    private static func isImage(_ bytes: Span<UInt8>, isAsked: Bool) -> Bool {
        var budget = Budget()
        budget.expandedBytes = bytes.count
        var reader = TarReader(.none, subject: ImageMembers.subject, within: budget)
        var hasList = false, hasFiles = isAsked
        while let member = try? reader.next(from: bytes) {
            if member.path == ImageLayout.marker { return true }
            hasList = hasList || member.path == ImageArchive.list
            hasFiles = hasFiles || isOfImage(member.path.split(separator: "/"))
            if hasList, hasFiles { return true }
        }
        return false
    }

    /// Whether a path is one that layouts and docker's archives have, and hardly anything else: a digest, or below `blobs`.
    private static func isOfImage(_ parts: [Substring]) -> Bool {
        guard let first = parts.first else { return false }
        if first == "blobs" { return parts.count < 2 || parts[1] == "sha256" || parts[1] == "sha512" }
        let digits = first.utf8.prefix { $0 != UInt8(ascii: ".") }
        return digits.count == 64 && digits.allSatisfy { ASCII.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0) }
    }

    // MARK: Parts

    func parts(of bytes: Span<UInt8>, with companion: [UInt8]?, at given: Coordinates, within budget: Budget) throws(Refusal)
        -> [BundlePart]
    {
        let files =
            Codec.recognise(bytes) == .none
            ? try ImageLayout.read(tar: bytes, within: budget)
            : try HelmImage.read(chart: bytes, provenance: companion, within: budget)
        var selection = Selection(files.map(Selection.File.init))
        for file in files where file.isManifest {
            selection.note(try Self.manifest(file, in: bytes, within: budget), of: file.digest.text)
        }
        return try selection.parts(image: given[ContainerPlace.image], tag: given[ContainerPlace.tag])
    }

    private static func manifest(_ file: ImageFile, in bytes: Span<UInt8>, within budget: Budget) throws(Refusal)
        -> ContainerManifest
    {
        switch file.content {
        case .range(let range): return try ContainerManifest(bytes.extracting(range), within: budget)
        case .bytes(let own): return try ContainerManifest(own.span, within: budget)
        }
    }

    func parts(of folder: any BundleFolder, at given: Coordinates, within budget: Budget) throws -> [BundlePart] {
        let marker = try folder.content(of: ImageLayout.marker, limit: Self.markerLimit)
        try ImageLayout.check(marker: marker.span, within: budget)
        let index = try folder.content(of: ImageLayout.index, limit: ContainerManifest.sizeLimit)
        var walk = try ImageWalk(try ImageLayout.references(of: index.span, within: budget))
        var manifests: [(digest: String, manifest: ContainerManifest)] = []
        while let descriptor = walk.wanted {
            let bytes = try folder.content(of: ImageLayout.path(of: descriptor.digest), limit: ContainerManifest.sizeLimit)
            try walk.give(bytes.span, within: budget)
            manifests.append((descriptor.digest.text, try ContainerManifest(bytes.span, within: budget)))
        }
        let steps = try walk.steps()
        for step in steps {
            let size = try folder.size(of: ImageLayout.path(of: step.descriptor.digest))
            try ImageLayout.check(size, of: step.descriptor)
        }
        var selection = Selection(
            steps.map { step in
                let path = ImageLayout.path(of: step.descriptor.digest)
                return Selection.File(digest: step.descriptor.digest.text, content: .file(path), image: step.image, tag: step.tag)
            })
        for (digest, manifest) in manifests { selection.note(manifest, of: digest) }
        return try selection.parts(image: given[ContainerPlace.image], tag: given[ContainerPlace.tag])
    }
}

/// Which of the images in a layout or an archive are meant, and what they are called.
private struct Selection {
    struct File {
        var digest: String
        var content: BundlePart.Content
        /// Nil where nobody says it.
        var image: String?
        /// A tag, or the digest of a manifest that has none; empty for a blob.
        var tag: String

        var isTagged: Bool { !tag.isEmpty && tag != digest }

        init(digest: String, content: BundlePart.Content, image: String?, tag: String) {
            self.digest = digest
            self.content = content
            self.image = image
            self.tag = tag
        }

        init(_ file: ImageFile) {
            switch file.content {
            case .range(let range): content = .range(range)
            case .bytes(let bytes): content = .bytes(bytes)
            }
            digest = file.digest.text
            image = file.image
            tag = file.tag
        }
    }

    private let files: [File]
    /// By a manifest's digest: those of what it requires.
    private var required: [String: [String]] = [:]

    init(_ files: [File]) { self.files = files }

    mutating func note(_ manifest: ContainerManifest, of digest: String) {
        required[digest] = manifest.required.map(\.digest.text)
    }

    private static func choose(_ what: String, among names: [String], remedy: String) -> Refusal {
        let shown = names.prefix(8).map { ASCII.line($0) }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        return Refusal(.placement, "\(what) (\(shown))", remedy: remedy)
    }

    /// - Parameters:
    ///   - image: nil or empty: as it is called there.
    ///   - tag: nil or empty: as they are called there.
    func parts(image: String?, tag: String?) throws(Refusal) -> [BundlePart] {
        let image = image.flatMap { $0.isEmpty ? nil : $0 }, tag = tag.flatMap { $0.isEmpty ? nil : $0 }
        var groups: [String?] = []
        for file in files where !groups.contains(file.image) { groups.append(file.image) }
        if let image, groups.contains(image) {
            groups = [image]
        } else if let tag, groups.count > 1 {
            groups = groups.filter { group in files.contains { $0.image == group && ($0.tag == tag || $0.digest == tag) } }
        }
        if groups.count > 1 || groups.isEmpty, image != nil || tag != nil {
            throw Self.choose(
                "it has several images, and none of them is called so", among: names,
                remedy: "name one of them with --image and --tag")
        }
        var parts: [BundlePart] = []
        for group in groups {
            guard let name = image ?? group else {
                throw Refusal(.placement, "it does not say what the image is called", remedy: "say --image NAME --tag TAG")
            }
            parts += try self.parts(of: files.filter { $0.image == group }, called: name, tag: tag)
        }
        return parts
    }

    /// What people would call the images.
    private var names: [String] {
        files.filter(\.isTagged).map { file in file.image.map { "\($0):\(file.tag)" } ?? file.tag }
    }

    private func parts(of files: [File], called name: String, tag: String?) throws(Refusal) -> [BundlePart] {
        guard let tag else {
            guard files.contains(where: \.isTagged) else {
                throw Refusal(.placement, "it does not say which tag \(name) has", remedy: "say --tag TAG")
            }
            return files.map { part(of: $0, called: name, tag: $0.tag) }
        }
        let root = try root(of: files, tag: tag)
        let wanted = closure(of: root)
        var seen: Set<String> = []
        return files.filter { wanted.contains($0.digest) && seen.insert($0.digest).inserted }.map { file in
            // Those that it requires are called by their digests, whatever else they are there.
            var part = part(of: file, called: name, tag: file.digest == root ? tag : file.tag.isEmpty ? "" : file.digest)
            if file.digest == root, tag == root { part.title = "\(name)@\(tag)" }
            return part
        }
    }

    /// The digest of the one manifest that a tag is to stand for: the one that has it, or the only one that nothing else names.
    private func root(of files: [File], tag: String) throws(Refusal) -> String {
        if let file = files.first(where: { !$0.tag.isEmpty && ($0.tag == tag || $0.digest == tag) }) { return file.digest }
        var named: Set<String> = []
        for file in files { named.formUnion(required[file.digest] ?? []) }
        var roots: [File] = []
        for file in files where !file.tag.isEmpty && (file.isTagged || !named.contains(file.digest)) {
            if !roots.contains(where: { $0.digest == file.digest }) { roots.append(file) }
        }
        guard roots.count == 1 else {
            throw Self.choose(
                "it has several manifests, and none of them has the tag \(ASCII.line(tag))", among: roots.map(\.tag),
                remedy: "name one of these with --tag, or save one image alone")
        }
        return roots[0].digest
    }

    private func closure(of root: String) -> Set<String> {
        var found: Set<String> = [], open = [root]
        while let digest = open.popLast() {
            if found.insert(digest).inserted { open += required[digest] ?? [] }
        }
        return found
    }

    private func part(of file: File, called name: String, tag: String) -> BundlePart {
        BundlePart(
            filename: file.digest, coordinates: Coordinates([ContainerPlace.image: name, ContainerPlace.tag: tag]),
            content: file.content, title: tag.isEmpty || tag == file.digest ? nil : "\(name):\(tag)")
    }
}
