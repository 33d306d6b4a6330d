@testable import Formats
@testable import Kit

/// A Cargo repository in memory: takes crates in, and assembles documents as a generator would.
struct CargoShelf {
    static let base = "https://example.org"
    var repository: Repository
    private(set) var shelved: [(record: PackageRecord, upload: Upload, placement: Placement)] = []
    var yanked: Set<String> = []

    init(_ options: [String: Options.Value] = [:], base: String = base) {
        repository = Repository(owner: "acme", type: "cargo", baseURL: base, options: Options(general: options))
    }

    static func upload(_ bytes: [UInt8], named filename: String = "", generation: String? = nil) -> Upload {
        let digests = Digests(
            sha256: SHA256.of(bytes), sha1: [UInt8](repeating: 0, count: 20), md5: [UInt8](repeating: 0, count: 16),
            sha512: [UInt8](repeating: 0, count: 64))
        return Upload(
            filename: filename, size: bytes.count, digests: digests, modified: Timestamp(seconds: 0),
            received: Timestamp(seconds: 1_700_000_000), coordinates: Coordinates(), generation: generation)
    }

    static func record(_ bytes: [UInt8], named filename: String = "") throws(Refusal) -> PackageRecord {
        try Cargo().inspect(
            upload(bytes, named: filename), bytes: bytes.span, in: CargoShelf().repository, within: Budget())
    }

    static func release(_ crate: CrateBuilder) throws(Refusal) -> CargoRelease {
        try CargoFacts.release(record(crate.bytes).facts)
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], named filename: String = "", generation: String? = nil) throws -> Placement {
        let upload = Self.upload(bytes, named: filename, generation: generation)
        let record = try Cargo().inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try Cargo().place(record, of: upload, in: repository)
        shelved.append((record, upload, placement))
        return placement
    }

    /// Every document that there is, by its path.
    func documents() -> [String: [UInt8]] {
        var documents: [String: [UInt8]] = [:]
        var scopes: [String: [(key: [UInt8], fragments: [Fragment])]] = [:]
        for (record, upload, placement) in shelved {
            let annotations = Annotations(yanked: yanked.contains("\(record.name) \(record.version)") ? "" : nil)
            let fragments =
                record.fragments
                + Cargo().fragments(of: record, from: upload, at: placement, annotations: annotations, in: repository)
            for listing in placement.listings {
                scopes[listing.partition.scope, default: []].append((listing.sortKey, fragments))
            }
        }
        var plans = Cargo().commons(in: repository).map { ($0, "") }
        for (key, entries) in scopes {
            let partition = Partition(key: PartitionKey(scope: key), count: entries.count)
            let scope = Scope(key: key, changed: Timestamp(seconds: 0), partitions: [partition])
            plans += Cargo().documents(for: scope, in: repository).map { ($0, key) }
        }
        for (plan, scope) in plans {
            documents[plan.path] = plan.body.reduce(into: []) { bytes, piece in
                switch piece {
                case .literal(let literal): bytes += literal
                case .run(let run):
                    for entry in (scopes[scope] ?? []).sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                        bytes += entry.fragments.first { $0.slot == run.slot }?.bytes ?? []
                    }
                }
            }
        }
        return documents
    }

    /// Takes a release out of the listings.
    mutating func drop(_ identity: String) { shelved.removeAll { $0.placement.identity == identity } }

    func lines(of path: String) -> [String] {
        (documents()[path] ?? []).text.split(separator: "\n").map(String.init)
    }
}
