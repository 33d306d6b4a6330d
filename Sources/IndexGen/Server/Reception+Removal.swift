#if Serve
internal import Formats
internal import HTTPTypes

extension Reception {
    /// Removes the file of a public path, or what a client's own address names.
    func remove(_ removal: Errand.Removal, _ visit: inout Visit) async throws -> Answer {
        let profile = removal.ecosystem.profile
        var removal = removal
        removal.owner = try await spelling(of: removal.owner).of(profile.id)
        let address = removal.address
        let files = try await files(of: removal.owner, profile) { try address.files(in: $0, $1) }
        let author = try await authorize(
            .delete, files, of: removal.ecosystem, alsoAt: address.isByName || files.isEmpty ? removal.target : nil, &visit)
        guard !files.isEmpty else {
            throw Answer.problem(
                .notFound, cause: "address", "there is no such file here; see: indexgen list \(removal.owner)/\(profile.id)")
        }
        visit.sha256 = files.count == 1 ? files[0].sha256 : nil
        let catalog = catalog
        do {
            try await workers.run { try catalog.remove(files, author: author) }
        } catch let refusal as Refusal {
            return .of(.refused(refusal), for: removal.ecosystem, at: visit.asked)
        }
        metrics.removed()
        try await publication.follow(
            RepositoryRow.path(owner: removal.owner, segment: profile.segment), isChange: true,
            waiting: visit.waits || address.waits, until: gate)
        return removal.address.confirmation.map { Answer($0) } ?? .nothing
    }

    /// Files of a repository that is there, as somebody's address names them.
    func files(
        of owner: String, _ profile: EcosystemProfile,
        _ find: @escaping @Sendable (RepositoryRow, CatalogSnapshot) throws -> [FileRow]
    ) async throws -> [FileRow] {
        try await workers.run { [catalog] in
            guard let row = try catalog.repositories(owner: owner, type: profile.id).first else { return [] }
            return try catalog.snapshot { try find(row, $0) }
        }
    }

    /// Asks for a right wherever these files are listed. Asked before anything is said of them: who has no right learns nothing of what
    /// there is.
    ///
    /// - Parameter place: asked for besides; needed where there are no files.
    func authorize(
        _ right: Right, _ files: [FileRow], of ecosystem: any Ecosystem, alsoAt place: Target?, _ visit: inout Visit
    ) async throws -> Author {
        let targets = Set(files.flatMap { Target.removing($0, ecosystem) } + [place].compactMap(\.self))
        var author: Author?
        for target in targets.sorted(by: { $0.scope < $1.scope }) { author = try await authorize(right, target, &visit) }
        guard let author else { preconditionFailure("files are somewhere, and where there are none a place is given") }
        return author
    }
}

extension Errand.Removal {
    /// What is to be changed, as far as the address alone tells.
    var target: Target {
        let said = address.coordinates
        return Target(
            owner: owner, type: ecosystem.profile.id,
            scope: said.names.isEmpty
                ? ecosystem.scope(ofPackage: address.captures["name"] ?? "") : ecosystem.profile.scope(of: said))
    }
}
#endif
