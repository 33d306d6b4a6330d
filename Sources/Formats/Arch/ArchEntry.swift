/// A package in the databases: whole members of their tar archives, as repo-add (of pacman 6.1 and later) writes them.
///
/// Header fields are pure functions of the package: the time is the package's own. What repo-add does to values: runs of blanks
/// become one. What it does and this program does not: it loses a `=` at the end of a value without blanks.
struct ArchEntry {
    private let package: ArchPackage
    private let file: String
    private let size: Int
    private let sha256: [UInt8]

    init(_ package: ArchPackage, file: String, size: Int, sha256: [UInt8]) {
        self.package = package
        self.file = file
        self.size = size
        self.sha256 = sha256
    }

    private var modified: Int { min(package.built ?? 0, TarOutput.latest) }

    /// - Throws: `.limit` where the entry would be larger than one package's part of an index may be.
    func fragments(paths: [[UInt8]], within budget: Budget) throws(Refusal) -> [Fragment] {
        let folder = "\(package.name)-\(package.version)/"
        let desc = TarOutput.folder(folder, modified: modified) + TarOutput.file("\(folder)desc", text, modified: modified)
        let files = desc + TarOutput.file("\(folder)files", Self.list(paths), modified: modified)
        guard files.count <= budget.indexBytes else {
            throw Refusal(
                .limit, "its part of the databases has more than \(budget.indexBytes) bytes", at: ".PKGINFO",
                remedy: "split the package")
        }
        return [Fragment(Arch.desc, desc), Fragment(Arch.files, files), Fragment(Arch.name, [UInt8](package.name))]
    }

    /// Of the member `desc`.
    var text: [UInt8] {
        var text: [UInt8] = []
        func field(_ key: StaticString, _ values: [String]) {
            guard !values.isEmpty else { return }
            text.append("%")
            text.append(key)
            text.append("%\n")
            for value in values {
                text.append(value)
                text.append("\n")
            }
            text.append("\n")
        }
        func field(_ key: StaticString, _ value: String?) { field(key, value.map { [$0] } ?? []) }
        func field(_ key: StaticString, _ list: ArchPackage.List) { field(key, package.lists[list] ?? []) }

        field("FILENAME", file)
        field("NAME", package.name)
        field("BASE", package.base)
        field("VERSION", package.version)
        field("DESC", package.description)
        field("GROUPS", .group)
        field("CSIZE", String(size))
        field("ISIZE", package.size.map { String($0) })
        field("SHA256SUM", Hex.string(sha256))
        field("URL", package.url)
        field("LICENSE", .license)
        field("ARCH", package.architecture)
        field("BUILDDATE", package.built.map { String($0) })
        field("PACKAGER", package.packager)
        field("REPLACES", .replaces)
        field("CONFLICTS", .conflict)
        field("PROVIDES", .provides)
        field("DEPENDS", .depend)
        field("OPTDEPENDS", .optdepend)
        field("MAKEDEPENDS", .makedepend)
        field("CHECKDEPENDS", .checkdepend)
        return text
    }

    /// Of the member `files`. bsdtar, by which repo-add lists, doubles backslashes.
    private static func list(_ paths: [[UInt8]]) -> [UInt8] {
        var text = [UInt8]("%FILES%\n")
        text.reserveCapacity(paths.reduce(16) { $0 + $1.count + 1 })
        for path in paths {
            for byte in path {
                if byte == UInt8(ascii: "\\") { text.append(byte) }
                text.append(byte)
            }
            text.append(10)
        }
        return text
    }
}
