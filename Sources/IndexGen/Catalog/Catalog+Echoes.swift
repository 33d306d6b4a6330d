internal import Formats

/// What the documents of one scope echo: the fragments of each entry, by the place in which it is listed.
struct ScopeEchoes: Sendable {
    struct Place: Hashable, Sendable {
        var partition: PartitionKey
        var sortKey: [UInt8]
    }

    typealias Entries = [Place: [Slot: [UInt8]]]

    var scope: ScopeID
    /// The last change of that scope, which dates the scopes that list them.
    var changed: Timestamp
    var entries: Entries
}

extension Catalog {
    /// Makes the echoes of these scopes what they are by now. What lists those that changed waits to be published then.
    ///
    /// Called by a publication of these scopes before it renders what lists them. Both wait until it is recorded, so after a crash the next
    /// run renders the scopes again, finds their echoes as they are or as they have become, and publishes what lists them.
    ///
    /// - Throws: `PublishingError` where one would be listed among packages.
    func echo(_ scopes: [ScopeEchoes], in repository: RepositoryRow, customs: Int) throws {
        try pool.write { db in
            var writer = try EchoWriter(db: db, repository: repository, customs: customs)
            for scope in scopes { try writer.replace(with: scope) }
            try writer.finish(horizon: clock.horizon)
        }
    }

    /// Forgets which echoes changed in scopes whose documents show them now.
    static func settleEchoes(in scopes: [ScopeID], _ db: Database) throws {
        guard try Int64.fetchOne(db, sql: "SELECT 1 FROM echo_change LIMIT 1") != nil else { return }
        for scope in scopes {
            try db.cachedStatement(
                sql: "DELETE FROM echo_change WHERE partition_id IN (SELECT id FROM partition WHERE scope_id = ?)"
            ).execute(arguments: [scope.value])
        }
    }
}

/// Writes echoes in one transaction.
private struct EchoWriter {
    private let db: Database
    private let repository: RepositoryRow
    private let customs: Int
    private var partitions: [PartitionKey: Int64] = [:]
    private var slots: [Slot: Int64] = [:]
    private var tallies: Tallies
    /// Partition → by how much its number of entries changed, and the newest change that did it.
    private var touched: [Int64: (difference: Int, at: Timestamp)] = [:]

    init(db: Database, repository: RepositoryRow, customs: Int) throws {
        self.db = db
        self.repository = repository
        self.customs = customs
        tallies = try Tallies(db)
    }

    mutating func replace(with new: ScopeEchoes) throws {
        // A plan can change with the settings: then its scope waits for nothing but this publication.
        try db.cachedStatement(sql: "UPDATE scope SET published = revision - 1 WHERE id = ? AND published = revision")
            .execute(arguments: [new.scope.value])
        let old = try CatalogSnapshot(db: db).echoes(of: new.scope)
        for (place, fragments) in old where new.entries[place] != fragments {
            try remove(fragments, at: place, of: new)
        }
        for (place, fragments) in new.entries where old[place] != fragments {
            try insert(fragments, at: place, of: new)
        }
    }

    /// Raises the revisions of what lists them.
    mutating func finish(horizon: Timestamp) throws {
        try tallies.settle(in: db)
        for (time, partitions) in Dictionary(grouping: touched, by: \.value.at).sorted(by: { $0.key < $1.key }) {
            let differences = partitions.map { ($0.key, $0.value.difference) }
            try PartitionTouch.apply(Dictionary(uniqueKeysWithValues: differences), in: db, at: time, horizon: horizon)
        }
    }

    private mutating func insert(_ fragments: [Slot: [UInt8]], at place: ScopeEchoes.Place, of echoes: ScopeEchoes) throws {
        let partition = try id(of: place.partition, since: echoes.changed)
        for (slot, bytes) in fragments {
            try db.cachedStatement(
                sql: "INSERT INTO echo (partition_id, sort_key, scope_id, slot_id, bytes) VALUES (?, ?, ?, ?, ?)"
            ).execute(arguments: [
                partition, place.sortKey, echoes.scope.value,
                try SlotNames.id(of: slot, in: db, remembered: &slots), bytes,
            ])
            tallies.add(bytes.count, of: slot, to: partition)
        }
        try touch(partition, place, by: 1, at: echoes.changed)
    }

    private mutating func remove(_ fragments: [Slot: [UInt8]], at place: ScopeEchoes.Place, of echoes: ScopeEchoes) throws {
        let partition = try id(of: place.partition, since: echoes.changed)
        try db.cachedStatement(sql: "DELETE FROM echo WHERE partition_id = ? AND sort_key = ? AND scope_id = ?")
            .execute(arguments: [partition, place.sortKey, echoes.scope.value])
        for (slot, bytes) in fragments { tallies.add(-bytes.count, of: slot, to: partition) }
        try touch(partition, place, by: -1, at: echoes.changed)
    }

    private mutating func touch(_ partition: Int64, _ place: ScopeEchoes.Place, by difference: Int, at time: Timestamp) throws {
        try db.cachedStatement(sql: "INSERT INTO echo_change (partition_id, sort_key) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .execute(arguments: [partition, place.sortKey])
        let before = touched[partition] ?? (0, time)
        touched[partition] = (before.difference + difference, max(before.at, time))
    }

    private mutating func id(of partition: PartitionKey, since time: Timestamp) throws -> Int64 {
        if let known = partitions[partition] { return known }
        let id = try PartitionRow.id(of: partition, in: repository, isEchoed: true, customs: customs, since: time, db)
        guard let id else {
            throw PublishingError(
                what: "'\(partition.scope)' of \(repository.path) lists packages, and indexes are to be listed under that name",
                remedy: "remove its packages, and add them under another name")
        }
        partitions[partition] = id
        return id
    }
}

extension CatalogSnapshot {
    /// Whether there are any: most sites have none, and need not ask for those of each scope.
    func hasEchoes() throws -> Bool { try Int64.fetchOne(db, sql: "SELECT 1 FROM echo LIMIT 1") != nil }

    /// What the documents of a scope echo as far as the catalog knows.
    func echoes(of scope: ScopeID) throws -> ScopeEchoes.Entries {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.key, p.name, e.sort_key, s.name, e.bytes FROM echo e JOIN slot s ON s.id = e.slot_id
                    JOIN partition p ON p.id = e.partition_id JOIN scope c ON c.id = p.scope_id WHERE e.scope_id = ?
                    """), arguments: [scope.value])
        var entries: ScopeEchoes.Entries = [:]
        for row in rows {
            let place = ScopeEchoes.Place(partition: PartitionKey(scope: row[0], name: row[1]), sortKey: row.bytes(2))
            entries[place, default: [:]][Slot(row[3])] = row.bytes(4)
        }
        return entries
    }

    /// The keys of a scope's echoes that came, went or changed since it was published, ascending, by partition. Nil where so many did that
    /// all may as well be looked at.
    func changedEchoes(in scope: ScopeID) throws -> [Int64: [[UInt8]]]? {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT c.partition_id, c.sort_key FROM partition p JOIN echo_change c ON c.partition_id = p.id
                    WHERE p.scope_id = ? ORDER BY 1, 2 LIMIT ?
                    """), arguments: [scope.value, Self.fewChanges + 1])
        if rows.count > Self.fewChanges { return nil }
        return Dictionary(grouping: rows) { $0[0] as Int64 }.mapValues { $0.map { $0.bytes(1) } }
    }

    /// What is wrong with echoes, in words; nothing in a sound catalog.
    func echoFaults() throws -> [String] {
        let miscounted = try Row.fetchAll(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment, c.key, p.name, p.entries, (\(Self.echoCount)) AS found
                FROM scope c JOIN partition p ON p.scope_id = c.id JOIN repository r ON r.id = c.repository_id
                WHERE c.echoed = 1 AND p.entries <> found ORDER BY 1, 2, 3
                """
        ).map { row in
            "counts \(row[3] as Int) entries in \(Self.place(row)), and has \(row[4] as Int); run: indexgen verify --repair"
        }
        let orphaned = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT r.owner || '/' || r.segment, c.key, p.name, s.key FROM echo e JOIN scope s ON s.id = e.scope_id
                JOIN partition p ON p.id = e.partition_id JOIN scope c ON c.id = p.scope_id
                JOIN repository r ON r.id = c.repository_id WHERE s.published = s.revision
                    AND NOT EXISTS (SELECT 1 FROM document d WHERE d.scope_id = s.id) ORDER BY 1, 2, 3, 4
                """
        ).map { row in
            "lists documents of '\(row[3] as String)' in \(Self.place(row)), and there are none; run: indexgen verify --repair"
        }
        return miscounted + orphaned
    }

    private static func place(_ row: Row) -> String {
        [row[0] as String, row[1] as String, row[2] as String].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Of the partition `p`.
    static let echoCount = "SELECT COUNT(*) FROM (SELECT DISTINCT sort_key, scope_id FROM echo WHERE partition_id = p.id)"
}
