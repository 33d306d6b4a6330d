internal import Formats

/// Puts fragments in the place of older ones in one transaction, and makes the partitions dirty that list their files.
struct FragmentRendering {
    let db: Database
    private var slots: [Slot: Int64] = [:]
    private var touched: [Int64: Int] = [:]

    init(db: Database) { self.db = db }

    mutating func replace(_ fragments: [Fragment], of file: Int64) throws {
        for fragment in fragments {
            let slot = try SlotNames.id(of: fragment.slot, in: db, remembered: &slots)
            try db.cachedStatement(
                sql: """
                    INSERT INTO fragment (file_id, slot_id, bytes) VALUES (?, ?, ?)
                    ON CONFLICT (file_id, slot_id) DO UPDATE SET bytes = excluded.bytes
                    """
            ).execute(arguments: [file, slot, fragment.bytes])
        }
        let partitions = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT l.partition_id FROM listing l JOIN partition p ON p.id = l.partition_id
                    WHERE l.file_id = ? AND l.removed_in IS NULL AND p.shared = 0
                    """), arguments: [file])
        for partition in partitions { touched[partition, default: 0] += 0 }
    }

    /// To be called once, behind the last file.
    func finish(at now: Timestamp, horizon: Timestamp) throws {
        try PartitionTouch.apply(touched, in: db, at: now, horizon: horizon)
    }
}

extension Catalog {
    /// The name under which it is remembered what the fragments and listings of a repository were made under (`Site.rendition`).
    static func rendition(of repository: RepositoryRow) -> String { "fragments of \(repository.path)" }

    /// Renders the fragments of all files of a repository again that have facts, since what they depend on besides has changed. Its documents
    /// are made without a look at their published versions then.
    func renderAnew(_ repository: RepositoryRow, render: (Rerendering, Annotations) throws -> [Fragment]) throws {
        let now = clock.now()
        try pool.write { db in
            var rendering = FragmentRendering(db: db)
            for file in try Self.files(of: repository, where: "LENGTH(f.facts) > 0", in: db) {
                let fragments = try render(try rerendering(file, in: db), try Marks.of(file: file.id.value, in: db))
                try rendering.replace(fragments, of: file.id.value)
            }
            try rendering.finish(at: now, horizon: clock.horizon)
            try db.execute(sql: "UPDATE scope SET shown = 0 WHERE repository_id = ?", arguments: [repository.id.value])
        }
    }

    /// Has files signed that are not signed by this key of the site: it is new, or others were used before.
    func signAnew(
        _ repository: RepositoryRow, by key: String, author: Author, sign: (Rerendering) throws -> TextSignature?,
        render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws {
        let now = clock.now()
        try pool.write { db in
            var rendering = FragmentRendering(db: db)
            let unsigned = """
                NOT EXISTS (SELECT 1 FROM mark m WHERE m.subject = 'file' AND m.subject_id = f.id AND m.name = ? AND m.key = ?
                    AND m.cleared_in IS NULL)
                """
            for file in try Self.files(of: repository, where: unsigned, [Annotations.signatureKind, key], in: db) {
                let rerendering = try rerendering(file, in: db)
                guard let signature = try sign(rerendering) else { continue }
                let change = try Journal.append(
                    "sign", author: author, at: now, owner: file.owner, type: file.type, package: file.name,
                    version: file.version,
                    path: file.pathInRepository, sha256: file.sha256, in: db)
                try Marks.sign(file: file.id.value, signature, in: change, db)
                let fragments = try render(rerendering, try Marks.of(file: file.id.value, in: db))
                try rendering.replace(fragments, of: file.id.value)
            }
            try rendering.finish(at: now, horizon: clock.horizon)
        }
    }

    /// Lists the files of a repository that are there where they belong now, since settings have changed that say it. The journal has no
    /// entry: no package changes. Some thousands at a time; what was done when a run ends early is found done by the next.
    ///
    /// - Parameters:
    ///   - customs: the profile's, for scopes that begin.
    ///   - place: where a file belongs; nil: where it is.
    func listAnew(_ repository: RepositoryRow, customs: Int, place: (Rerendering) throws -> [Listing]?) throws {
        var last: Int64? = 0
        while let previous = last {
            let now = clock.now()
            last = try pool.write { db in
                var relisting = try Relisting(db: db, repository: repository, customs: customs, now: now)
                let ids = try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT id FROM file WHERE repository_id = ? AND lead_id IS NULL AND removed_in IS NULL AND id > ?
                        ORDER BY id LIMIT ?
                        """, arguments: [repository.id.value, previous, Self.relistedAtOnce])
                let snapshot = CatalogSnapshot(db: db)
                for id in ids {
                    guard let file = try snapshot.files(in: repository, of: (.file, id)).first,
                        let listings = try place(rerendering(file, in: db))
                    else { continue }
                    try relisting.list(id, in: listings)
                }
                try relisting.finish(horizon: clock.horizon)
                return ids.count < Self.relistedAtOnce ? nil : ids.last
            }
        }
    }

    private static let relistedAtOnce = 4_096

    /// The packages of a repository that are there and of which a condition on `f` holds, one at a time in memory.
    private static func files(
        of repository: RepositoryRow, where condition: String, _ arguments: [String] = [], in db: Database
    ) throws -> some Sequence<FileRow> {
        let ids = try Int64.fetchAll(
            db,
            sql: """
                SELECT f.id FROM file f WHERE f.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL AND \(condition)
                """, arguments: [repository.id.value] + StatementArguments(arguments))
        let snapshot = CatalogSnapshot(db: db)
        return try ids.compactMap { try snapshot.files(in: repository, of: (.file, $0)).first }
    }
}
