extension Container {
    /// Manifests of one index that are read for its page.
    private static let mostPlatforms = 20
    /// Bytes of a file that is read for a page.
    private static let largestSource = 1 << 20

    /// The configuration of an image; the manifests of an index, and not what they name.
    package func portraitSources(of record: PackageRecord, at placement: Placement) -> [String] {
        guard record.portrait != nil, case .manifest(let facts)? = try? ContainerFacts(record.facts) else { return [] }
        let wanted =
            facts.kind.isIndex
            ? facts.requirements.filter { $0.path.hasPrefix("\(ContainerPath.manifests)/") }.prefix(Self.mostPlatforms)
            : facts.requirements.prefix(1)
        // An empty object says nothing.
        return wanted.filter { 2 < $0.size && $0.size <= Self.largestSource }.map { "\(record.name)/\($0.path)" }
    }

    /// Of manifests, in repositories with pages. What `inspect` made of the manifest alone, unless there is more to say.
    package func portrait(of record: PackageRecord, with sources: [String: [UInt8]]) -> Portrait? {
        guard record.portrait != nil, !sources.isEmpty,
            let bytes = record.fragments.first(where: { $0.slot == ContainerDocuments.manifest })?.bytes,
            let manifest = try? ContainerManifest(bytes.span, within: Budget())
        else { return record.portrait }
        func source(_ path: String) -> [UInt8]? { sources["\(record.name)/\(path)"] }
        let config = manifest.config.flatMap { source(ContainerPath.blob($0.digest)) }.flatMap(ContainerConfig.init)
        var children: [String: ContainerManifest] = [:]
        for descriptor in manifest.manifests.prefix(Self.mostPlatforms * 2) where children.count < Self.mostPlatforms {
            guard let kind = descriptor.kind, let bytes = source(ContainerPath.manifest(kind, descriptor.digest.text)),
                bytes.count <= Self.largestSource, let child = try? ContainerManifest(bytes.span, within: Budget())
            else { continue }
            children[descriptor.digest.text] = child
        }
        return ContainerPortrait(manifest, summary: record.summary, config: config, children: children).portrait
    }

    /// By the newest tag, and by digest; by digest alone where there is no tag. Nothing for blobs.
    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] {
        guard ContainerPath.kind(of: target.path) != nil else { return [] }
        let image = "\(Self.host(of: repository))/\(repository.owner)/\(target.name)"
        func pull(_ client: String, _ reference: String) -> String {
            "\(client) pull \(PageWords.shellWord(image + reference))"
        }
        let digest = (target.version.flatMap(ContainerDigest.parse) ?? ContainerPath.digest(in: target.path)).map {
            "@\($0.text)"
        }
        guard let tag = target.tags.first.map({ ":\($0)" }) else {
            return digest.map { [Installation("docker", [pull("docker", $0)]), Installation("podman", [pull("podman", $0)])] }
                ?? []
        }
        let byTag = [Installation("docker", [pull("docker", tag)]), Installation("podman", [pull("podman", tag)])]
        return byTag + (digest.map { [Installation("by digest", [pull("docker", $0)])] } ?? [])
    }

    /// Digits of a digest are no words: `ea` in one says nothing.
    package func isPrerelease(version: String) -> Bool { false }

    /// What its list of referrers says of each.
    package func attachments(ofVersion version: String, inPackage name: String) -> AttachmentSource? {
        guard ContainerDigest.parse(version) != nil else { return nil }
        return AttachmentSource(
            scope: ContainerDocuments.referrersScope(of: version, in: name), slot: ContainerDocuments.descriptor,
            section: ContainerAttachments.section)
    }

    /// All digests are alike: what came last is newest.
    package func orderKey(ofVersion version: String) -> [UInt8] { [] }

    /// `packages.example.org`, with its port: clients have no room for more in front of an image's name, and ask for all images
    /// below the same folder of the host (`siteBase`).
    private static func host(of repository: Repository) -> String {
        var rest = repository.baseURL[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        return String(rest.prefix { $0 != "/" })
    }
}
