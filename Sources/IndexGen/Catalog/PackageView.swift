internal import Formats

/// A package as its page shows it: the version that people mean by its name, and the newest versions.
struct PackageView: Sendable {
    struct File: Sendable {
        var id: FileID
        /// Below `OWNER/TYPE/`.
        var path: String
        var filename: String
        var architecture: String
        var received: Timestamp
        var size: Int64
        var sha256: [UInt8]
    }

    struct Version: Sendable {
        var id: Int64
        /// As people write it.
        var version: String
        var summary: String
        /// What is said of its files.
        var annotations: Annotations
        /// Values of keyed marks of its package that stand for it: an image's tags. The newest first.
        var tags: [String]
        /// By name; at most `fileLimit`.
        var files: [File]

        /// What people call it: the version, or its newest tag where versions are digests.
        var name: String
        var received: Timestamp { files.map(\.received).max() ?? Timestamp(seconds: 0) }
        var size: Int64 { files.reduce(0) { $0 + $1.size } }
        /// Whether clients do not choose it by themselves any more.
        var isWithdrawn: Bool { annotations.all.contains { !$0.kind.isEmpty && $0.key.isEmpty } }
    }

    var id: Int64
    var name: String
    var main: Version
    /// The newest first; the main one is among them unless it is older than all of them.
    var versions: [Version]
    /// Whether there are more versions.
    var hasMore: Bool

    static let fileLimit = 50
}

extension CatalogSnapshot {
    /// - Parameter limit: so many versions at most.
    /// - Returns: nil when nothing of the package is there.
    func packageView(_ package: Int64, by portrayal: Portrayal, limit: Int) throws -> PackageView? {
        guard
            let name = try String.fetchOne(
                db.cachedStatement(sql: "SELECT name FROM package WHERE id = ?"), arguments: [package])
        else { return nil }
        let tagged = try taggedVersions(of: package, decide: portrayal.isNamedByTags)
        // Which is the main one is decided among the newest few.
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT v.id, v.version, v.summary FROM version v WHERE v.package_id = ? AND EXISTS (
                        SELECT 1 FROM file f WHERE f.version_id = v.id AND f.lead_id IS NULL AND f.removed_in IS NULL AND f.part = 0 AND f.placed = 1)
                    ORDER BY v.order_key DESC, v.id DESC LIMIT ?
                    """), arguments: [package, max(limit, Self.candidates) + 1])
        var versions: [PackageView.Version] = []
        var main: PackageView.Version?
        var ids = rows.map { $0[0] as Int64 }
        var named: [Int64: (String, String)] = [:]
        for row in rows { named[row[0]] = (row[1], row[2]) }
        if portrayal.isNamedByTags {
            // What has a tag comes first, the newest tag before others.
            for id in tagged.order where named[id] == nil {
                guard
                    let row = try Row.fetchOne(
                        db.cachedStatement(sql: "SELECT version, summary FROM version WHERE id = ?"), arguments: [id])
                else { continue }
                named[id] = (row[0], row[1])
            }
            ids = tagged.order + ids.filter { !tagged.order.contains($0) }
        }
        for id in ids.prefix(max(limit, main == nil ? Self.candidates : 0)) {
            guard let (version, summary) = named[id] else { continue }
            let view = try versionView(id, version, summary, of: package, tags: tagged.tags[id] ?? [], portrayal)
            if main == nil, tagged.latest == id || (tagged.latest == nil && !view.isWithdrawn && !portrayal.isPrerelease(version))
            {
                main = view
            }
            if versions.count < limit { versions.append(view) } else if main != nil { break }
        }
        if main == nil, let latest = tagged.latest, let (version, summary) = try versionNames(latest) {
            main = try versionView(latest, version, summary, of: package, tags: tagged.tags[latest] ?? [], portrayal)
        }
        guard let first = versions.first else { return nil }
        return PackageView(id: package, name: name, main: main ?? first, versions: versions, hasMore: ids.count > versions.count)
    }

    /// Prereleases and withdrawn versions that are passed over, when the newest one is looked for.
    private static let candidates = 20

    private func versionNames(_ id: Int64) throws -> (String, String)? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT version, summary FROM version WHERE id = ?"), arguments: [id]
        ).map { ($0[0], $0[1]) }
    }

    private func versionView(
        _ id: Int64, _ version: String, _ summary: String, of package: Int64, tags: [String], _ portrayal: Portrayal
    ) throws -> PackageView.Version {
        let files = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT f.id, f.path, f.filename, f.architecture, f.received, b.size, b.sha256 FROM file f
                    JOIN blob b ON b.id = f.blob_id
                    WHERE f.version_id = ? AND f.lead_id IS NULL AND f.removed_in IS NULL AND f.part = 0 AND f.placed = 1
                    ORDER BY f.filename, f.path LIMIT \(PackageView.fileLimit)
                    """), arguments: [id]
        ).map { row in
            PackageView.File(
                id: FileID(value: row[0]), path: row[1], filename: row[2], architecture: row[3],
                received: Timestamp(seconds: row[4]), size: row[5], sha256: row.bytes(6))
        }
        // What is said of one file of a version (`yanked` of a wheel) is said of it when it is said of all.
        var annotations =
            try files.first.map { try Marks.of(file: $0.id.value, version: id, package: package, in: db) } ?? Annotations()
        for file in files.dropFirst() {
            let others = try Marks.of(file: file.id.value, version: id, package: package, in: db)
            for mark in annotations.all where others[mark.kind, key: mark.key] == nil {
                annotations[mark.kind, key: mark.key] = nil
            }
        }
        return PackageView.Version(
            id: id, version: version, summary: summary, annotations: annotations, tags: tags, files: files,
            name: portrayal.isNamedByTags ? tags.first ?? version : version)
    }

    /// Versions of a package for which keyed marks stand, the newest mark first.
    ///
    /// - Parameter decide: whether they decide which one is the newest; else only `latest` does.
    private func taggedVersions(of package: Int64, decide: Bool) throws -> (
        order: [Int64], tags: [Int64: [String]], latest: Int64?
    ) {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT m.version_id, m.key FROM mark m WHERE m.version_id IS NOT NULL AND m.subject = 'package' AND m.subject_id = ? AND m.cleared_in IS NULL AND m.key <> ''
                    ORDER BY m.set_in DESC, m.key LIMIT 200
                    """), arguments: [package])
        var order: [Int64] = [], tags: [Int64: [String]] = [:]
        var latest: Int64?
        for row in rows {
            let (id, key) = (row[0] as Int64, row[1] as String)
            if tags[id] == nil { order.append(id) }
            tags[id, default: []].append(key)
            if key == "latest" { latest = id }
        }
        return (order, tags, latest ?? (decide ? order.first : nil))
    }

    /// What was written of a file when it came in (`PortraitPage`); nil for one that came in before there were pages.
    func portrait(of file: FileID) throws -> [UInt8]? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT f.bytes FROM fragment f JOIN slot s ON s.id = f.slot_id WHERE f.file_id = ? AND s.name = ?"),
            arguments: [file.value, PortraitPage.slot.name]
        ).map { $0.bytes(0) }
    }
}
