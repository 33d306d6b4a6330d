internal import Formats

/// Puts an ecosystem's seal before documents.
struct Sealer {
    let ecosystem: any Ecosystem
    let repository: Repository
    /// None on an unsigned site.
    let keys: [PlainKey]

    /// - Parameter path: of the document as it is served, some megabytes at most.
    func sealed(_ path: String) throws -> [UInt8] {
        let bytes = try Files.read(path)
        if keys.isEmpty { return bytes }
        let signatures = try Meter.measure(.sign) {
            try keys.flatMap { key in
                precondition(key.publicKey.kind == .rsa, "seals are RSA's")
                return try [Digests.Algorithm.sha256, .sha1].map {
                    SiteKey.Signature(by: key.publicKey, over: $0, try key.sign(bytes, $0))
                }
            }
        }
        return ecosystem.seal(signatures, in: repository) + bytes
    }
}
