#if Serve
internal import Formats
internal import HTTPTypes

extension Reception {
    /// Removes the file of a public path, or what a client's own address names.
    func remove(_ removal: Errand.Removal, _ visit: inout Visit) async throws -> Answer {
        let profile = removal.ecosystem.profile
        var removal = removal
        removal.owner = try await spelling(of: removal.owner).of(profile.id)
        let files = try await find(removal)
        // Who may not remove anything learns nothing of what there is.
        var targets = Set(files.flatMap { Target.removing($0, profile: profile) })
        if removal.address.isByName || targets.isEmpty { targets.insert(removal.target) }
        var actor: Actor?
        for target in targets.sorted(by: { $0.scope < $1.scope }) {
            actor = try await authorize(.delete, target, &visit)
        }
        guard let actor, !files.isEmpty else {
            throw Answer.problem(
                .notFound, cause: "address", "there is no such file here; see: indexgen list \(removal.owner)/\(profile.id)")
        }
        visit.sha256 = files.count == 1 ? files[0].sha256 : nil
        let catalog = catalog
        try await workers.run { try catalog.remove(files, actor: actor) }
        metrics.removed()
        try await publication.follow(
            RepositoryRow.path(owner: removal.owner, segment: profile.segment), isChange: true, waiting: visit.waits, until: gate)
        return removal.address.confirmation.map { Answer($0) } ?? .nothing
    }

    private func find(_ removal: Errand.Removal) async throws -> [FileRow] {
        let catalog = catalog
        return try await workers.run {
            guard let row = try catalog.repositories(owner: removal.owner, type: removal.ecosystem.profile.id).first else {
                return []
            }
            return try catalog.snapshot { try removal.address.files(in: row, $0) }
        }
    }
}

extension Errand.Removal {
    /// What is to be changed, as far as the address alone tells.
    var target: Target {
        Target(
            owner: owner, type: ecosystem.profile.id,
            scope: ecosystem.profile.coordinates.first.flatMap { address.coordinates[$0.name] } ?? "")
    }
}
#endif
