/// The plan of `index.yaml` in either form. A JSON document is YAML as well, so the name stays.
enum HelmIndex {
    static func plan(asJSON: Bool, isEmpty: Bool, of partition: PartitionKey, changed: Timestamp) -> DocumentPlan {
        var body: [Piece]
        switch (asJSON, isEmpty) {
        case (false, true): body = [.literal([UInt8]("apiVersion: v1\nentries: {}\n"))]
        case (false, false):
            let run = Run(Helm.yaml, of: [partition], grouping: .init(heading: Helm.yamlHeading))
            body = [.literal([UInt8]("apiVersion: v1\nentries:\n")), .run(run)]
        case (true, true): body = [.literal([UInt8]("{\"apiVersion\":\"v1\",\"entries\":{"))]
        case (true, false):
            body = [.literal([UInt8]("{\"apiVersion\":\"v1\",\"entries\":{")), .run(charts(of: partition))]
        }
        let time = changed.rfc3339
        body.append(.literal([UInt8](asJSON ? "},\"generated\":\"\(time)\"}\n" : "generated: \"\(time)\"\n")))
        return DocumentPlan(path: "index.yaml", body: body)
    }

    /// `"NAME":[ENTRY,…],…`
    static func charts(of partition: PartitionKey) -> Run {
        let comma = [UInt8](",")
        return Run(
            Helm.json, of: [partition], separator: comma,
            grouping: .init(heading: Helm.jsonHeading, closing: [UInt8]("]"), separator: comma))
    }
}

/// One version of a chart as the index lists it: its metadata, and what the repository adds.
struct HelmEntry {
    var chart: HelmChart
    /// Relative, so that the tree can be moved; `+` is written `%2B`, since object stores read a raw one as a space.
    var url: String
    /// Lower-case hexadecimal.
    var digest: String
    var created: Timestamp

    /// Bytes of a mapping key as written. YAML's simple keys end at 1,024 characters.
    private static let keyLimit = 1_000
    /// Bytes of one entry in YAML: every client of the repository loads it.
    static let entryLimit = 1 << 20

    init(_ chart: HelmChart, of upload: Upload) throws(Refusal) {
        self.chart = chart
        var url: [UInt8] = []
        for byte in upload.placed(try HelmChart.path(name: chart.name, version: chart.version)).utf8 {
            if ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "/")
            {
                url.append(byte)
            } else {
                url.append(UInt8(ascii: "%"))
                url.append(contentsOf: Hex.string([byte]).utf8.map { ASCII.isLower($0) ? $0 & ~0x20 : $0 })
            }
        }
        self.url = String(decoding: url, as: UTF8.self)
        digest = Hex.string(upload.digests.sha256)
        created = upload.received
    }

    /// The entry and its chart's heading, in YAML and in JSON.
    func fragments() throws(Refusal) -> [Fragment] {
        var members = chart.members
        members.append(YAMLMember("created", .text(created.rfc3339)))
        members.append(YAMLMember("digest", .text(digest)))
        members.append(YAMLMember("urls", .sequence([.text(url)])))
        // Helm's own index has the keys of every level in byte order.
        let entry = YAMLNode.mapping(Self.sorted(members))
        try Self.checkKeys(of: entry)
        var block: [UInt8] = []
        YAMLWriter.append(items: [entry], indent: 2, to: &block)
        guard block.count <= Self.entryLimit else {
            throw Refusal(
                .limit, "the chart's index entry is larger than \(Self.entryLimit >> 20) MiB", at: "Chart.yaml",
                remedy: "shorten the annotations or the description")
        }
        var heading = [UInt8]("  ")
        YAMLScalar.appendFlow(chart.name, isKey: true, to: &heading)
        heading.append(":\n" as StaticString)
        var object: [UInt8] = []
        YAMLWriter.appendJSON(entry, to: &object)
        var name: [UInt8] = []
        YAMLScalar.appendQuoted(chart.name, to: &name)
        name.append(":[" as StaticString)
        return [
            Fragment(Helm.yaml, block), Fragment(Helm.yamlHeading, heading),
            Fragment(Helm.json, object), Fragment(Helm.jsonHeading, name),
        ]
    }

    static func sorted(_ members: [YAMLMember]) -> [YAMLMember] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func checkKeys(of node: YAMLNode) throws(Refusal) {
        switch node {
        case .sequence(let items):
            for item in items { try checkKeys(of: item) }
        case .mapping(let members):
            for member in members {
                var key: [UInt8] = []
                YAMLScalar.appendQuoted(member.key, to: &key)
                guard key.count <= keyLimit else {
                    throw Refusal(
                        .limit, "a key has more than \(keyLimit) bytes, which YAML readers refuse", at: "Chart.yaml",
                        remedy: "shorten the annotation's name")
                }
                try checkKeys(of: member.value)
            }
        default: break
        }
    }
}
