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
