/// The tables of a TOML document while it is read: who may still add to which one ("Keys", "Table", "Array of Tables" in TOML 1.0.0).
struct TOMLTables: Sendable {
    struct Conflict: Error {
        var cause: Refusal.Cause
        /// As a clause behind the document's name.
        var what: String
    }

    /// How a table came to be. Inline tables are values: nobody adds to them.
    private enum Definition {
        /// Named on the way to another one; a header may still define it, once.
        case implicit
        case header
        /// By the dots of a key: no header defines it again.
        case dotted
    }

    private enum Entry {
        case value(DataValue)
        case table(Int)
        /// The elements of an array of tables.
        case tables([Int])
    }

    private struct Table {
        var definition: Definition
        var depth: Int
        var names = NameIndex()
        /// Of the names, in their order.
        var entries: [Entry] = []
    }

    static let root = 0
    private var tables: [Table]
    private let most: Int

    init(depth: Int) {
        most = depth
        tables = [Table(definition: .header, depth: 0)]
    }

    func depth(of table: Int) -> Int { tables[table].depth }

    // MARK: Headers

    /// `[path]`. Returns the table.
    mutating func define(_ path: [String]) throws(Conflict) -> Int {
        let (parent, name) = try parent(of: path)
        guard let entry = entry(name, in: parent) else { return try add(name, to: parent, .header) }
        guard case .table(let table) = entry, tables[table].definition == .implicit else { throw twice(path) }
        tables[table].definition = .header
        return table
    }

    /// `[[path]]`. Returns the new element.
    mutating func append(_ path: [String]) throws(Conflict) -> Int {
        let (parent, name) = try parent(of: path)
        let element = try make(.header, depth: tables[parent].depth + 2)
        guard let position = tables[parent].names.position(of: name) else {
            insert(name, .tables([element]), into: parent)
            return element
        }
        guard case .tables(var elements) = tables[parent].entries[position] else { throw twice(path) }
        // Taken out while it grows, so that it is not copied.
        tables[parent].entries[position] = .tables([])
        elements.append(element)
        tables[parent].entries[position] = .tables(elements)
        return element
    }

    /// The table that a header's last name belongs to. On the way, an array of tables stands for its last element.
    private mutating func parent(of path: [String]) throws(Conflict) -> (table: Int, name: String) {
        var table = Self.root
        for name in path.dropLast() {
            switch entry(name, in: table) {
            case nil: table = try add(name, to: table, .implicit)
            case .table(let next): table = next
            case .tables(let elements): table = elements[elements.count - 1]
            case .value: throw Conflict(cause: .ambiguous, what: "has a table inside of '\(name)', which is a value")
            }
        }
        return (table, path[path.count - 1])
    }

    // MARK: Values

    /// An empty table that is part of no other one, for the members of an inline table.
    mutating func makeInline(depth: Int) throws(Conflict) -> Int { try make(.dotted, depth: depth) }

    /// Its value, once; it is forgotten then, and so are those that were made after it.
    mutating func takeInline(_ table: Int) -> DataValue {
        let value = value(of: table)
        tables.removeSubrange(table...)
        return value
    }

    /// `path = value` in a table.
    mutating func set(_ path: [String], to value: DataValue, in table: Int) throws(Conflict) {
        var table = table
        for name in path.dropLast() {
            switch entry(name, in: table) {
            case nil: table = try add(name, to: table, .dotted)
            case .table(let next) where tables[next].definition != .header:
                tables[next].definition = .dotted
                table = next
            default: throw Conflict(cause: .ambiguous, what: "adds to '\(name)', which is defined elsewhere")
            }
        }
        let name = path[path.count - 1]
        guard entry(name, in: table) == nil else { throw twice(path) }
        insert(name, .value(value), into: table)
    }

    /// A table with all that belongs to it.
    func value(of table: Int) -> DataValue {
        let table = tables[table]
        return .object(
            zip(table.names.names, table.entries).map { name, entry in
                switch entry {
                case .value(let value): DataMember(name, value)
                case .table(let table): DataMember(name, value(of: table))
                case .tables(let elements): DataMember(name, .array(elements.map { value(of: $0) }))
                }
            })
    }

    // MARK: Steps

    private func entry(_ name: String, in table: Int) -> Entry? {
        tables[table].names.position(of: name).map { tables[table].entries[$0] }
    }

    private mutating func insert(_ name: String, _ entry: Entry, into table: Int) {
        let isNew = tables[table].names.insert(name)
        precondition(isNew, "whoever inserts has looked before")
        tables[table].entries.append(entry)
    }

    private mutating func add(_ name: String, to table: Int, _ definition: Definition) throws(Conflict) -> Int {
        let made = try make(definition, depth: tables[table].depth + 1)
        insert(name, .table(made), into: table)
        return made
    }

    private mutating func make(_ definition: Definition, depth: Int) throws(Conflict) -> Int {
        guard depth <= most else { throw Conflict(cause: .limit, what: "is nested deeper than limits.depth (\(most))") }
        tables.append(Table(definition: definition, depth: depth))
        return tables.count - 1
    }

    private func twice(_ path: [String]) -> Conflict {
        Conflict(cause: .ambiguous, what: "defines '\(path.joined(separator: "."))' twice")
    }
}
