internal import CSQLite
internal import Formats
internal import GRDB
internal import Glibc

/// The package catalog: what there is, where it is listed, and what was published of it.
///
/// All SQL lives in this folder. One writer at a time (SQLite's own lock, waited for), readers never wait (WAL).
/// Values go in and out; no row, statement or connection leaves.
final class Catalog: Sendable {
    let pool: DatabasePool
    let clock: Clock
    private let log: String

    private static let sqliteIsSetUp = sqlite3_count_no_memory() == 0

    /// Opens the catalog, making or migrating its tables.
    init(file: String, clock: Clock) throws {
        _ = Self.sqliteIsSetUp
        try Self.prepare(file)
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(120)
        configuration.label = "catalog"
        // Rows are inserted with ids that the same transaction looked up; checking each again costs 4 % of a cold run. `verify`
        // checks all references, and so does every test that ends with it.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            // FULL: a commit is on the disk before an upload is acknowledged.
            // Large pages: a fragment is a few kilobytes and should not be cut up. They must be set before the first table. Checkpoints
            // come every 64 MiB, so that a bulk load does not write its pages over and over.
            try db.execute(
                sql: """
                    PRAGMA page_size = 16384; PRAGMA synchronous = FULL;
                    PRAGMA cache_size = \(db.configuration.readonly ? -2048 : -16384);
                    PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY
                    """)
        }
        pool = try DatabasePool(path: file, configuration: configuration)
        self.clock = clock
        log = file + "-wal"
        try bring(file, upTo: CatalogSchema.migrator)
    }

    /// Makes or migrates the tables; refuses those of a newer program, which would be read and written wrongly.
    private func bring(_ file: String, upTo migrator: DatabaseMigrator) throws {
        let (applied, program) = try pool.read { db in
            let applied = try migrator.appliedIdentifiers(db)
            let hasMeta = applied.contains(CatalogSchema.first) ? try db.tableExists("meta") : false
            return (
                applied,
                hasMeta ? try String.fetchOne(db, sql: "SELECT CAST(value AS TEXT) FROM meta WHERE key = 'program'") : nil
            )
        }
        let unknown = applied.subtracting(migrator.migrations).sorted()
        guard unknown.isEmpty else { throw NewerCatalog(path: file, program: program, migrations: unknown) }
        if applied.count == migrator.migrations.count { return }
        try migrator.migrate(pool)
        try remember("program", Array(Version.number.utf8))
    }

    /// A catalog that a newer program has migrated.
    struct NewerCatalog: Error, CustomStringConvertible {
        var path: String
        /// The version that migrated it, where it says so.
        var program: String?
        var migrations: [String]

        var description: String {
            let writer = program.flatMap { $0 == Version.number ? nil : "indexgen ≥ \($0)" } ?? "a newer indexgen"
            return
                "\(path) was written by \(writer) (it has '\(migrations.joined(separator: "', '"))'); this is \(Version.number): "
                + "use that version, or restore a backup from before it"
        }
    }

    /// SQLite follows a symbolic link in place of the catalog (of its log it does not), and gives a new one to everybody to read.
    private static func prepare(_ file: String) throws {
        let folder = try Folder(Files.folder(of: file))
        let name = Files.name(of: file)
        if let there = try folder.status(name) {
            guard there.kind == .file else { throw Folder.InTheWay(path: file) }
            return
        }
        do {
            // Never opened again here: closing it would end SQLite's locks of it in this process.
            _ = try folder.create(name, mode: 0o600)
        } catch let error as SystemError where error.code == EEXIST {
            // Another process was faster.
        }
    }

    /// Closes the connections. A long write-ahead log, which whoever opens the catalog next would have to read, is brought into the
    /// catalog first, unless somebody is using it.
    func close() throws { try Meter.measure(.catalog) { try closeConnections() } }

    private func closeConnections() throws {
        if try FileStatus.of(log).map({ $0.size > Self.logBytes }) ?? false {
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)") }
        }
        try pool.close()
    }

    /// Reading a log of this size takes about two milliseconds; an upload adds about half a megabyte.
    private static let logBytes = 2 << 20
}

/// Identifiers of rows; each kind its own type, so that one cannot stand for another.
struct RepositoryID: Hashable, Sendable { var value: Int64 }
struct FileID: Hashable, Sendable { var value: Int64 }
struct ScopeID: Hashable, Sendable { var value: Int64 }

/// `OWNER/TYPE` as the catalog knows it.
struct RepositoryRow: Sendable {
    var id: RepositoryID
    var owner: String
    var type: String

    /// The prefix of its public paths.
    var path: String { "\(owner)/\(type)" }
}

extension Catalog {
    /// The repositories that match; all when both are nil. In byte order of owner and type.
    func repositories(owner: String? = nil, type: String? = nil) throws -> [RepositoryRow] {
        try snapshot { try $0.repositories() }.filter { row in
            (owner.map { ASCII.lowered($0) == ASCII.lowered(row.owner) } ?? true) && (type.map { $0 == row.type } ?? true)
        }
    }

    /// Whether anything waits to be published.
    func isBehind() throws -> Bool {
        try snapshot { snapshot in try snapshot.repositories().contains { try snapshot.isBehind($0) } }
    }

    /// Takes the writer's lock and gives it back.
    func proveWritable() throws {
        try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) { .rollback }
        }
    }

    /// A remembered value of the site: what settings the public tree was planned with, say.
    func memory(_ key: String) throws -> [UInt8]? {
        try pool.read { db in
            try Row.fetchOne(db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key]).map { $0.bytes(0) }
        }
    }

    func remember(_ key: String, _ value: [UInt8]) throws {
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [key, value.blob])
        }
    }
}
