/// The files of a package, in header order.
///
/// rpm 4 and later store directories once and files as base name and number of the directory; rpm 3 stored whole paths.
struct RPMFiles: Sendable {
    /// What the index says of a file.
    enum Kind: Sendable { case file, directory, ghost }

    private var baseNames: RPMStrings
    private let indexes: RPMNumbers
    private let modes: RPMNumbers
    private let flags: RPMNumbers
    private var directories: [Range<Int>] = []
    /// Of the next file.
    private var number = 0
    private let isListed: Bool
    /// Whole paths, as rpm 3 stored them.
    private let isOld: Bool
    private let pathBytes: Int
    private let deadline: Deadline

    init(_ header: RPMHeader, _ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) {
        let old = !header.has(.baseNames) && header.has(.oldFileNames)
        baseNames = try header.strings(old ? .oldFileNames : .baseNames, in: bytes)
        modes = try header.numbers(.fileModes, in: bytes)
        flags = try header.numbers(.fileFlags, in: bytes)
        indexes = try header.numbers(.directoryIndexes, in: bytes)
        var names = try header.strings(.directoryNames, in: bytes)
        pathBytes = budget.pathBytes
        deadline = budget.deadline
        // createrepo_c lists files only when it finds all of these.
        isListed = old || header.has(.directoryIndexes) && header.has(.directoryNames)
        guard baseNames.count <= budget.entries, names.count <= budget.entries else {
            throw Refusal(
                .limit,
                "the package has \(max(baseNames.count, names.count)) files or directories, more than \(budget.entries)",
                at: "tag \(RPMTag.baseNames.rawValue) of the RPM header", remedy: "split the package")
        }
        isOld = old
        // rpm calls the whole header bad (lib/rpmfi.c, `indexSane`), and dnf the transaction in which it is.
        guard old || (indexes.count == baseNames.count && (names.count > 0 || baseNames.count == 0)) else {
            throw Refusal(
                .malformed,
                "the package has \(baseNames.count) files, and says of \(indexes.count) in which of \(names.count) directories they are",
                at: "\(RPMTagTable.name(of: RPMTag.directoryIndexes.rawValue, in: .main)) of the RPM header",
                remedy: "rebuild the package")
        }
        guard isListed, !old else { return }
        directories.reserveCapacity(names.count)
        while let name = try names.next(in: bytes) { directories.append(name) }
    }

    /// Puts the next file's path into `path` and says what it is; nil after the last one.
    mutating func next(into path: inout [UInt8], in bytes: Span<UInt8>) throws(Refusal) -> Kind? {
        guard isListed, number < modes.count, number < flags.count, isOld || number < indexes.count else { return nil }
        try deadline.check("the list of files", turn: number, at: "file \(number)")
        guard let base = try baseNames.next(in: bytes) else { return nil }
        path.removeAll(keepingCapacity: true)
        if !isOld {
            let index = indexes.value(at: number, in: bytes)
            guard index < UInt64(directories.count) else {
                throw Refusal(
                    .malformed, "file \(number) is in directory \(index), and there are \(directories.count)",
                    at: "tag \(RPMTag.directoryIndexes.rawValue) of the RPM header", remedy: "rebuild the package")
            }
            path.append(bytes.extracting(directories[Int(index)]))
        }
        path.append(bytes.extracting(base))
        guard path.count <= pathBytes else {
            throw Refusal(
                .limit, "the path of file \(number) has \(path.count) bytes, more than \(pathBytes) are not listed",
                at: "tag \(RPMTag.baseNames.rawValue) of the RPM header", remedy: "shorten it")
        }
        defer { number += 1 }
        // S_IFDIR wins over RPMFILE_GHOST (1 << 6).
        if modes.value(at: number, in: bytes) & 0o170000 == 0o040000 { return .directory }
        return flags.value(at: number, in: bytes) & 64 != 0 ? .ghost : .file
    }

    /// Files that primary.xml lists, so that a requirement on them can be solved without filelists.xml: what is in `/etc/` or in
    /// anything that ends in `bin/`, and sendmail (createrepo_c: src/misc.h).
    static func isPrimary(_ path: Span<UInt8>) -> Bool {
        if path.has("/etc/") { return true }
        if path.count == 17, path.has("/usr/lib/sendmail") { return true }
        var i = 3
        while i < path.count {
            if path[i] == UInt8(ascii: "/"), path[i - 1] == UInt8(ascii: "n"), path[i - 2] == UInt8(ascii: "i"),
                path[i - 3] == UInt8(ascii: "b")
            {
                return true
            }
            i += 1
        }
        return false
    }
}
