@testable import Formats
@testable import Kit

/// A repository of pacman in memory: takes files in, and assembles documents as a generator would.
struct ArchShelf {
    var repository: Repository
    private(set) var shelved: [(record: PackageRecord, placement: Placement)] = []

    init(_ options: [String: Options.Value] = [:], key: [UInt8]? = nil) {
        repository = Repository(
            owner: "acme", type: "arch", baseURL: "https://example.org", options: Options(general: options), publicKey: key)
    }

    static func upload(_ bytes: [UInt8], named filename: String = "", to repository: String? = nil) -> Upload {
        let digests = Digests(
            sha256: SHA256.of(bytes), sha1: SHA1.of(bytes), md5: MD5.of(bytes), sha512: [UInt8](repeating: 0, count: 64))
        return Upload(
            filename: filename, size: bytes.count, digests: digests, modified: Timestamp(seconds: 0),
            received: Timestamp(seconds: 1_700_000_000),
            coordinates: Coordinates(repository.map { [Arch.repositoryName: $0] } ?? [:]))
    }

    static func record(_ bytes: [UInt8], named filename: String = "") throws(Refusal) -> PackageRecord {
        try Arch().inspect(upload(bytes, named: filename), bytes: bytes.span, in: ArchShelf().repository, within: Budget())
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], named filename: String = "", to place: String? = nil) throws -> Placement {
        let upload = Self.upload(bytes, named: filename, to: place)
        let record = try Arch().inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try Arch().place(record, of: upload, in: repository)
        shelved.append((record, placement))
        return placement
    }

    mutating func drop(_ identity: String) { shelved.removeAll { $0.placement.identity == identity } }

    func plans(_ scope: String = "") -> [DocumentPlan] {
        let listings = shelved.flatMap(\.placement.listings).filter { $0.partition.scope == scope }
        let partitions = Dictionary(grouping: listings, by: \.partition).map { Partition(key: $0.key, count: $0.value.count) }
            .sorted { ArchDocuments.precedes($0.key.name, $1.key.name) }
        return Arch().documents(
            for: Scope(key: scope, changed: Timestamp(seconds: 0), partitions: partitions), in: repository)
    }

    /// A scope's documents before compression, by path.
    func documents(_ scope: String = "") -> [String: [UInt8]] {
        var documents: [String: [UInt8]] = [:]
        for plan in plans(scope) {
            documents[plan.path] = plan.body.reduce(into: []) { bytes, piece in
                switch piece {
                case .literal(let literal): bytes += literal
                case .run(let run): bytes += self.bytes(of: run)
                }
            }
        }
        return documents
    }

    private func bytes(of run: Run) -> [UInt8] {
        let entries = shelved.flatMap { item in
            item.placement.listings.filter { run.partitions.contains($0.partition) }.map { ($0.sortKey, item.record.fragments) }
        }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
        var bytes: [UInt8] = []
        var last: [UInt8]?
        for (_, fragments) in entries {
            let first = run.firstOf.flatMap { slot in fragments.first { $0.slot == slot }?.bytes }
            if first != nil, first == last { continue }
            last = first
            bytes += fragments.first { $0.slot == run.slot }?.bytes ?? []
        }
        return bytes
    }

    /// The members of a database, with their contents.
    func members(_ path: String, in scope: String = "") throws -> [(path: String, text: String)] {
        let bytes = documents(scope)[path] ?? []
        return try Tar.scan(bytes.span, compressed: .none, subject: path, within: Budget()) { _ in .take }
            .map { (String(decoding: $0.member.storedPath, as: UTF8.self), $0.bytes.text) }
    }
}
