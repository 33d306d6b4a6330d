internal import Formats
internal import FoundationEssentials

/// A site on disk: where its parts lie, and its settings.
struct Site: Sendable {
    let root: String
    let settings: Settings
    let ecosystems: Ecosystems
    let clock: Clock
    let environment: [String: String]

    let settingsFile: String
    let state: String
    /// Held open: what is written below is named from here.
    let stateFolder: Folder
    let catalogFile: String
    let publicRoot: String
    let staging: StagingFolder
    let blobs: BlobStore
    let keyring: String
    let plainKeys: PlainKeys

    struct NotASite: Error, CustomStringConvertible {
        /// Where it was looked for, as a full path.
        var path: String
        /// A folder above it that is one.
        var above: String?

        var description: String {
            let remedy = above.map { "its folder \($0) is one: --site \($0)" } ?? "make a new one with: indexgen init \(path)"
            return """
                \(path) is not a site: it has no indexgen.yaml; name the site's folder by --site DIR or the variable INDEXGEN_SITE, or \
                \(remedy)
                """
        }
    }

    /// Opens an existing site.
    init(
        at path: String, ecosystems: Ecosystems = .standard, environment: [String: String] = ProcessInfo.processInfo.environment,
        clock: Clock? = nil
    ) throws {
        root = URL(fileURLWithPath: path).standardizedFileURL.path
        settingsFile = Files.join(root, "indexgen.yaml")
        state = Files.join(root, "state")
        catalogFile = Files.join(state, "catalog.sqlite")
        publicRoot = Files.join(root, "public")
        keyring = Files.join(state, "keyring")
        self.ecosystems = ecosystems
        self.environment = environment
        self.clock = clock ?? .system(environment: environment)
        guard try FileStatus.followed(settingsFile) != nil else { throw NotASite(path: root, above: Self.siteAbove(root)) }
        settings = try SettingsFile.read(Files.read(settingsFile), named: settingsFile, for: ecosystems)
        try Files.makeFolder(state, mode: 0o700)
        stateFolder = try Folder(state)
        staging = try StagingFolder(in: stateFolder)
        blobs = try BlobStore(in: stateFolder)
        plainKeys = PlainKeys(in: stateFolder, keyring: keyring)
    }

    private static func siteAbove(_ path: String) -> String? {
        var folder = Files.folder(of: path)
        while folder.utf8.count > 1 {
            if (try? FileStatus.followed(Files.join(folder, "indexgen.yaml"))) ?? nil != nil { return folder }
            folder = Files.folder(of: folder)
        }
        return nil
    }

    /// The password file of the readers of what is private, which may be missing; nil where readers have tokens.
    var readersFile: String? {
        guard case .passwords(let file) = settings.readers else { return nil }
        return file.hasPrefix("/") ? file : Files.join(root, file)
    }

    struct NoCatalog: Error, CustomStringConvertible {
        var path: String
        var description: String {
            "\(path) is missing or empty, though there are packages; restore it from a backup, or move state/blobs away to begin anew"
        }
    }

    func openCatalog() throws -> Catalog {
        // A new catalog beside old packages would publish indexes that know none of them.
        if try stateFolder.status("catalog.sqlite")?.size ?? 0 == 0, try !blobs.isEmpty { throw NoCatalog(path: catalogFile) }
        return try Meter.measure(.catalog) {
            try Catalog(
                file: catalogFile, clock: clock, measuring: ecosystems.all.flatMap(\.profile.measuredSlots),
                removingAtOnce: Set(ecosystems.all.filter(\.profile.removesAtOnce).map(\.profile.id)))
        }
    }

    /// The signer of this site: nil when it is unsigned.
    func openKeyring(_ catalog: Catalog? = nil) throws -> Keyring? {
        try Keyring.open(folder: keyring, keys: settings.signingKeys, environment: environment, catalog: catalog, at: clock.now())
    }

    /// The same to look at signatures with, whatever became of its keys.
    func openVerifyingKeyring(_ catalog: Catalog) throws -> Keyring? {
        try Keyring.open(folder: keyring, keys: settings.signingKeys, environment: environment, catalog: catalog)
    }

    /// Whether a public file is there with these bytes. Those of a symbolic link are its target.
    ///
    /// - Parameter path: below `public/`.
    func publishes(_ path: String, sha256: [UInt8], size: Int) throws -> Bool {
        let file = Files.join(publicRoot, path)
        guard let status = try FileStatus.of(file), status.size == size, status.isReadableByAll else { return false }
        if status.kind == .link { return Files.target(ofLink: file).map { SHA256Digest.of(linkTo: $0) } == sha256 }
        guard status.kind == .file else { return false }
        // What cannot be read any more is as good as gone.
        return (try? SHA256Digest.of(file: file))?.digest == sha256
    }

    /// The site's keys for what an ecosystem's clients verify besides OpenPGP, the one that signs first; none where there is nothing of
    /// that kind.
    func plainKeys(of type: String) throws -> [PlainKey] {
        try ecosystems[type]?.profile.key.map(plainKeys.keys) ?? []
    }

    /// The one that signs.
    func plainKey(of type: String) throws -> PlainKey? { try plainKeys(of: type).first }

    /// The ecosystem's view of a repository.
    func repository(owner: String, type: String, publicKey: [UInt8]?) throws -> Repository {
        Repository(
            owner: owner, type: type, baseURL: settings.baseURL, options: settings.options[type] ?? Options(),
            publicKey: publicKey, siteKeys: try plainKeys(of: type).map(\.publicKey), hasPages: settings.hasPages)
    }
}
