internal import Formats

/// Keeps what stands for versions in repositories of other types (`Counterparts`) in step with these versions and the settings.
///
/// It follows the journal, whoever wrote it: what came, went or was marked since the last run is looked at, and all there is when the settings
/// have changed that say it. What a run that ended early left undone is done by the next. An upload never fails because of it: what cannot
/// stand there is noted as an obstacle, for `show`.
struct CounterpartUpkeep {
    let site: Site
    let catalog: Catalog

    /// Two words, as no account has for a name: its own changes are told from all others by it.
    static let author = Author(name: "indexgen counterparts")

    /// How many versions are read before what stands for them comes in, in one transaction.
    private static let portion = 64
    private static let memory = "counterparts of "

    struct Report {
        /// Repositories in which counterparts came or went.
        var changed: [RepositoryRow] = []
        /// New obstacles, as lines for people.
        var obstacles: [String] = []
    }

    /// - Parameter everything: whether all versions are looked at: what was in the way may be gone.
    func run(everything: Bool) throws -> Report {
        var report = Report()
        let isKnown = try catalog.remembersAnything(under: Self.memory)
        for ecosystem in site.ecosystems.all {
            guard let counterparts = ecosystem.counterparts, let other = site.ecosystems[counterparts.type] else { continue }
            let pair = Pair(site: site, ecosystem: ecosystem, counterparts: counterparts, other: other)
            guard isKnown || pair.isAsked else { continue }
            for repository in try catalog.repositories(type: ecosystem.profile.id) {
                try run(pair, repository, everything: everything, &report)
            }
        }
        return report
    }

    private func run(_ pair: Pair, _ repository: RepositoryRow, everything: Bool, _ report: inout Report) throws {
        let key = Self.memory + repository.path
        let known = try catalog.memory(key).flatMap(Checkpoint.init)
        let isAsked = pair.isAsked(of: repository.owner)
        guard known != nil || isAsked else { return }
        let wishes = isAsked ? pair.wishes : ""
        let isWhole = everything && isAsked || known?.wishes != wishes
        guard isWhole || isAsked else { return }
        let look = try catalog.counterpartLook(
            at: repository, type: pair.other.profile.id, since: known?.change ?? 0, isWhole: isWhole, author: Self.author)
        guard isWhole || look.hasChanges else { return }
        for start in stride(from: 0, to: look.versions.count, by: Self.portion) {
            try Interruption.check()
            let portion = look.versions[start..<min(start + Self.portion, look.versions.count)]
            try Standing(upkeep: self, pair: pair, repository: repository).settle(portion, changed: look.changed, &report)
        }
        try catalog.remember(key, Checkpoint(change: look.upTo, wishes: wishes).bytes)
    }

    /// Up to where the journal was followed, and under which settings.
    struct Checkpoint {
        /// `JournalEntry.id`.
        var change: Int64
        var wishes: String

        init(change: Int64, wishes: String) {
            self.change = change
            self.wishes = wishes
        }

        init?(_ bytes: [UInt8]) {
            let parts = String(decoding: bytes, as: UTF8.self)
                .split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let change = Int64(parts[0]) else { return nil }
            self.init(change: change, wishes: String(parts[1]))
        }

        var bytes: [UInt8] { [UInt8]("\(change) \(wishes)".utf8) }
    }

    /// A type, and the one in whose repositories its versions may stand.
    struct Pair {
        let site: Site
        let ecosystem: any Ecosystem
        let counterparts: any Counterparts
        let other: any Ecosystem

        private var options: Options { site.settings.options[ecosystem.profile.id] ?? Options() }

        /// All that the settings say of it.
        private var lists: [[String]] {
            ([options.general] + options.patterns.map(\.values)).compactMap {
                if case .list(let list)? = $0[counterparts.option] { list } else { nil }
            }
        }

        var isAsked: Bool { lists.contains { !$0.isEmpty } }

        func isAsked(of owner: String) -> Bool { lists.contains { $0.contains { OwnerPattern.matches($0, owner) } } }

        /// - Parameter package: by its name.
        func wants(_ package: String, of owner: String) -> Bool {
            let list = options.list(counterparts.option, for: ecosystem.scope(ofPackage: package)) ?? []
            return list.contains { OwnerPattern.matches($0, owner) }
        }

        /// What decides which versions have counterparts.
        var wishes: String {
            let settings = site.settings
            let patterns = options.patterns.map(\.pattern)
            return "\(lists) \(patterns) \(settings.privatePatterns) \(settings.mutable)"
        }

        /// Nobody learns by a counterpart of what only readers may fetch.
        ///
        /// - Parameters:
        ///   - paths: below `OWNER/TYPE/`.
        ///   - others: the same of counterparts.
        func exposure(of paths: [String], by others: [String], owner: String) -> Refusal? {
            let settings = site.settings
            guard paths.contains(where: { settings.isPrivate(owner, type: ecosystem.profile.id, path: $0) }),
                let open = others.first(where: { !settings.isPrivate(owner, type: other.profile.id, path: $0) })
            else { return nil }
            return Refusal(
                .placement, "it is private here, and everybody could fetch it there", at: open,
                remedy: "make \(owner)/\(other.profile.id) private, too, in indexgen.yaml")
        }
    }
}

/// What stands for some versions of a repository.
private struct Standing {
    let upkeep: CounterpartUpkeep
    let pair: CounterpartUpkeep.Pair
    let repository: RepositoryRow

    private var site: Site { upkeep.site }
    private var catalog: Catalog { upkeep.catalog }
    private var type: String { pair.other.profile.id }

    /// - Parameter changed: those of which more is to be seen than whether they may have counterparts.
    func settle(_ versions: some Sequence<Int64>, changed: Set<Int64>, _ report: inout CounterpartUpkeep.Report) throws {
        var settlements: [CounterpartSettlement] = []
        var groups: [[Admission]] = []
        var places: [Int] = []
        for id in versions {
            guard let original = try catalog.counterpartOriginal(id, type: type) else { continue }
            let version = original.version
            var settlement = CounterpartSettlement(
                original: id, title: "\(repository.path) \(version.name) \(version.version)")
            if original.isOriginal, pair.wants(version.name, of: repository.owner) {
                do {
                    if !original.standing.isEmpty, !changed.contains(id) {
                        try check(original, original.standing)
                        settlement.standing = Set(original.standing)
                    } else {
                        let group = try admit(original)
                        try check(original, group.map(\.placement.path.text))
                        if !group.isEmpty {
                            places.append(settlements.count)
                            groups.append(group)
                        }
                    }
                } catch let refusal as Refusal {
                    settlement.obstacle = ("", "\(refusal)")
                }
            }
            settlements.append(settlement)
        }
        var isChange = try take(groups, for: places, &settlements)
        let (news, isMore) = try catalog.settle(settlements, type: type, author: CounterpartUpkeep.author)
        isChange = isChange || isMore
        report.obstacles += news.map { news in
            "\(news.title) does not stand in \(repository.owner)/\(pair.other.profile.segment): \(news.obstacle?.what ?? "")"
        }
        guard isChange, let row = try catalog.repositories(owner: repository.owner, type: type).first else { return }
        if !report.changed.contains(where: { $0.id == row.id }) { report.changed.append(row) }
    }

    private func check(_ original: CounterpartOriginal, _ paths: [String]) throws {
        if let refusal = pair.exposure(of: original.version.paths, by: paths, owner: repository.owner) { throw refusal }
    }

    /// - Parameter places: of each group, the place of its settlement.
    /// - Returns: whether anything came in.
    private func take(_ groups: [[Admission]], for places: [Int], _ settlements: inout [CounterpartSettlement]) throws -> Bool {
        if groups.isEmpty { return false }
        var isChange = false
        let outcomes = try catalog.take(groups: groups, blobs: site.blobs)
        for ((group, place), outcome) in zip(zip(groups, places), outcomes) {
            switch outcome {
            case .taken(let outcomes):
                settlements[place].standing = Set(group.map(\.path))
                isChange =
                    isChange || group.contains(where: \.settlement.isMarked)
                    || outcomes.contains { if case .unchanged = $0 { false } else { true } }
            case .refused(let refusals):
                guard let first = refusals.first else { preconditionFailure("a group is refused because of a file") }
                settlements[place].obstacle = (first.admission.record.name, "\(first.refusal)")
            case .lost(let lost): throw lost
            }
        }
        return isChange
    }

    /// Everything up to the transaction, for all that is to stand for a version. Its time is that of the version, whenever it is made.
    private func admit(_ original: CounterpartOriginal) throws -> [Admission] {
        let budget = Intake(
            site: site, catalog: catalog, owner: repository.owner, coordinates: Coordinates(), author: CounterpartUpkeep.author
        ).budget()
        let files = RepositoryFiles(site: site, catalog: catalog, repository: repository)
        return try pair.counterparts.parts(of: original.version, in: files, within: budget).map { part in
            let intake = Intake(
                site: site, catalog: catalog, owner: repository.owner, type: type, coordinates: part.coordinates,
                author: CounterpartUpkeep.author,
                remark: "for \(repository.path) \(original.version.name) \(original.version.version)", counterpart: original.id)
            let admission = try intake.admit(
                content(of: part, original, files), filename: part.filename, source: part.filename, received: original.received)
            if let fault = pair.counterparts.fault(in: part, admission.record, of: original.version) { throw fault }
            return admission
        }
    }

    private func content(of part: BundlePart, _ original: CounterpartOriginal, _ files: RepositoryFiles) throws -> PackageContent
    {
        switch part.content {
        case .file(let path): return try files.content(of: path)
        case .bytes(let bytes):
            let receiver = ContentReceiver(
                staging: site.staging, limit: site.settings.fileBytes, digests: pair.other.profile.digests)
            try receiver.append(bytes)
            return try receiver.finish(modified: original.modified)
        case .range: preconditionFailure("a version is several files, and no range of one")
        }
    }
}

/// A repository's files by their public paths. Their bytes are not copied.
private struct RepositoryFiles: OriginalFiles {
    let site: Site
    let catalog: Catalog
    let repository: RepositoryRow

    func content(of path: String) throws -> PackageContent {
        guard let known = try catalog.content(at: path, in: repository) else {
            throw Refusal(.missing, "a file of it is not here", at: path, remedy: "send it again")
        }
        return try PackageContent(blob: known.digests, size: known.size, modified: known.modified, in: site)
    }

    func withBytes<Result>(of path: String, _ body: (Span<UInt8>) throws -> Result) throws -> Result {
        try content(of: path).withBytes(body)
    }
}
