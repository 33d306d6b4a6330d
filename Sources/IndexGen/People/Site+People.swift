internal import Formats

extension Site {
    /// What pages and lists are to know of the packages of a repository. Of private ones nothing is told: pages are for everybody.
    func portrayal(of repository: RepositoryRow, _ ecosystem: any Ecosystem) -> Portrayal {
        let settings = settings
        return Portrayal(
            range: { name in
                guard settings.hasPages, !settings.isPrivate(repository.owner, type: repository.type, path: name),
                    !settings.isInTheWay(repository.owner), PeoplePath.package(name, of: repository) != nil
                else { return nil }
                return PeoplePath.range(of: name)
            }, orderKey: ecosystem.orderKey(ofVersion:), isPrerelease: ecosystem.isPrerelease(version:),
            isNamedByTags: ecosystem.profile.versionsAreTagged,
            shards: { name, summary in
                Set(SearchRow(place: "\(repository.owner)/\(repository.type)", name: name, summary: summary).prefixes)
            })
    }

    /// What pages say of a file that comes in; nothing where there are none, or the ecosystem has nothing to say.
    func portrait(
        of record: PackageRecord, at placement: Placement, in repository: Repository, _ ecosystem: any Ecosystem
    ) throws -> [Fragment] {
        if !settings.hasPages || placement.isPart { return [] }
        var sources: [String: [UInt8]] = [:]
        for path in ecosystem.portraitSources(of: record, at: placement).prefix(Self.portraitSources) {
            let file = Files.join(publicRoot, "\(repository.owner)/\(segment(of: repository))/\(path)")
            // What came in together with it is not public yet: then it is looked at when the page is made.
            guard let status = try FileStatus.of(file), status.kind == .file else { return [] }
            if status.size > Self.portraitSourceBytes { continue }
            sources[path] = try Files.read(file)
        }
        return ecosystem.portrait(of: record, with: sources).map { [PortraitPage.fragment(of: $0)] } ?? []
    }

    /// The same for a file that came in before there were pages: it is read once more.
    func portrait(
        of file: PackageView.File, in repository: RepositoryRow, _ ecosystem: any Ecosystem, _ snapshot: CatalogSnapshot
    ) throws -> Fragment? {
        guard let known = try snapshot.rerendering(file.id, in: repository) else { return nil }
        let context = try self.repository(owner: repository.owner, type: repository.type, publicKey: nil)
        let record = try PackageContent(blobOf: known.upload, in: self).withBytes {
            try ecosystem.inspect(known.upload, bytes: $0, in: context, within: settings.budget)
        }
        return try portrait(of: record, at: known.placement, in: context, ecosystem).first
    }

    private func segment(of repository: Repository) -> String {
        ecosystems[repository.type]?.profile.segment ?? repository.type
    }

    private static let portraitSources = 64
    private static let portraitSourceBytes = 1 << 20
}
