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

    /// What may wait: more than any real upload has, and an end to what senders who never finish can pile up.
    struct Limits: Sendable {
        /// In one folder. Ten times the files of the largest uploads (a kernel's or a compiler's).
        var files = 2_000
        /// Bytes in one folder.
        var bytes: Int
        /// Places of one sender at which an upload waits.
        var folders = 16
        /// Of one owner, whoever sends.
        var ownersFolders = 128
        var ownersFiles = 10_000
        var ownersBytes: Int
        /// Bytes of a file that is not a package: what dpkg writes beside has some kilobytes.
        var textBytes = 16 << 20

        init(files: Int = 2_000, bytes: Int) {
            self.files = files
            self.bytes = bytes
            ownersBytes = 4 * bytes
        }
    }

    init(site: Site, limits: Limits? = nil) {
        self.site = site
        self.limits = limits ?? Limits(bytes: 4 * site.settings.fileBytes)
    }

    /// Whose files, and where they go.
    struct Destination: Hashable, Sendable {
        var owner: String
        var type = ""
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
    /// - Parameters:
    ///   - name: as the sender calls it; hostile.
    ///   - quotas: what the owner may have, and what it has: what waits counts, too.
    /// - Throws: a `Refusal` for a name or a `.changes` file that cannot be taken, for more than may wait, and for a file that is not
    ///   the one listed: then the wrong bytes are dropped, and the right ones can be sent.
    func receive(
        _ content: PackageContent, name: String, for destination: Destination,
        beside quotas: () throws -> [(Quota, Usage)] = { [] }
    ) throws -> Receipt {
        let kind = try DebianChanges.kind(of: name)
        if kind != .package, content.size > limits.textBytes {
            throw Refusal(
                .limit, "\(name) has \(content.size) bytes; a file beside packages has \(limits.textBytes) at most",
                remedy: "send what dpkg-buildpackage wrote")
        }
        let changes = try kind == .changes ? content.withBytes { try DebianChanges($0) } : nil
        let staged = try content.stage(in: site.staging)
        // The bytes are on the disk before others wait.
        try staged.open().sync()
        return try locked {
            try check(content.size, for: destination, quotas())
            let folder = try shelf(of: destination)
            var records = try folder.records()
            let arrived = Record(digests: content.digests, size: content.size, received: site.clock.now())
            var uploads = try folder.uploads(records)
            // A refused file leaves no folder.
            defer { if records.isEmpty { try? folder.removeIfEmpty() } }
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

    /// What waits in all folders of an owner is looked at as the disk has it: nobody else keeps count of it.
    private func check(_ size: Int, for destination: Destination, _ quotas: [(Quota, Usage)]) throws {
        let mine = Self.name(of: destination)
        let names = try root().names()
        let ofOwner = names.filter { $0.hasPrefix(mine.prefix(2 * Self.marked)) }
        if !names.contains(mine) {
            let ofSender = ofOwner.filter { $0.hasPrefix(mine.prefix(4 * Self.marked)) }
            guard ofSender.count < limits.folders, ofOwner.count < limits.ownersFolders else {
                throw Refusal(
                    .limit,
                    "uploads to \(ofSender.count) places wait for their .changes files, of \(ofOwner.count) of this owner",
                    remedy: "send the .changes files of the uploads that were begun; what waits is given up after a day")
            }
        }
        var waiting = Usage(files: 0, bytes: 0)
        for name in ofOwner {
            guard let contents = try root().folder(name)?.folder("contents") else { continue }
            for file in try contents.names() {
                waiting.files += 1
                waiting.bytes += try contents.status(file)?.size ?? 0
            }
        }
        guard waiting.files < limits.ownersFiles, waiting.bytes + size <= limits.ownersBytes else {
            throw Refusal(
                .limit, "\(waiting.files) files with \(waiting.bytes) bytes of this owner wait for their .changes files",
                remedy: "send the .changes files of the uploads that were begun; what waits is given up after a day")
        }
        for (quota, usage) in quotas {
            let all = Usage(files: usage.files + waiting.files, bytes: usage.bytes + waiting.bytes)
            if let refusal = quota.refusal(of: [size], beside: all, owner: destination.owner, type: destination.type) {
                throw refusal
            }
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

    private func shelf(of destination: Destination) throws -> Shelf { try Shelf(Self.name(of: destination), in: root()) }

    /// Bytes of a digest by which folders of one owner, or of one sender, are found.
    private static let marked = 8

    /// Begins with marks of the owner and of the sender, whose names say nothing a folder could be called: distributions may hold slashes,
    /// and senders anything.
    private static func name(of destination: Destination) -> String {
        func digest(_ parts: [String]) -> [UInt8] {
            var key: [UInt8] = []
            for part in parts {
                key.append(decimal: part.utf8.count)
                key.append(":\(part)")
            }
            return SHA256Digest.of(key)
        }
        let owner = ASCII.lowered(destination.owner)
        return Hex.string(
            Array(digest([owner]).prefix(marked)) + digest([owner, destination.sender]).prefix(marked)
                + digest([owner, destination.distribution, destination.component, destination.sender]))
    }

    private func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try SiteLock.held(for: site, "incoming.lock", body)
    }
}
