internal import Formats
internal import Templates

/// The pages of packages, the lists of their names, and the search index: brought up to the catalog, some hundred at a time.
///
/// They come after all repositories, which they lead to. What waits is written down in the catalog (`stale`) and is forgotten with the
/// publication that shows it, so that a run that ends early leaves the rest to the next one.
struct PeoplePages {
    let site: Site
    let catalog: Catalog
    let keyring: Keyring?
    /// Whether all pages are to be made, or looked at, anew.
    let isWhole: Bool
    let everything: Bool
    let templates: PageLibrary
    let carryOut: (Publication, inout Generator.Summary) throws -> Void

    /// Under which it is remembered what the pages were made with.
    static let memory = "pages"

    /// What all pages depend on besides the catalog and the settings.
    static func make(for site: Site) throws -> [UInt8] {
        [revision, site.settings.hasPages ? 1 : 0] + compiled + (try PageLibrary.digestOfOwn(environment: site.environment))
    }

    private static let compiled: [UInt8] = {
        var digest = SHA256()
        for (name, bytes) in (Array(PageTemplates.all) + Array(PageTemplates.assets)).sorted(by: { $0.key < $1.key }) {
            (Array(name.utf8) + [0] + bytes).withUnsafeBytes { digest.update($0) }
        }
        return digest.finish()
    }()

    /// Rises with what this program writes into the templates.
    private static let revision: UInt8 = 1

    /// Pages in one publication.
    static let batch = 500
    /// Versions on a package's page.
    static let versions = 20
    /// Names on the page of all packages, before it lists ranges of names only.
    static let names = 500

    /// Makes the pages that are there, of what is there.
    ///
    /// - Parameter failed: prefixes of the paths of repositories that could not be published.
    /// - Returns: those that are to go (`remove`) when no page names them any more.
    func run(besides failed: [String], _ summary: inout Generator.Summary) throws -> [StalePage] {
        var going: [StalePage] = []
        for repository in try catalog.repositories() where !failed.contains("\(repository.path)/") {
            guard let ecosystem = site.ecosystems[repository.type] else { continue }
            // Those that were made before the settings wanted none go.
            guard try site.settings.hasPages || catalog.hasPortraits(of: repository) else { continue }
            // Of what waits to be generated the pages say nothing yet.
            guard try catalog.noteStale(of: repository, isWhole: isWhole) else { continue }
            going += try run(repository, ecosystem, &summary)
        }
        if try site.settings.hasPages || catalog.hasShards() { try SearchPages(pages: self).run(&summary) }
        return going
    }

    /// Takes away pages of what is not there any more.
    func remove(_ going: [StalePage], _ summary: inout Generator.Summary) throws {
        if going.isEmpty { return }
        let repositories = Dictionary(try catalog.repositories().map { ($0.id.value, $0) }) { first, _ in first }
        for start in stride(from: 0, to: going.count, by: Self.batch) {
            _ = try publish(Array(going[start..<min(start + Self.batch, going.count)]), mayGo: true, &summary) { page, _ in
                switch page.kind {
                case .package: (.scope(Self.scope(ofPackage: Int64(page.key) ?? 0)), [])
                case .range, .shard:
                    (.paths(repositories[page.repository].map { [PeoplePath.range(page.key, of: $0) + "/index.html"] } ?? []), [])
                }
            }
        }
    }

    private func run(
        _ repository: RepositoryRow, _ ecosystem: any Ecosystem, _ summary: inout Generator.Summary
    ) throws -> [StalePage] {
        var going: [StalePage] = []
        let portrayal = site.portrayal(of: repository, ecosystem)
        var frames = Frames(site: site, repository: repository, ecosystem: ecosystem, templates: templates)
        var last = ""
        while true {
            let packages = try catalog.stalePages(.package, of: repository.id.value, after: last, limit: Self.batch)
            guard let end = packages.last else { break }
            last = end.key
            try Meter.measure(.catalog) { try catalog.portray(packages, by: portrayal) }
            going += try publish(packages, mayGo: false, &summary) { page, snapshot in
                guard let id = Int64(page.key) else { preconditionFailure("keys of packages are written by this program only") }
                return try plans(ofPackage: id, in: repository, ecosystem, portrayal, snapshot, &frames)
            }
        }
        last = ""
        while true {
            let ranges = try catalog.stalePages(.range, of: repository.id.value, after: last, limit: Self.batch)
            guard let end = ranges.last else { break }
            last = end.key
            going += try publish(ranges, mayGo: false, &summary) { page, snapshot in
                (
                    .paths([PeoplePath.range(page.key, of: repository) + "/index.html"]),
                    try NamePages(repository: repository, frames: frames).plans(ofRange: page.key, snapshot)
                )
            }
        }
        let index = StalePage(kind: .range, repository: repository.id.value, key: "")
        if try catalog.isStale(index) {
            going += try publish([index], mayGo: true, &summary) { _, snapshot in
                (
                    .paths([PeoplePath.packages(of: repository) + "/index.html"]),
                    try NamePages(repository: repository, frames: frames).index(snapshot)
                )
            }
        }
        return going
    }

    /// Which of the site's documents one page's are.
    enum Place {
        /// All that the catalog keeps under this number, which is no scope's.
        case scope(Int64)
        /// Those at these paths.
        case paths([String])

        var scope: Int64 {
            switch self {
            case .scope(let scope): scope
            case .paths: -1
            }
        }
    }

    /// Under which number a package's documents are kept.
    static func scope(ofPackage id: Int64) -> Int64 { -(4 * id + 2) }

    private func plans(
        ofPackage id: Int64, in repository: RepositoryRow, _ ecosystem: any Ecosystem, _ portrayal: Portrayal,
        _ snapshot: CatalogSnapshot, _ frames: inout Frames
    ) throws -> (place: Place, plans: [DocumentPlan]) {
        let scope = Place.scope(Self.scope(ofPackage: id))
        guard let view = try snapshot.packageView(id, by: portrayal, limit: Self.versions), portrayal.range(view.name) != nil,
            let folder = PeoplePath.package(view.name, of: repository)
        else { return (scope, []) }
        let context = try frames.context(for: site)
        let page = PackagePage(
            view: view, repository: repository, ecosystem: ecosystem, context: context,
            portrait: try portrait(of: view, in: repository, ecosystem, snapshot),
            attachments: try ecosystem.attachments(ofVersion: view.main.version, inPackage: view.name).flatMap { source in
                source.section(try snapshot.fragments(in: source.slot, ofScope: source.scope, in: repository))
            },
            root: PeoplePath.root(from: folder))
        guard let frame = try frames.frame("package", holes: PackagePage.holes, root: page.root) else { return (scope, []) }
        return (
            scope,
            [
                DocumentPlan(
                    path: "\(folder)/package.json",
                    body: [.literal(PackageJSON.document(of: view, in: repository, baseURL: site.settings.baseURL))]),
                // It names what stands before it.
                DocumentPlan(path: "\(folder)/index.html", body: [.literal(frame.page(page.fillings()))], rank: .root),
            ]
        )
    }

    /// What came in before there were pages is read once more.
    private func portrait(
        of view: PackageView, in repository: RepositoryRow, _ ecosystem: any Ecosystem, _ snapshot: CatalogSnapshot
    ) throws -> [UInt8] {
        guard let file = PackagePage.face(of: view.main, ecosystem) else { return [] }
        if let kept = try snapshot.portrait(of: file.id) { return kept }
        // What is damaged or refused today is shown without it; `verify` names it.
        return (try? site.portrait(of: file, in: repository, ecosystem, snapshot)?.bytes) ?? []
    }

    /// Makes some pages in one publication.
    ///
    /// - Parameter mayGo: whether pages of which nothing is planned are taken away. Others may name them until those are made anew.
    /// - Returns: those that are to go and were left.
    func publish(
        _ pages: [StalePage], mayGo: Bool, _ summary: inout Generator.Summary,
        plan: (StalePage, CatalogSnapshot) throws -> (place: Place, plans: [DocumentPlan])
    ) throws -> [StalePage] {
        var publication = Publication()
        var going: [StalePage] = []
        try catalog.snapshot { snapshot in
            let renderer = Renderer(
                site: site, snapshot: snapshot, repository: 0, prefix: "", keyring: keyring, everything: everything)
            for page in pages {
                let (place, plans) = try plan(page, snapshot)
                if plans.isEmpty, !mayGo {
                    going.append(page)
                    continue
                }
                publication.record.pages.append(page)
                try renderer.addAll(plans, of: place, to: &publication, &summary)
            }
        }
        publication.record.notice = Notice(of: publication, in: nil, upTo: 0, for: site.settings)
        try carryOut(publication, &summary)
        return going
    }
}

/// Templates of one repository's pages, each rendered once for each depth of folders.
struct Frames {
    let site: Site
    let repository: RepositoryRow
    let ecosystem: any Ecosystem
    let templates: PageLibrary
    private var frames: [String: PageFrame] = [:]
    private var known: Repository?

    init(site: Site, repository: RepositoryRow, ecosystem: any Ecosystem, templates: PageLibrary) {
        self.site = site
        self.repository = repository
        self.ecosystem = ecosystem
        self.templates = templates
    }

    /// Nil where a site has taken the template away.
    mutating func frame(_ name: String, holes: [String], root: String) throws -> PageFrame? {
        let key = "\(name) \(root)"
        if let frame = frames[key] { return frame }
        var values = Pages.common(site: site, root: root)
        values["owner"] = .text(repository.owner)
        values["type"] = .text(repository.type)
        values["segment"] = .text(repository.segment)
        values["title_of_type"] = .text(ecosystem.profile.title)
        let frame = try PageFrame(name, values, holes: holes, in: templates)
        frames[key] = frame
        return frame
    }

    /// What lines to copy are made for.
    mutating func context(for site: Site) throws -> Repository {
        if let known { return known }
        let context = try site.repository(owner: repository.owner, type: repository.type, publicKey: nil)
        known = context
        return context
    }
}
