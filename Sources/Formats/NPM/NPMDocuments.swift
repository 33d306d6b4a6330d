/// The documents of an npm registry: a package's two packuments and its dist-tags, attestations, and what all packages share.
enum NPMDocuments {
    /// Partitions of a package: its versions ascending, those that people should get first, and those that came first.
    private static let versions = "versions"
    private static let byChoice = "choice"
    private static let byArrival = "arrival"
    static let attestations = "attestations"
    /// All versions of all packages, what people should get of each package first. No package has this name.
    private static let everything = PartitionKey(scope: "-", name: versions)
    private static let standardListLimit = 1_000

    private static let whole = "index.json"
    private static let abbreviated = "corgi.json"

    /// Which document npm, pnpm and yarn get at a package's address.
    static let choice = DocumentChoice(
        remark: "npm's packuments: one URL, the abbreviated document for those who ask for it.",
        paths: #"@[^/]+/[^/]+|(?!-(?:/|$)|index\.)[^@/][^/]*"#,
        variants: [
            .init(
                file: abbreviated, type: "application/vnd.npm.install-v1+json",
                mediaRange: #"application/vnd\.npm\.install-v1\+json"#),
            .init(file: whole, type: "application/json"),
        ], sample: "@scope/name")

    static func listings(of facts: NPMFacts.Package, received: Timestamp) -> [Listing] {
        let seconds = UInt64(bitPattern: received.seconds) ^ 1 << 63
        let arrival = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> UInt64($0)) }
        return [
            Listing(PartitionKey(scope: facts.name, name: versions), sortKey: facts.version.sortKey),
            Listing(PartitionKey(scope: facts.name, name: byChoice), sortKey: facts.version.choiceKey),
            Listing(PartitionKey(scope: facts.name, name: byArrival), sortKey: arrival + facts.version.sortKey),
            Listing(everything, sortKey: [UInt8](facts.name) + [0] + facts.version.choiceKey),
        ]
    }

    /// Nothing where nothing is left: the address is then unknown, as npm expects it.
    static func plans(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        guard scope.partitions.contains(where: { $0.count > 0 }) else { return [] }
        if scope.key == everything.scope { return list(of: scope, in: repository) }
        // A name has its '@' in front, a version's scope also behind the name.
        if scope.key.utf8.dropFirst().contains(UInt8(ascii: "@")) {
            let run = Run(NPMAttestation.slot, of: [PartitionKey(scope: scope.key, name: attestations)], separator: comma)
            return [
                DocumentPlan(
                    path: "-/npm/v1/attestations/\(scope.key)",
                    body: [literal(#"{"attestations":["#), .run(run), literal("]}\n")])
            ]
        }
        let tags = tags(of: scope)
        return [
            DocumentPlan(
                path: "\(scope.key)/\(whole)", body: wholeBody(of: scope, tags),
                encodings: [.plain, .gzip(level: 6)]),
            DocumentPlan(
                path: "\(scope.key)/\(abbreviated)", body: abbreviatedBody(of: scope, tags), encodings: [.plain, .gzip(level: 6)]),
            DocumentPlan(path: "-/package/\(scope.key)/dist-tags", body: tags + [literal("\n")]),
        ]
    }

    /// Small repositories have all packages in one document, as a search would find them, for sites where nobody answers searches.
    private static func list(of scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let limit = repository.options.number(NPM.listLimit, for: "") ?? standardListLimit
        guard let entries = scope.partitions.first(where: { $0.key == everything }), entries.count <= limit else { return [] }
        let run = Run(NPMFragments.card, of: [everything], separator: comma, firstOf: NPMFragments.name)
        return [
            DocumentPlan(
                path: "-/all.json", body: [literal(#"{"objects":["#), .run(run), literal("]}\n")],
                encodings: [.plain, .gzip(level: 6)])
        ]
    }

    private static func wholeBody(of scope: Scope, _ tags: [Piece]) -> [Piece] {
        var head = JSONWriter()
        head.beginObject()
        head.member("_id", scope.key)
        head.member("name", scope.key)
        head.key("versions")
        return [.literal(head.bytes + [UInt8(ascii: "{")]), run(NPMFragments.full, versions, of: scope), literal(#"},"time":{"#)]
            + [run(NPMFragments.time, versions, of: scope), literal(#","created":"#)]
            + [run(NPMFragments.moment, byArrival, of: scope, limit: 1)]
            + [literal(#","modified":"\#(moment(scope.changed))"},"dist-tags":"#)] + tags
            + [run(NPMFragments.top, byChoice, of: scope, limit: 1)]
            // npm puts it into the addresses by which it changes the document. There is only ever one state, so nobody compares it.
            + [literal(#","_rev":"\#(scope.changed.seconds)-0"}"# + "\n")]
    }

    private static func abbreviatedBody(of scope: Scope, _ tags: [Piece]) -> [Piece] {
        var head = JSONWriter()
        head.beginObject()
        head.member("name", scope.key)
        head.key("versions")
        return [.literal(head.bytes + [UInt8(ascii: "{")]), run(NPMFragments.abbreviated, versions, of: scope)]
            + [literal(#"},"dist-tags":"#)] + tags + [literal(#","modified":"\#(moment(scope.changed))"}"# + "\n")]
    }

    /// An object in which `latest` is never missing: what nobody has tagged is the greatest release, or the greatest pre-release where there
    /// is no other.
    private static func tags(of scope: Scope) -> [Piece] {
        let marks = scope.marks.all.filter { $0.kind == NPM.distTag }
        var others = JSONWriter()
        others.beginObject()
        for mark in marks where mark.key != NPMTag.latest { others.member(mark.key, mark.value) }
        others.endObject()
        let rest = others.bytes.count > 2 ? comma + others.bytes.dropFirst() : [UInt8(ascii: "}")]
        var value: [UInt8] = []
        guard let latest = marks.first(where: { $0.key == NPMTag.latest }) else {
            return [literal(#"{"latest":"#), run(NPMFragments.choice, byChoice, of: scope, limit: 1), .literal(rest)]
        }
        JSONWriter.append(latest.value, to: &value)
        return [.literal([UInt8](#"{"latest":"#) + value + rest)]
    }

    private static func run(_ slot: Slot, _ partition: String, of scope: Scope, limit: Int? = nil) -> Piece {
        .run(Run(slot, of: [PartitionKey(scope: scope.key, name: partition)], separator: comma, limit: limit))
    }

    private static let comma = [UInt8(ascii: ",")]

    private static func literal(_ text: String) -> Piece { .literal([UInt8](text)) }

    /// `2026-11-29T12:00:00.000Z`, as JavaScript writes times.
    static func moment(_ time: Timestamp) -> String { "\(time.rfc3339.dropLast()).000Z" }

    // MARK: For all packages

    /// What `npm ping` asks for and, on a site that signs, the keys for `npm audit signatures`: former ones, too, since clients keep
    /// packuments for minutes whose signatures are theirs.
    static func commons(in repository: Repository) -> [DocumentPlan] {
        let ping = DocumentPlan(path: "-/ping", body: [literal("{}\n")])
        if repository.siteKeys.isEmpty { return [ping] }
        var json = JSONWriter()
        json.beginObject()
        json.key("keys")
        json.beginArray()
        for key in repository.siteKeys {
            var base64: [UInt8] = []
            base64.append(base64: key.der)
            json.beginObject()
            json.key("expires")
            json.null()
            json.member("keyid", NPMFragments.keyID(of: key))
            json.member("keytype", "ecdsa-sha2-nistp256")
            json.member("scheme", "ecdsa-sha2-nistp256")
            json.member("key", String(decoding: base64, as: UTF8.self))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return [ping, DocumentPlan(path: "-/npm/v1/keys", body: [.literal(json.bytes + [10])])]
    }
}
