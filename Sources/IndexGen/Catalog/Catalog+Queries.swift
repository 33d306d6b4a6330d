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
    /// Not nil when yanked.
    var yanked: String?
    /// The partitions that list it, as `SCOPE` or `SCOPE PARTITION`.
    var listed: [PartitionKey]
}

extension CatalogSnapshot {
    /// Live package files of a repository (sidecars belong to their packages), optionally of one package and version.
    /// Names and versions are compared by identity, so that any spelling finds them.
    func files(in repository: RepositoryRow, name: String? = nil, version: String? = nil) throws -> [FileRow] {
        var listings: [Int64: [PartitionKey]] = [:]
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT l.file_id, s.key, p.name FROM listing l
                JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                WHERE s.repository_id = ? AND l.removed_in IS NULL AND p.shared = 0 ORDER BY s.key, p.name
                """, arguments: [repository.id.value])
        for row in rows { listings[row[0], default: []].append(PartitionKey(scope: row[1], name: row[2])) }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT f.id, p.name, v.version, f.architecture, f.path, b.sha256, b.size, f.received, v.summary, y.value, p.identity, v.identity
                FROM file f JOIN version v ON v.id = f.version_id JOIN package p ON p.id = v.package_id
                JOIN blob b ON b.id = f.blob_id
                LEFT JOIN property y ON y.subject = 'file' AND y.subject_id = f.id AND y.name = 'yanked'
                WHERE f.repository_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL
                ORDER BY p.identity, v.id, f.path
                """, arguments: [repository.id.value]
        ).filter { row in
            Self.matches(name, row[1], row[10]) && Self.matches(version, row[2], row[11])
        }.map { row in
            let path: String = row[4]
            return FileRow(
                id: FileID(value: row[0]), owner: repository.owner, type: repository.type, name: row[1], version: row[2],
                architecture: row[3],
                file: Files.name(of: path), sha256: row.bytes(5), size: row[6], path: "\(repository.path)/\(path)",
                received: Timestamp(seconds: row[7]), summary: row[8], yanked: row[9], listed: listings[row[0]] ?? [])
        }
    }

    private static func matches(_ wanted: String?, _ shown: String, _ identity: String) -> Bool {
        guard let wanted else { return true }
        return wanted == shown || ASCII.lowered(wanted) == ASCII.lowered(identity)
            || ASCII.lowered(wanted) == ASCII.lowered(shown)
    }
}
