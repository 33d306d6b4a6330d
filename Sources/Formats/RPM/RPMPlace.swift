/// Where packages of a group live, and which names may become parts of paths.
enum RPMPlace {
    /// Names below `OWNER/rpm/` or below a group that are the registry's own.
    private static let reserved = ["package", "repodata", "upload", "repository", "repository.key", "index.html"]

    /// Checks a group: components of `A–Z a–z 0–9 . _ + ~ -` with `/` between; the empty group is the repository's root.
    static func checkGroup(_ group: String) throws(Refusal) {
        guard !group.isEmpty else { return }
        guard group.utf8.count <= 512 else { throw refused("the group is longer than 512 bytes", "choose a shorter one") }
        var component: [UInt8] = []
        for byte in Array(group.utf8) + [UInt8(ascii: "/")] {
            if byte == UInt8(ascii: "/") {
                try checkComponent(component, of: group)
                component.removeAll(keepingCapacity: true)
            } else {
                component.append(byte)
            }
        }
    }

    private static func checkComponent(_ component: [UInt8], of group: String) throws(Refusal) {
        let text = String(decoding: component, as: UTF8.self)
        guard let first = component.first else {
            throw refused("the group “\(printable(group))” has an empty component", "write it like el9 or fedora/41")
        }
        guard first != UInt8(ascii: ".") else {
            throw refused("the group “\(printable(group))” has a component that starts with a dot", "choose another name")
        }
        // A folder whose name begins with one is an option to many a tool.
        guard first != UInt8(ascii: "-") else {
            throw refused("the group “\(printable(group))” has a component that starts with a dash", "choose another name")
        }
        guard component.allSatisfy({ ASCII.isAlphanumeric($0) || isMark($0) }) else {
            throw refused(
                "the group “\(printable(group))” holds a character that is not allowed in paths",
                "use letters, digits and . _ + ~ - only")
        }
        // Beside the folder lies GROUP.repo, whose name has to fit into 255 bytes, too.
        guard component.count <= 250 else {
            throw refused("a component of the group is longer than 250 bytes", "choose a shorter one")
        }
        guard !reserved.contains(text), !component.span.has(".repo", at: component.count - 5) else {
            throw refused("“\(text)” is a name of the registry's own and cannot be in a group", "choose another name")
        }
    }

    /// Checks a part of a package's name, version or architecture before it becomes part of a path and of a URL, which clients
    /// take from the index without escaping anything.
    ///
    /// - Parameter field: `name`, `version`, `release` or `architecture`.
    static func check(_ part: Span<UInt8>, _ field: String) throws(Refusal) {
        guard part.count > 0, part[0] != UInt8(ascii: ".") else {
            throw unfit(field, "starts with a dot or is empty")
        }
        // Versions and releases cannot hold a dash at all. A file whose name begins with one is an option to many a tool.
        guard part[0] != UInt8(ascii: "-") else {
            throw unfit(field, field == "name" || field == "architecture" ? "starts with a dash" : "holds a dash")
        }
        for i in 0..<part.count {
            let byte = part[i]
            if ASCII.isAlphanumeric(byte) || isMark(byte) || byte == UInt8(ascii: "^") { continue }
            // Harmless in URLs (RFC 3986, pchar) and in file names.
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"):
                continue
            case UInt8(ascii: "/"): throw unfit(field, "holds a slash")
            case let byte where ASCII.isControl(byte): throw unfit(field, "holds a control character")
            default: throw unfit(field, "holds a character that is not allowed in paths (byte 0x\(Hex.string([byte])))")
            }
        }
        // Between version and release the dash is the boundary.
        if field == "version" || field == "release" {
            for i in 0..<part.count where part[i] == UInt8(ascii: "-") { throw unfit(field, "holds a dash") }
        }
    }

    /// `el9` → `el9/`; the empty group has no directory of its own.
    static func prefix(_ group: String) -> String { group.isEmpty ? "" : group + "/" }

    /// `NAME-VERSION-RELEASE.ARCH.rpm`.
    static func filename(name: String, version: String, architecture: String) -> String {
        "\(name)-\(withoutEpoch(version)).\(architecture).rpm"
    }

    /// Below the group: `package/NAME/[EPOCH-]VERSION-RELEASE/ARCH/NAME-VERSION-RELEASE.ARCH.rpm` (Gitea's addresses).
    static func path(name: String, version: String, architecture: String) -> String {
        // The colon of the epoch is the only one that a vetted version can hold.
        let directory = String(decoding: version.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
        return "package/\(name)/\(directory)/\(architecture)/"
            + filename(name: name, version: version, architecture: architecture)
    }

    /// `el9` in `1.0-3.el9_4`: the last part of the release that is a known distribution's tag and a number.
    static func distribution(inVersion version: String) -> String? {
        let tags = ["el", "fc", "amzn", "mga", "ol", "rhel", "cm", "azl", "lp"]
        for part in version.utf8.split(separator: UInt8(ascii: ".")).reversed() {
            let letters = part.prefix { ASCII.isLower($0) }
            let digits = part.dropFirst(letters.count).prefix { ASCII.isDigit($0) }
            let rest = part.dropFirst(letters.count + digits.count).first
            guard !digits.isEmpty, rest == nil || rest == UInt8(ascii: "_") || rest == UInt8(ascii: "~") else { continue }
            let tag = String(decoding: letters, as: UTF8.self)
            if tags.contains(tag) { return tag + String(decoding: digits, as: UTF8.self) }
        }
        return nil
    }

    /// createrepo_c's order of packages: by file name, then by directory, both by bytes.
    static func sortKey(filename: String, path: String) -> [UInt8] {
        SortKey.of { key in
            key.word(filename)
            key.append(path.utf8)
        }
    }

    private static func withoutEpoch(_ version: String) -> Substring {
        version.utf8.firstIndex(of: UInt8(ascii: ":")).map { version[version.utf8.index(after: $0)...] } ?? version[...]
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// A hostile text made fit for a message.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.prefix(64).map { 32..<127 ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func refused(_ what: String, _ remedy: String) -> Refusal {
        Refusal(.placement, what, at: "group", remedy: remedy)
    }

    private static func unfit(_ field: String, _ why: String) -> Refusal {
        Refusal(
            .malformed, "the package's \(field) \(why)", at: "the RPM header",
            remedy: "rename it in the spec file and rebuild the package")
    }
}
