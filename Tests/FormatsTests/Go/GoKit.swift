import Testing

@testable import Formats
@testable import Kit

extension GoKit {
    static let received = Timestamp(seconds: 1_795_867_200)
    static let repository = Repository(owner: "acme", type: "goproxy", baseURL: "https://example.org")

    static func upload(_ size: Int = 0, named filename: String = "x.zip", generation: String? = nil) -> Upload {
        let digests = Digests(
            sha256: [UInt8](repeating: 1, count: 32), sha1: [UInt8](repeating: 2, count: 20),
            md5: [UInt8](repeating: 3, count: 16),
            sha512: [UInt8](repeating: 4, count: 64))
        return Upload(
            filename: filename, size: size, digests: digests, modified: Timestamp(seconds: 0), received: received,
            coordinates: Coordinates(), generation: generation)
    }

    static func record(_ bytes: [UInt8], within budget: Budget = Budget()) throws(Refusal) -> PackageRecord {
        try Go().inspect(upload(bytes.count), bytes: bytes.span, in: repository, within: budget)
    }

    static func recognise(_ bytes: [UInt8], named filename: String = "x.zip") -> Recognition {
        Go().recognise(bytes.span, filename: filename)
    }

    static func facts(_ zip: ZipBuilder) throws -> GoFacts { try GoFacts(record(zip.bytes).facts) }

    static func placement(_ zip: ZipBuilder) throws(Refusal) -> Placement {
        try Go().place(try record(zip.bytes), of: upload(), in: repository)
    }
}

/// A repository of modules in memory: takes zips in, and assembles documents as a generator would.
struct GoShelf {
    private(set) var shelved: [(record: PackageRecord, placement: Placement)] = []

    mutating func add(_ zip: ZipBuilder) throws {
        let record = try GoKit.record(zip.bytes)
        shelved.append((record, try Go().place(record, of: GoKit.upload(), in: GoKit.repository)))
    }

    mutating func remove(_ version: String) { shelved.removeAll { $0.record.version == version } }

    /// The documents of a module by path.
    func documents(of scope: String) throws -> [String: String] {
        var partitions: [Partition] = []
        for name in ["latest", "list"] {
            let key = PartitionKey(scope: scope, name: name)
            partitions.append(Partition(key: key, count: entries(of: key).count))
        }
        let scope = Scope(key: scope, changed: GoKit.received, partitions: partitions)
        var documents: [String: String] = [:]
        for plan in Go().documents(for: scope, in: GoKit.repository) {
            var bytes: [UInt8] = []
            for piece in plan.body {
                switch piece {
                case .literal(let literal): bytes += literal
                case .run(let run):
                    let all = entries(of: try #require(run.partitions.first))
                    for (record, placement) in all.prefix(run.limit ?? all.count) {
                        let fragments = Go().fragments(
                            of: record, from: GoKit.upload(), at: placement, annotations: Annotations(), in: GoKit.repository)
                        bytes += try #require(fragments.first { $0.slot == run.slot }).bytes
                    }
                }
            }
            documents[plan.path] = bytes.text
        }
        return documents
    }

    private func entries(of key: PartitionKey) -> [(PackageRecord, Placement)] {
        var keyed: [(key: [UInt8], record: PackageRecord, placement: Placement)] = []
        for (record, placement) in shelved {
            for listing in placement.listings where listing.partition == key {
                keyed.append((listing.sortKey, record, placement))
            }
        }
        return keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.record, $0.placement) }
    }
}
