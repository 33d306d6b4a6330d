internal import Formats

/// How many bytes the fragments of a partition's entries have together, in the slots that ecosystems measure: counted while listings and
/// fragments are written, and not summed up when somebody asks.
struct Tallies {
    /// Slots that are counted, by name.
    private let measured: [String: Int64]
    /// Partition → slot → bytes that came in and that the catalog does not count yet.
    private var gained: [Int64: [Int64: Int]] = [:]

    /// For a transaction that brings packages in. A trigger for each listing and each fragment would cost more than the count.
    init(_ db: Database) throws {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT name, id FROM slot WHERE measured = 1"))
        measured = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    /// An entry came in.
    mutating func add(_ fragments: [Fragment], to partition: Int64) {
        for fragment in fragments { add(fragment.bytes.count, of: fragment.slot, to: partition) }
    }

    /// - Parameter bytes: fewer than none when an echo goes; listings of files that go are counted by triggers.
    mutating func add(_ bytes: Int, of slot: Slot, to partition: Int64) {
        guard let slot = measured[slot.name] else { return }
        gained[partition, default: [:]][slot, default: 0] += bytes
    }

    /// Counts what came in.
    mutating func settle(in db: Database) throws {
        for (partition, slots) in gained {
            for (slot, bytes) in slots {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO tally (partition_id, slot_id, bytes) VALUES (?, ?, ?)
                        ON CONFLICT (partition_id, slot_id) DO UPDATE SET bytes = bytes + excluded.bytes
                        """
                ).execute(arguments: [partition, slot, bytes])
            }
        }
        gained = [:]
    }

    /// What a new slot begins with, and what `verify` compares: `partition_id`, `slot_id` and `bytes`, of the live listings and of echoes.
    static let sums = """
        SELECT partition_id, slot_id, SUM(bytes) AS bytes FROM (
            SELECT l.partition_id, s.id AS slot_id, LENGTH(f.bytes) AS bytes FROM slot s
            CROSS JOIN listing l CROSS JOIN fragment f ON f.file_id = l.file_id AND f.slot_id = s.id
            WHERE s.measured = 1 AND l.removed_in IS NULL
            UNION ALL
            SELECT e.partition_id, s.id, LENGTH(e.bytes) FROM slot s CROSS JOIN echo e ON e.slot_id = s.id WHERE s.measured = 1)
        """

    /// Has the catalog count these slots from now on, beginning with what is there. Slots that it counts already cost one query.
    static func begin(_ slots: [Slot], in pool: DatabasePool) throws {
        let known = try pool.read { try String.fetchAll($0, sql: "SELECT name FROM slot WHERE measured = 1") }
        let new = Set(slots.map(\.name)).subtracting(known).sorted()
        if new.isEmpty { return }
        try pool.write { db in
            for name in new {
                try db.execute(sql: "INSERT INTO slot (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
                try db.execute(sql: "UPDATE slot SET measured = 1 WHERE name = ? AND measured = 0", arguments: [name])
                // Another process may have been faster.
                if db.changesCount == 0 { continue }
                try db.execute(
                    sql: """
                        INSERT INTO tally (partition_id, slot_id, bytes) \(sums)
                        WHERE slot_id = (SELECT id FROM slot WHERE name = ?) GROUP BY 1, 2
                        """, arguments: [name])
            }
        }
    }
}

extension Catalog {
    /// Counts again whatever is counted.
    func countAnew() throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE partition AS p SET entries = (\(CatalogSnapshot.echoCount))
                    WHERE scope_id IN (SELECT id FROM scope WHERE echoed = 1)
                    """)
            try db.execute(sql: "DELETE FROM tally")
            try db.execute(sql: "INSERT INTO tally (partition_id, slot_id, bytes) \(Tallies.sums) GROUP BY 1, 2")
        }
    }
}

extension CatalogSnapshot {
    /// The size of a partition's fragments in some slots.
    func byteCounts(of partition: Int64, slots: [Slot]) throws -> [Slot: Int] {
        var counts: [Slot: Int] = [:]
        for slot in slots {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT s.measured, COALESCE(t.bytes, 0) FROM slot s
                        LEFT JOIN tally t ON t.slot_id = s.id AND t.partition_id = ? WHERE s.name = ?
                        """), arguments: [partition, slot.name])
            guard let row, row[0] else { preconditionFailure("a catalog is opened with the slots that are asked of it") }
            counts[slot] = row[1]
        }
        return counts
    }

    /// Counts that are not what the fragments come to, in words; none in a sound catalog.
    func miscounts() throws -> [String] {
        try Row.fetchAll(
            db,
            sql: """
                WITH fresh AS (\(Tallies.sums) GROUP BY 1, 2)
                SELECT r.owner || '/' || r.segment, c.key, p.name, s.name, COALESCE(t.bytes, 0), COALESCE(n.bytes, 0)
                FROM (SELECT partition_id, slot_id FROM tally UNION SELECT partition_id, slot_id FROM fresh) k
                LEFT JOIN tally t ON t.partition_id = k.partition_id AND t.slot_id = k.slot_id
                LEFT JOIN fresh n ON n.partition_id = k.partition_id AND n.slot_id = k.slot_id
                JOIN slot s ON s.id = k.slot_id JOIN partition p ON p.id = k.partition_id JOIN scope c ON c.id = p.scope_id
                JOIN repository r ON r.id = c.repository_id
                WHERE COALESCE(t.bytes, 0) <> COALESCE(n.bytes, 0) ORDER BY 1, 2, 3, 4
                """
        ).map { row in
            let place = [row[0] as String, row[1] as String, row[2] as String].filter { !$0.isEmpty }.joined(separator: " ")
            return "counts \(row[4] as Int) bytes of '\(row[3] as String)' in \(place), and has \(row[5] as Int); "
                + "run: indexgen verify --repair"
        }
    }
}
