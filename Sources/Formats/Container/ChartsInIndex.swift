extension Container {
    package var counterparts: (any Counterparts)? { ChartsInIndex() }
}

/// Charts that were pushed as OCI artifacts, as they stand in Helm's index: the chart's layer is the archive, and the provenance layer the
/// file beside it.
struct ChartsInIndex: Counterparts {
    static let setting = RepositoryOption(
        "helm_index", .list,
        "Owners whose charts that were pushed as OCI artifacts stand in their index.yaml, too: [acme, \"team-*\"].",
        check: { OwnerPattern.fault(in: $0) })

    private static let provenanceEnding = ".tgz.prov"

    var type: String { Helm.segment }
    var option: String { Self.setting.key }

    func parts(of version: OriginalVersion, in files: any OriginalFiles, within budget: Budget) throws -> [BundlePart] {
        // What nobody can pull by name is not in an index either.
        let tags = Self.tags(of: version)
        guard let tag = tags.first, let path = version.paths.first, ContainerPath.kind(of: path) == .manifest else { return [] }
        let manifest = try files.withBytes(of: path) { try ContainerManifest($0, within: budget) }
        guard manifest.config?.mediaType == HelmImage.configType else { return [] }
        let chart = Self.name(of: version)
        func part(_ type: String, _ ending: String) throws -> BundlePart? {
            let layers = manifest.layers.filter { $0.mediaType == type }
            guard layers.count < 2 else {
                throw Refusal(
                    .ambiguous, "the artifact has \(layers.count) layers of the type \(type), and a chart has one", at: "layers",
                    remedy: "push the chart with helm push")
            }
            return layers.first.map {
                BundlePart(
                    filename: "\(chart)-\(tag)\(ending)", coordinates: Coordinates(),
                    content: .file("\(version.name)/\(ContainerPath.blob($0.digest))"))
            }
        }
        guard let archive = try part(HelmImage.chartType, ".tgz") else {
            throw Refusal(
                .malformed, "the artifact says that it is a chart, and has no layer of the type \(HelmImage.chartType)",
                at: "layers", remedy: "push the chart with helm push")
        }
        return [archive] + [try part(HelmImage.provenanceType, Self.provenanceEnding)].compactMap(\.self)
    }

    /// Clients find a chart in the registry by its name and its version, and nothing else may be under them in the index.
    func fault(in part: BundlePart, _ record: PackageRecord, of version: OriginalVersion) -> Refusal? {
        let name = Self.name(of: version)
        guard Helm.isProvenance(record) == part.filename.hasSuffix(Self.provenanceEnding) else {
            return Refusal(
                .ambiguous, "its layers are not what their types say: a chart, and its provenance", at: "layers",
                remedy: "push the chart with helm push")
        }
        guard record.name == name else {
            return Refusal(
                .ambiguous,
                "the chart says that it is called '\(ASCII.line(record.name))', and the image's name ends in '\(name)'",
                at: "Chart.yaml, name", remedy: "push the chart under its own name, as helm push does")
        }
        let tags = Self.tags(of: version)
        guard tags.contains(HelmImage.tag(ofVersion: record.version)) else {
            return Refusal(
                .ambiguous,
                "the chart says that it is version \(ASCII.line(record.version)), and its tags are \(tags.joined(separator: ", "))",
                at: "Chart.yaml, version", remedy: "push the chart under its own version, as helm push does")
        }
        return nil
    }

    /// Of the chart: the last part of the image's.
    private static func name(of version: OriginalVersion) -> String {
        version.name.split(separator: "/").last.map(String.init) ?? version.name
    }

    private static func tags(of version: OriginalVersion) -> [String] {
        version.annotations.all.filter { $0.kind == Container.tag }.map(\.key)
    }
}
