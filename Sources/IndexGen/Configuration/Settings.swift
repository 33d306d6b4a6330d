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
    /// Patterns of the owners whose packages only readers with a password may fetch; A–Z and a–z are the same.
    var privateOwners: [String] = []
    /// The password file of these readers, as nginx's `auth_basic_user_file` wants it: absolute, or below the site's folder.
    var readersFile = "readers.htpasswd"
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
    /// SHA-256 of the settings file: documents are planned anew when it changes.
    var digest: [UInt8] = []

    /// Whether only readers with a password may fetch this owner's packages.
    func isPrivate(_ owner: String) -> Bool {
        privateOwners.contains { ASCII.matches(pattern: ASCII.lowered($0), ASCII.lowered(owner)) }
    }

    /// Whether other bytes may take the place of a package of this owner's without being told to; A–Z and a–z are the same.
    func isMutable(_ owner: String) -> Bool {
        mutable.contains { ASCII.matches(pattern: ASCII.lowered($0), ASCII.lowered(owner)) }
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
