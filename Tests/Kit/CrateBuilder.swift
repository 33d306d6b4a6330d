/// Builds a crate, right in all that a test does not say otherwise: `CrateBuilder("web", "1.0.0").with("[features]\na = []").bytes`.
struct CrateBuilder {
    var name: String
    var version: String
    /// Below the lines that every manifest has.
    var lines = ""
    var files: [(String, String)] = []
    /// All of Cargo.toml, instead.
    var manifest: String?
    var folder: String?

    init(_ name: String, _ version: String) {
        self.name = name
        self.version = version
    }

    func with(_ lines: String) -> CrateBuilder {
        var copy = self
        copy.lines += lines + "\n"
        return copy
    }

    func manifest(_ text: String) -> CrateBuilder {
        var copy = self
        copy.manifest = text
        return copy
    }

    func file(_ path: String, _ content: String) -> CrateBuilder {
        var copy = self
        copy.files.append((path, content))
        return copy
    }

    var toml: String {
        manifest ?? "[package]\nname = \"\(name)\"\nversion = \"\(version)\"\nedition = \"2021\"\n\(lines)"
    }

    var top: String { folder ?? "\(name)-\(version)" }

    var tar: TarBuilder {
        files.reduce(TarBuilder().file("\(top)/Cargo.toml", toml).file("\(top)/src/lib.rs", "")) {
            $0.file("\(top)/\($1.0)", $1.1)
        }
    }

    var bytes: [UInt8] { tar.bytes.gzip }

    var filename: String { "\(name)-\(version).crate" }
}
