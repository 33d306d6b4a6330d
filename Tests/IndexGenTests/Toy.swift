import Formats

/// An ecosystem for tests of everything that is not an ecosystem: a package is lines `toy NAME VERSION [SHELF [PADDING]]` and a body. PADDING
/// bytes that hardly compress make its line in the index long.
///
/// It exercises every feature of the wall: scopes with two partitions, merged runs (a version on two shelves has one key on both),
/// distinct runs, groups, shared listings, sidecars, facts, annotations, companions between files, all encodings, all namings, signed
/// roots.
struct Toy: Ecosystem {
    /// - Parameter serving: how its files are handed out, where that is what a test is about.
    init(serving: [Serving] = []) { profile.serving = serving }

    private(set) var profile = EcosystemProfile(
        id: "toy", title: "Toy", suffixes: [".toy"], revision: 1, customs: 3, coordinates: [.init("group", standard: "main")],
        scopesKey: "groups",
        options: [
            Option("motto", .text, "A line at the head of each index."),
            Option("superseded", .number(0...9), "How many earlier signatures a root's signature carries."),
        ], canYank: true, immutablePaths: ".+/pool/",
        measuredSlots: ["line"])

    func recognise(_ bytes: Span<UInt8>, filename: String) -> Recognition {
        bytes.has("toy ") ? .surely : .no
    }

    func inspect(_ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget) throws(Refusal)
        -> PackageRecord
    {
        let line = bytes.copied().prefix { $0 != 10 }
        let words = line.split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 3 else {
            throw Refusal(
                .malformed, "its first line has \(words.count) words", at: "byte 0", remedy: "write: toy NAME VERSION [SHELF]")
        }
        let shelf = words.count > 3 ? words[3] : "any"
        let padding = words.count > 4 ? Int(words[4]) ?? 0 : 0
        return PackageRecord(
            name: words[1], nameIdentity: ASCII.lowered(words[1]), version: words[2], versionIdentity: words[2],
            architecture: shelf,
            summary: "a toy", facts: [UInt8]("\(words[1]) \(words[2]) \(shelf)" + (padding > 0 ? " \(padding)" : "")),
            fragments: [Fragment("heading", [UInt8]("[\(words[1])]\n"))],
            sidecars: [Sidecar(suffix: ".facts", bytes: [UInt8]("\(words[1]) \(words[2])\n"))],
            warnings: shelf == "attic" ? [Warning("nobody looks\u{1b} there", at: "the shelf", remedy: "take another")] : [])
    }

    func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let group = upload.coordinates["group"] ?? "main"
        let file = "\(record.name)-\(record.version)-\(record.architecture)"
        let key = [UInt8]("\(record.name)\u{0}\(record.version)")
        return Placement(
            identity: "\(group)/\(ASCII.lowered(file))", path: upload.placed("\(group)/pool/\(file).toy"),
            claim: ASCII.lowered(file),
            listings: [
                Listing(PartitionKey(scope: group, name: record.architecture), sortKey: key),
                Listing(PartitionKey(scope: "names of \(group)"), sortKey: [UInt8](record.nameIdentity), shared: true),
            ])
    }

    func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        let words = record.facts.split(separator: 32)
        let padding = words.count > 3 ? Int(String(decoding: words[3], as: UTF8.self)) ?? 0 : 0
        var line = record.facts
        line.append(" " as StaticString)
        line.append(hex: Array(upload.digests.sha256.prefix(4)))
        line += Self.noise(padding, seed: UInt64(upload.size) &+ UInt64(upload.digests.sha256[0]))
        if let reason = annotations.yanked { line.append(" YANKED \(reason)") }
        line.append("\n" as StaticString)
        var title = [UInt8](record.name)
        title += Self.noise(padding, seed: record.name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        title.append("\n" as StaticString)
        return [
            Fragment("line", line), Fragment("title", title), Fragment("name", [UInt8](record.nameIdentity + "\n")),
        ]
    }

    private static func noise(_ padding: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix(seed: seed)
        var noise: [UInt8] = []
        for _ in 0..<(padding / 16) { noise.append(hex: withUnsafeBytes(of: random.next()) { Array($0) }) }
        return noise
    }

    func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        if scope.key.hasPrefix("names of ") {
            let group = scope.key.dropFirst("names of ".count)
            let count = scope.partitions.map(\.count).reduce(0, +)
            if count == 0 { return [] }
            return [DocumentPlan(path: "\(group)/names", body: [.run(Run("name", of: scope.partitions.map(\.key)))])]
        }
        let motto = repository.options.text("motto", for: scope.key) ?? ""
        return scope.partitions.filter { $0.key.name != "any" }.map { partition in
            let any = PartitionKey(scope: scope.key, name: "any")
            return DocumentPlan(
                path: "\(scope.key)/\(partition.key.name)/index",
                body: [
                    .literal([UInt8]("\(motto)\(partition.count) \(partition.byteCounts["line"] ?? 0)\n")),
                    .run(
                        Run(
                            "line", of: [partition.key, any], separator: [UInt8]("-\n"),
                            grouping: .init(heading: "heading", closing: [UInt8]("end\n"), separator: [UInt8]("\n")))),
                ], encodings: [.plain, .gzip(level: 6), .xz(level: 1), .zstd(level: 3)], naming: .plainAndByHash)
        } + [
            DocumentPlan(
                path: "\(scope.key)/data/all", body: [.run(Run("title", of: scope.partitions.map(\.key), distinct: true))],
                encodings: [.gzip(level: 6)], naming: .digestPrefixed)
        ]
    }

    func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] {
        if scope.key.hasPrefix("names of ") { return [] }
        var body: [UInt8] = []
        body.append("\(scope.changed.rfc3339)\n")
        for variant in leaves.flatMap(\.variants) {
            body.append("\(Hex.string(variant.measure.sha256)) \(variant.measure.size) \(variant.path)\n")
        }
        let superseded = repository.options.number("superseded", for: scope.key) ?? 0
        return [
            DocumentPlan(
                path: "\(scope.key)/Root", body: [.literal(body)],
                companions: repository.publicKey == nil
                    ? []
                    : [
                        .detached(path: "\(scope.key)/Root.asc", superseded: superseded),
                        .clearsigned(path: "\(scope.key)/InRoot"),
                    ])
        ]
    }
}
