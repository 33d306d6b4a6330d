/// A crate's `Cargo.toml`, as cargo wrote it into the crate: what the index says of it, and what people are shown.
struct CargoManifest {
    var release: CargoRelease
    var description = ""
    /// `[package]`, checked.
    let package: CargoTable
    var warnings: [Warning] = []

    static let subject = "Cargo.toml"

    /// Bytes of a description, a link's name and the like.
    private static let longestText = 64 << 10

    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        let root = try CargoTable(TOMLReader.read(bytes, of: Self.subject, within: budget), at: "")
        package = try Self.package(of: root)
        guard let name = try package.text("name") else { throw package.refusal(.malformed, "the crate has no name", "name") }
        if let fault = CargoName.fault(in: name) {
            throw package.refusal(
                .malformed, "the name '\(Self.shown(name))' is not one that crates.io would take: \(fault)", "name",
                remedy: "rename the crate and package it again")
        }
        guard let version = try package.text("version") else {
            throw package.refusal(.malformed, "the crate has no version", "version")
        }
        guard CargoVersion.parse(version) != nil else {
            let (what, remedy) = CargoVersion.explain(version)
            throw package.refusal(
                .malformed, "the version '\(Self.shown(version))' is not one by Semantic Versioning 2.0: \(what)", "version",
                remedy: remedy)
        }
        release = CargoRelease(name: name, version: version)
        release.links = try package.text("links")
        release.rustVersion = try package.text("rust-version")
        if let text = release.rustVersion, !CargoVersion.isRustVersion(text) {
            throw package.refusal(
                .malformed, "'\(Self.shown(text))' is not a version of Rust", "rust-version", remedy: "write it as 1.70 or 1.70.1"
            )
        }
        description = try package.text("description") ?? ""
        try Self.checkTexts(of: package)
        release.dependencies = try CargoDependencies.all(in: root)
        release.features = try Self.features(of: root)
        try CargoFeatures.check(release)
        if try package.value("publish") == .bool(false) {
            warnings.append(
                Warning(
                    "its author does not want it published (publish = false)", at: "Cargo.toml, package.publish",
                    remedy: "remove it if it is here by mistake"))
        }
    }

    /// `[package]`, which was called `[project]` before 2015.
    private static func package(of root: CargoTable) throws(Refusal) -> CargoTable {
        let former = try root.table("project")
        guard let package = try root.table("package") else {
            if let former { return former }
            throw CargoTable.refusal(.malformed, "there is no [package]: a workspace alone is not a crate", at: "package")
        }
        guard former == nil else { throw root.refusal(.ambiguous, "both [package] and [project] are there", "project") }
        return package
    }

    /// Of the types that cargo wants; it could not read the manifest otherwise.
    private static func checkTexts(of package: CargoTable) throws(Refusal) {
        for key in ["description", "homepage", "documentation", "repository", "license", "license-file", "links", "edition"] {
            guard let text = try package.text(key) else { continue }
            guard text.utf8.count <= longestText else {
                throw package.refusal(.limit, "the text has more than \(longestText) bytes", key, remedy: "shorten it")
            }
        }
        for key in ["authors", "keywords", "categories"] { _ = try package.texts(key) }
        // A file's name, or whether there is one at all.
        if let readme = try package.value("readme"), readme.bool == nil { _ = try package.text("readme") }
        if let publish = try package.value("publish"), publish.bool == nil { _ = try package.texts("publish") }
    }

    private static func features(of root: CargoTable) throws(Refusal) -> [CargoFeature] {
        guard let table = try root.table("features") else { return [] }
        var features: [CargoFeature] = []
        for member in table.members {
            let values = try CargoTable.texts(member.value, at: table.place(of: shown(member.name)))
            features.append(CargoFeature(name: member.name, values: values))
        }
        return features
    }

    /// A stranger's word, cut short.
    static func shown(_ text: String) -> String { String(text.unicodeScalars.prefix(80).map(Character.init)) }
}
