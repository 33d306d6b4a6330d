internal import Formats
internal import GRDB

/// A mark that is set or taken back.
struct MarkChange: Sendable {
    var kind: MarkKind
    /// Empty for kinds without keys.
    var key: String
    /// Nil: it is taken back.
    var value: String?
    /// The ecosystem's, for a scope that begins with it.
    var customs: Int

    init(kind: MarkKind, key: String = "", value: String?, customs: Int) {
        self.kind = kind
        self.key = key
        self.value = value
        self.customs = customs
    }

    /// The journal's words: `yank` and `unyank` for yanked files, as other registries have them.
    var action: String {
        kind.name == MarkKind.yanked.name ? (value == nil ? "unyank" : "yank") : (value == nil ? "unmark" : "mark")
    }

    /// What the journal says besides.
    var detail: String {
        if kind.name == MarkKind.yanked.name { return value ?? "" }
        return [kind.name, key, value ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Of changes in the journal, those that leave every file where it is.
    static let actions = ["yank", "unyank", "mark", "unmark"]
}

extension Catalog {
    /// Sets or takes back a mark of what these files stand for: themselves, their versions or their packages. What depends on it is made
    /// again: the fragments of all files that it is about by `render`, or plans. What is marked like this already does not change.
    ///
    /// - Returns: live files whose marks changed; where plans do, one that stands for the package.
    /// - Throws: `RightLost` when the author's token is worth nothing any more; a `Refusal` for a value that names a version which is not
    ///   there.
    @discardableResult
    func mark(
        _ files: [FileRow], _ change: MarkChange, author: Author, render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        let now = clock.now()
        return try pool.write { db in
            if let lost = try Self.lost(author, at: now, in: db) { throw lost }
            var writer = MarkWriter(db: db, author: author, now: now, horizon: clock.horizon)
            var marked: [FileRow] = []
            for (repository, subject) in try Marks.subjects(of: files, change.kind.subject, in: db) {
                marked += try writer.set(change, of: subject, in: repository) { file, annotations in
                    try render(try rerendering(file, in: db), annotations)
                }
            }
            try writer.finish()
            return marked
        }
    }

    /// Makes the marks of a package what a request says of them; versions that are not there are passed over.
    ///
    /// - Parameter name: of the package, as people write it or as it is compared.
    /// - Returns: whether anything changed; nil: there is no such package.
    /// - Throws: as `mark`.
    func state(
        _ statements: [(kind: MarkKind, statement: MarkStatement)], of name: String, in repository: RepositoryRow, author: Author,
        customs: Int, render: (Rerendering, Annotations) throws -> [Fragment]
    ) throws -> Bool? {
        let now = clock.now()
        return try pool.write { db in
            if let lost = try Self.lost(author, at: now, in: db) { throw lost }
            guard let package = try Marks.package(named: name, in: repository.id.value, db) else { return nil }
            var writer = MarkWriter(db: db, author: author, now: now, horizon: clock.horizon)
            let versions = try Marks.versions(of: package, in: db)
            var isChange = false
            for (kind, statement) in statements {
                let subject = kind.subject == .package ? package : statement.version.flatMap { versions[$0] }
                guard let subject else { continue }
                let change = MarkChange(kind: kind, key: statement.key, value: statement.value, customs: customs)
                let marked = try writer.set(change, of: subject, in: repository) { file, annotations in
                    try render(try rerendering(file, in: db), annotations)
                }
                isChange = isChange || !marked.isEmpty
            }
            try writer.finish()
            return isChange
        }
    }
}

/// Writes marks in one transaction, with what follows from them: journal, fragments, revisions.
struct MarkWriter {
    let db: Database
    let author: Author
    let now: Timestamp
    let horizon: Timestamp
    private var rendering: FragmentRendering
    private var scopes: Set<Int64> = []
    /// Partition → how many entries it gained.
    private var touched: [Int64: Int] = [:]
    private var tallies: Tallies?

    init(db: Database, author: Author, now: Timestamp, horizon: Timestamp) {
        self.db = db
        self.author = author
        self.now = now
        self.horizon = horizon
        rendering = FragmentRendering(db: db)
    }

    /// - Parameter subject: the file, version or package.
    /// - Returns: live files that it is about; none when it is as it should be already.
    mutating func set(
        _ change: MarkChange, of subject: Int64, in repository: RepositoryRow, render: (FileRow, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        guard try Marks.value(change, of: subject, in: db) != change.value else { return [] }
        return switch change.kind.effect {
        case .fragments: try rerender(change, of: subject, in: repository, render)
        case .plans: try replan(change, of: subject, in: repository)
        case .listings: try relist(change, of: subject, in: repository)
        }
    }

    /// To be called once, behind the last mark.
    mutating func finish() throws {
        try rendering.finish(at: now, horizon: horizon)
        try tallies?.settle(in: db)
        try PartitionTouch.apply(touched, in: db, at: now, horizon: horizon)
        try PartitionTouch.touch(scopes, in: db, at: now, horizon: horizon)
    }

    private mutating func rerender(
        _ change: MarkChange, of subject: Int64, in repository: RepositoryRow,
        _ render: (FileRow, Annotations) throws -> [Fragment]
    ) throws -> [FileRow] {
        let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (change.kind.subject, subject))
        let numbers = try concerned.map { try journal(change, $0) }
        guard let number = numbers.first else { return [] }
        try Marks.note(change, of: subject, naming: nil, in: number, db)
        for file in concerned {
            try rendering.replace(render(file, try Marks.of(file: file.id.value, in: db)), of: file.id.value)
        }
        return concerned
    }

    private mutating func replan(_ change: MarkChange, of package: Int64, in repository: RepositoryRow) throws -> [FileRow] {
        let names = change.kind.namesVersion ? change.value : nil
        let file = try Marks.representative(of: package, version: names, in: db)
        guard let (file, version) = file else {
            guard let names else { return [] }
            throw Self.unknown(names, change, repository)
        }
        let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (.file, file))
        let numbers = try concerned.map { try journal(change, $0) }
        guard let number = numbers.first else { return [] }
        try Marks.note(change, of: package, naming: names == nil ? nil : version, in: number, db)
        if let scope = try Marks.scope(of: package, in: db) { scopes.insert(scope) }
        return concerned
    }

    /// Has the file listed that a mark stands for now, in the place of the one that it stood for.
    private mutating func relist(_ change: MarkChange, of package: Int64, in repository: RepositoryRow) throws -> [FileRow] {
        guard let identity = try Marks.identity(of: package, in: db), let place = change.kind.partition else {
            preconditionFailure("a package has an identity, and what is listed has a place")
        }
        let old = try Marks.version(change, of: package, in: db).flatMap { try Marks.file(ofVersion: $0, in: db) }
        var new: Marks.MarkedFile?
        if let value = change.value {
            new = try Marks.version(named: value, of: package, in: db).flatMap { try Marks.file(ofVersion: $0, in: db) }
            guard new != nil else { throw Self.unknown(value, change, repository) }
        }
        guard let shown = new ?? old,
            let row = try CatalogSnapshot(db: db).files(in: repository, of: (.file, shown.id)).first
        else { return [] }
        let number = try journal(change, row)
        try Marks.note(change, of: package, naming: new?.version, in: number, db)
        // The one entry of its partition.
        let sortKey = Array(change.key.utf8)
        if let old {
            let partition = try partitionID(place(identity, change.key, old.path), of: repository, change)
            try db.cachedStatement(
                sql: """
                    UPDATE listing SET removed_in = ? WHERE partition_id = ? AND sort_key = ? AND file_id = ? AND removed_in IS NULL
                    """
            ).execute(arguments: [number, partition, sortKey.blob, old.id])
            touched[partition, default: 0] -= db.changesCount
        }
        if let new {
            let partition = try partitionID(place(identity, change.key, new.path), of: repository, change)
            try db.cachedStatement(sql: "INSERT INTO listing (partition_id, sort_key, file_id, added_in) VALUES (?, ?, ?, ?)")
                .execute(arguments: [partition, sortKey.blob, new.id, number])
            touched[partition, default: 0] += 1
            try count(new.id, in: partition)
        }
        return [row]
    }

    private func partitionID(_ place: PartitionKey, of repository: RepositoryRow, _ change: MarkChange) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO scope (repository_id, key, revision, published, changed, customs) VALUES (?, ?, 0, 0, ?, ?)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [repository.id.value, place.scope, now.seconds, change.customs])
        let scope = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM scope WHERE repository_id = ? AND key = ?"),
            arguments: [repository.id.value, place.scope])
        try db.cachedStatement(
            sql: """
                INSERT INTO partition (scope_id, name, shared, entries, revision) VALUES (?, ?, 0, 0, 0) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [scope, place.name])
        let partition = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM partition WHERE scope_id = ? AND name = ?"), arguments: [scope, place.name])
        guard let partition else { preconditionFailure("what conflicts is there") }
        return partition
    }

    /// Counts the fragments of a file that a partition has now.
    private mutating func count(_ file: Int64, in partition: Int64) throws {
        var counted = try tallies ?? Tallies(db)
        let fragments = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT s.name, LENGTH(f.bytes) FROM fragment f JOIN slot s ON s.id = f.slot_id WHERE f.file_id = ?"),
            arguments: [file])
        for fragment in fragments { counted.add(fragment[1], of: Slot(fragment[0]), to: partition) }
        tallies = counted
    }

    private static func unknown(_ version: String, _ change: MarkChange, _ repository: RepositoryRow) -> Refusal {
        Refusal(
            .unsupported, "there is no version \(version) that \(change.kind.name) \(change.key) could stand for",
            remedy: "name one that is there; see: indexgen list \(repository.owner)/\(repository.type)")
    }

    private func journal(_ change: MarkChange, _ file: FileRow) throws -> Int64 {
        try Journal.append(
            change.action, author: author, at: now, owner: file.owner, type: file.type, package: file.name, version: file.version,
            path: file.pathInRepository, sha256: file.sha256, detail: change.detail, in: db)
    }
}

/// The table of marks: those of a file are its own, its version's and its package's.
enum Marks {
    /// Whether any version or package has a mark, so that files that come in may be born with it.
    static func areInherited(in db: Database) throws -> Bool {
        try Int64.fetchOne(db, sql: "SELECT 1 FROM mark WHERE cleared_in IS NULL AND subject IN ('package', 'version') LIMIT 1")
            != nil
    }

    /// Notes the signature that the site's key made for a file.
    static func sign(file: Int64, _ signature: TextSignature, in change: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE mark SET cleared_in = ?1 WHERE subject = 'file' AND subject_id = ?2 AND name = ?3 AND cleared_in IS NULL
                """, arguments: [change, file, Annotations.signatureKind])
        try db.execute(
            sql: """
                INSERT INTO mark (subject, subject_id, name, key, value, set_in) VALUES ('file', ?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (subject, subject_id, name, key, set_in) DO UPDATE SET value = excluded.value, cleared_in = NULL
                """, arguments: [file, Annotations.signatureKind, signature.key, signature.text, change])
    }

    /// The marks of a package that are its own, by its identity.
    static func of(packageOfIdentity identity: String, in repository: Int64, _ db: Database) throws -> Annotations {
        var annotations = Annotations()
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT m.name, m.key, m.value FROM package p
                    JOIN mark m ON m.subject = 'package' AND m.subject_id = p.id AND m.cleared_in IS NULL
                    WHERE p.repository_id = ? AND p.identity = ?
                    """), arguments: [repository, identity])
        for row in rows { annotations[row[0], key: row[1]] = row[2] }
        return annotations
    }

    /// The marks of a file that is in the catalog.
    static func of(file: Int64, in db: Database) throws -> Annotations {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT f.version_id, v.package_id FROM file f JOIN version v ON v.id = f.version_id WHERE f.id = ?"),
            arguments: [file])
        guard let row else { return Annotations() }
        return try of(file: file, version: row[0], package: row[1], in: db)
    }

    /// What is said of a file outweighs what is said of its version, and that what is said of its package. What stands for another version
    /// is not said of it.
    static func of(file: Int64?, version: Int64, package: Int64, in db: Database) throws -> Annotations {
        var annotations = Annotations()
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, key, value, 1 AS weight FROM mark
                        WHERE cleared_in IS NULL AND version_id IS NULL AND subject = 'package' AND subject_id = ?1
                    UNION ALL SELECT name, key, value, 1 FROM mark WHERE cleared_in IS NULL AND version_id = ?2
                    UNION ALL SELECT name, key, value, 2 FROM mark
                        WHERE cleared_in IS NULL AND version_id IS NULL AND subject = 'version' AND subject_id = ?2
                    UNION ALL SELECT name, key, value, 3 FROM mark
                        WHERE cleared_in IS NULL AND version_id IS NULL AND subject = 'file' AND subject_id = ?3
                    ORDER BY weight
                    """), arguments: [package, version, file])
        for row in rows { annotations[row[0], key: row[1]] = row[2] }
        return annotations
    }

    /// Ends the marks of a file that leaves, and of its version and package where it was their last one: a return keeps nothing.
    static func end(of file: Int64, in change: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE mark SET cleared_in = ?1 WHERE cleared_in IS NULL AND (subject = 'file' AND subject_id = ?2
                    OR subject = 'version' AND subject_id IN (SELECT f.version_id FROM file f WHERE f.id = ?2 AND NOT EXISTS (
                        SELECT 1 FROM file o WHERE o.version_id = f.version_id AND o.lead_id IS NULL AND o.removed_in IS NULL))
                    OR subject = 'package' AND subject_id IN (
                        SELECT v.package_id FROM file f JOIN version v ON v.id = f.version_id WHERE f.id = ?2 AND NOT EXISTS (
                            SELECT 1 FROM version w JOIN file o ON o.version_id = w.id
                            WHERE w.package_id = v.package_id AND o.lead_id IS NULL AND o.removed_in IS NULL))
                    OR version_id IN (SELECT f.version_id FROM file f WHERE f.id = ?2 AND NOT EXISTS (
                        SELECT 1 FROM file o WHERE o.version_id = f.version_id AND o.lead_id IS NULL AND o.removed_in IS NULL)))
                """, arguments: [change, file])
    }

    fileprivate static func package(named name: String, in repository: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT p.id FROM package p WHERE p.repository_id = ? AND (p.identity = ? OR p.name = ?) AND EXISTS (
                    SELECT 1 FROM version v JOIN file f ON f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL
                    WHERE v.package_id = p.id)
                """, arguments: [repository, ASCII.lowered(name), name])
    }

    /// Those of a package that are there, as people write them.
    fileprivate static func versions(of package: Int64, in db: Database) throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT v.version, v.id FROM version v
                JOIN file f ON f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL WHERE v.package_id = ?
                """, arguments: [package])
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// A live file of a version, or of any version of a package, with its version.
    fileprivate static func representative(of package: Int64, version: String?, in db: Database) throws -> (Int64, Int64)? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT f.id, v.id FROM version v JOIN file f ON f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL
                WHERE v.package_id = ?1 AND (?2 IS NULL OR v.version = ?2 OR v.identity = ?2) ORDER BY f.id LIMIT 1
                """, arguments: [package, version])
        return row.map { ($0[0], $0[1]) }
    }

    struct MarkedFile {
        var id: Int64
        var version: Int64
        /// Below `OWNER/TYPE/`.
        var path: String
    }

    /// The first live file of a version.
    fileprivate static func file(ofVersion version: Int64, in db: Database) throws -> MarkedFile? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, path FROM file WHERE version_id = ? AND lead_id IS NULL AND removed_in IS NULL ORDER BY id LIMIT 1
                    """), arguments: [version]
        ).map { MarkedFile(id: $0[0], version: version, path: $0[1]) }
    }

    /// By its identity, which is found at once; or as people write it.
    fileprivate static func version(named name: String, of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM version WHERE package_id = ? AND identity = ?"), arguments: [package, name])
            ?? representative(of: package, version: name, in: db)?.1
    }

    /// The version that a mark of a package stands for.
    fileprivate static func version(_ change: MarkChange, of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT version_id FROM mark
                    WHERE subject = 'package' AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL AND version_id IS NOT NULL
                    """), arguments: [package, change.kind.name, change.key])
    }

    fileprivate static func identity(of package: Int64, in db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT identity FROM package WHERE id = ?"), arguments: [package])
    }

    /// The scope that is called as the package is.
    fileprivate static func scope(of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT s.id FROM package p JOIN scope s ON s.repository_id = p.repository_id AND s.key = p.identity WHERE p.id = ?
                """, arguments: [package])
    }

    /// What files stand for, without repetition, each with its repository.
    fileprivate static func subjects(of files: [FileRow], _ subject: MarkKind.Subject, in db: Database) throws
        -> [(RepositoryRow, Int64)]
    {
        let column =
            switch subject {
            case .file: "f.id"
            case .version: "f.version_id"
            case .package: "v.package_id"
            }
        var seen: Set<Int64> = []
        var subjects: [(RepositoryRow, Int64)] = []
        for file in files {
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT \(column), r.id, r.owner, r.type, r.segment FROM file f JOIN version v ON v.id = f.version_id
                        JOIN repository r ON r.id = f.repository_id WHERE f.id = ?
                        """), arguments: [file.id.value])
            guard let row, seen.insert(row[0]).inserted else { continue }
            let repository = RepositoryRow(
                id: RepositoryID(value: row[1]), owner: row[2], type: row[3], segment: row[4])
            subjects.append((repository, row[0]))
        }
        return subjects
    }

    fileprivate static func value(_ change: MarkChange, of subject: Int64, in db: Database) throws -> String? {
        try String.fetchOne(
            db,
            sql: "SELECT value FROM mark WHERE subject = ? AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL",
            arguments: [change.kind.subject.rawValue, subject, change.kind.name, change.key])
    }

    /// - Parameter version: that its value names.
    fileprivate static func note(
        _ change: MarkChange, of subject: Int64, naming version: Int64?, in number: Int64, _ db: Database
    ) throws {
        let place = [change.kind.subject.rawValue, subject, change.kind.name, change.key] as [(any DatabaseValueConvertible)?]
        try db.execute(
            sql: """
                UPDATE mark SET cleared_in = ? WHERE subject = ? AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL
                """, arguments: StatementArguments([number] + place))
        guard let value = change.value else { return }
        try db.execute(
            sql: "INSERT INTO mark (subject, subject_id, name, key, value, set_in, version_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments(place + [value, number, version]))
    }
}
