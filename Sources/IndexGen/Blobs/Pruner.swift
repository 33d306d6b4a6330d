internal import Formats

/// Deletes what nothing needs any more: the rows of packages whose grace period is over, and blobs without a row.
///
/// Rows go first, in one transaction, then blobs, while no package can come in: whatever the moment of a crash, no row is without
/// its blob.
struct Pruner {
    let site: Site
    let catalog: Catalog

    struct Report {
        var packages: [String] = []
        var packageBytes = 0
        /// Paths below the blob store.
        var blobs: [String] = []
    }

    /// - Parameter rehearsing: only say what would be deleted.
    func run(rehearsing: Bool) throws -> Report {
        let prunable = try catalog.prunable()
        if !rehearsing, !prunable.paths.isEmpty { try catalog.prune() }
        let blobs = try catalog.withBlobs { known in
            var orphans: [String] = []
            try Files.walk(site.blobs.root) { relative, _ in
                // What is named like no blob is not ours.
                guard let sha256 = Hex.bytes(relative.utf8.filter { $0 != UInt8(ascii: "/") }), sha256.count == 32,
                    !known.contains(sha256)
                else { return }
                orphans.append(relative)
                if !rehearsing { try site.blobs.remove(sha256) }
            }
            return orphans
        }
        return Report(packages: prunable.paths, packageBytes: prunable.bytes, blobs: blobs)
    }
}
