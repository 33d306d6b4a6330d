internal import Formats

/// The table of counterparts: files that stand in a repository of another type for a version.
enum CounterpartRows {
    /// Whether there are any.
    static func areThere(in db: Database) throws -> Bool {
        try Int64.fetchOne(db, sql: "SELECT 1 FROM counterpart LIMIT 1") != nil
    }

    /// Whether a file is there for others alone.
    static func isDerived(_ file: Int64, in db: Database) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM counterpart WHERE file_id = ? AND own = 0 LIMIT 1"), arguments: [file]) != nil
    }

    /// Whether a version is there for another one alone.
    static func stands(version: Int64, for original: Int64, in db: Database) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM counterpart c JOIN file f ON f.id = c.file_id
                    WHERE c.version_id = ? AND c.own = 0 AND f.version_id = ? LIMIT 1
                    """), arguments: [original, version]) != nil
    }

    /// Notes that a file stands for a version.
    ///
    /// - Parameter isNew: whether it came in for that; otherwise it was there, perhaps by itself.
    static func note(file: Int64, for version: Int64, isNew: Bool, in db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO counterpart (file_id, version_id, own)
                VALUES (?1, ?2, COALESCE((SELECT MIN(own) FROM counterpart WHERE file_id = ?1), 1)) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [file, version])
        if isNew {
            try db.cachedStatement(sql: "UPDATE counterpart SET own = 0 WHERE file_id = ?").execute(arguments: [file])
        }
    }

    /// Notes that a file came in by itself.
    static func release(file: Int64, in db: Database) throws {
        try db.cachedStatement(sql: "UPDATE counterpart SET own = 1 WHERE file_id = ? AND own = 0").execute(arguments: [file])
    }

    /// Why files cannot be removed by themselves: one of them is there for a version that stays. Nil: they can.
    static func fault(inRemoving files: [FileRow], _ db: Database) throws -> Refusal? {
        guard try areThere(in: db) else { return nil }
        for file in files {
            if let original = try original(of: file.id.value, in: db) {
                return refusal(file.pathInRepository, original)
            }
        }
        return nil
    }

    /// Why a mark cannot be taken back that stands for a version: that is there for another one. Nil: it can.
    ///
    /// - Parameter name: of the mark, for people: `tag 1.0`.
    static func fault(inUnmarking version: Int64, _ name: String, _ db: Database) throws -> Refusal? {
        guard let file = try Marks.file(ofVersion: version, in: db), let original = try original(of: file.id, in: db) else {
            return nil
        }
        return refusal("the \(name)", original)
    }

    /// Why a mark cannot be set that comes with what is here for others: it stands for something else. Nil: it can.
    static func fault(inMarking change: MarkChange, of package: Int64, by admission: Admission, _ db: Database) throws -> Refusal?
    {
        guard let original = admission.counterpart, let value = try Marks.value(change, of: package, in: db),
            value != change.value
        else { return nil }
        if let version = try Marks.version(change, of: package, in: db), try stands(version: version, for: original, in: db) {
            return nil
        }
        return Refusal(
            .conflict, "the \(change.kind.name) \(change.key) of \(admission.record.name) stands for \(value) there",
            at: change.kind.name, remedy: "remove that, or publish new content under a new version")
    }

    private static func refusal(_ what: String, _ original: String) -> Refusal {
        Refusal(
            .required, "\(what) is here for \(original) alone",
            remedy: "remove that, and it goes with it; or change the settings by which it is here")
    }

    /// `acme/container mychart sha256:…`: a version that a file is there for alone.
    static func original(of file: Int64, in db: Database) throws -> String? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT r.owner || '/' || r.segment, p.name, v.version FROM counterpart c
                    JOIN version v ON v.id = c.version_id JOIN package p ON p.id = v.package_id
                    JOIN repository r ON r.id = p.repository_id WHERE c.file_id = ? AND c.own = 0 ORDER BY c.version_id LIMIT 1
                    """), arguments: [file]
        ).map { "\($0[0] as String) \($0[1] as String) \($0[2] as String)" }
    }
}

extension CatalogSnapshot {
    /// What a file has to do with repositories of other types, for people.
    struct Relations: Equatable {
        /// The versions that it stands for, as `acme/container mychart sha256:…`.
        var originals: [String] = []
        /// Whether it is there for these alone.
        var isDerived = false
        /// Paths below `public/` of what stands for its version.
        var counterparts: [String] = []
        /// Why nothing does, where something could: the type, and a sentence.
        var obstacles: [(type: String, what: String)] = []

        static func == (a: Relations, b: Relations) -> Bool {
            a.originals == b.originals && a.isDerived == b.isDerived && a.counterparts == b.counterparts
                && a.obstacles.map { [$0.type, $0.what] } == b.obstacles.map { [$0.type, $0.what] }
        }
    }

    func relations(of file: FileRow) throws -> Relations {
        var relations = Relations()
        let originals = try Row.fetchAll(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment || ' ' || p.name || ' ' || v.version, c.own FROM counterpart c
                JOIN version v ON v.id = c.version_id JOIN package p ON p.id = v.package_id
                JOIN repository r ON r.id = p.repository_id WHERE c.file_id = ? ORDER BY c.version_id
                """, arguments: [file.id.value])
        relations.originals = originals.map { $0[0] }
        relations.isDerived = originals.contains { $0[1] == 0 }
        relations.counterparts = try String.fetchAll(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment || '/' || f.path FROM counterpart c JOIN file f ON f.id = c.file_id
                JOIN repository r ON r.id = f.repository_id
                WHERE c.version_id = (SELECT version_id FROM file WHERE id = ?) AND f.removed_in IS NULL ORDER BY f.path
                """, arguments: [file.id.value])
        relations.obstacles = try Row.fetchAll(
            db,
            sql: "SELECT type, what FROM obstacle WHERE version_id = (SELECT version_id FROM file WHERE id = ?) ORDER BY type",
            arguments: [file.id.value]
        ).map { (type: $0[0], what: $0[1]) }
        return relations
    }
}
