/// The addresses of a registry (OCI Distribution Specification 1.1, "Endpoints"), below `OWNER/container/`; clients have
/// `v2/OWNER/` in place of that.
enum ContainerRoutes {
    static let base = "v2"

    static let uploads: PathPattern = "{image+}/blobs/uploads"
    static let upload: PathPattern = "{image+}/blobs/uploads/{session}"
    static let publication: PathPattern = "{image+}/manifests/{tag}"
    /// By digest, which has a colon as no tag does.
    static let removal: PathPattern = "{name+}/manifests/{version::}"
    static let untagging: PathPattern = "{name+}/manifests/{key}"
    static let manifest: PathPattern = "{name+}/manifests/{filename}"
    static let blob: PathPattern = "{name+}/blobs/{filename}"
    static let tags: PathPattern = "{name+}/tags/list"
    static let referrers: PathPattern = "{name+}/referrers/{filename}"

    static let entrance: PathPattern = ""
    static let ticket: PathPattern = "token"
    static let catalog: PathPattern = "_catalog"

    static let artifactType = "artifactType"
    static let pageSize = "n"
    static let pageStart = "last"

    static let all = [
        Route([.post], path: uploads, .session(.open), parameters: ["digest", "mount", "from"]),
        Route([.patch], path: upload, .session(.append)),
        Route([.put], path: upload, .session(.finish), parameters: ["digest"]),
        Route([.get], path: upload, .session(.status)),
        Route([.delete], path: upload, .session(.cancel)),
        // Clients pull by the tag as soon as they are answered.
        Route([.put], path: publication, .publish(.file), waits: true),
        Route([.delete], path: removal, .remove(confirmation: ContainerDialect.accepted), waits: true),
        Route(
            [.delete], path: untagging, .mark(Container.tag, isSet: false, confirmation: ContainerDialect.accepted), waits: true),
        Route([.delete], path: blob, .remove(confirmation: ContainerDialect.accepted), waits: true),
        Route([.get], path: manifest, .ask(.file(markedBy: Container.tag)), turn: .withoutFile),
        Route([.get], path: blob, .ask(.file()), turn: .withoutFile),
        Route([.get], path: tags, .ask(.keys(ofMarks: Container.tag)), parameters: [pageSize, pageStart], turn: .withParameters),
        Route(
            [.get], path: referrers, .ask(.entries(ContainerDocuments.descriptor, ofScope: "{name}@{filename}")),
            parameters: [artifactType], turn: .withParameters),
    ]

    static let ofSite = [
        Route([.get], path: entrance, .ask(.entrance)),
        Route([.get], path: ticket, .ask(.ticket), parameters: ["service", "scope", "account"]),
        Route([.get], path: catalog, .ask(.names), parameters: [pageSize, pageStart]),
    ]
}
