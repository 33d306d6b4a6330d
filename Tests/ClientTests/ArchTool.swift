import Corpus
import Formats
import Foundation
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs only with pacman, and for those who are not root with fakeroot: pacman asks who it is.
    static var needsPacman: Self {
        let tools = ["pacman", "pacman-key", "gpg", "curl"] + (geteuid() == 0 ? [] : ["fakeroot"])
        let missing = tools.filter { Tool.path($0) == nil }
        return .enabled(
            if: missing.isEmpty, "not installed: \(missing.joined(separator: ", ")) (Debian: pacman-package-manager, fakeroot)")
    }
}

/// pacman with a root, databases and a keyring of its own, which knows one repository.
struct PacmanTool {
    let sandbox: Sandbox
    private let server: String
    private let section: String

    /// - Parameters:
    ///   - server: what stands below `OWNER/arch/` in the line `Server`, with pacman's own variables.
    ///   - prefix: what stands before the owner, as in `/api/packages`.
    ///   - section: the repository's name on this machine, and of the databases that pacman asks for.
    ///   - isTrusting: takes the key that the repository offers into its keyring, as its page says.
    init(
        _ site: Site, owner: String, server: String = "core/$arch", below prefix: String = "", section: String = "core",
        level: String = "Required", isTrusting: Bool = true
    ) throws {
        sandbox = try Sandbox("pacman")
        self.section = section
        self.server = "\(site.url)\(prefix)/\(owner)/arch/\(server)"
        for folder in ["root", "db", "cache", "hooks"] { try sandbox.folder(folder) }
        try Self.makeKeyring(keyring)
        try configure(level: level)
        if isTrusting {
            let key = try site.get("\(prefix)/\(owner)/arch/repository.key")
            #expect(key.status == 200, "\(key)")
            try trust(sandbox.write("repository.key", key.text))
        }
    }

    private var keyring: String { sandbox.path + "/gnupg" }

    /// Both programs ask who they run for.
    private static let asRoot: [String] = geteuid() == 0 ? [] : ["fakeroot"]

    /// With a small master key that is there already, `pacman-key --init` makes no large one. Keys are looked for nowhere else.
    private static func makeKeyring(_ folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data("disable-dirmngr\n".utf8).write(to: URL(fileURLWithPath: folder + "/gpg.conf"))
        try Maintainer.makeKey("Keyring of a test <keyring@example.org>", in: folder)
        try Tool.succeed(asRoot + ["pacman-key", "--gpgdir", folder, "--config", "/dev/null", "--init"])
    }

    /// Takes a file with an armored key into the keyring, and vouches for it.
    func trust(_ key: String) throws {
        let shown = try Tool.run(["gpg", "--homedir", keyring, "--with-colons", "--show-keys", key])
        let fingerprint = try #require(shown.lines(startingWith: "fpr:").first?.components(separatedBy: ":").dropLast().last)
        for command in [["--add", key], ["--lsign-key", fingerprint]] {
            let done = try Tool.run(Self.asRoot + ["pacman-key", "--gpgdir", keyring, "--config", "/dev/null"] + command)
            #expect(done.succeeded, "\(done)")
        }
    }

    /// Writes its settings.
    ///
    /// - Parameters:
    ///   - level: what SigLevel says.
    ///   - server: in the place of the whole address that it has.
    ///   - section: in the place of the repository's name.
    func configure(level: String, server: String? = nil, section: String? = nil) throws {
        try sandbox.write(
            "pacman.conf",
            """
            [options]
            Architecture = x86_64
            SigLevel = \(level)
            [\(section ?? self.section)]
            Server = \(server ?? self.server)

            """)
    }

    func run(_ arguments: String...) throws -> Outcome {
        let folders = [("root", "root"), ("dbpath", "db"), ("cachedir", "cache"), ("hookdir", "hooks")].flatMap {
            option, folder in
            ["--\(option)", "\(sandbox.path)/\(folder)"]
        }
        let settings = ["--config", sandbox.path + "/pacman.conf", "--gpgdir", keyring, "--logfile", sandbox.path + "/log"]
        return try Tool.run(Self.asRoot + ["pacman", "--noconfirm"] + settings + folders + arguments)
    }

    /// `NAME VERSION` of each package that is installed, sorted.
    func installed() throws -> [String] {
        // It also speaks, in more words, of databases that were never fetched or are not sound, and asks for keys.
        try run("-Q").output.components(separatedBy: "\n").filter { $0.split(separator: " ").count == 2 }.sorted()
    }

    /// Forgets databases and packages that were downloaded.
    func forget() throws {
        for folder in ["db/sync", "cache"] { try? FileManager.default.removeItem(atPath: "\(sandbox.path)/\(folder)") }
        try sandbox.folder("cache")
    }
}

/// Somebody who signs packages with a key of their own.
struct Maintainer {
    let sandbox: Sandbox
    /// A file with the armored public key.
    let key: String
    private let home: String

    init() throws {
        sandbox = try Sandbox("maintainer")
        home = sandbox.path + "/gnupg"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Self.makeKey("A Maintainer <maintainer@example.org>", in: home)
        key = try sandbox.write(
            "maintainer.key", Tool.succeed(["gpg", "--homedir", home, "--batch", "--quiet", "--armor", "--export"]))
    }

    static func makeKey(_ name: String, in home: String) throws {
        try Tool.succeed([
            "gpg", "--homedir", home, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign",
            "never",
        ])
    }

    /// Signs a file.
    ///
    /// - Returns: the path of the signature, `FILE.sig`.
    func sign(_ file: String, isArmored: Bool = false) throws -> String {
        let signature = file + ".sig"
        try Tool.succeed(
            ["gpg", "--homedir", home, "--batch", "--quiet", "--yes", "--output", signature] + (isArmored ? ["--armor"] : [])
                + ["--detach-sign", file])
        return signature
    }
}

/// Packages of pacman, as makepkg makes them.
enum ArchFile {
    /// Writes `NAME-VERSION-ARCHITECTURE.pkg.tar.zst` with one file, `usr/share/NAME/greeting`.
    ///
    /// - Parameter more: further lines of `.PKGINFO`.
    /// - Returns: its path.
    static func write(
        _ name: String, _ version: String, _ architecture: String = "x86_64", more: [String] = [], greeting: String = "hello",
        into folder: String
    ) throws -> String {
        let info =
            [
                "# Generated by makepkg 6.0.2", "pkgname = \(name)", "pkgbase = \(name)", "pkgver = \(version)",
                "pkgdesc = says hello from \(version)", "url = https://example.org/\(name)", "builddate = 1767225600",
                "packager = indexgen samples <samples@example.org>", "size = 4096", "arch = \(architecture)", "license = MIT",
            ] + more
        let tar = CorpusArchive.tar([
            CorpusMember(".PKGINFO", info.map { $0 + "\n" }.joined()), CorpusMember(".BUILDINFO", "format = 2\n"),
            CorpusMember("usr/", nil), CorpusMember("usr/share/", nil), CorpusMember("usr/share/\(name)/", nil),
            CorpusMember("usr/share/\(name)/greeting", "\(greeting) from \(version)\n"),
        ])
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)-\(version)-\(architecture).pkg.tar.zst"
        try Data(Encoding.zstd(level: 3).encode(tar.span)).write(to: URL(fileURLWithPath: path))
        return path
    }
}
