internal import Formats

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

    static func package(named name: String, in repository: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT p.id FROM package p WHERE p.repository_id = ? AND (p.identity = ? OR p.name = ?) AND EXISTS (
                    SELECT 1 FROM version v JOIN file f ON f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL
                    WHERE v.package_id = p.id)
                """, arguments: [repository, ASCII.lowered(name), name])
    }

    /// Those of a package that are there, as people write them.
    static func versions(of package: Int64, in db: Database) throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT v.version, v.id FROM version v
                JOIN file f ON f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL WHERE v.package_id = ?
                """, arguments: [package])
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    /// A live file of a version, or of any version of a package, with its version.
    static func representative(of package: Int64, version: String?, in db: Database) throws -> (Int64, Int64)? {
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
    static func file(ofVersion version: Int64, in db: Database) throws -> MarkedFile? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, path FROM file WHERE version_id = ? AND lead_id IS NULL AND removed_in IS NULL ORDER BY id LIMIT 1
                    """), arguments: [version]
        ).map { MarkedFile(id: $0[0], version: version, path: $0[1]) }
    }

    /// By its identity, which is found at once; or as people write it.
    static func version(named name: String, of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM version WHERE package_id = ? AND identity = ?"), arguments: [package, name])
            ?? representative(of: package, version: name, in: db)?.1
    }

    /// The version that a mark of a package stands for.
    static func version(_ change: MarkChange, of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT version_id FROM mark
                    WHERE subject = 'package' AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL AND version_id IS NOT NULL
                    """), arguments: [package, change.kind.name, change.key])
    }

    static func identity(of package: Int64, in db: Database) throws -> String? {
        try String.fetchOne(db.cachedStatement(sql: "SELECT identity FROM package WHERE id = ?"), arguments: [package])
    }

    /// The scope that is called as the package is.
    static func scope(of package: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT s.id FROM package p JOIN scope s ON s.repository_id = p.repository_id AND s.key = p.identity WHERE p.id = ?
                """, arguments: [package])
    }

    /// What files stand for, without repetition, each with its repository.
    static func subjects(of files: [FileRow], _ subject: MarkKind.Subject, in db: Database) throws
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

    static func value(_ change: MarkChange, of subject: Int64, in db: Database) throws -> String? {
        try String.fetchOne(
            db,
            sql: "SELECT value FROM mark WHERE subject = ? AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL",
            arguments: [change.kind.subject.rawValue, subject, change.kind.name, change.key])
    }

    /// - Parameter version: that its value names.
    static func note(
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
