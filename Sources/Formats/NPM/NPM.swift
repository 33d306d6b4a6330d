/// JavaScript's packages (`.tgz`) in an npm registry: packuments, dist-tags, attestations and keys as plain files, and what npm, pnpm and
/// yarn send when they publish. Checked with npm 10.8. See the page npm of the documentation.
///
/// Every package is a scope of its own, and so is every version that has an attestation.
package struct NPM: Ecosystem {
    package init() {}

    static let segment = "npm"
    static let distTag = "dist-tag"
    static let deprecated = "deprecated"
    static let listLimit = "list_limit"
    static let archiveEnding = ".tgz"
    static let attestationEnding = ".sigstore"

    static let userPath: PathPattern = "-/user/{user}"
    static let logoutPath: PathPattern = "-/user/token/{token}"
    static let webLoginPath: PathPattern = "-/v1/login"
    static let searchPath: PathPattern = "-/v1/search"
    static let whoamiPath: PathPattern = "-/whoami"
    static let revisionPath: PathPattern = "{name+}/-rev/{rev}"

    package let profile = EcosystemProfile(
        id: segment, title: "npm", suffixes: [archiveEnding, attestationEnding], digests: [.sha1, .md5, .sha512], revision: 1,
        options: [
            RepositoryOption(
                listLimit, .number(0...1_000_000),
                "The list of all packages (-/all.json) is written while there are at most so many versions; 1000 by default, 0 for none."
            )
        ],
        marks: [
            MarkKind(
                distTag, of: .package, isKeyed: true, value: "version", effect: .plans, namesVersion: true,
                help: "A name under which people ask for a version; who asks for none gets 'latest'.", check: NPMTag.fault),
            MarkKind(
                deprecated, of: .version, value: "message", help: "npm warns whoever installs it, in these words."),
        ],
        isReplaceable: false, immutablePaths: ".+/-/(?:[0-9a-f]{16}/)?[^/]+\\.(?:tgz|sigstore)$",
        // Gitea's address of a tarball, which stands in lock files.
        aliases: [PathAlias("npm/(.+)/-/[0-9]+\\.[^/]+/([^/]+\\.(?:tgz|sigstore))", is: "npm/$1/-/$2")],
        serving: [
            .files(
                paths: "-/(?:ping|all\\.json|npm/v1/keys|npm/v1/attestations/.+|package/.+/dist-tags)|.+\\.sigstore",
                type: "application/json"),
            .document(NPMDocuments.choice),
        ],
        routes: [
            // npm asks for it to see whether anybody is there.
            Route([.get], path: "-/ping", .common),
            Route([.get], path: whoamiPath, .ask(.asker)),
            Route(
                [.get], path: searchPath,
                .ask(.packages(.init(text: "text", limit: "size", offset: "from", standardLimit: 20, mostLimit: 250)))),
            Route([.post], path: webLoginPath, .ask(.nothing)),
            Route([.put], path: userPath, .ask(.login(name: "name", password: "password"))),
            Route([.delete], path: logoutPath, .ask(.nothing)),
            Route(
                [.put, .post], path: "-/package/{name+}/dist-tags/{key}",
                .mark(distTag, isSet: true, value: .jsonBody, confirmation: NPMDialect.tagged), waits: true),
            Route(
                [.delete], path: "-/package/{name+}/dist-tags/{key}",
                .mark(distTag, isSet: false, confirmation: NPMDialect.done), waits: true),
            // One version, by the last part of its tarball's address; Gitea's addresses have the version before it.
            Route([.delete], path: "{name+}/-/{filename}/-rev/{rev}", .remove(confirmation: NPMDialect.done), waits: true),
            Route(
                [.delete], path: "{name+}/-/{folder}/{filename}/-rev/{rev}", .remove(confirmation: NPMDialect.done), waits: true),
            Route([.delete], path: revisionPath, .remove(confirmation: NPMDialect.done), waits: true),
            // The whole document once more, without the version that goes by the next request.
            Route([.put], path: revisionPath, .ask(.asker)),
            Route(
                [.put], path: "{name+}",
                .publish(
                    .document(attachments: NPMPublication.attachments, texts: [attestationEnding]),
                    fields: [NPMPublication.document]),
                waits: true),
        ], namesAddress: true, ownsEveryName: true, key: .ecdsa)

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        if bytes.count > 0, bytes[0] == UInt8(ascii: "{") { return NPMAttestation.recognise(bytes, filename: glimpse.filename) }
        return NPMArchive.recognise(glimpse, of: bytes)
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        if bytes.count > 0, bytes[0] == UInt8(ascii: "{") {
            return try NPMAttestation(bytes, within: budget).record()
        }
        let archive = try NPMArchive(bytes, within: budget)
        var manifest = try NPMManifest(archive, within: budget)
        if let folder = manifest.commandFolder {
            manifest.add(commands: try NPMArchive.files(in: folder, of: bytes, within: budget), in: folder)
        }
        let facts = NPMFacts.Package(
            name: manifest.name, version: manifest.version, fileCount: archive.fileCount, unpackedSize: archive.unpackedSize,
            hasShrinkwrap: archive.hasShrinkwrap, hasInstallScript: manifest.hasInstallScript, members: manifest.members)
        var record = PackageRecord(
            name: manifest.name, nameIdentity: manifest.name, version: manifest.version.text,
            versionIdentity: manifest.version.identity, architecture: "", summary: manifest.description,
            facts: NPMFacts.package(facts).encoded, warnings: archive.warnings + manifest.warnings)
        record.fragments = [NPMFragments.top(of: manifest, readme: archive.readme)]
        if repository.hasPages { record.portrait = NPMPortrait.portrait(of: facts, readme: archive.readme) }
        let version = NPMFragments.version(facts, from: upload, at: "", annotations: Annotations(), in: repository)
        guard version.count <= NPMFragments.versionLimit else {
            throw NPMManifest.refusal(
                .limit, "the version takes more than \(NPMFragments.versionLimit) bytes in the package's document", at: "",
                remedy: "leave out of package.json what its users do not need")
        }
        return record
    }

    package var dialect: any Dialect { NPMDialect() }

    /// What npm holds against the signature (`npm audit signatures`).
    package func signedText(of record: PackageRecord, from upload: Upload) -> [UInt8]? {
        guard case .package(let facts)? = try? NPMFacts(record.facts) else { return nil }
        return [UInt8]("\(facts.name)@\(facts.version.text):\(NPMFragments.integrity(of: upload))")
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        switch try NPMFacts(record.facts) {
        case .package(let facts):
            return try Placement(
                identity: "\(facts.name) \(facts.version.identity)",
                path: upload.placed(NPMName.path(of: facts.name, facts.version, ending: Self.archiveEnding)),
                listings: NPMDocuments.listings(of: facts, received: upload.received))
        case .attestation(let facts):
            return try Placement(
                identity: "\(facts.name) \(facts.version.identity) attestation",
                path: upload.placed(NPMName.path(of: facts.name, facts.version, ending: Self.attestationEnding)),
                listings: [
                    Listing(
                        PartitionKey(scope: "\(facts.name)@\(facts.version.text)", name: NPMDocuments.attestations), sortKey: [0])
                ],
                companion: .init(
                    path: NPMName.path(of: facts.name, facts.version, ending: Self.archiveEnding), algorithm: .sha512,
                    digest: facts.sha512))
        }
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard case .package(let facts)? = try? NPMFacts(record.facts) else { return [] }
        return NPMFragments.all(facts, from: upload, at: placement.path.text, annotations: annotations, in: repository)
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        NPMDocuments.plans(for: scope, in: repository)
    }

    package func commons(in repository: Repository) -> [DocumentPlan] { NPMDocuments.commons(in: repository) }
}
