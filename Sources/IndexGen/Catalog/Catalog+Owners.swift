internal import Formats

/// How an owner is spelled, as the catalog knows it.
struct OwnerSpelling: Equatable, Sendable {
    /// That of the first use, for every type; as it was asked for where nobody has used it.
    var name: String
    /// Whether no package of it ever came in.
    var isNew: Bool
    /// Types whose repository has another one, from versions that allowed it; their addresses stay.
    var exceptions: [String: String] = [:]

    /// For a repository of this type.
    func of(_ type: String) -> String { exceptions[type] ?? name }
}

extension Catalog {
    /// - Parameter standard: the owner of the settings, whose spelling holds for one that nobody has used.
    func spelling(of owner: String, standard: String = "") throws -> OwnerSpelling {
        let identity = ASCII.lowered(owner)
        return try pool.read { db in
            guard let name = try Owners.name(of: identity, in: db) else {
                return OwnerSpelling(name: identity == ASCII.lowered(standard) ? standard : owner, isNew: true)
            }
            let rows = try Row.fetchAll(
                db, sql: "SELECT type, owner FROM repository WHERE owner_identity = ? AND owner <> ?",
                arguments: [identity, name])
            return OwnerSpelling(
                name: name, isNew: false, exceptions: Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }))
        }
    }
}

/// The table of owners.
enum Owners {
    /// - Parameter identity: in lower case.
    static func name(of identity: String, in db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT name FROM owner WHERE identity = ?"), arguments: [identity])
    }

    /// Remembers the first spelling; a later one changes nothing.
    static func remember(_ name: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO owner (identity, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [ASCII.lowered(name), name])
    }
}
