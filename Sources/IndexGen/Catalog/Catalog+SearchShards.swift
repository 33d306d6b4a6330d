internal import Formats

extension Catalog {
    /// Makes every piece of the search index wait to be made.
    func noteAllShards() throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO stale (kind, repository_id, key) SELECT 'shard', 0, shard FROM word GROUP BY shard
                    UNION SELECT 'shard', 0, prefix FROM shard UNION SELECT 'shard', 0, '' WHERE TRUE ON CONFLICT DO NOTHING
                    """)
        }
    }

    /// Writes down which words of these shards are common and which of their prefixes are split. Where the common words of the index change by
    /// that, all shards that have some are stale.
    func describeShards(_ shards: [StalePage]) throws {
        try pool.write { db in
            let snapshot = CatalogSnapshot(db: db)
            let before = try Set(snapshot.shardWords().common)
            for page in shards {
                let shard = try snapshot.searchShard(page.key)
                try db.cachedStatement(
                    sql: """
                        INSERT INTO shard (prefix, split, common) VALUES (?, ?, ?)
                        ON CONFLICT (prefix) DO UPDATE SET split = excluded.split, common = excluded.common
                        """
                ).execute(arguments: [page.key, shard.split.joined(separator: " "), shard.common.joined(separator: " ")])
            }
            if try Set(snapshot.shardWords().common) == before { return }
            try db.execute(
                sql: """
                    INSERT INTO stale (kind, repository_id, key) SELECT 'shard', 0, prefix FROM shard WHERE common <> ''
                    ON CONFLICT DO NOTHING
                    """)
        }
    }
}

extension CatalogSnapshot {
    /// The rows of a shard as they are now.
    func searchShard(_ prefix: String) throws -> SearchShard {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT r.owner, r.type, p.name, p.summary FROM word w JOIN portrait p ON p.package_id = w.package_id
                    JOIN repository r ON r.id = p.repository_id WHERE w.shard = ?
                    """), arguments: [prefix]
        ).map { SearchRow(place: "\($0[0] as String)/\($0[1] as String)", name: $0[2], summary: $0[3]) }
        return SearchShard(prefix: prefix, rows: rows)
    }

    /// Under which number a shard's documents are kept, as the scopes that `documents` asks for: no scope has it.
    func scope(ofShard prefix: String) throws -> Int64 {
        let id = try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM shard WHERE prefix = ?"), arguments: [prefix])
        guard let id else { preconditionFailure("a shard is described before it is published") }
        return -(4 * id + 3)
    }

    /// The common words and the split prefixes of all shards.
    func shardWords() throws -> (common: [String], split: [String]) {
        let rows = try Row.fetchAll(db, sql: "SELECT common, split FROM shard WHERE common <> '' OR split <> '' ORDER BY prefix")
        func words(_ column: Int) -> [String] { rows.flatMap { ($0[column] as String).split(separator: " ").map(String.init) } }
        return (words(0), words(1))
    }

    /// How many packages can be found.
    func searchedPackages() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM portrait") ?? 0
    }
}
