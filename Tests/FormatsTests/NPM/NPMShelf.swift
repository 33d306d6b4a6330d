@testable import Formats
@testable import Kit

/// An npm repository in memory: takes files in, and assembles documents as a generator would.
struct NPMShelf {
    struct File {
        var record: PackageRecord
        var upload: Upload
        var placement: Placement
        var bytes: [UInt8]
    }

    static let base = "https://example.org"
    var repository: Repository
    private(set) var shelved: [File] = []
    /// Dist-tags by package, messages of deprecation by `NAME@VERSION`.
    var tags: [String: [String: String]] = [:]
    var deprecated: [String: String] = [:]
    /// When each scope was changed last.
    var changed = Timestamp(seconds: 1_700_000_500)
    private var clock: Int64 = 1_700_000_000

    init(key: SiteKey? = nil, base: String = base, options: [String: Options.Value] = [:]) {
        repository = Repository(
            owner: "acme", type: "npm", baseURL: base, options: Options(general: options),
            siteKeys: key.map { [$0] } ?? [])
    }

    static func upload(_ bytes: [UInt8], named filename: String = "", received: Int64 = 1_700_000_000) -> Upload {
        let digests = Digests(
            sha256: SHA256.of(bytes), sha1: SHA1.of(bytes), md5: MD5.of(bytes), sha512: SHA512.of(bytes))
        return Upload(
            filename: filename, size: bytes.count, digests: digests, modified: Timestamp(seconds: 0),
            received: Timestamp(seconds: received), coordinates: Coordinates())
    }

    static func record(_ bytes: [UInt8], named filename: String = "") throws(Refusal) -> PackageRecord {
        try NPM().inspect(upload(bytes, named: filename), bytes: bytes.span, in: NPMShelf().repository, within: Budget())
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], named filename: String = "", generation: String? = nil) throws -> Placement {
        var upload = Self.upload(bytes, named: filename, received: clock)
        upload.generation = generation
        clock += 1
        let record = try NPM().inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try NPM().place(record, of: upload, in: repository)
        shelved.append(File(record: record, upload: upload, placement: placement, bytes: bytes))
        return placement
    }

    /// Takes out all files of a version, with its tags.
    mutating func drop(_ name: String, _ version: String) {
        shelved.removeAll { $0.record.name == name && $0.record.version == version }
        tags[name] = tags[name]?.filter { $0.value != version }
    }

    private func annotations(of file: File) -> Annotations {
        var annotations = Annotations()
        annotations["deprecated"] = deprecated["\(file.record.name)@\(file.record.version)"]
        if let key = repository.siteKey, let text = NPM().signedText(of: file.record, from: file.upload) {
            annotations[Annotations.signatureKind, key: key.name] = NPMText.base64(SHA256.of(text))
        }
        return annotations
    }

    private typealias Entry = (key: [UInt8], fragments: [Fragment])

    private func partitions() -> [PartitionKey: [Entry]] {
        var partitions: [PartitionKey: [Entry]] = [:]
        for file in shelved {
            let fragments =
                file.record.fragments
                + NPM().fragments(
                    of: file.record, from: file.upload, at: file.placement, annotations: annotations(of: file), in: repository)
            for listing in file.placement.listings {
                partitions[listing.partition, default: []].append((listing.sortKey, fragments))
            }
        }
        return partitions.mapValues { $0.sorted { $0.key.lexicographicallyPrecedes($1.key) } }
    }

    /// Every document that there is, by its path.
    func documents() -> [String: [UInt8]] {
        let partitions = partitions()
        var plans = NPM().commons(in: repository)
        for scope in Set(partitions.keys.map(\.scope)) {
            let own = partitions.filter { $0.key.scope == scope }
                .map { Partition(key: $0.key, count: $0.value.count) }.sorted { $0.key.name < $1.key.name }
            var marks = Annotations()
            for (tag, version) in tags[scope] ?? [:] { marks["dist-tag", key: tag] = version }
            plans += NPM().documents(
                for: Scope(key: scope, changed: changed, partitions: own, marks: marks), in: repository)
        }
        var documents: [String: [UInt8]] = [:]
        for plan in plans { documents[plan.path] = Self.body(plan.body, partitions) }
        return documents
    }

    private static func body(_ pieces: [Piece], _ partitions: [PartitionKey: [Entry]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                let entries = run.partitions.flatMap { partitions[$0] ?? [] }.prefix(run.limit ?? .max)
                func piece(_ slot: Slot, of entry: Entry) -> [UInt8] { entry.fragments.first { $0.slot == slot }?.bytes ?? [] }
                var last: [UInt8]?
                var fragments: [[UInt8]] = []
                for entry in entries {
                    let compared = run.firstOf.map { piece($0, of: entry) }
                    if compared == nil || compared != last { fragments.append(piece(run.slot, of: entry)) }
                    last = compared
                }
                bytes += fragments.joined(separator: run.separator)
            }
        }
        return bytes
    }

    /// A document, read.
    func json(_ path: String) throws -> DataValue? {
        guard let bytes = documents()[path] else { return nil }
        return try JSONReader.read(bytes.span, of: path, within: Budget())
    }
}

extension DataValue {
    /// What is at the end of a path of members.
    subscript(_ first: String, _ rest: String...) -> DataValue? {
        rest.reduce(self[first]) { $0?[$1] }
    }

    /// A member's names, in their order.
    var names: [String] { (object ?? []).map(\.name) }

    /// As compact JSON.
    var text: String {
        var json = JSONWriter()
        json.value(self)
        return json.bytes.text
    }
}
