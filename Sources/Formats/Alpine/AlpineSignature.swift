/// What stands before an index: a gzip member with a tar that has no end, and in it signatures over all bytes behind the member.
///
/// apk takes the first of them whose key it has under that very name, and reads on. So several may stand there: of an old key and
/// a new one, and with both digests for each.
enum AlpineSignature {
    /// RSA, PKCS #1 v1.5 (RFC 8017, 8.2), by the word in the member's name; the better one first. SHA-1 is for apk before 2.7, which knows
    /// no other.
    private static let digests: [(algorithm: Digests.Algorithm, word: String)] = [(.sha256, "RSA256"), (.sha1, "RSA")]

    /// Where Gitea has the key.
    static let keyPath = "key"
    static let keyEnding = ".rsa.pub"

    /// The file's name, by which an index says whose signature it is: `OWNER@FINGERPRINT.rsa.pub`, with the first 16 hexadecimal
    /// digits of the key's SHA-256. apk has keys of that name below /etc/apk/keys.
    static func name(of key: SiteKey, in repository: Repository) -> String {
        "\(repository.owner)@\(key.name)\(keyEnding)"
    }

    /// All signatures of the better digest before those of the other; of one digest in the order given.
    static func member(of signatures: [SiteKey.Signature], in repository: Repository) -> [UInt8] {
        var tar: [UInt8] = []
        for (algorithm, word) in digests {
            for signature in signatures where signature.digest == algorithm {
                tar += TarOutput.file(".SIGN.\(word).\(name(of: signature.key, in: repository))", signature.bytes, modified: 0)
            }
        }
        return Encoding.gzip(level: 9).encode(tar.span)
    }
}
