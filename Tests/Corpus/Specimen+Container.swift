extension Specimen {
    /// Manifests that need no blobs, and are about others: so each is in a document, by its digest.
    static let container: Specimen = {
        var container = Specimen(type: "container") { seed, names in ContainerCorpus(seed: seed, subjects: names) }
        container.names = 4
        container.hasDocumentPerName = true
        container.hasCompressedDocuments = false
        container.hasSmallDocuments = true
        container.mention = .digest
        container.isNamedByContent = true
        container.home = ["image": "app", "tag": "1.0"]
        container.destinations = [
            ["image": "app", "tag": "1.0"], ["image": "team/app", "tag": "latest"],
            ["image": "tools.x/a__b", "tag": "v1.0-rc.1"],
        ]
        container.coordinates = { path in
            let folders = path.split(separator: "/").suffix(3).dropLast().map(String.init)
            guard folders.count == 2, let image = folders.first, let tag = folders.last else { return [:] }
            return ["image": image, "tag": tag]
        }
        container.isRoot = { $0.hasSuffix("/tags/list") }
        container.isList = { $0 == "_catalog" }
        return container
    }()
}
