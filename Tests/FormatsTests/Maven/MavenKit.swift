import Testing

@testable import Formats
@testable import Kit

extension MavenKit {
    /// 2026-11-29T11:44:27Z.
    static let received = Timestamp(seconds: 1_795_952_667)
    static let repository = Repository(owner: "acme", type: "maven", baseURL: "https://example.org")

    static func digests(_ bytes: [UInt8]) -> Digests {
        Digests(sha256: SHA256.of(bytes), sha1: SHA1.of(bytes), md5: MD5.of(bytes), sha512: SHA512.of(bytes))
    }

    /// What the route makes of a path: `com/example/lib/1.0/lib-1.0.jar`. A name alone has no coordinates.
    static func address(_ path: String) -> (coordinates: Coordinates, filename: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let filename = parts.removeLast()
        guard let version = parts.popLast() else { return (Coordinates(), filename) }
        guard let artifact = parts.popLast() else { return (Coordinates(["group": version]), filename) }
        let group = parts.joined(separator: "/")
        if group.isEmpty, parts.isEmpty { return (Coordinates(["group": "\(artifact)/\(version)"]), filename) }
        return (Coordinates(["group": group, "artifact": artifact, "version": version]), filename)
    }

    static func upload(
        _ bytes: [UInt8], to path: String, at received: Timestamp = received, generation: String? = nil
    ) -> Upload {
        let (coordinates, filename) = address(path)
        return Upload(
            filename: filename, size: bytes.count, digests: digests(bytes), modified: received, received: received,
            coordinates: coordinates, generation: generation)
    }

    static func record(
        _ bytes: [UInt8], to path: String, at received: Timestamp = received, within budget: Budget = Budget()
    ) throws(Refusal) -> PackageRecord {
        try Maven().inspect(upload(bytes, to: path, at: received), bytes: bytes.span, in: repository, within: budget)
    }

    static func placement(_ bytes: [UInt8], to path: String, at received: Timestamp = received) throws(Refusal) -> Placement {
        let upload = upload(bytes, to: path, at: received)
        return try Maven().place(
            Maven().inspect(upload, bytes: bytes.span, in: repository, within: Budget()), of: upload, in: repository)
    }

    static func role(_ path: String) throws(Refusal) -> PartRole {
        let (coordinates, filename) = address(path)
        return try MavenAssembly().role(of: filename, at: coordinates)
    }

    /// Looks at what is never kept.
    static func look(at bytes: [UInt8], _ path: String) throws(Refusal) {
        let (coordinates, filename) = address(path), assembly = MavenAssembly()
        switch try assembly.role(of: filename, at: coordinates) {
        case .checksum(_, let algorithm): _ = try assembly.checksum(bytes.span, algorithm, named: filename)
        default: try assembly.checkIgnored(bytes.span, named: filename, at: coordinates)
        }
    }

    static func pom(_ bytes: String) throws(Refusal) -> MavenPOM { try MavenPOM(Array(bytes.utf8).span, within: Budget()) }
}

/// A repository in memory: takes files in, and assembles documents as a generator would.
struct MavenShelf {
    private struct Shelved {
        var record: PackageRecord
        var placement: Placement
        var fragments: [Slot: [UInt8]]
    }

    private var shelved: [Shelved] = []
    /// Of every scope.
    var changed = MavenKit.received

    mutating func add(_ bytes: [UInt8], to path: String, at received: Timestamp = MavenKit.received) throws {
        let upload = MavenKit.upload(bytes, to: path, at: received)
        let record = try Maven().inspect(upload, bytes: bytes.span, in: MavenKit.repository, within: Budget())
        let placement = try Maven().place(record, of: upload, in: MavenKit.repository)
        let fragments = Maven().fragments(
            of: record, from: upload, at: placement, annotations: Annotations(), in: MavenKit.repository)
        #expect(!shelved.contains { $0.placement.identity == placement.identity })
        shelved.append(
            Shelved(
                record: record, placement: placement,
                fragments: Dictionary(uniqueKeysWithValues: fragments.map { ($0.slot, $0.bytes) })))
    }

    mutating func add(_ text: String, to path: String) throws { try add(Array(text.utf8), to: path) }

    /// A POM and a jar that say what their place says.
    mutating func release(_ version: String, of artifact: String = "lib", group: String = MavenKit.group) throws {
        let stem = "\(group.split(separator: ".").joined(separator: "/"))/\(artifact)/\(version)/\(artifact)-\(version)"
        try add(MavenKit.pom(group: group, artifact: artifact, version: version), to: "\(stem).pom")
        try add(MavenKit.jar().bytes, to: "\(stem).jar")
    }

    mutating func remove(_ path: String) { shelved.removeAll { $0.placement.path.text == path } }

    var paths: [String] { shelved.map(\.placement.path.text).sorted() }

    /// All documents by path.
    func documents() throws -> [String: String] {
        let keys = Set(shelved.flatMap { $0.placement.listings.map(\.partition) })
        var documents: [String: String] = [:]
        for key in Set(keys.map(\.scope)) {
            let partitions = keys.filter { $0.scope == key }.map { Partition(key: $0, count: entries(of: $0).count) }
            for plan in Maven().documents(for: Scope(key: key, changed: changed, partitions: partitions), in: MavenKit.repository)
            {
                #expect(documents[plan.path] == nil, "\(plan.path) is of two scopes")
                #expect(plan.companions.count == 4)
                documents[plan.path] = try String(decoding: bytes(of: plan), as: UTF8.self)
            }
        }
        return documents
    }

    private func bytes(of plan: DocumentPlan) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in plan.body {
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                var all = entries(of: try #require(run.partitions.first))
                if let slot = run.firstOf {
                    all = all.indices.filter { $0 == 0 || all[$0].fragments[slot] != all[$0 - 1].fragments[slot] }.map { all[$0] }
                }
                var before: [UInt8]?
                for entry in all.prefix(run.limit ?? all.count) {
                    let fragment = try #require(entry.fragments[run.slot])
                    if !run.distinct || fragment != before { bytes += fragment }
                    before = fragment
                }
            }
        }
        return bytes
    }

    private func entries(of key: PartitionKey) -> [Shelved] {
        var keyed: [(key: [UInt8], file: Shelved)] = []
        for file in shelved {
            for listing in file.placement.listings where listing.partition == key { keyed.append((listing.sortKey, file)) }
        }
        #expect(Set(keyed.map(\.key)).count == keyed.count, "two entries of \(key) have one key")
        return keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.file)
    }
}
