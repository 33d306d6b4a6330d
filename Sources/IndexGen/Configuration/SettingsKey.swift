internal import Formats

/// A key of `indexgen.yaml`. The reader knows those that are listed here and no others, `init` writes them down, and the README has them as a
/// table.
struct SettingsKey: Sendable {
    var name: String
    /// What may stand behind it: what holds where it is left out, or an example. Empty where it holds a mapping or a list of these.
    var value = ""
    /// A sentence or two.
    var help: String
    /// The keys of the mappings that it holds.
    var members: [SettingsKey] = []
    /// What stands between it and its members, and is somebody's own name or a place in a list.
    var between: String?
    /// Lines for the file that `init` writes, where values in lists and under names of one's own say more than keys do.
    var samples: [String] = []

    /// The site's own, in the order in which people read them.
    static func site(for ecosystems: Ecosystems) -> [SettingsKey] {
        [
            SettingsKey(name: "base_url", value: "\"https://packages.example.org\"", help: "Where clients reach public/."),
            SettingsKey(
                name: "defaults", help: "What holds for packages of which nobody says it; what is named here is not asked for.",
                members: defaults(for: ecosystems)),
            SettingsKey(
                name: "private", value: "[]",
                help: "Owners, or single repositories, whose packages only readers may fetch: [acme, \"team-*\", lab/npm]."),
            SettingsKey(
                name: "readers", value: "readers.htpasswd",
                help: "The readers' password file, made by htpasswd; or tokens, for holders of tokens that may read there."),
            SettingsKey(
                name: "retention", value: "24h",
                help: "How long superseded and removed files stay public; the last superseded documents stay longer."),
            SettingsKey(
                name: "mutable", value: "[]",
                help: "Owners whose packages may be replaced by other bytes, as with add --replace: [nightly, \"sandbox-*\"]."),
            SettingsKey(
                name: "pages", value: "true",
                help:
                    "Whether packages have pages for people, with lists, search and feeds; repositories have one each in any case."
            ),
            SettingsKey(name: "signing", help: "How documents are signed.", members: signing),
            SettingsKey(
                name: "segment_bytes", value: "524288",
                help: "How much of a document is compressed as one piece; left out, 256 KiB with xz, else 512 KiB (64 KiB where "
                    + "nothing is compressed)."),
            SettingsKey(
                name: "limits", help: "What a package may cost; more is refused.", members: limits.map(\.key)),
            SettingsKey(name: "server", help: "The ingest endpoint, indexgen serve.", members: server),
            SettingsKey(
                name: "quotas",
                help: "How much an owner, or a repository, may have; removed packages count until they are pruned.",
                members: quota, between: "PATTERN",
                samples: ["\"sandbox-*\": {bytes: 10 GiB, files: 1000}", "acme/rpm: {bytes: 2 TiB}"]),
            SettingsKey(
                name: "hooks", help: "Who is told of every publication.", members: hook, between: "[]",
                samples: [
                    "- {name: mirrors, run: [hooks/rsync-mirrors.sh, mirror.example.org], timeout: 10m}",
                    "- {name: chat, url: \"https://chat.example.org/hook\", secret_file: state/chat.secret, "
                        + "for: [acme/rpm, \"beta/*\"]}",
                ]),
            SettingsKey(
                name: "files",
                help: "Files of your own that are published as they are: the public path, and where the file lies in "
                    + "this folder.",
                samples: ["acme/helm/artifacthub-repo.yml: extras/artifacthub-repo.yml", "robots.txt: extras/robots.txt"]),
        ]
    }

    /// Those of ecosystems that have options.
    static func sections(of ecosystems: Ecosystems) -> [SettingsKey] { ecosystems.all.compactMap { section(of: $0.profile) } }

    // MARK: Members

    static func defaults(for ecosystems: Ecosystems) -> [SettingsKey] {
        var keys = [SettingsKey(name: "owner", value: "packages", help: "The owner, as with --owner.")]
        for profile in ecosystems.all.map(\.profile) {
            for coordinate in profile.coordinates {
                let help = "\(profile.title): \(coordinate.help)."
                if let index = keys.firstIndex(where: { $0.name == coordinate.name }) {
                    keys[index].help += " \(help)"
                } else {
                    let value = coordinate.standard.isEmpty ? "\"\"" : coordinate.standard
                    keys.append(SettingsKey(name: coordinate.name, value: value, help: help))
                }
            }
        }
        return keys
    }

    /// A bound of what a package may cost, and where it is kept.
    struct Limit: Sendable {
        var name: String
        var path: any WritableKeyPath<Settings, Int> & Sendable
        var help: String

        var key: SettingsKey {
            let standard = Settings()[keyPath: path]
            let size = name.hasSuffix("_bytes") && standard >= 1 << 20 ? " (\(Self.binary(standard)))" : ""
            return SettingsKey(name: name, value: "\(standard)", help: "\(help)\(size).")
        }

        private static func binary(_ bytes: Int) -> String {
            bytes >= 1 << 30 && bytes % (1 << 30) == 0 ? "\(bytes >> 30) GiB" : "\(bytes >> 20) MiB"
        }
    }

    static let limits = [
        Limit(name: "file_bytes", path: \.fileBytes, help: "Bytes of a package file"),
        Limit(name: "seconds", path: \.seconds, help: "Seconds that reading one takes, on the clock"),
        Limit(name: "expanded_bytes", path: \.budget.expandedBytes, help: "Bytes that come out of its compression in all"),
        Limit(name: "ratio", path: \.budget.ratio, help: "Expanded ÷ compressed, once more than 64 MiB came out"),
        Limit(
            name: "entries", path: \.budget.entries, help: "Members of an archive; files, or dependencies, of an RPM package"),
        Limit(
            name: "member_bytes", path: \.budget.memberBytes,
            help: "Bytes of a member that is read into memory (control file, METADATA), and of a string of an RPM header"),
        Limit(name: "path_bytes", path: \.budget.pathBytes, help: "Bytes of a path inside a package"),
        Limit(name: "header_bytes", path: \.budget.headerBytes, help: "Bytes of an RPM header"),
        Limit(
            name: "index_bytes", path: \.budget.indexBytes,
            help: "Bytes that one package adds to one document of an index; for a small RPM header 8 MiB and 16 times its size, "
                + "where that is less"),
        Limit(name: "depth", path: \.budget.depth, help: "Nesting of YAML"),
    ]

    static let signing = [
        SettingsKey(
            name: "keys", value: "[FINGERPRINT]",
            help: "Which secret keys of state/keyring sign, several at once for a rotation; all when left out.")
    ]

    static let server = [
        SettingsKey(
            name: "listen", value: "127.0.0.1:8080",
            help: "Where it listens, and where nginx sends writes; or unix:/run/indexgen.sock."),
        SettingsKey(
            name: "anonymous", value: "[]",
            help: "Owners for whom anybody may upload without a token: [public, \"sandbox-*\"]."),
        SettingsKey(name: "socket_mode", value: "0660", help: "Of a socket in the file system: who may connect."),
        SettingsKey(
            name: "socket_group", value: "www-data",
            help: "The group of such a socket; nginx's user must be in it. Left out, that of the process or of the folder."),
        SettingsKey(
            name: "trusted_proxies", value: "[127.0.0.1, \"::1\"]",
            help: "Whose X-Forwarded-For and X-Real-IP are believed; networks, too: 10.0.0.0/8."),
        SettingsKey(name: "quiet", value: "200ms", help: "After a change, generate once nothing came in for this long…"),
        SettingsKey(name: "at_most", value: "2s", help: "…and this long after the change at the latest."),
        SettingsKey(
            name: "body_timeout", value: "15s",
            help: "How long a body may be behind 4 KiB a second, silent for instance, until it is cut off."),
        SettingsKey(
            name: "connections", value: "256",
            help: "Requests that are served at once; as many as the limit of open files allows at most."),
    ]

    static let quota = [
        SettingsKey(name: "bytes", value: "10 GiB", help: "Of files, each counted wherever it lies."),
        SettingsKey(name: "files", value: "1000", help: "Package files."),
    ]

    private static let plainHook = Hook(name: "", action: .run([]))

    static let hook = [
        SettingsKey(name: "name", value: "mirrors", help: "How it is called in messages; the program or host when left out."),
        SettingsKey(
            name: "run", value: "[hooks/rsync-mirrors.sh, mirror.example.org]",
            help: "A program and its arguments, which gets JSON on standard input."),
        SettingsKey(
            name: "url", value: "\"https://chat.example.org/hook\"", help: "Instead of a program: where the JSON is posted."),
        SettingsKey(
            name: "secret_file", value: "state/chat.secret", help: "A file with the secret that signs what is posted."),
        SettingsKey(name: "for", value: "[acme/rpm, \"beta/*\"]", help: "Repositories that it is told of; all when left out."),
        SettingsKey(name: "timeout", value: "\(plainHook.timeout)s", help: "How long it may take, up to 1h."),
        SettingsKey(name: "attempts", value: "\(plainHook.attempts)", help: "How often it is tried, up to 100 times."),
    ]

    /// Nil where it has no options.
    private static func section(of profile: EcosystemProfile) -> SettingsKey? {
        if profile.options.isEmpty { return nil }
        var members = profile.options.map { SettingsKey(name: $0.key, value: $0.kind.words, help: $0.help) }
        if let scopes = profile.scopesKey {
            members.append(
                SettingsKey(
                    name: scopes, help: "The same options for some \(scopes), by patterns of their names.",
                    samples: ["\"pattern*\": {…}"]))
        }
        return SettingsKey(name: profile.id, help: "For \(profile.title) repositories.", members: members)
    }
}

extension RepositoryOption.Kind {
    /// What may stand there.
    fileprivate var words: String {
        switch self {
        case .choices(let words): "some of [\(words.joined(separator: ", "))]"
        case .choice(let words): words.joined(separator: " or ")
        case .flag: "true or false"
        case .number(let range): "\(range.lowerBound)…\(range.upperBound)"
        case .text: "text"
        case .list: "[a, b]"
        }
    }
}
