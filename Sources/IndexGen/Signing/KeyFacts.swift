internal import Formats

/// What gpg says about the signing keys of a keyring, and of which state of the keyring it said it.
struct KeyFacts: Equatable {
    /// SHA-256 of the keyring's files and of the settings' choice, in hexadecimal.
    let state: String
    /// Every secret key that could sign; in the order of the settings, then of the keyring.
    let keys: [SigningKey]
    let publicKey: [UInt8]

    /// Asks gpg.
    init(asking gpg: Program, _ home: GPGHome, _ keys: [String], _ state: String, _ environment: [String: String]) throws {
        func ask(_ arguments: [String]) throws -> [UInt8] {
            let listing = try gpg.run(home.arguments + ["--with-colons"] + arguments, environment: environment)
            guard listing.status == 0 else {
                throw Keyring.Failure("the keyring \(home.folder) gives no signing key (is it one of signing.keys?)", listing)
            }
            return listing.output
        }
        self.state = state
        var chosen = KeyListing(try ask(["--with-keygrip", "--list-secret-keys"] + keys)).keys
        guard !chosen.isEmpty else {
            throw Keyring.Failure(
                description:
                    "the keyring \(home.folder) has no secret key that signs; import the one that clients know (gpg --homedir \(home.folder) --import KEY)"
            )
        }
        let weak = KeyListing.bySHA1(try ask(["--list-sigs"] + chosen.map(\.key.fingerprint)))
        for index in chosen.indices {
            if chosen[index].key.weakness == nil, weak.contains(chosen[index].key.fingerprint) {
                chosen[index].key.weakness = .sha1
            }
            chosen[index].key.isProtected = try Self.isProtected(chosen[index].keygrip, in: home.folder)
        }
        var all = chosen.map(\.key)
        if !keys.isEmpty {
            for (key, _) in KeyListing(try ask(["--with-keygrip", "--list-secret-keys"])).keys
            where !all.contains(where: { $0.fingerprint == key.fingerprint }) {
                all.append(key)
                all[all.count - 1].isUnused = true
            }
        }
        self.keys = all
        let export = try gpg.run(
            home.arguments + ["--armor", "--export"] + chosen.map(\.key.fingerprint), environment: environment)
        guard export.status == 0, !export.output.isEmpty else {
            throw Keyring.Failure("gpg does not export the public key of \(home.folder)", export)
        }
        publicKey = export.output
    }

    /// The keys that sign at a moment.
    func signers(at now: Timestamp) -> [SigningKey] { keys.filter { !$0.isUnused && !$0.isExpired(at: now) } }

    /// Since GnuPG 2.1 a secret key is a file, whose S-expression begins so when a passphrase protects it (agent/keyformat.txt).
    private static func isProtected(_ keygrip: String, in folder: String) throws -> Bool {
        let file = Files.join(folder, "private-keys-v1.d/\(keygrip).key")
        guard !keygrip.isEmpty, try FileStatus.of(file)?.kind == .file else { return false }
        return try Files.read(file).firstRange(of: Array("protected-private-key".utf8)) != nil
    }

    /// Names the state of a keyring: what is in its key box, and which secret keys there are since when.
    static func state(of folder: String, keys: [String]) throws -> String {
        var content: [UInt8] = []
        for store in ["pubring.kbx", "pubring.gpg", "public-keys.d/pubring.db"].map({ Files.join(folder, $0) })
        where try FileStatus.of(store) != nil {
            content += try Files.read(store)
        }
        let secrets = Files.join(folder, "private-keys-v1.d")
        for name in try Files.names(in: secrets) {
            // A passphrase changes the file.
            let status = try FileStatus.of(Files.join(secrets, name))
            content += Array("\n\(name) \(status?.size ?? 0) \(status?.modified.seconds ?? 0)".utf8)
        }
        for key in keys { content += Array("\n\(key)".utf8) }
        return Hex.string(SHA256Digest.of(content))
    }

    /// State and keys, a line each; then the armored keys; sealed.
    var encoded: [UInt8] {
        Sealed.seal(Array("\(state)\n\(keys.map(\.encoded).joined(separator: " "))\n".utf8) + publicKey)
    }

    init?(decoding stored: [UInt8]) {
        guard let stored = Sealed.open(stored) else { return nil }
        let lines = stored.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3 else { return nil }
        let words = String(decoding: lines[1], as: UTF8.self).split(separator: " ")
        keys = words.compactMap(SigningKey.init(decoding:))
        state = String(decoding: lines[0], as: UTF8.self)
        publicKey = Array(lines[2])
        if keys.isEmpty || keys.count != words.count || publicKey.isEmpty { return nil }
    }
}
