/// Digests of a file, raw bytes; those that were not taken are empty. Of a package file, those are there that its ecosystem asks for
/// (`EcosystemProfile.digests`).
package struct Digests: Equatable, Sendable {
    /// 32 bytes, or none.
    package var sha256: [UInt8]
    /// 20 bytes, or none.
    package var sha1: [UInt8]
    /// 16 bytes, or none.
    package var md5: [UInt8]
    /// 64 bytes, or none.
    package var sha512: [UInt8]
    /// BLAKE2b with 32 bytes (RFC 7693), only for a file that came in a form which may ask for it (PyPI's); the catalog does not keep it.
    package var blake2b256: [UInt8]?

    package init(
        sha256: [UInt8], sha1: [UInt8] = [], md5: [UInt8] = [], sha512: [UInt8] = [], blake2b256: [UInt8]? = nil
    ) {
        self.sha256 = sha256
        self.sha1 = sha1
        self.md5 = md5
        self.sha512 = sha512
        self.blake2b256 = blake2b256
    }

    /// Those that the catalog keeps.
    package enum Algorithm: String, CaseIterable, Sendable {
        case md5, sha1, sha256, sha512

        /// As people write it.
        package var title: String {
            switch self {
            case .md5: "MD5"
            case .sha1: "SHA-1"
            case .sha256: "SHA-256"
            case .sha512: "SHA-512"
            }
        }

        /// Bytes of a digest.
        package var byteCount: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }
    }

    package subscript(algorithm: Algorithm) -> [UInt8] {
        get {
            switch algorithm {
            case .md5: md5
            case .sha1: sha1
            case .sha256: sha256
            case .sha512: sha512
            }
        }
        set {
            switch algorithm {
            case .md5: md5 = newValue
            case .sha1: sha1 = newValue
            case .sha256: sha256 = newValue
            case .sha512: sha512 = newValue
            }
        }
    }
}
