/// The indexes of a repository: for each architecture the gzip of a tar with DESCRIPTION and APKINDEX, without its signature, and
/// what apk reads, `APKINDEX.tar.gz`, which is the same behind a signature. Packages of noarch are in those of all architectures.
enum AlpineIndex {
    static let file = "APKINDEX.tar.gz"
    private static let unsealed = "APKINDEX.unsigned.tar.gz"
    /// The machine that has an index wherever there are packages of noarch, also beside those of others.
    private static let common = "x86_64"
    /// Bytes that apk reads of a description.
    private static let descriptionLimit = 160

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    static func plans(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let there = Dictionary(uniqueKeysWithValues: scope.partitions.map { ($0.key.name, $0) })
        guard !there.isEmpty else { return [] }
        var architectures = Set(there.keys).union(AlpinePlace.wished(for: scope.key, in: repository) ?? [])
        if there[AlpinePlace.noarch] != nil { architectures.insert(common) }
        return architectures.sorted(by: precedes).map { architecture in
            let names = architecture == AlpinePlace.noarch ? [AlpinePlace.noarch] : [architecture, AlpinePlace.noarch]
            return plan(of: names.compactMap { there[$0] }, for: architecture, scope, in: repository)
        }
    }

    /// The header of APKINDEX says its size: that of the records, in each of which the architecture takes the place of one byte.
    /// Its time is none, so that an index changes with its packages alone.
    private static func plan(
        of partitions: [Partition], for architecture: String, _ scope: Scope, in repository: Repository
    ) -> DocumentPlan {
        let size = partitions.reduce(0) { size, partition in
            size + (partition.byteCounts[Alpine.record] ?? 0) + partition.count * (architecture.utf8.count - 1)
        }
        let head =
            TarOutput.file("DESCRIPTION", description(of: scope, in: repository), modified: 0)
            + TarOutput.header("APKINDEX", size: size, modified: 0)
        let folder = "\(scope.key)/\(architecture)"
        let run: [Piece] =
            partitions.isEmpty
            ? [] : [.run(Run(Alpine.record, of: partitions.map(\.key), filling: [UInt8](architecture)))]
        return DocumentPlan(
            path: "\(folder)/\(unsealed)",
            body: [.literal(head)] + run + [.literal(TarOutput.padding(size) + TarOutput.end)],
            encodings: [.gzip(level: 9)], naming: .bare, companions: [.sealed(path: "\(folder)/\(file)")])
    }

    private static func description(of scope: Scope, in repository: Repository) -> [UInt8] {
        let text = repository.options.text(Alpine.description, for: scope.key) ?? "\(repository.owner) \(scope.key)"
        var bytes = Array(ASCII.line(text).utf8.prefix(descriptionLimit))
        // A character that is cut goes as a whole.
        while let fault = UTF8Fault.first(in: bytes.span) { bytes.removeLast(bytes.count - fault.offset) }
        return bytes
    }
}
