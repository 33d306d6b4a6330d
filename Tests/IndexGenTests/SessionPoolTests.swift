import Foundation
import Synchronization
import Testing

@testable import IndexGen

/// Several sessions with one file, of one process and of several.
@Suite final class SessionPoolTests {
    private let folder: String
    private var path: String { folder + "/test.sqlite" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-session-\(UUID().uuidString)").path
        try Files.makeFolder(folder)
        let db = try Database(path)
        try db.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE t (value INTEGER)")
        db.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func pool() throws -> DatabasePool { try DatabasePool(path: path, patience: 60_000) { _ in } }

    private static func values(_ db: Database) throws -> [Int] { try Int.fetchAll(db, sql: "SELECT value FROM t ORDER BY value") }

    private static func insert(_ value: Int, _ db: Database) throws {
        try db.execute(sql: "INSERT INTO t (value) VALUES (?)", arguments: [value])
    }

    private func error(_ body: () throws -> Void) throws -> DatabaseError? {
        do {
            try body()
        } catch let error as DatabaseError {
            return error
        }
        return nil
    }

    /// Whether nobody's snapshot keeps the log from being emptied.
    private static func isLogFree(_ pool: DatabasePool) throws -> Bool {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
        }
    }

    @Test func `readers have one snapshot while the writer commits`() throws {
        let pool = try pool()
        try pool.write { try Self.insert(1, $0) }
        try pool.read { reader in
            #expect(try Self.values(reader) == [1])
            try pool.write { try Self.insert(2, $0) }
            #expect(try Self.values(reader) == [1])
        }
        #expect(try pool.read(Self.values) == [1, 2])
        pool.close()
    }

    @Test func `a reader cannot write`() throws {
        let pool = try pool()
        #expect(try error { try pool.read { try Self.insert(1, $0) } }?.reason == .denied)
        #expect(try error { _ = try Database(folder + "/none.sqlite", .readOnly) }?.reason == .denied)
        #expect(try pool.read(Self.values) == [])
        pool.close()
    }

    @Test func `a cursor that is left in the middle holds no snapshot`() throws {
        let pool = try pool()
        try pool.write { db in for value in 0..<10 { try Self.insert(value, db) } }
        var left: RowCursor?
        try pool.read { db in
            let rows = try Row.fetchCursor(db.cachedStatement(sql: "SELECT value FROM t"))
            #expect(try rows.next() != nil)
            left = rows
        }
        #expect(try Self.isLogFree(pool))
        try pool.write { try Self.insert(10, $0) }
        #expect(try Self.isLogFree(pool))
        let fault = try error { _ = try left?.next() }
        #expect(fault?.message == "its statement has begun anew, or has ended")
        left = nil
        // The other kinds of reading end where they return, also in the middle.
        try pool.read { db in
            #expect(try Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM t ORDER BY value")) == 0)
            #expect(try db.cachedStatement(sql: "SELECT value FROM t").first() != nil)
            _ = try Row.fetchCursor(db.cachedStatement(sql: "SELECT value FROM t")).next()
        }
        #expect(try Self.isLogFree(pool))
        pool.close()
    }

    @Test func `one of two who write waits, or says that the other one is busy`() throws {
        let (first, second) = (try Database(path), try Database(path))
        try first.inTransaction(.immediate) {
            try Self.insert(1, first)
            let fault = try error { try second.inTransaction(.immediate) { .commit } }
            #expect(fault?.reason == .busy && fault?.sql == "BEGIN IMMEDIATE")
            #expect(!second.isInsideTransaction)
            return .commit
        }
        // Who has read and then writes cannot wait: what it has read is old by then.
        try second.inTransaction(.deferred) {
            #expect(try Self.values(second) == [1])
            try first.inTransaction(.immediate) {
                try Self.insert(2, first)
                return .commit
            }
            let fault = try error { try Self.insert(3, second) }
            #expect(fault?.code == 517 && fault?.reason == .busy, "SQLITE_BUSY_SNAPSHOT")
            return .rollback
        }
        let path = path, (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        try first.inTransaction(.immediate) {
            Thread.detachNewThread {
                begun.signal()
                #expect(throws: Never.self) {
                    let patient = try Database(path, patience: 60_000)
                    try patient.inTransaction(.immediate) {
                        try Self.insert(4, patient)
                        return .commit
                    }
                }
                ended.signal()
            }
            begun.wait()
            try Self.insert(3, first)
            return .commit
        }
        ended.wait()
        #expect(try Self.values(second) == [1, 2, 3, 4])
    }

    @Test func `many threads write one behind the other, and five read at once`() throws {
        let pool = try pool()
        try pool.write { try Self.insert(0, $0) }
        let reading = Mutex((now: 0, most: 0)), faults = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 200) { index in
            do {
                if index % 2 == 0 {
                    try pool.write { db in
                        let value = try Int.fetchOne(db.cachedStatement(sql: "SELECT value FROM t")) ?? -1
                        try db.cachedStatement(sql: "UPDATE t SET value = ?").execute(arguments: [value + 1])
                    }
                } else {
                    try pool.read { db in
                        reading.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        _ = try Self.values(db)
                        reading.withLock { $0.now -= 1 }
                    }
                }
            } catch {
                faults.withLock { $0.append("\(error)") }
            }
        }
        #expect(faults.withLock { $0 } == [])
        #expect(try pool.read(Self.values) == [100])
        #expect(reading.withLock { $0.most } <= 5)
        pool.close()
    }

    @Test func `closing leaves the log to whoever comes next, and ends all access`() throws {
        let pool = try pool()
        try pool.write { try Self.insert(1, $0) }
        pool.close()
        #expect(try FileStatus.of(path + "-wal")?.size ?? 0 > 0)
        #expect(try error { _ = try pool.read(Self.values) }?.message == "the database is closed")
        #expect(try error { try pool.write { try Self.insert(2, $0) } }?.message == "the database is closed")
        let next = try self.pool()
        #expect(try next.read(Self.values) == [1])
        next.close()
    }

    @Test func `opening writes nothing`() throws {
        let first = try pool()
        #expect(try Self.isLogFree(first))
        first.close()
        let before = try Files.read(path)
        let second = try pool()
        #expect(try second.read(Self.values) == [])
        second.close()
        #expect(try FileStatus.of(path + "-wal")?.size == 0)
        #expect(try Files.read(path) == before)
        try Files.replace(folder + "/picture.sqlite", with: Array(repeating: 7, count: 8_192))
        #expect(try error { _ = try DatabasePool(path: folder + "/picture.sqlite", patience: 0) { _ in } }?.reason == .damaged)
    }

    // MARK: Migrations

    @Test func `migrations are done in their order, each once, and one that fails leaves those before it`() throws {
        struct Failure: Error {}
        let done = Mutex<[String]>([])
        func migrator(failing: String? = nil) -> DatabaseMigrator {
            var migrator = DatabaseMigrator()
            for name in ["b", "a", "c"] {
                migrator.registerMigration(name) { db in
                    try db.execute(sql: "CREATE TABLE \(name) (value)")
                    if name == failing { throw Failure() }
                    done.withLock { $0.append(name) }
                }
            }
            return migrator
        }
        let db = try Database(path)
        #expect(try migrator().appliedIdentifiers(db) == [])
        try migrator().migrate(db, upTo: "b")
        #expect(throws: Failure.self) { try migrator(failing: "c").migrate(db) }
        #expect(done.withLock { $0 } == ["b", "a"])
        #expect(try migrator().appliedIdentifiers(db) == ["a", "b"])
        #expect(try !db.tableExists("c"))
        try migrator().migrate(db)
        try migrator().migrate(Database(path))
        #expect(done.withLock { $0 } == ["b", "a", "c"])
        try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('z')")
        #expect(try migrator().appliedIdentifiers(db) == ["a", "b", "c", "z"])
    }
}
