internal import Formats

/// Files that must not come into a repository of pacman: archives that are not what makepkg makes, what it would not write into
/// `.PKGINFO`, and signatures that pacman could not read.
enum ArchHostile {
    static let all = archives + information + signatures
    static let archives = containers + members
    static let information = syntax + identities + fields + relations
}

extension HostileSample {
    /// A package whose .PKGINFO has these lines more.
    static func arch(_ what: String, _ cause: Refusal.Cause, _ words: String, lines: String) -> HostileSample {
        HostileSample(what, cause, words) { ArchBuilder("demo", "1.0-1").with(lines).bytes }
    }

    /// A package with this .PKGINFO.
    static func arch(_ what: String, _ cause: Refusal.Cause, _ words: String, info: [UInt8]) -> HostileSample {
        HostileSample(what, cause, words) { ArchBuilder("demo", "1.0-1").info(info).bytes }
    }

    /// A package with other members.
    static func arch(
        _ what: String, _ cause: Refusal.Cause, _ words: String, tar: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { tar(ArchBuilder("demo", "1.0-1").tar).bytes.zstd }
    }

    /// A package with this name.
    static func arch(named name: String, _ words: String, for cause: Refusal.Cause = .malformed) -> HostileSample {
        HostileSample("the name \(name.debugDescription.prefix(60))", cause, words) { ArchBuilder(name, "1.0-1").bytes }
    }

    static func arch(version: String, _ words: String) -> HostileSample {
        HostileSample("the version \(version.debugDescription.prefix(60))", .malformed, words) {
            ArchBuilder("demo", version).bytes
        }
    }

    static func arch(on architecture: String, _ words: String) -> HostileSample {
        HostileSample("the architecture \(architecture.debugDescription)", .malformed, words) {
            ArchBuilder("demo", "1.0-1", architecture).bytes
        }
    }

    /// A signature.
    static func arch(
        _ what: String, _ cause: Refusal.Cause, _ words: String, signing filename: String = "demo-1.0-1-any.pkg.tar.zst.sig",
        _ make: @escaping @Sendable () -> [UInt8] = { ArchBuilder.signature() }
    ) -> HostileSample {
        HostileSample(what, cause, words, as: filename, make)
    }
}
