/// What the page of an image tells people of a manifest: of the image that it is, of the platforms of an index, or of what an artifact is
/// and what it is about. More, where the configuration is at hand, and the manifests of the platforms.
struct ContainerPortrait {
    private let manifest: ContainerManifest
    /// What lists show of it.
    private let summary: String
    private let config: ContainerConfig?
    /// Of an index, by their digests.
    private let children: [String: ContainerManifest]
    private let artifact: String?

    /// Rows of one table.
    private static let most = 100

    init(
        _ manifest: ContainerManifest, summary: String, config: ContainerConfig? = nil,
        children: [String: ContainerManifest] = [:]
    ) {
        self.manifest = manifest
        self.summary = summary
        self.config = config
        self.children = children
        artifact = ContainerArtifact.name(of: manifest)
    }

    var portrait: Portrait {
        let words = ContainerWords(manifest, config)
        var sketch = PortraitSketch()
        sketch.fact("Artifact", artifact)
        sketch.fact("Attached to", manifest.subject?.digest.text)
        if artifact == nil { describeImage(in: &sketch) }
        sketch.fact("Media type", mediaType)
        if artifact == ContainerArtifact.chart, let config {
            let chart = ContainerChart(config.value)
            chart.describe(in: &sketch, besides: summary)
        } else {
            words.describe(in: &sketch, besides: summary)
        }
        if artifact == nil, let config { describe(config, in: &sketch) }
        addPlatforms(to: &sketch)
        addLayers(to: &sketch)
        if artifact == nil, let config {
            sketch.table("environment", "Environment", [.init("Variable")], Self.bounded(config.variables) { [cell($0)] })
        }
        sketch.table(
            "labels", "Labels", [.init("Label"), .init("Value")], Self.bounded(words.others) { [cell($0.name), cell($0.text)] })
        return sketch.portrait
    }

    // MARK: Facts

    private var mediaType: String {
        switch manifest.kind {
        case .manifest: "OCI manifest"
        case .index: "OCI index"
        case .docker: "Docker manifest, schema 2"
        case .dockerList: "Docker manifest list"
        }
    }

    private func describeImage(in sketch: inout PortraitSketch) {
        if manifest.kind.isIndex {
            sketch.fact("Platforms", String(manifest.manifests.count { !Self.isAttestation($0) }))
        } else {
            sketch.fact("Platform", config?.platform)
            let count = manifest.layers.count
            sketch.fact("Layers", count == 0 ? nil : "\(PageWords.count(Int64(count))), \(Self.size(of: manifest))")
        }
    }

    private func describe(_ config: ContainerConfig, in sketch: inout PortraitSketch) {
        sketch.fact("User", config.text("User"))
        sketch.fact("Ports", Self.list(config.names("ExposedPorts").map { $0.hasSuffix("/tcp") ? String($0.dropLast(4)) : $0 }))
        sketch.fact("Working folder", config.text("WorkingDir"))
        sketch.fact("Entrypoint", config.command("Entrypoint"))
        sketch.fact("Command", config.command("Cmd"))
        sketch.fact("Volumes", Self.list(config.names("Volumes")))
    }

    private static func list(_ names: [String]) -> String { names.prefix(most).joined(separator: ", ") }

    /// What is pulled: the configuration and the layers.
    private static func size(of manifest: ContainerManifest) -> String {
        // Each is below 2^53, and the sum is kept there.
        let bytes = manifest.named.reduce(0) { min($0 + $1.size, ContainerDescriptor.sizeLimit) }
        return PageWords.size(Int64(bytes))
    }

    // MARK: Platforms

    private static func isAttestation(_ descriptor: ContainerDescriptor) -> Bool {
        descriptor.platform == ContainerPlatform.none
            || descriptor.annotation("vnd.docker.reference.type") == "attestation-manifest"
    }

    private func platform(of descriptor: ContainerDescriptor, at position: Int) -> String {
        guard Self.isAttestation(descriptor) else { return descriptor.platform ?? "manifest \(position + 1)" }
        let digest = descriptor.annotation("vnd.docker.reference.digest")
        let about = manifest.manifests.first { $0.digest.text == digest }?.platform
        return about.map { "attestation of \($0)" } ?? "attestation"
    }

    /// One of an index is listed with its digest; layers and sizes where one of their manifests is at hand.
    private func addPlatforms(to sketch: inout PortraitSketch) {
        guard manifest.kind.isIndex else { return }
        let isCounted = !children.isEmpty
        let numbers = isCounted ? [Portrait.Table.Heading("Layers", isNumber: true), .init("Size", isNumber: true)] : []
        sketch.table(
            "platforms", "Platforms", [.init("Platform")] + numbers,
            Self.bounded(Array(manifest.manifests.enumerated())) { position, descriptor in
                let name = cell(platform(of: descriptor, at: position), note: descriptor.digest.text)
                guard isCounted else { return [name] }
                guard let child = children[descriptor.digest.text], !child.kind.isIndex else {
                    return [name, cell(Self.nothing), cell(Self.nothing)]
                }
                return [name, cell(PageWords.count(Int64(child.layers.count))), cell(Self.size(of: child))]
            })
    }

    /// What stands for a number where there is none.
    private static let nothing = "–"

    // MARK: Layers

    /// Of an image by the steps that made them, where its configuration says these; of an artifact by their media types.
    private func addLayers(to sketch: inout PortraitSketch) {
        if manifest.kind.isIndex {
            // Of the first image of an index, as an example of all.
            guard let first = manifest.manifests.first(where: { !Self.isAttestation($0) }),
                let child = children[first.digest.text], ContainerArtifact.name(of: child) == nil
            else { return }
            let name = platform(of: first, at: 0)
            return addLayers(of: child, titled: "Layers of \(name)", to: &sketch)
        }
        guard artifact != nil else {
            if let steps = config?.steps(for: manifest.layers.count) { return add(steps, to: &sketch) }
            return addLayers(of: manifest, titled: "Layers", to: &sketch)
        }
        sketch.table(
            "layers", "Content", [.init("Name"), .init("Media type"), .init("Size", isNumber: true)],
            Self.bounded(Array(manifest.layers.enumerated())) { position, layer in
                [
                    cell(Self.title(of: layer) ?? "Part \(position + 1)", note: layer.digest.text), cell(layer.mediaType),
                    cell(PageWords.size(Int64(layer.size))),
                ]
            })
    }

    private static func title(of layer: ContainerDescriptor) -> String? {
        layer.annotation("org.opencontainers.image.title").flatMap { $0.isEmpty ? nil : $0 }
    }

    private func addLayers(of image: ContainerManifest, titled title: String, to sketch: inout PortraitSketch) {
        sketch.table(
            "layers", title, [.init("Layer"), .init("Size", isNumber: true)],
            Self.bounded(Array(image.layers.enumerated())) { position, layer in
                [
                    cell(Self.title(of: layer) ?? "Layer \(position + 1)", note: layer.digest.text),
                    cell(PageWords.size(Int64(layer.size))),
                ]
            })
    }

    private func add(_ steps: [ContainerConfig.Step], to sketch: inout PortraitSketch) {
        var layers = manifest.layers[...]
        var number = 0
        let rows = steps.map { step -> (String, ContainerDescriptor?) in
            guard !step.isEmpty, let layer = layers.popFirst() else { return (step.text, nil) }
            number += 1
            return (step.text.isEmpty ? "Layer \(number)" : step.text, layer)
        }.filter { !$0.0.isEmpty }
        sketch.table(
            "layers", "Layers", [.init("Step"), .init("Size", isNumber: true)],
            Self.bounded(rows) { text, layer in
                [
                    cell(text, note: layer?.digest.text ?? ""),
                    cell(layer.map { PageWords.size(Int64($0.size)) } ?? Self.nothing),
                ]
            })
    }

    // MARK: Cells

    private func cell(_ text: String, note: String = "") -> Portrait.Table.Cell {
        .init(PortraitSketch.cut(text, to: PortraitSketch.factBytes), note: note)
    }

    /// The first of them, and a row that says how many more there are.
    private static func bounded<Item>(
        _ items: [Item], _ row: (Item) -> [Portrait.Table.Cell]
    ) -> [[Portrait.Table.Cell]] {
        var rows = items.prefix(most).map(row)
        guard items.count > most, let width = rows.first?.count else { return rows }
        rows.append(
            [.init("… and \(PageWords.count(Int64(items.count - most))) more")]
                + [Portrait.Table.Cell](repeating: .init(""), count: width - 1))
        return rows
    }
}
