/// The public half of a key of the site that is not OpenPGP's: for ecosystems whose clients verify plain signatures.
package struct SiteKey: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// 4096 bits; PKCS #1 v1.5 over SHA-256 (RFC 8017, 8.2).
        case rsa
        /// ECDSA over the curve P-256 and SHA-256; signatures in DER (RFC 3279, 2.2.3).
        case ecdsa
    }

    package var kind: Kind
    /// SubjectPublicKeyInfo in DER (RFC 5280, 4.1).
    package var der: [UInt8]

    package init(kind: Kind, der: [UInt8]) {
        self.kind = kind
        self.der = der
    }

    /// A signature over the bytes of a document, for `Ecosystem.seal`.
    package struct Signature: Equatable, Sendable {
        package var key: SiteKey
        package var digest: Digests.Algorithm
        package var bytes: [UInt8]

        package init(by key: SiteKey, over digest: Digests.Algorithm, _ bytes: [UInt8]) {
            self.key = key
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// 16 hexadecimal digits that tell keys apart.
    package var name: String { Hex.string(Array(SHA256.of(der).prefix(8))) }

    /// The key as PEM has it (RFC 7468, 13), with a line feed at its end.
    package var pem: [UInt8] {
        var pem = Array("-----BEGIN PUBLIC KEY-----\n".utf8)
        for start in stride(from: 0, to: der.count, by: 48) {
            pem.append(base64: Array(der[start..<min(start + 48, der.count)]))
            pem.append(UInt8(ascii: "\n"))
        }
        return pem + Array("-----END PUBLIC KEY-----\n".utf8)
    }
}
