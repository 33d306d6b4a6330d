#if Serve
internal import Formats
internal import HTTPTypes

extension Reception {
    /// Sets or takes back a mark of a package or of one of its versions. Who may publish it may do that: nothing is lost by it.
    func mark(_ marking: Errand.Marking, _ visit: inout Visit) async throws -> Answer {
        let profile = marking.ecosystem.profile
        var marking = marking
        marking.owner = try await spelling(of: marking.owner).of(profile.id)
        let (name, version) = (marking.name, marking.version)
        let files = try await files(of: marking.owner, profile) { try $1.files(in: $0, name: name, version: version) }
        let place = Target(owner: marking.owner, type: profile.id, scope: "")
        let actor = try await authorize(.upload, files, of: profile, alsoAt: files.isEmpty ? place : nil, &visit)
        guard !files.isEmpty else {
            let what = [name, version].compactMap(\.self).joined(separator: " ")
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
}
#endif
