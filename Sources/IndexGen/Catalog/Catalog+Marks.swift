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
    /// Sets or takes back a mark of what these files stand for: themselves, their versions or their packages. The fragments of all files
    /// that it is about are rendered again by `render`. What is marked like this already does not change.
    ///
    /// - Returns: the live files whose marks changed.
    /// - Throws: `RightLost` when the actor's token is worth nothing any more.
    @discardableResult
    func mark(
        _ files: [FileRow], _ change: MarkChange, actor: Actor, render: (Rerendering, Annotations) -> [Fragment]
    ) throws -> [FileRow] {
        let now = clock.now()
        return try pool.write { db in
            if let lost = try Self.lost(actor, at: now, in: db) { throw lost }
            var touched: [Int64: Int] = [:]
            var marked: [FileRow] = []
            for (repository, subject) in try Marks.subjects(of: files, change.kind.subject, in: db) {
                guard try Marks.value(change, of: subject, in: db) != change.value else { continue }
                let concerned = try CatalogSnapshot(db: db).files(in: repository, of: (change.kind.subject, subject))
                var number: Int64?
                for file in concerned {
                    let entry = try Journal.append(
                        change.action, actor: actor, at: now, owner: file.owner, type: file.type, package: file.name,
                        version: file.version, path: file.pathInRepository, sha256: file.sha256, detail: change.detail, in: db)
                    number = number ?? entry
                }
                guard let number else { continue }
                try Marks.note(change, of: subject, in: number, db)
                for file in concerned {
                    let rerendering = try rerendering(file, in: db)
                    try Marks.replace(render(rerendering, try Marks.of(file: file.id.value, in: db)), of: file.id.value, in: db)
                    for partition in try Marks.partitions(listing: file.id.value, in: db) { touched[partition, default: 0] += 0 }
                }
                marked += concerned
            }
            try PartitionTouch.apply(touched, in: db, at: now, horizon: clock.horizon)
            return marked
        }
    }
}

/// The table of marks: those of a file are its own, its version's and its package's.
enum Marks {
    /// Whether any version or package has a mark, so that files that come in may be born with it.
    static func areInherited(in db: Database) throws -> Bool {
        try Int64.fetchOne(db, sql: "SELECT 1 FROM mark WHERE cleared_in IS NULL AND subject IN ('package', 'version') LIMIT 1")
            != nil
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
                            WHERE w.package_id = v.package_id AND o.lead_id IS NULL AND o.removed_in IS NULL)))
                """, arguments: [change, file])
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

    fileprivate static func note(_ change: MarkChange, of subject: Int64, in number: Int64, _ db: Database) throws {
        let place = [change.kind.subject.rawValue, subject, change.kind.name, change.key] as [(any DatabaseValueConvertible)?]
        try db.execute(
            sql: """
                UPDATE mark SET cleared_in = ? WHERE subject = ? AND subject_id = ? AND name = ? AND key = ? AND cleared_in IS NULL
                """, arguments: StatementArguments([number] + place))
        guard let value = change.value else { return }
        try db.execute(
            sql: "INSERT INTO mark (subject, subject_id, name, key, value, set_in) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments(place + [value, number]))
    }

    fileprivate static func replace(_ fragments: [Fragment], of file: Int64, in db: Database) throws {
        var slots: [Slot: Int64] = [:]
        for fragment in fragments {
            let slot = try SlotNames.id(of: fragment.slot, in: db, remembered: &slots)
            try db.cachedStatement(
                sql: """
                    INSERT INTO fragment (file_id, slot_id, bytes) VALUES (?, ?, ?)
                    ON CONFLICT (file_id, slot_id) DO UPDATE SET bytes = excluded.bytes
                    """
            ).execute(arguments: [file, slot, fragment.bytes.blob])
        }
    }

    fileprivate static func partitions(listing file: Int64, in db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT l.partition_id FROM listing l JOIN partition p ON p.id = l.partition_id
                    WHERE l.file_id = ? AND l.removed_in IS NULL AND p.shared = 0
                    """), arguments: [file])
    }
}
