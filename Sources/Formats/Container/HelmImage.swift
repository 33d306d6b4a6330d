/// A chart as an OCI artifact: what `helm push` makes of a chart's archive (helm 3.8 and later; `pkg/registry` of 3.17 and 4.1).
///
/// The configuration is the chart's metadata in the order of helm's own fields, the layers are the archive and its provenance
/// file, and annotations say what the metadata does. Only `org.opencontainers.image.created`, the moment of the push, is left
/// out: the same chart has the same digest each time.
package enum HelmImage {
    package static let configType = "application/vnd.cncf.helm.config.v1+json"
    package static let chartType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    package static let provenanceType = "application/vnd.cncf.helm.chart.provenance.v1.prov"

    /// The files of a chart, in the order in which a registry takes them. The image is called like the chart, and its tag is the
    /// version with `_` for each `+`, which tags cannot have.
    ///
    /// - Parameters:
    ///   - chart: the archive; its layer is the whole of it.
    ///   - provenance: its `.prov` file; nil where it has none.
    /// - Throws: as the readers of both; `.placement` for a name or a version that no registry has, `.ambiguous` for the
    ///   provenance of another archive.
    package static func read(
        chart bytes: Span<UInt8>, provenance: [UInt8]? = nil, within budget: Budget
    ) throws(Refusal) -> [ImageFile] {
        let chart = try HelmArchive.chart(in: bytes, within: budget).chart
        try ContainerName.check(chart.name, of: "")
        let tag = tag(ofVersion: chart.version)
        guard ContainerName.isTag(tag) else {
            throw Refusal(
                .placement, "the version '\(ASCII.line(chart.version))' makes no tag: \(ContainerName.rule)",
                at: ContainerName.tagPlace,
                remedy: "give the chart a shorter version")
        }
        let digest = ContainerDigest.of(bytes)
        var config: [UInt8] = []
        YAMLWriter.appendJSON(.mapping(inFieldOrder(chart.members)), to: &config)
        var layers = [Layer(type: chartType, digest: digest, size: bytes.count, content: .range(0..<bytes.count))]
        if let provenance {
            let claims = try HelmProvenance(provenance.span, within: budget)
            guard claims.sha256 == digest.bytes else {
                throw Refusal(
                    .ambiguous, "the provenance file is about an archive with another digest", at: "files",
                    remedy: "sign the chart again with helm package --sign")
            }
            layers.append(Layer(type: provenanceType, provenance))
        }
        let base = Layer(type: configType, config)
        let manifest = manifest(base, layers, annotations(of: chart))
        return ([base] + layers).map { ImageFile(digest: $0.digest, content: $0.content, image: chart.name, tag: "") }
            + [ImageFile(digest: ContainerDigest.of(manifest.span), content: .bytes(manifest), image: chart.name, tag: tag)]
    }

    /// As helm writes it (`pkg/registry` of 3.8 and later).
    static func tag(ofVersion version: String) -> String { version.replacing("+", with: "_") }

    private struct Layer {
        var type: String
        var digest: PieceDigest
        var size: Int
        var content: ImageFile.Content

        init(type: String, digest: PieceDigest, size: Int, content: ImageFile.Content) {
            self.type = type
            self.digest = digest
            self.size = size
            self.content = content
        }

        init(type: String, _ bytes: [UInt8]) {
            self.init(type: type, digest: ContainerDigest.of(bytes.span), size: bytes.count, content: .bytes(bytes))
        }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.member("mediaType", type)
            json.member("digest", digest.text)
            json.member("size", size)
            json.endObject()
        }
    }

    private static func manifest(_ config: Layer, _ layers: [Layer], _ annotations: [(String, String)]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("schemaVersion", 2)
        json.member("mediaType", ContainerKind.manifest.mediaType)
        json.key("config")
        config.write(to: &json)
        json.key("layers")
        json.beginArray()
        for layer in layers { layer.write(to: &json) }
        json.endArray()
        json.key("annotations")
        json.beginObject()
        for (name, text) in annotations { json.member(name, text) }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    /// The fields of helm's `chart.Metadata` in the order in which it has them, and Go writes them.
    private static let fields = [
        "name", "home", "sources", "version", "description", "keywords", "maintainers", "icon", "apiVersion", "condition", "tags",
        "appVersion", "deprecated", "annotations", "kubeVersion", "dependencies", "type",
    ]
    private static let fieldsOfOthers = [
        "maintainers": ["name", "email", "url"],
        "dependencies": ["name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias"],
    ]

    private static func inFieldOrder(_ members: [YAMLMember]) -> [YAMLMember] {
        sorted(members, by: fields).map { member in
            guard let order = fieldsOfOthers[member.key], case .sequence(let items) = member.value else { return member }
            let ordered = items.map { item -> YAMLNode in
                if case .mapping(let members) = item { .mapping(sorted(members, by: order)) } else { item }
            }
            return YAMLMember(member.key, .sequence(ordered))
        }
    }

    private static func sorted(_ members: [YAMLMember], by order: [String]) -> [YAMLMember] {
        order.compactMap { name in members.first { $0.key == name } }
    }

    /// In the byte order of their names. The chart's own stand besides those that come of its other metadata, and in the place of
    /// all but the title and the version.
    private static func annotations(of chart: HelmChart) -> [(String, String)] {
        let prefix = "org.opencontainers.image."
        var texts: [String: String] = [:]
        func set(_ name: String, _ text: String?) {
            if let text, !text.isEmpty { texts[prefix + name] = text }
        }
        set("description", chart.description)
        set("url", chart.home)
        set("source", chart.sources.first)
        set(
            "authors",
            chart.maintainers.filter { !$0.name.isEmpty }
                .map { $0.email.isEmpty ? $0.name : "\($0.name) (\($0.email))" }.joined(separator: ", "))
        for member in chart.annotations {
            if case .text(let text) = member.value { texts[member.key] = text }
        }
        set("title", chart.name)
        set("version", chart.version)
        return texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }
}
