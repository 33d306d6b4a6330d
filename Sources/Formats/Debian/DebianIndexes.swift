/// The shape of one distribution: which components and architectures it has, and so which indexes.
struct DebianIndexes {
    /// In byte order.
    var components: [String]
    /// Components that hold installer packages, in byte order.
    var installerComponents: [String]
    /// In byte order, which puts `all` first.
    var architectures: [String]

    private static let installer = "/debian-installer"
    /// Whether an architecture besides `all` has, or had, packages, or is wished for. Not which came first: any order of arrival gives the
    /// same tree.
    let hasMachines: Bool
    private let partitions: Set<String>

    /// Architectures that have an index wherever there are packages of `all`, also beside those of other machines. Clients ask for them before
    /// they look for `all`, and debootstrap, cdebootstrap and apt before 1.1 for nothing else.
    static let common = ["amd64", "arm64"]

    /// - Parameter published: architectures that have an index even while no package needs it.
    init(_ scope: Scope, published: [String]) {
        partitions = Set(scope.partitions.map(\.key.name))
        var components: Set<String> = [], installers: Set<String> = []
        var architectures = Set(published.filter { DebianPackage.isArchitecture([UInt8]($0)) })
        for name in partitions {
            guard let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
            architectures.insert(String(name[name.utf8.index(after: slash)...]))
            let folder = String(name[..<slash])
            if folder.hasSuffix(Self.installer) {
                let component = String(folder.dropLast(Self.installer.count))
                components.insert(component)
                installers.insert(component)
            } else {
                components.insert(folder)
            }
        }
        self.components = components.sorted(by: Self.precedes)
        installerComponents = installers.sorted(by: Self.precedes)
        hasMachines = architectures.contains { $0 != "all" }
        // An upgrade of the program does not change a site: distributions that were begun before keep their customs, which were `all`
        // alone first, and then these as long as there was nothing but `all`.
        let isEverywhere = architectures.contains("all") && (scope.customs >= 2 || scope.customs == 1 && !hasMachines)
        if isEverywhere { architectures.formUnion(Self.common) }
        self.architectures = components.isEmpty ? [] : architectures.sorted(by: Self.precedes)
    }

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// `Packages` of every component and architecture. `all` is merged into each architecture, because debootstrap, cdebootstrap
    /// and apt before 1.1 read no other, and has an index of its own as well.
    ///
    /// - Parameter name: the distribution's own or a second one, below which the documents lie.
    func plans(for distribution: String, at name: String, encodings: [Encoding]) -> [DocumentPlan] {
        (components + installerComponents.map { $0 + Self.installer }).flatMap { folder in
            architectures.map { architecture in
                let sources = (architecture == "all" ? ["all"] : [architecture, "all"]).map { "\(folder)/\($0)" }
                let run = Run(
                    "stanza", of: sources.filter(partitions.contains).map { PartitionKey(scope: distribution, name: $0) })
                return DocumentPlan(
                    path: "dists/\(name)/\(folder)/binary-\(architecture)/Packages",
                    body: run.partitions.isEmpty ? [] : [.run(run)], encodings: encodings, naming: .plainAndByHash)
            }
        }
    }
}
