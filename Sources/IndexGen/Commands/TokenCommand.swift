internal import ArgumentParser
internal import Formats

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens: who may change what over the network.",
        subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

struct TokenCreateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token and print it: this once, only its digest is kept.",
        discussion: "TOKEN=$(indexgen token create --owner acme --type rpm --group 'el9*' --can upload,delete)")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Option(help: ArgumentHelp("For packages of these owners (default: the site's).", valueName: "pattern"))
    var owner: String?

    @Option(help: ArgumentHelp("For packages of this type.", valueName: "pattern"))
    var type = "*"

    /// The first coordinate of each ecosystem, under all the names that it has.
    @Option(
        name: NameSpecification(Ecosystems.standard.scopeNames.map { .customLong($0) }), parsing: .singleValue,
        help: ArgumentHelp("Only here, in the word of the type; may be repeated (default: everywhere).", valueName: "pattern"))
    var scopes: [String] = []

    @Option(help: ArgumentHelp("After this time it is worth nothing: 12h, 90d, never.", valueName: "time"))
    var expires = "90d"

    @Option(help: ArgumentHelp("What it is good for: upload, delete, read.", valueName: "rights"))
    var can = "upload"

    @Option(help: ArgumentHelp("What it is called in lists and in the history.", valueName: "text"))
    var name = ""

    func run() throws {
        let site = try openSite()
        let secret = Secret()
        let token = try token(secret, for: site)
        let catalog = try site.openCatalog()
        try catalog.add(token, hash: secret.hash)
        try catalog.close()
        console.result(secret.revealed)
        console.result { json in
            json.member("token", secret.revealed)
            token.write(to: &json)
        }
        console.note(
            """
            token \(token.handle) may \(token.rightsShown) in \(token.placesShown(site.ecosystems)); \
            it \(token.expires.map { "expires at \($0.rfc3339)" } ?? "never expires")
            It is shown this once. To take it back: indexgen token revoke \(token.handle)
            """)
    }

    private func token(_ secret: Secret, for site: Site) throws -> Token {
        let owner = owner ?? site.settings.owner
        guard (1...64).contains(owner.utf8.count),
            owner.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || ".-_*?".utf8.contains($0) })
        else { throw UsageError(description: "'\(owner)' matches no owner; write a name, or a pattern with * and ?") }
        let isPattern = type.utf8.contains { "*?".utf8.contains($0) }
        guard isPattern || site.ecosystems[type] != nil else { throw UnknownType(type: type, known: site.ecosystems.names) }
        if !scopes.isEmpty {
            let names = site.ecosystems.scopeNames.joined(separator: " or ")
            guard let profile = site.ecosystems[type]?.profile else {
                throw UsageError(description: "a \(names) belongs to a type; name it with --type")
            }
            guard !profile.coordinates.isEmpty else { throw UsageError(description: "\(type) has no \(names)") }
        }
        for text in scopes + [name] where text.utf8.count > 200 || text.utf8.contains(where: ASCII.isControl) {
            throw UsageError(description: "patterns and names are one line of at most 200 bytes")
        }
        let now = site.clock.now()
        return Token(
            handle: secret.handle, name: name, owner: owner, type: type, scopes: scopes.isEmpty ? ["*"] : scopes,
            rights: try rights(), created: now, expires: try expiry(after: now))
    }

    private func rights() throws -> Set<Right> {
        let words = can.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return Set(
            try words.map { word in
                guard let right = Right(rawValue: String(decoding: word, as: UTF8.self)) else {
                    throw UsageError(
                        description: "--can takes \(Right.allCases.map(\.rawValue).joined(separator: ",")), not '\(can)'")
                }
                return right
            })
    }

    private func expiry(after now: Timestamp) throws -> Timestamp? {
        if expires == "never" { return nil }
        guard let time = DurationText.parse(expires)?.components.seconds, time > 0 else {
            throw UsageError(description: "'\(expires)' is not a time to live; write a number and s, m, h or d, or never")
        }
        return Timestamp(seconds: now.seconds + time)
    }
}

struct TokenListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens there are and were.", discussion: "indexgen token list --json")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let tokens = try catalog.tokens()
        try catalog.close()
        let now = site.clock.now()
        var table = Table("HANDLE", "NAME", "MAY", "WHERE", "CREATED", "EXPIRES", "LAST USED", "STATE")
        for token in tokens {
            table.add(
                token.handle, token.name, token.rightsShown, token.placesShown(site.ecosystems), token.created.day,
                token.expires?.day ?? "never", token.lastUsed?.day ?? "never", token.state(at: now))
        }
        let console = console
        for line in table.lines { console.result(line) }
        for token in tokens {
            console.result { json in
                token.write(to: &json)
                json.member("state", token.state(at: now))
            }
        }
    }
}

struct TokenRevokeCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make a token worth nothing, at once.", discussion: "indexgen token revoke k3v9x2m4qd")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: "As token list shows it.") var handle: String

    func run() throws {
        // Whoever pastes the token itself means its handle; it goes no further than here.
        let handle = Secret(parsing: handle)?.handle ?? handle
        let catalog = try openSite().openCatalog()
        let isDone = try catalog.revoke(handle)
        let isKnown = try catalog.token(handle) != nil
        try catalog.close()
        guard isKnown else {
            throw Refusal(.unsupported, "there is no token with this handle", remedy: "see: indexgen token list")
        }
        let outcome = isDone ? "revoked" : "was revoked before"
        console.result("\(handle) \(outcome)")
        console.result { json in
            json.member("handle", handle)
            json.member("outcome", outcome)
        }
    }
}

extension Token {
    /// `valid`, `revoked` or `expired`.
    fileprivate func state(at now: Timestamp) -> String {
        if revoked != nil { "revoked" } else if fault(at: now) != nil { "expired" } else { "valid" }
    }

    fileprivate func write(to json: inout JSONWriter) {
        json.member("handle", handle)
        json.member("name", name)
        json.member("owner", owner)
        json.member("type", type)
        json.key("scopes")
        json.beginArray()
        for scope in scopes { json.value(scope) }
        json.endArray()
        json.key("can")
        json.beginArray()
        for right in Right.allCases where rights.contains(right) { json.value(right.rawValue) }
        json.endArray()
        json.member("created", created.rfc3339)
        for (key, moment) in [("expires", expires), ("revoked", revoked)] {
            json.key(key)
            if let moment { json.value(moment.rfc3339) } else { json.null() }
        }
        json.key("last_used")
        if let lastUsed { json.value(lastUsed.day) } else { json.null() }
    }
}

extension Timestamp {
    /// `2026-11-21`
    var day: String { String(rfc3339.prefix(10)) }
}
