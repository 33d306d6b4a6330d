internal import Formats

/// Signatures that the site makes of package files (`EcosystemProfile.fileSignature`): sidecars that no sender brought. They are made when
/// packages are published, and made again when the keys change.
extension Catalog {
    /// A package file that is to be signed.
    struct UnsignedFile: Sendable {
        var id: FileID
        /// Below `OWNER/TYPE/`.
        var path: String
        var sha256: [UInt8]
        var received: Timestamp
    }

    struct FileSignature: Sendable {
        var file: UnsignedFile
        var content: StagedFile
        var sha256: [UInt8]
        var size: Int
    }

    /// What a signature is noted by. It begins with a dot, as no mark of people does.
    private static let note = ".file-signature"

    /// Files that have no signature by these keys, and beside which no sender's is; in order of arrival. Where a sender took one back, the
    /// site's takes its place.
    ///
    /// - Parameters:
    ///   - suffix: of a signature's path.
    ///   - isWhole: whether all files are looked at, and not only those that are to be published now.
    ///   - last: only those behind this one.
    func unsignedFiles(
        of repository: RepositoryRow, suffix: String, signers: String, isWhole: Bool, after last: FileID?, limit: Int
    ) throws -> [UnsignedFile] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT f.id, f.path, b.sha256, f.received FROM file f JOIN blob b ON b.id = f.blob_id
                    WHERE f.repository_id = ?1 AND f.lead_id IS NULL AND f.removed_in IS NULL \(isWhole ? "" : "AND f.placed = 0")
                        AND SUBSTR(f.path, -LENGTH(?2)) <> ?2
                        AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.subject = 'file' AND m.subject_id = f.id AND m.name = ?3
                            AND m.key = '' AND m.value = ?4 AND m.cleared_in IS NULL)
                        AND NOT EXISTS (SELECT 1 FROM file s WHERE s.repository_id = f.repository_id AND s.path = f.path || ?2
                            AND s.lead_id IS NOT f.id AND s.removed_in IS NULL)
                        AND f.id > ?5 ORDER BY f.id LIMIT ?6
                    """, arguments: [repository.id.value, suffix, Self.note, signers, last?.value ?? 0, limit]
            ).map {
                UnsignedFile(
                    id: FileID(value: $0[0]), path: $0[1], sha256: $0.bytes(2), received: Timestamp(seconds: $0[3]))
            }
        }
    }

    /// Puts signatures beside their files; those of files that were removed meanwhile are dropped.
    func attach(_ signatures: [FileSignature], suffix: String, signers: String, blobs: BlobStore) throws {
        try pool.writeWithoutTransaction { db in
            try Self.makeCommitsDurable(db)
            try db.inTransaction(.immediate) {
                var folders: Set<String> = [], files: [String] = []
                for signature in signatures where try Self.attach(signature, suffix: suffix, signers: signers, in: db) {
                    let sha256 = signature.sha256
                    folders.formUnion(try blobs.put(signature.content, sha256: sha256, size: signature.size, isKnown: false))
                    files.append(blobs.path(of: sha256))
                }
                try Durability.secure(files: files, folders: folders, on: blobs.folder)
                blobs.secured(folders)
                return .commit
            }
        }
    }

    private static func attach(_ signature: FileSignature, suffix: String, signers: String, in db: Database) throws -> Bool {
        let file = signature.file.id.value, path = signature.file.path + suffix
        let repository = try Int64.fetchOne(
            db, sql: "SELECT repository_id FROM file WHERE id = ? AND removed_in IS NULL", arguments: [file])
        guard let repository else { return false }
        let there = try Row.fetchOne(
            db,
            sql: """
                SELECT f.id, f.lead_id, f.removed_in, b.size FROM file f JOIN blob b ON b.id = f.blob_id
                WHERE f.repository_id = ? AND f.path = ?
                """, arguments: [repository, path])
        let isSenders = there.map { $0[1] as Int64? != file } ?? false
        // A sender's came in meanwhile.
        if isSenders, there?[2] as Int64? == nil { return false }
        let sha256 = signature.sha256
        try db.execute(
            sql: """
                INSERT INTO blob (sha256, sha1, md5, sha512, size) VALUES (?, x'', x'', x'', ?) ON CONFLICT (sha256) DO NOTHING
                """, arguments: [sha256, signature.size])
        if let there {
            try db.execute(
                sql: """
                    UPDATE file SET blob_id = (SELECT id FROM blob WHERE sha256 = ?), lead_id = ?, identity = NULL, placed = 0,
                        removed_in = NULL WHERE id = ?
                    """, arguments: [sha256, file, there[0] as Int64])
            // It is not over, and counts for its owner as what it is now.
            try db.execute(
                sql: """
                    DELETE FROM retired WHERE path = (SELECT owner || '/' || segment || '/' FROM repository WHERE id = ?) || ?
                    """, arguments: [repository, path])
            let before: Int = there[3]
            try Usage(files: isSenders ? -1 : 0, bytes: signature.size - before).add(to: repository, in: db)
        } else {
            try db.execute(
                sql: """
                    INSERT INTO file (repository_id, version_id, blob_id, lead_id, path, filename, architecture, modified, received,
                        facts, revision, placed, added_in)
                    SELECT f.repository_id, f.version_id, (SELECT id FROM blob WHERE sha256 = ?1), f.id, ?2, f.filename || ?3, '',
                        f.modified, f.received, x'', f.revision, 0, f.added_in FROM file f WHERE f.id = ?4
                    """, arguments: [sha256, path, suffix, file])
            try Usage(files: 0, bytes: signature.size).add(to: repository, in: db)
        }
        try db.execute(
            sql: "DELETE FROM mark WHERE subject = 'file' AND subject_id = ? AND name = ?", arguments: [file, note])
        try db.execute(
            sql: """
                INSERT INTO mark (subject, subject_id, name, key, value, set_in)
                VALUES ('file', ?, ?, '', ?, (SELECT MAX(id) FROM journal))
                """, arguments: [file, note, signers])
        return true
    }

    /// Whether a file is a signature that the site made.
    static func isOwnSignature(_ file: Int64, in db: Database) throws -> Bool {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM file s JOIN file f ON f.id = s.lead_id
                    JOIN mark m ON m.subject = 'file' AND m.subject_id = f.id AND m.name = ? AND m.cleared_in IS NULL
                    WHERE s.id = ? AND SUBSTR(s.path, 1, LENGTH(f.path) + 1) = f.path || '.'
                    """), arguments: [note, file]) != nil
    }

    /// Forgets a signature that the site made, for one that a sender brings.
    static func forgetOwnSignature(_ file: Int64, in db: Database) throws {
        try db.execute(
            sql: "DELETE FROM mark WHERE subject = 'file' AND name = ? AND subject_id = (SELECT lead_id FROM file WHERE id = ?)",
            arguments: [note, file])
        try db.execute(sql: "DELETE FROM file WHERE id = ?", arguments: [file])
    }
}
