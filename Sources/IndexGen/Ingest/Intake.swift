internal import Formats

/// Takes package files into a site. One file's way: read and digest, recognise, inspect, place, render its fragments; then, with
/// many others, blob and rows in one transaction. Until that transaction nothing is written but the staging folder.
struct Intake {
    let site: Site
    let catalog: Catalog
    /// Whose packages they are. One that is known gets the spelling of its first use.
    var owner: String
    /// Nil: found from the content.
    var type: String?
    var coordinates: Coordinates
    /// Folders that are searched for files: roots of what they say of places.
    var folders: [String] = []
    /// Hard-link sources into the blob store where the file system allows.
    var link = false
    var author: Author
    /// Whether other bytes under a known identity take its place; for owners of the setting `mutable` they always do.
    var replace = false
    /// What the journal says besides of what comes in.
    var remark = ""
    /// The row of the version for which files come in; nil: they come by themselves.
    var counterpart: Int64?
    /// Whether marks are set that files themselves say of their packages.
    var isHeard = true

    /// Files that one transaction takes at most, bytes of small ones that wait in memory for it, and the time after which it takes
    /// fewer. Large files are staged on disk by then.
    private static let batch = 2_048
    private static let waitingBytes = 8 << 20
    /// Bytes of fragments that wait with them: a file of a few kilobytes can have megabytes of these.
    private static let fragmentBytes = 64 << 20
    private static let patience = Duration.seconds(1)
    /// Files that are read side by side before anybody looks at the clock.
    private static let portion = 64

    /// Ingests files; `report` is called once for each: in their order, but for those that speak about others and come last.
    ///
    /// After a signal (`Interruption`) no further file is begun; what has been read by then comes in, and the rest is not reported.
    ///
    /// Bundles come in one by one, each in a transaction of its own.
    ///
    /// - Parameters:
    ///   - verdict: asked before a file's transaction, or before that of a bundle that it is part of: why it must not come in, or nil.
    ///   - bundle: called in the place of `report` for a bundle that came in.
    func take(
        _ paths: [String], verdict: (_ admission: Admission, _ isPart: Bool) throws -> Refusal? = { _, _ in nil },
        bundle: (_ path: String, BundleOutcome) -> Void = { _, _ in },
        report: (_ path: String, Result<(Outcome, Admission), any Error>) -> Void
    ) throws {
        let spelling = try spelling()
        var admissions: [Admission] = []
        var speakers: [Admission] = []
        var waiting = 0
        var fragments = 0
        var begun = ContinuousClock.now
        for start in stride(from: 0, to: paths.count, by: Self.portion) {
            if Interruption.signal != nil { break }
            let portion = Array(paths[start..<min(start + Self.portion, paths.count)])
            let prepared = Parallel.map(portion) { path in
                Result<Prepared, any Error> { try prepare(path, spelling) }
            }
            for (path, whole) in zip(portion, prepared) {
                let result: Result<Admission, any Error>
                switch whole {
                case .success(.file(let admission)): result = .success(admission)
                case .success(.bundle(let open)):
                    do {
                        if let outcome = try take(open, verdict: verdict) { bundle(path, outcome) }
                    } catch {
                        try endIfOurs(error)
                        report(path, .failure(error))
                    }
                    continue
                case .failure(let error): result = .failure(error)
                }
                switch result {
                case .success(let admission):
                    if let refusal = try verdict(admission, false) {
                        report(path, .failure(refusal))
                        continue
                    }
                case .failure(is Interruption.Requested): continue
                case .failure: break
                }
                switch result {
                case .success(let admission) where admission.placement.needsOthers: speakers.append(admission)
                case .success(let admission):
                    admissions.append(admission)
                    if admission.upload.size <= PackageContent.heldBytes { waiting += admission.upload.size }
                    fragments += admission.fragments.reduce(0) { $0 + $1.bytes.count }
                case .failure(let error):
                    try endIfOurs(error)
                    report(path, .failure(error))
                }
            }
            guard
                admissions.count >= Self.batch || waiting >= Self.waitingBytes || fragments >= Self.fragmentBytes
                    || ContinuousClock.now - begun >= Self.patience
            else { continue }
            try commit(admissions, report)
            admissions = []
            waiting = 0
            fragments = 0
            begun = .now
        }
        try commit(admissions, report)
        try commit(speakers, report)
    }

    private enum Prepared: Sendable {
        case file(Admission)
        case bundle(OpenBundle)
    }

    /// A file, or what holds several: that is looked for first where it is likely, and else where nothing takes the file.
    private func prepare(_ path: String, _ spelling: OwnerSpelling) throws -> Prepared {
        try Interruption.check()
        let isCandidate = mayBeBundle(path)
        if isCandidate, let bundle = try openBundle(at: path) { return .bundle(bundle) }
        do {
            return .file(try admit(path, spelling))
        } catch let refusal as Refusal where !isCandidate && [.unsupported, .malformed].contains(refusal.cause) {
            guard let bundle = try openBundle(at: path) else { throw refusal }
            return .bundle(bundle)
        }
    }

    private func commit(
        _ admissions: [Admission], _ report: (_ path: String, Result<(Outcome, Admission), any Error>) -> Void
    ) throws {
        if admissions.isEmpty { return }
        let outcomes = try catalog.take(admissions, blobs: site.blobs)
        for (admission, outcome) in zip(admissions, outcomes) { report(admission.source, .success((outcome, admission))) }
    }

    /// Everything up to the transaction, for one file.
    private func admit(_ path: String, _ spelling: OwnerSpelling) throws -> Admission {
        try Interruption.check()
        let content = try PackageContent(
            reading: path, staging: site.staging, link: link, digests: digests, limit: site.settings.fileBytes)
        return try Meter.measure(.render) {
            try prepare(
                content, filename: Files.name(of: path), source: path, form: nil, spelling, settlement: Admission.Settlement())
        }
    }

    /// The same for a file of the site's own, which may have another name than it came with. Its bytes must be what its blob is named by.
    func admit(at path: String, filename: String? = nil) throws -> Admission {
        let content = try PackageContent(
            reading: path, staging: site.staging, link: link, digests: digests, limit: site.settings.fileBytes)
        if let sha256 = BlobStore.digest(named: String(path.dropFirst(site.blobs.root.utf8.count + 1))),
            path.hasPrefix(site.blobs.root), content.digests.sha256 != sha256
        {
            throw Refusal(
                .malformed, "the blob is damaged: its bytes are not those that it is named by", at: path,
                remedy: "add the package again")
        }
        return try admit(content, filename: filename ?? Files.name(of: path), source: path)
    }

    /// Those that files are known to need before anybody has looked at them.
    private var digests: Set<Digests.Algorithm> { type.flatMap { site.ecosystems[$0]?.profile.digests } ?? [.sha256] }

    private func spelling() throws -> OwnerSpelling { try catalog.spelling(of: owner, standard: site.settings.owner) }

    /// Everything up to the transaction for a content that was received: recognised, inspected, placed, its fragments rendered. Writes
    /// to the staging folder at most. Called from any thread, for many contents at once.
    ///
    /// - Parameters:
    ///   - filename: the name that its sender gave it; hostile.
    ///   - source: what messages call it; the file's name when left out.
    ///   - form: what its sender said about it beside; what contradicts the file is refused.
    ///   - received: when it came; now when left out.
    func admit(
        _ content: PackageContent, filename: String, source: String? = nil, form: Form? = nil, received: Timestamp? = nil
    ) throws -> Admission {
        let spelling = try spelling()
        return try Meter.measure(.render) {
            try prepare(
                content, filename: filename, source: source ?? filename, form: form, spelling, received: received,
                settlement: Admission.Settlement())
        }
    }

    /// What a content says of itself, whoever sends it.
    private func read(
        _ content: PackageContent, filename: String, source: String, _ spelling: OwnerSpelling, generation: String? = nil,
        received: Timestamp? = nil
    ) throws -> (any Ecosystem, Repository, Upload, PackageRecord) {
        let ecosystem = try content.withBytes { try recognise($0, filename: filename) }
        let profile = ecosystem.profile
        let content = try content.completed(with: profile.digests)
        let repository = try site.repository(owner: spelling.of(profile.id), type: profile.id, publicKey: nil)
        var given = coordinates
        if profile.coordinates.allSatisfy({ given[$0.name] == nil }),
            let said = ecosystem.coordinates(ofPath: path(of: source))
        {
            given = said
        }
        let upload = Upload(
            filename: filename, size: content.size, digests: content.digests, modified: content.modified,
            received: received ?? catalog.clock.now(),
            coordinates: site.settings.coordinates(for: profile, given: given), generation: generation)
        let record = try content.withBytes {
            try ecosystem.inspect(upload, bytes: $0, in: repository, within: budget())
        }
        return (ecosystem, repository, upload, record)
    }

    private func prepare(
        _ content: PackageContent, filename: String, source: String, form: Form?, _ spelling: OwnerSpelling,
        generation: String? = nil, received: Timestamp? = nil, settlement: Admission.Settlement
    ) throws -> Admission {
        let (ecosystem, repository, upload, record) = try read(
            content, filename: filename, source: source, spelling, generation: generation, received: received)
        let profile = ecosystem.profile, owner = repository.owner
        var statements: [(kind: MarkKind, statement: MarkStatement)] = []
        if let form {
            try ecosystem.dialect.check(form, of: record, upload: upload)
            // What is said of versions is said of those that are there.
            let said = try ecosystem.dialect.statements(in: form, isAlone: false)
            statements = try profile.resolved(said).filter { $0.kind.effect == .plans }
        }
        if isHeard { statements += try profile.resolved(record.statements) }
        let placement = try ecosystem.place(record, of: upload, in: repository)
        let portrait = try site.portrait(of: record, at: placement, in: repository, ecosystem)
        @Sendable func fragments(_ annotations: Annotations) -> [Fragment] {
            record.fragments + portrait
                + ecosystem.fragments(
                    of: record, from: upload, at: placement, annotations: profile.marks(with: .fragments, of: annotations),
                    in: repository)
        }
        let signature = try site.signature(of: record, from: upload, ecosystem)
        var own = Annotations()
        if let signature { own[Annotations.signatureKind, key: signature.key] = signature.text }
        let staged = try content.stage(in: site.staging)
        let again = PackageContent(
            received: nil, staged, digests: upload.digests, size: content.size, modified: content.modified)
        return Admission(
            source: source, author: author, owner: owner, type: profile.id, segment: profile.segment, revision: profile.revision,
            rendition: site.rendition(of: profile), customs: profile.customs, upload: upload, record: record,
            placement: placement,
            fragments: fragments(own), content: staged,
            sidecars: try record.sidecars.map { sidecar in
                Admission.StagedSidecar(
                    path: try sidecar.place.path(beside: placement.path).text, size: sidecar.bytes.count,
                    sha256: SHA256Digest.of(sidecar.bytes),
                    content: try site.staging.stage(sidecar.bytes))
            },
            coordinateNames: profile.coordinates.map(\.name),
            // Where a package is a scope, its coordinates say which one it is.
            scopeCoordinates: ecosystem.hasPackagesForScopes ? 0 : profile.scopeCoordinates,
            quotas: site.settings.quotas(owner: owner, type: profile.id),
            hasOneSpelling: profile.hasOneSpelling,
            canBeMarked: profile.marks.contains { $0.effect == .fragments },
            replaces: profile.isReplaceable && (replace || site.settings.isMutable(owner)), statements: statements,
            remark: remark, counterpart: counterpart, signature: signature, settlement: settlement,
            annotated: fragments
        ) { amendment in
            try prepare(
                again, filename: filename, source: source, form: form, spelling, generation: amendment.generation,
                received: amendment.received ?? upload.received, settlement: settlement)
        }
    }

    /// The components of a file's path: below the folder that was searched, or as the file itself was named.
    private func path(of source: String) -> [String] {
        let folder = folders.first { source.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        // Bytes: what is done with characters costs as much as reading a small package.
        return source.utf8.dropFirst(folder?.utf8.count ?? 0).split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
            .filter { $0 != "." }
    }

    /// Looks at a content that is not taken yet.
    ///
    /// - Throws: a `Refusal` for one that could not be.
    func inspect(_ content: PackageContent, filename: String) throws {
        _ = try read(content, filename: filename, source: filename, spelling())
    }

    /// The settings' budget, its time running from now on.
    func budget() -> Budget {
        var budget = site.settings.budget
        let end = ContinuousClock.now + .seconds(site.settings.seconds)
        budget.deadline = Deadline { ContinuousClock.now >= end }
        return budget
    }

    /// The ecosystem of a file on disk, which is looked at and not taken.
    func recognise(_ path: String) throws -> any Ecosystem {
        if mayBeBundle(path), let ecosystem = try bundler(of: path) { return ecosystem }
        do {
            let content = try PackageContent(
                reading: path, staging: site.staging, link: false, digests: [], limit: site.settings.fileBytes)
            return try content.withBytes { try recognise($0, filename: Files.name(of: path)) }
        } catch let refusal as Refusal {
            if let ecosystem = try bundler(of: path) { return ecosystem }
            throw refusal
        }
    }

    /// The ecosystem of a content, as far as its first bytes say it.
    ///
    /// - Throws: a `Refusal` for a content that is not of the type asked for.
    func recognised(_ content: PackageContent, filename: String) throws -> any Ecosystem {
        try content.withBytes { bytes in
            let glimpse = Glimpse(bytes, filename: filename)
            let ecosystem = try recognise(glimpse, of: bytes)
            guard ecosystem.recognise(glimpse, of: bytes) != .no else {
                throw Refusal(
                    .malformed, "it is named like a \(ecosystem.profile.title) package, but its content is none", at: "byte 0",
                    remedy: "rebuild it or send it again")
            }
            return ecosystem
        }
    }

    private func recognise(_ bytes: Span<UInt8>, filename: String) throws -> any Ecosystem {
        try recognise(Glimpse(bytes, filename: filename), of: bytes)
    }

    /// The ecosystem that claims the content most surely; the first of the registry where several do.
    private func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) throws -> any Ecosystem {
        let filename = glimpse.filename
        if let type {
            guard let ecosystem = site.ecosystems[type] else { throw UnknownType(type: type, known: site.ecosystems.names) }
            if let objection = ecosystem.objection(to: filename), ecosystem.recognise(glimpse, of: bytes) == .no {
                throw objection
            }
            return ecosystem
        }
        guard bytes.count > 0 else {
            throw Refusal(.truncated, "the file is empty", remedy: "send it again")
        }
        var best: (any Ecosystem, Recognition)?
        for ecosystem in site.ecosystems.all {
            let recognition = ecosystem.recognise(glimpse, of: bytes)
            if recognition > (best?.1 ?? .no) { best = (ecosystem, recognition) }
            if recognition == .surely { break }
        }
        if best?.1 != .surely, let objection = site.ecosystems.all.lazy.compactMap({ $0.objection(to: filename) }).first {
            throw objection
        }
        if let best { return best.0 }
        if let expected = site.ecosystems.named(like: filename) {
            throw Refusal(
                .malformed, "it is named like a \(expected.profile.title) package, but its content is none",
                remedy: "rebuild it or send it again")
        }
        throw Refusal(
            .unsupported, "its content is not a package of a known type (\(site.ecosystems.names))", remedy: "check the file")
    }
}

struct UnknownType: Error, CustomStringConvertible {
    var type: String
    var known: String
    var description: String { "'\(type)' is not a type; known: \(known)" }
}
