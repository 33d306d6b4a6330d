import Formats

/// An ecosystem for tests of everything that is not an ecosystem: a package is lines `toy NAME VERSION [SHELF [PADDING]]` and a body. PADDING
/// bytes that hardly compress make its line in the index long.
///
/// It exercises every feature of the wall: scopes with two partitions, merged runs (a version on two shelves has one key on both),
/// distinct runs, groups, several runs between literals that change, shared listings, sidecars, facts, marks of all subjects, runs of which only the first entry counts, companions between files, all encodings, all namings, signed
/// roots, checksums and signatures of packed forms.
struct Toy: Ecosystem {
    /// - Parameter serving: how its files are handed out, where that is what a test is about.
    init(serving: [Serving] = []) { profile.serving = serving }

    private(set) var profile = EcosystemProfile(
        id: "toy", title: "Toy", suffixes: [".toy"], revision: 1, customs: 3, coordinates: [.init("group", standard: "main")],
        scopesKey: "groups",
        options: [
            RepositoryOption("motto", .text, "A line at the head of each index."),
            RepositoryOption("superseded", .number(0...9), "How many earlier signatures a root's signature carries."),
            RepositoryOption(
                "last", .flag, "A document of the newest toy, a leaflet beside each, and a link to the last shelf that has one."),
            RepositoryOption(
                "catalogue", .flag, "A document of two runs between times, with checksums and signatures of all its forms."),
        ],
        marks: [
            .yanked, MarkKind("recalled", of: .version, value: "reason", help: "It hurts children."),
            MarkKind("label", of: .package, isKeyed: true, value: "words", help: "What is on the box."),
        ], immutablePaths: ".+/pool/",
        measuredSlots: ["line"])

    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
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
            sidecars: [Sidecar(.appended(".facts"), bytes: [UInt8]("\(words[1]) \(words[2])\n"))]
                + (showsLast(repository)
                    ? [Sidecar(.sibling("\(words[1])-\(words[2])-\(shelf).leaflet"), bytes: [UInt8]("\(words[1])\n"))] : []),
            warnings: shelf == "attic" ? [Warning("nobody looks\u{1b} there", at: "the shelf", remedy: "take another")] : [])
    }

    func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let group = upload.coordinates["group"] ?? "main"
        let file = "\(record.name)-\(record.version)-\(record.architecture)"
        let key = [UInt8]("\(record.name)\u{0}\(record.version)")
        return try Placement(
            identity: "\(group)/\(ASCII.lowered(file))", path: upload.placed("\(group)/pool/\(file).toy"),
            claim: ASCII.lowered(file),
            listings: [
                Listing(PartitionKey(scope: group, name: record.architecture), sortKey: key),
                Listing(PartitionKey(scope: "names of \(group)"), sortKey: [UInt8](record.nameIdentity), shared: true),
            ]
                + (showsLast(repository)
                    ? [
                        Listing(
                            PartitionKey(scope: "last of \(group)"),
                            sortKey: key.map { ~$0 } + [255] + [UInt8](record.architecture))
                    ] : []))
    }

    private func showsLast(_ repository: Repository) -> Bool { repository.options.flag("last", for: "") == true }

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
        for mark in annotations.all where mark.kind != MarkKind.yanked.name {
            line.append(" \(mark.kind) \(mark.key) \(mark.value)")
        }
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
        if scope.key.hasPrefix("last of ") {
            guard let partition = scope.partitions.first, partition.count > 0 else { return [] }
            return [
                DocumentPlan(
                    path: "\(scope.key.dropFirst("last of ".count))/last",
                    body: [.run(Run("line", of: [partition.key], limit: 1))])
            ]
        }
        let best = scope.partitions.last { $0.count > 0 && $0.key.name != "any" }?.key
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
                ], encodings: [.plain, .gzip(level: 6), .xz(level: 1), .zstd(level: 3)], naming: .plainAndByHash,
                companions: showsLast(repository) && partition.key == best ? [.folderLink(path: "\(scope.key)/best")] : [])
        } + [
            DocumentPlan(
                path: "\(scope.key)/data/all", body: [.run(Run("title", of: scope.partitions.map(\.key), distinct: true))],
                encodings: [.gzip(level: 6)], naming: .digestPrefixed)
        ] + (repository.options.flag("catalogue", for: scope.key) == true ? [catalogue(of: scope, in: repository)] : [])
    }

    /// Every literal of it changes with every change.
    private func catalogue(of scope: Scope, in repository: Repository) -> DocumentPlan {
        let partitions = scope.partitions.map(\.key), time = scope.changed.rfc3339
        return DocumentPlan(
            path: "\(scope.key)/catalogue",
            body: [
                .literal([UInt8]("titles at \(time)\n")), .run(Run("title", of: partitions, distinct: true)),
                .literal([UInt8]("lines at \(time)\n")), .run(Run("line", of: partitions, separator: [UInt8]("-\n"))),
                .literal([UInt8]("end at \(time)\n")),
            ], encodings: [.plain, .gzip(level: 6), .zstd(level: 3)],
            companions: Digests.Algorithm.allCases.map { .checksum($0, suffix: ".\($0)") }
                + (repository.publicKey == nil
                    ? []
                    : [
                        .variantSignature(suffix: ".sig", isArmored: false), .variantSignature(suffix: ".asc", isArmored: true),
                    ]))
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
