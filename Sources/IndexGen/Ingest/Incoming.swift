internal import Formats
internal import Glibc

/// Where the files of an upload wait for each other that its client sends one by one: what they are to each other says their ecosystem's
/// `Assembly`.
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
        var folders = 64
        /// Of one owner, whoever sends.
        var ownersFolders = 256
        var ownersFiles = 10_000
        var ownersBytes: Int
        /// Bytes of a file that is not a package: what tools write beside has some kilobytes.
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
    struct Destination: Sendable {
        var owner: String
        var ecosystem: any Ecosystem
        var assembly: any Assembly
        /// What the address says besides names.
        var place: Coordinates
        /// Tells senders apart: one cannot complete or spoil another's upload.
        var sender: String
        /// Names of the files that are public where these will be.
        var live: Set<String> = []

        var type: String { ecosystem.profile.id }
    }

    enum Receipt: Sendable {
        /// The file is kept; these files of its upload are missing. None are named while no list has it.
        case waiting(missing: [String])
        /// It was the last one of these uploads.
        case complete([Upload])
    }

    /// All files of an upload, each as its list says.
    struct Upload: Sendable {
        var destination: Destination
        /// The name of the list.
        var name: String
        /// The packages, by file name. They stay in the folder, too, until `remove`.
        var packages: [(name: String, content: PackageContent)]
        /// All of its files, by name, with their SHA-256.
        fileprivate var files: [String: [UInt8]]
    }

    // MARK: Receiving

    /// Keeps a file until its upload is complete. A file of the same name that waited is replaced.
    ///
    /// - Parameters:
    ///   - name: as the sender calls it; hostile.
    ///   - quotas: what the owner may have, and what it has: what waits counts, too.
    /// - Throws: a `Refusal` for a name or a list that cannot be taken, for more than may wait, and for a file that is not the one
    ///   listed: then the wrong bytes are dropped, and the right ones can be sent.
    func receive(
        _ content: PackageContent, name: String, for destination: Destination,
        beside quotas: () throws -> [(Quota, Usage)] = { [] }
    ) throws -> Receipt {
        let assembly = destination.assembly, place = destination.place
        let role = try assembly.role(of: name, at: place)
        var list: PartsList?
        switch role {
        case .package: break
        case .list, .companion, .checksum, .ignored:
            guard content.size <= limits.textBytes else {
                throw Refusal(
                    .limit, "\(name) has \(content.size) bytes; a file beside packages has \(limits.textBytes) at most",
                    remedy: "send what the tool that built the package wrote")
            }
            if case .list = role { list = try content.withBytes { try assembly.list($0, named: name, at: place) } }
        }
        let staged = try content.stage(in: site.staging)
        // The bytes are on the disk before others wait.
        try staged.open().sync()
        return try locked {
            try check(content.size, for: destination, quotas())
            let folder = try shelf(of: destination)
            var records = try folder.records()
            let arrived = Record(digests: content.digests, size: content.size, received: site.clock.now())
            var lists = try folder.lists(records, of: assembly, at: place)
            // A refused file leaves no folder.
            defer { if records.isEmpty { try? folder.removeIfEmpty() } }
            if list == nil { try check(arrived, name, against: lists) }
            try check(records, adding: arrived, name, assembly)
            try folder.keep(staged, name, arrived, instead: records[name], others: records)
            records[name] = arrived
            if let list {
                let others = lists.filter { $0.key != name }
                lists[name] = list
                try dropWrong(name, list, others: others, in: folder, &records)
            }
            return try receipt(for: name, at: destination, in: folder, lists, records)
        }
    }

    /// The digests of a file that waits; nil when none of this name does.
    func digests(of name: String, for destination: Destination) throws -> Digests? {
        try locked {
            guard let folder = try root().folder(Self.name(of: destination)), try !folder.names().isEmpty else { return nil }
            return try shelf(of: destination).records()[name]?.digests
        }
    }

    /// Forgets an upload: it was taken, or refused for good. Files that another waiting upload lists stay, and so does what has
    /// been sent anew in the meantime.
    func remove(_ upload: Upload) throws {
        try locked {
            let destination = upload.destination
            let folder = try shelf(of: destination)
            var records = try folder.records()
            if records[upload.name]?.digests.sha256 == upload.files[upload.name] { try folder.forget(upload.name, &records) }
            let others = try folder.lists(records, of: destination.assembly, at: destination.place)
            for (name, sha256) in upload.files {
                guard let record = records[name], record.digests.sha256 == sha256,
                    !others.values.contains(where: { $0.part(named: name) != nil })
                else { continue }
                try folder.forget(name, &records)
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

    /// A file that lists wait for must be the one that at least one of them names.
    private func check(_ arrived: Record, _ name: String, against lists: [String: PartsList]) throws {
        let listed = lists.compactMap { list in list.value.part(named: name).map { (list.key, $0) } }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        guard let (list, part) = listed.first, !listed.contains(where: { arrived.matches($0.1) }) else { return }
        throw wrong([Self.difference(name, arrived, part)], list)
    }

    /// Drops what came before its list and is not what that names, unless it is what another names.
    private func dropWrong(
        _ name: String, _ list: PartsList, others: [String: PartsList], in folder: Shelf, _ records: inout [String: Record]
    ) throws {
        var differences: [String] = []
        for part in list.parts {
            guard let record = records[part.name], !record.matches(part) else { continue }
            if others.values.contains(where: { $0.part(named: part.name).map(record.matches) ?? false }) { continue }
            try folder.forget(part.name, &records)
            differences.append(Self.difference(part.name, record, part))
        }
        if !differences.isEmpty { throw wrong(differences, name) }
    }

    private static func difference(_ name: String, _ record: Record, _ part: PartsList.Part) -> String {
        "\(name) has \(record.size) bytes with the SHA-256 \(Hex.string(record.digests.sha256)) instead of \(part.size) bytes with "
            + Hex.string(part.sha256)
    }

    private func wrong(_ differences: [String], _ list: String) -> Refusal {
        Refusal(
            .malformed, "not the files that \(list) lists: " + differences.joined(separator: "; "),
            remedy: "send what differs again, or all files after they were built again")
    }

    private func check(_ records: [String: Record], adding arrived: Record, _ name: String, _ assembly: any Assembly) throws {
        let others = records.filter { $0.key != name }
        let bytes = others.values.reduce(arrived.size) { $0 + $1.size }
        guard others.count < limits.files, bytes <= limits.bytes else {
            throw tooMuch("more than \(limits.files) files or \(limits.bytes) bytes wait for each", assembly)
        }
    }

    private func tooMuch(_ what: String, _ assembly: any Assembly) -> Refusal {
        Refusal(
            .limit, "\(what) \(assembly.listTitle)",
            remedy: "complete the uploads that were begun; what waits is given up after a day")
    }

    /// What waits in all folders of an owner is looked at as the disk has it: nobody else keeps count of it.
    private func check(_ size: Int, for destination: Destination, _ quotas: [(Quota, Usage)]) throws {
        let mine = Self.name(of: destination)
        let names = try root().names()
        let ofOwner = names.filter { $0.hasPrefix(mine.prefix(2 * Self.marked)) }
        if !names.contains(mine) {
            let ofSender = ofOwner.filter { $0.hasPrefix(mine.prefix(4 * Self.marked)) }
            guard ofSender.count < limits.folders, ofOwner.count < limits.ownersFolders else {
                throw tooMuch(
                    "uploads to \(ofSender.count) places, of \(ofOwner.count) of this owner, wait for a", destination.assembly)
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
            throw tooMuch(
                "\(waiting.files) files with \(waiting.bytes) bytes of this owner wait for a", destination.assembly)
        }
        for (quota, usage) in quotas {
            let all = Usage(files: usage.files + waiting.files, bytes: usage.bytes + waiting.bytes)
            if let refusal = quota.refusal(of: [size], beside: all, owner: destination.owner, type: destination.type) {
                throw refusal
            }
        }
    }

    private func receipt(
        for name: String, at destination: Destination, in folder: Shelf, _ lists: [String: PartsList],
        _ records: [String: Record]
    ) throws -> Receipt {
        let belongs = try records.keys.reduce(into: [String: [String]]()) { belongs, name in
            guard case .package(let list?) = try destination.assembly.role(of: name, at: destination.place) else { return }
            belongs[list, default: []].append(name)
        }
        var missing: Set<String> = []
        var complete: [Upload] = []
        for (listName, list) in lists.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let joined = belongs[listName]?.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? []
            guard listName == name || list.part(named: name) != nil || joined.contains(name) else { continue }
            var lacking = list.parts.filter { part in !(records[part.name]?.matches(part) ?? false) }.map(\.name)
            if let need = list.need, !joined.contains(where: need.isMet), !destination.live.contains(where: need.isMet) {
                lacking.append(need.what)
            }
            missing.formUnion(lacking)
            guard lacking.isEmpty, records[listName] != nil else { continue }
            var packages = list.parts.filter(\.isPackage).map(\.name) + joined
            if case .list(isPublished: true) = try destination.assembly.role(of: listName, at: destination.place) {
                packages.append(listName)
            }
            complete.append(
                Upload(
                    destination: destination, name: listName,
                    packages: try packages.compactMap { name in
                        try records[name].map { (name, try folder.content($0, staging: site.staging)) }
                    },
                    files: Dictionary(
                        (list.parts.map(\.name) + joined + [listName]).compactMap { name in
                            records[name].map { (name, $0.digests.sha256) }
                        }, uniquingKeysWith: { first, _ in first })))
        }
        if !complete.isEmpty { return .complete(complete) }
        if missing.isEmpty, case .package(let list?) = try destination.assembly.role(of: name, at: destination.place) {
            missing.insert(list)
        }
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
        let place = destination.ecosystem.profile.coordinates.map { destination.place[$0.name] ?? "" }
        return Hex.string(
            Array(digest([owner]).prefix(marked)) + digest([owner, destination.sender]).prefix(marked)
                + digest([owner, destination.type] + place + [destination.sender]))
    }

    private func locked<Result>(_ body: () throws -> Result) throws -> Result {
        try SiteLock.held(for: site, "incoming.lock", body)
    }
}
