internal import Formats
internal import Glibc

/// The site's signing keys: a GnuPG home of its own, used through `gpg` with argument vectors.
struct Keyring: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String

        init(description: String) { self.description = description }

        /// What gpg could not do, in its words, and what to do about it.
        init(_ what: String, _ gpg: Program.Result) {
            let words = gpg.diagnostics.split(separator: "\n").joined(separator: ", ")
            let remedy =
                if words.contains("No space left") { SystemError.remedy(for: ENOSPC) } else if gpg.isTimedOut {
                    "look who else uses the keyring (fuser -v state/keyring/*), end it, remove state/keyring/*.lock and run this again"
                } else { "put the keyring right (gpg --homedir state/keyring -K) and run this again" }
            description = "\(what): \(words.isEmpty ? "gpg ended with \(gpg.status)" : words); \(remedy ?? "")"
        }
    }

    /// Primary key fingerprints that sign, in the order of the settings (or of the keyring).
    let fingerprints: [String]
    /// All keys that could sign, also those that are expired or not chosen.
    let keys: [SigningKey]
    /// The newest creation time of these keys: a signature cannot be older than its key.
    let created: Timestamp
    /// The armored public keys.
    let publicKey: [UInt8]
    private let home: GPGHome
    private let gpg: Program
    private let environment: [String: String]

    /// Opens the keyring of a site. Nil when there is none: the site is unsigned.
    ///
    /// - Parameters:
    ///   - catalog: remembers what gpg said about the keyring; asking takes as long as signing.
    ///   - now: the moment at which it is to sign; nil: it is to verify only.
    ///   - timeLimit: seconds after which a call of gpg is ended.
    /// - Throws: `Failure` where every key is expired by then.
    static func open(
        folder: String, keys: [String], environment: [String: String], catalog: Catalog? = nil, at now: Timestamp? = nil,
        timeLimit: Int64 = Program.standardLimit
    ) throws -> Keyring? {
        if try FileStatus.of(folder)?.kind == .link { throw Folder.InTheWay(path: folder) }
        guard try FileStatus.of(folder)?.kind == .folder else {
            if keys.isEmpty { return nil }
            throw Failure(
                description: "the settings name signing keys, but \(folder) is missing; restore it or remove signing.keys")
        }
        let home = try GPGHome(folder)
        try GPGLocks(in: folder).sweep()
        let state = try KeyFacts.state(of: folder, keys: keys)
        var gpg = try Program(named: "gpg", environment: environment)
        gpg.timeLimit = timeLimit
        if let stored = try catalog?.memory("keyring"), let facts = KeyFacts(decoding: stored), facts.state == state {
            return try Keyring(home: home, facts: facts, at: now, gpg: gpg, environment: environment)
        }
        let facts: KeyFacts
        do {
            facts = try KeyFacts(asking: gpg, home, keys, state, environment)
        } catch {
            Self.release(home, gpg, environment)
            throw error
        }
        try catalog?.remember("keyring", facts.encoded)
        return try Keyring(home: home, facts: facts, at: now, gpg: gpg, environment: environment)
    }

    /// Makes a keyring with one key that signs only: RSA 3072, which every client of the last fifteen years verifies.
    ///
    /// It gets its name once the key is in it and on the disk: a folder without a key would stand in the way of the next attempt.
    static func create(folder: String, userID: String, environment: [String: String]) throws {
        let place = try Folder(Files.folder(of: folder))
        let name = Files.name(of: folder)
        let unfinished = name + ".new"
        if try place.status(unfinished) != nil { try place.removeTree(unfinished) }
        _ = try place.makeFolder(unfinished, mode: 0o700)
        try make(place.full(unfinished), userID, environment).release()
        try place.syncFileSystem()
        guard try place.renameToNew(unfinished, to: place, name) else { throw Folder.InTheWay(path: folder) }
        try Files.syncFolder(place.path)
    }

    private static func make(_ folder: String, _ userID: String, _ environment: [String: String]) throws -> Keyring {
        let home = try GPGHome(folder)
        var gpg = try Program(named: "gpg", environment: environment)
        // A machine that has been started just now may have to wait for chance.
        gpg.timeLimit = 600
        let result = try gpg.run(
            home.arguments + ["--passphrase", "", "--quick-gen-key", userID, "rsa3072", "sign", "never"], environment: environment
        )
        do {
            guard result.status == 0 else { throw Failure("gpg made no key in \(folder)", result) }
            let facts = try KeyFacts(asking: gpg, home, [], KeyFacts.state(of: folder, keys: []), environment)
            return try Keyring(home: home, facts: facts, at: nil, gpg: gpg, environment: environment)
        } catch {
            release(home, gpg, environment)
            throw error
        }
    }

    private init(home: GPGHome, facts: KeyFacts, at now: Timestamp?, gpg: Program, environment: [String: String]) throws {
        let signers = now.map { facts.signers(at: $0) } ?? facts.keys.filter { !$0.isUnused }
        if let now, signers.isEmpty {
            let remarks = facts.keys.filter { !$0.isUnused }.flatMap { $0.remarks(at: now, in: home.folder) }
            throw Failure(description: remarks.joined(separator: "; "))
        }
        keys = facts.keys
        self.home = home
        self.environment = environment
        self.gpg = gpg
        fingerprints = signers.map(\.fingerprint)
        created = signers.map(\.created).max() ?? Timestamp(seconds: 0)
        publicKey = facts.publicKey
    }

    enum Form {
        /// The signed text with its signature.
        case clear
        case detached(isArmored: Bool)
    }

    /// Signs a file's bytes with every key.
    ///
    /// The signature's time is given, so that the same bytes at the same time get the same signature (RSA and EdDSA signatures have
    /// no other input): a tree made from scratch equals the incremental one.
    func sign(_ file: String, as form: Form, at time: Timestamp) throws -> [UInt8] {
        let mode =
            switch form {
            case .clear: ["--clearsign"]
            case .detached(isArmored: true): ["--armor", "--detach-sign"]
            case .detached(isArmored: false): ["--no-armor", "--detach-sign"]
            }
        let wanted = max(time, created).seconds
        let arguments =
            home.arguments + ["--digest-algo", "SHA512", "--faked-system-time", "\(wanted)!"]
            + fingerprints.flatMap { ["--local-user", $0] } + ["--output", "-"] + mode + [file]
        var begun = Int64(Glibc.time(nil))
        var result = try gpg.run(arguments, environment: environment)
        // gpg forgets a time that is the present second, and dates by the clock: when that went on meanwhile, by a second too much.
        while result.status == 0, begun <= wanted, Int64(Glibc.time(nil)) > wanted {
            begun = Int64(Glibc.time(nil))
            result = try gpg.run(arguments, environment: environment)
        }
        guard result.status == 0, !result.output.isEmpty else {
            // gpg says of a passphrase that it has no terminal to ask at.
            if let remark = keys.lazy.filter({ !$0.isUnused }).compactMap({ $0.remarkOnPassphrase(in: home.folder) }).first {
                throw Failure(description: "gpg cannot sign \(file): \(remark)")
            }
            throw Failure("gpg cannot sign \(file)", result)
        }
        return result.output
    }

    /// Whether a signature is good: detached over `signed`, or clear (then `signed` is nil). Uses only this keyring's public keys.
    func verify(_ signature: String, over signed: String?) throws -> Bool {
        // The clock of the signatures may run ahead of this machine's.
        let arguments = home.arguments + ["--ignore-time-conflict", "--verify", signature] + [signed].compactMap(\.self)
        return try gpg.run(arguments, environment: environment).status == 0
    }

    /// What the operator should do something about, a sentence each.
    func remarks(at now: Timestamp) -> [String] { keys.flatMap { $0.remarks(at: now, in: home.folder) } }

    /// Names the keys as clients know them: documents are signed anew, and keys published, when this changes.
    var identity: [UInt8] {
        Array("\(fingerprints.joined(separator: " ")) \(Hex.string(SHA256Digest.of(publicKey)))".utf8)
    }

    /// Ends the agent that GnuPG started for this keyring; nothing of ours stays behind in the background.
    func release() { Self.release(home, gpg, environment) }

    private static func release(_ home: GPGHome, _ gpg: Program, _ environment: [String: String]) {
        guard var gpgconf = try? Program(named: "gpgconf", environment: environment) else { return }
        gpgconf.timeLimit = min(gpg.timeLimit, Program.standardLimit)
        _ = try? gpgconf.run(Array(home.arguments.prefix(2)) + ["--kill", "gpg-agent"], environment: environment)
    }
}
