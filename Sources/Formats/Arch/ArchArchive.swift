/// Reads a package file: a tar archive in one of several compressions, with `.PKGINFO` and other dotfiles beside the files to
/// install.
enum ArchArchive {
    static let infoPath = ".PKGINFO"
    /// Bytes of `.PKGINFO`, which ends up in databases that everybody loads.
    private static let infoLimit = 1 << 20
    private static let subject = "the package"
    static let remedy = "build the package again with makepkg"

    /// Looks at 16 members in the first MiB at most.
    ///
    /// apk's packages hold a `.PKGINFO` as well. What only pacman's have is another dotfile of makepkg's, or `pkgbase` and
    /// `xdata` in it; what only apk's have is `datahash`, or a signature in front.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        let isNamed = ArchFileName.announces(glimpse.filename)
        guard glimpse.container == .tar else { return isNamed ? .perhaps : .no }
        var isAPK = false, isMade = false
        var text: [UInt8] = []
        glimpse.look(into: bytes, upTo: 16) { member in
            let path = member.header.path
            if path.hasPrefix(".SIGN.") { isAPK = true }
            if [".BUILDINFO", ".MTREE", ".INSTALL", ".CHANGELOG"].contains(path) { isMade = true }
            if path == infoPath { text = member.content }
            // Dotfiles come first.
            return path == infoPath || isAPK || !path.hasPrefix(".")
        }
        guard !isAPK, !text.isEmpty else { return isNamed && !isAPK ? .perhaps : .no }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        func has(_ key: String) -> Bool { lines.contains { $0.hasPrefix("\(key) =") } }
        if has("datahash") { return isNamed ? .perhaps : .no }
        return isNamed || isMade || has("pkgbase") || has("xdata") ? .surely : .perhaps
    }

    /// What `.PKGINFO` says, the paths that are installed (`usr/`, `usr/bin/demo`, in byte order, each once), and the ending of
    /// the file's name.
    static func read(
        _ bytes: Span<UInt8>, within budget: Budget
    ) throws(Refusal) -> (info: PackageInfo, paths: [[UInt8]], ending: String) {
        let codec = Codec.recognise(bytes)
        guard let ending = ArchFileName.ending(for: codec), codec != .none || bytes.has("ustar", at: 257) else {
            throw Refusal(
                .unsupported, "the file is not a tar archive in zstd, xz, gzip or bzip2", at: "byte 0",
                remedy: "set PKGEXT='.pkg.tar.zst' in makepkg.conf and build the package again")
        }
        var limited = budget
        limited.memberBytes = min(budget.memberBytes, infoLimit)
        var paths: [[UInt8]] = []
        var length = 0
        let contents = try Tar.scan(bytes, compressed: codec, subject: subject, within: limited) {
            (member) throws(Refusal) -> TarChoice in
            try check(member)
            if member.path == infoPath {
                guard member.kind == .file else { throw refusal(.malformed, ".PKGINFO is not a file", member) }
                return .take
            }
            guard !member.path.hasPrefix(".") else {
                guard !member.path.hasPrefix(".SIGN.") else {
                    throw Refusal(
                        .unsupported, "it is a package of apk, for Alpine", at: member.path,
                        remedy: "publish it to an Alpine repository")
                }
                return .skip
            }
            let path = member.kind == .directory ? member.rawPath + [UInt8(ascii: "/")] : member.rawPath
            length += path.count + 1
            guard length <= budget.indexBytes else {
                throw refusal(.limit, "the names of its files have more than \(budget.indexBytes) bytes", member)
            }
            paths.append(path)
            return .skip
        }
        guard let content = contents.first else {
            throw Refusal(.malformed, "there is no .PKGINFO in it", at: subject, remedy: remedy)
        }
        guard contents.count == 1 else {
            throw Refusal(.ambiguous, "there are two .PKGINFO in it", at: contents[1].member.path, remedy: remedy)
        }
        let info = try PackageInfo(content.bytes.span, remedy: remedy)
        return (info, try sorted(paths), ending)
    }

    private static func check(_ member: TarMember) throws(Refusal) {
        guard !member.path.isEmpty, !ArchivePath.isLoose(member.storedPath) else {
            // libalpm looks for .PKGINFO under this name alone, and repo-add lists nothing that begins with a dot.
            throw refusal(.malformed, "a name has a part that is empty or '.'", member)
        }
        if member.rawPath.contains(where: ASCII.isControl) {
            throw refusal(.malformed, "a name holds a control character", member)
        }
        if UTF8Fault.first(in: member.rawPath.span) != nil { throw refusal(.malformed, "a name is not UTF-8", member) }
    }

    private static func sorted(_ paths: [[UInt8]]) throws(Refusal) -> [[UInt8]] {
        var sorted: [[UInt8]] = []
        sorted.reserveCapacity(paths.count)
        for path in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard path == sorted.last else {
                sorted.append(path)
                continue
            }
            // A folder may come twice; of two files one is lost, and readers differ in which.
            guard path.last == UInt8(ascii: "/") else {
                throw Refusal(
                    .ambiguous, "a file is in it twice", at: String(decoding: path, as: UTF8.self), remedy: remedy)
            }
        }
        return sorted
    }

    private static func refusal(_ cause: Refusal.Cause, _ what: String, _ member: TarMember) -> Refusal {
        Refusal(cause, what, at: member.path.isEmpty ? "member \(member.index)" : member.path, remedy: remedy)
    }
}
