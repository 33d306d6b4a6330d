/// Rust's crates (`.crate`) in a sparse registry, as cargo reads it from plain files and publishes to it.
///
/// Every crate is a scope of its own: one file of lines, one line a release. See the page Cargo of the documentation.
package struct Cargo: Ecosystem {
    package init() {}

    static let segment = "cargo"
    static let line: Slot = "line"
    static let authRequired = "auth_required"
    static let ownersPath = "\(CargoIndex.cratesFolder)/{name}/owners"

    package let profile = EcosystemProfile(
        id: segment, title: "Cargo", suffixes: [".crate"], revision: 1,
        options: [
            RepositoryOption(
                authRequired, .flag,
                "Whether config.json tells cargo to send its token with every request; for registries that are not open to all.")
        ],
        marks: [
            MarkKind("yanked", of: .version, help: "Chosen by no build any more, but by those whose lock file names it.")
        ],
        hasOneSpelling: true, immutablePaths: "\(CargoIndex.cratesFolder)/[^/]+/[^/]+/(?:[0-9a-f]+/)?download$",
        serving: [
            .files(paths: "(?:[12]|3/[a-z]|[a-z][0-9a-z_-]/[0-9a-z_-]{2})/[0-9a-z_-]+", type: "text/plain"),
            .files(paths: "\(CargoIndex.cratesFolder)/.+/download", type: "application/gzip"),
        ],
        routes: [
            Route(
                [.put], path: "\(CargoIndex.cratesFolder)/new",
                .publish(.frames(CargoPublication.frames), fields: [CargoPublication.metadata]), waits: true),
            Route(
                [.delete], path: "\(CargoIndex.cratesFolder)/{name}/{version}/yank",
                .mark("yanked", isSet: true, confirmation: CargoDialect.done), waits: true),
            Route(
                [.put], path: "\(CargoIndex.cratesFolder)/{name}/{version}/unyank",
                .mark("yanked", isSet: false, confirmation: CargoDialect.done), waits: true),
            // cargo reads it before it sends the first crate.
            Route([.get], path: "config.json", .common),
            Route([.get, .put, .delete], path: "\(ownersPath)", .ask(.nothing)),
            Route(
                [.get], path: "\(CargoIndex.cratesFolder)",
                .ask(.packages(.init(text: "q", limit: "per_page", page: "page", standardLimit: 10, mostLimit: 100)))),
        ], namesAddress: true, ownNames: ["config.json", "api"] + CargoName.indexFolders)

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        CargoArchive.recognise(glimpse, of: bytes)
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let archive = try CargoArchive.read(bytes, within: budget, withReadmes: repository.hasPages)
        let folder = archive.folder
        let manifest = try CargoManifest(archive.manifest.span, within: budget)
        let release = manifest.release
        let name = "\(release.name)-\(release.version)"
        guard NameIndex.areEqual(folder, name) else {
            throw Refusal(
                .ambiguous, "the crate's folder is not called '\(name)', as Cargo.toml has it and cargo will look for it",
                at: folder, remedy: "package the crate again with cargo package")
        }
        // A request to publish names no file, and other names say nothing.
        if ASCII.lowered(upload.filename).hasSuffix(".crate"), !NameIndex.areEqual(upload.filename, "\(name).crate") {
            throw Refusal(
                .ambiguous, "the file's name and Cargo.toml name different releases", at: upload.filename,
                remedy: "call the file \(name).crate, or package the crate again")
        }
        let line = CargoIndex.line(release, sha256: upload.digests.sha256, isYanked: false, in: repository)
        guard line.count <= CargoIndex.lineLimit else {
            throw Refusal(
                .limit, "the crate's line in the index has more than \(CargoIndex.lineLimit) bytes", at: "Cargo.toml",
                remedy: "have fewer features or dependencies")
        }
        guard let version = CargoVersion.parse(release.version) else { preconditionFailure("the manifest has a version") }
        var record = PackageRecord(
            name: release.name, nameIdentity: CargoName.identity(of: release.name), version: release.version,
            versionIdentity: CargoVersion.identity(of: version), architecture: "", summary: manifest.description,
            facts: CargoFacts.encoded(release), warnings: manifest.warnings)
        if repository.hasPages {
            record.portrait = CargoPortrait.portrait(
                of: release, manifest.package, readme: archive.readme(named: try manifest.package.value("readme")?.string))
        }
        return record
    }

    package var dialect: any Dialect { CargoDialect() }

    /// A crate lies at the address that Gitea has, and once more under its digest, where config.json sends cargo: cargo knows nothing of
    /// the folders that replaced files have, and the digest is all that tells them apart in an address.
    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        guard CargoName.fault(in: record.name) == nil, let version = CargoVersion.parse(record.version) else {
            throw Refusal(.malformed, "the record of a crate is damaged", remedy: "ingest the file again")
        }
        let folder = "\(CargoIndex.cratesFolder)/\(record.name)/\(record.version)"
        return try Placement(
            identity: "\(record.nameIdentity) \(record.versionIdentity)", path: upload.placed("\(folder)/download"),
            listings: [
                Listing(PartitionKey(scope: CargoName.indexPath(of: record.name)), sortKey: version.sortKey)
            ], aliases: ["\(folder)/\(Hex.string(upload.digests.sha256))/download"])
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard let release = try? CargoFacts.release(record.facts) else { return [] }
        let isYanked = annotations.yanked != nil
        return [
            Fragment(Self.line, CargoIndex.line(release, sha256: upload.digests.sha256, isYanked: isYanked, in: repository))
        ]
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] { CargoIndex.crate(scope) }

    package func commons(in repository: Repository) -> [DocumentPlan] { [CargoIndex.configuration(of: repository)] }
}
