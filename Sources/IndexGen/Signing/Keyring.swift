internal import Formats
internal import Foundation

/// The site's signing keys: a GnuPG home of its own, used through `gpg` with argument vectors.
struct Keyring: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Primary key fingerprints that sign, in the order of the settings (or of the keyring).
    let fingerprints: [String]
    /// The newest creation time of these keys: a signature cannot be older than its key.
    let created: Timestamp
    /// The armored public keys.
    let publicKey: [UInt8]
    private let folder: String
    private let gpg: Program
    private let environment: [String: String]

    /// Opens the keyring of a site. Nil when there is none: the site is unsigned.
    static func open(folder: String, keys: [String], environment: [String: String]) throws -> Keyring? {
        guard try FileStatus.followed(folder)?.kind == .folder else {
            if keys.isEmpty { return nil }
            throw Failure(
                description: "the settings name signing keys, but \(folder) is missing; restore it or remove signing.keys")
        }
        return try Keyring(folder: folder, keys: keys, environment: environment)
    }

    /// Makes a keyring with one key that signs only: RSA 3072, which every client of the last fifteen years verifies.
    static func create(folder: String, userID: String, environment: [String: String]) throws -> Keyring {
        try Files.makeFolder(folder, mode: 0o700)
        let home = try GPGHome(folder)
        let gpg = try Program(named: "gpg", environment: environment)
        let result = try gpg.run(
            home.arguments + ["--passphrase", "", "--quick-gen-key", userID, "rsa3072", "sign", "never"], environment: environment
        )
        guard result.status == 0 else { throw Failure(description: "gpg made no key: \(result.diagnostics)") }
        return try Keyring(folder: folder, keys: [], environment: environment)
    }

    private init(folder: String, keys: [String], environment: [String: String]) throws {
        self.folder = folder
        self.environment = environment
        gpg = try Program(named: "gpg", environment: environment)
        let home = try GPGHome(folder)
        let listing = try gpg.run(home.arguments + ["--with-colons", "--list-secret-keys"] + keys, environment: environment)
        guard listing.status == 0 else {
            throw Failure(description: "the keyring \(folder) lacks a signing key of the settings: \(listing.diagnostics)")
        }
        (fingerprints, created) = Self.primaryKeys(listing.output)
        guard !fingerprints.isEmpty else {
            throw Failure(
                description: "the keyring \(folder) has no secret key; import one, or remove the folder for an unsigned site")
        }
        let export = try gpg.run(home.arguments + ["--armor", "--export"] + fingerprints, environment: environment)
        guard export.status == 0, !export.output.isEmpty else {
            throw Failure(description: "gpg does not export the public key: \(export.diagnostics)")
        }
        publicKey = export.output
    }

    /// Signs a file's bytes with every key.
    ///
    /// The signature's time is given, so that the same bytes at the same time get the same signature (RSA and EdDSA signatures have
    /// no other input): a tree made from scratch equals the incremental one.
    func sign(_ file: String, as companion: Companion, at time: Timestamp, to output: String) throws {
        let home = try GPGHome(folder)
        let mode =
            switch companion {
            case .clearsigned: "--clearsign"
            case .detached: "--detach-sign"
            }
        let arguments =
            home.arguments + ["--armor", "--digest-algo", "SHA512", "--faked-system-time", "\(max(time, created).seconds)!"]
            + fingerprints.flatMap { ["--local-user", $0] } + ["--output", output, mode, file]
        let result = try gpg.run(arguments, environment: environment)
        guard result.status == 0 else { throw Failure(description: "gpg cannot sign \(file): \(result.diagnostics)") }
    }

    /// Whether a signature is good: detached over `signed`, or clear (then `signed` is nil). Uses only this keyring's public keys.
    func verify(_ signature: String, over signed: String?) throws -> Bool {
        let home = try GPGHome(folder)
        // The clock of the signatures may run ahead of this machine's.
        let arguments = home.arguments + ["--ignore-time-conflict", "--verify", signature] + [signed].compactMap(\.self)
        return try gpg.run(arguments, environment: environment).status == 0
    }

    /// Ends the agent that GnuPG started for this keyring; nothing of ours stays behind in the background.
    func release() {
        guard let gpgconf = try? Program(named: "gpgconf", environment: environment), let home = try? GPGHome(folder) else {
            return
        }
        _ = try? gpgconf.run(Array(home.arguments.prefix(2)) + ["--kill", "gpg-agent"], environment: environment)
    }

    /// Reads `gpg --with-colons`: `sec` starts a primary key (field 6: creation), the next `fpr` is its fingerprint.
    private static func primaryKeys(_ output: [UInt8]) -> ([String], Timestamp) {
        var fingerprints: [String] = []
        var newest: Int64 = 0
        var inPrimary = false
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count > 9 else { continue }
            switch fields[0] {
            case "sec":
                // r, e, i: revoked, expired, invalid keys sign nothing.
                inPrimary = !["r", "e", "i"].contains(fields[1])
                if inPrimary { newest = max(newest, Int64(fields[5]) ?? 0) }
            case "ssb": inPrimary = false
            case "fpr" where inPrimary:
                fingerprints.append(fields[9])
                inPrimary = false
            default: break
            }
        }
        return (fingerprints, Timestamp(seconds: newest))
    }
}

/// The GnuPG home of a call. Its agent's sockets must have paths below 108 bytes, so a deep folder is reached by a short link.
private final class GPGHome {
    let arguments: [String]
    private let shortcut: String?

    init(_ folder: String) throws {
        if folder.utf8.count <= 80 {
            shortcut = nil
            arguments = Self.common(folder)
            return
        }
        let template = "/tmp/indexgen-gpg-\(UUID().uuidString.prefix(13))"
        guard symlink(folder, template) == 0 else { throw SystemError("link", template) }
        shortcut = template
        arguments = Self.common(template)
    }

    deinit {
        if let shortcut { unlink(shortcut) }
    }

    private static func common(_ home: String) -> [String] {
        ["--homedir", home, "--batch", "--yes", "--no-tty", "--quiet", "--no-permission-warning", "--trust-model", "always"]
    }
}
