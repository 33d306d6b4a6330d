internal import Formats

extension Catalog {
    /// The live files of a scope that stand behind the first so many of their kind (`EcosystemProfile.Retention`).
    func surplus(
        _ scope: ScopeID, of repository: RepositoryRow, keeping count: Int, by retention: EcosystemProfile.Retention
    ) throws -> [FileRow] {
        try pool.read { db in
            guard let slot = try SlotNames.id(of: retention.kind, in: db) else { return [] }
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT l.file_id, k.bytes FROM partition p
                    JOIN listing l ON l.partition_id = p.id AND l.removed_in IS NULL
                    JOIN fragment k ON k.file_id = l.file_id AND k.slot_id = ?
                    WHERE p.scope_id = ? AND p.name = ?
                        AND NOT EXISTS (SELECT 1 FROM counterpart c WHERE c.file_id = l.file_id AND c.own = 0)
                    ORDER BY l.sort_key, l.file_id
                    """, arguments: [slot, scope.value, retention.partition])
            var surplus: [Int64] = []
            var kind: [UInt8]?
            var number = 0
            while let row = try rows.next() {
                let bytes = row.bytes(1)
                number = bytes == kind ? number + 1 : 1
                kind = bytes
                if number > count { surplus.append(row[0]) }
            }
            let snapshot = CatalogSnapshot(db: db)
            return try surplus.flatMap { try snapshot.files(in: repository, of: (.file, $0)) }
        }
    }

    /// The scopes of a repository that changed since they were published, with their keys.
    func changedScopes(of repository: RepositoryRow) throws -> [(id: ScopeID, key: String)] {
        try pool.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, key FROM \(CatalogSnapshot.behind) ORDER BY key"),
                arguments: [repository.id.value]
            ).map { (ScopeID(value: $0[0]), $0[1]) }
        }
    }
}
