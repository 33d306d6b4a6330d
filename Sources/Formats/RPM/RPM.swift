/// RPM packages in groups: what dnf, yum and zypper read, with Gitea's addresses and createrepo_c's index.
///
/// - `RPMPackage` reads a file: lead, `RPMHeader` twice, identity; `RPMDigests` tells whether it is sound, `RPMWarnings` what will
///   surprise its users.
/// - `RPMFragments` renders its three pieces of the index, from `RPMFiles`, `RPMDependencies` and `RPMChangelog`.
/// - `RPMPortrait` is what its page tells people.
/// - `RPMPlace` says where it lives.
/// - `RPMDocuments` plans a group's repodata.
package struct RPM: Ecosystem {
    /// False for fuzzing alone.
    private let checksDigests: Bool

    package init() { self.init(checksDigests: true) }

    init(checksDigests: Bool) { self.checksDigests = checksDigests }

    package let profile = EcosystemProfile(
        id: "rpm", title: "RPM", suffixes: [".rpm"], revision: 1,
        coordinates: [.init("group", standard: "", help: "such as el9 or fedora/41; 'auto' takes it from the release's suffix")],
        scopesKey: "groups",
        options: [
            RepositoryOption("compression", .choice(["gz", "zstd"]), "How repodata is compressed: zstd (default) or gz."),
            RepositoryOption(
                "profile", .choice(["default", "el7"]), "el7 writes only what yum 3 reads (gz), whatever compression says."),
            RepositoryOption(
                "changelog_limit", .number(-1...RPMChangelog.most),
                "How many changelog entries of a package are listed, -1 for all (default 10); holds for later uploads."
            ),
            RepositoryOption(
                "superseded_signatures", .number(0...32),
                "How many earlier signatures repomd.xml.asc carries, so that dnf never meets a change between its two requests; zypper refuses such files (default 0)."
            ),
            RepositoryOption("name", .text, "The repository's name in its .repo file."),
            RepositoryOption("gpgcheck", .flag, "Whether the .repo file demands signed packages (default false)."),
            RepositoryOption(
                "repo_gpgcheck", .flag, "Whether the .repo file demands a signed index (default true when there is a key)."),
        ], immutablePaths: "(?:.+/)?(?:repodata/[0-9a-f]{64}-|package/)",
        aliases: [
            // Gitea's addresses: the .repo file of the repository without a group, and a package without its file's name, which leaves
            // out the epoch.
            PathAlias("rpm\\.repo", is: "rpm/repository.repo"),
            PathAlias(
                "rpm/((?:.+/)?package/([^/]+)/(?:[0-9]+-)?([^/-]+-[^/-]+)/([^/]+))/?", is: "rpm/$1/$2-$3.$4.rpm"),
        ],
        routes: [
            Route([.put], path: "{group*}/upload", .publish(.file)),
            Route(removing: "{group*}/package/{name}/{version}/{architecture}"),
        ], namesAddress: true,
        ownNames: ["repodata", "package", "upload"], sourceArchitectures: ["src", "nosrc"])

    /// By the lead's magic, which nothing else has.
    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        RPMPackage.hasMagic(bytes) ? .surely : .no
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let package = try RPMPackage(bytes, within: budget, checksDigests: checksDigests)
        try RPMPlace.check(bytes.extracting(package.name), "name")
        try RPMPlace.check(bytes.extracting(package.version), "version")
        try RPMPlace.check(bytes.extracting(package.release), "release")
        try RPMPlace.check(package.architecture.span, "architecture")
        let name = XMLText.string(bytes.extracting(package.name))
        let version = package.versionText(in: bytes)
        let architecture = String(decoding: package.architecture, as: UTF8.self)
        let filename = RPMPlace.filename(name: name, version: version, architecture: architecture)
        // With a large epoch, the folder that is named after the version is longer than the file in it.
        let longest = max(filename.utf8.count, version.utf8.count)
        guard longest <= 255 else {
            throw Refusal(
                .limit, "the package's file or folder would have a name of \(longest) bytes, and 255 are what fits",
                at: "the RPM header", remedy: "shorten the name, version or release")
        }
        let fragments = try RPMFragments(
            package, of: upload, href: upload.placed(RPMPlace.path(name: name, version: version, architecture: architecture)),
            changelogLimit: repository.options.number("changelog_limit", for: group(of: upload, version: version)) ?? 10,
            hasPortrait: repository.hasPages, bytes: bytes, within: budget)
        let summary = try package.header.string(.summary, in: bytes)
        return PackageRecord(
            name: name,
            // rpm's names differ by case, and `Foo` beside `foo` would be one package to people: one row, as in Gitea.
            nameIdentity: ASCII.lowered(name), version: version, versionIdentity: version, architecture: architecture,
            summary: summary.map { XMLText.string(bytes.extracting($0)) } ?? "",
            fragments: [
                Fragment(RPMDocuments.primary, fragments.primary), Fragment(RPMDocuments.filelists, fragments.filelists),
                Fragment(RPMDocuments.other, fragments.other),
            ], portrait: fragments.portrait, warnings: try RPMWarnings.of(package, architecture: architecture, in: bytes))
    }

    /// Everything but the group comes from the record, so that a copy into another group needs neither file nor facts.
    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let group = try group(of: upload, version: record.version)
        try RPMPlace.checkGroup(group)
        let filename = RPMPlace.filename(name: record.name, version: record.version, architecture: record.architecture)
        let path = upload.placed(
            RPMPlace.path(name: record.name, version: record.version, architecture: record.architecture))
        let prefix = RPMPlace.prefix(group)
        return try Placement(
            // rpm tells names apart by case; so does the identity.
            identity: "\(prefix)\(record.name)-\(record.version).\(record.architecture)", path: prefix + path,
            listings: [Listing(PartitionKey(scope: group), sortKey: RPMPlace.sortKey(filename: filename, path: path))])
    }

    /// Gitea writes `EPOCH-VERSION-RELEASE`.
    package func version(inAddress text: String) -> String {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].utf8.allSatisfy(ASCII.isDigit) else { return text }
        let bare = "\(parts[1])-\(parts[2])"
        return parts[0].utf8.allSatisfy { $0 == UInt8(ascii: "0") } ? bare : "\(parts[0]):\(bare)"
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        RPMDocuments.leaves.map { RPMDocuments.leaf($0.slot, $0.opening, $0.closing, scope, in: repository) }
    }

    /// The key before the signature that it checks; the `.repo` file last, when what it points to is there.
    package func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] {
        var plans: [DocumentPlan] = []
        if let key = RPMDocuments.key(for: scope, in: repository) { plans.append(key) }
        plans.append(RPMDocuments.repomd(over: leaves, for: scope, in: repository))
        plans.append(RPMDocuments.repoFile(for: scope, in: repository))
        return plans
    }

    package func commons(in repository: Repository) -> [DocumentPlan] {
        repository.publicKey.map { [DocumentPlan(path: "repository.key", body: [.literal($0)])] } ?? []
    }

    package func particulars(of scope: Scope) -> [String: String] {
        let file = RPMDocuments.repoPath(of: scope.key)
        return [
            "repoFile": file,
            "repoName": String(decoding: file.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 }, as: UTF8.self),
        ]
    }

    /// The group that its owner named; `auto` stands for the distribution in the release's suffix.
    private func group(of upload: Upload, version: String) throws(Refusal) -> String {
        let group = upload.coordinates["group"] ?? ""
        guard group == "auto" else { return group }
        guard let suffix = RPMPlace.distribution(inVersion: version) else {
            throw Refusal(
                .placement, "the release of \(version) names no distribution to take the group from", at: "group",
                remedy: "name the group: --group el9")
        }
        return suffix
    }
}
