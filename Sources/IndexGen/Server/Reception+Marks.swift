#if Serve
internal import Formats
internal import HTTPTypes

extension Reception {
    /// Sets or takes back a mark of a package or of one of its versions. Who may publish it may do that: nothing is lost by it.
    func mark(_ marking: Errand.Marking, _ visit: inout Visit) async throws -> Answer {
        let profile = marking.ecosystem.profile
        var marking = marking
        marking.owner = try await spelling(of: marking.owner).of(profile.id)
        let files = try await find(marking)
        // Who may not change anything learns nothing of what there is.
        var targets = Set(files.flatMap { Target.removing($0, profile: profile) })
        if targets.isEmpty { targets.insert(Target(owner: marking.owner, type: profile.id, scope: "")) }
        var actor: Actor?
        for target in targets.sorted(by: { $0.scope < $1.scope }) {
            actor = try await authorize(.upload, target, &visit)
        }
        guard let actor, !files.isEmpty else {
            let what = [marking.name, marking.version].compactMap(\.self).joined(separator: " ")
            throw Answer.problem(
                .notFound, cause: "address",
                "there is no \(what) in \(marking.owner)/\(profile.id); see: indexgen list \(marking.owner)/\(profile.id)")
        }
        visit.sha256 = files.count == 1 ? files[0].sha256 : nil
        let (catalog, site) = (catalog, site)
        let marked = try await workers.run { [marking] in
            try catalog.mark(
                files, MarkChange(kind: marking.kind, value: marking.isSet ? "" : nil), actor: actor,
                render: site.rendering(marking.ecosystem))
        }
        try await publication.follow(
            RepositoryRow.path(owner: marking.owner, segment: profile.segment), isChange: !marked.isEmpty,
            waiting: visit.waits || marking.waits, until: gate)
        return marking.confirmation.map { Answer($0) } ?? .nothing
    }

    private func find(_ marking: Errand.Marking) async throws -> [FileRow] {
        let catalog = catalog
        return try await workers.run {
            guard let row = try catalog.repositories(owner: marking.owner, type: marking.ecosystem.profile.id).first else {
                return []
            }
            return try catalog.snapshot { try $0.files(in: row, name: marking.name, version: marking.version) }
        }
    }
}
#endif
