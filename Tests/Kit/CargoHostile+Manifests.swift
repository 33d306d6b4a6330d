internal import Formats

extension CargoHostile {
    private static let package = "[package]\nname = \"web\"\nversion = \"1.0.0\"\n"

    static let syntax: [HostileSample] = [
        .toml("an empty Cargo.toml", .malformed, "no [package]", ""),
        .toml("a workspace alone", .malformed, "no [package]", "[workspace]\nmembers = []\n"),
        .toml("a package and a project", .ambiguous, "both [package] and [project]", package + "[project]\nname = \"web\"\n"),
        .toml("a package that is a text", .malformed, "a table is expected", "package = \"web\"\n"),
        .toml("packages in a list", .malformed, "a table is expected", "[[package]]\nname = \"web\"\n"),
        .toml("a name twice", .ambiguous, "twice", package + "name = \"other\"\n"),
        .toml("a table twice", .ambiguous, "", package + "[dependencies]\n[dependencies]\n"),
        .toml("a manifest without an end", .truncated, "ends where", "[package]\nname = \"we"),
        .toml("JSON for TOML", .malformed, "Cargo.toml has '{'", "{\"package\":{}}"),
        .toml("a NUL", .malformed, "", package + "x = \"\u{0}\"\n"),
        .toml("brackets without end", .limit, "deeper", package + "x = " + String(repeating: "[", count: 5_000)),
        .toml("dots without end", .limit, "deeper", package + "[" + String(repeating: "a.", count: 500) + "a]\n"),
        HostileSample("a manifest that is not UTF-8", .malformed, "not UTF-8") {
            TarBuilder().file("web-1.0.0/Cargo.toml", [UInt8](package) + [0xFF]).bytes.gzip
        },
        HostileSample("a manifest of UTF-16", .malformed, "") {
            TarBuilder().file("web-1.0.0/Cargo.toml", package.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] }).bytes.gzip
        },
    ]

    static let identities: [HostileSample] = [
        .toml("no name", .malformed, "has no name", "[package]\nversion = \"1.0.0\"\n"),
        .toml("no version", .malformed, "has no version", "[package]\nname = \"web\"\n"),
        .toml("a name that is a number", .malformed, "a text is expected", "[package]\nname = 1\nversion = \"1.0.0\"\n"),
        .toml(
            "a version of the workspace", .unsupported, "inherited from a workspace",
            "[package]\nname = \"web\"\nversion.workspace = true\n"),
        .toml("a version that is a number", .malformed, "a text is expected", "[package]\nname = \"web\"\nversion = 1.0\n"),
        .named("", "it is empty"), .named("1web", "begin with a letter"), .named("-web", "begin with a letter"),
        .named("_web", "begin with a letter"), .named("é", "begin with a letter"), .named("wéb", "outside of printable ASCII"),
        .named("we b", "outside of printable"), .named("we.b", "holds '.'"), .named("we/b", "holds '/'"),
        .named("../web", "begin with a letter"), .named("a/../b", "holds '/'"), .named("we<b>", "holds '<'"),
        .named("a%2e", "holds '%'"), .named("nul", "for a device"), .named("CON", "for a device"), .named("Com1", "for a device"),
        .named("lpt9", "for a device"), .named(String(repeating: "a", count: 65), "more than 64 bytes"),
        .versioned("-1.0.0", "does not begin with a number"), .versioned("1.0", "three numbers"),
        .versioned("v1.0.0", "three numbers"), .versioned("01.0.0", "three numbers"), .versioned("1.0.0.0", "4 numbers"),
        .versioned("", "it is empty"), .versioned("1.0.0-", "empty"), .versioned("1.0.0-01", "begins with a zero"),
        .versioned("1.0.0+", "empty"), .versioned("1.0.0/..", "no dash between"), .versioned("1.0.0-a_b", "holds '_'"),
        .versioned("18446744073709551616.0.0", "larger than"),
        .versioned("1.0.0-" + String(repeating: "a", count: 300), "more than 200 bytes"),
    ]

    static let fields: [HostileSample] = [
        .lines("links in a list", .malformed, "package.links", "links = [\"z\"]"),
        .lines("a rust-version with an operator", .malformed, "not a version of Rust", "rust-version = \">=1.70\""),
        .lines("a rust-version of a nightly", .malformed, "not a version of Rust", "rust-version = \"1.70-nightly\""),
        .lines("a rust-version of four numbers", .malformed, "not a version of Rust", "rust-version = \"1.2.3.4\""),
        .lines("an empty rust-version", .malformed, "not a version of Rust", "rust-version = \"\""),
        .lines("a rust-version with a zero", .malformed, "not a version of Rust", "rust-version = \"1.070\""),
        .lines("two spellings of rust-version", .ambiguous, "both", "rust-version = \"1.70\"\nrust_version = \"1.80\""),
        .lines("a description in a table", .malformed, "package.description", "description = {}"),
        .lines("a description of the workspace", .unsupported, "inherited", "description.workspace = true"),
        .lines("a description of 100 KB", .limit, "more than", "description = \"\(String(repeating: "d", count: 100_000))\""),
        .lines("keywords that are numbers", .malformed, "package.keywords", "keywords = [1]"),
        .lines("authors of the workspace", .unsupported, "inherited", "authors.workspace = true"),
        .lines("a licence that is a date", .malformed, "package.license", "license = 2020-01-01"),
        .lines("a readme that is a number", .malformed, "package.readme", "readme = 1"),
        .lines("publish a number", .malformed, "package.publish", "publish = 1"),
    ]

    private static func dependency(_ what: String, _ cause: Refusal.Cause, _ words: String, _ value: String) -> HostileSample {
        .lines(what, cause, words, "[dependencies]\n\(value)")
    }

    static let dependencies: [HostileSample] = [
        dependency("a dependency that is a number", .malformed, "version or a table", "a = 1"),
        dependency("a dependency in a list", .malformed, "version or a table", "a = []"),
        dependency("a dependency of the workspace", .unsupported, "inherited", "a.workspace = true"),
        dependency("a dependency by path alone", .unsupported, "has its path", "a = { path = \"../a\" }"),
        dependency("a dependency from git alone", .unsupported, "has its git", "a = { git = \"https://example.org/a\" }"),
        dependency("a requirement that is not one", .malformed, "cargo can read", "a = \"latest\""),
        dependency("an empty requirement", .malformed, "it is empty", "a = \"\""),
        dependency("a requirement with a zero", .malformed, "begins with a zero", "a = \"01.2\""),
        dependency("a requirement with an escape sequence", .malformed, "cargo can read", "a = \"1\\u001b[2J\""),
        dependency(
            "a requirement of 40 parts", .malformed, "more than 32",
            "a = \"\(Array(repeating: "1", count: 40).joined(separator: ","))\""),
        dependency("a requirement of 5 KB", .malformed, "more than 4096", "a = \"\(String(repeating: " ", count: 5_000))1\""),
        dependency("a version that is not a text", .malformed, "dependencies.a.version", "a = { version = 1 }"),
        dependency("a dependency's name that leads out", .malformed, "not one that cargo takes", "\"../a\" = \"1\""),
        dependency("a dependency's name with a slash", .malformed, "not one that cargo takes", "\"a/b\" = \"1\""),
        dependency("an empty dependency's name", .malformed, "not one that cargo takes", "\"\" = \"1\""),
        dependency("a dependency's name with a digit first", .malformed, "not one that cargo takes", "1a = \"1\""),
        dependency("a real name that leads out", .malformed, "a.package", "a = { version = \"1\", package = \"../b\" }"),
        dependency("optional in words", .malformed, "a.optional", "a = { version = \"1\", optional = \"yes\" }"),
        dependency(
            "two spellings of default-features", .ambiguous, "both", "a = { default-features = true, default_features = false }"),
        dependency("features in a text", .malformed, "a.features", "a = { version = \"1\", features = \"x\" }"),
        dependency("features that are numbers", .malformed, "a.features", "a = { version = \"1\", features = [1] }"),
        dependency(
            "a feature that is none", .malformed, "not the name of a feature", "a = { version = \"1\", features = [\"x/y\"] }"),
        dependency("a registry by name", .unsupported, "means nothing to others", "a = { version = \"1\", registry = \"mine\" }"),
        dependency(
            "a registry that is not a URL", .malformed, "not a URL", "a = { version = \"1\", registry-index = \"nowhere\" }"),
        dependency(
            "a registry with a blank", .malformed, "not a URL", "a = { version = \"1\", registry-index = \"https://a b/\" }"),
        dependency(
            "a registry with an escape sequence", .malformed, "not a URL",
            "a = { version = \"1\", registry-index = \"https://\\u001b/\" }"),
        dependency(
            "a registry of 3 KB", .malformed, "not a URL",
            "a = { version = \"1\", registry-index = \"https://\(String(repeating: "a", count: 3_000))\" }"),
        dependency("a program as a dependency", .unsupported, "programs", "a = { version = \"1\", artifact = \"bin\" }"),
        .lines(
            "an optional one for tests", .malformed, "cannot be optional",
            "[dev-dependencies]\na = { version = \"1\", optional = true }"),
        .lines("dependencies in a list", .malformed, "a table is expected", "[[dependencies]]\na = \"1\""),
        .lines(
            "two spellings of dev-dependencies", .ambiguous, "both 'dev-dependencies'",
            "[dev-dependencies]\na = \"1\"\n[dev_dependencies]\nb = \"1\""),
        .lines("a target that is not one", .malformed, "target", "[target.\"a b\".dependencies]\na = \"1\""),
        .lines("an open condition", .malformed, "')'", "[target.\"cfg(all(unix)\".dependencies]\na = \"1\""),
        .lines("an empty condition", .malformed, "a word is missing", "[target.\"cfg()\".dependencies]\na = \"1\""),
        .lines(
            "a condition of many brackets", .malformed, "nested deeper",
            "[target.\"cfg(\(String(repeating: "not(", count: 200))a\(String(repeating: ")", count: 200)))\".dependencies]\na = \"1\""
        ),
        .lines("a target that is a text", .malformed, "a table is expected", "[target]\nx = \"1\""),
    ]

    private static func feature(_ what: String, _ cause: Refusal.Cause, _ words: String, _ lines: String) -> HostileSample {
        .lines(what, cause, words, "[dependencies]\no = { version = \"1\", optional = true }\nr = \"1\"\n[features]\n\(lines)")
    }

    static let features: [HostileSample] = [
        feature("a feature that is a text", .malformed, "a list of texts", "x = \"y\""),
        feature("a feature with a number", .malformed, "a list of texts", "x = [1]"),
        feature("a feature's name with a slash", .malformed, "cargo takes for a feature", "\"x/y\" = []"),
        feature("a feature's name with dep:", .malformed, "cargo takes for a feature", "\"dep:x\" = []"),
        feature("an empty feature's name", .malformed, "cargo takes for a feature", "\"\" = []"),
        feature("a feature's name with an escape sequence", .malformed, "cargo takes for a feature", "\"\\u001b[2J\" = []"),
        feature("a feature that is not there", .malformed, "neither a feature nor a dependency", "x = [\"y\"]"),
        feature("a dependency that is not optional", .malformed, "a dependency that is not optional", "x = [\"r\"]"),
        feature("an optional one that is hidden", .malformed, "not a feature", "x = [\"dep:o\"]\ny = [\"o\"]"),
        feature("dep: of what is not there", .malformed, "no such dependency", "x = [\"dep:y\"]"),
        feature("dep: of what is not optional", .malformed, "not optional", "x = [\"dep:r\"]"),
        feature("a feature of what is not there", .malformed, "no such dependency", "x = [\"y/z\"]"),
        feature("a weak feature of what is not optional", .malformed, "not optional", "x = [\"r?/z\"]"),
        feature("two slashes", .malformed, "two slashes", "x = [\"o/z/w\"]"),
        feature("dep: and a slash", .malformed, "both dep: and a slash", "x = [\"dep:o/z\"]"),
        feature("a slash at the end", .malformed, "end in the name of a feature", "x = [\"o/\"]"),
        feature("a feature that hides a dependency", .ambiguous, "no feature includes", "o = []"),
        .lines("features in a list", .malformed, "a table is expected", "features = []\n[[features]]"),
        HostileSample("a line of more than a megabyte", .limit, "line in the index") {
            let values = (0..<60_000).map { "\"r/f\($0)0123456789\"" }.joined(separator: ",")
            return CrateBuilder("web", "1.0.0").with("[dependencies]\nr = \"1\"\n[features]\nx = [\(values)]").bytes
        },
    ]
}
