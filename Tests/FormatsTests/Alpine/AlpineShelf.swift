@testable import Formats
@testable import Kit

/// A repository of apk in memory: takes packages in, and assembles documents as a generator would.
struct AlpineShelf {
    static let key = SiteKey(kind: .rsa, der: [1, 2, 3])

    var repository: Repository
    private(set) var shelved: [(record: PackageRecord, placement: Placement)] = []

    init(_ options: [String: Options.Value] = [:], key: SiteKey? = key) {
        repository = Repository(
            owner: "acme", type: "alpine", baseURL: "https://example.org", options: Options(general: options),
            siteKeys: key.map { [$0] } ?? [])
    }

    static func upload(_ bytes: [UInt8], named filename: String = "", to coordinates: [String: String] = [:]) -> Upload {
        let digests = Digests(
            sha256: SHA256.of(bytes), sha1: SHA1.of(bytes), md5: MD5.of(bytes), sha512: [UInt8](repeating: 0, count: 64))
        return Upload(
            filename: filename, size: bytes.count, digests: digests, modified: Timestamp(seconds: 0),
            received: Timestamp(seconds: 1_700_000_000), coordinates: Coordinates(coordinates))
    }

    static func record(_ bytes: [UInt8], named filename: String = "") throws(Refusal) -> PackageRecord {
        try Alpine().inspect(upload(bytes, named: filename), bytes: bytes.span, in: AlpineShelf().repository, within: Budget())
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], to coordinates: [String: String] = [:]) throws -> Placement {
        let upload = Self.upload(bytes, to: coordinates)
        let record = try Alpine().inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try Alpine().place(record, of: upload, in: repository)
        shelved.append((record, placement))
        return placement
    }

    func plans(_ scope: String = "edge/main") -> [DocumentPlan] {
        var partitions: [PartitionKey: Partition] = [:]
        for (record, placement) in shelved {
            for listing in placement.listings where listing.partition.scope == scope {
                let size = record.fragments.first { $0.slot == Alpine.record }?.bytes.count ?? 0
                partitions[listing.partition, default: Partition(key: listing.partition, count: 0)].count += 1
                partitions[listing.partition]?.byteCounts[Alpine.record, default: 0] += size
            }
        }
        let sorted = partitions.values.sorted { AlpineIndex.precedes($0.key.name, $1.key.name) }
        return Alpine().documents(for: Scope(key: scope, changed: Timestamp(seconds: 9), partitions: sorted), in: repository)
    }

    /// A document before compression.
    func bytes(of plan: DocumentPlan) -> [UInt8] {
        plan.body.reduce(into: []) { bytes, piece in
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                let entries = shelved.flatMap { item in
                    item.placement.listings.filter { run.partitions.contains($0.partition) }.map {
                        ($0.sortKey, item.record.fragments[0].bytes)
                    }
                }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
                for (_, fragment) in entries { bytes += fragment.flatMap { $0 == 0 ? run.filling ?? [] : [$0] } }
            }
        }
    }

    /// What an index holds, by the names in its tar.
    func members(_ architecture: String, in scope: String = "edge/main") throws -> [String: String] {
        guard let plan = plans(scope).first(where: { $0.path == "\(scope)/\(architecture)/APKINDEX.unsigned.tar.gz" }) else {
            return [:]
        }
        let contents = try Tar.scan(
            bytes(of: plan).span, compressed: .none, subject: "the index", within: Budget()
        ) { _ in .take }
        return Dictionary(uniqueKeysWithValues: contents.map { ($0.member.path, $0.bytes.text) })
    }
}
