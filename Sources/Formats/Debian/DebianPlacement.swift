/// Where a package goes: the distribution and component that its owner named, vetted, and the paths that follow from them.
struct DebianPlacement {
    var distribution: String
    var component: String

    static let standardDistribution = "stable"
    static let standardComponent = "main"

    /// Names of files and folders that this tree already uses at places where a distribution or component could put a folder.
    private static let taken: Set<String> = [
        "by-hash", "pool", "dists", "debian-installer", "Release", "InRelease", "Release.gpg",
        "Packages", "Packages.gz", "Packages.xz", "Packages.zst",
    ]

    init(_ coordinates: Coordinates) throws(Refusal) {
        distribution = try Self.vetted(coordinates["distribution"] ?? Self.standardDistribution, "distribution")
        component = try Self.vetted(coordinates["component"] ?? Self.standardComponent, "component")
        guard !component.utf8.contains(UInt8(ascii: "/")) else {
            throw Refusal(
                .placement, "the component '\(component)' has several parts", at: "component",
                remedy: "put the parts into the distribution: bookworm/updates and main")
        }
    }

    /// A distribution may have several parts with `/` between (`bookworm/updates`). A component may not, although apt would take
    /// `updates/main`: with both, one public path could belong to two distributions.
    private static func vetted(_ text: String, _ coordinate: String) throws(Refusal) -> String {
        func fault(_ what: String) -> Refusal {
            Refusal(
                .placement, what, at: coordinate, remedy: "use letters, digits and . + _ ~ -, and '/' between the parts of a name"
            )
        }
        guard text.utf8.count <= 200 else { throw fault("more than 200 bytes") }
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let first = part.first else { throw fault("an empty part") }
            guard part.allSatisfy({ ASCII.isAlphanumeric($0) || ".+_~-".utf8.contains($0) }) else {
                throw fault("a character that cannot be used")
            }
            guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                throw fault("a part that begins with '.' or '-'")
            }
            let name = String(decoding: part, as: UTF8.self)
            guard !taken.contains(name), !DebianPackage.Kind.allCases.contains(where: { name.hasSuffix($0.suffix) }) else {
                throw fault("the part '\(name)', which the repository uses itself,")
            }
        }
        return text
    }

    /// Everything about one package here. A `.udeb` or `.ddeb` is one by its control file, or by its name when that is silent.
    func placement(of package: DebianPackage, from upload: Upload) throws(Refusal) -> Placement {
        let lowered = ASCII.lowered(upload.filename)
        let kind = package.declaredKind ?? DebianPackage.Kind.allCases.first { lowered.hasSuffix($0.suffix) } ?? .ordinary
        let suffix = kind.suffix
        // Only an ordinary package's identity does without.
        let mark = kind == .ordinary ? "" : suffix
        let bareVersion = String(decoding: package.version.withoutEpoch, as: UTF8.self)
        let file = "\(package.name)_\(bareVersion)_\(package.architecture)\(suffix)"
        guard file.utf8.count <= 255 else {
            throw Refusal(
                .limit, "name, version and architecture are longer than a file name may be", at: "the control file",
                remedy: "shorten the version")
        }
        // File names leave out the epoch: `1:2.0` and `2:2.0` need different folders.
        let epoch = package.version.epoch == 0 ? "" : "epoch-\(package.version.epoch)/"
        let path = upload.placed(
            "pool/\(distribution)/\(component)/\(Self.prefix(of: package.source))/\(package.source)/\(epoch)\(file)")

        let version = String(decoding: package.version.normalised, as: UTF8.self)
        let identity =
            "\(distribution)/\(component)/\(package.name)_\(version)_\(package.architecture)\(mark)"

        var sortKey = [UInt8](package.name)
        sortKey.append(0)
        sortKey += package.version.sortKey
        sortKey.append(0)
        sortKey.append(package.architecture)
        let folder = kind == .installer ? "\(component)/debian-installer" : component
        let partition = PartitionKey(scope: distribution, name: "\(folder)/\(package.architecture)")
        // apt would see two candidates of one version; so a distribution has one content for it, in whatever components it lies.
        // Debug symbols stand beside the rest in its lists; installer packages have lists of their own.
        let claim =
            "\(distribution)/\(package.name)_\(version)_\(package.architecture)\(kind == .installer ? suffix : "")"
        return try Placement(identity: identity, path: path, claim: claim, listings: [Listing(partition, sortKey: sortKey)])
    }

    /// The pool's first folder, as Debian's archive software chooses it: `libf` for `libfoo`, `h` for `hello`.
    static func prefix(of source: String) -> String {
        String(source.hasPrefix("lib") ? source.prefix(4) : source.prefix(1))
    }
}
