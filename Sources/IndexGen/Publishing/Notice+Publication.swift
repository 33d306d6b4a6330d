internal import Formats

extension Notice {
    /// What the hooks of the settings are to be told of a publication; nil when none listens.
    init?(of publication: Publication, in repository: RepositoryRow?, upTo change: Int64, for settings: Settings) {
        let hooks = settings.hooks.filter { $0.matches(owner: repository?.owner ?? "", type: repository?.type ?? "") }
        if hooks.isEmpty { return nil }
        let puts = publication.puts.map(\.path)
        let removed = publication.removals + publication.record.expired
        let digestNamed = Set(
            publication.record.documents.flatMap(\.row.artifacts).filter(\.isDigestNamed).map(\.path))
        let mutable = puts.filter { !digestNamed.contains($0) } + removed
        self.init(
            hooks: hooks.map(\.name), repository: repository, upTo: change, written: puts + publication.digestNames.map(\.path),
            removed: removed,
            purge: mutable.flatMap { path in
                // Clients ask for the folder.
                Files.name(of: path) == "index.html" ? [path, String(path.dropLast("index.html".utf8.count))] : [path]
            }, baseURL: settings.baseURL)
    }
}
