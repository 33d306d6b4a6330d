/// What ChartMuseum (0.16) answers to those who read: all charts, all versions of one, and one version, as the index has them. A scope is
/// what one address answers: a chart's name, or `NAME/VERSION`.
enum HelmMuseum {
    /// The setting that asks for it.
    static let option = "chart_list"

    static func isOpen(in repository: Repository) -> Bool { repository.options.flag(option, for: "") ?? false }

    private static let folder = "api/charts"
    private static let file = "index.json"
    static let listPath = "\(folder)/\(file)"

    /// Versions have files of their own below a chart's address, so that its own document lies there, too.
    static let serving: [Serving] = [
        .files(paths: "\(folder)/(?:\(pattern)|[^/]+/[^/]+)", type: "application/json"),
        .document(
            DocumentChoice(
                remark: "ChartMuseum's versions of a chart: an address with others below it.",
                paths: "\(folder)/(?!\(pattern)$)[^/]+", variants: [.init(file: file, type: "application/json")],
                sample: "\(folder)/name")),
    ]

    private static let pattern = file.replacing(".", with: "\\.")

    /// None for a chart that is called like the list of all charts.
    static func partitions(of record: PackageRecord) -> [PartitionKey] {
        record.name == file ? [] : [record.name, "\(record.name)/\(record.version)"].map { PartitionKey(scope: $0) }
    }

    /// `{"NAME":[ENTRY,…],…}`
    static func list(isEmpty: Bool, of partition: PartitionKey) -> DocumentPlan {
        plan(listPath, "{", isEmpty ? nil : HelmIndex.charts(of: partition), "}\n")
    }

    /// `[ENTRY,…]` of a chart, the newest version first, or `ENTRY` of a version. Nothing where nothing is left: the address is unknown
    /// then, as with ChartMuseum.
    static func documents(of scope: Scope) -> [DocumentPlan] {
        guard scope.partitions.contains(where: { $0.count > 0 }) else { return [] }
        let run = Run(Helm.json, of: [PartitionKey(scope: scope.key)], separator: [UInt8](","))
        return scope.key.utf8.contains(UInt8(ascii: "/"))
            ? [plan("\(folder)/\(scope.key)", "", run, "\n")] : [plan("\(folder)/\(scope.key)/\(file)", "[", run, "]\n")]
    }

    private static func plan(_ path: String, _ head: String, _ run: Run?, _ foot: String) -> DocumentPlan {
        let body = [head.isEmpty ? nil : .literal([UInt8](head.utf8)), run.map { .run($0) }, Piece.literal([UInt8](foot.utf8))]
        return DocumentPlan(path: path, body: body.compactMap(\.self))
    }
}
