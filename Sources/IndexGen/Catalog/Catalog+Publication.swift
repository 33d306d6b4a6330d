internal import Formats
internal import Foundation
internal import GRDB

/// What one publication changed, for the catalog to remember once it is public.
struct PublicationRecord: Sendable {
    struct Document: Sendable {
        /// 0: the site's pages.
        var repository: Int64
        /// 0: the repository as a whole.
        var scope: Int64
        var row: DocumentRow
    }

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
    /// Writes down which public files a publication is about to make, before it makes the first: after a crash in the middle, the
    /// next run knows what may lie there.
    func announce(_ publication: PublicationRecord) throws {
        let paths = publication.documents.flatMap { $0.row.artifacts.map(\.path) }
        let new = try pool.read { db in
            try paths.filter { path in
                try Int.fetchOne(
                    db.cachedStatement(sql: "SELECT 1 FROM artifact WHERE path = ?"), arguments: [path]) == nil
            }
        }
        if new.isEmpty { return }
        try pool.write { db in
            for path in new {
                try db.cachedStatement(sql: "INSERT INTO announced (path) VALUES (?) ON CONFLICT DO NOTHING")
                    .execute(arguments: [path])
            }
        }
    }

    /// What a publication announced that then did not come to its end: paths that no document has. Nil when all came to their end.
    func abandoned() throws -> [String]? {
        try pool.read { db in
            guard try Int.fetchOne(db, sql: "SELECT 1 FROM announced LIMIT 1") != nil else { return nil }
            return try String.fetchAll(
                db,
                sql: """
                    SELECT path FROM announced WHERE path NOT IN (SELECT path FROM artifact)
                    AND path NOT IN (SELECT path FROM retired) ORDER BY path
                    """)
        }
    }

    /// Lets abandoned files expire like superseded ones: a root that is public may name them. Forgets all announcements.
    func retire(abandoned files: [RetiredFile]) throws {
        let now = clock.now()
        try pool.write { db in
            try retire(files, at: now, in: db)
            try db.execute(sql: "DELETE FROM announced")
        }
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
            ).execute(arguments: [file.path, file.sha256.blob, file.size, since, file.scope])
        }
    }

    /// Remembers a publication, in one transaction. A scope that changed meanwhile stays dirty, since its revision is higher.
    func record(_ publication: PublicationRecord) throws {
        let now = clock.now()
        try pool.write { db in
            // First: it asks what the scopes have shown so far.
            if let notice = publication.notice { try EventWriter(db: db, notice: notice, now: now).write() }
            for (repository, path) in publication.dropped { try delete(repository, path, in: db) }
            for document in publication.documents {
                try delete(document.repository, document.row.path, in: db)
                let row = document.row
                try db.cachedStatement(
                    sql:
                        "INSERT INTO document (repository_id, scope_id, path, fingerprint, sha256, size, cuts, signatures) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                ).execute(arguments: [
                    document.repository, document.scope, row.path, row.fingerprint.blob, row.open.sha256.blob, row.open.size,
                    row.cuts.blob, row.signatures.blob,
                ])
                let id = db.lastInsertedRowID
                for artifact in row.artifacts {
                    try db.cachedStatement(
                        sql:
                            "INSERT INTO artifact (path, document_id, role, position, sha256, size, segments) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    ).execute(arguments: [
                        artifact.path, id, artifact.role.rawValue, artifact.position, artifact.sha256.blob, artifact.size,
                        artifact.segments.blob,
                    ])
                }
            }
            try retire(publication.retired, at: now, in: db)
            try db.execute(sql: "DELETE FROM announced")
            for path in publication.expired + publication.documents.flatMap({ $0.row.artifacts.map(\.path) }) {
                try db.cachedStatement(sql: "DELETE FROM retired WHERE path = ?").execute(arguments: [path])
            }
            let place = try BulkStatement("UPDATE file SET placed = 1 WHERE id = ?", in: db)
            for file in publication.placed { try place.run(.integer(file.value)) }
            for (scope, revision, shown) in publication.scopes {
                try db.cachedStatement(sql: "UPDATE scope SET published = ?, shown = ? WHERE id = ?")
                    .execute(arguments: [revision, shown, scope.value])
            }
        }
    }

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
        return try pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT path FROM retired t WHERE since <= ?
                    AND (scope_id = 0 OR since < (SELECT MAX(since) FROM retired o WHERE o.scope_id = t.scope_id))
                    AND NOT EXISTS (
                        SELECT 1 FROM scope s JOIN repository r ON r.id = s.repository_id WHERE s.published < s.revision
                        AND SUBSTR(t.path, 1, LENGTH(r.owner) + LENGTH(r.type) + 2) = r.owner || '/' || r.type || '/')
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
