internal import Formats
internal import Glibc

/// Where the files of a Debian upload wait for each other: dput and dput-ng send one by one what a `.changes` file lists, that file
/// last, but any order will do.
///
/// `state/incoming/FOLDER/` belongs to one sender and one place to publish at. A file that waits there is its bytes, below `contents/`
/// by SHA-256, and its record, below `names/` under its own name; the record is written last. All of it survives a restart, and nothing
/// of it is published or listed. Several uploads may wait side by side in a folder and share files (`_all.deb` in those of two
/// architectures). Used from any thread and any process: one at a time works below `incoming`.
struct Incoming: Sendable {
    let site: Site
    var limits: Limits

    /// What may wait in one folder: more than any real upload has, and an end to what a sender who never finishes can pile up.
    struct Limits: Sendable {
        /// Ten times the files of the largest uploads (a kernel's or a compiler's).
        var files = 2_000
        /// Bytes of all files together.
        var bytes: Int
    }

    init(site: Site, limits: Limits? = nil) {
        self.site = site
        self.limits = limits ?? Limits(bytes: 4 * site.settings.fileBytes)
    }

    /// Whose files, and where they go.
    struct Destination: Hashable, Sendable {
        var owner: String
        var distribution: String
        var component: String
        /// Tells senders apart: one cannot complete or spoil another's upload.
        var sender: String
    }

    enum Receipt: Sendable {
        /// The file is kept; these files of its upload are missing. None are named while no `.changes` file lists it.
        case waiting(missing: [String])
        /// It was the last one of these uploads.
        case complete([Upload])
    }

    /// All files of an upload, each as its `.changes` file says.
    struct Upload: Sendable {
        var destination: Destination
        /// The name of the `.changes` file.
        var name: String
        var changes: DebianChanges
        /// The packages, by file name. They stay in the folder, too, until `remove`.
        var packages: [(name: String, content: PackageContent)]
        fileprivate var sha256: [UInt8]
    }

    // MARK: Receiving

    /// Keeps a file until its upload is complete. A file of the same name that waited is replaced.
    ///
    /// - Parameter name: as the sender calls it; hostile.
    /// - Throws: a `Refusal` for a name or a `.changes` file that cannot be taken, for more than may wait, and for a file that is not
    ///   the one listed: then the wrong bytes are dropped, and the right ones can be sent.
    func receive(_ content: PackageContent, name: String, for destination: Destination) throws -> Receipt {
        let changes = try DebianChanges.kind(of: name) == .changes ? content.withBytes { try DebianChanges($0) } : nil
        let staged = try content.stage(in: site.staging)
        // The bytes are on the disk before others wait.
        try staged.open().sync()
        return try locked {
            let folder = try shelf(of: destination)
            var records = try folder.records()
            let arrived = Record(digests: content.digests, size: content.size, received: site.clock.now())
            var uploads = try folder.uploads(records)
            if changes == nil { try check(arrived, name, against: uploads) }
            try check(records, adding: arrived, name)
            try folder.keep(staged, name, arrived, instead: records[name], others: records)
            records[name] = arrived
            if let changes {
                let others = uploads.filter { $0.key != name }
                uploads[name] = changes
                try dropWrong(name, changes, others: others, in: folder, &records)
            }
            return try receipt(for: name, at: destination, in: folder, uploads, records)
        }
    }

    /// Forgets an upload: it was taken, or refused for good. Files that another waiting upload lists stay, and so does what has
    /// been sent anew in the meantime.
    func remove(_ upload: Upload) throws {
        try locked {
            let folder = try shelf(of: upload.destination)
            var records = try folder.records()
            if let record = records[upload.name], record.digests.sha256 == upload.sha256 {
                try folder.forget(upload.name, &records)
            }
            let others = try folder.uploads(records)
            for file in upload.changes.files {
                guard let record = records[file.name], record.matches(file),
                    !others.values.contains(where: { $0.file(named: file.name) != nil })
                else { continue }
                try folder.forget(file.name, &records)
            }
            try folder.removeIfEmpty()
        }
    }

    /// Removes what has waited for longer than this many seconds, and what a crash left.
    ///
    /// - Returns: how many files were given up.
    @discardableResult
    func sweep(olderThan age: Int64 = 24 * 3_600) throws -> Int {
        let now = site.clock.now().seconds
        return try locked {
            var swept = 0
            for name in try root().names() {
                let folder = try Shelf(name, in: root())
                var records = try folder.records()
                for (name, record) in records where now - record.received.seconds > age {
                    try folder.forget(name, &records)
                    swept += 1
                }
                try folder.removeStrays(records)
                try folder.removeIfEmpty()
            }
            return swept
        }
    }

    // MARK: Decisions

    /// A file that uploads wait for must be the one that at least one of them lists.
    private func check(_ arrived: Record, _ name: String, against uploads: [String: DebianChanges]) throws {
        let listed = uploads.compactMap { upload in upload.value.file(named: name).map { (upload.key, $0) } }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        guard let (changes, file) = listed.first, !listed.contains(where: { arrived.matches($0.1) }) else { return }
        throw wrong([Self.difference(name, arrived, file)], changes)
    }

    /// Drops what came before its `.changes` file and is not what that lists, unless it is what another lists.
    private func dropWrong(
        _ name: String, _ changes: DebianChanges, others: [String: DebianChanges], in folder: Shelf,
        _ records: inout [String: Record]
    ) throws {
        var differences: [String] = []
        for file in changes.files {
            guard let record = records[file.name], !record.matches(file) else { continue }
            if others.values.contains(where: { $0.file(named: file.name).map(record.matches) ?? false }) { continue }
            try folder.forget(file.name, &records)
            differences.append(Self.difference(file.name, record, file))
        }
        if !differences.isEmpty { throw wrong(differences, name) }
    }

    private static func difference(_ name: String, _ record: Record, _ file: DebianChanges.File) -> String {
        "\(name) has \(record.size) bytes with the SHA-256 \(Hex.string(record.digests.sha256)) instead of \(file.size) bytes with "
            + Hex.string(file.sha256)
    }

    private func wrong(_ differences: [String], _ changes: String) -> Refusal {
        Refusal(
            .malformed, "not the files that \(changes) lists: " + differences.joined(separator: "; "),
            remedy: "send what differs again, or all files after another dpkg-genchanges")
    }

    private func check(_ records: [String: Record], adding arrived: Record, _ name: String) throws {
        let others = records.filter { $0.key != name }
        let bytes = others.values.reduce(arrived.size) { $0 + $1.size }
        guard others.count < limits.files, bytes <= limits.bytes else {
            throw Refusal(
                .limit, "more than \(limits.files) files or \(limits.bytes) bytes wait for their .changes files",
                remedy: "send the .changes files of the uploads that were begun; what waits is given up after a day")
        }
    }

    private func receipt(
        for name: String, at destination: Destination, in folder: Shelf, _ uploads: [String: DebianChanges],
        _ records: [String: Record]
    ) throws -> Receipt {
        var missing: Set<String> = []
        var complete: [Upload] = []
        for (changesName, changes) in uploads.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            guard changesName == name || changes.file(named: name) != nil else { continue }
            let lacking = changes.files.filter { file in !(records[file.name]?.matches(file) ?? false) }
            missing.formUnion(lacking.map(\.name))
            guard lacking.isEmpty, let record = records[changesName] else { continue }
            complete.append(
                Upload(
                    destination: destination, name: changesName, changes: changes,
                    packages: try changes.files.filter { $0.kind == .package }.map { file in
                        guard let record = records[file.name] else { preconditionFailure("nothing is lacking") }
                        return (file.name, try folder.content(record, staging: site.staging))
                    },
                    sha256: record.digests.sha256))
        }
        if !complete.isEmpty { return .complete(complete) }
        return .waiting(missing: missing.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    // MARK: Places

    private func root() throws -> Folder { try site.stateFolder.makeFolder("incoming", mode: 0o700).folder }

    /// A folder's name says nothing about its sender: distributions may hold slashes, and senders anything.
    private func shelf(of destination: Destination) throws -> Shelf {
        var key: [UInt8] = []
        for part in [ASCII.lowered(destination.owner), destination.distribution, destination.component, destination.sender] {
            key.append(decimal: part.utf8.count)
            key.append(":\(part)")
        }
        return try Shelf(Hex.string(SHA256Digest.of(key)), in: root())
    }

    private func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try SiteLock.held(for: site, "incoming.lock", body)
    }
}
