internal import Formats

/// Files that must not come in: tarballs that are not what npm packs, manifests that clients would stumble over, attestations of nothing.
enum NPMHostile {
    static let all = archives + manifests + attestations
    static let archives = containers + archiveNames + members + links + doubles
    static let manifests = syntax + identities + fields
    static let attestations = bundles + statements
}

extension HostileSample {
    /// One whose package.json has these members more.
    static func npm(members: String, _ what: String, _ words: String, _ cause: Refusal.Cause = .malformed) -> HostileSample {
        HostileSample(what, cause, words) { NPMBuilder("web", "1.0.0").with(members).bytes }
    }

    /// One with this package.json.
    static func npm(json: String, _ what: String, _ cause: Refusal.Cause, _ words: String) -> HostileSample {
        HostileSample(what, cause, words) { NPMBuilder("web", "1.0.0").manifest(json).bytes }
    }

    /// One with this name.
    static func npm(name: String, _ words: String) -> HostileSample {
        HostileSample("the name \(name.debugDescription.prefix(60))", .malformed, words) { NPMBuilder(name, "1.0.0").bytes }
    }

    /// One with this version.
    static func npm(version: String, _ words: String) -> HostileSample {
        HostileSample("the version \(version.debugDescription.prefix(60))", .malformed, words) {
            NPMBuilder("web", version).bytes
        }
    }

    /// One with these members of the archive besides package.json.
    static func npm(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { change(NPMBuilder("web", "1.0.0").tar).bytes.gzip }
    }

    /// An attestation.
    static func bundle(
        _ what: String, _ cause: Refusal.Cause, _ words: String, _ change: @escaping @Sendable (inout BundleBuilder) -> Void
    ) -> HostileSample {
        HostileSample(what, cause, words, as: "web-1.0.0.sigstore") {
            BundleBuilder("web", "1.0.0", sha512: String(repeating: "ab", count: 64)).with(change).bytes
        }
    }
}
