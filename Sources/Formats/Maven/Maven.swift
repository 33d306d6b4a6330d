/// Java's packages in the layout of a Maven repository: releases and snapshots, with `maven-metadata.xml` at every level. Checked with mvn
/// 3.8.7. See the page Maven of the documentation.
///
/// A folder that has a `maven-metadata.xml` is a scope (`MavenDocuments`). A version is listed by its POM, which comes in
/// together with the artifact that it is of (`MavenAssembly`).
package struct Maven: Ecosystem {
    package init() {}

    package static let snapshotBuilds = "snapshot_builds"
    private static let pluginPackaging = "maven-plugin"

    package let profile = EcosystemProfile(
        id: "maven", title: "Maven", suffixes: [".pom", ".jar", ".war", ".ear", ".aar"], digests: [.sha1, .md5, .sha512],
        revision: 1,
        coordinates: [
            .init("group", standard: "", help: "such as com.example.demo; a POM says it itself"),
            .init("artifact", standard: "", help: "such as lib"),
            .init("version", standard: "", help: "such as 1.2.3 or 1.3.0-SNAPSHOT"),
        ],
        scopeCoordinates: 0, scopesKey: "artifacts",
        options: [
            RepositoryOption(
                snapshotBuilds, .number(0...10_000),
                "How many builds of a snapshot version stay when newer ones come; 0 keeps all of them.")
        ],
        isReplaceable: false, immutablePaths: "(?:[^/]+/){3,}(?!maven-metadata\\.xml)[^/]+$",
        serving: [
            .files(paths: ".+\\.(?:pom|xml)", type: "text/xml"),
            .files(paths: ".+\\.(?:md5|sha1|sha256|sha512|asc)", type: "text/plain"),
            .files(paths: ".+\\.module", type: "application/json"),
            .files(paths: ".+\\.(?:jar|war|ear|aar)", type: "application/java-archive"),
        ],
        routes: [
            Route([.put], path: "{group+}/{artifact}/{version}/{filename}", .publish(.part)),
            // Metadata of short groups and of artifacts in them, and what lies beside.
            Route([.put], path: "{group+}/{filename}", .publish(.part)),
        ],
        ownsEveryName: true,
        retention: .init(option: snapshotBuilds, partition: MavenDocuments.files, kind: MavenDocuments.fileKind))

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        MavenRecognition.recognise(glimpse, of: bytes)
    }

    package var dialect: any Dialect { MavenDialect() }

    package func objection(to filename: String) -> Refusal? { MavenRecognition.objection(to: filename) }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        if let objection = objection(to: upload.filename) { throw objection }
        // A build directory has it as pom.xml.
        let isBare = upload.filename == "pom.xml"
        let hints = MavenPlace.Hints(upload.coordinates)
        func file(at place: MavenPlace) throws(Refusal) -> MavenFile {
            try MavenFile(isBare ? "\(place.artifact)-\(place.version).pom" : upload.filename, at: place)
        }
        if let place = try hints.place(or: nil) { _ = try file(at: place) }
        var pom: MavenPOM?, archive: MavenArchive?
        let ending = upload.filename.split(separator: ".").last.map(String.init) ?? ""
        if ending == "pom" || isBare {
            pom = try MavenPOM(bytes, within: budget, isPortrayed: repository.hasPages)
        } else if MavenArchive.isArchive(ending) {
            archive = try MavenArchive(bytes, of: "the \(ending) file", within: budget)
        }
        let identity = try pom?.identity() ?? archive?.identity
        guard let place = try hints.place(or: identity) else {
            throw Refusal(
                .placement, "'\(ASCII.line(upload.filename))' does not say which group, artifact and version it belongs to",
                at: "coordinates", remedy: "say --group G --artifact A --version V, or send it to GROUP/ARTIFACT/VERSION/FILE")
        }
        let file = try file(at: place)
        let build = place.isSnapshot ? file.build ?? MavenBuild(received: upload.received) : nil
        var facts = MavenFacts(place: place, classifier: file.classifier, ending: file.ending, build: build)
        var warnings: [Warning] = []
        if let pom, facts.isPOM {
            warnings = try pom.check(at: place, build: facts.fileVersion)
            try Self.add(pom, to: &facts)
        }
        if let plugin = archive?.plugin, file.classifier == nil { Self.add(plugin, to: &facts) }
        if file.ending == "module", file.classifier == nil { try MavenContents.checkModule(bytes, at: place, within: budget) }
        if ending == "asc" { try MavenContents.checkSignature(bytes) }
        return PackageRecord(
            name: place.name, nameIdentity: place.name, version: place.version, versionIdentity: place.version, architecture: "",
            summary: facts.isPOM ? pom?.summary ?? "" : "", facts: facts.encoded,
            portrait: facts.isPOM ? pom?.portrait : nil,
            sidecars: Digests.Algorithm.allCases.map { algorithm in
                Sidecar(.appended(".\(algorithm.rawValue)"), bytes: [UInt8](Hex.string(upload.digests[algorithm])))
            }, warnings: warnings)
    }

    private static func add(_ pom: MavenPOM, to facts: inout MavenFacts) throws(Refusal) {
        facts.packaging = pom.standsFor
        facts.relocation = pom.relocation
        facts.url = pom.url.isEmpty ? nil : pom.url
        facts.licenses = pom.licenses
        guard pom.packaging == pluginPackaging else { return }
        let prefix = MavenArchive.prefix(of: facts.place.artifact)
        guard !prefix.isEmpty else { return }
        facts.plugin = .init(name: MavenPOM.line(try pom.resolved(pom.name)), prefix: prefix, isDeclared: false)
    }

    /// Nothing for a descriptor of another project, as jars have that took it in with a library.
    private static func add(_ plugin: MavenArchive.Plugin, to facts: inout MavenFacts) {
        let place = facts.place
        guard plugin.artifact == place.artifact, plugin.group == nil || plugin.group == place.group else { return }
        let prefix = plugin.prefix.isEmpty ? MavenArchive.prefix(of: place.artifact) : plugin.prefix
        guard !prefix.isEmpty else { return }
        facts.plugin = .init(name: MavenPOM.line(plugin.name), prefix: prefix, isDeclared: true)
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let facts = try MavenFacts(record.facts)
        // Clients ask for exactly this path, and keep what they got for ever.
        guard upload.generation == nil else {
            throw Refusal(
                .conflict, "\(facts.filename) was published with other content, and a release has one for ever",
                at: record.version, remedy: "deploy the next version")
        }
        guard facts.path.utf8.count <= MavenPlace.longestPath, facts.filename.utf8.count <= MavenPlace.longestFilename else {
            throw Refusal(
                .limit, "the path \(facts.path.prefix(80))… is too long for a file", at: "file name",
                remedy: "shorten the group, the artifact or the version")
        }
        return try Placement(identity: facts.path, path: facts.path, listings: MavenDocuments.listings(of: facts))
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard let facts = try? MavenFacts(record.facts) else { return [] }
        return MavenDocuments.fragments(of: facts)
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] { MavenDocuments.plans(for: scope) }

    package func coordinates(of partition: PartitionKey) -> Coordinates { MavenDocuments.coordinates(of: partition) }
}
