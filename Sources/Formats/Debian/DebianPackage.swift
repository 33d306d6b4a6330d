/// What a `.deb`, `.udeb` or `.ddeb` says about itself: its control stanza, vetted and cleaned.
///
/// Container: deb(5). An `ar` archive of `debian-binary`, `control.tar` (plain, gz, xz, zst) and `data.tar`, in this order;
/// members whose names begin with `_` may stand between and are skipped; what follows the data is ignored, but not a second
/// control or data.
struct DebianPackage {
    /// The stanza as it is published, without what describes the file (`Filename`, `Size`, digests).
    var stanza: Deb822Stanza
    var name: String
    var version: DebianVersion
    /// The version as written.
    var versionText: String
    var architecture: String
    /// The source package that files are sorted under: `Source` without its version, else the package's own name.
    var source: String
    /// As `Package-Type` says; nil when the field is missing.
    var declaredKind: Kind?
    /// What clients will make of the package that its owner does not expect.
    var warnings: [Warning] = []

    /// What a package is for, with the ending of its files.
    enum Kind: String, CaseIterable {
        case ordinary = "deb"
        /// For Debian's installer alone.
        case installer = "udeb"
        /// Ubuntu's packages of debug symbols, which apt installs as any other.
        case symbols = "ddeb"

        var suffix: String { ".\(rawValue)" }
    }

    /// A control file's size. dpkg has no limit; a real one has a few kilobytes.
    static let controlBytes = 1 << 20
    /// Everything in a control archive together, `md5sums` and maintainer scripts included: sums of a million files would fit.
    static let controlArchiveBytes = 128 << 20

    /// Fields about the file, or about an installed package: a control file that carries them would contradict the index.
    private static let foreign: [StaticString] = [
        "filename", "size", "md5sum", "sha1", "sha256", "sha512", "msdos-filename", "status", "description-md5",
    ]

    /// Reads a package file.
    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        let control = try Self.control(of: bytes, within: budget)
        do {
            var stanza = try Deb822Stanza(control.span)
            stanza.remove(Self.foreign)
            // apt 2.6.1 cannot read a list with an empty Provides in it, and older ones none with any empty relation. An empty field says
            // nothing (Policy 5.1 knows none in binary packages).
            stanza.removeBlanks()
            let warnings = try DebianFields.check(stanza)
            try self.init(stanza)
            self.warnings = warnings + DebianArchitectures.warnings(about: architecture)
        } catch {
            throw error.inside("the control file")
        }
    }

    /// Reads `PackageRecord.facts` again.
    init(facts: [UInt8]) throws(Refusal) { try self.init(Deb822Stanza(facts.span)) }

    private init(_ stanza: Deb822Stanza) throws(Refusal) {
        func required(_ field: StaticString) throws(Refusal) -> [UInt8] {
            guard let value = stanza.value(field), !value.isEmpty else {
                throw Refusal(
                    .malformed, "no value", at: "field \(field)", remedy: "state it in the control file and rebuild the package")
            }
            return value
        }
        self.stanza = stanza
        let name = try required("package")
        guard Self.isName(name) else {
            throw Refusal(
                .malformed, "a package name that Debian does not allow", at: "field Package",
                remedy: "use two or more lower-case letters, digits, '+', '-' and '.', the first a letter or digit")
        }
        self.name = String(decoding: name, as: UTF8.self)
        let version = try required("version")
        self.version = try DebianVersion(version)
        versionText = String(decoding: version, as: UTF8.self)
        let architecture = try required("architecture")
        guard Self.isArchitecture(architecture) else {
            throw Refusal(
                .malformed, "not the name of one architecture", at: "field Architecture",
                remedy: DebianArchitectures.right(for: String(decoding: architecture, as: UTF8.self)).map {
                    "write \($0) and rebuild the package"
                } ?? "name the architecture that the package was built for, or 'all'")
        }
        self.architecture = String(decoding: architecture, as: UTF8.self)
        // `Source: hello (1.0-1)`: the version is there when it differs from the binary's.
        let source = stanza.value("source").map { Array($0.prefix { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: "(") }) } ?? []
        guard source.isEmpty || Self.isName(source) else {
            throw Refusal(
                .malformed, "a source package name that Debian does not allow", at: "field Source",
                remedy: "use two or more lower-case letters, digits, '+', '-' and '.', the first a letter or digit")
        }
        self.source = source.isEmpty ? self.name : String(decoding: source, as: UTF8.self)
        guard let type = stanza.value("package-type"), !type.isEmpty else { return }
        guard let kind = Kind(rawValue: String(decoding: type.map { ASCII.lowered($0) }, as: UTF8.self)) else {
            throw Refusal(
                .unsupported, "a package type other than deb, udeb and ddeb", at: "field Package-Type", remedy: "build a .deb")
        }
        declaredKind = kind
    }

    /// The first line of `Description`, for people.
    var summary: String {
        guard let text = stanza.value("description") else { return "" }
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Policy 5.6.7, at most what a file name can hold.
    static func isName(_ text: [UInt8]) -> Bool {
        guard (2...128).contains(text.count), ASCII.isLower(text[0]) || ASCII.isDigit(text[0]) else { return false }
        return text.allSatisfy { ASCII.isLower($0) || ASCII.isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// One concrete architecture or `all`; neither `any`, nor a wildcard, nor `source`.
    static func isArchitecture(_ text: [UInt8]) -> Bool {
        guard (1...64).contains(text.count), ASCII.isLower(text[0]) || ASCII.isDigit(text[0]) else { return false }
        guard text.allSatisfy({ ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }) else { return false }
        let words = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return text != [UInt8]("source") && !words.contains { $0.isEmpty || $0.elementsEqual("any".utf8) }
    }

    // MARK: The container

    /// The bytes of the control file.
    private static func control(of bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [UInt8] {
        let members = try Ar.members(of: bytes, within: budget)
        guard let first = members.first, first.name == "debian-binary" else {
            throw Refusal(
                .malformed, "the first member is not debian-binary", at: "byte 8", remedy: "rebuild the package with dpkg-deb")
        }
        let format = bytes.extracting(first.range)
        // dpkg 1.21 refuses a version that no line feed ends.
        var end = 2
        while end < format.count, ASCII.isDigit(format[end]) { end += 1 }
        guard format.has("2."), end > 2, end < format.count, format[end] == UInt8(ascii: "\n") else {
            throw Refusal(
                .unsupported, "a package format other than 2", at: "debian-binary", remedy: "rebuild the package with dpkg-deb")
        }
        var control: ArMember?
        var hasData = false
        for member in members.dropFirst() {
            if member.name.utf8.starts(with: "control.tar".utf8) {
                guard control == nil, !hasData else {
                    throw Refusal(
                        .ambiguous, "a control archive after another one or after the data", at: member.name,
                        remedy: "rebuild the package with dpkg-deb")
                }
                control = member
            } else if member.name.utf8.starts(with: "data.tar".utf8) {
                guard control != nil else {
                    throw Refusal(
                        .malformed, "the data stands before the control archive", at: member.name,
                        remedy: "rebuild the package with dpkg-deb")
                }
                guard !hasData else {
                    throw Refusal(
                        .ambiguous, "a second data archive", at: member.name, remedy: "rebuild the package with dpkg-deb")
                }
                hasData = true
            } else if !hasData, !member.name.utf8.starts(with: "_".utf8) {
                throw Refusal(
                    .malformed, "a member that has no place before the data",
                    at: member.name.isEmpty ? "a nameless member" : member.name,
                    remedy: "rebuild the package with dpkg-deb")
            }
        }
        guard let control else {
            throw Refusal(.malformed, "no control archive", at: "the ar archive", remedy: "rebuild the package with dpkg-deb")
        }
        guard hasData else {
            throw Refusal(
                .truncated, "no data archive", at: "the ar archive",
                remedy: "send the file again, or rebuild the package with dpkg-deb")
        }
        do {
            return try Self.control(inside: control, of: bytes, within: budget)
        } catch {
            throw error.inside(control.name)
        }
    }

    private static func control(inside member: ArMember, of bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [UInt8]
    {
        let codec: Codec
        switch member.name {
        case "control.tar": codec = .none
        case "control.tar.gz": codec = .gzip
        case "control.tar.xz": codec = .xz
        case "control.tar.zst": codec = .zstd
        default:
            // dpkg allows bz2 and lzma for the data alone.
            throw Refusal(
                .unsupported, "a compression that dpkg does not read in a control archive",
                remedy: "rebuild the package with gz, xz or zst")
        }
        var budget = budget
        budget.expandedBytes = min(budget.expandedBytes, controlArchiveBytes)
        budget.memberBytes = min(budget.memberBytes, controlBytes)
        // The whole archive is looked through: dpkg unpacks it all and the last of two control files would win, other readers
        // stop at the first.
        var links: [String] = []
        let found = try Tar.scan(
            bytes.extracting(member.range), compressed: codec, subject: member.name, within: budget
        ) { (entry) throws(Refusal) in
            // dpkg unpacks with tar, which follows a link that it has just made: `x` to `.`, then `x/control`.
            if links.contains(where: { isBelow($0, entry.path) }) {
                throw Refusal(
                    .ambiguous, "a file behind a link", at: entry.path, remedy: "rebuild the package with dpkg-deb")
            }
            if entry.kind == .symbolicLink { links.append(entry.path) }
            guard links.count <= mostLinks else {
                throw Refusal(
                    .limit, "more than \(mostLinks) links", at: entry.path, remedy: "rebuild the package with dpkg-deb")
            }
            guard entry.path == "control" else { return .skip }
            guard entry.kind == .file else {
                throw Refusal(
                    .malformed, "the control file is not a plain file", at: entry.path,
                    remedy: "rebuild the package with dpkg-deb")
            }
            return .take
        }
        guard let control = found.first else {
            throw Refusal(.malformed, "no control file", at: "its top", remedy: "rebuild the package with dpkg-deb")
        }
        guard found.count == 1 else {
            throw Refusal(.ambiguous, "two control files", at: "control", remedy: "rebuild the package with dpkg-deb")
        }
        return control.bytes
    }

    /// Each member is compared with all links; a control archive has none, or one for each maintainer script.
    private static let mostLinks = 64

    private static func isBelow(_ folder: String, _ path: String) -> Bool {
        path.utf8.count > folder.utf8.count && path.utf8.starts(with: folder.utf8)
            && path.utf8[path.utf8.index(path.startIndex, offsetBy: folder.utf8.count)] == UInt8(ascii: "/")
    }
}
