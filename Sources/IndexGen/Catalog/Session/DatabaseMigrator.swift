/// Brings a database's tables to where the program needs them, one named step after the other, and notes each in the database.
///
/// The table of what was done has the name that it had with the library that was used before, so that older sites open.
struct DatabaseMigrator {
    private var steps: [(name: String, body: (Database) throws -> Void)] = []

    /// In their order.
    var migrations: [String] { steps.map(\.name) }

    /// Appends one. Where it has been done, `body` never runs again: what it does must not be changed.
    mutating func registerMigration(_ name: String, _ body: @escaping (Database) throws -> Void) {
        precondition(!migrations.contains(name), "a migration is known by its name")
        steps.append((name, body))
    }

    /// What was done to a database, also by programs that know more of it.
    func appliedIdentifiers(_ db: Database) throws -> Set<String> {
        guard try db.tableExists("grdb_migrations") else { return [] }
        return Set(try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations"))
    }

    /// Does what was not done yet, each step in a transaction of its own. Another process may be at it, too.
    ///
    /// - Parameter last: the last one to be done; nil for all.
    func migrate(_ db: Database, upTo last: String? = nil) throws {
        precondition(last.map(migrations.contains) ?? true, "there is no such migration")
        try db.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        for step in steps {
            try db.inTransaction(.immediate) {
                if try appliedIdentifiers(db).contains(step.name) { return .rollback }
                try step.body(db)
                try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [step.name])
                return .commit
            }
            if step.name == last { return }
        }
    }
}
