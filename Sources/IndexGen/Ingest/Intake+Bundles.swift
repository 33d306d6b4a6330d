internal import Formats

/// A bundle that was opened: its parts, and where they are.
struct OpenBundle: Sendable {
    fileprivate enum Source: Sendable {
        case archive(BundleArchive)
        case folder(String)
    }

    let path: String
    let ecosystem: any Ecosystem
    let parts: [BundlePart]
    fileprivate let source: Source
}

/// A bundle on its way into the catalog.
struct BundleAdmission: Sendable {
    /// In the order of `admissions`; nil for what belongs to others.
    var titles: [String?]
    var admissions: [Admission]
}

/// What became of a bundle that came in.
struct BundleOutcome {
    var bundle: BundleAdmission
    var outcomes: [Outcome]
}

extension Intake {
    /// Bytes that what goes along with a bundle may have.
    private static let companionBytes = 4 << 20
    /// Small parts stay in memory until their transaction, as far as they have no more than so many bytes together.
    private static let heldBytes = 8 << 20
    /// Parts that are taken out side by side before anybody looks at what is held.
    private static let portion = 32

    /// The ecosystems that may know bundles; none for files of another type.
    private var bundlers: [(ecosystem: any Ecosystem, bundles: any Bundles)] {
        site.ecosystems.all.compactMap { ecosystem in
            guard type == nil || ecosystem.profile.id == type else { return nil }
            return ecosystem.bundles.map { (ecosystem, $0) }
        }
    }

    /// Whether to look for a bundle before a file is read: where somebody says that it is of a type which has them, or it is named like a tar.
    /// All others are looked at when it turns out that they are nothing else.
    func mayBeBundle(_ path: String) -> Bool {
        if let type { return site.ecosystems[type]?.bundles != nil }
        return path.utf8.suffix(Self.tarEnding.count).elementsEqual(Self.tarEnding)
    }

    private static let tarEnding = ".tar".utf8

    /// The ecosystem whose bundle a file or a folder is; nil where it is none.
    func bundler(of path: String) throws -> (any Ecosystem)? {
        for (ecosystem, bundles) in bundlers {
            if try isFolder(path, of: bundles) { return ecosystem }
        }
        guard let archive = try BundleArchive.open(path, staging: site.staging) else { return nil }
        return try form(of: archive, path)?.ecosystem
    }

    /// Nil where it is no bundle.
    ///
    /// - Throws: a `Refusal` for a bundle whose parts cannot come in.
    func openBundle(at path: String) throws -> OpenBundle? {
        do {
            return try open(path)
        } catch let refusal as Refusal where refusal.cause == .unsupported {
            throw Self.whole(refusal)
        }
    }

    private func open(_ path: String) throws -> OpenBundle? {
        for (ecosystem, bundles) in bundlers {
            guard try isFolder(path, of: bundles) else { continue }
            return OpenBundle(
                path: path, ecosystem: ecosystem,
                parts: try bundles.parts(of: SourceFolder(path: path), at: coordinates, within: budget()), source: .folder(path))
        }
        guard var archive = try BundleArchive.open(path, staging: site.staging),
            let (ecosystem, bundles, form, codec) = try form(of: archive, path)
        else { return nil }
        if form == .packed { archive = try archive.expanded(by: codec, in: site.staging, within: budget()) }
        var companion: [UInt8]?
        if form == .plain, let suffix = bundles.suffix { companion = try self.companion(path + suffix) }
        let parts = try archive.withBytes { try bundles.parts(of: $0, with: companion, at: coordinates, within: budget()) }
        return OpenBundle(path: path, ecosystem: ecosystem, parts: parts, source: .archive(archive))
    }

    /// What goes along with a bundle; nil where there is nothing.
    private func companion(_ path: String) throws -> [UInt8]? {
        let folder = SourceFolder(path: Files.folder(of: path)), name = Files.name(of: path)
        return try folder.size(of: name) == nil ? nil : folder.content(of: name, limit: Self.companionBytes)
    }

    private func isFolder(_ path: String, of bundles: any Bundles) throws -> Bool {
        try Privileges.asCaller { try FileStatus.followed(Files.join(path, bundles.marker))?.kind == .file }
    }

    private func form(of archive: BundleArchive, _ path: String) throws
        -> (ecosystem: any Ecosystem, bundles: any Bundles, form: BundleForm, codec: Codec)?
    {
        try archive.withBytes { bytes in
            let glimpse = Glimpse(bytes, filename: Files.name(of: path))
            for (ecosystem, bundles) in bundlers {
                let form = bundles.recognise(glimpse, of: bytes, isAsked: type != nil)
                if form != .none { return (ecosystem, bundles, form, glimpse.codec) }
            }
            return nil
        }
    }

    /// Everything up to the transaction, for all parts. Memory does not grow with them: what is large goes to the staging folder.
    func admit(_ bundle: OpenBundle) throws -> BundleAdmission {
        var admission = BundleAdmission(titles: bundle.parts.map(\.title), admissions: [])
        var held = 0
        for start in stride(from: 0, to: bundle.parts.count, by: Self.portion) {
            let portion = Array(bundle.parts[start..<min(start + Self.portion, bundle.parts.count)])
            let results = Parallel.map(portion) { part in Result<Admission, any Error> { try admit(part, of: bundle) } }
            for result in results {
                let part = try result.get()
                if part.upload.size <= PackageContent.heldBytes {
                    held += part.upload.size
                    // Its path is asked for, so it is written.
                    if held > Self.heldBytes { _ = try part.content.path() }
                }
                admission.admissions.append(part)
            }
        }
        return admission
    }

    private func admit(_ part: BundlePart, of bundle: OpenBundle) throws -> Admission {
        try Interruption.check()
        let profile = bundle.ecosystem.profile
        var intake = self
        intake.type = profile.id
        intake.coordinates = part.coordinates
        let content = try content(of: part, in: bundle.source, digests: profile.digests)
        do {
            return try intake.admit(content, filename: part.filename, source: bundle.path)
        } catch let refusal as Refusal {
            throw refusal.inside(part.filename)
        }
    }

    private func content(
        of part: BundlePart, in source: OpenBundle.Source, digests: Set<Digests.Algorithm>
    ) throws -> PackageContent {
        let limit = site.settings.fileBytes
        switch (part.content, source) {
        case (.range(let range), .archive(let archive)):
            return try archive.content(of: range, staging: site.staging, digests: digests, limit: limit)
        case (.file(let path), .folder(let folder)):
            return try PackageContent(
                reading: Files.join(folder, path), staging: site.staging, link: link, digests: digests, limit: limit)
        case (.bytes(let bytes), _):
            let receiver = ContentReceiver(staging: site.staging, limit: limit, digests: digests)
            try receiver.append(bytes)
            let modified: Timestamp =
                if case .archive(let archive) = source { archive.modified } else { catalog.clock.now() }
            return try receiver.finish(modified: modified)
        case (.range, .folder), (.file, .archive): preconditionFailure("a part is where its bundle has it")
        }
    }

    /// Takes a bundle in, whole or not at all.
    ///
    /// - Parameter verdict: why a part must not come in that people have a name for, or nil.
    /// - Returns: nil where a signal came meanwhile.
    /// - Throws: what keeps it out.
    func take(_ open: OpenBundle, verdict: (_ admission: Admission, _ isPart: Bool) throws -> Refusal?) throws -> BundleOutcome? {
        do {
            let bundle = try admit(open)
            for (admission, title) in zip(bundle.admissions, bundle.titles) where title != nil {
                if let refusal = try verdict(admission, true) { throw refusal }
            }
            switch try catalog.take(groups: [bundle.admissions], blobs: site.blobs)[0] {
            case .taken(let outcomes): return BundleOutcome(bundle: bundle, outcomes: outcomes)
            case .refused(let refusals):
                guard let first = refusals.first else { preconditionFailure("a group is refused because of a file") }
                throw first.refusal.inside(first.admission.upload.filename)
            case .lost(let lost): throw lost
            }
        } catch is Interruption.Requested {
            return nil
        } catch let refusal as Refusal where refusal.cause == .unsupported {
            throw Self.whole(refusal)
        }
    }

    /// What is unsupported is not one of ours as a rule, and a bundle is: what is wrong with it is a fault.
    static func whole(_ refusal: Refusal) -> Refusal {
        Refusal(.malformed, refusal.what, at: refusal.place, remedy: refusal.remedy)
    }

    /// Throws an error that is not the input's fault, and not the last that would end so.
    func endIfOurs(_ error: any Error) throws {
        switch error {
        case let error as SystemError where error.path.hasPrefix(site.state + "/"): throw error
        case let error as Folder.InTheWay: throw error
        default: break
        }
    }
}
