/// Helm chart repositories: chart archives (`.tgz`), their provenance files (`.prov`), and the one `index.yaml` that lists the
/// charts. Written for Helm 3 and 4; what was observed, was observed with 4.2.3. See the page Helm of the documentation.
package struct Helm: Ecosystem {
    package init() {}

    static let segment = "helm"
    static let yaml: Slot = "yaml"
    static let yamlHeading: Slot = "yaml.chart"
    static let json: Slot = "json"
    static let jsonHeading: Slot = "json.chart"
    static let everything = PartitionKey(scope: "")

    package let profile = EcosystemProfile(
        id: segment, title: "Helm", suffixes: [".tgz", ".tgz.prov"], revision: 1,
        options: [
            RepositoryOption(
                "index", .choice(["auto", "yaml", "json"]),
                "The form of index.yaml: block YAML, JSON (which helm reads several times faster), or YAML until it is large."
            ),
            RepositoryOption(
                "yaml_limit_kib", .number(0...1_048_576),
                "With `index: auto`, the size of the entries in KiB above which index.yaml holds JSON; 512 by default."),
            RepositoryOption(
                "file_bytes", .number(1...HelmArchive.expandedLimit),
                "The largest file that a chart may hold; helm 3.17.3 to 4.1 read none above 5242880, others all up to 104857600."),
            RepositoryOption(
                HelmMuseum.option, .flag,
                "ChartMuseum's addresses for reading below api/charts, as JSON: the list of all charts is as large as the index once more."
            ),
            ChartsInRegistry.setting,
        ], listingOptions: [HelmMuseum.option],
        immutablePaths: "(?!api/).+\\.tgz(?:\\.prov)?$",
        aliases: [
            // Helm 3.17's `dependency update` encodes the address of a chart of a configured repository once more.
            PathAlias("helm/([^/%]+)%2[Bb]([^/%]+\\.tgz(?:\\.prov)?)", is: "helm/$1+$2"),
            PathAlias("helm/api/charts/?", is: "helm/\(HelmMuseum.listPath)"),
        ], serving: HelmMuseum.serving,
        measuredSlots: [Self.yaml],
        // ChartMuseum's, which `helm cm-push` and Gitea's users speak.
        routes: [
            Route([.post, .put], path: "api/charts", .publish(.fileOrForm(files: ["chart", "prov"]))),
            Route([.post, .put], path: "api/prov", .publish(.fileOrForm(files: ["prov"]))),
            Route(removing: "api/charts/{name}/{version}", confirmation: .json(200) { $0.member("deleted", true) }),
        ],
        // `helm cm-push` (0.10.4) sends to CONTEXT/api/REPOSITORY/charts. CONTEXT is what an index says of itself, and it says nothing, so
        // that it can be served below any address.
        leadingComponent: "api", ownNames: ["index.yaml", "api", "charts"],
        // By which Artifact Hub knows a repository's owner; ChartMuseum serves it, too.
        handPlacedFiles: ["artifacthub-repo.yml"])

    package var dialect: any Dialect { HelmDialect() }

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        if HelmProvenance.opens(bytes) { return HelmProvenance.recognise(bytes, filename: glimpse.filename) }
        return HelmArchive.recognise(glimpse, of: bytes)
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        if HelmProvenance.opens(bytes) {
            let provenance = try HelmProvenance(bytes, within: budget)
            return try record(of: provenance.chart, facts: provenance.sha256)
        }
        let limit = repository.options.number("file_bytes", for: "") ?? HelmArchive.expandedLimit
        let reading = try HelmArchive.chart(in: bytes, fileLimit: limit, within: budget, isPortrayed: repository.hasPages)
        var record = try record(of: reading.chart, facts: [])
        record.fragments = try HelmEntry(reading.chart, of: upload).fragments()
        if repository.hasPages { record.portrait = HelmPortrait.portrait(of: reading) }
        if let (path, size) = reading.largeFile {
            record.warnings.append(
                Warning(
                    "a file in the chart has \(size) bytes: helm 3.17.3 and later, up to 4.1, reads no chart with a file above \(HelmArchive.formerFileLimit)",
                    at: path, remedy: "make it smaller, or use a helm without this bound"))
        }
        return record
    }

    /// Whether a record is that of a provenance file, and not of a chart.
    static func isProvenance(_ record: PackageRecord) -> Bool { !record.facts.isEmpty }

    /// The facts of a provenance file are the 32 bytes of the digest that it signs; a chart has none.
    private func record(of chart: HelmChart, facts: [UInt8]) throws(Refusal) -> PackageRecord {
        PackageRecord(
            name: chart.name, nameIdentity: ASCII.lowered(chart.name), version: chart.version,
            versionIdentity: try chart.semanticVersion.identity, architecture: "", summary: chart.description, facts: facts)
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        // A provenance file lies beside its chart, whatever folder that has.
        let path = upload.placed(try HelmChart.path(name: record.name, version: record.version))
        // Neither part can hold a space, so the pair is unambiguous.
        let identity = "\(record.nameIdentity) \(record.versionIdentity)"
        // The index writes `+` as %2B. Helm 3 encodes that once more when it fetches a dependency from a repository that it knows, and
        // asks for %252B: the file whose name holds `%2B` itself, on every server.
        let literal = upload.placed(try HelmChart.path(name: record.name, version: record.version, plus: "%2B"))
        let aliases = literal == path ? [] : [literal]
        guard !Self.isProvenance(record) else {
            return try Placement(
                identity: identity + " prov", path: path + ".prov", listings: [],
                companion: .init(path: path, digest: record.facts), aliases: aliases.map { $0 + ".prov" })
        }
        guard let version = SemanticVersion(record.version) else { throw HelmChart.noVersion(record.version) }
        let sortKey = SortKey.of { key in
            key.word(record.name)
            key.append(version.descendingKey)
        }
        var partitions = [Self.everything]
        if HelmMuseum.isOpen(in: repository) { partitions += HelmMuseum.partitions(of: record) }
        return try Placement(
            identity: identity, path: path, listings: partitions.map { Listing($0, sortKey: sortKey) }, aliases: aliases)
    }

    /// `index.yaml`, one for the repository, and what ChartMuseum's users read where the settings want it.
    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        guard scope.key == Self.everything.scope else {
            return HelmMuseum.isOpen(in: repository) ? HelmMuseum.documents(of: scope) : []
        }
        let entries = scope.partitions.first { $0.key == PartitionKey(scope: scope.key) }
        let count = entries?.count ?? 0
        let limit = repository.options.number("yaml_limit_kib", for: scope.key) ?? 512
        let isJSON =
            switch repository.options.text("index", for: scope.key) {
            case "json": true
            case "yaml": false
            default: (entries?.byteCounts[Self.yaml] ?? 0) / 1_024 >= limit && count > 0
            }
        let partition = PartitionKey(scope: scope.key)
        let index = HelmIndex.plan(asJSON: isJSON, isEmpty: count == 0, of: partition, changed: scope.changed)
        return HelmMuseum.isOpen(in: repository) ? [index, HelmMuseum.list(isEmpty: count == 0, of: partition)] : [index]
    }
}
