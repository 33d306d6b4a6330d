internal import Formats

/// What gpg says about the signing keys of a keyring, and of which state of the keyring it said it.
struct KeyFacts: Equatable {
    /// SHA-256 of the keyring's files and of the settings' choice, in hexadecimal.
    let state: String
    let fingerprints: [String]
    let created: Timestamp
    let publicKey: [UInt8]

    /// Asks gpg.
    init(asking gpg: Program, _ home: GPGHome, _ keys: [String], _ state: String, _ environment: [String: String]) throws {
        let listing = try gpg.run(home.arguments + ["--with-colons", "--list-secret-keys"] + keys, environment: environment)
        guard listing.status == 0 else {
            throw Keyring.Failure("the keyring \(home.folder) gives no signing key (is it one of signing.keys?)", listing)
        }
        self.state = state
        (fingerprints, created) = Self.primaryKeys(listing.output)
        guard !fingerprints.isEmpty else {
            throw Keyring.Failure(
                description: "the keyring \(home.folder) has no secret key; import one, or remove the folder for an unsigned site"
            )
        }
        let export = try gpg.run(home.arguments + ["--armor", "--export"] + fingerprints, environment: environment)
        guard export.status == 0, !export.output.isEmpty else {
            throw Keyring.Failure("gpg does not export the public key of \(home.folder)", export)
        }
        publicKey = export.output
    }

    /// Names the state of a keyring: what is in its key box and which secret keys there are.
    static func state(of folder: String, keys: [String]) throws -> String {
        var content: [UInt8] = []
        for store in ["pubring.kbx", "pubring.gpg", "public-keys.d/pubring.db"].map({ Files.join(folder, $0) })
        where try FileStatus.of(store) != nil {
            content += try Files.read(store)
        }
        for name in try Files.names(in: Files.join(folder, "private-keys-v1.d")) + keys { content += Array("\n\(name)".utf8) }
        return Hex.string(SHA256Digest.of(content))
    }

    /// State, creation time and fingerprints, a line each; then the armored keys; sealed.
    var encoded: [UInt8] {
        Sealed.seal(Array("\(state)\n\(created.seconds)\n\(fingerprints.joined(separator: " "))\n".utf8) + publicKey)
    }

    init?(decoding stored: [UInt8]) {
        guard let stored = Sealed.open(stored) else { return nil }
        let lines = stored.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, let seconds = Int64(String(decoding: lines[1], as: UTF8.self)) else { return nil }
        state = String(decoding: lines[0], as: UTF8.self)
        created = Timestamp(seconds: seconds)
        fingerprints = String(decoding: lines[2], as: UTF8.self).split(separator: " ").map(String.init)
        publicKey = Array(lines[3])
        if fingerprints.isEmpty || publicKey.isEmpty { return nil }
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
