/// The databases of a repository: for each architecture `NAME.db`, which pacman syncs, and `NAME.files`, with the names of all
/// files, for `pacman -F`. Packages for any machine are in those of all architectures, of each name only the newest version.
enum ArchDocuments {
    /// The machine that has databases wherever there are packages for any machine, also beside those of others.
    private static let common = "x86_64"
    /// Chosen for the time that a change takes: level 19 makes them 6 % smaller.
    private static let encoding = Encoding.zstd(level: 10)

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    static func plans(for scope: Scope, in repository: Repository) -> [DocumentPlan] {
        let there = Set(scope.partitions.map(\.key.name))
        guard !there.isEmpty else { return [] }
        let wished = repository.options.list(Arch.architectures, for: scope.key) ?? []
        var machines = there.union(wished.filter { ArchPlace.faultInArchitecture($0) == nil }).subtracting([ArchPlace.any])
        if there.contains(ArchPlace.any) { machines.insert(common) }
        let database = ArchPlace.database(of: scope.key)
        return machines.sorted(by: precedes).flatMap { machine in
            let partitions = [machine, ArchPlace.any].filter(there.contains).map { PartitionKey(scope: scope.key, name: $0) }
            return [("db", Arch.desc), ("files", Arch.files)].map { ending, slot in
                let run: [Piece] = partitions.isEmpty ? [] : [.run(Run(slot, of: partitions, firstOf: Arch.name))]
                return DocumentPlan(
                    path: "\(ArchPlace.folder(scope.key, machine))/\(database).\(ending)", body: run + [.literal(TarOutput.end)],
                    encodings: [encoding], naming: .bare,
                    companions: repository.publicKey == nil
                        ? [] : [.variantSignature(suffix: ArchSignature.suffix, isArmored: false)])
            }
        }
    }
}
