import Testing

@testable import IndexGen

/// One session with a database: values, errors, transactions.
@Suite struct SessionTests {
    private let db: Database

    init() throws {
        db = try Database(":memory:")
        try db.execute(sql: "CREATE TABLE t (id INTEGER PRIMARY KEY, value); CREATE UNIQUE INDEX once ON t (value)")
    }

    private func count() throws -> Int? { try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM t") }

    private func error(_ body: () throws -> Void) throws -> DatabaseError {
        do {
            try body()
        } catch let error as DatabaseError {
            return error
        }
        throw Missing()
    }

    private struct Missing: Error {}

    // MARK: Values

    private static let values: [DatabaseValue] = [
        .null, .integer(0), .integer(.min), .integer(.max), .real(0.1), .text(""), .text("a\u{0}b"), .text("ü 🦆 'x'"), .bytes([]),
        .bytes([0]), .bytes([UInt8](repeating: 0xa5, count: 300)),
    ]

    @Test(arguments: values) func `a value comes back as it was given`(value: DatabaseValue) throws {
        let statement = try db.cachedStatement(sql: "INSERT INTO t (value) VALUES (?)")
        #expect(try statement.run(value) == 1)
        let row = try #require(try Row.fetchOne(db, sql: "SELECT id, value FROM t"))
        #expect(row.values == [.integer(db.lastInsertedRowID), value])
        #expect(row.isNull(1) == (value == .null))
        try #require(try Row.fetchCursor(db, sql: "SELECT value FROM t").next()).withBytes(0) { bytes in
            if case .bytes(let expected) = value { #expect(bytes.elementsEqual(expected)) }
        }
    }

    @Test func `Swift's values are given and read by position and by name`() throws {
        let (text, none) = ("text", nil as String?)
        try db.execute(sql: "CREATE TABLE u (a, b, c, d, e, f)")
        try db.execute(
            sql: "INSERT INTO u VALUES (?, ?, ?, ?, ?, ?)", arguments: [1, Int64.max, text, true, [1, 2] as [UInt8], none])
        let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM u"))
        #expect(row.count == 6)
        #expect(row[0] as Int == 1 && row[1] as Int64 == .max && row[2] as String == text && row[3] as Bool)
        #expect(row[4] as [UInt8] == [1, 2] && row.bytes(4) == [1, 2] && row.bytes(5) == [])
        #expect(row[5] as String? == nil && row[2] as String? == text)
        #expect(row["c"] as String == text)
        #expect(try Int.fetchAll(db, sql: "SELECT a FROM u UNION ALL SELECT 5") == [1, 5])
        #expect(try Int.fetchOne(db, sql: "SELECT MAX(a) FROM u WHERE a > 7") == nil)
        #expect(try Int.fetchOne(db, sql: "SELECT a FROM u WHERE a > 7") == nil)
        #expect(try String.fetchOne(db, sql: "SELECT ?2 || ?1", arguments: ["a", "b"]) == "ba")
    }

    @Test func `a blob is borrowed as it is, without a copy of its own`() throws {
        try db.execute(sql: "INSERT INTO t (value) VALUES (zeroblob(100000)), (zeroblob(7))")
        let rows = try Row.fetchCursor(db, sql: "SELECT value FROM t ORDER BY id")
        var sizes: [Int] = []
        while let row = try rows.next() { try row.withBytes(0) { sizes.append($0.count) } }
        #expect(sizes == [100_000, 7])
    }

    @Test func `values are spread over the statements of one text`() throws {
        try db.execute(sql: "INSERT INTO t VALUES (?, ?); INSERT INTO t VALUES (?, ?) -- end\n;", arguments: [1, "a", 2, "b"])
        #expect(try String.fetchAll(db, sql: "SELECT value FROM t ORDER BY id") == ["a", "b"])
        #expect(db.totalChangesCount == 2 && db.changesCount == 1)
    }

    // MARK: Errors

    @Test func `an error names its statement`() throws {
        let unknown = try error { try db.execute(sql: "SELECT 1; SELECT absent FROM t") }
        #expect(unknown.message == "no such column: absent" && unknown.sql.contains("SELECT absent FROM t"))
        let quoted = try error { _ = try db.makeStatement(sql: "SELECT \"text\"") }
        #expect(quoted.message.contains("no such column"))
        let insertion = try db.cachedStatement(sql: "INSERT INTO t (value) VALUES (?)")
        try insertion.run(.integer(1))
        let twice = try error { try insertion.run(.integer(1)) }
        #expect(twice.message == "UNIQUE constraint failed: t.value" && twice.sql == insertion.sql)
        #expect(twice.code == 2067 && twice.reason == .other)
        // It goes on all the same.
        #expect(try insertion.run(.integer(2)) == 1)
        #expect(try db.cachedStatement(sql: insertion.sql) === insertion)
    }

    @Test func `as many values are given as there are places`() throws {
        let statement = try db.makeStatement(sql: "SELECT ?1, ?2, ?1")
        #expect(try Row.fetchOne(statement, arguments: [1, 2])?.values == [.integer(1), .integer(2), .integer(1)])
        for arguments in [[], [1], [1, 2, 3]] as [StatementArguments] {
            let fault = try error { _ = try Row.fetchOne(statement, arguments: arguments) }
            #expect(fault.message.contains("it takes 2 values") && fault.sql == "SELECT ?1, ?2, ?1")
        }
        #expect(try error { try db.execute(sql: "DELETE FROM t", arguments: [1]) }.message == "1 values too many")
        #expect(try error { _ = try db.makeStatement(sql: "SELECT 1; SELECT 2") }.message == "more than one statement")
        #expect(try error { _ = try db.makeStatement(sql: " -- nothing") }.message == "no statement")
    }

    @Test(arguments: [
        ("SELECT 'x' AS name", "column 0 (name) is a text, and Int was asked for"),
        ("SELECT NULL AS name", "column 0 (name) is NULL, and Int was asked for"),
        ("SELECT x'00' AS name", "column 0 (name) is a blob, and Int was asked for"),
        ("SELECT 1.5 AS name", "column 0 (name) is a floating-point number, and Int was asked for"),
    ])
    func `a value of another type ends the transaction in which it is read`(sql: String, message: String) throws {
        let fault = try error {
            try db.inTransaction(.immediate) {
                try db.execute(sql: "INSERT INTO t (value) VALUES (1)")
                let row = try #require(try Row.fetchOne(db, sql: sql))
                #expect(row[0] as Int == 0)
                return .commit
            }
        }
        #expect(fault.message == message && fault.sql == sql)
        #expect(try count() == 0)
        #expect(throws: DatabaseError.self) { try Int.fetchAll(db, sql: sql) }
    }

    @Test func `what is read in passing is no fault of the next one`() throws {
        let row = try db.access { try #require(try Row.fetchOne($0, sql: "SELECT 'x'")) }
        #expect(row[0] as Int == 0)
        #expect(try db.access { try Int.fetchOne($0, sql: "SELECT 5") } == 5)
        #expect(throws: DatabaseError.self) { try db.access { _ in row[0] as Int } }
    }

    @Test(
        arguments: [
            (13, .full), (10, .disk), (778, .disk), (14, .denied), (8, .denied), (1544, .denied), (5, .busy), (517, .busy),
            (6, .busy), (11, .damaged), (26, .damaged), (19, .other),
        ] as [(Int32, DatabaseError.Reason)])
    func `SQLite's codes come to what one does about them`(code: Int32, reason: DatabaseError.Reason) {
        let error = DatabaseError(code: code, message: "it said")
        #expect(error.reason == reason)
        #expect(NoRoom.isReason(of: error) == (reason == .full))
        #expect(CatalogError(error, of: "/site").description.hasPrefix("the catalog /site/state/catalog.sqlite: it said; "))
    }

    // MARK: Cursors

    @Test func `of a statement there is one cursor at a time, and a row is read before the next`() throws {
        try db.execute(sql: "INSERT INTO t (value) VALUES (1), (2), (3)")
        let statement = try db.cachedStatement(sql: "SELECT value FROM t ORDER BY id")
        let first = try Row.fetchCursor(statement)
        let row = try #require(try first.next())
        #expect(row[0] as Int == 1)
        _ = try first.next()
        let second = try Row.fetchCursor(statement)
        #expect(try error { _ = try first.next() }.message == "its statement has begun anew, or has ended")
        #expect(try second.next()?[0] as Int? == 1)
        #expect(try Int.fetchAll(statement) == [1, 2, 3])
        #expect(throws: DatabaseError.self) { try db.access { _ in row[0] as Int } }
    }

    // MARK: Transactions

    @Test func `what is thrown rolls a transaction back, and the next one begins`() throws {
        #expect(throws: Missing.self) {
            try db.inTransaction(.immediate) {
                try db.execute(sql: "INSERT INTO t (value) VALUES (1)")
                throw Missing()
            }
        }
        #expect(try !db.isInsideTransaction && count() == 0)
        try db.inTransaction(.immediate) {
            try db.execute(sql: "INSERT INTO t (value) VALUES (1)")
            return .rollback
        }
        #expect(try !db.isInsideTransaction && count() == 0)
        var commits = 0
        db.afterCommit = { commits += $0.isInsideTransaction ? 100 : 1 }
        try db.inTransaction(.immediate) {
            try db.execute(sql: "INSERT INTO t (value) VALUES (1)")
            return .commit
        }
        #expect(try count() == 1 && commits == 1)
    }

    @Test func `a part that is undone leaves the rest`() throws {
        try db.inTransaction(.immediate) {
            for value in 0..<4 {
                try? db.inSavepoint {
                    try db.execute(sql: "INSERT INTO t (value) VALUES (?)", arguments: [value])
                    if value == 1 { throw Missing() }
                    // A part of a part.
                    try db.inSavepoint {
                        try db.execute(sql: "INSERT INTO t (value) VALUES (?)", arguments: [value + 10])
                        return value == 3 ? .rollback : .commit
                    }
                    return value == 2 ? .rollback : .commit
                }
            }
            return .commit
        }
        #expect(try Int.fetchAll(db, sql: "SELECT value FROM t ORDER BY value") == [0, 3, 10])
    }

    @Test func `where the room ends all is rolled back, and nothing is written behind it`() throws {
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        try db.execute(sql: "PRAGMA max_page_count = \(pages + 20)")
        let insertion = try db.cachedStatement(sql: "INSERT INTO t (value) VALUES (?)")
        let fault = try error {
            try db.inTransaction(.immediate) {
                let full = try error {
                    for byte in 0..<100 { try insertion.run(.bytes([UInt8](repeating: UInt8(byte), count: 4_096))) }
                }
                #expect(full.reason == .full && NoRoom.isReason(of: full))
                // SQLite may have ended the transaction by itself: this must not be committed alone.
                try insertion.run(.integer(1))
                return .commit
            }
        }
        #expect(fault.message == "the transaction was rolled back by an error before")
        #expect(try !db.isInsideTransaction && count() == 0)
        #expect(try insertion.run(.integer(1)) == 1)
    }

    @Test func `a closed session says so`() throws {
        let statement = try db.cachedStatement(sql: "SELECT 1")
        db.close()
        #expect(try error { _ = try Int.fetchOne(statement) }.message == "the connection is closed")
        #expect(try error { try db.execute(sql: "SELECT 1") }.message == "the connection is closed")
    }
}
