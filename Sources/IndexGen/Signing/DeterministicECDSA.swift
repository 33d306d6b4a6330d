internal import CCrypto
internal import Formats

/// ECDSA over P-256 and SHA-256 whose secret number comes of the key and the text (RFC 6979, section 3.2): the same text has the same
/// signature, so that a tree made from scratch equals the incremental one, and no bad random source gives the key away.
enum DeterministicECDSA {
    /// - Parameters:
    ///   - digest: SHA-256 of the text, 32 bytes.
    ///   - key: a secret key over P-256.
    /// - Returns: the signature in DER; nil when libcrypto does not sign with this key.
    static func signature(of digest: [UInt8], by key: OpaquePointer) -> [UInt8]? {
        guard let ec = EVP_PKEY_get1_EC_KEY(key), let group = EC_KEY_get0_group(ec), let secret = EC_KEY_get0_private_key(ec),
            let order = EC_GROUP_get0_order(group), let context = BN_CTX_new()
        else { return nil }
        defer {
            EC_KEY_free(ec)
            BN_CTX_free(context)
        }
        var generator = Generator(secret: bytes(of: secret), digest: reduced(digest, order, context))
        while true {
            let candidate = generator.next()
            guard let number = BN_bin2bn(candidate, Int32(candidate.count), nil) else { return nil }
            defer { BN_clear_free(number) }
            guard BN_is_zero(number) == 0, BN_cmp(number, order) < 0 else { continue }
            // What libcrypto wants of the number k: its inverse, and the first coordinate of k times the base point, modulo the order.
            guard let point = EC_POINT_new(group), let x = BN_new(), let inverse = BN_mod_inverse(nil, number, order, context)
            else {
                return nil
            }
            defer {
                EC_POINT_free(point)
                BN_free(x)
                BN_clear_free(inverse)
            }
            guard EC_POINT_mul(group, point, number, nil, nil, context) == 1,
                EC_POINT_get_affine_coordinates(group, point, x, nil, context) == 1, BN_nnmod(x, x, order, context) == 1
            else { return nil }
            if BN_is_zero(x) == 1 { continue }
            guard let signature = ECDSA_do_sign_ex(digest, Int32(digest.count), inverse, x, ec) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            var der: UnsafeMutablePointer<UInt8>?
            let count = i2d_ECDSA_SIG(signature, &der)
            guard count > 0 else { return nil }
            defer { CRYPTO_free(der, nil, 0) }
            return Array(UnsafeBufferPointer(start: der, count: Int(count)))
        }
    }

    /// The numbers that may be k, in their order (3.2, steps b to h).
    private struct Generator {
        private var key = [UInt8](repeating: 0, count: 32)
        private var value = [UInt8](repeating: 1, count: 32)
        private var isFirst = true

        init(secret: [UInt8], digest: [UInt8]) {
            for byte in [0, 1] as [UInt8] {
                key = hmac(value + [byte] + secret + digest, key)
                value = hmac(value, key)
            }
        }

        mutating func next() -> [UInt8] {
            if !isFirst {
                key = hmac(value + [0], key)
                value = hmac(value, key)
            }
            isFirst = false
            value = hmac(value, key)
            return value
        }
    }

    /// HMAC with SHA-256 (RFC 2104); the key has 32 bytes.
    private static func hmac(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let padded = key + [UInt8](repeating: 0, count: 32)
        return SHA256.of(padded.map { $0 ^ 0x5C } + SHA256.of(padded.map { $0 ^ 0x36 } + text))
    }

    /// 32 bytes, the first the most significant.
    private static func bytes(of number: OpaquePointer) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        BN_bn2binpad(number, &bytes, 32)
        return bytes
    }

    /// A digest modulo the order of the curve (2.3.4).
    private static func reduced(_ digest: [UInt8], _ order: OpaquePointer, _ context: OpaquePointer) -> [UInt8] {
        guard let number = BN_bin2bn(digest, Int32(digest.count), nil) else { return digest }
        defer { BN_free(number) }
        BN_nnmod(number, number, order, context)
        return bytes(of: number)
    }
}
