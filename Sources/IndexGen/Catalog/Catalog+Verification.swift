internal import Formats

/// What the catalog says of one public file.
struct ExpectedFile: Sendable {
    enum Kind: Sendable { case package, document, signature, graced }

    /// Below `public/`.
    var path: String
    var kind: Kind
    var sha256: [UInt8]
    var size: Int
    /// For packages: false when it waits to be placed.
    var isPlaced = true
    /// For documents: whether a publication that would replace it is due or was interrupted.
    var isBehind = false
}

extension CatalogSnapshot {
    /// Paths that an interrupted publication may have made.
    func announcedPaths() throws -> [String] { try String.fetchAll(db, sql: "SELECT path FROM announced") }

    /// A file of the public tree, other than a document of the site as a whole, that has this path, lies below it, or above which it
    /// would lie; nil when there is none.
    func holder(near path: String) throws -> String? {
        let parts = path.split(separator: "/")
        let above = (1...parts.count).map { parts.prefix($0).joined(separator: "/") }
        let documents = try String.fetchOne(
            db,
            sql: """
                SELECT a.path FROM artifact a JOIN document d ON d.id = a.document_id
                WHERE (a.path IN (\(Self.marks(above.count))) OR (a.path >= ? AND a.path < ?))
                AND NOT (d.repository_id = 0 AND d.scope_id = 0 AND d.path = ?) LIMIT 1
                """, arguments: StatementArguments(above + [path + "/", path + "0", path]))
        if let documents { return documents }
        guard parts.count > 2 else { return nil }
        let inner = parts.dropFirst(2).joined(separator: "/")
        let innerAbove = above.dropFirst(2).map { $0.dropFirst(above[1].count + 1) }.map(String.init)
        return try String.fetchOne(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment || '/' || f.path FROM repository r JOIN file f ON f.repository_id = r.id
                WHERE r.owner = ? AND r.type = ?
                AND (f.path IN (\(Self.marks(innerAbove.count))) OR (f.path >= ? AND f.path < ?)) LIMIT 1
                """,
            arguments: StatementArguments(
                [String(parts[0]), String(parts[1])] + innerAbove + [inner + "/", inner + "0"]))
    }

    /// Places for so many values.
    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    /// Every file that may be in the public tree, by path.
    func expectedFiles() throws -> [ExpectedFile] {
        let packages = try Row.fetchAll(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment || '/' || f.path, b.sha256, b.size, f.placed FROM file f
                JOIN repository r ON r.id = f.repository_id JOIN blob b ON b.id = f.blob_id WHERE f.removed_in IS NULL
                """
        ).map { ExpectedFile(path: $0[0], kind: .package, sha256: $0.bytes(1), size: $0[2], isPlaced: $0[3]) }
        let documents = try Row.fetchAll(
            db,
            sql: """
                SELECT a.path, a.sha256, a.size, a.role, EXISTS (
                    SELECT 1 FROM scope s WHERE s.published < s.revision
                    AND (s.id = d.scope_id OR (d.scope_id = 0 AND s.repository_id = d.repository_id))
                ) FROM artifact a JOIN document d ON d.id = a.document_id
                """
        ).map { row in
            let isSignature = [Artifact.Role.companion, .signature].map(\.rawValue).contains(row[3])
            return ExpectedFile(
                path: row[0], kind: isSignature ? .signature : .document, sha256: row.bytes(1), size: row[2],
                isBehind: row[4])
        }
        let graced = try Row.fetchAll(db, sql: "SELECT path, sha256, size FROM retired")
            .map { ExpectedFile(path: $0[0], kind: .graced, sha256: $0.bytes(1), size: $0[2]) }
        return (packages + documents + graced).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Signatures and what they sign: the path of the signature, and of the document's first variant or the one that it is of.
    func signatures() throws -> [(signature: String, document: String)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT s.path, v.path FROM artifact s JOIN artifact v ON v.document_id = s.document_id
                WHERE v.role = 'variant' AND (s.role = 'companion' AND v.position = 0
                    OR s.role = 'signature' AND v.position = s.position) ORDER BY s.path
                """
        ).map { ($0[0], $0[1]) }
    }

    /// References between rows that lead nowhere, and damage to the file, in the database's words; none in a sound catalog.
    func damage() throws -> [String] {
        let references = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
            "a row of \(row[0] as String) refers to a missing row of \(row[2] as String)"
        }
        let pages = try String.fetchAll(db, sql: "PRAGMA quick_check").filter { $0 != "ok" }
        return try references + pages + miscounts() + echoFaults()
    }

    /// How many scopes wait to be generated, by repository (`OWNER/TYPE`).
    func scopesBehind() throws -> [String: Int] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT r.owner || '/' || r.segment, COUNT(*) FROM scope s
                JOIN repository r ON r.id = s.repository_id WHERE s.published < s.revision GROUP BY 1
                """)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }
}
