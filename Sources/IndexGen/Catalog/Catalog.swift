internal import CSQLite
internal import Formats
internal import Glibc
internal import Synchronization

/// The package catalog: what there is, where it is listed, and what was published of it.
///
/// All SQL lives in this folder. One writer at a time (SQLite's own lock, waited for), readers never wait (WAL).
/// Values go in and out; no row, statement or connection leaves.
final class Catalog: Sendable {
    let pool: DatabasePool
    let clock: Clock
    /// What is removed of these types leaves the public tree with the next publication.
    let typesRemovedAtOnce: Set<String>
    private let log: String
    private let isLogSecured = Atomic<Bool>(false)
    let stamp: CatalogStamp
    /// How many bytes of the write-ahead log make `tendLog` shorten it.
    private let longestLog = Atomic<Int>(Catalog.tendedLogBytes)

    private static let sqliteIsSetUp = sqlite3_count_no_memory() == 0

    /// Opens the catalog, making or migrating its tables.
    ///
    /// - Parameters:
    ///   - slots: whose fragments' sizes it is asked for (`EcosystemProfile.measuredSlots`).
    ///   - types: of which what is removed has no grace period (`EcosystemProfile.removesAtOnce`).
    init(file: String, clock: Clock, measuring slots: [Slot] = [], removingAtOnce types: Set<String> = []) throws {
        _ = Self.sqliteIsSetUp
        try Self.prepare(file)
        log = file + "-wal"
        // A log that is there may have been left by a process that was killed, perhaps before its last commit was durable.
        isLogSecured.store(try FileStatus.of(log)?.size ?? 0 == 0, ordering: .relaxed)
        pool = try DatabasePool(path: file, patience: Self.patience, prepare: Self.prepare)
        self.clock = clock
        typesRemovedAtOnce = types
        try pool.writeWithoutTransaction(Self.makeCommitsDurable)
        try Self.bring(pool, file, upTo: CatalogSchema.migrator)
        try Tallies.begin(slots, in: pool)
        stamp = try CatalogStamp(beside: file)
        try compareStamp()
        try pool.writeWithoutTransaction { [stamp] in $0.afterCommit = stamp.follow }
    }

    /// A session's settings.
    private static func prepare(_ db: Database) throws {
        // Large pages: a fragment is a few kilobytes and should not be cut up. They must be set before the first table. Checkpoints
        // come every 64 MiB, so that a bulk load does not write its pages over and over; a log that grew while somebody was
        // reading is cut back by the first commit after the next one.
        //
        // Rows are inserted with ids that the same transaction looked up; checking each again costs 4 % of a cold run. `verify`
        // checks all references, and so does every test that ends with it.
        try db.execute(
            sql: """
                PRAGMA page_size = 16384; PRAGMA cache_size = \(db.mode == .readOnly ? -2048 : -16384); PRAGMA foreign_keys = OFF;
                PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = \(tendedLogBytes); PRAGMA temp_store = MEMORY
                """)
    }

    /// From now on a commit on this connection returns once the write-ahead log is on the disk. Outside of a transaction only.
    ///
    /// To be called before every transaction whose end is acknowledged, too: nothing that is done to the connection in between must turn
    /// a promise into a hope.
    static func makeCommitsDurable(_ db: Database) throws { try db.execute(sql: "PRAGMA synchronous = FULL") }

    /// Makes durable what the log held when the catalog was opened. To be called by whoever builds on what it reads there and commits
    /// nothing itself: a commit does the same.
    func secureLog() throws {
        if isLogSecured.load(ordering: .relaxed) { return }
        let folder = try Folder(Files.folder(of: log))
        if try folder.status(Files.name(of: log)) != nil {
            try folder.open(Files.name(of: log)).sync()
            try Files.syncFolder(folder.path)
        }
        isLogSecured.store(true, ordering: .relaxed)
    }

    /// Makes or migrates the tables; refuses those of a newer program, which would be read and written wrongly.
    private static func bring(_ pool: DatabasePool, _ file: String, upTo migrator: DatabaseMigrator) throws {
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
        try pool.writeWithoutTransaction { try migrator.migrate($0) }
        try pool.write { try remember("program", Array(Version.number.utf8), in: $0) }
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
            if there.size > 0 { return }
        }
        do {
            // Never opened again here: closing it would end SQLite's locks of it in this process.
            _ = try folder.create(name, mode: 0o600)
        } catch let error as SystemError where error.code == EEXIST {
            // Another process was faster, or was killed before it wrote the first table.
        }
        // Before anything is in it, its name is durable, and so are the folders above, whoever made them.
        try folder.syncFileSystem()
    }

    /// Shortens a write-ahead log that has grown while others were reading: waits for them for some seconds, brings the log into the
    /// catalog and empties it. Called between transactions by whoever commits all day. Does nothing while the log is short.
    ///
    /// A reader that does not end keeps the log; it is tried again when the log has grown by as much once more.
    func tendLog() throws {
        let most = longestLog.load(ordering: .relaxed)
        guard let size = try FileStatus.of(log)?.size, size > most else { return }
        try Meter.measure(.catalog) {
            let isEmpty = try pool.writeWithoutTransaction { db in
                defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Self.patience)") }
                // Milliseconds.
                try db.execute(sql: "PRAGMA busy_timeout = 5000")
                // The first column is 1 where somebody was in the way.
                return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
            }
            longestLog.store(isEmpty ? Self.tendedLogBytes : size + Self.tendedLogBytes, ordering: .relaxed)
        }
    }

    private static let tendedLogBytes = 32 << 20
    /// How long a writer waits for another, in milliseconds.
    private static let patience: Int32 = 120_000

    /// Closes the connections. A long write-ahead log, which whoever opens the catalog next would have to read, is brought into the
    /// catalog first, unless somebody is using it.
    func close() throws { try Meter.measure(.catalog) { try closeConnections() } }

    private func closeConnections() throws {
        if try FileStatus.of(log).map({ $0.size > Self.logBytes }) ?? false {
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)") }
        }
        pool.close()
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
    /// What stands for the type in public paths: the type itself, as a rule.
    var segment: String

    /// The prefix of its public paths.
    var path: String { Self.path(owner: owner, segment: segment) }

    static func path(owner: String, segment: String) -> String { "\(owner)/\(segment)" }
}

extension Catalog {
    /// The repositories that match; all when both are nil. In byte order of owner and type.
    func repositories(owner: String? = nil, type: String? = nil) throws -> [RepositoryRow] {
        try snapshot { try $0.repositories() }.filter { row in
            (owner.map { ASCII.lowered($0) == ASCII.lowered(row.owner) } ?? true)
                && (type.map { $0 == row.type || $0 == row.segment } ?? true)
        }
    }

    /// Whether anything of the repository with this path waits to be published.
    func isBehind(_ path: String) throws -> Bool {
        try snapshot { snapshot in try snapshot.repositories().contains { try $0.path == path && snapshot.isBehind($0) } }
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

    /// What is remembered under a name, or `value` from now on where nothing is.
    func memory(_ key: String, orElse value: [UInt8]) throws -> [UInt8] {
        if let known = try memory(key) { return known }
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", arguments: [key, value])
        }
        return try memory(key) ?? value
    }

    func remember(_ key: String, _ value: [UInt8]) throws { try pool.write { try Self.remember(key, value, in: $0) } }

    static func remember(_ key: String, _ value: [UInt8], in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            arguments: [key, value])
    }
}
