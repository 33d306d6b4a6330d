internal import Formats

/// What `indexgen.yaml` says, with defaults for all that it leaves out.
struct Settings: Sendable {
    /// Where the public tree will be reachable; no slash at its end.
    var baseURL = "http://localhost"
    /// Whether the settings say so; otherwise nobody has thought about it.
    var isBaseURLSet = false
    /// Owner of what is added without `--owner`.
    var owner = "packages"
    /// Defaults for coordinates that the command line leaves out.
    var coordinates: [String: String] = [:]
    /// `owner` and the coordinates whose defaults the settings name.
    var namedDefaults: Set<String> = []
    /// Patterns of what only its readers may fetch: owners, or repositories as `OWNER/TYPE`; A–Z and a–z are the same.
    var privatePatterns: [String] = []
    var readers = Readers.passwords("readers.htpasswd")

    /// Whether packages have pages for people, and search finds them.
    var hasPages = true

    /// Who may fetch what is private.
    enum Readers: Equatable, Sendable {
        /// Those in a password file, as nginx's `auth_basic_user_file` wants it: absolute, or below the site's folder.
        case passwords(String)
        /// Holders of tokens that may read there.
        case tokens
    }

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
    /// Patterns of owners whose packages may be replaced by other bytes.
    var mutable: [String] = []
    var server = ServerSettings()
    /// How much owners may have; every one that matches an owner holds.
    var quotas: [Quota] = []
    /// By ecosystem identifier.
    var options: [String: Options] = [:]
    /// What is told of publications, in the order of the file.
    var hooks: [Hook] = []
    /// Files of the owner's own that are published beside what is generated, in the order of the file.
    var files: [ExtraFile] = []
    /// SHA-256 of the settings file: documents are planned anew when it changes.
    var digest: [UInt8] = []

    /// Whether only its readers may fetch what is in a repository, or what an owner has.
    ///
    /// - Parameters:
    ///   - type: nil: the owner as a whole.
    ///   - path: of a file or a package, below `OWNER/TYPE/`; nil: the repository as a whole.
    func isPrivate(_ owner: String, type: String?, path: String? = nil) -> Bool {
        let folders = path.map { ASCII.lowered($0).split(separator: "/").map(String.init) } ?? []
        return privatePatterns.contains { pattern in
            let parts = ASCII.lowered(pattern).split(separator: "/").map(String.init)
            guard ASCII.matches(pattern: parts[0], ASCII.lowered(owner)) else { return false }
            guard parts.count > 1 else { return true }
            guard let type, ASCII.matches(pattern: parts[1], type), folders.count >= parts.count - 2 else { return false }
            return zip(parts.dropFirst(2), folders).allSatisfy { ASCII.matches(pattern: $0, $1) }
        }
    }

    /// Whether other bytes may take the place of a package of this owner's without being told to; A–Z and a–z are the same.
    func isMutable(_ owner: String) -> Bool {
        mutable.contains { ASCII.matches(pattern: ASCII.lowered($0), ASCII.lowered(owner)) }
    }

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
