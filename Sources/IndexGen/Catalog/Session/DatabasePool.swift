internal import CSQLite
internal import Glibc

/// Sessions with one file: one that writes, and some that read meanwhile, each from a snapshot (SQLite's write-ahead log).
///
/// Blocks its caller until there is a session; asynchronous callers have threads for that (`Workers`). Who has a session must not ask for
/// another one of the same kind.
final class DatabasePool: Sendable {
    private let writer: Turns
    private let readers: Turns

    /// - Parameters:
    ///   - patience: for how many milliseconds a writer waits for those of other processes.
    ///   - prepare: makes the settings of every session, before it does anything.
    init(path: String, patience: Int32, prepare: @escaping @Sendable (Database) throws -> Void) throws {
        writer = Turns(1) {
            let session = try Database(path, patience: patience)
            try prepare(session)
            let journal = try String.fetchOne(session, sql: "PRAGMA journal_mode = WAL")
            guard journal == "wal" else {
                throw DatabaseError(code: SQLITE_ERROR, message: "it has no write-ahead log, but '\(journal ?? "")'")
            }
            return session
        }
        readers = Turns(Self.most) {
            // They wait for nobody but a process that recovers the log of one that was killed.
            let session = try Database(path, .readOnly, patience: 10_000)
            try prepare(session)
            return session
        }
        // Makes the log, which readers have to find.
        _ = try writer.take { try $0.tableExists("") }
    }

    deinit { close() }

    /// How many read at once.
    private static let most = 5

    /// Reads from one snapshot.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try readers.take { try Self.transaction(.deferred, $0, body) }
    }

    /// Writes in one transaction, which nobody else's comes into.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try writer.take { try Self.transaction(.immediate, $0, body) }
    }

    /// The session that writes.
    func writeWithoutTransaction<Result>(_ body: (Database) throws -> Result) throws -> Result { try writer.take(body) }

    /// Waits for those who have a session; from then on there are none.
    func close() {
        readers.close()
        writer.close()
    }

    private static func transaction<Result>(
        _ kind: Database.TransactionKind, _ session: Database, _ body: (Database) throws -> Result
    ) throws -> Result {
        var result: Result?
        try session.inTransaction(kind) {
            result = try body(session)
            return .commit
        }
        guard let result else { preconditionFailure("the transaction was done") }
        return result
    }
}

/// Sessions that are used in turns: first come, first served.
private final class Turns: @unchecked Sendable {
    private let most: Int
    private let make: () throws -> Database
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Under the mutex:
    private var idle: [Database] = []
    /// The threads that have one.
    private var holders: [pthread_t] = []
    private var tickets = 0
    private var served = 0
    private var isClosed = false

    /// - Parameters:
    ///   - most: at once.
    ///   - make: called when there are fewer than are wanted.
    init(_ most: Int, _ make: @escaping () throws -> Database) {
        self.most = most
        self.make = make
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    func take<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let (session, thread) = (try begin(), pthread_self())
        var returned = session
        defer { end(returned, thread) }
        if returned == nil { returned = try make() }
        guard let returned else { preconditionFailure("it was made") }
        return try returned.access(body)
    }

    /// Waits for its turn. Nil: a session is to be made.
    private func begin() throws -> Database? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let thread = pthread_self()
        precondition(!holders.contains(thread), "who has a session waits for another one, which may never come")
        let ticket = tickets
        tickets += 1
        while ticket != served || holders.count == most { pthread_cond_wait(changed, mutex) }
        served += 1
        pthread_cond_broadcast(changed)
        if isClosed { throw DatabaseError(code: SQLITE_MISUSE, message: "the database is closed") }
        holders.append(thread)
        return idle.popLast()
    }

    /// - Parameter session: nil where none could be made.
    private func end(_ session: Database?, _ thread: pthread_t) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if let index = holders.firstIndex(of: thread) { holders.remove(at: index) }
        if let session { idle.append(session) }
        pthread_cond_broadcast(changed)
    }

    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        precondition(!holders.contains(pthread_self()), "who has a session cannot close it")
        isClosed = true
        while !holders.isEmpty { pthread_cond_wait(changed, mutex) }
        for session in idle { session.close() }
        idle = []
    }
}
