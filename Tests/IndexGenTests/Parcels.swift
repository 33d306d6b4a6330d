import Formats

/// A second ecosystem for tests, of what the first has not: requests that say marks, questions, keys that are not OpenPGP's, runs
/// that are filled or of which the first entries count. A package is a line `parcel NAME VERSION [SHELF [PADDING]]` and a body.
///
/// Each name has a scope, which marks of packages plan anew, with an index of as many partitions as there are shelves. All of them
/// have another scope, whose documents are of merged partitions: versions in descending order behind their name.
struct Parcels: Ecosystem {
    let profile: EcosystemProfile

    static let tag = MarkKind(
        "tag", of: .package, isKeyed: true, value: "version", effect: .plans, namesVersion: true, help: "A name for a version.",
        check: { key, _ in key.contains("/") ? "a tag has no slash" : nil })
    static let banner = MarkKind("banner", of: .package, value: "words", effect: .plans, help: "A line at the head.")
    static let deprecated = MarkKind("deprecated", of: .version, value: "words", help: "There is something better.")
    static let label = MarkKind("label", of: .package, value: "words", help: "What is on the box.")

    /// The scope of all names; no name begins with a star.
    static let all = "*all"
    /// The scope of the echoes of all indexes.
    static let register = "*register"

    /// Whether each name's index is echoed.
    private let isEchoing: Bool

    /// - Parameters:
    ///   - key: by which packages are signed and boxes sealed; nil: none.
    ///   - echoes: whether there is a register of all indexes, with their versions and MD5s.
    init(key: SiteKey.Kind? = nil, echoes: Bool = false) {
        isEchoing = echoes
        let done = UploadAnswer.json(200) { $0.member("done", true) }
        profile = EcosystemProfile(
            id: "parcel", title: "Parcel", suffixes: [".parcel"], revision: 1,
            marks: [Self.tag, Self.banner, Self.deprecated, Self.label, .yanked], immutablePaths: "[^/]+/-/",
            measuredSlots: echoes ? ["entry"] : [],
            routes: [
                Route([.put], path: "upload", .publish(.file), waits: true),
                Route([.get], path: "-/ping", .ask(.nothing)),
                Route([.get], path: "-/whoami", .ask(.asker)),
                Route([.put], path: "-/user/{user}", .ask(.login(name: "name", password: "password"))),
                Route(
                    [.put], path: "-/tags/{name}/{key}", .mark("tag", isSet: true, value: .jsonBody, confirmation: done),
                    waits: true),
                Route([.delete], path: "-/tags/{name}/{key}", .mark("tag", isSet: false, confirmation: done), waits: true),
                Route([.put], path: "-/later/{name}", .publish(.document(attachments: "_attachments"))),
                Route([.put], path: "{name}", .publish(.document(attachments: "_attachments")), waits: true),
            ], key: key)
    }

    var dialect: any Dialect { ParcelDialect() }

    func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition { bytes.has("parcel ") ? .surely : .no }

    func inspect(_ upload: Upload, bytes: Span<UInt8>, in repository: Repository, within budget: Budget) throws(Refusal)
        -> PackageRecord
    {
        let words = bytes.copied().prefix { $0 != 10 }.split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 3 else { throw Refusal(.malformed, "a parcel has a name and a version", remedy: "write them") }
        let shelf = words.count > 3 ? words[3] : "any"
        return PackageRecord(
            name: words[1], nameIdentity: ASCII.lowered(words[1]), version: words[2], versionIdentity: words[2],
            architecture: shelf, summary: "a parcel", facts: [UInt8](words.dropFirst().joined(separator: " ").utf8),
            fragments: [Fragment("name", [UInt8](ASCII.lowered(words[1]).utf8))]
                + (isEchoing ? [Fragment("version", [UInt8](words[2].utf8))] : []))
    }

    func signedText(of record: PackageRecord, from upload: Upload) -> [UInt8]? {
        profile.key == nil ? nil : Self.signedText(record.name, record.version)
    }

    static func signedText(_ name: String, _ version: String) -> [UInt8] { [UInt8]("\(name)-\(version)".utf8) }

    /// Lines of base64; those of SHA-1 first.
    func seal(_ signatures: [SiteKey.Signature], in repository: Repository) -> [UInt8] {
        var seal: [UInt8] = []
        for algorithm in [Digests.Algorithm.sha1, .sha256] {
            for signature in signatures where signature.digest == algorithm {
                seal.append(base64: signature.bytes)
                seal.append(10)
            }
        }
        return seal
    }

    func place(_ record: PackageRecord, of upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        let file = "\(record.nameIdentity)-\(record.version)-\(record.architecture)"
        return try Placement(
            identity: file, path: upload.placed("\(record.nameIdentity)/-/\(file).parcel"),
            listings: [
                Listing(
                    PartitionKey(scope: record.nameIdentity, name: record.architecture), sortKey: [UInt8](record.version.utf8)),
                Listing(
                    PartitionKey(scope: Self.all, name: record.architecture),
                    sortKey: Self.key(record.nameIdentity, record.version)),
            ])
    }

    /// Of one name the greatest version comes first.
    static func key(_ name: String, _ version: String) -> [UInt8] {
        var key = [UInt8](name.utf8)
        key.append(0)
        for byte in version.utf8 { key.append(~byte) }
        key.append(255)
        return key
    }

    func fragments(
        of record: PackageRecord, from upload: Upload, at placement: Placement, annotations: Annotations,
        in repository: Repository
    ) -> [Fragment] {
        var line = record.facts
        line.append(" " as StaticString)
        line.append(hex: Array(upload.digests.sha256.prefix(4)))
        if let words = record.facts.split(separator: 32).dropFirst(3).first,
            let count = Int(String(decoding: words, as: UTF8.self))
        {
            line += [UInt8](repeating: 46, count: count)
        }
        if let reason = annotations.yanked { line.append(" YANKED \(reason)") }
        for kind in [Self.deprecated, Self.label] {
            if let words = annotations[kind.name] { line.append(" \(kind.name) \(words)") }
        }
        if let signature = annotations.signature { line.append(" signed \(signature)") }
        line.append(10)
        return [Fragment("line", line), Fragment("filled", [UInt8]("\(record.name) \(record.version) for \0, \0\n".utf8))]
    }

    func documents(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let live = scope.partitions.filter { $0.count > 0 }
        if live.isEmpty { return [] }
        if scope.key == Self.register { return registers(of: scope) }
        return scope.key == Self.all ? wholes(of: scope) : [index(of: scope)] + boxes(of: scope, in: repository)
    }

    private func index(of scope: Scope) -> DocumentPlan {
        var head: [UInt8] = []
        head.append("\(scope.key)\n")
        for mark in scope.marks.all { head.append("\(mark.kind) \(mark.key) \(mark.value)\n") }
        return DocumentPlan(
            path: "\(scope.key)/index", body: [.literal(head), .run(Run("line", of: scope.partitions.map(\.key)))],
            encodings: [.plain, .gzip(level: 6)], digests: isEchoing ? [.md5, .sha512] : [])
    }

    func echoes(of leaves: [PublishedDocument], of scope: Scope, in repository: Repository) -> [Echo] {
        guard isEchoing, let index = leaves.first(where: { $0.path == "\(scope.key)/index" }) else { return [] }
        var sum: [UInt8] = [32]
        sum.append(hex: index.digests[.md5] ?? [])
        sum.append(10)
        let parity = scope.key.utf8.last?.isMultiple(of: 2) == true ? "even" : "odd"
        let versions = Run("version", of: scope.partitions.map(\.key), separator: [UInt8](",".utf8))
        return [
            Echo(
                PartitionKey(scope: Self.register, name: parity), sortKey: [UInt8](scope.key.utf8),
                [
                    "entry": [.literal([UInt8]("\(scope.key) ".utf8)), .run(versions), .literal(sum)],
                    "letter": [.literal([UInt8]("\(scope.key.prefix(1)):\n".utf8))],
                ])
        ]
    }

    /// What lists the echoes: once as they are, and once grouped by their first letters.
    private func registers(of scope: Scope) -> [DocumentPlan] {
        let parities = scope.partitions.map(\.key)
        let bytes = scope.partitions.compactMap { $0.byteCounts["entry"] }.reduce(0, +)
        let head = "\(scope.partitions.map(\.count).reduce(0, +)) entries, \(bytes) bytes\n"
        return [
            DocumentPlan(
                path: "register", body: [.literal([UInt8](head.utf8)), .run(Run("entry", of: parities))],
                encodings: [.plain, .zstd(level: 1)]),
            DocumentPlan(
                path: "letters",
                body: [.run(Run("entry", of: parities, grouping: .init(heading: "letter", closing: [UInt8]("end\n".utf8))))],
                encodings: [.zstd(level: 1)], naming: .digestPrefixed),
        ]
    }

    func roots(for scope: Scope, over leaves: [PublishedDocument], in repository: Repository) -> [DocumentPlan] {
        if scope.key != Self.register || leaves.isEmpty { return [] }
        var body: [UInt8] = []
        for variant in leaves.flatMap(\.variants) {
            body.append("\(Hex.string(variant.measure.sha256)) \(variant.path)\n")
        }
        return [DocumentPlan(path: "REGISTER", body: [.literal(body)])]
    }

    private func boxes(of scope: Scope, in repository: Repository) -> [DocumentPlan] {
        if profile.key == nil { return [] }
        return [
            DocumentPlan(
                path: "\(scope.key)/box.db", body: [.run(Run("line", of: scope.partitions.map(\.key)))],
                encodings: [.gzip(level: 6)],
                naming: .bare,
                companions: (profile.key == .ecdsa ? [] : [.sealed(path: "\(scope.key)/BOX")]) + [
                    .checksum(.sha256, suffix: ".sha256")
                ]
                    + (repository.publicKey == nil ? [] : [.variantSignature(suffix: ".sig", isArmored: false)]))
        ]
    }

    /// Runs of one kind beside those of the others, over all shelves.
    private func wholes(of scope: Scope) -> [DocumentPlan] {
        let shelves = scope.partitions.map(\.key)
        let few = [UInt8]("few".utf8), many = [UInt8]("many".utf8)
        var plans: [DocumentPlan] = []
        plans.append(
            DocumentPlan(
                path: "newest", body: [.literal([UInt8]("newest\n".utf8)), .run(Run("line", of: shelves, firstOf: "name"))],
                encodings: [.plain, .zstd(level: 1)]))
        let top: [Piece] = [
            .run(Run("line", of: shelves, separator: [UInt8]("-\n".utf8), limit: 3)),
            .run(Run("line", of: shelves)),
            .run(Run("filled", of: shelves, limit: 2, firstOf: "name", filling: few)),
            .run(Run("filled", of: shelves, separator: [UInt8]("+\n".utf8), firstOf: "name", filling: many)),
        ]
        plans.append(DocumentPlan(path: "top", body: top, encodings: [.zstd(level: 1)], naming: .bare))
        for shelf in shelves {
            let any = PartitionKey(scope: scope.key, name: "any")
            let merged = shelf == any ? [any] : [any, shelf]
            let run = Run("filled", of: merged, filling: [UInt8](shelf.name.utf8))
            plans.append(DocumentPlan(path: "filled/\(shelf.name)", body: [.run(run)]))
        }
        return plans
    }
}

private struct ParcelDialect: Dialect {
    func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        let document = try document(of: form)
        guard document["name"]?.string == record.name else {
            throw Refusal(
                .ambiguous, "the document has another name than the parcel", at: "name", remedy: "send it as \(record.name)")
        }
    }

    /// Tags; and where no file comes with it, which versions are deprecated.
    func statements(in form: Form, isAlone: Bool) throws(Refusal) -> [MarkStatement] {
        let document = try document(of: form)
        var statements = (document["tags"]?.object ?? []).map { MarkStatement("tag", key: $0.name, value: $0.value.string) }
        if !isAlone { return statements }
        for member in document["deprecated"]?.object ?? [] {
            statements.append(MarkStatement("deprecated", version: member.name, value: member.value.string))
        }
        return statements
    }

    private func document(of form: Form) throws(Refusal) -> DataValue {
        let text = try form.value(Route.Body.document) ?? ""
        return try JSONReader.read([UInt8](text.utf8).span, of: "the document", within: Budget())
    }

    /// Of faults alone.
    func words(for end: End) -> UploadAnswer? {
        guard case .fault(let status, let detail) = end else { return nil }
        return .json(status) { $0.member("error", detail) }
    }

    func reply(to question: Question, knowing knowledge: Knowledge) -> UploadAnswer {
        .json(question.method == .put ? 201 : 200) { json in
            if case .asker(let name, let token) = knowledge {
                json.member("user", name)
                if let token { json.member("token", token) }
            }
        }
    }
}
