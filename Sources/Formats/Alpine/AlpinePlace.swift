/// Where packages live: `BRANCH/REPOSITORY/ARCHITECTURE/NAME-VERSION.apk`, as apk makes the address of a record in an index.
struct AlpinePlace {
    static let noarch = "noarch"
    static let standardBranch = "edge"
    static let standardRepository = "main"
    /// Below whose folders a package of noarch lies where the settings name none.
    static let common = ["aarch64", "x86_64"]

    private let scope: String

    init(_ coordinates: Coordinates) throws(Refusal) {
        let branch = try Self.vetted(coordinates[Alpine.branch] ?? Self.standardBranch, Alpine.branch)
        let repository = try Self.vetted(coordinates[Alpine.repositoryName] ?? Self.standardRepository, Alpine.repositoryName)
        guard branch != AlpineSignature.keyPath, !branch.hasSuffix(AlpineSignature.keyEnding) else {
            throw Refusal(
                .placement, "the branch '\(branch)' has a name that the registry uses itself", at: Alpine.branch,
                remedy: "choose another name")
        }
        scope = "\(branch)/\(repository)"
    }

    private static func vetted(_ text: String, _ coordinate: String) throws(Refusal) -> String {
        func fault(_ what: String) -> Refusal {
            Refusal(
                .placement, "the \(coordinate) \(what)", at: coordinate,
                remedy: "use letters, digits and . + _ ~ -, as in v3.22 and main")
        }
        guard let first = text.utf8.first else { throw fault("is empty") }
        guard text.utf8.count <= 100 else { throw fault("has more than 100 bytes") }
        guard text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || ".+_~-".utf8.contains($0) }) else {
            throw fault("holds a character that cannot be used")
        }
        guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
            throw fault("begins with '\(UnicodeScalar(first))'")
        }
        guard !ASCII.lowered(text).hasSuffix(".apk") else { throw fault("is called like a file") }
        return text
    }

    /// What is wrong with the name of an architecture, as a clause; nil: nothing.
    static func faultInArchitecture(_ text: String) -> String? {
        guard let first = text.utf8.first else { return "is empty" }
        if text.utf8.count > 64 { return "has more than 64 bytes" }
        if let byte = text.utf8.first(where: { !ASCII.isAlphanumeric($0) && !"_-.".utf8.contains($0) }) {
            return ASCII.isControl(byte) || byte >= 0x80
                ? "holds a character that it cannot have" : "holds '\(UnicodeScalar(byte))'"
        }
        return ASCII.isAlphanumeric(first) ? nil : "begins with '\(UnicodeScalar(first))'"
    }

    /// Architectures that the settings name, or those that there always are.
    static func wished(for scope: String, in repository: Repository) -> [String]? {
        repository.options.list(Alpine.architectures, for: scope)?.filter { $0 != noarch && faultInArchitecture($0) == nil }
    }

    func placement(of record: PackageRecord, from upload: Upload, in repository: Repository) throws(Refusal) -> Placement {
        guard let version = APKVersion(record.version), AlpineDependencies.fault(inName: record.name) == nil,
            Self.faultInArchitecture(record.architecture) == nil
        else { throw Refusal(.malformed, "the record of a package is damaged", remedy: "ingest the file again") }
        let file = "\(record.name)-\(record.version).apk"
        func path(_ architecture: String) -> String { upload.placed("\(scope)/\(architecture)/\(file)") }
        let isAnywhere = record.architecture == Self.noarch
        let others =
            isAnywhere ? Set(Self.wished(for: scope, in: repository) ?? Self.common).sorted(by: AlpineIndex.precedes) : []
        var sortKey = [UInt8](record.name) + [0] + version.sortKey
        sortKey.append(isAnywhere ? 1 : 0)
        sortKey.append(record.version)
        let partition = PartitionKey(scope: scope, name: record.architecture)
        return try Placement(
            identity: "\(scope)/\(record.architecture) \(record.name) \(record.version)", path: path(record.architecture),
            listings: [Listing(partition, sortKey: sortKey)], aliases: others.map(path))
    }
}
