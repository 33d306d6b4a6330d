/// What stands before an index: a gzip member with a tar that has no end, and in it signatures over all bytes behind the member.
///
/// apk takes the first of them whose key it has under that very name, and reads on. So several may stand there: of an old key and
/// a new one, and with both digests for each.
struct AlpineSignature {
    /// RSA, PKCS #1 v1.5 (RFC 8017, 8.2), by the word in the member's name; the better one first.
    enum Digest: String, CaseIterable {
        case sha256 = "RSA256"
        /// For apk before 2.7, which knows no other.
        case sha1 = "RSA"

        var algorithm: Digests.Algorithm {
            switch self {
            case .sha256: .sha256
            case .sha1: .sha1
            }
        }
    }

    var digest: Digest
    var bytes: [UInt8]
    var key: SiteKey

    init(_ digest: Digest, _ bytes: [UInt8], by key: SiteKey) {
        self.digest = digest
        self.bytes = bytes
        self.key = key
    }

    /// Where Gitea has the key.
    static let keyPath = "key"
    static let keyEnding = ".rsa.pub"

    /// The file's name, by which an index says whose signature it is: `OWNER@FINGERPRINT.rsa.pub`, with the first 16 hexadecimal
    /// digits of the key's SHA-256. apk has keys of that name below /etc/apk/keys.
    static func name(of key: SiteKey, in repository: Repository) -> String {
        "\(repository.owner)@\(key.name)\(keyEnding)"
    }

    /// In this order; a signature of the better digest belongs before that of the other.
    static func member(of signatures: [AlpineSignature], in repository: Repository) -> [UInt8] {
        let tar = signatures.reduce(into: [UInt8]()) { tar, signature in
            let name = ".SIGN.\(signature.digest.rawValue).\(name(of: signature.key, in: repository))"
            tar += TarOutput.file(name, signature.bytes, modified: 0)
        }
        return Encoding.gzip(level: 9).encode(tar.span)
    }
}
