internal import CSQLite

/// The columns of a statement's rows.
final class Columns {
    let names: [String]
    let sql: String
    let faults: Faults

    init(names: [String], sql: String, faults: Faults) {
        self.names = names
        self.sql = sql
        self.faults = faults
    }
}

/// A row of a result: a copy, or a view of the one that a statement is at, which is valid until its next step.
///
/// What is read as a type that it is not of, NULL as something that is not optional, is noted (`Faults`), and ends the transaction.
struct Row {
    private enum Storage {
        /// With the cursor that is at it, so that this does not end before.
        case view(Statement, position: Int, RowCursor?)
        case copy(Columns, [DatabaseValue])
    }

    private let storage: Storage

    /// A view.
    init(of statement: Statement, _ cursor: RowCursor? = nil) {
        storage = .view(statement, position: statement.position, cursor)
    }

    /// A copy of the row that a statement is at.
    init(copying statement: Statement) {
        storage = .copy(statement.columns, (0..<statement.columnCount).map(statement.value))
    }

    var count: Int {
        switch storage {
        case .view(let statement, _, _): statement.columnCount
        case .copy(_, let values): values.count
        }
    }

    private var columns: Columns {
        switch storage {
        case .view(let statement, _, _): statement.columns
        case .copy(let columns, _): columns
        }
    }

    private func value(_ index: Int) -> DatabaseValue {
        switch storage {
        case .copy(_, let values): return values[index]
        case .view(let statement, let position, _):
            precondition(index >= 0 && index < statement.columnCount, "a row has no such column")
            if statement.position == position { return statement.value(index) }
            columns.faults.note(
                DatabaseError(code: SQLITE_MISUSE, message: "a row was read after the next one", sql: columns.sql))
            return .null
        }
    }

    /// - Throws: where the value is neither NULL nor of this type.
    func read<Value: DatabaseValueConvertible>(_ index: Int) throws(DatabaseError) -> Value? {
        let value = value(index)
        if value == .null { return nil }
        guard let converted = Value(value) else { throw fault(index, Value.self, value) }
        return converted
    }

    func fault(_ index: Int, _ type: Any.Type, _ value: DatabaseValue) -> DatabaseError {
        let kind =
            switch value {
            case .null: "NULL"
            case .integer: "an integer"
            case .real: "a floating-point number"
            case .text: "a text"
            case .bytes: "a blob"
            }
        return DatabaseError(
            code: SQLITE_MISMATCH, message: "column \(index) (\(columns.names[index])) is \(kind), and \(type) was asked for",
            sql: columns.sql)
    }

    private func noted<Value: DatabaseValueConvertible>(_ index: Int) -> Value? {
        do {
            return try read(index)
        } catch {
            columns.faults.note(error)
            return nil
        }
    }

    /// Nil for NULL.
    subscript<Value: DatabaseValueConvertible>(index: Int) -> Value? { noted(index) }

    subscript<Value: DatabaseValueConvertible>(index: Int) -> Value {
        if let value = noted(index) as Value? { return value }
        columns.faults.note(fault(index, Value.self, .null))
        return Value.standIn
    }

    /// By its name, of which there is one.
    subscript<Value: DatabaseValueConvertible>(name: String) -> Value {
        guard let index = columns.names.firstIndex(of: name) else { preconditionFailure("no column is called \(name)") }
        return self[index]
    }

    func isNull(_ index: Int) -> Bool { value(index) == .null }

    /// A copy of a column; empty for NULL.
    func bytes(_ index: Int) -> [UInt8] { self[index] ?? [] }

    /// The bytes of a column, borrowed for the length of the call; none for NULL.
    func withBytes(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        if case .view(let statement, let position, _) = storage, statement.position == position {
            return try statement.withBytes(index, body)
        }
        try bytes(index).withUnsafeBytes(body)
    }

    /// Copies of all values.
    var values: [DatabaseValue] { (0..<count).map(value) }
}

extension Row {
    static func fetchOne(_ statement: Statement, arguments: StatementArguments = []) throws -> Row? {
        var found: Row?
        try statement.forEachRow(arguments) { _ in
            found = Row(copying: statement)
            return false
        }
        return found
    }

    static func fetchOne(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> Row? {
        try fetchOne(db.makeStatement(sql: sql), arguments: arguments)
    }

    static func fetchAll(_ statement: Statement, arguments: StatementArguments = []) throws -> [Row] {
        var found: [Row] = []
        try statement.forEachRow(arguments) { _ in
            found.append(Row(copying: statement))
            return true
        }
        return found
    }

    static func fetchAll(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> [Row] {
        try fetchAll(db.makeStatement(sql: sql), arguments: arguments)
    }

    /// Views, one by one. Of a statement there is one cursor at a time.
    static func fetchCursor(_ statement: Statement, arguments: StatementArguments = []) throws -> RowCursor {
        try RowCursor(statement, arguments)
    }

    static func fetchCursor(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> RowCursor {
        try fetchCursor(db.makeStatement(sql: sql), arguments: arguments)
    }
}

/// Rows one by one. What is not read to its end ends with the cursor, and with the access to the session at the latest.
final class RowCursor {
    private let statement: Statement
    /// That of its last step; nil behind the end.
    private var position: Int?

    fileprivate init(_ statement: Statement, _ arguments: StatementArguments) throws {
        self.statement = statement
        try statement.start(arguments.values)
        position = statement.position
        statement.beginReading()
    }

    deinit { end() }

    /// Nil behind the last row.
    func next() throws -> Row? {
        guard let position else { return nil }
        guard statement.position == position else {
            self.position = nil
            throw DatabaseError(code: SQLITE_MISUSE, message: "its statement has begun anew, or has ended", sql: statement.sql)
        }
        guard try statement.step() else {
            end()
            return nil
        }
        self.position = statement.position
        return Row(of: statement, self)
    }

    private func end() {
        if position == statement.position { statement.reset() }
        if position != nil { statement.endReading() }
        position = nil
    }
}
