internal import Formats

/// Reads `gpg --with-colons --with-keygrip --list-secret-keys` (GnuPG's doc/DETAILS): which keys sign, and until when.
struct KeyListing {
    private struct Part {
        var isPrimary: Bool
        var validity: String
        var bits: Int
        var algorithm: Int
        var created: Int64
        var expires: Int64?
        var capabilities: String
        var fingerprint = ""
        var curve: String
        var keygrip = ""

        /// r, i, n, d: revoked, invalid, not valid, disabled keys sign nothing. Whether one is expired depends on the moment.
        var signs: Bool { capabilities.contains("s") && !["r", "i", "n", "d"].contains(validity) }

        var name: String {
            switch algorithm {
            case 1...3: "rsa\(bits)"
            case 17: "dsa\(bits)"
            default: curve.isEmpty ? "algorithm \(algorithm)".filter { $0 != " " } : curve
            }
        }

        var isShort: Bool { algorithm == 17 || ((1...3).contains(algorithm) && bits < 2_048) }
    }

    /// Keys that sign, were they not expired, each with the keygrip of the part that signs.
    private(set) var keys: [(key: SigningKey, keygrip: String)] = []

    init(_ output: [UInt8]) {
        var parts: [Part] = []
        for fields in Self.records(output) {
            switch fields[0] {
            case "sec", "ssb":
                if fields[0] == "sec" {
                    add(parts)
                    parts = []
                }
                parts.append(
                    Part(
                        isPrimary: fields[0] == "sec", validity: fields[1], bits: Int(fields[2]) ?? 0,
                        algorithm: Int(fields[3]) ?? 0, created: Int64(fields[5]) ?? 0, expires: Int64(fields[6]),
                        capabilities: fields.count > 11 ? fields[11] : "", curve: fields.count > 16 ? fields[16] : ""))
            case "fpr" where !parts.isEmpty && parts[parts.count - 1].fingerprint.isEmpty:
                parts[parts.count - 1].fingerprint = fields[9]
            case "grp" where !parts.isEmpty: parts[parts.count - 1].keygrip = fields[9]
            default: break
            }
        }
        add(parts)
    }

    /// gpg signs with the newest subkey that can, else with the primary key.
    private mutating func add(_ parts: [Part]) {
        guard let primary = parts.first, !["r", "i", "n", "d"].contains(primary.validity) else { return }
        let latest = { (part: Part) in part.expires ?? .max }
        let subkeys = parts.dropFirst().filter(\.signs)
        let usable = subkeys.filter { $0.validity != "e" }
        guard
            let signer = usable.max(by: { $0.created < $1.created }) ?? (primary.signs ? primary : nil)
                ?? subkeys.max(by: { latest($0) < latest($1) })
        else { return }
        let end = min(latest(primary), latest(signer))
        keys.append(
            (
                SigningKey(
                    fingerprint: primary.fingerprint, algorithm: signer.name,
                    created: Timestamp(seconds: max(primary.created, signer.created)),
                    expires: end == .max ? nil : Timestamp(seconds: end),
                    weakness: primary.isShort || signer.isShort ? .short : nil), signer.keygrip
            ))
    }

    /// Fingerprints of the primary keys whose newest signatures over their user IDs are all SHA-1, from `--list-sigs`.
    static func bySHA1(_ output: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        var fingerprint = ""
        /// Of each user ID the newest signature by its own key: when, and with which digest.
        var newest: [(at: Int64, hash: String)] = []
        var isInUserID = false
        func finish() {
            let signed = newest.filter { $0.at > 0 }
            if !signed.isEmpty, signed.allSatisfy({ $0.hash == "2" }) { found.insert(fingerprint) }
            newest = []
        }
        for fields in records(output) {
            switch fields[0] {
            case "pub":
                finish()
                fingerprint = ""
                isInUserID = false
            case "fpr" where fingerprint.isEmpty: fingerprint = fields[9]
            case "uid":
                newest.append((0, ""))
                isInUserID = true
            case "sub": isInUserID = false
            case "sig" where isInUserID && fields.count > 15 && fingerprint.hasSuffix(fields[4]) && fields[10].hasPrefix("1"):
                let at = Int64(fields[5]) ?? 0
                if at >= newest[newest.count - 1].at { newest[newest.count - 1] = (at, fields[15]) }
            default: break
            }
        }
        finish()
        return found
    }

    private static func records(_ output: [UInt8]) -> [[String]] {
        output.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }.filter { $0.count > 9 }
    }
}
