internal import CSQLite

/// A session with an SQLite database: prepared statements, and transactions around them. One thread at a time (`DatabasePool` sees to it).
final class Database {
    enum Mode: Sendable {
        case readWrite
        /// The file has to be there. Writing fails.
        case readOnly
    }

    enum TransactionKind: String {
        /// Takes its snapshot with the first statement, and a lock with the first that writes.
        case deferred = "BEGIN DEFERRED"
        /// Takes the lock of the one writer, and waits for it.
        case immediate = "BEGIN IMMEDIATE"
    }

    enum Completion { case commit, rollback }

    let mode: Mode
    /// Called behind each commit of `inTransaction`, outside of a transaction.
    var afterCommit: ((Database) -> Void)?
    private let connection: SQLiteConnection
    private var cache: [String: Statement] = [:]

    /// - Parameters:
    ///   - path: of a file, which is made where it is missing and may be written; `:memory:` for none.
    ///   - patience: for how many milliseconds a lock of others is waited for.
    init(_ path: String, _ mode: Mode = .readWrite, patience: Int32 = 0) throws {
        self.mode = mode
        connection = try SQLiteConnection(
            path, flags: mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
        sqlite3_busy_timeout(connection.handle, patience)
    }

    /// Ends the session. A write-ahead log stays as it is: who wants it in the file has it brought there.
    func close() {
        _ = sqlite3_switch(connection.handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        cache = [:]
        connection.close()
    }

    // MARK: Statements

    /// Runs statements that stand one behind the other; rows are passed over. They take the values in their order.
    func execute(sql: String, arguments: StatementArguments = []) throws {
        var values = arguments.values[...]
        try forEachStatement(in: sql, isKept: false) { statement in
            let own = values.prefix(statement.parameterCount)
            values = values.dropFirst(own.count)
            try statement.execute(Array(own))
        }
        guard values.isEmpty else {
            throw DatabaseError(code: SQLITE_MISUSE, message: "\(values.count) values too many", sql: sql)
        }
    }

    /// A statement that runs some times.
    func makeStatement(sql: String) throws -> Statement { try makeStatement(sql, isKept: false) }

    /// A statement that is kept for as long as the session lasts. Its text must be one of few.
    func cachedStatement(sql: String) throws -> Statement {
        if let known = cache[sql] { return known }
        let statement = try makeStatement(sql, isKept: true)
        cache[sql] = statement
        return statement
    }

    private func makeStatement(_ sql: String, isKept: Bool) throws -> Statement {
        var only: Statement?
        try forEachStatement(in: sql, isKept: isKept) { statement in
            guard only == nil else { throw DatabaseError(code: SQLITE_MISUSE, message: "more than one statement", sql: sql) }
            only = statement
        }
        guard let only else { throw DatabaseError(code: SQLITE_MISUSE, message: "no statement", sql: sql) }
        return only
    }

    private func forEachStatement(in sql: String, isKept: Bool, _ body: (Statement) throws -> Void) throws {
        try connection.check(sql)
        // With its terminator, SQLite need not copy it.
        let text = sql.utf8CString
        try text.withUnsafeBufferPointer { text in
            guard var next = text.baseAddress else { return }
            let end = next + text.count - 1
            while next < end {
                var pointer: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection.handle, next, Int32(end - next + 1), isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0, &pointer,
                    &tail)
                guard code == SQLITE_OK, let tail else { throw connection.fault(code, String(cString: next)) }
                if let pointer { try body(Statement(pointer, on: connection)) }
                next = tail
            }
        }
    }

    // MARK: What statements did

    var lastInsertedRowID: Int64 { sqlite3_last_insert_rowid(connection.handle) }

    /// Rows that the last INSERT, UPDATE or DELETE changed, without those of triggers.
    var changesCount: Int { Int(sqlite3_changes(connection.handle)) }

    /// Rows that were changed in this session, those of triggers counted.
    var totalChangesCount: Int { Int(sqlite3_total_changes(connection.handle)) }

    var isInsideTransaction: Bool { connection.isInTransaction }

    func tableExists(_ name: String) throws -> Bool {
        try Int64.fetchOne(self, sql: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", arguments: [name]) != nil
    }

    // MARK: Transactions

    /// One transaction; what is thrown rolls it back.
    func inTransaction(_ kind: TransactionKind, _ body: () throws -> Completion) throws {
        try run(kind.rawValue)
        connection.expectsTransaction = true
        defer { connection.expectsTransaction = false }
        do {
            guard try body() == .commit else { return try rollBack() }
            try connection.faults.check()
            try run("COMMIT")
        } catch {
            // It may be over already, and the first error says why.
            try? rollBack()
            throw error
        }
        connection.expectsTransaction = false
        afterCommit?(self)
    }

    /// A part of a transaction that can be undone alone; what is thrown undoes it.
    func inSavepoint(_ body: () throws -> Completion) throws {
        precondition(isInsideTransaction, "a savepoint is part of a transaction")
        try run("SAVEPOINT part")
        do {
            if try body() == .rollback { try run("ROLLBACK TO part") } else { try connection.faults.check() }
            try run("RELEASE part")
        } catch {
            if (try? run("ROLLBACK TO part")) != nil { try? run("RELEASE part") }
            throw error
        }
    }

    private func rollBack() throws {
        if isInsideTransaction { try run("ROLLBACK") }
    }

    private func run(_ sql: String) throws { try cachedStatement(sql: sql).execute() }

    /// What somebody does with the session: nothing of it goes on afterwards.
    ///
    /// - Throws: also where a value was read that was not of the type that was asked for.
    func access<Result>(_ body: (Database) throws -> Result) throws -> Result {
        connection.faults.clear()
        defer {
            connection.endReading()
            try? rollBack()
        }
        let result = try body(self)
        try connection.faults.check()
        return result
    }
}
