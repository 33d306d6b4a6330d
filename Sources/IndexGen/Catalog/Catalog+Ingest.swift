internal import Formats
internal import GRDB

extension Catalog {
    /// Takes packages in, all in one transaction. Each is decided alone: a refused one leaves nothing, the others stay.
    ///
    /// Blobs move to their places inside the transaction, under the writer's lock, and are durable before it commits: no crash
    /// leaves a row without its bytes, and no two writers meet over one blob.
    func take(_ admissions: [Admission], blobs: BlobStore, actor: String) throws -> [Outcome] {
        let now = clock.now()
        return try Meter.measure(.catalog) {
            try pool.writeWithoutTransaction { db in
                var outcomes: [Outcome] = []
                try db.inTransaction(.immediate) {
                    var writer = try IngestWriter(db: db, now: now, actor: actor)
                    var folders: Set<String> = []
                    var moved: [String] = []
                    for admission in admissions {
                        let outcome = try writer.take(admission)
                        if case .added = outcome {
                            let contents =
                                [(admission.content, admission.upload.digests.sha256, admission.upload.size)]
                                + admission.sidecars.map { ($0.content, $0.digests.sha256, $0.size) }
                            for (staged, sha256, size) in contents {
                                if let folder = try Meter.measure(
                                    .write,
                                    {
                                        try blobs.put(
                                            staged, sha256: sha256, size: size, isKnown: !writer.newBlobs.contains(sha256))
                                    })
                                {
                                    folders.insert(folder)
                                    moved.append(blobs.path(of: sha256))
                                }
                            }
                        }
                        outcomes.append(outcome)
                    }
                    try writer.finish()
                    try Meter.measure(.write) { try Durability.secure(files: moved, folders: folders, root: blobs.root) }
                    return .commit
                }
                return outcomes
            }
        }
    }
}
