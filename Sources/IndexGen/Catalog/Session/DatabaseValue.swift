internal import CSQLite

/// A value as SQLite keeps it.
enum DatabaseValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// What a statement can be given and a column can be read as.
protocol DatabaseValueConvertible {
    var databaseValue: DatabaseValue { get }
    /// Nil where it is of another type.
    init?(_ value: DatabaseValue)
    /// What is read for a value that is of another type, until `Faults` end the transaction.
    static var standIn: Self { get }
}

extension Int64: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { .integer(self) }
    static var standIn: Int64 { 0 }

    init?(_ value: DatabaseValue) {
        switch value {
        case .integer(let number): self = number
        case .real(let number): self.init(exactly: number)
        case .null, .text, .bytes: return nil
        }
    }
}

extension Int: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { .integer(Int64(self)) }
    static var standIn: Int { 0 }

    init?(_ value: DatabaseValue) {
        guard let number = Int64(value) else { return nil }
        self.init(number)
    }
}

extension Bool: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }
    static var standIn: Bool { false }

    init?(_ value: DatabaseValue) {
        guard let number = Int64(value) else { return nil }
        self = number != 0
    }
}

extension String: DatabaseValueConvertible {
    var databaseValue: DatabaseValue { .text(self) }
    static var standIn: String { "" }

    init?(_ value: DatabaseValue) {
        switch value {
        case .text(let text): self = text
        // As SQLite converts them.
        case .integer(let number): self = "\(number)"
        case .bytes(let bytes): self.init(decoding: bytes, as: UTF8.self)
        case .null, .real: return nil
        }
    }
}

extension Array: DatabaseValueConvertible where Element == UInt8 {
    var databaseValue: DatabaseValue { .bytes(self) }
    static var standIn: [UInt8] { [] }

    init?(_ value: DatabaseValue) {
        switch value {
        case .bytes(let bytes): self = bytes
        case .text(let text): self = Array(text.utf8)
        case .null, .integer, .real: return nil
        }
    }
}

extension DatabaseValueConvertible {
    /// The first column of the first row; nil where there is no row, or NULL in it.
    static func fetchOne(_ statement: Statement, arguments: StatementArguments = []) throws -> Self? {
        var found: Self?
        try statement.forEachRow(arguments) { row in
            found = try row.read(0)
            return false
        }
        return found
    }

    static func fetchOne(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> Self? {
        try fetchOne(db.makeStatement(sql: sql), arguments: arguments)
    }

    /// The first column of all rows.
    static func fetchAll(_ statement: Statement, arguments: StatementArguments = []) throws -> [Self] {
        var found: [Self] = []
        try statement.forEachRow(arguments) { row in
            guard let value: Self = try row.read(0) else { throw row.fault(0, Self.self, .null) }
            found.append(value)
            return true
        }
        return found
    }

    static func fetchAll(_ db: Database, sql: String, arguments: StatementArguments = []) throws -> [Self] {
        try fetchAll(db.makeStatement(sql: sql), arguments: arguments)
    }
}

/// The values of a statement's parameters, in their order.
struct StatementArguments: ExpressibleByArrayLiteral {
    private(set) var values: [DatabaseValue]

    init(arrayLiteral elements: (any DatabaseValueConvertible)?...) { self.init(elements) }

    init(_ elements: some Sequence<(any DatabaseValueConvertible)?>) { values = elements.map { $0?.databaseValue ?? .null } }

    init(_ elements: some Sequence<some DatabaseValueConvertible>) { values = elements.map(\.databaseValue) }

    static func + (first: StatementArguments, second: StatementArguments) -> StatementArguments {
        var sum = first
        sum += second
        return sum
    }

    static func += (arguments: inout StatementArguments, more: StatementArguments) { arguments.values += more.values }
}
