internal import Formats

/// Decides about one package in an ingest transaction: one identity means one content, and a public path means one content for ever.
/// Writes nothing.
///
/// Identities can be given to other bytes, by a replacement that was asked for; paths never: caches may hold what was at a path, so
/// bytes whose path belongs to others get a folder of their own (`Upload.generation`).
struct IngestJudge {
    let db: Database
    let rows: IngestStatements
    let repository: Int64
    /// Whether anything was ever pruned here.
    let mayBeKnown: Bool
    /// Folders of the repository that are known not to be files.
    var folders: Set<String>

    /// A package's row.
    struct Holder {
        var id: Int64
        /// Nil: others have taken its identity.
        var identity: String?
        var path: String
        var sha256: [UInt8]
        var isRemoved: Bool
        /// The first time.
        var received: Timestamp
    }

    /// What makes way for a package.
    struct Way {
        /// The file that holds the identity.
        var displaced: Holder?
        /// The claim of the identity, where it means other bytes.
        var freedClaim: String?
        /// The same as `displaced` where it is of other bytes.
        var replaced: Holder?
        /// The site's own signature, where a sender brings one.
        var signature: Int64?
    }

    enum Verdict {
        case refused(Refusal)
        /// It has to be prepared again, with what the catalog knows better.
        case again(Amendment)
        /// The same bytes are there, at this path.
        case unchanged(path: String)
        case returning(file: Int64, Way)
        case new(Way)
    }

    mutating func judge(_ admission: Admission) throws -> Verdict {
        let placement = admission.placement, digest = admission.upload.digests.sha256
        let what = "\(admission.record.name) \(admission.record.version)"
        if admission.hasOneSpelling, let fault = try faultInSpelling(of: admission.record) { return .refused(fault) }
        if let fault = try faultInRequirements(of: placement) { return .refused(fault) }
        var way = Way()
        // Whether the identity is known to mean these bytes, so that their path may differ from the one they would have today.
        var isOwn = admission.replaces
        if try rows.fileOfIdentity.first(.integer(repository), .text(placement.identity)) != nil,
            let holder = try row("identity", placement.identity)
        {
            if holder.sha256 == digest {
                if !holder.isRemoved { return .unchanged(path: holder.path) }
                if holder.path == placement.path.text {
                    if let fault = try faultInClaim(admission, what, &way) { return .refused(fault) }
                    return returning(holder, admission, way)
                }
                // Its file's name is spelled in another way now, or it lies in a folder of its own.
                isOwn = true
                if try row("path", placement.path.text) == nil {
                    way.displaced = holder
                } else {
                    guard admission.upload.generation == nil else {
                        return .refused(occupied(placement.path.text, by: holder.identity))
                    }
                    return .again(Amendment(generation: Upload.generation(of: digest)))
                }
            } else {
                guard try admission.replaces && mayMakeWay(holder, for: admission) else {
                    return .refused(
                        taken(
                            what, by: holder.sha256, isRemoved: holder.isRemoved,
                            as: holder.path == placement.path.text ? nil : Files.name(of: holder.path)))
                }
                way.displaced = holder
                way.replaced = holder
            }
        } else if let known = try tombstone("identity", placement.identity) {
            if known.sha256 == digest {
                isOwn = true
            } else if !admission.replaces {
                return .refused(pruned(known))
            }
        }
        if let fault = try faultInClaim(admission, what, &way) { return .refused(fault) }
        switch try find(placement.companion, for: admission) {
        case .fault(let fault): return .refused(fault)
        case .elsewhere(let generation): return .again(Amendment(generation: generation))
        case .there: break
        }
        return try judgePath(of: admission, isOwn: isOwn, way)
    }

    /// What is here for others takes no place of what came by itself.
    private func mayMakeWay(_ holder: Holder, for admission: Admission) throws -> Bool {
        try admission.counterpart == nil || holder.isRemoved || CounterpartRows.isDerived(holder.id, in: db)
    }

    /// What it says of its arrival is what was said the first time.
    private func returning(_ file: Holder, _ admission: Admission, _ way: Way) -> Verdict {
        guard admission.upload.received != file.received else { return .returning(file: file.id, way) }
        return .again(Amendment(generation: admission.upload.generation, received: file.received))
    }

    private mutating func judgePath(of admission: Admission, isOwn: Bool, _ way: Way) throws -> Verdict {
        let placement = admission.placement, digest = admission.upload.digests.sha256
        // A file that speaks about another has its path from that one: no folder of its own.
        let mayMove = isOwn && admission.upload.generation == nil && placement.companion == nil
        func elsewhere(_ refusal: Refusal) -> Verdict {
            mayMove ? .again(Amendment(generation: Upload.generation(of: digest))) : .refused(refusal)
        }
        if try rows.fileOfPath.first(.integer(repository), .text(placement.path.text)) != nil,
            let occupant = try row("path", placement.path.text), occupant.id != way.displaced?.id || occupant.sha256 != digest
        {
            if occupant.identity == nil, try Catalog.isOwnSignature(occupant.id, in: db) {
                var way = way
                way.signature = occupant.id
                return .new(way)
            }
            if occupant.identity == nil, occupant.sha256 == digest { return returning(occupant, admission, way) }
            let isHeld = occupant.identity != nil && occupant.id != way.displaced?.id
            return isHeld
                ? .refused(occupied(placement.path.text, by: occupant.identity))
                : elsewhere(occupied(placement.path.text, by: nil))
        }
        let before = try tombstone("path", placement.path.text)
        if let before, before.sha256 != digest { return elsewhere(pruned(before)) }
        let company =
            admission.sidecars.map { (path: $0.path, sha256: $0.sha256) }
            + placement.aliases.map { (path: $0.text, sha256: digest) }
        for path in [placement.path.text] + company.map(\.path) {
            if let what = try whatIsInTheWay(of: path) {
                return .refused(Refusal(.conflict, what, at: path, remedy: "give one of them another name"))
            }
        }
        for (path, sha256) in company {
            if try rows.fileOfPath.first(.integer(repository), .text(path)) != nil {
                return .refused(
                    Refusal(.conflict, "\(path) exists already", at: path, remedy: "remove the file that has this path first"))
            }
            // What was taken out of the same package once may be taken out in another form today.
            if before == nil, let known = try tombstone("path", path), known.sha256 != sha256 {
                return elsewhere(pruned(known))
            }
        }
        return .new(way)
    }

    /// Nothing can be both a file and a folder, and what cannot be published must not come in.
    ///
    /// - Returns: why there can be no file at this path; nil where there can.
    private mutating func whatIsInTheWay(of path: String) throws -> String? {
        var folder = Files.folder(of: path)
        while !folder.isEmpty, !folders.contains(folder) {
            if try rows.fileOfPath.first(.integer(repository), .text(folder)) != nil {
                return "\(folder) is a file here, so nothing can lie below it"
            }
            folders.insert(folder)
            folder = Files.folder(of: folder)
        }
        // All paths below it lie between these two: a slash comes right before the digit 0.
        let isFolder = try rows.fileBelow.first(.integer(repository), .text(path + "/"), .text(path + "0")) != nil
        return isFolder ? "\(path) is a folder here, so it cannot be a file" : nil
    }

    /// What may mean one content only, wherever it lies in the repository.
    private func faultInClaim(_ admission: Admission, _ what: String, _ way: inout Way) throws -> Refusal? {
        guard let claim = admission.placement.claim else { return nil }
        let digest = admission.upload.digests.sha256
        if let holder = try rows.claimHolder.firstBytes(.integer(repository), .text(claim)) {
            if holder == digest { return nil }
            guard admission.replaces else { return taken(what, by: holder) }
            if let other = try fileBesides(way.displaced?.id, with: holder, sharingScopesOf: admission) {
                return Refusal(
                    .conflict, "\(what) is also at \(other), with the bytes that were to be replaced", at: "name and version",
                    remedy: "remove it there first, or publish new bytes under a new version")
            }
            way.freedClaim = claim
        } else if let known = try tombstone("claim", claim), known.sha256 != digest, !admission.replaces {
            return pruned(known)
        }
        return nil
    }

    /// The path of another live file with this content that is listed beside the package.
    private func fileBesides(_ file: Int64?, with sha256: [UInt8], sharingScopesOf admission: Admission) throws -> String? {
        let scopes = Set(admission.placement.listings.filter { !$0.shared }.map(\.partition.scope))
        return try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT f.path, s.key FROM file f JOIN blob b ON b.id = f.blob_id
                JOIN listing l ON l.file_id = f.id AND l.removed_in IS NULL
                JOIN partition p ON p.id = l.partition_id JOIN scope s ON s.id = p.scope_id
                WHERE f.repository_id = ? AND b.sha256 = ? AND f.id <> ? AND f.removed_in IS NULL
                """, arguments: [repository, sha256, file ?? 0]
        ).first { scopes.contains($0[1] as String) }?[0]
    }

    // MARK: Companions

    private enum Found {
        case there
        /// It lies in a folder of its own; who speaks about it belongs there, too.
        case elsewhere(generation: String)
        case fault(Refusal)
    }

    private func find(_ companion: Placement.Companionship?, for admission: Admission) throws -> Found {
        guard let companion else { return .there }
        let there = try live(companion.path, companion.algorithm)
        if there == companion.digest || (there != nil && companion.digest.isEmpty) { return .there }
        // A file that took others' place has a folder that is named by its SHA-256, which other digests do not tell.
        if admission.upload.generation == nil, companion.algorithm == .sha256, !companion.digest.isEmpty {
            let generation = Upload.generation(of: companion.digest)
            let name = Files.name(of: companion.path)
            let folder = Files.join(Files.folder(of: companion.path), generation)
            if try live(Files.join(folder, name), .sha256) == companion.digest { return .elsewhere(generation: generation) }
        }
        guard let there else { return .fault(Self.missing(companion)) }
        return .fault(
            Refusal(
                .conflict,
                "it speaks about other bytes than the \(companion.path) that is here "
                    + "(\(companion.algorithm.title) \(Hex.string(there)))",
                at: "files", remedy: "sign the file that was published"))
    }

    /// Whatever is required by something that is here is here, too.
    private func faultInRequirements(of placement: Placement) throws -> Refusal? {
        for required in placement.requirements {
            guard let (size, depth) = try Requirements.standing(of: required, in: repository, limit: Self.deepest, db) else {
                return Self.missing(required)
            }
            if let said = required.size, said != size {
                return Refusal(
                    .malformed, "a file that it requires has \(size) bytes, and it says \(said)", at: required.text,
                    remedy: "make it again from the files that were sent")
            }
            if depth > Self.deepest {
                return Refusal(
                    .limit, "files that require others stand behind each other, more than \(Self.deepest) in a row",
                    at: required.text, remedy: "name what is meant directly")
            }
        }
        return nil
    }

    /// Files that may stand behind one, each requiring the next: an index of indexes of images is one of four.
    private static let deepest = 8

    static func missing(_ required: Placement.Requirement) -> Refusal {
        Refusal(.missing, "a file that it requires is not here", at: required.text, remedy: "send that file first")
    }

    /// A digest of the file that is at a path.
    private func live(_ path: String, _ algorithm: Digests.Algorithm) throws -> [UInt8]? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT b.\(algorithm.rawValue) FROM file f JOIN blob b ON b.id = f.blob_id
                    WHERE f.repository_id = ? AND f.path = ? AND f.removed_in IS NULL
                    """), arguments: [repository, path])
        return row?.bytes(0)
    }

    static func missing(_ companion: Placement.Companionship) -> Refusal {
        Refusal(
            .conflict, "\(companion.path), which it speaks about, is not here", at: "files",
            remedy: "add that file first, or both at once")
    }

    // MARK: Rows

    private func row(_ column: String, _ value: String) throws -> Holder? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id, f.identity, f.path, b.sha256, f.removed_in, f.received FROM file f JOIN blob b ON b.id = f.blob_id
                    WHERE f.repository_id = ? AND f.\(column) = ?
                    """), arguments: [repository, value]
        ).map {
            Holder(
                id: $0[0], identity: $0[1], path: $0[2], sha256: $0.bytes(3), isRemoved: ($0[4] as Int64?) != nil,
                received: Timestamp(seconds: $0[5]))
        }
    }

    /// A package, and a version of it, are written as they were first.
    private func faultInSpelling(of record: PackageRecord) throws -> Refusal? {
        let name = try String.fetchOne(
            db.cachedStatement(sql: "SELECT name FROM package WHERE repository_id = ? AND identity = ?"),
            arguments: [repository, record.nameIdentity])
        guard let name else { return nil }
        if name != record.name {
            return Refusal(
                .conflict, "the package '\(record.name)' is written '\(name)' here, and to its clients both are one", at: "name",
                remedy: "write it '\(name)', or give it a name of its own")
        }
        let version = try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT v.version FROM version v JOIN package p ON p.id = v.package_id
                    WHERE p.repository_id = ? AND p.identity = ? AND v.identity = ?
                    """), arguments: [repository, record.nameIdentity, record.versionIdentity])
        // Other bytes under one identity are told apart by more than their spelling.
        guard let version, version != record.version, ASCII.lowered(version) == ASCII.lowered(record.version) else { return nil }
        return Refusal(
            .conflict, "version '\(record.version)' of \(name) is written '\(version)' here", at: "version",
            remedy: "write it '\(version)', or give it a version of its own")
    }

    private struct Tombstone {
        var sha256: [UInt8]
        var what: String
        var pruned: Timestamp
    }

    private func tombstone(_ kind: String, _ key: String) throws -> Tombstone? {
        guard mayBeKnown else { return nil }
        return try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT sha256, what, pruned FROM tombstone WHERE repository_id = ? AND kind = ? AND key = ?"),
            arguments: [repository, kind, key]
        ).map { Tombstone(sha256: $0.bytes(0), what: $0[1], pruned: Timestamp(seconds: $0[2])) }
    }

    // MARK: Words

    /// - Parameter spelling: the name under which it is here, where that is another than the one sent.
    private func taken(_ what: String, by sha256: [UInt8], isRemoved: Bool = false, as spelling: String? = nil) -> Refusal {
        let what = spelling.map { "\(what) is the same to its clients as \($0), which" } ?? what
        let state =
            isRemoved
            ? "existed with other bytes (SHA-256 \(Hex.string(sha256)); removed, not yet pruned)"
            : "exists with other bytes (SHA-256 \(Hex.string(sha256)))"
        return Refusal(
            .conflict, "\(what) \(state)", at: "name and version", remedy: "publish new bytes under a new version")
    }

    private func pruned(_ known: Tombstone) -> Refusal {
        Refusal(
            .conflict,
            "\(known.what) existed with other bytes (SHA-256 \(Hex.string(known.sha256)); pruned on \(known.pruned.rfc3339)), "
                + "which caches and mirrors may hold",
            at: "name and version", remedy: "publish new bytes under a new version")
    }

    private func occupied(_ path: String, by identity: String?) -> Refusal {
        Refusal(
            .conflict, "the path \(path) belongs to another package (\(identity ?? "one that was replaced"))", at: path,
            remedy: "give this package another version")
    }
}
