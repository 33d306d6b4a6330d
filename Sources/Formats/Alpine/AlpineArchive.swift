/// Reads a package file, version 2: gzip members one behind the other, whose tars are one archive. Signatures perhaps, then the
/// control member with `.PKGINFO` and scripts, then the files to install. An index knows a package by the SHA-1 of the control
/// member as it is packed, and `datahash` in it is the SHA-256 of what follows.
struct AlpineArchive {
    /// The content of `.PKGINFO`, read.
    let info: PackageInfo
    /// 20 bytes.
    let controlSHA1: [UInt8]
    /// Those of the files to install, folders aside; none unless they are asked for.
    let paths: PortraitSketch.List

    private static let infoPath = ".PKGINFO"
    private static let infoLimit = 1 << 20
    /// Gitea's bound, too.
    private static let controlLimit = 10 << 20
    private static let signatureLimit = 1 << 20
    /// Members of gzip before the control member.
    private static let mostSignatures = 8
    static let remedy = "build the package again with abuild or melange"

    /// By its first member: signatures, or a `.PKGINFO` with `datahash`.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        let isNamed = ASCII.lowered(glimpse.filename).hasSuffix(".apk")
        if isADB(bytes) { return .surely }
        guard glimpse.codec == .gzip else { return isNamed ? .perhaps : .no }
        var isSigned = false
        var text: [UInt8] = []
        glimpse.look(into: bytes, upTo: 16) { member in
            let path = member.header.path
            if path.hasPrefix(".SIGN.") { isSigned = true }
            if path == infoPath { text = member.content }
            return path == infoPath || !path.hasPrefix(".")
        }
        if text.isEmpty { return isNamed ? .perhaps : .no }
        let hasHash = String(decoding: text, as: UTF8.self).split(separator: "\n").contains { $0.hasPrefix("datahash =") }
        return isSigned || hasHash ? .surely : isNamed ? .perhaps : .no
    }

    /// - Parameter listsPaths: whether somebody wants them.
    init(_ bytes: Span<UInt8>, listsPaths: Bool = false, within budget: Budget) throws(Refusal) {
        guard !Self.isADB(bytes) else {
            throw Refusal(
                .unsupported, "it is a package of apk's version 3 (ADB), and repositories here are of version 2", at: "byte 0",
                remedy: "build it as a package of version 2, as abuild and melange do")
        }
        guard !bytes.has("PK\u{3}\u{4}") else {
            throw Refusal(
                .unsupported, "it is a zip archive, as Android's apps are, and not a package of Alpine", at: "byte 0",
                remedy: "give a package that abuild made")
        }
        guard Codec.recognise(bytes) == .gzip else {
            throw Refusal(.unsupported, "the file does not begin as gzip", at: "byte 0", remedy: Self.remedy)
        }
        var position = 0, signatures = 0
        while true {
            let isFirst = position == 0
            let member = try GzipMembers.member(
                of: bytes, at: position, subject: isFirst ? "the first gzip member" : "the control member",
                limit: Self.controlLimit, within: budget)
            let section = try AlpineSection(member.content, at: position)
            position = member.range.upperBound
            if section.isSignature {
                signatures += 1
                guard signatures <= Self.mostSignatures, member.content.count <= Self.signatureLimit else {
                    throw Refusal(
                        .limit, "there are too many signatures before the control member", at: "byte \(member.range.lowerBound)",
                        remedy: "sign the package once")
                }
                guard position < bytes.count else {
                    throw Refusal(
                        .truncated, "the package ends behind its signature", at: "byte \(position)", remedy: Self.remedy)
                }
                continue
            }
            let content = try section.content(of: Self.infoPath)
            guard content.count <= Self.infoLimit else {
                throw Refusal(
                    .limit, ".PKGINFO has more than \(Self.infoLimit) bytes", at: Self.infoPath, remedy: "make it smaller")
            }
            info = try PackageInfo(content.span, remedy: Self.remedy, takesOddLines: true)
            controlSHA1 = bytes.extracting(member.range).withUnsafeBytes {
                var hash = SHA1()
                hash.update($0)
                return hash.finish()
            }
            break
        }
        var paths = listsPaths ? PortraitSketch.List() : nil
        try Self.checkData(bytes.extracting(position..<bytes.count), at: position, info, paths: &paths, within: budget)
        self.paths = paths ?? PortraitSketch.List()
    }

    private static func isADB(_ bytes: Span<UInt8>) -> Bool {
        // As it is, deflated, or compressed in a way that it names.
        bytes.has("ADB.") || bytes.has("ADBd") || bytes.has("ADBc")
    }

    /// One member, whose digest is the one that the control member has, with an archive that does not lead out of where it is
    /// unpacked.
    private static func checkData(
        _ data: Span<UInt8>, at start: Int, _ info: PackageInfo, paths: inout PortraitSketch.List?, within budget: Budget
    ) throws(Refusal) {
        let place = ".PKGINFO, datahash"
        let claimed = try info.required("datahash")
        guard let digest = Hex.bytes(claimed.utf8), digest.count == 32 else {
            throw Refusal(.malformed, "datahash is not a SHA-256 in hexadecimal", at: place, remedy: remedy)
        }
        guard data.count > 0 else {
            throw Refusal(.truncated, "the package ends behind its control member", at: "byte \(start)", remedy: remedy)
        }
        guard Codec.recognise(data) == .gzip else {
            throw Refusal(.malformed, "what follows the control member is not gzip", at: "byte \(start)", remedy: remedy)
        }
        var hash = SHA256()
        data.withUnsafeBytes { hash.update($0) }
        guard hash.finish() == digest else {
            throw Refusal(
                .malformed, "the files are not those that datahash in .PKGINFO is of", at: place,
                remedy: "send the file again, or build the package again")
        }
        let contents = try Tar.scan(data, compressed: .gzip, subject: "the data member", within: budget) {
            (member) throws(Refusal) -> TarChoice in
            // apk passes over what begins with a dot.
            guard member.storedPath.first != UInt8(ascii: ".") || !ArchivePath.isLoose(member.storedPath) else {
                throw Refusal(
                    .malformed, "a name begins with './', and apk would not install the file",
                    at: member.path.isEmpty ? "member \(member.index)" : member.path, remedy: remedy)
            }
            guard member.path != infoPath, !member.path.hasPrefix(".SIGN.") else {
                throw Refusal(
                    .ambiguous, "the files to install have a \(member.path) among them", at: "the data member", remedy: remedy)
            }
            if member.rawPath.contains(where: ASCII.isControl) {
                throw Refusal(.malformed, "a name holds a control character", at: member.path, remedy: remedy)
            }
            if member.kind != .directory {
                paths?.append(bytes: member.rawPath.count + 1) { "/" + String(decoding: member.rawPath, as: UTF8.self) }
            }
            return .skip
        }
        precondition(contents.isEmpty, "nothing of it is kept")
        guard GzipMembers.couldBeSeveral(data) else { return }
        let member = try GzipMembers.member(
            of: data, at: 0, subject: "the data member", limit: budget.expandedBytes, keepsContent: false, within: budget)
        guard member.range.upperBound == data.count else {
            throw Refusal(
                .malformed, "the files are in two gzip members, and apk takes one", at: "byte \(start + member.range.upperBound)",
                remedy: remedy)
        }
    }
}
