extension Helm {
    package var counterparts: (any Counterparts)? { ChartsInRegistry() }
}

/// Charts of the index as OCI artifacts, as `helm push` would have made them of the archive and its provenance file.
struct ChartsInRegistry: Counterparts {
    static let setting = RepositoryOption(
        "oci", .list,
        "Owners whose charts can be pulled as OCI artifacts, too, with helm pull oci://HOST/OWNER/NAME: [acme, \"team-*\"].",
        check: { OwnerPattern.fault(in: $0) })

    var type: String { Container.segment }
    var option: String { Self.setting.key }

    func parts(of version: OriginalVersion, in files: any OriginalFiles, within budget: Budget) throws -> [BundlePart] {
        guard let archive = version.paths.first(where: { !$0.hasSuffix(Self.ending) }) else { return [] }
        let beside = archive + Self.ending
        let provenance = try version.paths.contains(beside) ? files.withBytes(of: beside) { $0.copied() } : nil
        let made = try files.withBytes(of: archive) {
            try HelmImage.read(chart: $0, provenance: provenance, within: budget)
        }
        return made.map { file in
            let content: BundlePart.Content =
                switch file.content {
                case .range: .file(archive)
                case .bytes(let bytes): bytes == provenance ? .file(beside) : .bytes(bytes)
                }
            return BundlePart(
                filename: file.digest.text,
                coordinates: Coordinates([ContainerPlace.image: file.image ?? "", ContainerPlace.tag: file.tag]), content: content
            )
        }
    }

    /// All of it was made of the chart.
    func fault(in part: BundlePart, _ record: PackageRecord, of version: OriginalVersion) -> Refusal? { nil }

    private static let ending = ".prov"
}
