/// Packages of Alpine Linux and its kin (`.apk`, version 2) in repositories that apk reads, and Gitea's addresses to publish
/// them.
///
/// - `AlpineArchive` reads a file's members, `AlpinePackage` what its `.PKGINFO` says, with `AlpineDependencies`.
/// - `AlpineRecord` renders a package's record in the index, as apk does; `AlpinePortrait` is what its page tells people.
/// - `AlpinePlace` says where files live; `AlpineIndex` plans the indexes; `AlpineSignature` is what stands before a signed one.
///
/// See the page Alpine of the documentation.
package struct Alpine: Ecosystem {
    package init() {}

    static let branch = "branch"
    static let repositoryName = "repository"
    static let architectures = "architectures"
    static let description = "description"
    static let record: Slot = "record"

    package let profile = EcosystemProfile(
        id: "alpine", title: "Alpine", suffixes: [".apk"], revision: 1,
        coordinates: [
            .init(branch, standard: AlpinePlace.standardBranch, help: "such as v3.22 or edge"),
            .init(repositoryName, standard: AlpinePlace.standardRepository, help: "such as main or community"),
        ],
        scopeCoordinates: 2, scopesKey: "repositories",
        options: [
            RepositoryOption(
                architectures, .list,
                "Architectures that have an index even while they have no package, and folders with the packages of noarch; those are aarch64 and x86_64 by default.",
                check: { AlpinePlace.faultInArchitecture($0).map { "the architecture \($0)" } }),
            RepositoryOption(
                description, .text, "What apk calls the repository, up to 160 bytes; the owner, branch and repository by default."
            ),
        ],
        // apk asks for NAME-VERSION.apk beside the index.
        isReplaceable: false, immutablePaths: "[^/]+/[^/]+/[^/]+/[^/]+\\.apk$",
        serving: [
            .files(paths: "key|[^/]+\\.rsa\\.pub", type: "application/x-pem-file"),
            // What is of no architecture, below one that nobody named in the settings.
            .fallback(
                paths: "[^/]+/[^/]+/(?!\(AlpinePlace.noarch)/)[^/]+/[^/]+\\.apk", from: "([^/]+/[^/]+)/[^/]+/([^/]+)",
                to: "$1/\(AlpinePlace.noarch)/$2"),
        ],
        measuredSlots: [record],
        routes: [
            Route([.put], path: "{branch}/{repository}", .publish(.file)),
            // What curl makes of an address that ends with a slash.
            Route([.put], path: "{branch}/{repository}/{filename}", .publish(.file)),
        ],
        ownsEveryName: true, key: .rsa)

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        AlpineArchive.recognise(glimpse, of: bytes)
    }

    package func objection(to filename: String) -> Refusal? {
        let name = ASCII.lowered(filename)
        func refusal(_ what: String, _ remedy: String) -> Refusal { Refusal(.unsupported, what, at: "its name", remedy: remedy) }
        if name == "apkindex.tar.gz" || name == "packages.adb" {
            return refusal("it is an index of packages, and those are made here", "give the packages that it lists")
        }
        guard name == "apkbuild" else { return nil }
        return refusal("it is what a package is built from", "build it with abuild, and give the .apk that comes of it")
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let archive = try AlpineArchive(bytes, listsPaths: repository.hasPages, within: budget)
        let (package, warnings) = try AlpinePackage.read(archive.info)
        let record = AlpineRecord(package, control: archive.controlSHA1, size: upload.size)
        return PackageRecord(
            name: package.name, nameIdentity: ASCII.lowered(package.name), version: package.version,
            versionIdentity: package.version, architecture: package.architecture, summary: package.description,
            fragments: [Fragment(Self.record, try record.bytes)],
            portrait: repository.hasPages
                ? AlpinePortrait.of(package, replaces: archive.info.values("replaces"), archive.paths) : nil,
            warnings: warnings)
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        try AlpinePlace(upload.coordinates).placement(of: record, from: upload, in: repository)
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        AlpineIndex.plans(for: scope, in: repository)
    }

    /// The key that signs under Gitea's name, and each under the one that apk looks for.
    package func commons(in repository: Repository) -> [DocumentPlan] {
        guard let key = repository.siteKey else { return [] }
        let named = repository.siteKeys.map { (AlpineSignature.name(of: $0, in: repository), $0) }
        return ([(AlpineSignature.keyPath, key)] + named).map { DocumentPlan(path: $0.0, body: [.literal($0.1.pem)]) }
    }

    package func seal(_ signatures: [SiteKey.Signature], in repository: Repository) -> [UInt8] {
        AlpineSignature.member(of: signatures, in: repository)
    }

    /// A scope is `BRANCH/REPOSITORY`.
    package func coordinates(of partition: PartitionKey) -> Coordinates {
        let parts = partition.scope.split(separator: "/", maxSplits: 1).map(String.init)
        return Coordinates([Self.branch: parts.first ?? "", Self.repositoryName: parts.count > 1 ? parts[1] : ""])
    }

    /// `keyFile`: the name that the key needs on a client; on a signed site.
    package func particulars(in repository: Repository) -> [String: String] {
        repository.siteKey.map { ["keyFile": AlpineSignature.name(of: $0, in: repository)] } ?? [:]
    }

    /// `branch` and `repository`.
    package func particulars(of scope: Scope) -> [String: String] {
        let place = coordinates(of: PartitionKey(scope: scope.key))
        return [Self.branch: place[Self.branch] ?? "", Self.repositoryName: place[Self.repositoryName] ?? ""]
    }
}
