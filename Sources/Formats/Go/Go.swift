/// Go modules: zips, `.mod` and `.info` files and the two lists of a module proxy (golang.org/ref/mod#goproxy-protocol). Checked
/// with go 1.27. See the page Go of the documentation.
///
/// Every module is a scope of its own, with two partitions: the list of its versions, and the latest of them.
package struct Go: Ecosystem {
    package init() {}

    static let line: Slot = "line"
    static let info: Slot = "info"
    private static let list = "list"
    private static let latest = "latest"

    /// Bytes of a component of a public path, as common file systems have it.
    private static let componentLimit = 255
    /// Bytes of a public path.
    private static let pathLimit = 1_024

    package let profile = EcosystemProfile(
        id: "goproxy", segment: "go", title: "Go", suffixes: [".zip"], revision: 1, isReplaceable: false,
        immutablePaths: ".+/@v/[^/]+\\.(?:zip|mod|info)$",
        serving: [
            .files(paths: ".+/@v/(?:list|[^/]+\\.mod)", type: "text/plain"),
            .files(paths: ".+/(?:@latest|@v/[^/]+\\.info)", type: "application/json"),
            .files(paths: ".+/@v/[^/]+\\.zip", type: "application/zip"),
        ],
        // Gitea's. Go itself has no command that publishes.
        routes: [Route([.put], path: "upload", .publish(.file))],
        ownsEveryName: true)

    package func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        GoModuleZip.recognise(glimpse, of: bytes)
    }

    /// `MODULE@v1.2.3.zip`, and `v1.2.3.zip` as go's own cache has it. `.zip` alone announces nothing.
    package func announces(filename: String) -> Bool { Self.isVersion(filename, with: ".zip") }

    /// What lies beside the zips in go's cache (`go env GOMODCACHE`, cache/download) and in other proxies.
    package func objection(to filename: String) -> Refusal? {
        guard let ending = [".info", ".mod", ".ziphash", ".lock"].first(where: { Self.isVersion(filename, with: $0) }) else {
            return nil
        }
        return Refusal(
            .unsupported, "\(ending) files of Go modules are made from the zip", at: "file name", remedy: "add the .zip beside it"
        )
    }

    private static func isVersion(_ filename: String, with ending: String) -> Bool {
        guard ASCII.lowered(filename).hasSuffix(ending) else { return false }
        let stem = Array(filename.utf8).dropLast(ending.utf8.count)
        let start = stem.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
        // Capitals may be escaped.
        return GoVersion(stem[start...].filter { $0 != UInt8(ascii: "!") }) != nil
    }

    package func inspect(
        _ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget
    ) throws(Refusal) -> PackageRecord {
        let zip = try GoModuleZip(bytes, received: upload.received, within: budget, withReadme: repository.hasPages)
        let version = zip.version.canonical
        // What go makes up for a module without go.mod. No path that is valid needs quoting.
        let mod = zip.modFile ?? [UInt8]("module \(zip.path)\n")
        let file = try GoModFile(mod, within: budget, mostRequired: repository.hasPages ? GoPortrait.mostRows : 0)
        try Self.check(file, of: zip)
        let time = zip.version.commitSeconds ?? zip.newest ?? upload.received.seconds
        let facts = GoFacts(
            path: zip.path, version: version, time: time, hasModFile: zip.modFile != nil, zipSum: zip.sum,
            modSum: GoHash.sum(ofModFile: mod), goVersion: file.goVersion, toolchain: file.toolchain, deprecated: file.deprecated,
            retractions: file.retractions)
        let name = GoPath.escaped(version)
        return PackageRecord(
            name: zip.path, nameIdentity: zip.path, version: version, versionIdentity: version, architecture: "",
            summary: file.deprecated.isEmpty ? "" : "Deprecated: \(file.deprecated)", facts: facts.encoded,
            portrait: repository.hasPages ? GoPortrait.portrait(of: zip, file, mod: mod) : nil,
            sidecars: [
                Sidecar(.sibling("\(name).info"), bytes: Self.information(facts)), Sidecar(.sibling("\(name).mod"), bytes: mod),
            ], warnings: zip.warnings + Self.warnings(about: file))
    }

    private static func check(_ file: GoModFile, of zip: GoModuleZip) throws(Refusal) {
        guard let declared = file.module else {
            throw Refusal(
                .malformed, "go.mod does not say which module it is of", at: "go.mod",
                remedy: "write 'module \(zip.path)' into it")
        }
        guard declared.elementsEqual(zip.path.utf8) else {
            throw Refusal(
                .ambiguous,
                "go.mod is one of the module \(String(decoding: declared, as: UTF8.self)), and the zip one of \(zip.path)",
                at: "go.mod", remedy: "correct one of them and make the module zip again")
        }
        guard !zip.version.isIncompatible || zip.modFile == nil else {
            throw Refusal(
                .malformed, "+incompatible is for modules without go.mod, and there is one", at: "go.mod",
                remedy:
                    "let the path end with /v\(String(decoding: zip.version.major, as: UTF8.self)), and leave +incompatible out")
        }
    }

    private static func warnings(about file: GoModFile) -> [Warning] {
        var warnings: [Warning] = []
        if !file.onlyMain.isEmpty {
            let verbs = file.onlyMain.joined(separator: " and ")
            warnings.append(
                Warning(
                    "\(verbs) counts only where the module is built by itself, and go install MODULE@VERSION refuses it",
                    at: "go.mod", remedy: "release it without"))
        }
        for line in file.strangeRetractions.prefix(1) {
            warnings.append(
                Warning(
                    "a retract directive is one that go does not read, and passes over", at: "go.mod, line \(line)",
                    remedy: "write it as v1.0.0 or [v1.0.0, v1.9.9]"))
        }
        return warnings
    }

    /// `{"Version":"v1.2.3","Time":"2026-11-28T12:00:00Z"}`, as `.info` files and `@latest` hold it.
    private static func information(_ facts: GoFacts) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("Version", facts.version)
        json.member("Time", Timestamp(seconds: facts.time).rfc3339)
        json.endObject()
        return json.bytes
    }

    package func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let facts = try GoFacts(record.facts)
        guard let version = GoVersion(facts.version.utf8) else { throw GoFacts.damaged }
        // go asks for exactly this path, remembers the content for ever and calls any other one a security error.
        guard upload.generation == nil else {
            throw Refusal(
                .conflict,
                "\(facts.path) \(facts.version) was published with other content, and a version of a Go module has one for ever",
                at: facts.version, remedy: "publish the next version, and retract this one in its go.mod")
        }
        let scope = GoPath.escaped(facts.path), name = GoPath.escaped(facts.version)
        try Self.check(scope: scope, version: name, of: facts)
        var listings = [
            Listing(PartitionKey(scope: scope, name: Self.latest), sortKey: Self.rank(of: version, facts))
        ]
        if version.pseudoTime == nil {
            listings.append(Listing(PartitionKey(scope: scope, name: Self.list), sortKey: version.sortKey))
        }
        return try Placement(identity: "\(scope)@\(name)", path: "\(scope)/@v/\(name).zip", listings: listings)
    }

    private static func check(scope: String, version: String, of facts: GoFacts) throws(Refusal) {
        let longest = scope.utf8.split(separator: UInt8(ascii: "/")).map(\.count).max() ?? 0
        let path = "\(scope)/@v/\(version).info"
        guard longest <= componentLimit, version.utf8.count + 5 <= componentLimit, path.utf8.count <= pathLimit else {
            throw Refusal(
                .limit, "the module's path or version is too long for a file", at: "\(facts.path)@\(facts.version)",
                remedy: "shorten it")
        }
        // The page for people lies there.
        guard facts.path.utf8.split(separator: UInt8(ascii: "/")).first?.elementsEqual("index.html".utf8) != true else {
            throw Refusal(
                .placement, "index.html is the repository's own page, and cannot be the beginning of a module's path",
                at: facts.path, remedy: "rename the module")
        }
    }

    /// The first in memcmp order is what `@latest` names. As go chooses: a release before a pre-release before a pseudo-version;
    /// among those the greatest version, or the newest commit. `+incompatible` and other versions without go.mod come behind
    /// those with one. A version that retracts itself is last: it is there to be read, not to be used.
    private static func rank(of version: GoVersion, _ facts: GoFacts) -> [UInt8] {
        let retractsItself = facts.retractions.contains { $0.covers(version) }
        return SortKey.descending(
            SortKey.of { key in
                if let time = version.pseudoTime {
                    key.rank(retractsItself ? 0 : 1)
                    key.append(time)
                } else {
                    key.rank(retractsItself ? 0 : (version.isPrerelease ? 2 : 4) + (facts.hasModFile ? 1 : 0))
                }
                key.append(version.sortKey)
            })
    }

    /// Nothing for a record that this program did not write.
    package func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        guard let facts = try? GoFacts(record.facts) else { return [] }
        return [Fragment(Self.line, [UInt8](facts.version + "\n")), Fragment(Self.info, Self.information(facts))]
    }

    /// `@v/list` and `@latest`, as long as there is any version. A module that has pseudo-versions only has an empty list: go
    /// asks for `@latest` then.
    package func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        guard scope.partitions.contains(where: { $0.key.name == Self.latest && $0.count > 0 }) else { return [] }
        let list = PartitionKey(scope: scope.key, name: Self.list), latest = PartitionKey(scope: scope.key, name: Self.latest)
        return [
            DocumentPlan(path: "\(scope.key)/@v/list", body: [.run(Run(Self.line, of: [list]))]),
            DocumentPlan(path: "\(scope.key)/@latest", body: [.run(Run(Self.info, of: [latest], limit: 1))]),
        ]
    }
}
