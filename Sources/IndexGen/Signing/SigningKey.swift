internal import Formats

/// A secret key of the keyring, as far as its owner should know of it.
struct SigningKey: Equatable, Sendable {
    /// Of the primary key.
    var fingerprint: String
    /// Of the key that signs (the primary one or a subkey): `rsa3072`, `dsa1024`, `ed25519`.
    var algorithm: String
    var created: Timestamp
    /// When it signs no more; nil: never.
    var expires: Timestamp?
    /// Why today's clients refuse it.
    var weakness: Weakness?
    /// A passphrase protects it, which nobody types.
    var isProtected = false
    /// The settings name other keys.
    var isUnused = false

    enum Weakness: String, Sendable {
        /// RSA below 2048 bits, or DSA.
        case short
        /// What says that key and user ID belong together is a SHA-1 signature (refused by sqv, which Debian 13's apt asks).
        case sha1
    }

    func isExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }

    /// Days before its end from which a key is spoken of.
    static let notice: Int64 = 60

    /// What its owner should do something about, a sentence each with its remedy.
    ///
    /// - Parameter keyring: its folder.
    func remarks(at now: Timestamp, in keyring: String) -> [String] {
        let gpg = "gpg --homedir \(keyring)"
        if isUnused {
            return [
                "the key \(fingerprint) (made on \(created.day)) is in the keyring, but signing.keys does not name it: it signs nothing"
            ]
        }
        var remarks: [String] = []
        let another =
            "make another (\(gpg) --quick-gen-key NAME rsa3072 sign never), run: indexgen generate, and sign with both for a while"
        switch weakness {
        case .short:
            remarks.append("the signing key \(fingerprint) (\(algorithm)) is weak: today's clients refuse it; \(another)")
        case .sha1:
            remarks.append(
                "the signing key \(fingerprint) (\(algorithm)) is bound to its user ID by SHA-1, which today's clients refuse; sign it anew "
                    + "(\(gpg) --quick-set-expire \(fingerprint) 0) and run: indexgen generate")
        case nil: break
        }
        if created.seconds > now.seconds + Clock.tolerance {
            remarks.append(
                "the signing key \(fingerprint) was made on \(created.rfc3339), which lies ahead: clients refuse what it signs until then; "
                    + another)
        }
        if let expires, expires.seconds - now.seconds <= Self.notice * 86_400 {
            let word =
                isExpired(at: now) ? "expired on \(expires.day): clients refuse what it signs" : "expires on \(expires.day)"
            remarks.append(
                "the signing key \(fingerprint) \(word); extend it (\(gpg) --quick-set-expire \(fingerprint) 2y), run: "
                    + "indexgen generate, and give clients the new public key; or \(another)")
        }
        if let remark = remarkOnPassphrase(in: keyring) { remarks.append(remark) }
        return remarks
    }

    func remarkOnPassphrase(in keyring: String) -> String? {
        guard isProtected else { return nil }
        return
            "the signing key \(fingerprint) has a passphrase, which nobody types here; take it off: gpg --homedir \(keyring) --passwd \(fingerprint)"
    }

    /// One word for the catalog.
    var encoded: String {
        let end = expires.map { "\($0.seconds)" } ?? "never"
        return "\(fingerprint),\(algorithm),\(created.seconds),\(end),\(weakness?.rawValue ?? ""),\(isProtected),\(isUnused)"
    }

    init?(decoding word: Substring) {
        let fields = word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 7, let created = Int64(fields[2]), fields[3] == "never" || Int64(fields[3]) != nil else {
            return nil
        }
        self.init(
            fingerprint: fields[0], algorithm: fields[1], created: Timestamp(seconds: created),
            expires: Int64(fields[3]).map(Timestamp.init), weakness: Weakness(rawValue: fields[4]),
            isProtected: fields[5] == "true", isUnused: fields[6] == "true")
    }

    init(
        fingerprint: String, algorithm: String, created: Timestamp, expires: Timestamp?, weakness: Weakness? = nil,
        isProtected: Bool = false, isUnused: Bool = false
    ) {
        self.fingerprint = fingerprint
        self.algorithm = algorithm
        self.created = created
        self.expires = expires
        self.weakness = weakness
        self.isProtected = isProtected
        self.isUnused = isUnused
    }
}
