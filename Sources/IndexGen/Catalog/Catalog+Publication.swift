internal import Formats

/// What one publication changed, for the catalog to remember once it is public.
struct PublicationRecord: Sendable {
    struct Document: Sendable {
        /// 0: the site's pages.
        var repository: Int64
        /// 0: the repository as a whole.
        var scope: Int64
        var row: DocumentRow
    }

    /// Public paths that it makes, replaces or removes, without packages and what expires.
    var announced: [String] = []
    var documents: [Document] = []
    /// Plan paths that are no longer published, with their repository.
    var dropped: [(repository: Int64, path: String)] = []
    /// Public paths that nothing names any more but that stay for the grace period.
    var retired: [RetiredFile] = []
    /// Retired paths whose time is over and that are gone.
    var expired: [String] = []
    var placed: [FileID] = []
    /// Scope → the revision that is public now, and the last change that it shows.
    var scopes: [(id: ScopeID, revision: Int64, shown: Int64)] = []
    /// Whether the pages that lead to packages show all that is public now.
    var showsPages = false
    /// Pages for people that are what they should be by it.
    var pages: [StalePage] = []
    /// What hooks are to be told; nil where none listens.
    var notice: Notice?
}

/// A public file that nothing names any more.
struct RetiredFile: Sendable {
    /// Below `public/`.
    var path: String
    var sha256: [UInt8]
    var size: Int
    /// Whose document it was; 0 for others.
    var scope: Int64 = 0
}

extension Catalog {
    /// Writes down which public files a publication is about to make, replace or remove, before it touches the first: after a crash
    /// in the middle, the next run knows where the tree may not be what the catalog says.
    func announce(_ paths: [String]) throws {
        // What becomes public must not be forgotten.
        if paths.isEmpty { return try secureLog() }
        try pool.write { db in
            for path in paths {
                try db.cachedStatement(sql: "INSERT INTO announced (path) VALUES (?) ON CONFLICT DO NOTHING")
                    .execute(arguments: [path])
            }
        }
    }

    /// What was announced by a publication that then did not come to its end.
    struct Abandoned: Sendable {
        /// Paths that the catalog knows nothing of.
        var unknown: [String] = []
        /// Files of documents, as the catalog has them.
        var documents: [ExpectedFile] = []
    }

    /// Nil when all publications came to their end.
    func abandoned() throws -> Abandoned? {
        try pool.read { db in
            guard try Int.fetchOne(db, sql: "SELECT 1 FROM announced LIMIT 1") != nil else { return nil }
            var abandoned = Abandoned()
            abandoned.documents = try Row.fetchAll(
                db, sql: "SELECT a.path, a.sha256, a.size FROM artifact a JOIN announced n ON n.path = a.path ORDER BY a.path"
            ).map { ExpectedFile(path: $0[0], kind: .document, sha256: $0.bytes(1), size: $0[2]) }
            abandoned.unknown = try String.fetchAll(
                db,
                sql: """
                    SELECT path FROM announced WHERE path NOT IN (SELECT path FROM artifact)
                    AND path NOT IN (SELECT path FROM retired) AND path NOT IN (
                        SELECT r.owner || '/' || r.segment || '/' || f.path FROM file f JOIN repository r ON r.id = f.repository_id
                        WHERE f.removed_in IS NULL)
                    ORDER BY path
                    """)
            return abandoned
        }
    }

    /// Forgets all announcements.
    ///
    /// - Parameters:
    ///   - files: to expire like superseded ones: a root that is public may name them.
    ///   - damaged: paths of documents whose public bytes are not the catalog's: these documents are made again.
    func settle(abandoned files: [RetiredFile], damaged: [String]) throws {
        let now = clock.now()
        try pool.write { db in
            try retire(files, at: now, in: db)
            if !damaged.isEmpty { try Self.remember(Self.pagesDue, [1], in: db) }
            for path in damaged {
                try db.execute(
                    sql: """
                        UPDATE scope SET published = revision - 1 WHERE published = revision AND id IN (
                            SELECT s.id FROM artifact a JOIN document d ON d.id = a.document_id
                            JOIN scope s ON s.repository_id = d.repository_id AND (d.scope_id = 0 OR d.scope_id = s.id)
                            WHERE a.path = ?)
                        """, arguments: [path])
                try db.execute(
                    sql: """
                        UPDATE document SET fingerprint = x'', cuts = x''
                        WHERE id = (SELECT document_id FROM artifact WHERE path = ?)
                        """, arguments: [path])
                // Pages for people are looked at by their packages.
                try db.execute(
                    sql: """
                        UPDATE repository SET portrayed = 0 WHERE EXISTS (
                            SELECT 1 FROM artifact a JOIN document d ON d.id = a.document_id WHERE a.path = ? AND d.scope_id < 0)
                        """, arguments: [path])
                try db.execute(
                    sql: """
                        INSERT INTO stale (kind, repository_id, key) SELECT 'shard', 0, prefix FROM (SELECT prefix FROM shard UNION SELECT '') WHERE EXISTS (
                            SELECT 1 FROM artifact a JOIN document d ON d.id = a.document_id WHERE a.path = ? AND d.scope_id < 0)
                        ON CONFLICT DO NOTHING
                        """, arguments: [path])
                // No content has this digest.
                try db.execute(sql: "UPDATE artifact SET sha256 = x'', segments = x'' WHERE path = ?", arguments: [path])
            }
            try db.execute(sql: "DELETE FROM announced")
        }
    }

    /// Lets public files that nothing names expire.
    func retire(unknown files: [RetiredFile]) throws {
        let now = clock.now()
        try pool.write { try retire(files, at: now, in: $0) }
    }

    private func retire(_ files: [RetiredFile], at now: Timestamp, in db: Database) throws {
        if files.isEmpty { return }
        // A clock that was set back must not make what goes now look older than what went before: the last to go stays longest.
        try Times.note(now, in: db)
        let since = max(now.seconds, try Int64.fetchOne(db, sql: "SELECT MAX(since) FROM retired") ?? now.seconds)
        for file in files {
            try db.cachedStatement(
                sql:
                    "INSERT INTO retired (path, sha256, size, since, scope_id) VALUES (?, ?, ?, ?, ?) ON CONFLICT (path) DO NOTHING"
            ).execute(arguments: [file.path, file.sha256, file.size, since, file.scope])
        }
    }

    /// Remembers a publication, in one transaction. A scope that changed meanwhile stays dirty, since its revision is higher.
    func record(_ publication: PublicationRecord) throws {
        let now = clock.now()
        try pool.write { db in
            // First: it asks what the scopes have shown so far.
            if let notice = publication.notice { try EventWriter(db: db, notice: notice, now: now).write() }
            for (repository, path) in publication.dropped { try delete(repository, path, in: db) }
            // All of them, before one takes over a path of another.
            for document in publication.documents { try delete(document.repository, document.row.path, in: db) }
            for document in publication.documents {
                let row = document.row
                try db.cachedStatement(
                    sql:
                        "INSERT INTO document (repository_id, scope_id, path, fingerprint, sha256, size, cuts, signatures, rank, digests) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                ).execute(arguments: [
                    document.repository, document.scope, row.path, row.fingerprint, row.open.sha256, row.open.size,
                    row.cuts, row.signatures, row.rank.rawValue, row.digests,
                ])
                let id = db.lastInsertedRowID
                for artifact in row.artifacts {
                    try db.cachedStatement(
                        sql:
                            "INSERT INTO artifact (path, document_id, role, position, sha256, size, segments) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    ).execute(arguments: [
                        artifact.path, id, artifact.role.rawValue, artifact.position, artifact.sha256, artifact.size,
                        artifact.segments,
                    ])
                }
            }
            try retire(publication.retired, at: now, in: db)
            // Those of others stay: of packages that are removed while they are placed.
            for path in publication.announced {
                try db.cachedStatement(sql: "DELETE FROM announced WHERE path = ?").execute(arguments: [path])
            }
            for path in publication.expired + publication.documents.flatMap({ $0.row.artifacts.map(\.path) }) {
                try db.cachedStatement(sql: "DELETE FROM retired WHERE path = ?").execute(arguments: [path])
            }
            let place = try db.cachedStatement(sql: "UPDATE file SET placed = 1 WHERE id = ?")
            for file in publication.placed { try place.run(.integer(file.value)) }
            for (scope, revision, shown) in publication.scopes {
                try db.cachedStatement(sql: "UPDATE scope SET published = ?, shown = ? WHERE id = ?")
                    .execute(arguments: [revision, shown, scope.value])
            }
            try Self.settle(publication.pages, db)
            if publication.showsPages {
                try Self.remember(Self.pagesDue, [], in: db)
            } else if !publication.scopes.isEmpty || !publication.placed.isEmpty {
                // The run may end before its pages are made.
                try Self.remember(Self.pagesDue, [1], in: db)
            }
            try Self.settleEchoes(in: publication.scopes.map(\.id), db)
        }
    }

    /// Under which it is remembered that pages may not show all that is public; empty: they do.
    static let pagesDue = "pages due"

    /// All files in their grace period.
    func retired() throws -> [RetiredFile] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT path, sha256, size, scope_id FROM retired ORDER BY path")
                .map { RetiredFile(path: $0[0], sha256: $0.bytes(1), size: $0[2], scope: $0[3]) }
        }
    }

    /// Paths whose grace period is over: those that are old enough, but for the documents that a scope superseded last, and for
    /// everything of a repository that waits to be published.
    func expired(retention: Int64) throws -> [String] {
        let now = clock.now()
        // An older catalog takes files for superseded that a newer one may have listed again.
        if try ahead() != nil { return [] }
        return try pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT path FROM retired t WHERE since <= ?
                    AND (scope_id = 0 OR since < (SELECT MAX(since) FROM retired o WHERE o.scope_id = t.scope_id))
                    AND NOT EXISTS (
                        SELECT 1 FROM scope s JOIN repository r ON r.id = s.repository_id WHERE s.published < s.revision
                        AND SUBSTR(t.path, 1, LENGTH(r.owner) + LENGTH(r.segment) + 2) = r.owner || '/' || r.segment || '/')
                    ORDER BY path
                    """, arguments: [now.seconds - retention])
        }
    }

    private func delete(_ repository: Int64, _ path: String, in db: Database) throws {
        try db.cachedStatement(
            sql: "DELETE FROM artifact WHERE document_id = (SELECT id FROM document WHERE repository_id = ? AND path = ?)"
        ).execute(arguments: [repository, path])
        try db.cachedStatement(sql: "DELETE FROM document WHERE repository_id = ? AND path = ?").execute(arguments: [
            repository, path,
        ])
    }
}
