import Testing

@testable import Formats

/// A repository of generic files in memory: takes files in, and puts documents together as a generator would.
struct GenericShelf {
    static let generic = Generic()

    var repository: Repository
    private var shelved: [(placement: Placement, fragments: [Fragment])] = []

    init(signed: Bool = false) {
        repository = Repository(
            owner: "acme", type: "generic", baseURL: "https://example.org", publicKey: signed ? [UInt8]("KEY\n") : nil)
    }

    static func upload(
        _ bytes: [UInt8], named filename: String, _ package: String?, _ version: String?, generation: String? = nil
    ) -> Upload {
        var coordinates = Coordinates()
        coordinates["package"] = package
        coordinates["version"] = version
        return Upload(
            filename: filename, size: bytes.count,
            digests: Digests(
                sha256: SHA256.of(bytes), sha1: [UInt8](repeating: 1, count: 20), md5: [UInt8](repeating: 2, count: 16),
                sha512: [UInt8](repeating: 3, count: 64)),
            modified: Timestamp(seconds: 0), received: Timestamp(seconds: 1_795_223_702), coordinates: coordinates,
            generation: generation)
    }

    /// As far as the catalog: read and placed.
    static func taken(
        _ filename: String, _ package: String?, _ version: String?, bytes: [UInt8] = [], generation: String? = nil
    ) throws(Refusal) -> (record: PackageRecord, placement: Placement) {
        let upload = upload(bytes, named: filename, package, version, generation: generation)
        let repository = GenericShelf().repository
        let record = try generic.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        return (record, try generic.place(record, of: upload, in: repository))
    }

    mutating func add(
        _ filename: String, _ package: String, _ version: String, bytes: [UInt8] = [], generation: String? = nil
    ) throws {
        let upload = Self.upload(bytes, named: filename, package, version, generation: generation)
        let record = try Self.generic.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try Self.generic.place(record, of: upload, in: repository)
        let fragments = Self.generic.fragments(
            of: record, from: upload, at: placement, annotations: Annotations(), in: repository)
        shelved.append((placement, record.fragments + fragments))
    }

    /// What is listed in a partition, each key of a shared listing once.
    private func entries(of partition: PartitionKey) -> [(key: [UInt8], fragments: [Fragment])] {
        var seen: Set<[UInt8]> = []
        return shelved.flatMap { item in
            item.placement.listings.filter { $0.partition == partition }.map { ($0, item.fragments) }
        }
        .sorted { $0.0.sortKey.lexicographicallyPrecedes($1.0.sortKey) }
        .filter { !$0.0.shared || seen.insert($0.0.sortKey).inserted }
        .map { ($0.0.sortKey, $0.1) }
    }

    /// Leaves first, then roots.
    func plans(of key: String, besides removed: [String] = []) -> [DocumentPlan] {
        let partitions = Set(shelved.flatMap { $0.placement.listings.map(\.partition) }).filter { $0.scope == key }
            .sorted { $0.name < $1.name }
            .map { Partition(key: $0, count: removed.contains($0.name) ? 0 : entries(of: $0).count) }
        let scope = Scope(key: key, changed: Timestamp(seconds: 0), partitions: partitions)
        return Self.generic.documents(for: scope, in: repository) + Self.generic.roots(for: scope, over: [], in: repository)
    }

    func text(of plan: DocumentPlan) -> String {
        var bytes: [UInt8] = []
        for piece in plan.body {
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                let pieces = run.partitions.flatMap { entries(of: $0) }
                    .sorted { $0.key.lexicographicallyPrecedes($1.key) }
                    .map { entry in entry.fragments.first { $0.slot == run.slot }?.bytes ?? [] }
                bytes += pieces.joined(separator: run.separator)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// All documents of a scope by their paths.
    func documents(of key: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: plans(of: key).map { ($0.path, text(of: $0)) })
    }
}
