internal import Formats

/// A right that ended while its holder's request was under way.
struct RightLost: Error, Equatable, CustomStringConvertible {
    var reason: String
    var description: String { "\(reason), while the request was under way; nothing of it is kept" }
}

extension Catalog {
    /// Adds a token with the hash of its secret (`Secret.hash`, 32 bytes).
    func add(_ token: Token, hash: [UInt8]) throws {
        try pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO token (handle, hash, name, owner, type, scopes, rights, created, expires)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.handle, hash, token.name, token.owner, token.type, token.scopes.joined(separator: "\n"),
                    Right.allCases.filter(token.rights.contains).map(\.rawValue).joined(separator: ","), token.created.seconds,
                    token.expires?.seconds,
                ])
        }
    }

    /// Every token, also revoked and expired ones, in order of creation.
    func tokens() throws -> [Token] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "SELECT \(Self.tokenColumns) FROM token ORDER BY id").map(Self.token)
        }
    }

    /// The token of a handle, and the hash of its secret.
    func token(_ handle: String) throws -> (token: Token, hash: [UInt8])? {
        try pool.read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT \(Self.tokenColumns), hash FROM token WHERE handle = ?"), arguments: [handle]
            ).map { (Self.token($0), $0.bytes(10)) }
        }
    }

    /// Revokes a token, from now on and for every process.
    /// - Returns: false when there is none, or when it is revoked already.
    func revoke(_ handle: String) throws -> Bool {
        let now = clock.now()
        return try pool.write { db in
            try db.execute(
                sql: "UPDATE token SET revoked = ? WHERE handle = ? AND revoked IS NULL", arguments: [now.seconds, handle])
            return db.changesCount == 1
        }
    }

    /// Why an author may not change anything any more: its token was revoked or has expired since its request began. Nil while it may.
    ///
    /// Asked in the transaction that records the change, so that nothing can come between.
    static func lost(_ author: Author, at now: Timestamp, in db: Database) throws -> RightLost? {
        guard let handle = author.token else { return nil }
        let token = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(tokenColumns) FROM token WHERE handle = ?"), arguments: [handle]
        ).map(token)
        return (token.map { $0.fault(at: now) } ?? "this token is gone").map(RightLost.init)
    }

    /// The same, outside of a transaction.
    func lost(_ author: Author) throws -> RightLost? {
        if author.token == nil { return nil }
        let now = clock.now()
        return try pool.read { try Self.lost(author, at: now, in: $0) }
    }

    /// Remembers the day on which a token let somebody in: one write a day, not one a request.
    func use(_ token: Token, at now: Timestamp) throws {
        let day = now.seconds - now.seconds % 86_400
        if let last = token.lastUsed, last.seconds >= day { return }
        try pool.write { db in
            try db.execute(sql: "UPDATE token SET last_used = ? WHERE handle = ?", arguments: [day, token.handle])
        }
    }

    private static let tokenColumns = "handle, name, owner, type, scopes, rights, created, expires, revoked, last_used"

    private static func token(_ row: Row) -> Token {
        Token(
            handle: row[0], name: row[1], owner: row[2], type: row[3],
            scopes: (row[4] as String).split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
            rights: Set((row[5] as String).split(separator: ",").compactMap { Right(rawValue: String($0)) }),
            created: Timestamp(seconds: row[6]), expires: moment(row[7]), revoked: moment(row[8]), lastUsed: moment(row[9]))
    }

    private static func moment(_ seconds: Int64?) -> Timestamp? { seconds.map(Timestamp.init(seconds:)) }
}
