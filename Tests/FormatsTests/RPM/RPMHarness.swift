@testable import Formats

/// What tests say about an upload.
func rpmUpload(_ file: [UInt8], group: String = "", modified: Int64 = 1_700_000_100, sha256: [UInt8]? = nil) -> Upload {
    Upload(
        filename: "upload.rpm", size: file.count,
        digests: Digests(sha256: sha256 ?? [UInt8](repeating: 0xAB, count: 32), sha1: [], md5: [], sha512: []),
        modified: Timestamp(seconds: modified), received: Timestamp(seconds: modified), coordinates: Coordinates(["group": group])
    )
}

/// A repository for tests.
func rpmRepository(_ options: Options = Options(), key: [UInt8]? = nil) -> Repository {
    Repository(owner: "acme", type: "rpm", baseURL: "https://packages.example.org", options: options, publicKey: key)
}
