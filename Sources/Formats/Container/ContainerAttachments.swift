/// What is attached to a manifest: signatures, bills of materials, attestations.
enum ContainerAttachments {
    /// Of each what it is, its digest, and the size of its manifest.
    ///
    /// - Parameter descriptors: as the list of referrers has them (`ContainerDocuments.referrer`).
    @Sendable static func section(of descriptors: [[UInt8]]) -> Portrait.Section? {
        let rows = descriptors.compactMap { bytes -> [Portrait.Table.Cell]? in
            guard let value = try? JSONReader.read(bytes.span, of: "the descriptor", within: Budget()),
                let digest = value["digest"]?.string
            else { return nil }
            let type = value["artifactType"]?.string ?? ""
            let what = ContainerArtifact.name(ofType: type) ?? (type.isEmpty ? "attachment" : type)
            let size = value["size"]?.integer.map { PageWords.size(Int64($0)) } ?? "–"
            return [.init(PortraitSketch.cut(what, to: PortraitSketch.factBytes), note: digest), .init(size)]
        }
        guard !rows.isEmpty else { return nil }
        return Portrait.Section(
            id: "attached", title: "Signatures and attachments",
            .table(.init([.init("What"), .init("Size", isNumber: true)], rows)))
    }
}
