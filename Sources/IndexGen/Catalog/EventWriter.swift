internal import Formats

/// What hooks are to be told of a publication. Paths are below `public/`.
struct Notice: Sendable {
    /// Names of the hooks that listen; not empty.
    var hooks: [String]
    /// Nil: the site's own pages and the ends of grace periods.
    var repository: RepositoryRow?
    /// The last change in the journal that the publication shows.
    var upTo: Int64
    /// Documents that were written.
    var written: [String]
    /// Files that vanished.
    var removed: [String]
    /// Those of both that a cache may hold with other bytes, and the folders that they are the index of.
    var purge: [String]
    var baseURL: String
}

/// Puts one publication's event into the outbox, in the transaction in which the publication is recorded.
struct EventWriter {
    let db: Database
    let notice: Notice
    let now: Timestamp

    /// At most so many changes, and so many paths of each kind, are listed.
    static let most = 10_000
    /// Bytes of partitions' names in a command's environment; the kernel takes 128 KiB in one variable.
    static let partitionBytes = 32 << 10

    private struct Change {
        var id: Int64
        var file: Int64?
        var action: String
        var json: JSONWriter
        var partitions: [String]
    }

    func write() throws {
        let changes = try notice.repository.map { try self.changes(of: $0) } ?? []
        if let repository = notice.repository {
            try db.execute(sql: "UPDATE repository SET told = ? WHERE id = ?", arguments: [notice.upTo, repository.id.value])
        }
        if changes.isEmpty, notice.written.isEmpty, notice.removed.isEmpty { return }
        let listed = Array(changes.prefix(Self.most))
        let partitions = Set(listed.flatMap(\.partitions)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try db.execute(
            sql: "INSERT INTO event (at, owner, type, partitions, payload) VALUES (?, ?, ?, ?, x'')",
            arguments: [
                now.seconds, notice.repository?.owner ?? "", notice.repository?.type ?? "", Self.lines(partitions),
            ])
        let event = db.lastInsertedRowID
        let payload = try self.payload(event, listed, isTruncated: changes.count > listed.count, partitions)
        try db.execute(sql: "UPDATE event SET payload = ? WHERE id = ?", arguments: [payload, event])
        for hook in notice.hooks {
            try db.execute(
                sql: "INSERT INTO delivery (hook, event_id, failures, next_at, dead, last_error) VALUES (?, ?, 0, 0, 0, '')",
                arguments: [hook, event])
        }
    }

    /// The changes that no event was about yet, and one more than are listed where there are more.
    ///
    /// While no hook listened, the scopes know what was published. A scope alone would not do: a list of names does not change with
    /// every package.
    private func changes(of repository: RepositoryRow) throws -> [Change] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT j.id, j.at, j.actor, j.action, j.package, j.version, j.path, j.sha256, j.detail, f.id FROM journal j
                JOIN repository r ON r.id = j.repository_id
                LEFT JOIN file f ON f.repository_id = r.id AND f.path = j.path
                WHERE r.id = ? AND j.action <> 'renew' AND j.id <= ? AND j.id > MAX(r.told, (SELECT COALESCE(MAX(shown), 0) FROM scope WHERE repository_id = r.id))
                ORDER BY j.id LIMIT ?
                """, arguments: [repository.id.value, notice.upTo, Self.most + 1])
        return try rows.map { row in
            var change = Change(id: row[0], file: row[9], action: row[3], json: JSONWriter(), partitions: [])
            if let file = change.file { change.partitions = try partitions(of: file, change) }
            change.json.beginObject()
            change.json.member("action", change.action)
            change.json.member("name", row[4] as String)
            change.json.member("version", row[5] as String)
            change.json.member("path", "\(repository.path)/\(row[6] as String)")
            change.json.member("sha256", Hex.string(row.bytes(7)))
            change.json.member("at", Timestamp(seconds: row[1]).rfc3339)
            change.json.member("actor", row[2] as String)
            let detail: String = row[8]
            if !detail.isEmpty { change.json.member("reason", detail) }
            change.json.write("partitions", change.partitions)
            change.json.endObject()
            return change
        }
    }

    /// The partitions that a change concerned, as `list` shows them.
    private func partitions(of file: Int64, _ change: Change) throws -> [String] {
        let isMark = MarkChange.actions.contains(change.action)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT s.key, p.name FROM listing l
                    JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                    WHERE l.file_id = ?1 AND p.shared = 0
                        AND (l.added_in = ?2 OR l.removed_in = ?2 OR (?3 AND l.removed_in IS NULL)) ORDER BY s.key, p.name
                    """), arguments: [file, change.id, isMark]
        ).map { PartitionKey(scope: $0[0], name: $0[1]).shown }
    }

    /// Public paths of the packages that came in with some changes, and of what belongs to them.
    private func placed(_ changes: [Change]) throws -> [String] {
        guard let repository = notice.repository else { return [] }
        return try changes.filter { ["add", "return", "replace"].contains($0.action) }.compactMap(\.file).flatMap { file in
            try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT path FROM file WHERE (id = ?1 OR lead_id = ?1) AND (removed_in IS NULL OR removed_in > ?2) ORDER BY id
                        """), arguments: [file, notice.upTo])
        }.map { "\(repository.path)/\($0)" }
    }

    private func payload(_ event: Int64, _ changes: [Change], isTruncated: Bool, _ partitions: [String]) throws -> [UInt8] {
        let placed = try placed(changes)
        let lists = [
            ("written", notice.written), ("placed", placed), ("removed", notice.removed), ("purge", notice.purge),
        ]
        var json = JSONWriter()
        json.beginObject()
        json.member("event", event)
        json.member("at", now.rfc3339)
        json.member("owner", notice.repository?.owner ?? "")
        json.member("type", notice.repository?.type ?? "")
        json.member("base_url", notice.baseURL)
        json.write("partitions", partitions)
        json.key("changes")
        json.beginArray()
        for change in changes { json.raw(change.json.bytes) }
        json.endArray()
        for (name, paths) in lists { json.write(name, Array(paths.prefix(Self.most))) }
        json.member("truncated", isTruncated || lists.contains { $0.1.count > Self.most })
        json.endObject()
        return json.bytes
    }

    /// Whole names, a line each, as many as there is room for.
    private static func lines(_ names: [String]) -> String {
        var text = ""
        for name in names {
            guard text.utf8.count + name.utf8.count < partitionBytes else { break }
            text += text.isEmpty ? name : "\n" + name
        }
        return text
    }
}

extension JSONWriter {
    /// A member that is a list of texts.
    fileprivate mutating func write(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
