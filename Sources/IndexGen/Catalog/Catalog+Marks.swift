internal import Formats
internal import GRDB

/// A mark that is set or taken back.
struct MarkChange: Sendable {
    var kind: MarkKind
    /// Empty for kinds without keys.
    var key = ""
    /// Nil: it is taken back.
    var value: String?

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
        render: (Rerendering, Annotations) throws -> [Fragment]
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
                let change = MarkChange(kind: kind, key: statement.key, value: statement.value)
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
        return change.kind.effect == .plans
            ? try replan(change, of: subject, in: repository) : try rerender(change, of: subject, in: repository, render)
    }

    /// To be called once, behind the last mark.
    func finish() throws {
        try rendering.finish(at: now, horizon: horizon)
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
            throw Refusal(
                .unsupported, "there is no version \(names) that \(change.kind.name) \(change.key) could stand for",
                remedy: "name one that is there; see: indexgen list \(repository.owner)/\(repository.type)")
        }
        let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (.file, file))
        let numbers = try concerned.map { try journal(change, $0) }
        guard let number = numbers.first else { return [] }
        try Marks.note(change, of: package, naming: names == nil ? nil : version, in: number, db)
        if let scope = try Marks.scope(of: package, in: db) { scopes.insert(scope) }
        return concerned
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

    /// What is said of a file outweighs what is said of its version, and that what is said of its package.
    static func of(file: Int64?, version: Int64, package: Int64, in db: Database) throws -> Annotations {
        var annotations = Annotations()
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, key, value FROM mark
                    WHERE cleared_in IS NULL AND (subject = 'package' AND subject_id = ?1 OR subject = 'version' AND subject_id = ?2
                        OR subject = 'file' AND subject_id = ?3)
                    ORDER BY CASE subject WHEN 'package' THEN 1 WHEN 'version' THEN 2 ELSE 3 END
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
