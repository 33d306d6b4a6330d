/// A distribution file read from its own content: name, archive and metadata agree, or it is refused.
struct PyPIPackage: Sendable {
    var filename: PyPIFilename
    var metadata: PyPIMetadata
    /// The exact bytes of a wheel's METADATA, which are published beside it (PEP 658); nil for a source archive, whose
    /// PKG-INFO need not hold after a build.
    var wheelMetadata: [UInt8]?

    /// - Parameter isPortrayed: whether the metadata is to have a portrait.
    /// - Throws: `.ambiguous` where file name, folder and metadata disagree or two readers could see different things.
    init(_ upload: Upload, bytes: Span<UInt8>, within budget: Budget, isPortrayed: Bool = false) throws(Refusal) {
        filename = try PyPIFilename(upload.filename)
        switch filename.kind {
        case .wheel:
            let content = try Self.wheelMetadata(in: bytes, subject: upload.filename, within: budget)
            metadata = try Self.read(content.bytes, of: .wheel, from: content.path, isPortrayed)
            wheelMetadata = content.bytes
            try check(Array(content.folder.utf8)[...], is: "the folder \(content.folder).dist-info")
        case .sourceArchive(let ending):
            let content =
                ending == ".zip"
                ? try Self.zippedInformation(in: bytes, subject: upload.filename, within: budget)
                : try Self.tarredInformation(in: bytes, subject: upload.filename, within: budget)
            metadata = try Self.read(content.bytes, of: .sourceArchive, from: content.path, isPortrayed)
            try check(Array(content.folder.utf8)[...], is: "the folder \(content.folder)")
        }
        try check(filename.stem[...], is: "the file name")
    }

    /// The SHA-256 of a `.metadata` file, 32 bytes.
    static func digest(_ bytes: [UInt8]) -> [UInt8] { SHA256.of(bytes) }

    /// A metadata file: where it was, the folder's name without `.dist-info`, and what is in it.
    private typealias Content = (path: String, folder: String, bytes: [UInt8])

    private static func read(
        _ bytes: [UInt8], of kind: PyPIMetadata.Kind, from path: String, _ isPortrayed: Bool
    ) throws(Refusal) -> PyPIMetadata {
        do { return try PyPIMetadata(bytes.span, of: kind, isPortrayed: isPortrayed) } catch { throw error.inside(path) }
    }

    /// Whether a `NAME-VERSION` means what the metadata says.
    private func check(_ text: ArraySlice<UInt8>, is what: String) throws(Refusal) {
        guard PyPIProjectName.names(text, project: Array(metadata.project.utf8), version: metadata.parsedVersion) else {
            throw Refusal(
                .ambiguous,
                "\(what) and the metadata (\(metadata.project) \(metadata.parsedVersion.normal)) name different releases",
                at: "fields Name and Version", remedy: "rebuild the package and keep the name its build tool gives it")
        }
    }

    // MARK: - Wheels

    /// METADATA of the one `*.dist-info` folder at the top, which must also hold WHEEL and RECORD.
    private static func wheelMetadata(in bytes: Span<UInt8>, subject: String, within budget: Budget) throws(Refusal) -> Content {
        let zip = try Zip(bytes, subject: subject, within: budget)
        let ending = ".dist-info"
        let folder = try onlyFolder(
            zip.members.lazy.map(\.name).filter { isTop(of: $0, endingWith: ending) },
            called: "*.dist-info")
        func member(_ file: String) throws(Refusal) -> ZipMember {
            guard let member = regularFile(at: "\(folder)/\(file)", in: zip) else {
                throw Refusal(.malformed, "the wheel has no \(folder)/\(file)", at: folder, remedy: "rebuild the wheel")
            }
            return member
        }
        try checkTwins(of: folder, in: zip)
        for member in zip.members { try PyPIWheelFolder.checkData(member.name) }
        try PyPIWheelFolder.checkWheel(zip.content(of: member("WHEEL"), in: bytes, within: budget), at: "\(folder)/WHEEL")
        try PyPIWheelFolder.checkRecord(zip.content(of: member("RECORD"), in: bytes, within: budget), at: "\(folder)/RECORD")
        if let entryPoints = regularFile(at: "\(folder)/entry_points.txt", in: zip) {
            try PyPIWheelFolder.checkEntryPoints(
                zip.content(of: entryPoints, in: bytes, within: budget), at: "\(folder)/entry_points.txt")
        }
        let metadata = try zip.content(of: member("METADATA"), in: bytes, within: budget)
        return ("\(folder)/METADATA", String(folder.dropLast(ending.count)), metadata)
    }

    /// Where file names have no case (Windows, macOS), `X.DIST-INFO/METADATA` or `X.dist-info/metadata` would replace what was read
    /// here; and a file cannot also be a folder.
    private static func checkTwins(of folder: String, in zip: Zip) throws(Refusal) {
        let lowered = folded(folder)
        var paths: Set<String> = []
        for member in zip.members where member.name.utf8.count >= folder.utf8.count {
            let top = top(of: member.name)
            guard same(top, folder) || isFolded(top, lowered) else { continue }
            let path = folded(member.name.utf8.last == UInt8(ascii: "/") ? member.name.dropLast() : member.name[...])
            guard same(top, folder), !isBelowFile(path), paths.insert(path).inserted else {
                throw Refusal(
                    .ambiguous, "two members would be one file where names have no case, or a file a folder", at: member.name,
                    remedy: "rebuild the wheel")
            }
        }
    }

    /// Whether a path below `*.dist-info` takes one of its files for a folder.
    private static func isBelowFile(_ path: String) -> Bool {
        guard path.utf8.count(where: { $0 == UInt8(ascii: "/") }) > 1 else { return false }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2)
        return parts.count > 2 && ["metadata", "wheel", "record"].contains(String(Substring(parts[1])))
    }

    /// Whether a name is this one where names have no case. ASCII keeps its length, which tells most names apart.
    private static func isFolded(_ name: Substring, _ lowered: String) -> Bool {
        if name.utf8.count != lowered.utf8.count, name.utf8.allSatisfy({ $0 < 0x80 }) { return false }
        return folded(name) == lowered
    }

    /// As file systems without case compare names. Upper case comes first: it makes U+017F an S, lower case makes U+212A a K.
    private static func folded(_ name: some StringProtocol) -> String {
        name.utf8.allSatisfy { $0 < 0x80 } ? ASCII.lowered(String(name)) : name.uppercased().lowercased()
    }

    // MARK: - Source archives

    private static func zippedInformation(in bytes: Span<UInt8>, subject: String, within budget: Budget) throws(Refusal)
        -> Content
    {
        let zip = try Zip(bytes, subject: subject, within: budget)
        let folder = try onlyFolder(zip.members.lazy.map(\.name), called: "NAME-VERSION")
        let path = "\(folder)/PKG-INFO"
        guard let member = regularFile(at: path, in: zip) else { throw withoutInformation(path) }
        return (path, folder, try zip.content(of: member, in: bytes, within: budget))
    }

    /// Reads the archive to its end, although PKG-INFO may come early: what follows could contradict it.
    private static func tarredInformation(in bytes: Span<UInt8>, subject: String, within budget: Budget) throws(Refusal)
        -> Content
    {
        var folder: String?
        var found = 0
        let taken = try Tar.scan(bytes, compressed: .gzip, subject: subject, within: budget) { member throws(Refusal) in
            // An entry for the archive's own root.
            if member.path.isEmpty, member.kind == .directory { return .skip }
            let top = top(of: member.path)
            guard member.kind == .directory || !same(member.path, top) else {
                throw Refusal(
                    .ambiguous, "what should be the folder NAME-VERSION is a file or a link", at: member.path,
                    remedy: "rebuild the source archive")
            }
            if let folder, !same(folder, top) { throw severalFolders(folder, top, called: "NAME-VERSION") }
            folder = String(top)
            guard same(member.path, "\(top)/PKG-INFO") else { return .skip }
            found += 1
            guard member.kind == .file, !member.isSparse, found == 1 else {
                throw Refusal(
                    .ambiguous, "PKG-INFO is there twice, or is not a regular file", at: member.path,
                    remedy: "rebuild the source archive")
            }
            return .take
        }
        guard let folder, let information = taken.first else { throw withoutInformation("NAME-VERSION/PKG-INFO") }
        return (information.member.path, folder, information.bytes)
    }

    private static func withoutInformation(_ path: String) -> Refusal {
        Refusal(
            .malformed, "the source archive has no \(path)", at: "its top",
            remedy: "build it with a Python build tool (python -m build --sdist), not from a bare checkout")
    }

    // MARK: - Paths

    /// Byte by byte: `String`'s own comparison takes U+212A for `K`, and so two folders for one.
    static func same(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
        a.utf8.count == b.utf8.count && a.utf8.elementsEqual(b.utf8)
    }

    private static func regularFile(at path: String, in zip: Zip) -> ZipMember? {
        zip.members.first { same($0.name, path) && !$0.isDirectory }
    }

    /// The part of a member's path before its first slash.
    static func top(of path: String) -> Substring { path[..<(path.utf8.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex)] }

    /// Whether that part ends with these bytes.
    static func isTop(of path: String, endingWith ending: String) -> Bool {
        let top = top(of: path).utf8
        return top.last == ending.utf8.last && top.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }

    private static func onlyFolder(_ paths: some Sequence<String>, called pattern: String) throws(Refusal) -> String {
        var only: Substring?
        for path in paths {
            let folder = top(of: path)
            if let only, !same(only, folder) { throw severalFolders(only, folder, called: pattern) }
            only = folder
        }
        guard let only else {
            throw Refusal(.malformed, "the archive has no folder \(pattern)", at: "its top", remedy: "rebuild the package")
        }
        return String(only)
    }

    private static func severalFolders(_ one: some StringProtocol, _ other: some StringProtocol, called pattern: String)
        -> Refusal
    {
        Refusal(
            .ambiguous, "the archive has more than one \(pattern) at its top", at: "\(one) and \(other)",
            remedy: "rebuild the package")
    }
}
