internal import Formats

/// An accepted change, as the journal has it.
struct JournalEntry: Equatable, Sendable {
    /// Numbers the changes of a site; rises with time.
    var id: Int64
    var at: Timestamp
    var author: Author
    /// `add`, `return`, `replace`, `remove`, `yank`, `unyank`, `renew`.
    var action: String
    var owner: String
    var type: String
    /// The package's name as that file spelled it.
    var name: String
    var version: String
    /// Below `OWNER/TYPE/`.
    var path: String
    /// 32 bytes.
    var sha256: [UInt8]
    /// The reason that was given, of a yank; what made way, of a replacement; the original's public path, of a copy; the
    /// version of another repository for which it is, or was, here.
    var detail: String
}

/// A change that was asked for over the network and refused. Every text in it may be a stranger's.
struct RefusedChange: Equatable, Sendable {
    var at: Timestamp
    var author: Author
    /// The request's: `PUT`.
    var method: String
    /// The request's, without its query: `/acme/rpm/el9/upload`.
    var path: String
    /// Empty where the path names none.
    var owner: String
    /// Empty where the path names none.
    var type: String
    /// HTTP's: 403.
    var status: Int
    /// The reason that the sender was given.
    var detail: String
    /// 32 bytes; nil where no content was read.
    var sha256: [UInt8]?
    /// No right token came with it.
    var isStranger = false
}

/// Which changes are asked for. The newest come first.
struct HistoryQuery: Sendable {
    /// A–Z and a–z are the same.
    var owner: String?
    var type: String?
    /// As people write it or in its normal form; A–Z and a–z are the same. Refused changes have no name.
    var name: String?
    /// Nothing before this moment.
    var since: Timestamp?
    var limit = Int.max
}

extension Catalog {
    /// Accepted changes. Those of packages that were pruned are among them.
    func history(_ query: HistoryQuery) throws -> [JournalEntry] {
        var filter = Filter(query)
        if let name = query.name.map(ASCII.lowered) {
            // A package's files may spell its name differently; the journal has each file's own spelling.
            filter.add(
                """
                (LOWER(package) = ? OR path IN (
                    SELECT f.path FROM file f JOIN version v ON v.id = f.version_id JOIN package p ON p.id = v.package_id
                    WHERE p.identity = ? OR LOWER(p.name) = ?))
                """, [name, name, name])
        }
        return try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, at, actor, origin, action, owner, type, package, version, path, sha256, detail
                    FROM journal \(filter.condition) ORDER BY id DESC LIMIT ?
                    """, arguments: filter.arguments + [query.limit]
            ).map { row in
                JournalEntry(
                    id: row[0], at: Timestamp(seconds: row[1]), author: Author(name: row[2], origin: row[3]), action: row[4],
                    owner: row[5], type: row[6], name: row[7], version: row[8], path: row[9], sha256: row.bytes(10),
                    detail: row[11])
            }
        }
    }

    /// Refused changes; `query.name` is of no concern here.
    func refusals(_ query: HistoryQuery) throws -> [RefusedChange] {
        let filter = Filter(query)
        return try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, actor, origin, method, path, owner, type, status, detail, sha256, stranger
                    FROM refusal \(filter.condition) ORDER BY id DESC LIMIT ?
                    """, arguments: filter.arguments + [query.limit]
            ).map { row in
                RefusedChange(
                    at: Timestamp(seconds: row[0]), author: Author(name: row[1], origin: row[2]), method: row[3], path: row[4],
                    owner: row[5], type: row[6], status: row[7], detail: row[8],
                    sha256: row.isNull(9) ? nil : row.bytes(9), isStranger: row[10])
            }
        }
    }

    /// How many refused changes are remembered, of strangers and of those with a right token each; the oldest give way.
    static let keptRefusals: Int64 = 10_000
    /// Bytes of each of a refused change's texts that are remembered.
    static let refusalTextBytes = 1_000

    /// Remembers refused changes, in their order and in one transaction, and forgets the oldest beyond `keptRefusals`.
    ///
    /// What a `FailureLimit` turned away is not worth a transaction and should not be given here.
    func remember(_ refused: [RefusedChange]) throws {
        if refused.isEmpty { return }
        try pool.write { db in
            let insertion = try db.makeStatement(
                sql: """
                    INSERT INTO refusal (at, actor, origin, method, path, owner, type, status, detail, sha256, stranger)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for change in refused {
                try insertion.execute(arguments: [
                    change.at.seconds, Self.cut(change.author.name), Self.cut(change.author.origin), Self.cut(change.method),
                    Self.cut(change.path), Self.cut(change.owner), Self.cut(change.type), change.status, Self.cut(change.detail),
                    change.sha256, change.isStranger,
                ])
            }
            for kind in [0, 1] {
                try db.execute(
                    sql: """
                        DELETE FROM refusal WHERE stranger = ?1 AND id <= (
                            SELECT id FROM refusal WHERE stranger = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
                        """, arguments: [kind, Self.keptRefusals])
            }
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= refusalTextBytes ? text : String(decoding: text.utf8.prefix(refusalTextBytes), as: UTF8.self) + "…"
    }

    /// The conditions that journal and refusals have in common.
    private struct Filter {
        private var conditions: [String] = []
        private(set) var arguments = StatementArguments()

        init(_ query: HistoryQuery) {
            if let owner = query.owner { add("LOWER(owner) = ?", [ASCII.lowered(owner)]) }
            if let type = query.type { add("type = ?", [type]) }
            if let since = query.since { add("at >= ?", [since.seconds]) }
        }

        mutating func add(_ condition: String, _ arguments: StatementArguments) {
            conditions.append(condition)
            self.arguments += arguments
        }

        var condition: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }
    }
}
