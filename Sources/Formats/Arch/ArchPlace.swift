/// Where a repository's files live: `REPOSITORY/ARCHITECTURE/FILE`, the databases among them. The repository without a name has
/// no folder.
struct ArchPlace {
    static let any = "any"
    /// Of a repository without a name: what Gitea calls its databases, under whatever name they are asked for.
    private static let standardDatabase = "packages"

    var repository: String

    /// - Parameter repository: empty, or parts with `/` between.
    /// - Throws: `.placement`.
    init(_ repository: String) throws(Refusal) {
        func refusal(_ what: String) -> Refusal {
            Refusal(
                .placement, what, at: Arch.repositoryName,
                remedy: "use letters, digits and . + _ ~ @ -, and '/' between the parts of a name")
        }
        self.repository = repository
        guard !repository.isEmpty else { return }
        guard repository.utf8.count <= 200 else { throw refusal("the repository's name has more than 200 bytes") }
        let parts = repository.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for part in parts {
            guard let first = part.first else { throw refusal("the repository's name has an empty part") }
            guard part.allSatisfy({ ASCII.isAlphanumeric($0) || ".+_~@-".utf8.contains($0) }) else {
                throw refusal("the repository's name holds a character that cannot be used")
            }
            guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                throw refusal("the repository's name has a part that begins with '\(UnicodeScalar(first))'")
            }
            let name = ASCII.lowered(String(decoding: part, as: UTF8.self))
            guard !name.contains(".pkg.tar"), !Self.endings.contains(where: { name.hasSuffix($0) }), name != "repository.key"
            else {
                throw refusal("the repository's name has the part '\(name)', which is a file's,")
            }
        }
        // Mirrors have REPOSITORY/os/ARCHITECTURE, and requests for that are answered from REPOSITORY/ARCHITECTURE.
        guard let last = parts.last, !last.elementsEqual("os".utf8) else {
            throw refusal("the repository's name ends with 'os', by which mirrors call what is in one,")
        }
    }

    private static let endings = [".db", ".files", ".sig", ".db.tar.gz", ".files.tar.gz"]

    /// What is wrong with the name of an architecture, as a clause; nil: nothing.
    static func faultInArchitecture(_ text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > 64 { return "has more than 64 bytes" }
        guard let byte = text.utf8.first(where: { !ASCII.isAlphanumeric($0) && $0 != UInt8(ascii: "_") }) else { return nil }
        return ASCII.isControl(byte) || byte >= 0x80
            ? "holds a character that it cannot have" : "holds '\(UnicodeScalar(byte))'"
    }

    /// The name of a repository's databases: the last part of its own, as pacman asks for `NAME.db`.
    static func database(of repository: String) -> String {
        repository.isEmpty
            ? standardDatabase
            : String(repository[(repository.lastIndex(of: "/").map { repository.index(after: $0) } ?? repository.startIndex)...])
    }

    static func folder(_ repository: String, _ architecture: String) -> String {
        repository.isEmpty ? architecture : "\(repository)/\(architecture)"
    }

    func placement(
        of name: ArchFileName, _ version: ALPMVersion, isSignature: Bool, from upload: Upload, in repository: Repository
    ) throws(Refusal) -> Placement {
        try name.check()
        let suffix = isSignature ? ArchSignature.suffix : ""
        func path(_ architecture: String) -> String {
            upload.placed("\(Self.folder(self.repository, architecture))/\(name.text)\(suffix)")
        }
        // Under each architecture, for web servers that know no other addresses of a file.
        let others = repository.options.list(Arch.architectures, for: self.repository) ?? []
        let aliases = name.architecture == Self.any ? Set(others).subtracting([Self.any]).sorted(by: ArchDocuments.precedes) : []
        // A package is the same in another compression; a signature is of one file.
        let what = "\(name.name)-\(name.version)-\(name.architecture)"
        let identity = "\(self.repository) " + (isSignature ? "\(name.text)\(suffix)" : what)
        guard !isSignature else {
            let package = upload.placed("\(Self.folder(self.repository, name.architecture))/\(name.text)")
            return try Placement(
                identity: identity, path: path(name.architecture), listings: [], companion: .init(path: package),
                aliases: aliases.map(path))
        }
        // The newest first; of one version that of the machine first.
        var sortKey = [UInt8](name.name) + [0] + version.descendingKey
        sortKey.append(name.architecture == Self.any ? 1 : 0)
        sortKey.append(name.version)
        let partition = PartitionKey(scope: self.repository, name: name.architecture)
        return try Placement(
            identity: identity, path: path(name.architecture), listings: [Listing(partition, sortKey: sortKey)],
            aliases: aliases.map(path))
    }
}
