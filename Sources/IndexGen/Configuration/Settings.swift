internal import Formats

/// What `indexgen.yaml` says, with defaults for all that it leaves out.
struct Settings: Sendable {
    /// Where the public tree will be reachable; no slash at its end.
    var baseURL = "http://localhost"
    /// Owner of what is added without `--owner`.
    var owner = "packages"
    /// Defaults for coordinates that the command line leaves out.
    var coordinates: [String: String] = [:]
    /// Fingerprints to sign with; empty: every secret key of the keyring.
    var signingKeys: [String] = []
    /// How long superseded documents and removed files stay public, in seconds.
    var retention: Int64 = 24 * 3600
    /// About how many bytes of a document are compressed as one segment; nil: what suits the compression.
    var segmentBytes: Int?
    var budget = Budget()
    /// Largest package file, in bytes.
    var fileBytes = 8 << 30
    /// How long reading one package file may take, in seconds.
    var seconds = 60
    var server = ServerSettings()
    /// By ecosystem identifier.
    var options: [String: Options] = [:]
    /// What is told of publications, in the order of the file.
    var hooks: [Hook] = []
    /// Files of the owner's own that are published beside what is generated, in the order of the file.
    var files: [ExtraFile] = []
    /// SHA-256 of the settings file: documents are planned anew when it changes.
    var digest: [UInt8] = []

    /// The components of the path in `base_url`: none for a host alone.
    var basePath: [String] {
        let parts = baseURL.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return parts.count > 3 ? Array(parts[3...]) : []
    }

    /// What a file may be placed by, in the words of its ecosystem: given values first, then the settings', then the ecosystem's own.
    func coordinates(for profile: EcosystemProfile, given: Coordinates) -> Coordinates {
        var result = Coordinates()
        for coordinate in profile.coordinates {
            result[coordinate.name] = given[coordinate.name] ?? coordinates[coordinate.name] ?? coordinate.standard
        }
        return result
    }
}

/// Names of owners: a path component and a word on the command line.
enum OwnerName {
    struct Invalid: Error, CustomStringConvertible {
        var name: String
        var description: String {
            "'\(name)' cannot be an owner: use 1 to 64 letters, digits, '.', '_' or '-', starting with a letter or digit"
        }
    }

    static func check(_ name: String) throws {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 64, ASCII.isAlphanumeric(first),
            bytes.allSatisfy({ ASCII.isAlphanumeric($0) || ".-_".utf8.contains($0) }), ASCII.lowered(name) != "api"
        else { throw Invalid(name: name) }
    }
}
