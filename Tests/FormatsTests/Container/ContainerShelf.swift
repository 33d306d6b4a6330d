import Testing

@testable import Formats
@testable import Kit

/// A registry in memory: takes files in, moves tags, and puts documents together as a generator would.
struct ContainerShelf {
    static let container = Container()
    static let repository = Repository(owner: "acme", type: "container", baseURL: "https://example.org")

    private struct Item {
        var record: PackageRecord
        var placement: Placement
        var fragments: [Fragment]
    }

    private var shelved: [Item] = []
    /// By scope `IMAGE:TAG`, the digest.
    private var tags: [String: String] = [:]

    static func upload(
        _ bytes: [UInt8], _ image: String?, _ tag: String? = nil, named filename: String = "", generation: String? = nil,
        withSHA512: Bool = false
    ) -> Upload {
        var coordinates = Coordinates()
        coordinates["image"] = image
        coordinates["tag"] = tag
        return Upload(
            filename: filename, size: bytes.count,
            digests: Digests(sha256: SHA256.of(bytes), sha512: withSHA512 ? SHA512.of(bytes) : []),
            modified: Timestamp(seconds: 0), received: Timestamp(seconds: 1_795_223_702), coordinates: coordinates,
            generation: generation)
    }

    static func record(
        _ bytes: [UInt8], _ image: String? = "app", _ tag: String? = "1.0", named filename: String = "", owner: String = "acme",
        withSHA512: Bool = false
    ) throws(Refusal) -> PackageRecord {
        var repository = repository
        repository.owner = owner
        return try container.inspect(
            upload(bytes, image, tag, named: filename, withSHA512: withSHA512), bytes: bytes.span, in: repository,
            within: Budget())
    }

    static func placement(
        _ bytes: [UInt8], _ image: String? = "app", _ tag: String? = "1.0", named filename: String = "", generation: String? = nil
    ) throws(Refusal) -> Placement {
        let record = try record(bytes, image, tag, named: filename)
        return try container.place(
            record, of: upload(bytes, image, tag, named: filename, generation: generation), in: repository)
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], _ image: String, _ tag: String?, named filename: String = "") throws -> Placement {
        let upload = Self.upload(bytes, image, tag, named: filename)
        let record = try Self.container.inspect(upload, bytes: bytes.span, in: Self.repository, within: Budget())
        let placement = try Self.container.place(record, of: upload, in: Self.repository)
        let fragments = Self.container.fragments(
            of: record, from: upload, at: placement, annotations: Annotations(), in: Self.repository)
        shelved.append(Item(record: record, placement: placement, fragments: record.fragments + fragments))
        for statement in record.statements { tags["\(image):\(statement.key)"] = statement.value }
        return placement
    }

    mutating func untag(_ image: String, _ tag: String) { tags["\(image):\(tag)"] = nil }

    mutating func remove(_ path: String) {
        shelved.removeAll { $0.placement.path.text == path }
    }

    private typealias Entry = (key: [UInt8], fragments: [Fragment])

    /// All documents by their paths.
    func documents() throws -> [String: String] {
        let kind = try #require(Self.container.profile.marks.first { $0.name == "tag" })
        let partition = try #require(kind.partition)
        var entries: [PartitionKey: [Entry]] = [:]
        var known: Set<PartitionKey> = []
        var shared: Set<[UInt8]> = []
        for item in shelved {
            for listing in item.placement.listings {
                known.insert(listing.partition)
                if listing.shared, !shared.insert(listing.sortKey).inserted { continue }
                entries[listing.partition, default: []].append((listing.sortKey, item.fragments))
            }
            for (scope, digest) in tags where item.record.version == digest {
                let parts = scope.split(separator: ":", maxSplits: 1).map(String.init)
                guard parts[0] == item.record.nameIdentity else { continue }
                let key = partition(parts[0], parts[1], item.placement.path.text)
                known.insert(key)
                entries[key] = [([], item.fragments)]
            }
        }
        var documents: [String: String] = [:]
        for scope in Set(known.map(\.scope)) {
            let view = view(of: scope, known, entries)
            let plans = Self.container.documents(for: view, in: Self.repository)
            for plan in plans { documents[plan.path] = text(of: plan, entries) }
            guard !plans.isEmpty else { continue }
            for echo in Self.container.echoes(of: [], of: view, in: Self.repository) {
                let fragments = echo.fragments.map { slot, pieces in
                    Fragment(
                        slot, pieces.flatMap { piece -> [UInt8] in if case .literal(let bytes) = piece { bytes } else { [] } })
                }
                entries[echo.partition, default: []].append((echo.sortKey, fragments))
            }
        }
        for scope in Set(entries.keys.map(\.scope)).subtracting(known.map(\.scope)) {
            let view = view(of: scope, Set(entries.keys), entries)
            for plan in Self.container.documents(for: view, in: Self.repository) {
                documents[plan.path] = text(of: plan, entries)
            }
        }
        return documents
    }

    private func view(of scope: String, _ known: Set<PartitionKey>, _ entries: [PartitionKey: [Entry]]) -> Scope {
        let partitions = known.filter { $0.scope == scope }.sorted { $0.name < $1.name }
            .map { Partition(key: $0, count: entries[$0]?.count ?? 0) }
        return Scope(key: scope, changed: Timestamp(seconds: 0), partitions: partitions)
    }

    private func text(of plan: DocumentPlan, _ entries: [PartitionKey: [Entry]]) -> String {
        var bytes: [UInt8] = []
        for piece in plan.body {
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                let pieces = run.partitions.flatMap { entries[$0] ?? [] }
                    .sorted { $0.key.lexicographicallyPrecedes($1.key) }
                    .map { entry in entry.fragments.first { $0.slot == run.slot }?.bytes ?? [] }
                bytes += pieces.joined(separator: run.separator)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
