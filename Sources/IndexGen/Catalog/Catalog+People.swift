internal import Formats

/// A page for people that waits to be made, since what it says has changed.
struct StalePage: Hashable, Sendable {
    enum Kind: String, Sendable {
        /// The pages of one package; the key is its row's number.
        case package
        /// The list of the names of one range.
        case range
        /// A piece of the search index; of the site.
        case shard
    }

    var kind: Kind
    /// 0: of the site.
    var repository: Int64
    var key: String
}

/// What of a package pages and lists are to know, as an ecosystem and the settings say it.
struct Portrayal {
    /// Nil where a package has no page.
    var range: (_ name: String) -> String?
    var orderKey: (_ version: String) -> [UInt8]
    var isPrerelease: (_ version: String) -> Bool
    /// Whether versions are digests, which people call by their tags (`EcosystemProfile.versionsAreTagged`).
    var isNamedByTags: Bool
    /// Shards of the search index in which it is found.
    var shards: (_ name: String, _ summary: String) -> Set<String>
}

extension Catalog {
    /// Notes which packages of a repository have changed since its pages were made.
    ///
    /// - Parameter isWhole: whether all of them are to be looked at.
    /// - Returns: false where changes wait to be published: pages show what is public.
    func noteStale(of repository: RepositoryRow, isWhole: Bool) throws -> Bool {
        let since: Int64? = try pool.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT portrayed, (SELECT MAX(id) FROM journal WHERE repository_id = ?1) FROM repository WHERE id = ?1
                    """, arguments: [repository.id.value])
            let portrayed: Int64 = row?[0] ?? 0, last: Int64 = row?[1] ?? 0
            return isWhole ? 0 : portrayed < last ? portrayed : nil
        }
        guard let since else { return true }
        return try pool.write { db in
            if try CatalogSnapshot(db: db).isBehind(repository) { return false }
            let changed =
                since == 0
                ? """
                SELECT id FROM package WHERE repository_id = ?1 UNION SELECT package_id FROM portrait WHERE repository_id = ?1
                UNION SELECT (-scope_id - 2) / 4 FROM document WHERE repository_id = 0 AND scope_id < -1 AND -scope_id % 4 = 2
                    AND (-scope_id - 2) / 4 NOT IN (SELECT id FROM package)
                """
                : """
                SELECT v.package_id FROM journal j JOIN file f ON f.repository_id = j.repository_id AND f.path = j.path
                    JOIN version v ON v.id = f.version_id WHERE j.repository_id = ?1 AND j.id > ?2 AND j.path <> ''
                UNION SELECT p.id FROM journal j JOIN package p ON p.repository_id = j.repository_id AND p.name = j.package
                    WHERE j.repository_id = ?1 AND j.id > ?2
                UNION SELECT p.package_id FROM journal j JOIN portrait p ON p.repository_id = j.repository_id AND p.name = j.package
                    WHERE j.repository_id = ?1 AND j.id > ?2
                """
            try db.execute(
                sql: """
                    INSERT INTO stale (kind, repository_id, key) SELECT 'package', ?1, CAST(id AS TEXT) FROM (
                        SELECT id FROM (\(changed.replacing("SELECT v.package_id", with: "SELECT v.package_id AS id")))
                        WHERE ?2 = ?2) WHERE TRUE ON CONFLICT DO NOTHING
                    """, arguments: [repository.id.value, since])
            if since == 0 {
                try db.execute(
                    sql: """
                        INSERT INTO stale (kind, repository_id, key) SELECT 'range', repository_id, range FROM portrait
                        WHERE repository_id = ?1 GROUP BY range UNION SELECT 'range', ?1, '' WHERE TRUE ON CONFLICT DO NOTHING
                        """, arguments: [repository.id.value])
            }
            try db.execute(
                sql: """
                    UPDATE repository SET portrayed = COALESCE((SELECT MAX(id) FROM journal WHERE repository_id = ?1), 0) WHERE id = ?1
                    """, arguments: [repository.id.value])
            return true
        }
    }

    /// Whether any page waits, or may after a look at the journal.
    func hasStalePages() throws -> Bool {
        try pool.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM stale) OR EXISTS (SELECT 1 FROM repository r WHERE r.portrayed <
                        COALESCE((SELECT MAX(j.id) FROM journal j WHERE j.repository_id = r.id), 0))
                    """) ?? false
        }
    }

    /// Whether packages of a repository have pages, or wait for them.
    func hasPortraits(of repository: RepositoryRow) throws -> Bool {
        try pool.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM portrait WHERE repository_id = ?1) OR EXISTS (
                        SELECT 1 FROM stale WHERE repository_id = ?1)
                    """, arguments: [repository.id.value]) ?? false
        }
    }

    /// Whether there is a search index.
    func hasShards() throws -> Bool {
        try pool.read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM shard)") ?? false }
    }

    /// Whether one waits.
    func isStale(_ page: StalePage) throws -> Bool {
        try pool.read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM stale WHERE kind = ? AND repository_id = ? AND key = ?)",
                arguments: [page.kind.rawValue, page.repository, page.key]) ?? false
        }
    }

    /// Some that wait, in the order of their keys: those behind one.
    func stalePages(_ kind: StalePage.Kind, of repository: Int64, after last: String, limit: Int) throws -> [StalePage] {
        try pool.read { db in
            try String.fetchAll(
                db, sql: "SELECT key FROM stale WHERE kind = ? AND repository_id = ? AND key > ? ORDER BY key LIMIT ?",
                arguments: [kind.rawValue, repository, last, limit]
            ).map { StalePage(kind: kind, repository: repository, key: $0) }
        }
    }

    /// Brings what lists say of these packages up to what they are. Lists that say something else now are stale from then on.
    func portray(_ packages: [StalePage], by portrayal: Portrayal) throws {
        try pool.write { db in
            for page in packages {
                guard let package = Int64(page.key) else {
                    preconditionFailure("keys of packages are written by this program only")
                }
                try Portraits(db: db, repository: page.repository, portrayal: portrayal).update(package)
            }
        }
    }

    /// Forgets which pages waited, since these were made.
    static func settle(_ pages: [StalePage], _ db: Database) throws {
        for page in pages {
            try db.cachedStatement(sql: "DELETE FROM stale WHERE kind = ? AND repository_id = ? AND key = ?")
                .execute(arguments: [page.kind.rawValue, page.repository, page.key])
        }
    }
}

/// Writes what lists say of packages.
private struct Portraits {
    let db: Database
    let repository: Int64
    let portrayal: Portrayal

    private struct Line: Equatable {
        var name, range, version, summary: String
        var changed: Int64
    }

    func update(_ package: Int64) throws {
        try orderVersions(of: package)
        let before = try line(of: package)
        let now = try newLine(of: package)
        if before == now { return }
        if let now {
            try db.cachedStatement(
                sql: """
                    INSERT INTO portrait (package_id, repository_id, name, range, version, summary, changed) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (package_id) DO UPDATE SET repository_id = excluded.repository_id, name = excluded.name,
                        range = excluded.range, version = excluded.version, summary = excluded.summary, changed = excluded.changed
                    """
            ).execute(arguments: [package, repository, now.name, now.range, now.version, now.summary, now.changed])
        } else {
            try db.cachedStatement(sql: "DELETE FROM portrait WHERE package_id = ?").execute(arguments: [package])
        }
        // A new version of a known package changes no list of names.
        if before?.name == now?.name, before?.range == now?.range, before?.summary == now?.summary { return }
        for range in Set([before?.range, now?.range].compactMap(\.self)) { try note(.range, repository, range) }
        try updateWords(of: package, to: now.map { portrayal.shards($0.name, $0.summary) } ?? [])
    }

    private func updateWords(of package: Int64, to shards: Set<String>) throws {
        let there = try Set(
            String.fetchAll(
                db.cachedStatement(sql: "SELECT shard FROM word WHERE package_id = ?"), arguments: [package]))
        for shard in there.subtracting(shards) {
            try db.cachedStatement(sql: "DELETE FROM word WHERE shard = ? AND package_id = ?").execute(arguments: [
                shard, package,
            ])
        }
        for shard in shards.subtracting(there) {
            try db.cachedStatement(sql: "INSERT INTO word (shard, package_id) VALUES (?, ?)").execute(arguments: [shard, package])
        }
        for shard in there.union(shards) { try note(.shard, 0, shard) }
    }

    /// Together with the page that leads to all of its kind, whose key is empty.
    private func note(_ kind: StalePage.Kind, _ repository: Int64, _ key: String) throws {
        for key in [key, ""] {
            try db.cachedStatement(sql: "INSERT INTO stale (kind, repository_id, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                .execute(arguments: [kind.rawValue, repository, key])
        }
    }

    /// Versions that came in since the last look get their place among the others.
    private func orderVersions(of package: Int64) throws {
        let new = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, version FROM version WHERE package_id = ? AND order_key = x''"),
            arguments: [package])
        for row in new {
            // Never empty, whatever the ecosystem's key is.
            let key = [1] + portrayal.orderKey(row[1])
            try db.cachedStatement(sql: "UPDATE version SET order_key = ? WHERE id = ?")
                .execute(arguments: [key, row[0] as Int64])
        }
    }

    private func line(of package: Int64) throws -> Line? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT name, range, version, summary, changed FROM portrait WHERE package_id = ? AND repository_id = ?"),
            arguments: [package, repository]
        ).map { Line(name: $0[0], range: $0[1], version: $0[2], summary: $0[3], changed: $0[4]) }
    }

    private func newLine(of package: Int64) throws -> Line? {
        guard let view = try CatalogSnapshot(db: db).packageView(package, by: portrayal, limit: 1),
            let range = portrayal.range(view.name)
        else { return nil }
        return Line(
            name: view.name, range: range, version: view.main.name, summary: view.main.summary,
            changed: view.main.files.map(\.received.seconds).max() ?? 0)
    }
}
