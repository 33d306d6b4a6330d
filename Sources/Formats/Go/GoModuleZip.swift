/// A module zip (golang.org/ref/mod#zip-files), read and checked as `go mod download` checks it before it unpacks one
/// (golang.org/x/mod/zip, CheckZip), and a little beyond.
///
/// Nothing but go.mod is held in memory: every other file is hashed as it is unpacked, 64 KiB at a time.
struct GoModuleZip {
    var path: String
    var version: GoVersion
    /// The bytes of go.mod; nil where there is none.
    var modFile: [UInt8]?
    /// 32 bytes, for go.sum.
    var sum: [UInt8]
    /// The newest time of a file in seconds since 1970; nil where no file has one that can be true.
    var newest: Int64?
    var warnings: [Warning]
    /// The readme at the module's root: its name below that, and its bytes; nil where there is none, or nobody asked.
    var readme: (name: String, bytes: [UInt8])?

    /// Bytes of the zip, and of all files in it together.
    static let sizeLimit = 500 << 20
    /// Bytes of go.mod and of LICENSE.
    static let rootFileLimit = 16 << 20
    private static let subject = "the module zip"
    private static let remedy = "make the module zip again, as go does (golang.org/x/mod/zip)"

    private static func refusal(_ cause: Refusal.Cause, _ what: String, at place: String = "", _ remedy: String = remedy)
        -> Refusal
    {
        Refusal(cause, what, at: place, remedy: remedy)
    }

    // MARK: - A first look

    /// By the name of the first file, `MODULE@VERSION/…`.
    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        guard glimpse.container == .zip, bytes.count >= 30 else { return .no }
        let length = Int(bytes[26]) | Int(bytes[27]) << 8
        guard length <= bytes.count - 30 else { return .no }
        let name = bytes.copied(30..<(30 + length))
        guard let (path, version) = split(name) else { return .no }
        if GoPath.fault(inModule: path) == nil, GoVersion(version)?.isCanonical == true { return .surely }
        // `x@v1/` is meant to be one, and inspect says what is wrong with it.
        return version.first == UInt8(ascii: "v") && version.dropFirst().first.map(ASCII.isDigit) == true ? .perhaps : .no
    }

    /// `MODULE@VERSION/` at the beginning of a file's name; nil for other names.
    private static func split(_ name: [UInt8]) -> (path: ArraySlice<UInt8>, version: ArraySlice<UInt8>)? {
        guard let at = name.firstIndex(of: UInt8(ascii: "@")), let end = name[at...].firstIndex(of: UInt8(ascii: "/")) else {
            return nil
        }
        return (name[..<at], name[(at + 1)..<end])
    }

    // MARK: - The whole

    /// - Parameters:
    ///   - received: no file can be much newer.
    ///   - withReadme: whether the bytes of the readme are kept, which are read in any case.
    init(_ bytes: Span<UInt8>, received: Timestamp, within budget: Budget, withReadme: Bool = false) throws(Refusal) {
        guard bytes.count <= Self.sizeLimit else {
            throw Self.refusal(
                .limit, "\(Self.subject) has more than \(Self.sizeLimit >> 20) MiB, which go does not take",
                at: "byte \(Self.sizeLimit)", "make the module smaller")
        }
        let zip = try Zip(bytes, subject: Self.subject, within: budget)
        let prefix = try Self.prefix(of: zip)
        let attributes = try GoZipAttributes(bytes, of: zip.members, latest: received.seconds + 86_400)
        newest = attributes.newest
        (path, version) = try Self.identity(prefix)
        var files = GoFileNames()
        var total = 0
        warnings = []
        var modMember: ZipMember?
        var readmeTurn: Int?
        var hasFolders = false
        for (turn, member) in zip.members.enumerated() {
            try budget.deadline.check(Self.subject, turn: turn, at: member.name)
            guard let name = Self.name(of: member, below: prefix) else {
                throw Self.refusal(
                    .malformed, "a file is not below \(String(decoding: prefix, as: UTF8.self)) as all of a module have to be",
                    at: member.name)
            }
            if member.isDirectory {
                hasFolders = true
                if name.isEmpty { continue }
            }
            try Self.check(name, of: member, among: &files)
            total += member.size
            guard total <= Self.sizeLimit else {
                throw Self.refusal(
                    .limit, "the files of the module have more than \(Self.sizeLimit >> 20) MiB, which go does not take",
                    at: member.name, "make the module smaller")
            }
            if !member.isDirectory, name.elementsEqual("go.mod".utf8) { modMember = member }
            if withReadme, readmeTurn == nil, member.size <= Self.readmeLimit, Self.isReadme(name), !member.isDirectory {
                readmeTurn = turn
                readme = (String(decoding: name, as: UTF8.self), [])
            }
        }
        guard total <= 64 << 20 || total / max(1, bytes.count) < budget.ratio else {
            throw Self.refusal(
                .limit, "the files of the module have more than \(budget.ratio) times the size of the zip", at: Self.subject,
                "make the module zip without the padding")
        }
        guard files.count > 0 else { throw Self.refusal(.malformed, "\(Self.subject) has no file in it", at: Self.subject) }
        modFile = nil
        if let modMember { modFile = try zip.content(of: modMember, in: bytes, within: budget) }
        var kept: [UInt8] = []
        sum = try Self.sum(of: zip.members, in: bytes, within: budget, keeping: readmeTurn, in: &kept)
        readme?.bytes = kept
        if hasFolders {
            warnings.append(
                Warning(
                    "there are entries for folders, which count in go.sum: go mod verify calls the module modified",
                    at: Self.subject, remedy: "leave folders out of the zip, as go does"))
        }
        if let folder = files.versionControl {
            warnings.append(
                Warning("files of a version control system are in the module", at: folder, remedy: "leave them out, as go does"))
        }
    }

    private static func prefix(of zip: Zip) throws(Refusal) -> [UInt8] {
        guard let first = zip.members.first else { throw refusal(.malformed, "\(subject) has no file in it", at: subject) }
        let name = Array(first.name.utf8)
        guard let (path, version) = split(name) else {
            throw refusal(.malformed, "a file is not below MODULE@VERSION/, where all of a module have to be", at: first.name)
        }
        return Array(name[..<(path.count + version.count + 2)])
    }

    private static func identity(_ prefix: [UInt8]) throws(Refusal) -> (path: String, version: GoVersion) {
        guard let (path, text) = split(prefix) else { throw refusal(.malformed, "\(subject) has no module path", at: subject) }
        let place = String(decoding: prefix, as: UTF8.self)
        if let fault = GoPath.fault(inModule: path) {
            throw refusal(
                .malformed, "the module's path \(fault)", at: place, "correct the module's path, in go.mod and in the zip")
        }
        guard let version = GoVersion(text) else {
            throw refusal(
                .malformed, "the module's version is not a semantic version such as v1.2.3 or v1.2.3-rc.1", at: place,
                "correct the version and make the module zip again")
        }
        guard version.isCanonical else {
            throw refusal(
                .malformed, "the module's version is not written as go writes it", at: place,
                "write \(version.canonical) and make the module zip again")
        }
        if let fault = GoPath.fault(of: version, in: path) { throw refusal(.malformed, fault.what, at: place, fault.remedy) }
        if version.isIncompatible, version.isFirstMajor || GoPath.splitMajor(path)?.isEmpty != true {
            throw refusal(
                .malformed, "+incompatible is for versions from v2 on of modules whose path names no major version", at: place,
                "leave +incompatible out")
        }
        if version.pseudoTime != nil, version.commitSeconds == nil {
            throw refusal(
                .malformed, "the pseudo-version names a time that is none", at: place, "take the time of the commit, in UTC")
        }
        return (String(decoding: path, as: UTF8.self), version)
    }

    /// Below the module's root, without the slash of a folder.
    private static func name(of member: ZipMember, below prefix: [UInt8]) -> [UInt8]? {
        var name = member.name.utf8[...]
        guard name.starts(with: prefix) else { return nil }
        name = name.dropFirst(prefix.count)
        if member.isDirectory, !name.isEmpty { name = name.dropLast() }
        return Array(name)
    }

    private static func check(_ name: [UInt8], of member: ZipMember, among files: inout GoFileNames) throws(Refusal) {
        if let fault = GoPath.fault(inFile: name) {
            throw refusal(.malformed, "a file's path \(fault)", at: member.name, "rename the file")
        }
        if let fault = files.add(name, isFolder: member.isDirectory) {
            throw refusal(.ambiguous, fault, at: member.name, "rename one of them")
        }
        if member.isDirectory { return }
        let base = name[(name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]
        if base.count == 6, GoPath.folded(Array(base)).elementsEqual("go.mod".utf8) {
            guard base.count == name.count else {
                throw refusal(
                    .malformed, "a go.mod in a folder makes the folder another module", at: member.name,
                    "leave the folder out of the zip, as go does")
            }
            guard name.elementsEqual("go.mod".utf8) else {
                throw refusal(.malformed, "go.mod is not written in small letters", at: member.name, "rename it to go.mod")
            }
        }
        if name.elementsEqual("go.mod".utf8) || name.elementsEqual("LICENSE".utf8), member.size > rootFileLimit {
            throw refusal(
                .limit, "the file has more than \(rootFileLimit >> 20) MiB, which go does not take", at: member.name,
                "make it smaller")
        }
        if GoPath.isVendored(name) {
            throw refusal(
                .malformed, "a package of another module is in the folder vendor", at: member.name,
                "leave packages in vendor out of the zip, as go does")
        }
    }

    // MARK: - Contents

    /// Bytes of a readme that is kept.
    private static let readmeLimit = 256 << 10

    /// `README.md`, `readme`.
    private static func isReadme(_ name: [UInt8]) -> Bool {
        name.count >= 6 && name.count <= 16 && zip(name, "readme".utf8).allSatisfy { ASCII.lowered($0) == $1 }
            && !name.contains(UInt8(ascii: "/"))
    }

    /// Reads every file to its end. Folders count as empty files, as they do for go.
    ///
    /// - Parameters:
    ///   - place: of the member whose bytes are kept.
    ///   - kept: where they are appended.
    private static func sum(
        of members: [ZipMember], in bytes: Span<UInt8>, within budget: Budget, keeping place: Int?, in kept: inout [UInt8]
    ) throws(Refusal) -> [UInt8] {
        var hash = GoHash()
        let order = members.indices.sorted { members[$0].name.utf8.lexicographicallyPrecedes(members[$1].name.utf8) }
        var room: [UInt8] = []
        for (turn, index) in order.enumerated() {
            let member = members[index]
            try budget.deadline.check(subject, turn: turn, at: member.name)
            let digest = try digest(of: member, in: bytes, room: &room, within: budget) { if index == place { kept.append($0) } }
            hash.add(member.name.utf8, sha256: digest)
        }
        return hash.sum
    }

    private static let pieceBytes = 64 << 10

    /// - Parameter see: is shown every piece.
    private static func digest(
        of member: ZipMember, in bytes: Span<UInt8>, room: inout [UInt8], within budget: Budget, see: (Span<UInt8>) -> Void
    ) throws(Refusal) -> [UInt8] {
        var hash = SHA256()
        var checksum: UInt32 = 0
        let packed = bytes.extracting(member.range)
        var count = 0
        func take(_ piece: Span<UInt8>) {
            piece.withUnsafeBufferPointer { hash.update(UnsafeRawBufferPointer($0)) }
            checksum = count == 0 ? CRC32.of(piece) : CRC32.combine(checksum, CRC32.of(piece), size: piece.count)
            count += piece.count
            see(piece)
        }
        if member.isDeflated {
            let stream = ExpandedStream(inflating: "\(subject), \(member.name)", within: budget)
            while count < member.size {
                room.removeAll(keepingCapacity: true)
                let read = try stream.read(min(pieceBytes, member.size - count), from: packed, into: &room)
                guard read > 0 else { break }
                take(room.span)
            }
            // There must be no more; asking also makes sure that the stream ends where its member does.
            let excess = try stream.skip(1, from: packed)
            guard excess == 0 else { throw mismatch(member) }
        } else {
            while count < packed.count {
                try budget.deadline.check(subject, at: member.name)
                take(packed.extracting(count..<min(count + (1 << 20), packed.count)))
            }
        }
        guard count == member.size, checksum == member.crc32 else { throw mismatch(member) }
        return hash.finish()
    }

    private static func mismatch(_ member: ZipMember) -> Refusal {
        refusal(.malformed, "a file does not have the announced size and checksum", at: member.name, "send the module zip again")
    }
}
