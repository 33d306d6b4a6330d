internal import Formats

/// Puts files that are there into other partitions, in one transaction: what they are in too much goes without a trace, what is missing is
/// as if it had been there since they came.
struct Relisting {
    private let db: Database
    private let rows: IngestStatements
    private let repository: RepositoryRow
    private let customs: Int
    private let now: Timestamp
    private var partitions: [PartitionKey: Int64] = [:]
    /// Partition → by how much its number of entries changed.
    private var touched: [Int64: Int] = [:]
    private var tallies: Tallies

    init(db: Database, repository: RepositoryRow, customs: Int, now: Timestamp) throws {
        self.db = db
        self.repository = repository
        self.customs = customs
        self.now = now
        rows = try IngestStatements(db)
        tallies = try Tallies(db)
    }

    /// - Parameters:
    ///   - file: a package's row, which is live.
    ///   - listings: all that it is to be in.
    mutating func list(_ file: Int64, in listings: [Listing]) throws {
        let there = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT l.partition_id, s.key, p.name, l.sort_key, p.shared, l.added_in FROM listing l
                    JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                    WHERE l.file_id = ? AND l.removed_in IS NULL
                    """), arguments: [file]
        ).map { row in
            let key = PartitionKey(scope: row[1], name: row[2])
            return (
                partition: row[0] as Int64, listing: Listing(key, sortKey: row.bytes(3), shared: row[4]), since: row[5] as Int64
            )
        }
        for entry in there where !listings.contains(entry.listing) {
            try db.cachedStatement(
                sql: "DELETE FROM listing WHERE partition_id = ? AND sort_key = ? AND file_id = ? AND removed_in IS NULL"
            ).execute(arguments: [entry.partition, entry.listing.sortKey, file])
            if try !isHeldByOthers(entry.listing, in: entry.partition) { touched[entry.partition, default: 0] -= 1 }
        }
        let missing = listings.filter { listing in !there.contains { $0.listing == listing } }
        if missing.isEmpty { return }
        let arrival = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT added_in FROM file WHERE id = ?"), arguments: [file])
        guard let since = there.map(\.since).max() ?? arrival else { preconditionFailure("a live file has a row") }
        let fragments = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.name, LENGTH(f.bytes) FROM fragment f JOIN slot s ON s.id = f.slot_id
                    WHERE f.file_id = ? AND s.measured = 1
                    """), arguments: [file]
        ).map { (slot: Slot($0[0] as String), bytes: $0[1] as Int) }
        for listing in missing {
            let partition = try partitionID(of: listing)
            if try !isHeldByOthers(listing, in: partition) { touched[partition, default: 0] += 1 }
            try rows.listing.run(.integer(partition), .bytes(listing.sortKey), .integer(file), .integer(since))
            for fragment in fragments { tallies.add(fragment.bytes, of: fragment.slot, to: partition) }
        }
    }

    /// Whether an entry is there without the file that is looked at.
    private func isHeldByOthers(_ listing: Listing, in partition: Int64) throws -> Bool {
        try listing.shared && rows.liveListing.first(.integer(partition), .bytes(listing.sortKey)) != nil
    }

    private mutating func partitionID(of listing: Listing) throws -> Int64 {
        if let known = partitions[listing.partition] { return known }
        let id = try rows.partitionID(of: listing, in: repository.id.value, customs: customs, at: now, db)
        partitions[listing.partition] = id
        return id
    }

    /// To be called once, behind the last file. No entry of the journal says which keys of a scope changed: all of it is looked at.
    mutating func finish(horizon: Timestamp) throws {
        try tallies.settle(in: db)
        try PartitionTouch.apply(touched, in: db, at: now, horizon: horizon)
        for partition in touched.keys {
            try db.cachedStatement(
                sql: "UPDATE scope SET shown = 0 WHERE id = (SELECT scope_id FROM partition WHERE id = ?)"
            ).execute(arguments: [partition])
        }
    }
}
