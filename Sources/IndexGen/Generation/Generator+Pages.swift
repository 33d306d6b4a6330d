internal import Formats

extension Generator {
    /// The site's own documents that the settings no longer ask for make way before repositories are published: one of them may want
    /// the place.
    func clearOwnDocuments(_ keyring: Keyring?, _ summary: inout Summary) throws {
        var publication = Publication()
        try catalog.snapshot { snapshot in
            let pages = try Pages(site: site, publicKey: keyring?.publicKey).plans(for: snapshot).map(\.path)
            let wanted = Set(pages + site.settings.files.map(\.path))
            for row in try snapshot.documents(repository: 0, scope: 0).values.sorted(by: { $0.path < $1.path })
            where !wanted.contains(row.path) {
                publication.drop(row, repository: 0)
            }
        }
        if !publication.record.dropped.isEmpty { try carryOut(publication, &summary) }
    }

    /// The pages for people, which depend on what repositories and scopes there are; and the end of grace periods.
    ///
    /// - Parameter failed: prefixes of the paths that stay as they are, since something is in the way there.
    func generatePages(everything: Bool, besides failed: [String], keyring: Keyring?, summary: inout Summary) throws {
        var publication = Publication()
        publication.record.expired = try catalog.expired(retention: site.settings.retention)
        // A superseded file that is damaged cannot be made again, and helps nobody.
        if everything {
            publication.record.expired += try catalog.retired().filter {
                try !site.publishes($0.path, sha256: $0.sha256, size: $0.size)
            }.map(\.path)
        }
        let extras = ExtraFiles(site: site)
        // Taken before they are read: a file that changes meanwhile is read again.
        let stamp = try extras.stamp()
        let faults = try catalog.snapshot { snapshot in
            let renderer = Renderer(
                site: site, snapshot: snapshot, repository: 0, prefix: "", keyring: keyring, everything: everything)
            let (plans, faults) = try extras.plans(in: snapshot)
            let unread = Set(faults.map(\.file.path))
            try renderer.addAll(
                Pages(site: site, publicKey: keyring?.publicKey).plans(for: snapshot) + plans,
                besides: { path in unread.contains(path) || failed.contains(where: path.hasPrefix) }, to: &publication, &summary)
            return faults
        }
        // What an interrupted run left and this one makes anew is not over.
        let renewed = Set(publication.record.documents.flatMap { $0.row.artifacts.map(\.path) })
        publication.record.expired.removeAll(where: renewed.contains)
        publication.record.showsPages = failed.isEmpty
        publication.record.notice = Notice(of: publication, in: nil, upTo: 0, for: site.settings)
        try carryOut(publication, &summary)
        // Where it changed nothing, it was not recorded.
        if failed.isEmpty, try catalog.memory(Catalog.pagesDue)?.isEmpty == false { try catalog.remember(Catalog.pagesDue, []) }
        // All else is public by now: a file that its owner mislaid keeps nothing from anybody.
        if let first = faults.first { throw first.fault }
        if !site.settings.files.isEmpty { try catalog.remember(ExtraFiles.memory, stamp) }
    }
}
