internal import Formats

/// Packages that must not come into a repository of apk: members of gzip and tar that apk would read in another way or not at
/// all, and what no abuild writes into `.PKGINFO`.
enum AlpineHostile {
    static let all = containers + controls + data + information
    static let information = syntax + names + versions + fields + dependencies

    static var sound: AlpineBuilder { AlpineBuilder("demo", "1.0-r0") }
}

extension HostileSample {
    /// A package whose .PKGINFO has these lines more.
    static func apk(_ what: String, _ cause: Refusal.Cause, _ words: String, lines: String) -> HostileSample {
        HostileSample(what, cause, words) { AlpineHostile.sound.with(lines).bytes }
    }

    /// A package with this .PKGINFO.
    static func apk(_ what: String, _ cause: Refusal.Cause, _ words: String, info: [UInt8]) -> HostileSample {
        HostileSample(what, cause, words) { AlpineHostile.sound.changed { $0.info = info }.bytes }
    }

    /// A package with other files before those to install.
    static func apk(
        _ what: String, _ cause: Refusal.Cause, _ words: String, scripts: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { AlpineHostile.sound.changed { $0.scripts = scripts($0.scripts) }.bytes }
    }

    /// A package with other files to install.
    static func apk(
        _ what: String, _ cause: Refusal.Cause, _ words: String, files: @escaping @Sendable (TarBuilder) -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { AlpineHostile.sound.changed { $0.files = files($0.files) }.bytes }
    }

    /// A package with a control member of this tar.
    static func apk(
        _ what: String, _ cause: Refusal.Cause, _ words: String, control: @escaping @Sendable () -> TarBuilder
    ) -> HostileSample {
        HostileSample(what, cause, words) { control().ended(by: 0).bytes.gzip + AlpineHostile.sound.data }
    }

    static func apk(
        named name: String = "demo", version: String = "1.0-r0", on architecture: String = "x86_64", _ words: String,
        for cause: Refusal.Cause = .malformed
    ) -> HostileSample {
        let what = [name, version, architecture].map { "\($0.debugDescription.prefix(40))" }.joined(separator: " ")
        return HostileSample(what, cause, words) { AlpineBuilder(name, version, architecture).bytes }
    }
}
