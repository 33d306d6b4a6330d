/// `NAME-VERSION-RELEASE-ARCHITECTURE.pkg.tar.zst`: makepkg's names of files, which databases repeat and pacman asks for.
struct ArchFileName: Equatable {
    var name: String
    var version: String
    var architecture: String
    /// `.pkg.tar.zst`.
    var ending: String

    /// By compression: the ones that makepkg makes and this program reads, the usual one first.
    private static let byCodec: [(codec: Codec, ending: String)] = [
        (.zstd, ".pkg.tar.zst"), (.xz, ".pkg.tar.xz"), (.gzip, ".pkg.tar.gz"), (.bzip2, ".pkg.tar.bz2"), (.none, ".pkg.tar"),
    ]
    static let endings = byCodec.map(\.ending)
    static let suffixes = endings + endings.map { $0 + ArchSignature.suffix }
    private static let mark = ".pkg.tar"
    /// Those that pacman reads and this program does not.
    private static let foreign = [".lz4", ".lz", ".lzo", ".lrz", ".z", ".lzma"]

    init(name: String, version: String, architecture: String, ending: String) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.ending = ending
    }

    /// From the name of a signature, which says itself nothing of what it signs.
    ///
    /// - Throws: `.malformed` for a name that is not that of a package with `.sig` behind it.
    init(signature filename: String) throws(Refusal) {
        let remedy = "call it like its package, with .sig behind the name"
        let package = String(filename.dropLast(ArchSignature.suffix.count))
        guard let ending = Self.endings.first(where: { package.hasSuffix($0) }) else {
            throw Refusal(.malformed, "the signature's name is not that of a package", at: filename, remedy: remedy)
        }
        let parts = package.dropLast(ending.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4 else {
            throw Refusal(
                .malformed, "the signature's name does not have the parts of a package's name", at: filename, remedy: remedy)
        }
        self.init(
            name: parts.dropLast(3).joined(separator: "-"), version: parts.suffix(3).prefix(2).joined(separator: "-"),
            architecture: String(parts[parts.count - 1]), ending: ending)
        do throws(Refusal) {
            try check()
        } catch let fault where fault.cause == .malformed {
            throw Refusal(.malformed, fault.what, at: filename, remedy: remedy)
        }
    }

    static func ending(for codec: Codec) -> String? { byCodec.first { $0.codec == codec }?.ending }

    var text: String { "\(name)-\(version)-\(architecture)\(ending)" }

    static func isSignature(_ filename: String) -> Bool {
        filename.hasSuffix(ArchSignature.suffix) && filename.contains(mark)
    }

    static func announces(_ filename: String) -> Bool {
        let name = ASCII.lowered(filename)
        return (endings + endings.map { $0 + ArchSignature.suffix } + foreign.map { mark + $0 }).contains { name.hasSuffix($0) }
    }

    static func objection(to filename: String) -> Refusal? {
        let name = ASCII.lowered(filename)
        func refusal(_ what: String, _ remedy: String) -> Refusal { Refusal(.unsupported, what, at: "its name", remedy: remedy) }
        if foreign.contains(where: { name.hasSuffix(mark + $0) }) {
            return refusal(
                "it is a package in a compression that is not read here",
                "set PKGEXT='.pkg.tar.zst' in makepkg.conf and build again")
        }
        if name.hasSuffix(".src.tar.gz") || name == "pkgbuild" || name == ".srcinfo" {
            return refusal("it is what a package is built from", "build it with makepkg, and give the package that comes of it")
        }
        if name.contains(".db.tar.") || name.contains(".files.tar.") {
            return refusal("it is a database of packages, and those are made here", "give the packages that it lists")
        }
        return nil
    }

    /// - Throws: `.malformed` for parts that cannot be in a file's name and an address as they are, `.limit` for too long a name.
    func check() throws(Refusal) {
        let remedy = "correct the PKGBUILD and build the package again with makepkg"
        if let fault = Self.fault(in: name) {
            throw Refusal(.malformed, "the package's name \(fault)", at: ".PKGINFO, pkgname", remedy: remedy)
        }
        if let fault = ALPMVersion.fault(in: version) {
            throw Refusal(.malformed, "the package's version \(fault)", at: ".PKGINFO, pkgver", remedy: remedy)
        }
        if let fault = ArchPlace.faultInArchitecture(architecture) {
            throw Refusal(.malformed, "the package's architecture \(fault)", at: ".PKGINFO, arch", remedy: remedy)
        }
        // A signature's name fits as well.
        guard text.utf8.count <= 250 else {
            throw Refusal(
                .limit, "name, version and architecture are longer than a file name may be", at: ".PKGINFO",
                remedy: "shorten the version")
        }
    }

    /// What is wrong with a package's name, as a clause; nil: nothing. makepkg's rules (PKGBUILD(5)), and capitals, as Gitea
    /// takes them.
    static func fault(in name: String) -> String? {
        guard let first = name.utf8.first else { return "is empty" }
        if first == UInt8(ascii: "-") || first == UInt8(ascii: ".") { return "begins with '\(UnicodeScalar(first))'" }
        guard let byte = name.utf8.first(where: { !ASCII.isAlphanumeric($0) && !"@._+-".utf8.contains($0) }) else { return nil }
        return ASCII.isControl(byte) || byte >= 0x80
            ? "holds a character that a name cannot have" : "holds '\(UnicodeScalar(byte))'"
    }
}
