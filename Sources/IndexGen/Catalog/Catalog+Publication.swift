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
    var retired: [(path: String, sha256: [UInt8], size: Int)] = []
    /// Retired paths whose time is over and that are gone.
    var expired: [String] = []
    var placed: [FileID] = []
    /// Scope → the revision that is public now, and the last change that it shows.
    var scopes: [(id: ScopeID, revision: Int64, shown: Int64)] = []
}

extension Catalog {
    /// Remembers a publication, in one transaction. A scope that changed meanwhile stays dirty, since its revision is higher.
    func record(_ publication: PublicationRecord) throws {
        let now = clock.now()
        try pool.write { db in
            for (repository, path) in publication.dropped { try delete(repository, path, in: db) }
            for document in publication.documents {
                try delete(document.repository, document.row.path, in: db)
                let row = document.row
                try db.cachedStatement(
                    sql:
                        "INSERT INTO document (repository_id, scope_id, path, fingerprint, sha256, size, cuts) VALUES (?, ?, ?, ?, ?, ?, ?)"
                ).execute(arguments: [
                    document.repository, document.scope, row.path, row.fingerprint.blob, row.open.sha256.blob, row.open.size,
                    row.cuts.blob,
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
            for (path, sha256, size) in publication.retired {
                try db.cachedStatement(
                    sql: "INSERT INTO retired (path, sha256, size, since) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO NOTHING"
                ).execute(arguments: [path, sha256.blob, size, now.seconds])
            }
            for path in publication.expired + publication.documents.flatMap({ $0.row.artifacts.map(\.path) }) {
                try db.cachedStatement(sql: "DELETE FROM retired WHERE path = ?").execute(arguments: [path])
            }
            for file in publication.placed {
                try db.cachedStatement(sql: "UPDATE file SET placed = 1 WHERE id = ?").execute(arguments: [file.value])
            }
            for (scope, revision, shown) in publication.scopes {
                try db.cachedStatement(sql: "UPDATE scope SET published = ?, shown = ? WHERE id = ?")
                    .execute(arguments: [revision, shown, scope.value])
            }
        }
    }

    /// Paths whose grace period is over.
    func expired(retention: Int64) throws -> [String] {
        let now = clock.now()
        return try pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT path FROM retired WHERE since <= ? ORDER BY path", arguments: [now.seconds - retention])
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
