/// Reads a package's tarball (`.tgz`): a gzipped tar whose members all lie in one folder, which npm strips off, whatever it is called.
struct NPMArchive {
    /// Of package.json.
    var manifest: [UInt8]
    /// README in Markdown or plain, as much of it as is kept; nil where there is none.
    var readme: (filename: String, text: String)?
    var fileCount = 0
    /// Bytes of all files together.
    var unpackedSize = 0
    var hasShrinkwrap = false
    /// Whether a recipe of node-gyp lies beside package.json.
    var hasGypFile = false
    var warnings: [Warning] = []

    /// Bytes of package.json, most of which ends up in a document that others load.
    private static let manifestLimit = 2 << 20
    /// Bytes of a README that is looked at, and how much of it is kept: as much as npm's registry keeps.
    private static let readmeLimit = 1 << 20
    static let readmeKept = 64 << 10

    private static let subject = "the tarball"
    private static let remedy = "pack it again with npm pack"

    init(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        guard Codec.recognise(bytes) == .gzip else {
            throw Refusal(.unsupported, "the file is not a gzip archive", at: "byte 0", remedy: Self.remedy)
        }
        var budget = budget
        budget.memberBytes = min(budget.memberBytes, Self.manifestLimit)
        var taken = ArchivePathsTaken()
        var hasManifest = false
        var misspelled: String?
        var link: String?
        var reads = 0
        manifest = []
        let contents = try Tar.scan(bytes, compressed: .gzip, subject: Self.subject, within: budget) {
            (member) throws(Refusal) -> TarChoice in
            guard let inner = try Self.inner(member) else { return .skip }
            guard taken.insert(Array(inner), isFolder: member.kind == .directory) else {
                throw Self.refusal(
                    .ambiguous, "the tarball holds this name twice below its folder, and npm unpacks the one over the other",
                    member)
            }
            switch member.kind {
            case .symbolicLink, .hardLink: link = link ?? member.path
            case .directory: break
            default:
                fileCount += 1
                unpackedSize += member.size
            }
            guard !inner.contains(UInt8(ascii: "/")) else { return .skip }
            let name = ASCII.lowered(String(decoding: inner, as: UTF8.self))
            if name == "package.json" {
                guard member.kind == .file else { throw Self.refusal(.malformed, "package.json is not a file", member) }
                guard !hasManifest else {
                    throw Self.refusal(.ambiguous, "the tarball holds package.json twice, case aside", member)
                }
                hasManifest = true
                guard inner.elementsEqual("package.json".utf8) else {
                    misspelled = member.path
                    return .skip
                }
                return .take
            }
            guard member.kind == .file else { return .skip }
            if name.hasSuffix(".gyp") { hasGypFile = true }
            if inner.elementsEqual("npm-shrinkwrap.json".utf8) { hasShrinkwrap = true }
            guard NPMReadme.rank(of: name) != nil, member.size <= Self.readmeLimit, reads < 4 else { return .skip }
            reads += 1
            return .take
        }
        try take(contents, misspelled: misspelled)
        if let link {
            warnings.append(
                Warning(
                    "the tarball holds a link, which npm does not unpack", at: link,
                    remedy: "put the file there itself, as npm pack does"))
        }
    }

    private mutating func take(_ contents: [TarContent], misspelled: String?) throws(Refusal) {
        var hasManifest = false
        var best: (rank: Int, name: String, bytes: [UInt8])?
        for content in contents {
            let name = content.member.path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
            if name == "package.json" {
                manifest = content.bytes
                hasManifest = true
            } else if let rank = NPMReadme.rank(of: ASCII.lowered(name)), best.map({ rank < $0.rank }) ?? true {
                best = (rank, name, content.bytes)
            }
        }
        guard hasManifest else {
            if let misspelled {
                throw Refusal(
                    .malformed, "package.json is missing: npm reads it under this name alone", at: misspelled, remedy: Self.remedy
                )
            }
            throw Refusal(
                .malformed, "package.json is missing in the tarball's folder", at: Self.subject, remedy: Self.remedy)
        }
        if let best { readme = NPMReadme.kept(best.bytes, limit: Self.readmeKept).map { (best.name, $0) } }
    }

    /// The files in a folder of the package, at any depth, hidden ones aside, in the order of their names.
    ///
    /// - Parameter bytes: a tarball that was read already.
    static func files(in folder: String, of bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> [String] {
        let prefix = [UInt8]("\(folder)/")
        var files: [String] = []
        _ = try Tar.scan(bytes, compressed: .gzip, subject: subject, within: budget) {
            (member) throws(Refusal) -> TarChoice in
            let inner = member.rawPath.drop { $0 != UInt8(ascii: "/") }.dropFirst()
            guard member.kind == .file, inner.starts(with: prefix), inner.count > prefix.count,
                inner.dropFirst(prefix.count).first != UInt8(ascii: ".")
            else { return .skip }
            guard files.count < commandLimit else {
                throw refusal(
                    .limit, "the folder '\(NPMManifest.shown(folder))' holds more than \(commandLimit) commands", member)
            }
            files.append(String(decoding: inner.dropFirst(prefix.count), as: UTF8.self))
            return .skip
        }
        return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static let commandLimit = 1_000

    // MARK: Members

    /// A member's path below the tarball's folder; nil for that folder itself.
    private static func inner(_ member: TarMember) throws(Refusal) -> ArraySlice<UInt8>? {
        guard !member.isSparse else { throw refusal(.unsupported, "the tarball holds a sparse file", member) }
        guard member.kind != .other else { throw refusal(.malformed, "the tarball holds a device or a pipe", member) }
        guard !ArchivePath.isLoose(member.storedPath) else {
            throw refusal(
                .malformed, "a name in the tarball has a part that is empty or '.', which npm would count as the folder", member)
        }
        if let byte = member.rawPath.first(where: { ASCII.isControl($0) || $0 == UInt8(ascii: "\\") }) {
            let shown = byte == UInt8(ascii: "\\") ? "'\\'" : "a control character"
            throw refusal(.malformed, "a name in the tarball holds \(shown)", member)
        }
        guard UTF8Fault.first(in: member.rawPath.span) == nil else {
            throw refusal(.malformed, "a name in the tarball is not UTF-8", member)
        }
        let path = member.rawPath[...]
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else {
            guard member.kind == .directory else {
                throw refusal(.malformed, "a file is outside of the tarball's folder, and npm does not unpack it", member)
            }
            return nil
        }
        if member.kind == .symbolicLink || member.kind == .hardLink { try check(linkOf: member, in: path) }
        return path[(slash + 1)...]
    }

    /// Whether a link stays in the tarball's folder. npm passes over all links; other tools do not.
    private static func check(linkOf member: TarMember, in path: ArraySlice<UInt8>) throws(Refusal) {
        let slash = UInt8(ascii: "/")
        let target = Array(member.link.utf8)
        func leaves() -> Refusal {
            refusal(.malformed, "a link in the tarball leads out of it, to '\(NPMManifest.shown(member.link))'", member)
        }
        guard !target.isEmpty, target[0] != slash, !target.contains(UInt8(ascii: "\\")),
            !target.contains(UInt8(ascii: ":"))
        else { throw leaves() }
        // A hard link names a member; a symbolic link starts at its own folder.
        var depth = member.kind == .hardLink ? 0 : path.count { $0 == slash }
        for part in target.split(separator: slash) where !part.elementsEqual(".".utf8) {
            depth += part.elementsEqual("..".utf8) ? -1 : 1
            // At depth 0 it is outside of the folder that everything is in.
            guard depth > 0 else { throw leaves() }
        }
        guard depth > 1 || member.kind == .symbolicLink else { throw leaves() }
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, _ member: TarMember) -> Refusal {
        Refusal(cause, what, at: member.path, remedy: remedy)
    }
}
