internal import Formats
internal import HTTPTypes

extension Reception {
    /// Removes the file of a public path, or what a client's own address names.
    func remove(_ removal: Errand.Removal, _ visit: inout Visit) async throws -> Answer {
        let files = try await find(removal)
        let type = removal.ecosystem.profile.id
        // Who may not remove anything learns nothing of what there is.
        let targets = Set(files.flatMap { Target.removing($0, profile: removal.ecosystem.profile) })
        var actor: Actor?
        for target in targets.isEmpty
            ? [Target(owner: removal.owner, type: type, scope: "")] : targets.sorted(by: { $0.scope < $1.scope })
        {
            actor = try await authorize(.delete, target, &visit)
        }
        guard let actor, !files.isEmpty else {
            throw Answer.problem(
                .notFound, cause: "address", "there is no such file here; see: indexgen list \(removal.owner)/\(type)")
        }
        visit.sha256 = files.count == 1 ? files[0].sha256 : nil
        let catalog = catalog
        try await workers.run { try catalog.remove(files, actor: actor) }
        metrics.removed()
        try await publication.follow(isChange: true, waiting: visit.waits, until: gate)
        return removal.confirmation.map { Answer($0) } ?? .nothing
    }

    private func find(_ removal: Errand.Removal) async throws -> [FileRow] {
        let catalog = catalog
        let coordinates = removal.ecosystem.profile.coordinates.map(\.name)
        return try await workers.run {
            guard let row = try catalog.repositories(owner: removal.owner, type: removal.ecosystem.profile.id).first else {
                return []
            }
            return try catalog.snapshot { snapshot in
                let there = try snapshot.files(in: row, path: removal.path)
                guard there.isEmpty, let name = removal.captures["name"] else { return there }
                return try snapshot.files(in: row, name: name, version: removal.captures["version"]).filter { file in
                    (removal.captures["architecture"].map { $0 == file.architecture } ?? true)
                        && (coordinates.first.flatMap { removal.captures[$0] }.map { scope in
                            file.listed.contains { $0.scope == scope }
                        } ?? true)
                }
            }
        }
    }
}
