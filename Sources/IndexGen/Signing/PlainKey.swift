internal import CCrypto
internal import Formats

/// A secret key of the site that is not OpenPGP's (`SiteKey` is its public half). libcrypto does the work.
///
/// Unchecked, since a pointer says nothing of threads: libcrypto's keys may be used by several at once as long as none changes them, and
/// nothing does from the end of `init` to `deinit`.
final class PlainKey: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let publicKey: SiteKey
    private let key: OpaquePointer

    /// A new one: RSA with 4096 bits, or ECDSA over P-256.
    init(generating kind: SiteKey.Kind) throws(Failure) {
        let context =
            switch kind {
            case .rsa: EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
            case .ecdsa: EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
            }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let isReady =
            EVP_PKEY_keygen_init(context) > 0
            && (kind == .rsa
                ? EVP_PKEY_CTX_set_rsa_keygen_bits(context, 4_096)
                : EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)) > 0
        guard isReady, EVP_PKEY_keygen(context, &key) > 0, let key else {
            throw Failure(description: "libcrypto made no \(kind.rawValue) key")
        }
        self.key = key
        publicKey = SiteKey(kind: kind, der: Self.publicDER(of: key))
    }

    /// - Parameter pem: PKCS #8 or a traditional form, without a passphrase.
    init(_ kind: SiteKey.Kind, pem: [UInt8], named name: String) throws(Failure) {
        let key = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free(source) }
            return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        let wanted = kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC
        guard let key, EVP_PKEY_get_base_id(key) == wanted, kind == .rsa || EVP_PKEY_get_bits(key) == 256 else {
            EVP_PKEY_free(key)
            throw Failure(
                description:
                    "\(name) is not a key for \(kind == .rsa ? "RSA" : "ECDSA over P-256") in PEM without a passphrase; restore it from a backup, or remove it to have a new one made"
            )
        }
        self.key = key
        publicKey = SiteKey(kind: kind, der: Self.publicDER(of: key))
    }

    deinit { EVP_PKEY_free(key) }

    private static func publicDER(of key: OpaquePointer) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &bytes)
        precondition(count > 0, "a key has a public half")
        defer { CRYPTO_free(bytes, nil, 0) }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    /// PKCS #8 in PEM, without a passphrase.
    var pem: [UInt8] {
        let target = BIO_new(BIO_s_mem())
        defer { BIO_free(target) }
        precondition(PEM_write_bio_PKCS8PrivateKey(target, key, nil, nil, 0, nil, nil) == 1, "memory takes everything")
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(target)))
        let count = BIO_read(target, &bytes, Int32(bytes.count))
        return Array(bytes.prefix(Int(count)))
    }

    /// A signature over SHA-256, or with RSA over another digest. The same text has the same signature.
    func sign(_ bytes: [UInt8], _ algorithm: Digests.Algorithm = .sha256) throws -> [UInt8] {
        if publicKey.kind == .ecdsa {
            precondition(algorithm == .sha256, "P-256 goes with SHA-256")
            guard let signature = DeterministicECDSA.signature(of: SHA256.of(bytes), by: key) else { throw Self.unsigned }
            return signature
        }
        let digest =
            switch algorithm {
            case .md5: EVP_md5()
            case .sha1: EVP_sha1()
            case .sha256: EVP_sha256()
            case .sha512: EVP_sha512()
            }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, digest, nil, key) == 1,
            EVP_DigestSign(context, nil, &count, bytes, bytes.count) == 1
        else { throw Self.unsigned }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1 else { throw Self.unsigned }
        return Array(signature.prefix(count))
    }

    private static let unsigned = Failure(description: "libcrypto does not sign with this key")
}

/// A signature by the site's plain key.
struct TextSignature: Sendable {
    /// The key's name.
    var key: String
    /// In base64.
    var text: String
}
