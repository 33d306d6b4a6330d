/// The documents of a sparse registry: a file of lines for each crate, and `config.json`. The Cargo Book, "Registry Index"; checked with
/// cargo 1.95.
enum CargoIndex {
    /// Bytes of one release's line, which everybody loads who depends on the crate.
    static let lineLimit = 1 << 20

    static let cratesFolder = "api/v1/crates"

    /// crates.io as indexes of other registries have to spell it.
    static let cratesIO = "https://github.com/rust-lang/crates.io-index"

    /// Other spellings of crates.io that cargo writes into a manifest.
    private static let cratesIOSpellings: Set = [cratesIO, "sparse+https://index.crates.io", "registry+" + cratesIO]

    /// - Parameters:
    ///   - sha256: of the `.crate` file, 32 bytes.
    static func line(
        _ release: CargoRelease, sha256: [UInt8], isYanked: Bool, in repository: Repository
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("name", release.name)
        json.member("vers", release.version)
        json.key("deps")
        json.beginArray()
        for dependency in release.dependencies { append(dependency, in: repository, to: &json) }
        json.endArray()
        json.member("cksum", Hex.string(sha256))
        append("features", release.features.filter { !$0.isModern }, to: &json)
        let modern = release.features.filter(\.isModern)
        if !modern.isEmpty { append("features2", modern, to: &json) }
        json.member("yanked", isYanked)
        append("links", release.links, to: &json)
        if !modern.isEmpty { json.member("v", 2) }
        if let rustVersion = release.rustVersion { json.member("rust_version", rustVersion) }
        json.endObject()
        return json.bytes + [10]
    }

    private static func append(_ dependency: CargoDependency, in repository: Repository, to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", dependency.name)
        json.member("req", dependency.requirement)
        append("features", dependency.features, to: &json)
        json.member("optional", dependency.isOptional)
        json.member("default_features", dependency.usesDefaultFeatures)
        append("target", dependency.target, to: &json)
        json.member("kind", dependency.kind.word)
        append("registry", registry(of: dependency, in: repository), to: &json)
        append("package", dependency.package, to: &json)
        json.endObject()
    }

    /// What an index says of a dependency's registry: nothing for its own one, and crates.io by its old address, although a manifest
    /// says nothing for that one.
    private static func registry(of dependency: CargoDependency, in repository: Repository) -> String? {
        guard let address = dependency.registryIndex else { return cratesIO }
        let trimmed = String(decoding: address.utf8.reversed().drop { $0 == UInt8(ascii: "/") }.reversed(), as: UTF8.self)
        if cratesIOSpellings.contains(trimmed) { return cratesIO }
        return ownAddresses(of: repository).contains(trimmed) ? nil : address
    }

    /// As a manifest names this repository, the slash at the end aside: cargos may be set up with Gitea's address, which answers, too.
    private static func ownAddresses(of repository: Repository) -> [String] {
        ["", "/api/packages"].map { "sparse+\(repository.baseURL)\($0)/\(repository.owner)/\(Cargo.segment)" }
    }

    private static func append(_ name: String, _ text: String?, to json: inout JSONWriter) {
        json.key(name)
        if let text { json.value(text) } else { json.null() }
    }

    private static func append(_ name: String, _ texts: [String], to json: inout JSONWriter) {
        json.key(name)
        json.beginArray()
        for text in texts { json.value(text) }
        json.endArray()
    }

    private static func append(_ name: String, _ features: [CargoFeature], to json: inout JSONWriter) {
        json.key(name)
        json.beginObject()
        for feature in features { append(feature.name, feature.values, to: &json) }
        json.endObject()
    }

    /// Nothing when the crate has no releases left: its file goes, and cargo says that there is no such crate.
    static func crate(_ scope: Scope) -> [DocumentPlan] {
        let partitions = scope.partitions.filter { $0.count > 0 }.map(\.key)
        guard !partitions.isEmpty else { return [] }
        return [
            DocumentPlan(
                path: scope.key, body: [.run(Run(Cargo.line, of: partitions))], encodings: [.plain, .gzip(level: 9)])
        ]
    }

    /// Where crates are and where requests go. By their digest, so that a crate is found also when it has replaced another one.
    static func configuration(of repository: Repository) -> DocumentPlan {
        let root = "\(repository.baseURL)/\(repository.owner)/\(Cargo.segment)"
        var json = JSONWriter()
        json.beginObject()
        json.member("dl", "\(root)/\(cratesFolder)/{crate}/{version}/{sha256-checksum}/download")
        json.member("api", root)
        if repository.options.flag(Cargo.authRequired, for: "") ?? false { json.member("auth-required", true) }
        json.endObject()
        return DocumentPlan(path: "config.json", body: [.literal(json.bytes + [10])])
    }
}
