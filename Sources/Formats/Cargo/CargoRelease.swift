/// What the index says of a release, but for what depends on the file's bytes and on the repository.
struct CargoRelease: Equatable, Sendable {
    var name: String
    /// As it is written, build metadata included.
    var version: String
    var dependencies: [CargoDependency] = []
    /// In the order of the manifest.
    var features: [CargoFeature] = []
    /// The native library that only one crate of a build may link.
    var links: String?
    var rustVersion: String?
}

struct CargoFeature: Equatable, Sendable {
    var name: String
    var values: [String]

    /// Whether cargos before 1.60, which know neither `dep:` nor `?/`, must not see it.
    var isModern: Bool {
        values.contains { value in
            value.utf8.starts(with: "dep:".utf8) || value.utf8.indices.contains { value.utf8[$0...].starts(with: "?/".utf8) }
        }
    }
}

struct CargoDependency: Equatable, Sendable {
    enum Kind: UInt8, CaseIterable, Sendable {
        case normal = 0
        case development = 1
        case build = 2

        /// As the index and cargo's requests spell it.
        var word: String {
            switch self {
            case .normal: "normal"
            case .development: "dev"
            case .build: "build"
            }
        }
    }

    /// As the manifest calls it.
    var name: String
    /// The crate's own name, where the manifest calls it otherwise.
    var package: String?
    /// In cargo's own spelling (`CargoRequirement.canonical`).
    var requirement: String
    var features: [String] = []
    var isOptional = false
    var usesDefaultFeatures = true
    /// In cargo's own spelling (`CargoPlatform.canonical`); nil: for all.
    var target: String?
    var kind = Kind.normal
    /// The address of the index that it comes from, as the manifest has it; nil: crates.io.
    var registryIndex: String?
}
