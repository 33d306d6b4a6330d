internal import Formats

/// Puts an ecosystem's seal before documents.
struct Sealer {
    let ecosystem: any Ecosystem
    let repository: Repository
    let key: PlainKey?

    /// - Parameter path: of the document as it is served, some megabytes at most.
    func sealed(_ path: String) throws -> [UInt8] {
        let bytes = try Files.read(path)
        guard let key else { return bytes }
        precondition(key.publicKey.kind == .rsa, "seals are RSA's")
        let signatures = try Meter.measure(.sign) {
            try [Digests.Algorithm.sha1: key.sign(bytes, .sha1), .sha256: key.sign(bytes, .sha256)]
        }
        return ecosystem.seal(signatures, by: key.publicKey, in: repository) + bytes
    }
}
