internal import ArgumentParser
internal import Formats
internal import Foundation

struct InitCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a site: settings, state, a signing key, an empty public tree.",
        discussion: "indexgen init /srv/packages --base-url https://packages.example.org")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: "The folder; made if it is missing.")
    var dir: String?

    @Flag(help: "Make no signing key. Clients must then be told to trust the site unsigned.")
    var unsigned = false

    @Option(help: ArgumentHelp("Where clients will reach the site.", valueName: "url"))
    var baseURL: String?

    @Option(help: ArgumentHelp("The signing key's user ID.", valueName: "text"))
    var keyName = "indexgen package signing"

    func run() throws {
        let folder = URL(fileURLWithPath: dir ?? siteFolder).standardizedFileURL.path
        let settingsFile = Files.join(folder, "indexgen.yaml")
        guard try FileStatus.of(settingsFile) == nil else {
            throw UsageError(
                description: """
                    \(folder) is a site already; to have its settings written anew, move \(settingsFile) away and run this again: \
                    packages, catalog and signing key stay as they are
                    """)
        }
        let baseURL = try self.baseURL ?? ask(settingsFile)
        let settings = try text(baseURL, settingsFile)
        // A folder that was made for a service belongs to its user, and so shall what is in it.
        try Privileges.become(ownerOf: folder)
        try Files.makeFolder(Files.join(folder, "public"))
        try Files.makeFolder(Files.join(folder, "state"), mode: 0o700)
        let environment = ProcessInfo.processInfo.environment
        let keyringFolder = Files.join(folder, "state/keyring")
        if !unsigned, try FileStatus.of(keyringFolder) == nil {
            console.note("making a signing key (RSA 3072)…")
            try Keyring.create(folder: keyringFolder, userID: keyName, environment: environment)
        }
        // Last: a folder is a site once it has its settings.
        try Files.replace(settingsFile, with: [UInt8](settings))
        // Its name, the folder's in the one above, and whatever else was made on the way there, by this run or by one that was killed.
        try Folder(folder).syncFileSystem()
        let site = try Site(at: folder)
        let catalog = try site.openCatalog()
        _ = try Generator(site: site, catalog: catalog).run()
        try catalog.close()
        console.result("\(folder)")
        console.result { json in
            json.member("site", folder)
            json.member("signed", !unsigned)
            json.member("base_url", site.settings.baseURL)
        }
        if baseURL == nil { warnOfLocalhost(site) }
    }

    /// The settings, which have been read back: what could not be must not be written.
    private func text(_ baseURL: String?, _ settingsFile: String) throws -> String {
        let text = SettingsTemplate.text(baseURL: baseURL)
        _ = try SettingsFile.read([UInt8](text), named: settingsFile, for: .standard)
        return text
    }

    /// What somebody at the terminal says; nil when nobody is there or knows it yet.
    private func ask(_ settingsFile: String) throws -> String? {
        guard Console.canAsk, !console.json else { return nil }
        while true {
            let answer =
                Console.ask(
                    "Where will clients reach the site? Its address, like https://packages.example.org (nothing: say it later)\n>"
                )
            guard let answer, !answer.isEmpty else { return nil }
            do {
                _ = try text(answer, settingsFile)
                return answer
            } catch let fault as SettingsError {
                Console.diagnose(fault.message)
            }
        }
    }
}

/// The settings file that `init` writes: every key shown, all commented out but the address where it is known.
enum SettingsTemplate {
    /// The owner and every coordinate, with what they are while nobody says it.
    private static let defaults =
        (["owner: packages"]
        + Ecosystems.standard.all.flatMap(\.profile.coordinates).map { coordinate in
            "\(coordinate.name): \(coordinate.standard.isEmpty ? "\"\"" : coordinate.standard)"
        }).joined(separator: ", ")

    static func text(baseURL: String?) -> String {
        var text = """
            # Settings of this indexgen site. Every key is optional; unknown keys are an error.
            \(baseURL.map { "base_url: \"\($0)\"" } ?? "# base_url: \"https://packages.example.org\"")       # where clients reach public/

            # defaults: {\(Self.defaults)}
            # private: []                     # owners or repositories that only readers may fetch: [acme, "team-*", lab/npm]
            # readers: readers.htpasswd       # their password file, made by htpasswd; or: tokens, for holders of tokens that may read
            # retention: 24h                  # how long superseded files stay public
            # mutable: [nightly, "sandbox-*"] # owners whose packages may be replaced by other bytes
            # signing: {keys: [FINGERPRINT]}  # which keys of state/keyring sign; all of them when left out
            # segment_bytes: 524288            # how much of a document is compressed as one piece
            # limits: {file_bytes: 8589934592, ratio: 200, entries: 1000000}
            # server:                          # the ingest endpoint: indexgen serve
            #   listen: 127.0.0.1:8080         # or unix:/run/indexgen.sock; where nginx sends writes
            #   anonymous: []                  # owners for whom anybody may upload without a token: [public, "sandbox-*"]
            #   socket_mode: 0660              # of a socket: who may connect
            #   socket_group: www-data         # …and whose group; nginx's user must be in it
            #   trusted_proxies: [127.0.0.1, "::1"]   # whose X-Forwarded-For and X-Real-IP are believed; networks, too: 10.0.0.0/8
            #   quiet: 200ms                   # generate once nothing came in for this long…
            #   at_most: 2s                    # …and this long after a change at the latest
            #   body_timeout: 15s              # a body that is behind 4 KiB a second for this long is cut off
            #   connections: 256               # requests that are served at once
            # quotas:                          # how much an owner, or a repository, may have; removed packages count until pruned
            #   "sandbox-*": {bytes: 10 GiB, files: 1000}
            #   acme/rpm: {bytes: 2 TiB}
            # hooks:                          # told of every publication: JSON on standard input, or posted
            #   - {name: mirrors, run: [hooks/rsync-mirrors.sh, mirror.example.org], timeout: 10m}
            #   - {name: chat, url: "https://chat.example.org/hook", secret_file: state/chat.secret, for: [acme/rpm, "beta/*"]}
            # files:                          # of your own, published as they are: public path, and where it lies in this folder
            #   acme/helm/artifacthub-repo.yml: extras/artifacthub-repo.yml
            #   robots.txt: extras/robots.txt

            """
        for ecosystem in Ecosystems.standard.all where !ecosystem.profile.options.isEmpty {
            let profile = ecosystem.profile
            text += "\n# \(profile.id):\n"
            for option in profile.options {
                let values =
                    switch option.kind {
                    case .choices(let words): "some of [" + words.joined(separator: ", ") + "]"
                    case .choice(let words): words.joined(separator: " | ")
                    case .flag: "true | false"
                    case .number(let range): "\(range.lowerBound)…\(range.upperBound)"
                    case .text: "text"
                    case .list: "[a, b]"
                    }
                text += "#   \(option.key): …  # \(values): \(option.help)\n"
            }
            if let scopes = profile.scopesKey {
                text += "#   \(scopes):\n#     \"pattern*\": {…}  # the same options for some \(scopes)\n"
            }
        }
        return text
    }
}
