internal import Formats

/// A package file as `list` and `show` present it.
struct FileRow: Sendable {
    var id: FileID
    var owner: String
    var type: String
    var name: String
    var version: String
    var architecture: String
    var file: String
    var sha256: [UInt8]
    var size: Int
    /// Below `public/`.
    var path: String
    var received: Timestamp
    var summary: String
    /// What was said of it, its version and its package.
    var annotations: Annotations
    /// Not nil when yanked.
    var yanked: String? { annotations.yanked }
    /// Below `OWNER/TYPE/`, as the journal has it.
    var pathInRepository: String { path.split(separator: "/", maxSplits: 2).last.map(String.init) ?? "" }
    /// The partitions that list it, as `SCOPE` or `SCOPE PARTITION`.
    var listed: [PartitionKey]
    /// Where its sender wanted it, if nothing lists it.
    var coordinates = Coordinates()
}

extension CatalogSnapshot {
    /// Live package files of a repository (sidecars belong to their packages), optionally of one package and version.
    /// Names and versions are given as they are shown or in their normal form; A–Z and a–z are the same. A path is one below
    /// `OWNER/TYPE/`.
    func files(
        in repository: RepositoryRow, name: String? = nil, version: String? = nil, path: String? = nil,
        of subject: (kind: MarkKind.Subject, id: Int64)? = nil, limit: Int? = nil
    ) throws -> [FileRow] {
        // Most names and versions are given in their normal form, which finds them at once.
        var subject = subject
        if subject == nil, let name, let package = try package(ofIdentity: ASCII.lowered(name), in: repository) {
            subject = (.package, package)
            if let version, let id = try self.version(ofIdentity: version, of: package) { subject = (.version, id) }
        }
        let isKnown = subject != nil
        let filter =
            (name == nil || isKnown ? "" : "AND (p.identity = ? OR LOWER(p.name) = ?) ") + (path == nil ? "" : "AND f.path = ? ")
            + (subject.map { "AND \($0.kind.column) = \($0.id)" } ?? "")
        let names = isKnown ? [] : name.map { [ASCII.lowered($0), ASCII.lowered($0)] } ?? []
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, p.name, v.version, f.architecture, f.path, b.sha256, b.size, f.received, v.summary, p.id, v.identity, v.id
                FROM package p JOIN version v ON v.package_id = p.id JOIN file f ON f.version_id = v.id
                JOIN blob b ON b.id = f.blob_id
                WHERE p.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL \(filter)
                ORDER BY p.identity, v.id, f.path \(limit.map { "LIMIT \($0)" } ?? "")
                """, arguments: [repository.id.value] + StatementArguments(names + [path].compactMap(\.self)))
        return try rows.filter { row in
            guard let version = version.map(ASCII.lowered) else { return true }
            return version == ASCII.lowered(row[2]) || version == ASCII.lowered(row[10])
        }.map { row in
            let path: String = row[4]
            let listed = try partitions(listing: row[0])
            return FileRow(
                id: FileID(value: row[0]), owner: repository.owner, type: repository.type, name: row[1], version: row[2],
                architecture: row[3], file: Files.name(of: path), sha256: row.bytes(5), size: row[6],
                path: "\(repository.path)/\(path)", received: Timestamp(seconds: row[7]), summary: row[8],
                annotations: try Marks.of(file: row[0], version: row[11], package: row[9], in: db),
                listed: listed, coordinates: try listed.isEmpty ? coordinates(of: row[0]) : Coordinates())
        }
    }

    private func package(ofIdentity identity: String, in repository: RepositoryRow) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM package WHERE repository_id = ? AND identity = ?"),
            arguments: [repository.id.value, identity])
    }

    private func version(ofIdentity identity: String, of package: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM version WHERE package_id = ? AND identity = ?"),
            arguments: [package, identity])
    }

    private func coordinates(of file: Int64) throws -> Coordinates {
        var coordinates = Coordinates()
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, value FROM coordinate WHERE file_id = ?"), arguments: [file])
        for row in rows { coordinates[row[0]] = row[1] }
        return coordinates
    }

    /// Where a file is listed, but for lists of names.
    private func partitions(listing file: Int64) throws -> [PartitionKey] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.key, p.name FROM listing l JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                    WHERE l.file_id = ? AND l.removed_in IS NULL AND p.shared = 0 ORDER BY s.key, p.name
                    """), arguments: [file]
        ).map { PartitionKey(scope: $0[0], name: $0[1]) }
    }
}

extension CatalogSnapshot {
    /// A live file by its path below `OWNER/TYPE/`, with its SHA-256.
    func stored(at path: String, in repository: RepositoryRow) throws -> (file: StoredFile, sha256: [UInt8])? {
        try stored("f.path = ?2", [path], in: repository)
    }

    /// The first live file of the version that a mark of the package stands for, or of the one that is called so, with its SHA-256.
    ///
    /// - Parameters:
    ///   - version: the mark's key, or a version's identity.
    ///   - package: by its identity.
    func stored(
        _ version: String, of package: String, markedBy mark: String?, in repository: RepositoryRow
    ) throws -> (file: StoredFile, sha256: [UInt8])? {
        if let mark {
            let marked = try stored(
                """
                f.version_id = (SELECT m.version_id FROM package p JOIN mark m ON m.subject = 'package' AND m.subject_id = p.id
                    WHERE p.repository_id = ?1 AND p.identity = ?2 AND m.key = ?3 AND m.name = ?4 AND m.cleared_in IS NULL)
                """, [package, version, mark], in: repository)
            if let marked { return marked }
        }
        return try stored(
            """
            f.version_id = (SELECT w.id FROM package p JOIN version w ON w.package_id = p.id
                WHERE p.repository_id = ?1 AND p.identity = ?2 AND w.identity = ?3)
            """, [package, version], in: repository)
    }

    /// A live file with this content, if there is one.
    func stored(sha256: [UInt8], in repository: RepositoryRow) throws -> StoredFile? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT f.path, v.version, b.size FROM blob b JOIN file f ON f.blob_id = b.id JOIN version v ON v.id = f.version_id
                WHERE b.sha256 = ? AND f.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL LIMIT 1
                """, arguments: [sha256, repository.id.value]
        ).map { StoredFile(path: $0[0], version: $0[1], size: $0[2]) }
    }

    private func stored(
        _ condition: String, _ arguments: [String], in repository: RepositoryRow
    ) throws -> (file: StoredFile, sha256: [UInt8])? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.path, v.version, b.size, b.sha256
                    FROM file f JOIN version v ON v.id = f.version_id JOIN blob b ON b.id = f.blob_id
                    WHERE f.repository_id = ?1 AND \(condition) AND f.lead_id IS NULL AND f.removed_in IS NULL ORDER BY f.id LIMIT 1
                    """), arguments: [repository.id.value] + StatementArguments(arguments)
        ).map { (StoredFile(path: $0[0], version: $0[1], size: $0[2]), $0.bytes(3)) }
    }

    /// The keys of a package's marks of one kind, in byte order; nil where there is no such package.
    func keys(ofMarks mark: String, of package: String, in repository: RepositoryRow) throws -> [String]? {
        let id = try Int64.fetchOne(
            db,
            sql: """
                SELECT p.id FROM package p WHERE p.repository_id = ? AND p.identity = ? AND EXISTS (
                    SELECT 1 FROM version v JOIN file f ON f.version_id = v.id
                    WHERE v.package_id = p.id AND f.lead_id IS NULL AND f.removed_in IS NULL)
                """, arguments: [repository.id.value, package])
        guard let id else { return nil }
        return try String.fetchAll(
            db,
            sql: """
                SELECT key FROM mark WHERE subject = 'package' AND subject_id = ? AND name = ? AND cleared_in IS NULL ORDER BY key
                """, arguments: [id, mark])
    }

    /// The fragments in a slot of the entries of a scope's partition without a name, in their order.
    func fragments(in slot: Slot, ofScope key: String, in repository: RepositoryRow) throws -> [[UInt8]] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT f.bytes FROM scope s JOIN partition p ON p.scope_id = s.id AND p.name = ''
                JOIN listing l ON l.partition_id = p.id AND l.removed_in IS NULL
                JOIN slot t ON t.name = ? JOIN fragment f ON f.file_id = l.file_id AND f.slot_id = t.id
                WHERE s.repository_id = ? AND s.key = ? ORDER BY l.sort_key, l.file_id
                """, arguments: [slot.name, repository.id.value, key]
        ).map { $0.bytes(0) }
    }

    /// The names of all packages of a type that have anything, with their owners, in byte order.
    func packages(ofType type: String) throws -> [(owner: String, name: String)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT r.owner, p.name FROM repository r JOIN package p ON p.repository_id = r.id WHERE r.type = ? AND EXISTS (
                    SELECT 1 FROM version v JOIN file f ON f.version_id = v.id
                    WHERE v.package_id = p.id AND f.lead_id IS NULL AND f.removed_in IS NULL)
                ORDER BY r.owner || '/' || p.name
                """, arguments: [type]
        ).map { ($0[0], $0[1]) }
    }
}

extension MarkKind.Subject {
    /// The column of its identifier, with the names that `files` gives to tables.
    fileprivate var column: String {
        switch self {
        case .file: "f.id"
        case .version: "v.id"
        case .package: "p.id"
        }
    }
}
