/// Packages of Arch Linux and its kin (`.pkg.tar.zst`) in repositories that pacman reads, and Gitea's addresses to publish them.
///
/// - `ArchArchive` reads a file, `ArchPackage` what its `.PKGINFO` says; `ArchSignature` is a maintainer's signature, which comes as
///   a file of its own.
/// - `ArchEntry` renders a package's members of the two databases, as repo-add does; `ArchPortrait` is what its page tells people.
/// - `ArchPlace` says where files live; `ArchDocuments` plans the databases; `ArchAliases` are further addresses.
///
/// See the page Arch of the documentation.
package struct Arch: Ecosystem {
    package init() {}

    static let repositoryName = "repository"
    static let architectures = "architectures"
    static let desc: Slot = "desc"
    static let files: Slot = "files"
    /// By which the newest version of a name is found.
    static let name: Slot = "name"

    package let profile = EcosystemProfile(
        id: "arch", title: "Arch", suffixes: ArchFileName.suffixes, revision: 1,
        // Gitea's repository without a name is where an upload to the address of the registry itself goes.
        coordinates: [.init(repositoryName, standard: "", help: "such as core or extra/testing")],
        scopesKey: "repositories",
        options: [
            RepositoryOption(
                architectures, .list,
                "Architectures that have databases even while they have no package, and folders with the packages for any.",
                check: { ArchPlace.faultInArchitecture($0).map { "the architecture \($0)" } })
        ],
        // pacman asks for a file beside the database, under the name in it.
        isReplaceable: false, immutablePaths: "(?:.+/)?[^/]+\\.pkg\\.tar(?:\\.[a-z0-9]+)?$", aliases: ArchAliases.all,
        routes: [
            // What curl makes of an address that ends with a slash. It stands first: the next one would take the file for a
            // repository.
            Route([.put], path: "{repository*}/{filename:.pkg.tar}", .publish(.file)),
            Route([.put], path: "{repository*}", .publish(.file)),
            Route(removing: "{repository*}/{name}/{version}/{architecture}"),
        ],
        ownsEveryName: true, fileSignature: ArchSignature.suffix)

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        if ArchFileName.isSignature(glimpse.filename) { return ArchSignature.recognise(bytes) }
        return ArchArchive.recognise(glimpse, of: bytes)
    }

    package func announces(filename: String) -> Bool { ArchFileName.announces(filename) }

    package func objection(to filename: String) -> Refusal? { ArchFileName.objection(to: filename) }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        if ArchFileName.isSignature(upload.filename) {
            try ArchSignature.check(bytes)
            let name = try ArchFileName(signature: upload.filename)
            return PackageRecord(
                name: name.name, nameIdentity: ASCII.lowered(name.name), version: name.version, versionIdentity: name.version,
                architecture: name.architecture, summary: "the signature of \(name.text)",
                facts: ArchFacts.encoded(ending: name.ending, isSignature: true))
        }
        let (info, paths, ending) = try ArchArchive.read(bytes, within: budget)
        let package = try ArchPackage(info)
        let name = ArchFileName(
            name: package.name, version: package.version, architecture: package.architecture, ending: ending)
        try name.check()
        let entry = ArchEntry(package, file: name.text, size: upload.size, sha256: upload.digests.sha256)
        return PackageRecord(
            name: package.name, nameIdentity: ASCII.lowered(package.name), version: package.version,
            versionIdentity: package.version, architecture: package.architecture, summary: package.description ?? "",
            facts: ArchFacts.encoded(ending: ending, isSignature: false),
            fragments: try entry.fragments(paths: paths, within: budget),
            portrait: repository.hasPages ? ArchPortrait.of(package, paths: paths) : nil)
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let facts = try ArchFacts(record.facts)
        let place = try ArchPlace(upload.coordinates[Self.repositoryName] ?? "")
        let name = ArchFileName(
            name: record.name, version: record.version, architecture: record.architecture, ending: facts.ending)
        guard let version = ALPMVersion(record.version) else { throw FactsReader.damaged("a package") }
        return try place.placement(of: name, version, isSignature: facts.isSignature, from: upload, in: repository)
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        ArchDocuments.plans(for: scope, in: repository)
    }

    package func commons(in repository: Repository) -> [DocumentPlan] {
        repository.publicKey.map { [DocumentPlan(path: "repository.key", body: [.literal($0)])] } ?? []
    }

    /// `database`: the name of its databases, and of the section in pacman.conf.
    package func particulars(of scope: Scope) -> [String: String] { ["database": ArchPlace.database(of: scope.key)] }
}

/// What the catalog keeps of a file besides its fragments.
struct ArchFacts {
    /// Of a package: `.pkg.tar.zst`; of a signature that of its package.
    var ending: String
    var isSignature: Bool

    private static let revision: UInt8 = 1

    static func encoded(ending: String, isSignature: Bool) -> [UInt8] {
        var writer = FactsWriter(revision: revision)
        writer.byte(isSignature ? 1 : 0)
        writer.text(ending)
        return writer.bytes
    }

    init(_ facts: [UInt8]) throws(Refusal) {
        var reader = try FactsReader(facts, revision: Self.revision, of: "a package")
        isSignature = try reader.byte() == 1
        ending = try reader.text()
        try reader.finish()
        guard ArchFileName.endings.contains(ending) else { throw FactsReader.damaged("a package") }
    }
}
