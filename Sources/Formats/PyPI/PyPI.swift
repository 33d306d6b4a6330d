/// Python's packages: wheels and source archives, listed by the simple repository API in its HTML and its JSON form.
///
/// Every project is a scope of its own, so an upload touches two small pages; the list of all projects is one more scope, which
/// changes only when a project appears or goes. Files are at `files/PROJECT/VERSION/FILE`, under the name they came with.
package struct PyPI: Ecosystem {
    package init() {}

    package let profile = EcosystemProfile(
        id: "pypi", title: "PyPI", suffixes: [".whl", ".tar.gz", ".zip"], digests: [.md5], revision: 1,
        options: [
            RepositoryOption(
                "platform_tags", .choice(["any", "pypi"]),
                "Which wheels are taken: `any`, or only those with platform tags that PyPI takes (no plain `linux_x86_64`).")
        ], marks: [.yanked], immutablePaths: "files/", serving: [.choice(PyPIServing.simple)],
        routes: [
            Route([.post], path: "", .publish(.form(files: ["content"]), fields: PyPIForm.fields, withBLAKE2: true)),
            Route([.post], path: "legacy", .publish(.form(files: ["content"]), fields: PyPIForm.fields, withBLAKE2: true)),
        ], ownNames: ["simple", "files", "legacy"])

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        PyPIRecognition.recognise(glimpse, of: bytes)
    }

    /// `.tar.gz` and `.zip` announce nothing by themselves; `name-version.tar.gz` does.
    package func announces(filename: String) -> Bool {
        if ASCII.lowered(filename).hasSuffix(".whl") { return true }
        guard let stem = (try? PyPIFilename(filename))?.stem, let dash = stem.lastIndex(of: UInt8(ascii: "-")) else {
            return false
        }
        return PEP440(stem[(dash + 1)...]) != nil
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let package = try PyPIPackage(upload, bytes: bytes, within: budget, isPortrayed: repository.hasPages)
        let metadata = package.metadata, version = metadata.parsedVersion
        try Self.checkPlatform(of: package, in: repository)
        let facts = PyPIFacts(
            project: metadata.project, version: version.normal, requiresPython: metadata.requiresPython,
            metadataDigest: package.wheelMetadata.map(PyPIPackage.digest))
        return PackageRecord(
            name: metadata.name, nameIdentity: metadata.project, version: metadata.version, versionIdentity: version.canonical,
            architecture: package.filename.architecture, summary: metadata.summary, facts: facts.encoded,
            fragments: [
                Fragment("version", Self.quoted(version.normal)),
                Fragment("project.html", PyPIDocuments.projectLine(metadata.project)),
                Fragment("project.json", PyPIDocuments.projectObject(metadata.project)),
            ],
            portrait: metadata.portrait,
            sidecars: package.wheelMetadata.map { [Sidecar(.appended(".metadata"), bytes: $0)] } ?? [],
            warnings: metadata.warnings)
    }

    package var dialect: any Dialect { PyPIDialect() }

    /// Files are listed in the order of their versions, then by name. Between the two stands the version's spelling, so that
    /// `1.0` and `1.0.0`, which are equal, do not alternate in a page's list of versions.
    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let filename = try PyPIFilename(upload.filename)
        let facts = try PyPIFacts(record.facts)
        guard let version = PEP440(facts.version), let project = PyPIProjectName.normalised(facts.project.utf8) else {
            throw Refusal(.malformed, "the record of a Python package is damaged", remedy: "ingest the file again")
        }
        let sortKey = SortKey.of { key in
            key.append(version.sortKey)
            key.word(facts.version)
            key.word(upload.filename)
        }
        return try Placement(
            identity: "\(facts.project)/\(version.canonical)/\(filename.identity)",
            path: upload.placed("files/\(facts.project)/\(facts.version)/\(upload.filename)"),
            listings: [
                Listing(PartitionKey(scope: PyPIDocuments.scope(of: facts.project)), sortKey: sortKey),
                Listing(PartitionKey(scope: PyPIDocuments.rootScope), sortKey: SortKey.of { $0.word(project) }, shared: true),
            ])
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard let facts = try? PyPIFacts(record.facts) else { return [] }
        let pieces = PyPIFragments(facts, of: upload, annotations: annotations)
        return [Fragment("html", pieces.html), Fragment("json", pieces.json)]
    }

    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        scope.key == PyPIDocuments.rootScope ? PyPIDocuments.root(scope) : PyPIDocuments.project(scope)
    }

    private static func checkPlatform(of package: PyPIPackage, in repository: Repository) throws(Refusal) {
        guard case .wheel(let tags) = package.filename.kind else { return }
        let scope = PyPIDocuments.scope(of: package.metadata.project)
        guard repository.options.text("platform_tags", for: scope) == "pypi", !PyPIPlatforms.areAllPortable(tags.platform) else {
            return
        }
        throw Refusal(
            .unsupported, "PyPI does not take the platform tag \(String(decoding: tags.platform, as: UTF8.self))",
            at: "file name",
            remedy: "repair the wheel with auditwheel, or set platform_tags to any")
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var json: [UInt8] = []
        JSONWriter.append(text, to: &json)
        return json
    }
}
