internal import Formats

/// Crates that must not come in: archives that are not what cargo packages, and manifests that it would not have written.
enum CargoHostile {
    static let all = archives + manifests
    static let archives = containers + archiveNames + members + doubles
    static let manifests = syntax + identities + fields + dependencies + features
}

extension HostileSample {
    /// One whose Cargo.toml has these lines more.
    static func lines(_ what: String, _ cause: Refusal.Cause, _ words: String, _ lines: String) -> HostileSample {
        HostileSample(what, cause, words) { CrateBuilder("web", "1.0.0").with(lines).bytes }
    }

    /// One with this Cargo.toml.
    static func toml(_ what: String, _ cause: Refusal.Cause, _ words: String, _ text: String) -> HostileSample {
        HostileSample(what, cause, words) { CrateBuilder("web", "1.0.0").manifest(text).bytes }
    }

    /// One with this name.
    static func named(_ name: String, _ words: String) -> HostileSample {
        HostileSample("the name \(name.debugDescription.prefix(60))", .malformed, words) {
            var crate = CrateBuilder(name, "1.0.0")
            crate.folder = "x-1"
            return crate.bytes
        }
    }

    /// One with this version.
    static func versioned(_ version: String, _ words: String) -> HostileSample {
        HostileSample("the version \(version.debugDescription.prefix(60))", .malformed, words) {
            var crate = CrateBuilder("web", version)
            crate.folder = "x-1"
            return crate.bytes
        }
    }

    /// One with these members besides Cargo.toml.
    static func tar(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { change(CrateBuilder("web", "1.0.0").tar).bytes.gzip }
    }
}
