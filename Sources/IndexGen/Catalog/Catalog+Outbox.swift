internal import Formats

/// An event on its way to a hook.
struct Delivery: Sendable {
    var hook: String
    /// The event's number, which receivers know it by.
    var event: Int64
    var at: Timestamp
    /// Empty for the site's own publications, as is the type.
    var owner: String
    var type: String
    /// A line each, at most 32 KiB of them.
    var partitions: String
    /// JSON; empty where deliveries are only listed.
    var payload: [UInt8]
    /// How many attempts there were.
    var failures: Int
    /// Not to be tried before.
    var next: Timestamp
    /// It was given up.
    var isDead: Bool
    var lastError: String
}

extension Catalog {
    /// The next event for a hook: the oldest that was not given up, if it is due.
    func dueDelivery(of hook: String, at now: Timestamp) throws -> Delivery? {
        try pool.read { db in
            let head = try Row.fetchOne(
                db,
                sql: """
                    SELECT event_id, next_at FROM delivery WHERE hook = ? AND dead = 0 ORDER BY event_id LIMIT 1
                    """, arguments: [hook])
            guard let head, (head[1] as Int64) <= now.seconds else { return nil }
            return try Row.fetchOne(
                db, sql: Self.deliveries("e.payload", where: "d.hook = ? AND d.event_id = ?"),
                arguments: [hook, head[0] as Int64]
            ).map(Self.delivery)
        }
    }

    /// When a hook's next event may be tried; nil when none waits.
    func nextDelivery(of hook: String) throws -> Timestamp? {
        try pool.read { db in
            try Int64.fetchOne(
                db, sql: "SELECT next_at FROM delivery WHERE hook = ? AND dead = 0 ORDER BY event_id LIMIT 1", arguments: [hook])
        }.map { Timestamp(seconds: $0) }
    }

    /// Everything that was not delivered, without payloads; by event.
    func deliveries() throws -> [Delivery] {
        try pool.read { db in
            try Row.fetchAll(db, sql: Self.deliveries("x''", where: "1") + " ORDER BY d.event_id, d.hook").map(Self.delivery)
        }
    }

    func deliveryDone(_ delivery: Delivery) throws {
        try pool.write { db in
            try db.execute(
                sql: "DELETE FROM delivery WHERE hook = ? AND event_id = ?", arguments: [delivery.hook, delivery.event])
            try dropEvents(in: db)
        }
    }

    /// - Parameter next: nil gives the delivery up. Of those that a hook gave up the last hundred are kept.
    func deliveryFailed(_ delivery: Delivery, reason: String, next: Timestamp?) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE delivery SET failures = failures + 1, last_error = ?, next_at = ?, dead = ? WHERE hook = ? AND event_id = ?
                    """, arguments: [reason, next?.seconds ?? 0, next == nil ? 1 : 0, delivery.hook, delivery.event])
            if next != nil { return }
            try db.execute(
                sql: """
                    DELETE FROM delivery WHERE hook = ?1 AND dead = 1 AND event_id NOT IN (
                        SELECT event_id FROM delivery WHERE hook = ?1 AND dead = 1 ORDER BY event_id DESC LIMIT ?2)
                    """, arguments: [delivery.hook, Self.mostDead])
            try dropEvents(in: db)
        }
    }

    static let mostDead = 100

    /// Has deliveries that failed tried again, as if they were new.
    /// - Parameter event: nil for all.
    /// - Returns: how many.
    func retryDeliveries(of event: Int64?) throws -> Int {
        try pool.write { db in
            try db.execute(
                sql: """
                    UPDATE delivery SET failures = 0, next_at = 0, dead = 0 WHERE failures > 0 AND (?1 IS NULL OR event_id = ?1)
                    """, arguments: [event])
            return db.changesCount
        }
    }

    /// Deletes deliveries that were given up, and those of hooks that are gone.
    /// - Returns: how many.
    func forgetDeliveries(of event: Int64?, hooks: [String]) throws -> Int {
        try pool.write { db in
            let unknown = try String.fetchAll(db, sql: "SELECT DISTINCT hook FROM delivery").filter { !hooks.contains($0) }
            var count = 0
            for (condition, values) in [("dead = 1", [])] + unknown.map({ ("hook = ?2", [$0]) }) {
                try db.execute(
                    sql: "DELETE FROM delivery WHERE (?1 IS NULL OR event_id = ?1) AND \(condition)",
                    arguments: [event] + StatementArguments(values))
                count += db.changesCount
            }
            try dropEvents(in: db)
            return count
        }
    }

    /// Events that nobody waits for any more.
    private func dropEvents(in db: Database) throws {
        try db.execute(sql: "DELETE FROM event WHERE id NOT IN (SELECT event_id FROM delivery)")
    }

    private static func deliveries(_ payload: String, where condition: String) -> String {
        """
        SELECT d.hook, e.id, e.at, e.owner, e.type, e.partitions, \(payload), d.failures, d.next_at, d.dead, d.last_error
        FROM delivery d JOIN event e ON e.id = d.event_id WHERE \(condition)
        """
    }

    private static func delivery(_ row: Row) -> Delivery {
        Delivery(
            hook: row[0], event: row[1], at: Timestamp(seconds: row[2]), owner: row[3], type: row[4], partitions: row[5],
            payload: row.bytes(6), failures: row[7], next: Timestamp(seconds: row[8]), isDead: row[9], lastError: row[10])
    }
}
