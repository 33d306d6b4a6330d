@testable import Formats
@testable import Kit

extension PyPIKit {
    static let repository = Repository(owner: "acme", type: "pypi", baseURL: "https://packages.example.org")

    /// Received at 2026-11-21T01:15:02Z.
    static func upload(_ filename: String, _ bytes: [UInt8]) -> Upload {
        let time = Timestamp(seconds: 1_795_223_702)
        return Upload(
            filename: filename, size: bytes.count,
            digests: Digests(sha256: PyPIPackage.digest(bytes), sha1: [], md5: [], sha512: []), modified: time, received: time,
            coordinates: Coordinates())
    }

    static func inspect(_ filename: String, _ bytes: [UInt8], in repository: Repository = repository) throws(Refusal)
        -> PackageRecord
    {
        try PyPI().inspect(upload(filename, bytes), bytes: bytes.span, in: repository, within: Budget())
    }
}

/// What the catalog and the generator will do, in memory: files go in, pages come out of the kept fragments.
struct PyPIShelf {
    private struct Entry {
        var sortKey: [UInt8]
        var shared: Bool
        var fragments: [Slot: [UInt8]]
    }

    private var entries: [PartitionKey: [Entry]] = [:]
    private(set) var identities: Set<String> = []
    /// Packages and what lies beside them, by path.
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var records: [String: PackageRecord] = [:]

    mutating func add(_ filename: String, _ bytes: [UInt8], yanked: String? = nil) throws(Refusal) {
        let ecosystem = PyPI(), upload = PyPIKit.upload(filename, bytes), repository = PyPIKit.repository
        let record = try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try ecosystem.place(record, of: upload, in: repository)
        let placed = ecosystem.fragments(
            of: record, from: upload, at: placement, annotations: Annotations(yanked: yanked), in: repository)
        let fragments = Dictionary(uniqueKeysWithValues: (record.fragments + placed).map { ($0.slot, $0.bytes) })
        guard identities.insert(placement.identity).inserted else {
            throw Refusal(.conflict, "\(placement.identity) is there", remedy: "choose another version")
        }
        for listing in placement.listings {
            entries[listing.partition, default: []].append(
                Entry(sortKey: listing.sortKey, shared: listing.shared, fragments: fragments))
        }
        files[placement.path.text] = bytes
        for sidecar in record.sidecars { files[try sidecar.place.path(beside: placement.path).text] = sidecar.bytes }
        records[filename] = record
    }

    func documents(in scope: String) -> [DocumentPlan] {
        let key = PartitionKey(scope: scope)
        let partition = Partition(key: key, count: sorted(key).count)
        return PyPI().documents(
            for: Scope(key: scope, changed: Timestamp(seconds: 0), partitions: [partition]), in: PyPIKit.repository)
    }

    /// Every page by path.
    var pages: [String: [UInt8]] {
        var pages: [String: [UInt8]] = [:]
        for scope in Set(entries.keys.map(\.scope)) {
            for plan in documents(in: scope) { pages[plan.path] = render(plan) }
        }
        return pages
    }

    func page(_ path: String) -> String { pages[path]?.text ?? "no page \(path)" }

    private func render(_ plan: DocumentPlan) -> [UInt8] {
        var page: [UInt8] = []
        for piece in plan.body {
            switch piece {
            case .literal(let bytes): page += bytes
            case .run(let run):
                var previous: [UInt8]?
                for fragment in run.partitions.flatMap(sorted).compactMap({ $0.fragments[run.slot] }) {
                    if run.distinct, fragment == previous { continue }
                    if previous != nil { page += run.separator }
                    page += fragment
                    previous = fragment
                }
            }
        }
        return page
    }

    private func sorted(_ key: PartitionKey) -> [Entry] {
        var sorted: [Entry] = []
        for entry in (entries[key] ?? []).sorted(by: { $0.sortKey.lexicographicallyPrecedes($1.sortKey) })
        where !(entry.shared && entry.sortKey == sorted.last?.sortKey) {
            sorted.append(entry)
        }
        return sorted
    }
}
