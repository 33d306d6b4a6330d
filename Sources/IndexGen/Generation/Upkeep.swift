internal import Formats

/// What keeps a site in order while nobody changes it: times that no right clock has reached are taken back, and what expires is
/// signed anew in good time. Both are changes of the catalog, which the run that they are part of then publishes.
struct Upkeep {
    let site: Site
    let catalog: Catalog

    static let author = Author(name: "indexgen")

    /// - Parameter targets: repositories that are renewed; nil for all. Times are corrected everywhere.
    func run(_ targets: [RepositoryRow]?) throws {
        if try catalog.isAhead() { try correctTimes() }
        try catchUp()
        try renderAnew()
        try signAnew()
        try renew(targets ?? catalog.repositories())
        try thin(targets ?? catalog.repositories())
    }

    /// Takes away what newer files have made superfluous, where the settings say how many stay.
    private func thin(_ repositories: [RepositoryRow]) throws {
        for repository in repositories {
            guard let retention = site.ecosystems[repository.type]?.profile.retention,
                let options = site.settings.options[repository.type]
            else { continue }
            for scope in try catalog.changedScopes(of: repository) {
                guard let count = options.number(retention.option, for: scope.key), count > 0 else { continue }
                let surplus = try catalog.surplus(scope.id, of: repository, keeping: count, by: retention)
                if !surplus.isEmpty { try catalog.remove(surplus, author: Self.author) }
            }
        }
    }

    /// Fragments are rendered once, and files are listed once. Where fragments hold the site's address, or the program would render them in
    /// another way today, they are rendered again from what the catalog knows of their files; where settings say in which partitions files
    /// are, these are listed again.
    private func renderAnew() throws {
        for repository in try catalog.repositories() {
            guard let ecosystem = site.ecosystems[repository.type] else { continue }
            let memory = Catalog.rendition(of: repository), rendition = site.rendition(of: ecosystem.profile)
            let before = try catalog.memory(memory)
            if before == rendition { continue }
            // Nothing is remembered of repositories that an earlier version began.
            if before != nil { try catalog.renderAnew(repository, render: site.rendering(ecosystem)) }
            if !ecosystem.profile.listingOptions.isEmpty {
                try catalog.listAnew(repository, customs: ecosystem.profile.customs, place: site.listing(ecosystem))
            }
            try catalog.remember(memory, rendition)
        }
    }

    /// Where a key of the site is another than that of the last run, or one came or went, what they sign is signed again. Keys that are away
    /// for a while are noted: what came in meanwhile is signed when they are back.
    private func signAnew() throws {
        for repository in try catalog.repositories() {
            guard let ecosystem = site.ecosystems[repository.type], ecosystem.profile.key != nil else { continue }
            let memory = "site key of \(repository.path)"
            let before = try catalog.memory(memory)
            let keys = try site.plainKeys(of: repository.type).map(\.publicKey.name)
            let names = [UInt8](keys.joined(separator: " ").utf8)
            if before ?? [] == names { continue }
            if let signer = keys.first {
                if before != nil {
                    try catalog.renew(
                        catalog.scopeAges(of: repository), of: repository, because: "sealed by other keys", author: Self.author)
                }
                try catalog.signAnew(
                    repository, by: signer, author: Self.author,
                    sign: { try site.signature(of: $0.record, from: $0.upload, ecosystem) }, render: site.rendering(ecosystem))
            }
            try catalog.remember(memory, names)
        }
    }

    /// A clock that was behind took right times back. What it dated is older than what clients hold by now, and they would not take it.
    private func catchUp() throws {
        guard let held = try catalog.heldTime() else { return }
        for repository in try catalog.repositories() {
            let late = try catalog.scopeAges(of: repository).filter { $0.changed < held }
            if !late.isEmpty {
                try catalog.renew(late, of: repository, because: "dated anew after a clock that was behind", author: Self.author)
            }
        }
        try catalog.forgetHeldTime()
    }

    /// Documents, grace periods, the journal, and modification times of public files.
    ///
    /// The moments at which packages came in are a part of what some indexes say of them, made from the file itself: those packages
    /// are read once more.
    private func correctTimes() throws {
        try catalog.correctTimes()
        for late in try catalog.lateArrivals() {
            var upload = late.file.upload
            upload.received = late.arrival
            // What is lost cannot be read; `verify` says so, and names the time as well.
            guard let fragments = try? fragments(of: late.file, upload) else { continue }
            try catalog.redate(late.file.file.id, to: late.arrival, fragments)
        }
        try SiteLock.held(for: site) { try Publisher(site: site).mend(horizon: site.clock.horizon) }
    }

    private func fragments(of file: Catalog.Rerendering, _ upload: Upload) throws -> [Fragment] {
        guard let ecosystem = site.ecosystems[file.file.type] else { return [] }
        let repository = try site.repository(owner: file.file.owner, type: file.file.type, publicKey: nil)
        let record = try PackageContent(blobOf: upload, in: site).withBytes {
            try ecosystem.inspect(upload, bytes: $0, in: repository, within: site.settings.budget)
        }
        return record.fragments
            + ecosystem.fragments(
                of: record, from: upload, at: file.placement,
                annotations: ecosystem.profile.marks(with: .fragments, of: file.file.annotations), in: repository)
    }

    // MARK: Validity

    /// A scope whose clients stop taking it at some moment.
    struct Expiry {
        var scope: Catalog.ScopeAge
        /// Seconds.
        var validity: Int64

        var end: Timestamp { Timestamp(seconds: scope.changed.seconds + validity) }
        func isHalfOver(at now: Timestamp) -> Bool { now.seconds - scope.changed.seconds > validity / 2 }
    }

    /// What of a repository expires. Costs nothing where the settings say of nothing that it does.
    func expiries(of repository: RepositoryRow) throws -> [Expiry] {
        guard let option = site.ecosystems[repository.type]?.profile.validityOption,
            let options = site.settings.options[repository.type],
            options.general[option] != nil || options.patterns.contains(where: { $0.values[option] != nil })
        else { return [] }
        return try catalog.scopeAges(of: repository).compactMap { scope in
            guard let days = options.number(option, for: scope.key), days > 0 else { return nil }
            return Expiry(scope: scope, validity: Int64(days) * 86_400)
        }
    }

    private func renew(_ repositories: [RepositoryRow]) throws {
        let now = site.clock.now()
        for repository in repositories {
            let due = try expiries(of: repository).filter { $0.isHalfOver(at: now) }.map(\.scope)
            if !due.isEmpty {
                try catalog.renew(due, of: repository, because: "signed anew before it expires", author: Self.author)
            }
        }
    }
}
