/// The documents of a group: primary, filelists and other as leaves; repomd.xml, its key and the `.repo` file over them.
enum RPMDocuments {
    static let primary: Slot = "primary"
    static let filelists: Slot = "filelists"
    static let other: Slot = "other"

    /// Leaves by slot, in the order in which repomd.xml names them.
    static let leaves: [(slot: Slot, opening: StaticString, closing: StaticString)] = [
        (
            primary,
            #"<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages=""#,
            "</metadata>"
        ),
        (filelists, "<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\" packages=\"", "</filelists>"),
        (other, "<otherdata xmlns=\"http://linux.duke.edu/metadata/other\" packages=\"", "</otherdata>"),
    ]

    private static let declaration: StaticString = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    /// How a group's leaves are compressed: `profile` el7 allows nothing but gzip, since yum 3 reads no zstd.
    ///
    /// Measured on generated packages: zstd 7 is 1.4 % larger than createrepo_c's level 10 at 60 % of its time.
    static func encoding(of group: String, in repository: Repository) -> Encoding {
        let options = repository.options
        let isGzip = options.text("profile", for: group) == "el7" || options.text("compression", for: group) == "gz"
        return isGzip ? .gzip(level: 6) : .zstd(level: 7)
    }

    /// One leaf. The number of packages in it must be right: clients size their tables by it.
    static func leaf(_ slot: Slot, _ opening: StaticString, _ closing: StaticString, _ scope: Scope, in repository: Repository)
        -> DocumentPlan
    {
        var prologue: [UInt8] = []
        prologue.append(declaration)
        prologue.append(opening)
        prologue.append(decimal: scope.partitions.reduce(0) { $0 + $1.count })
        prologue.append("\">\n" as StaticString)
        var epilogue: [UInt8] = []
        epilogue.append(closing)
        return DocumentPlan(
            path: RPMPlace.prefix(scope.key) + "repodata/\(slot.name).xml",
            body: [.literal(prologue), .run(Run(slot, of: scope.partitions.map(\.key))), .literal(epilogue)],
            encodings: [encoding(of: scope.key, in: repository)], naming: .digestPrefixed)
    }

    /// The root of a group. `revision` and the times are the group's last change, so the same packages give the same bytes.
    static func repomd(over leaves: [PublishedDocument], for scope: Scope, in repository: Repository) -> DocumentPlan {
        let prefix = RPMPlace.prefix(scope.key)
        var xml: [UInt8] = []
        xml.append(declaration)
        xml.append(
            "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n"
                as StaticString)
        xml.append("  <revision>\(scope.changed.seconds)</revision>\n")
        for (slot, _, _) in Self.leaves {
            guard let leaf = leaves.first(where: { $0.path == "\(prefix)repodata/\(slot.name).xml" }),
                let variant = leaf.variants.first
            else { continue }
            let href = variant.path.utf8.dropFirst(prefix.utf8.count)
            xml.append("  <data type=\"\(slot.name)\">\n")
            xml.append("    <checksum type=\"sha256\">\(Hex.string(variant.measure.sha256))</checksum>\n")
            if variant.encoding != .plain {
                xml.append("    <open-checksum type=\"sha256\">\(Hex.string(leaf.open.sha256))</open-checksum>\n")
            }
            xml.append("    <location href=\"")
            xml.append(contentsOf: href)
            xml.append("\"/>\n    <timestamp>\(scope.changed.seconds)</timestamp>\n    <size>\(variant.measure.size)</size>\n")
            if variant.encoding != .plain { xml.append("    <open-size>\(leaf.open.size)</open-size>\n") }
            xml.append("  </data>\n" as StaticString)
        }
        xml.append("</repomd>\n" as StaticString)
        let path = prefix + "repodata/repomd.xml"
        return DocumentPlan(
            path: path, body: [.literal(xml)],
            companions: repository.publicKey == nil
                ? []
                : [
                    .detached(
                        path: path + ".asc", superseded: repository.options.number("superseded_signatures", for: scope.key) ?? 0)
                ])
    }

    /// The key beside repomd.xml: zypper (1.14) offers it for import when it does not know the signature's key.
    static func key(for scope: Scope, in repository: Repository) -> DocumentPlan? {
        repository.publicKey.map {
            DocumentPlan(path: RPMPlace.prefix(scope.key) + "repodata/repomd.xml.key", body: [.literal($0)], rank: .leaf)
        }
    }

    /// Where a group's `.repo` file lies: `el9.repo` beside `el9/`, and `repository.repo` for the empty group (a name that no
    /// group can have).
    static func repoPath(of group: String) -> String { (group.isEmpty ? "repository" : group) + ".repo" }

    /// What a client puts into `/etc/yum.repos.d`; read by yum 3, dnf 4, dnf 5 and zypper 1.14. Names the group's root and the
    /// repository's key.
    static func repoFile(for scope: Scope, in repository: Repository) -> DocumentPlan {
        let group = scope.key, options = repository.options
        let base = "\(repository.baseURL)/\(repository.owner)/\(repository.type)"
        let hasKey = repository.publicKey != nil
        let label = line(options.text("name", for: group) ?? (group.isEmpty ? repository.owner : "\(repository.owner) \(group)"))
        var text = "[\(identifier(repository.owner, group))]\n"
        text += "name=\(label)\n"
        text += "baseurl=\(base)\(group.isEmpty ? "" : "/" + group)\n"
        text += "enabled=1\n"
        // Packages are served as they came; whether they are signed is their builders' affair.
        text += "gpgcheck=\(options.flag("gpgcheck", for: group) ?? false ? 1 : 0)\n"
        text += "repo_gpgcheck=\(hasKey && (options.flag("repo_gpgcheck", for: group) ?? true) ? 1 : 0)\n"
        if hasKey { text += "gpgkey=\(base)/repository.key\n" }
        return DocumentPlan(path: repoPath(of: group), body: [.literal([UInt8](text))], rank: .list)
    }

    /// A repository identifier; dnf 4.14 takes letters, digits and `-_.:`, nothing else.
    static func identifier(_ owner: String, _ group: String) -> String {
        let text = group.isEmpty ? owner : "\(owner)-\(group)"
        return String(
            decoding: text.utf8.map { byte in
                ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") ? byte : UInt8(ascii: "-")
            }, as: UTF8.self)
    }

    /// A setting's text on one line: a line break would start a setting of its own.
    private static func line(_ text: String) -> String {
        String(decoding: text.utf8.map { ASCII.isControl($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
