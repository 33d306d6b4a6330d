/// One package ecosystem: how its files are read and how its index is laid out.
///
/// Pure: same input, same bytes; no I/O, clock, randomness, environment or `async`. Called from any thread.
/// A package passes through it once, in this order: `recognise`, `inspect`, `place`, `fragments`. From then on an index is made
/// of the kept fragments by the plans of `documents` and `roots`, and no ecosystem code runs per package.
package protocol Ecosystem: Sendable {
    var profile: EcosystemProfile { get }

    /// How its clients speak, and are spoken to.
    var dialect: any Dialect { get }

    /// How files find each other that come by routes of parts (`Route.Body.part`); nil where there is no such route.
    var assembly: (any Assembly)? { get }

    /// How packages come in pieces (`Route.Purpose.session`); nil where there is no such route.
    var pieces: (any Pieces)? { get }

    /// How several of its files come as one; nil where none do.
    var bundles: (any Bundles)? { get }

    /// How its versions also stand in a repository of another type; nil where none do.
    var counterparts: (any Counterparts)? { get }

    /// Whether this file could be one of ours, from its content (the name only breaks ties). Cheap; must not trust a byte.
    ///
    /// Members of archives are looked at by the glimpse, which all ecosystems are shown, and are not unpacked here once more.
    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition

    /// Whether a file's name announces one of our packages, so that other content under it is a fault worth naming. By the
    /// profile's suffixes unless an ecosystem's names say more.
    func announces(filename: String) -> Bool

    /// What the folders above a file say of its place, where they are laid out as this ecosystem's repositories are; nil elsewhere. For files
    /// of whose place nobody says anything.
    ///
    /// - Parameter path: the components, the file's name last.
    func coordinates(ofPath path: @autoclosure () -> [String]) -> Coordinates?

    /// What is said of a file that is not a package but belongs to this ecosystem (source, or what goes along with packages), by its name:
    /// why it is not taken, and what to do instead. Nil for all other files. Asked where no content is surely a package; `.unsupported`.
    func objection(to filename: String) -> Refusal?

    /// What the file says about itself.
    func inspect(_ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget) throws(Refusal)
        -> PackageRecord

    /// What the site's key signs for a file; nil: nothing. The signature comes to `fragments` as `Annotations.signature`.
    func signedText(of record: PackageRecord, from upload: Upload) -> [UInt8]?

    /// What stands before a document that is published sealed (`Companion.sealed`).
    ///
    /// - Parameter signatures: over the document's bytes, by each of the site's keys in their order, with SHA-256 and with SHA-1.
    func seal(_ signatures: [SiteKey.Signature], in repository: Repository) -> [UInt8]

    /// Where the file lives and which partitions list it. Missing coordinates take the profile's defaults. Every path goes through
    /// `upload.placed`, here and in fragments: replaced files have folders of their own.
    func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement

    /// The pieces that depend on place or annotations; made from `record.facts`, never from the file.
    func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment]

    /// The leaves of a scope, and what names the documents of other scopes (rank `list`). What a plan no longer names is unpublished.
    func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan]

    /// The documents that name other documents, once those are rendered; published after them, rank by rank and in this order.
    func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan]

    /// The entries that the documents of a scope make in scopes of echoes. Asked whenever these documents are planned and there is one at
    /// least.
    ///
    /// - Parameter leaves: what `documents` planned, as it is rendered.
    func echoes(of leaves: [PublishedDocument], of scope: Scope, in repository: Repository) -> [Echo]

    /// What the page of a package tells people of a file.
    ///
    /// - Parameter sources: the content of the files that `portraitSources` names, as far as they are there and small (1 MiB).
    func portrait(of record: PackageRecord, with sources: [String: [UInt8]]) -> Portrait?

    /// Files that the portrait of a file is made from besides: paths below `OWNER/TYPE/` of what it requires.
    func portraitSources(of record: PackageRecord, at placement: Placement) -> [String]

    /// Lines that install a package with its clients, the usual one first. Names and versions in them are `Shell.quoted`.
    func installations(of target: InstallationTarget, in repository: Repository) -> [Installation]

    /// Bytes whose order (memcmp) is the order of versions as its clients see them, ascending.
    func orderKey(ofVersion version: String) -> [UInt8]

    /// Whether people mean another version than this one, while there is another.
    func isPrerelease(version: String) -> Bool

    /// What the page of a version tells people of files that speak about it, such as an image's signatures. Nil where none do.
    func attachments(ofVersion version: String, inPackage name: String) -> AttachmentSource?

    /// What the repository's page tells people of the repository as a whole, by the names that the page's template uses.
    func particulars(in repository: Repository) -> [String: String]

    /// What the repository's page tells people of a scope besides its key, by the names that the page's template uses.
    func particulars(of scope: Scope) -> [String: String]

    /// The documents of the repository as a whole; literals only. As leaves (its key, say) unless they have another rank.
    func commons(in repository: Repository) -> [DocumentPlan]

    /// What the owner of a package has to say to have it listed in this partition: the coordinates that it stands for.
    func coordinates(of partition: PartitionKey) -> Coordinates

    /// The version that the entries of a scope are about, by its identity; nil: none.
    func subject(ofScope key: String) -> String?

    /// The scope by which rights to a package are given, where packages are scopes: its name. Empty elsewhere.
    func scope(ofPackage name: String) -> String

    /// A version as the catalog has it, for one as addresses of other registries write it; the same where there is no difference.
    func version(inAddress text: String) -> String
}

extension Ecosystem {
    /// The same for whoever asks one ecosystem alone.
    package func recognise(_ bytes: Span<UInt8>, filename: String) -> Recognition {
        recognise(Glimpse(bytes, filename: filename), of: bytes)
    }

    package var dialect: any Dialect { PlainDialect() }

    package var assembly: (any Assembly)? { nil }

    package var pieces: (any Pieces)? { nil }

    package var bundles: (any Bundles)? { nil }

    package var counterparts: (any Counterparts)? { nil }

    package func announces(filename: String) -> Bool {
        profile.suffixes.contains { ASCII.lowered(filename).hasSuffix($0) }
    }

    package func coordinates(ofPath path: @autoclosure () -> [String]) -> Coordinates? { nil }

    package func objection(to filename: String) -> Refusal? { nil }

    package func signedText(of record: PackageRecord, from upload: Upload) -> [UInt8]? { nil }

    /// Only for ecosystems none of whose documents is sealed.
    package func seal(_ signatures: [SiteKey.Signature], in repository: Repository) -> [UInt8] {
        preconditionFailure("an ecosystem with sealed documents has a seal")
    }

    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] { [] }

    package func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] { [] }

    package func echoes(of leaves: [PublishedDocument], of scope: Scope, in repository: Repository) -> [Echo] { [] }

    package func portrait(of record: PackageRecord, with sources: [String: [UInt8]]) -> Portrait? { record.portrait }

    package func portraitSources(of record: PackageRecord, at placement: Placement) -> [String] { [] }

    package func installations(of target: InstallationTarget, in repository: Repository) -> [Installation] { [] }

    /// Numbers in it count as numbers.
    package func orderKey(ofVersion version: String) -> [UInt8] { NaturalVersion(version).sortKey }

    package func isPrerelease(version: String) -> Bool { NaturalVersion(version).isPrerelease }

    package func attachments(ofVersion version: String, inPackage name: String) -> AttachmentSource? { nil }

    package func particulars(in repository: Repository) -> [String: String] { [:] }

    package func particulars(of scope: Scope) -> [String: String] { [:] }

    package func commons(in repository: Repository) -> [DocumentPlan] { [] }

    /// The scope is the first coordinate, and the only one.
    package func coordinates(of partition: PartitionKey) -> Coordinates {
        Coordinates(profile.coordinates.first.map { [$0.name: partition.scope] } ?? [:])
    }

    package func scope(ofPackage name: String) -> String { "" }

    /// Whether each package is a scope of its own name: rights, options and privacy can be given to it alone.
    package var hasPackagesForScopes: Bool { !scope(ofPackage: "a").isEmpty }

    package func subject(ofScope key: String) -> String? { nil }

    package func version(inAddress text: String) -> String { text }
}

package enum Recognition: Int, Comparable, Sendable {
    case no, perhaps, surely
    package static func < (a: Recognition, b: Recognition) -> Bool { a.rawValue < b.rawValue }
}

/// What the rest of the program must know of an ecosystem.
package struct EcosystemProfile: Sendable {
    /// Gitea's identifier: `rpm`. Also the settings section and the template's name.
    package var id: String
    /// The second component of public paths, where that is another than the identifier (Gitea has `goproxy` at `go`).
    package var segment: String
    /// As people write it: `RPM`.
    package var title: String
    /// Name endings of its package files, for hints; recognition is by content.
    package var suffixes: [String]
    /// Which digests of its files are taken: SHA-256, and what its documents hold besides, or its clients may name. Each costs as much as
    /// SHA-256 or more for every byte that comes in. Files that came in before one was added here do not have it.
    package private(set) var digests: Set<Digests.Algorithm>
    /// Bump when a fragment's bytes change for the same file.
    package var revision: Int
    /// Bump when a default changes by which clients know a scope (Debian's Codename): scopes keep the customs under which they were begun.
    package var customs: Int
    /// What its owner may say about a package's place, with defaults.
    package var coordinates: [Coordinate]
    /// How many of the coordinates, from the first on, name a scope, with `/` between them; 0: they say which package it is, and are not
    /// a place that one could forget.
    package var scopeCoordinates: Int
    /// The settings key under which options can be given per scope: `groups`, `distributions`. Nil where scopes are not a concern of people.
    package var scopesKey: String?
    package var options: [RepositoryOption]
    /// Which of the options say in which partitions files are listed: flags, of the repository as a whole. Where one changes, `place` is
    /// asked again for every file that is there.
    package var listingOptions: [String]
    /// The option that says for how many days after a scope's last change its clients take the scope's roots; nil where they take
    /// them for ever.
    package var validityOption: String?
    /// What its clients know of marks.
    package var marks: [MarkKind]
    /// Architectures of files that are sources: a page speaks of other files of a version first.
    package var sourceArchitectures: Set<String>
    /// Whether its versions are digests, which people call by tags: keyed marks that name them.
    package var versionsAreTagged: Bool
    /// Whether other bytes may take the place of a version, for owners who want that. False where clients ask for a version at one address
    /// alone, and keep its digest for ever: new bytes have no address then.
    package var isReplaceable: Bool
    /// Whether a package is written in one way in all its versions: that of the first that came in. For types in which the name as it is
    /// written is a folder, or the name of an index.
    package var hasOneSpelling: Bool
    /// Public paths below `OWNER/TYPE/` whose bytes never change, as a regular expression without anchors at its start: named by
    /// digest, or of packages. Caches may keep them for ever.
    package var immutablePaths: String
    /// Other addresses of public files.
    package var aliases: [PathAlias]
    /// How web servers hand out some of its files, where that differs from the rule.
    package var serving: [Serving]
    /// Slots whose sizes `documents` wants to know beforehand.
    package var measuredSlots: [Slot]
    /// What its clients send to addresses that are not files. Packages are also removed by DELETE of their own paths.
    package var routes: [Route]
    /// A first component of routes that its clients put before a repository's whole path instead of behind it: they send to
    /// `WORD/OWNER/TYPE/REST` what others send to `OWNER/TYPE/WORD/REST`. Nil where none does.
    package var leadingComponent: String?
    /// A first component of addresses that its clients put before the owner, directly behind the host: they ask for `WORD/OWNER/REST` where
    /// others ask for `OWNER/TYPE/REST`. Nil where none does.
    package var siteBase: String?
    /// What its clients send to addresses below `siteBase` that are of no owner; paths are below that component.
    package var siteRoutes: [Route]
    /// Names below `OWNER/TYPE/` that its documents and packages take, besides `immutablePaths`: no other file is published there.
    package var ownNames: [String]
    /// Whether its documents and packages may be anywhere below `OWNER/TYPE/`, so that no other file can be, whatever `ownNames` says.
    package var ownsEveryName: Bool
    /// Names of files directly below `OWNER/TYPE/` that people put there by hand, as other registries have them do it; the settings'
    /// `files` is the better way.
    package var handPlacedFiles: Set<String>

    /// Whether its documents carry the site's address, so that a wrong one keeps clients from installing.
    package var namesAddress: Bool
    /// What kind of key besides OpenPGP's its clients verify signatures with; nil: none.
    package var key: SiteKey.Kind?
    /// The ending of a detached OpenPGP signature, not armored, that each of its package files has beside it on a signed site, unless its
    /// sender brought one: `.sig`. Nil where clients ask for none.
    package var fileSignature: String?
    /// Which of its files go by themselves when newer ones come; nil: none.
    package var retention: Retention?
    /// Whether what is removed leaves the public tree with the next publication, instead of after the grace period: where clients ask for that,
    /// and what they need besides stays for as long as they need it.
    package var removesAtOnce: Bool
    /// Which of its marks go by themselves, and which versions; nil: none.
    package var markRetention: MarkRetention?

    /// Of the files that a partition lists, those go that stand behind the first so many of one kind.
    package struct Retention: Sendable {
        /// The option that says how many stay; 0 keeps all.
        package var option: String
        /// The name of the partition, in every scope.
        package var partition: String
        /// Files whose fragments in this slot are equal are of one kind; they stand together.
        package var kind: Slot

        package init(option: String, partition: String, kind: Slot) {
            self.option = option
            self.partition = partition
            self.kind = kind
        }
    }

    /// The scope that coordinates name, where all of them are given; what is missing takes its default.
    package func scope(of given: Coordinates) -> String {
        coordinates.prefix(scopeCoordinates).map { given[$0.name] ?? $0.standard }.joined(separator: "/")
    }

    /// The same for what stands in the places of an address; nil where it does not say it.
    package func scope(naming captures: [String: String]) -> String? {
        let names = coordinates.prefix(scopeCoordinates).map(\.name)
        guard !names.isEmpty, names.allSatisfy({ captures[$0] != nil }) else { return captures["name"] }
        return scope(of: Coordinates(captures.filter { names.contains($0.key) }))
    }

    package init(
        id: String, segment: String? = nil, title: String, suffixes: [String], digests: Set<Digests.Algorithm> = [],
        revision: Int, customs: Int = 0,
        coordinates: [Coordinate] = [], scopeCoordinates: Int = 1,
        scopesKey: String? = nil, options: [RepositoryOption] = [], listingOptions: [String] = [], validityOption: String? = nil,
        marks: [MarkKind] = [],
        isReplaceable: Bool = true, hasOneSpelling: Bool = false, immutablePaths: String, aliases: [PathAlias] = [],
        serving: [Serving] = [],
        measuredSlots: [Slot] = [],
        routes: [Route] = [], namesAddress: Bool = false, leadingComponent: String? = nil, siteBase: String? = nil,
        siteRoutes: [Route] = [],
        ownNames: [String] = [], ownsEveryName: Bool = false, handPlacedFiles: Set<String> = [], key: SiteKey.Kind? = nil,
        fileSignature: String? = nil,
        retention: Retention? = nil, markRetention: MarkRetention? = nil, removesAtOnce: Bool = false,
        versionsAreTagged: Bool = false,
        sourceArchitectures: Set<String> = []
    ) {
        self.key = key
        self.versionsAreTagged = versionsAreTagged
        self.sourceArchitectures = sourceArchitectures
        self.scopeCoordinates = scopeCoordinates
        self.retention = retention
        self.markRetention = markRetention
        self.removesAtOnce = removesAtOnce
        self.fileSignature = fileSignature
        self.id = id
        self.segment = segment ?? id
        self.title = title
        self.suffixes = suffixes
        self.digests = digests.union([.sha256])
        self.revision = revision
        self.customs = customs
        self.coordinates = coordinates
        self.scopesKey = scopesKey
        self.options = options
        self.listingOptions = listingOptions
        self.validityOption = validityOption
        self.marks = marks
        self.isReplaceable = isReplaceable
        self.hasOneSpelling = hasOneSpelling
        self.immutablePaths = immutablePaths
        self.aliases = aliases
        self.serving = serving
        self.measuredSlots = measuredSlots
        self.routes = routes
        self.leadingComponent = leadingComponent
        self.siteBase = siteBase
        self.siteRoutes = siteRoutes
        self.ownNames = ownNames
        self.ownsEveryName = ownsEveryName
        self.handPlacedFiles = handPlacedFiles
        self.namesAddress = namesAddress
        precondition(
            listingOptions.isEmpty || !marks.contains { $0.effect == .listings },
            "listing files again by options would take away what marks list")
    }

    package struct Coordinate: Sendable {
        /// A word of the ecosystem: the name of its option on the command line, and of its default in the settings.
        package var name: String
        /// What it is for packages of which nobody says it.
        package var standard: String
        /// What can be written, for the help behind the name: `such as bookworm`.
        package var help: String

        package init(_ name: String, standard: String, help: String = "") {
            self.name = name
            self.standard = standard
            self.help = help
        }
    }
}
