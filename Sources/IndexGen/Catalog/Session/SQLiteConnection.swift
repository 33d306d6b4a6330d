internal import CSQLite

/// An open SQLite connection, and what its statements have to know of each other. Closed when the last of them is gone.
///
/// SQLite's own mutexes are off (SQLITE_OPEN_NOMUTEX): one thread at a time uses it and whatever was made of it.
final class SQLiteConnection {
    /// Nil once it is closed.
    private(set) var handle: OpaquePointer?
    /// Whether a transaction is to be open: some errors (no room, no memory) roll back on SQLite's own account, and what came behind
    /// would be committed statement by statement.
    var expectsTransaction = false
    let faults = Faults()
    /// Statements whose rows somebody is reading one by one: they hold the file's snapshot.
    private var open: [Statement] = []

    /// - Parameter path: of the file; `:memory:` for none.
    init(_ path: String, flags: Int32) throws {
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK else {
            defer { close() }
            throw fault(code)
        }
        // "Text" in double quotes is a name that is not there, and no text.
        for setting in [SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML] { _ = sqlite3_switch(handle, setting, 0) }
    }

    deinit { close() }

    /// Statements that are left keep SQLite's side of it until they are gone, but run no more.
    func close() {
        endReading()
        sqlite3_close_v2(handle)
        handle = nil
    }

    var isInTransaction: Bool { handle != nil && sqlite3_get_autocommit(handle) == 0 }

    /// - Throws: where the transaction that a statement belongs to is gone.
    func check(_ sql: @autoclosure () -> String) throws {
        if handle == nil { throw DatabaseError(code: SQLITE_MISUSE, message: "the connection is closed", sql: sql()) }
        if expectsTransaction, !isInTransaction {
            throw DatabaseError(code: SQLITE_ABORT, message: "the transaction was rolled back by an error before", sql: sql())
        }
    }

    /// The error of the call that was made last.
    func fault(_ code: Int32, _ sql: String = "") -> DatabaseError {
        let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        return DatabaseError(code: code, message: message, sql: sql)
    }

    func beginReading(_ statement: Statement) { open.append(statement) }

    func endReading(_ statement: Statement) { open.removeAll { $0 === statement } }

    /// Ends what is read one by one and was not read to its end.
    func endReading() {
        while let statement = open.popLast() { statement.reset() }
    }
}

/// The first value of a session that was not of the type that was asked for. A row's values are read where nothing can be thrown: another
/// value stands in for such a one, and this ends the transaction.
final class Faults {
    private(set) var first: DatabaseError?

    func note(_ fault: DatabaseError) { first = first ?? fault }

    func clear() { first = nil }

    func check() throws {
        if let first { throw first }
    }
}
