internal import Formats

/// A mark that is of no use any more.
struct SurplusMark: Equatable, Sendable {
    /// Of the package.
    fileprivate var package: Int64
    /// As people write it.
    var name: String
    var key: String
    var value: String
}

extension Catalog {
    /// The marks of one kind that the rules for their packages let go: of each package those that were set longest ago. What is here for a version
    /// of another repository alone goes with that, and does not count.
    func surplus(
        ofMarks retention: MarkRetention, in repository: RepositoryRow, by rules: (_ package: String) -> MarkRules
    ) throws -> [SurplusMark] {
        let now = clock.now()
        return try pool.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT p.id, p.name, m.key, m.value, j.at FROM package p
                    JOIN mark m ON m.subject = 'package' AND m.subject_id = p.id AND m.name = ? AND m.cleared_in IS NULL
                    JOIN journal j ON j.id = m.set_in WHERE p.repository_id = ? AND NOT EXISTS (
                        SELECT 1 FROM file f JOIN counterpart c ON c.file_id = f.id AND c.own = 0 WHERE f.version_id = m.version_id)
                    ORDER BY p.id, m.set_in DESC, m.key
                    """, arguments: [retention.mark, repository.id.value])
            var surplus: [SurplusMark] = []
            var package: (id: Int64, rules: MarkRules)?
            var position = 0
            while let row = try rows.next() {
                let id: Int64 = row[0], key: String = row[2]
                if package?.id != id {
                    package = (id, rules(row[1]))
                    position = 0
                }
                guard let package, !retention.isExempt(key) else { continue }
                if package.rules.lets(key, at: position, age: now.seconds - (row[4] as Int64)) {
                    surplus.append(SurplusMark(package: id, name: row[1], key: key, value: row[3]))
                }
                position += 1
            }
            return surplus
        }
    }

    /// Takes marks back, in one transaction.
    func takeBack(
        _ surplus: [SurplusMark], _ kind: MarkKind, in repository: RepositoryRow, author: Author, customs: Int
    ) throws {
        let now = clock.now()
        try pool.write { db in
            var writer = MarkWriter(db: db, author: author, now: now, horizon: clock.horizon)
            for mark in surplus {
                let change = MarkChange(kind: kind, key: mark.key, value: nil, customs: customs)
                _ = try writer.set(change, of: mark.package, in: repository) { _, _ in [] }
            }
            try writer.finish()
        }
    }

    /// The files of versions for which no mark stands, which nothing requires, and which are of nothing that is there: for as long as the rules
    /// for their packages say.
    ///
    /// - Parameter subject: the version that the entries of a scope are about (`Ecosystem.subject(ofScope:)`).
    func unmarked(
        _ retention: MarkRetention, in repository: RepositoryRow, by rules: (_ package: String) -> MarkRules,
        subject: (_ scope: String) -> String?
    ) throws -> [FileRow] {
        let now = clock.now()
        return try pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT f.id, p.name, p.identity, MAX(f.received, f.released, COALESCE((
                        SELECT MAX(j.at) FROM mark m JOIN journal j ON j.id = m.cleared_in WHERE m.version_id = f.version_id), 0))
                    FROM file f JOIN version v ON v.id = f.version_id JOIN package p ON p.id = v.package_id
                    WHERE f.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL AND f.part = 0
                        AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.version_id = f.version_id AND m.cleared_in IS NULL)
                        AND NOT EXISTS (SELECT 1 FROM counterpart c WHERE c.file_id = f.id AND c.own = 0)
                        AND NOT EXISTS (SELECT 1 FROM requirement q JOIN file o ON o.id = q.file_id
                            WHERE q.required_id = f.id AND o.removed_in IS NULL)
                    ORDER BY f.id
                    """, arguments: [repository.id.value])
            let snapshot = CatalogSnapshot(db: db)
            return try rows.filter { row in
                let days = rules(row[1]).unmarkedDays
                guard days > 0, now.seconds - (row[3] as Int64) > Int64(days) * 86_400 else { return false }
                // What is about a version that is there stays with it.
                return try !snapshot.scopes(listing: row[0]).compactMap(subject).contains {
                    try snapshot.stored($0, of: row[2], markedBy: nil, in: repository) != nil
                }
            }.flatMap { try snapshot.files(in: repository, of: (.file, $0[0])) }
        }
    }
}

extension CatalogSnapshot {
    /// The keys of the scopes that list a file, but for lists of names.
    fileprivate func scopes(listing file: Int64) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT s.key FROM listing l JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                    WHERE l.file_id = ? AND l.removed_in IS NULL AND p.shared = 0
                    """), arguments: [file])
    }
}
