@testable import Formats
@testable import Kit

/// One package all the way to its fragment, and repositories to do it in.
enum DebianHarness {
    static let debian = Debian()

    static func repository(_ options: [String: Options.Value] = [:], signed: Bool = false) -> Repository {
        Repository(
            owner: "acme", type: "debian", baseURL: "https://packages.example.org", options: Options(general: options),
            publicKey: signed ? [UInt8]("KEY\n") : nil)
    }

    static func upload(_ size: Int, _ coordinates: [String: String] = [:], filename: String = "x.deb") -> Upload {
        Upload(
            filename: filename, size: size,
            digests: Digests(
                sha256: .init(repeating: 0xAB, count: 32), sha1: .init(repeating: 1, count: 20),
                md5: .init(repeating: 2, count: 16),
                sha512: .init(repeating: 3, count: 64)),
            modified: Timestamp(seconds: 0), received: Timestamp(seconds: 0), coordinates: Coordinates(coordinates))
    }

    static func inspect(_ bytes: [UInt8], filename: String = "x.deb") throws(Refusal) -> PackageRecord {
        try debian.inspect(upload(bytes.count, filename: filename), bytes: bytes.span, in: repository(), within: Budget())
    }

    static func place(
        _ bytes: [UInt8], _ coordinates: [String: String] = [:], filename: String = "x.deb"
    ) throws(Refusal) -> Placement {
        try debian.place(
            inspect(bytes, filename: filename), of: upload(bytes.count, coordinates, filename: filename), in: repository())
    }

    static func stanza(_ bytes: [UInt8]) throws(Refusal) -> String {
        let record = try inspect(bytes), upload = upload(bytes.count), repository = repository()
        let placement = try debian.place(record, of: upload, in: repository)
        return debian.fragments(of: record, from: upload, at: placement, annotations: Annotations(), in: repository)
            .map(\.bytes.text).joined()
    }

    static func scope(_ key: String, _ partitions: [String]) -> Scope {
        Scope(
            key: key, changed: Timestamp(seconds: 1_795_223_702),
            partitions: partitions.map { Partition(key: PartitionKey(scope: key, name: $0), count: 1) })
    }
}
