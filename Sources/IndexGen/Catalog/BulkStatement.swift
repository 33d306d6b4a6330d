internal import GRDB
internal import GRDBSQLite

/// A prepared statement that runs for thousands of rows in one transaction: values go to SQLite as they are.
///
/// Valid as long as its connection's transaction.
final class BulkStatement {
    enum Value {
        case integer(Int64)
        case text(String)
        case bytes([UInt8])
        case null
    }

    private let prepared: Statement
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ sql: String, in db: Database) throws {
        prepared = try db.makeStatement(sql: sql)
        guard let connection = db.sqliteConnection else { preconditionFailure("a database in use has a connection") }
        statement = prepared.sqliteStatement
        self.connection = connection
    }

    /// Runs a statement that returns no rows.
    /// - Returns: the number of rows that it changed.
    @discardableResult func run(_ values: Value...) throws -> Int {
        try withRow(of: values) { _ in Int(sqlite3_changes(connection)) }
    }

    /// The first column of the first row; nil when there is no row.
    func first(_ values: Value...) throws -> Int64? {
        try withRow(of: values) { $0 ? sqlite3_column_int64(statement, 0) : nil }
    }

    /// The same for bytes.
    func firstBytes(_ values: Value...) throws -> [UInt8]? {
        try withRow(of: values) { hasRow in
            guard hasRow else { return nil }
            return Array(
                UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, 0), count: Int(sqlite3_column_bytes(statement, 0))))
        }
    }

    private func withRow<Result>(of values: [Value], _ body: (_ hasRow: Bool) -> Result) throws -> Result {
        for (index, value) in values.enumerated() { try check(bind(value, at: Int32(index + 1))) }
        defer { sqlite3_reset(statement) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return body(true)
        case SQLITE_DONE: return body(false)
        case let code: throw fault(code)
        }
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .integer(let number): return sqlite3_bind_int64(statement, index, number)
        case .null: return sqlite3_bind_null(statement, index)
        case .text(""): return sqlite3_bind_text(statement, index, "", 0, Self.copied)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), Self.copied)
                }
            }
        case .bytes(let bytes):
            // A blob of no bytes is one; a null pointer would be NULL.
            if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
            return bytes.withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), Self.copied) }
        }
    }

    /// SQLITE_TRANSIENT, a cast that the importer does not see: SQLite makes its own copy.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw fault(code) }
    }

    private func fault(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: prepared.sql)
    }
}
