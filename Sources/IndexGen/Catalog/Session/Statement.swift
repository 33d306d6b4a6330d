internal import CSQLite

/// A prepared statement. It is reset whenever it is not running, also after an error, so that it holds no snapshot and no lock.
final class Statement {
    private let pointer: OpaquePointer
    private let connection: SQLiteConnection
    private var isRunning = false
    /// Changes with every row, so that an older one is known for what it is.
    private(set) var position = 0
    private(set) lazy var columns = Columns(
        names: (0..<columnCount).map { sqlite3_column_name(pointer, Int32($0)).map { String(cString: $0) } ?? "" }, sql: sql,
        faults: connection.faults)

    init(_ pointer: OpaquePointer, on connection: SQLiteConnection) {
        self.pointer = pointer
        self.connection = connection
    }

    deinit { sqlite3_finalize(pointer) }

    var sql: String { sqlite3_sql(pointer).map { String(cString: $0) } ?? "" }

    /// How many values it takes.
    var parameterCount: Int { Int(sqlite3_bind_parameter_count(pointer)) }

    var columnCount: Int { Int(sqlite3_column_count(pointer)) }

    // MARK: Running

    func execute(arguments: StatementArguments = []) throws { try execute(arguments.values) }

    /// Runs it to its end; rows are passed over.
    func execute(_ values: [DatabaseValue]) throws {
        try start(values)
        while try step() {}
    }

    /// Runs a statement that returns no rows.
    /// - Returns: the number of rows that it changed.
    @discardableResult func run(_ values: DatabaseValue...) throws -> Int {
        try execute(values)
        return Int(sqlite3_changes(connection.handle))
    }

    /// The first column of the first row; nil when there is no row.
    func first(_ values: DatabaseValue...) throws -> Int64? {
        try start(values)
        defer { reset() }
        return try step() ? sqlite3_column_int64(pointer, 0) : nil
    }

    /// The same for bytes.
    func firstBytes(_ values: DatabaseValue...) throws -> [UInt8]? {
        try start(values)
        defer { reset() }
        return try step() ? withBytes(0) { [UInt8]($0) } : nil
    }

    /// Hands `body` the rows in turn until it says false. Each is valid until it returns.
    func forEachRow(_ arguments: StatementArguments, _ body: (Row) throws -> Bool) throws {
        try start(arguments.values)
        defer { reset() }
        while try step(), try body(Row(of: self)) {}
    }

    /// Begins anew. Rows of before are not to be read any more.
    func start(_ values: [DatabaseValue]) throws {
        reset()
        try connection.check(sql)
        guard values.count == parameterCount else {
            throw DatabaseError(
                code: SQLITE_MISUSE, message: "it takes \(parameterCount) values and was given \(values.count)", sql: sql)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            if code != SQLITE_OK { throw connection.fault(code, sql) }
        }
        isRunning = true
    }

    /// - Returns: whether there is another row.
    func step() throws -> Bool {
        position += 1
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            reset()
            return false
        case let code:
            let fault = connection.fault(code, sql)
            reset()
            throw fault
        }
    }

    func reset() {
        guard isRunning else { return }
        isRunning = false
        position += 1
        // Says again what the last step said.
        sqlite3_reset(pointer)
    }

    /// Says that rows are read one by one from now on, or that they no longer are.
    func beginReading() { connection.beginReading(self) }
    func endReading() { connection.endReading(self) }

    // MARK: Values

    private func bind(_ value: DatabaseValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
        case .real(let number): return sqlite3_bind_double(pointer, index, number)
        case .text(""): return sqlite3_bind_text(pointer, index, "", 0, Self.copied)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(pointer, index, $0.baseAddress, Int32($0.count), Self.copied)
                }
            }
        case .bytes(let bytes):
            // A blob of no bytes is one; a null pointer would be NULL.
            if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return bytes.withUnsafeBytes { sqlite3_bind_blob(pointer, index, $0.baseAddress, Int32($0.count), Self.copied) }
        }
    }

    /// SQLITE_TRANSIENT, a cast that the importer does not see: SQLite makes its own copy.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// A copy of a column of the present row.
    func value(_ index: Int) -> DatabaseValue {
        let index = Int32(index)
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            let text = sqlite3_column_text(pointer, index)
            return .text(
                String(
                    decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(pointer, index))), as: UTF8.self))
        case SQLITE_BLOB: return .bytes(withBytes(Int(index)) { [UInt8]($0) })
        default: return .null
        }
    }

    /// The bytes of a column of the present row, as SQLite has them.
    func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        // In this order: the first call may convert what the second one measures.
        let start = sqlite3_column_blob(pointer, Int32(index))
        return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, Int32(index)))))
    }
}
