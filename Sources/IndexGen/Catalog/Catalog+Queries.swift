internal import Formats
internal import GRDB

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
}

extension CatalogSnapshot {
    /// Live package files of a repository (sidecars belong to their packages), optionally of one package and version.
    /// Names and versions are given as they are shown or in their normal form; A–Z and a–z are the same. A path is one below
    /// `OWNER/TYPE/`.
    func files(
        in repository: RepositoryRow, name: String? = nil, version: String? = nil, path: String? = nil,
        of subject: (kind: MarkKind.Subject, id: Int64)? = nil
    ) throws -> [FileRow] {
        let filter =
            (name == nil ? "" : "AND (p.identity = ? OR LOWER(p.name) = ?) ") + (path == nil ? "" : "AND f.path = ? ")
            + (subject.map { "AND \($0.kind.column) = \($0.id)" } ?? "")
        let names = name.map { [ASCII.lowered($0), ASCII.lowered($0)] } ?? []
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, p.name, v.version, f.architecture, f.path, b.sha256, b.size, f.received, v.summary, p.id, v.identity, v.id
                FROM package p JOIN version v ON v.package_id = p.id JOIN file f ON f.version_id = v.id
                JOIN blob b ON b.id = f.blob_id
                WHERE p.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL \(filter)
                ORDER BY p.identity, v.id, f.path
                """, arguments: [repository.id.value] + StatementArguments(names + [path].compactMap(\.self)))
        return try rows.filter { row in
            guard let version = version.map(ASCII.lowered) else { return true }
            return version == ASCII.lowered(row[2]) || version == ASCII.lowered(row[10])
        }.map { row in
            let path: String = row[4]
            return FileRow(
                id: FileID(value: row[0]), owner: repository.owner, type: repository.type, name: row[1], version: row[2],
                architecture: row[3], file: Files.name(of: path), sha256: row.bytes(5), size: row[6],
                path: "\(repository.path)/\(path)", received: Timestamp(seconds: row[7]), summary: row[8],
                annotations: try Marks.of(file: row[0], version: row[11], package: row[9], in: db),
                listed: try partitions(listing: row[0]))
        }
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
