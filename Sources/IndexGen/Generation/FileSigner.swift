internal import Formats

/// Signs the package files of a repository whose clients want a signature beside each.
struct FileSigner {
    let site: Site
    let catalog: Catalog
    let keyring: Keyring
    let suffix: String

    /// Files of one transaction.
    private static let portion = 128

    /// - Parameter isWhole: whether files are looked at that are public already.
    func run(_ repository: RepositoryRow, isWhole: Bool) throws {
        let signers = keyring.fingerprints.joined(separator: " ")
        var last: FileID?
        while true {
            let files = try catalog.unsignedFiles(
                of: repository, suffix: suffix, signers: signers, isWhole: isWhole, after: last, limit: Self.portion)
            if files.isEmpty { return }
            last = files.last?.id
            let signatures = try Parallel.map(files) { file in
                Result<Catalog.FileSignature, any Error> { try signature(of: file) }
            }.map { try $0.get() }
            try catalog.attach(signatures, suffix: suffix, signers: signers, blobs: site.blobs)
        }
    }

    /// Dated by the file's arrival, so that it is the same whenever it is made.
    private func signature(of file: Catalog.UnsignedFile) throws -> Catalog.FileSignature {
        let bytes = try Meter.measure(.sign) {
            try keyring.sign(site.blobs.path(of: file.sha256), as: .detached(isArmored: false), at: file.received)
        }
        return Catalog.FileSignature(
            file: file, content: try site.staging.stage(bytes), sha256: SHA256Digest.of(bytes), size: bytes.count)
    }
}
