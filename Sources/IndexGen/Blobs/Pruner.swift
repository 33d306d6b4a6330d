internal import Formats

/// Deletes what nothing needs any more: the rows of packages whose grace period is over, and blobs without a row.
///
/// Rows go first, in one transaction that writes down which blobs they leave; then those blobs, while no package can come in: whatever
/// the moment of a crash, no row is without its blob. They are written down until their removal is durable.
///
/// A blob without a row that was not written down was left by a crash, or by a catalog that knew more than this one. Where the latter
/// shows (`Catalog.ahead`, or a second name of the blob, in the public tree say) nothing is deleted.
struct Pruner {
    let site: Site
    let catalog: Catalog

    struct Report {
        var packages: [String] = []
        var packageBytes = 0
        /// Paths below the blob store.
        var blobs: [String] = []
        /// The same for blobs that no row names and that have another name somewhere: they stay.
        var kept: [String] = []
    }

    /// What the settings let go besides: marks, and versions that none stands for.
    struct Retired {
        var marks: [(repository: RepositoryRow, mark: SurplusMark)] = []
        var files: [FileRow] = []
    }

    /// Takes back marks that the settings keep no longer, and removes versions for which none has stood for long. Each is a change like
    /// any other.
    ///
    /// - Parameter rehearsing: only say what would go. What goes because of what goes first is not among it.
    func retire(rehearsing: Bool) throws -> Retired {
        var retired = Retired()
        for repository in try catalog.repositories() {
            guard let ecosystem = site.ecosystems[repository.type], let retention = ecosystem.profile.markRetention,
                let kind = ecosystem.profile.marks.first(where: { $0.name == retention.mark }),
                let options = site.settings.options[repository.type]
            else { continue }
            func rules(_ package: String) -> MarkRules { MarkRules(retention, of: package, in: options) }
            let surplus = try catalog.surplus(ofMarks: retention, in: repository, by: rules)
            retired.marks += surplus.map { (repository, $0) }
            if !rehearsing, !surplus.isEmpty {
                try catalog.takeBack(
                    surplus, kind, in: repository, author: Upkeep.author, customs: ecosystem.profile.customs)
            }
            let unmarked = try catalog.unmarked(
                retention, in: repository, by: rules, subject: { ecosystem.subject(ofScope: $0) })
            retired.files += unmarked
            if !rehearsing, !unmarked.isEmpty { try catalog.remove(unmarked, author: Upkeep.author) }
        }
        return retired
    }

    /// Removes files that are there for others, where nothing has required them for the grace period. Like all that is removed they go for
    /// good after another one.
    ///
    /// - Parameter rehearsing: only say what would be removed.
    func releaseParts(rehearsing: Bool) throws -> [FileRow] {
        let moment = Timestamp(seconds: catalog.clock.now().seconds - site.settings.retention)
        let parts = try catalog.unrequired(since: moment)
        if !rehearsing, !parts.isEmpty { try catalog.remove(parts, author: Upkeep.author) }
        return parts
    }

    /// - Parameter rehearsing: only say what would be deleted.
    /// - Throws: `Catalog.Ahead` for a catalog that is older than its blobs.
    func run(rehearsing: Bool) throws -> Report {
        if let ahead = try catalog.ahead() { throw ahead }
        let prunable = try catalog.prunable()
        if !rehearsing, !prunable.paths.isEmpty { try catalog.prune() }
        var report = Report(packages: prunable.paths, packageBytes: prunable.bytes)
        if rehearsing {
            try find(known: catalog.blobs(), doomed: [], &report)
            return report
        }
        report = try catalog.withBlobs { known, doomed in
            var report = report
            try find(known: known, doomed: doomed, &report)
            var changed: Set<String> = []
            for blob in report.blobs { changed.insert(try site.blobs.remove(BlobStore.digest(named: blob) ?? [])) }
            try Durability.secure(files: [], folders: changed, on: site.blobs.folder)
            return report
        }
        return report
    }

    private func find(known: Set<[UInt8]>, doomed: Set<[UInt8]>, _ report: inout Report) throws {
        for (path, sha256) in try site.blobs.all() where !known.contains(sha256) {
            let isShared = try site.blobs.status(of: sha256).map { $0.names > 1 } ?? false
            if isShared && !doomed.contains(sha256) { report.kept.append(path) } else { report.blobs.append(path) }
        }
    }
}
