internal import Formats

extension CatalogSnapshot {
    /// The packages of a repository that have a text in their name or in the summary of one of their versions; A–Z and a–z are the same,
    /// and an empty text is in all of them. In byte order of their names' normal form. Looks at every package of the repository.
    ///
    /// - Returns: `limit` of them behind the first `offset`, and how many there are in all.
    func briefs(in repository: RepositoryRow, matching text: String, offset: Int, limit: Int) throws -> ([Brief], total: Int) {
        let pattern =
            "%" + ASCII.lowered(text).replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT p.id, p.name FROM package p WHERE p.repository_id = ?1
                    AND (LOWER(p.name) LIKE ?2 ESCAPE '\\' OR EXISTS (
                        SELECT 1 FROM version v WHERE v.package_id = p.id AND LOWER(v.summary) LIKE ?2 ESCAPE '\\'))
                    AND EXISTS (
                        SELECT 1 FROM version v JOIN file f ON f.version_id = v.id
                        WHERE v.package_id = p.id AND f.lead_id IS NULL AND f.removed_in IS NULL)
                ORDER BY p.identity
                """, arguments: [repository.id.value, pattern])
        let some = rows.dropFirst(offset).prefix(limit)
        return (try some.map { try brief(ofPackage: $0[0], named: $0[1]) }, rows.count)
    }

    private func brief(ofPackage package: Int64, named name: String) throws -> Brief {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT v.version, v.summary, f.id, v.id, MIN(l.sort_key), f.received FROM version v JOIN file f ON f.version_id = v.id
                    JOIN listing l ON l.file_id = f.id AND l.removed_in IS NULL
                    JOIN partition q ON q.id = l.partition_id AND q.shared = 0
                    WHERE v.package_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL
                        AND l.partition_id = (SELECT MIN(m.partition_id) FROM listing m WHERE m.file_id = f.id AND m.removed_in IS NULL)
                    GROUP BY f.id ORDER BY MIN(l.sort_key)
                    """), arguments: [package])
        let versions = try rows.map { row in
            Brief.Version(
                version: row[0], summary: row[1],
                annotations: try Marks.of(file: row[2], version: row[3], package: package, in: db),
                received: Timestamp(seconds: row[5]))
        }
        return Brief(name: name, versions: versions)
    }
}
