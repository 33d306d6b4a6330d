import Corpus
import Foundation
import Glibc
import Testing

/// What makepkg builds, and what repo-add says of packages.
extension Clients {
    @Suite(.needs("python3", "repo-add", "bsdtar")) struct ArchParityTests {
        let site: Site
        let sandbox: Sandbox

        init() throws {
            site = try .current
            sandbox = try Sandbox("arch-parity")
        }

        /// Compares the databases of a repository `core` with those that repo-add makes of a folder's packages.
        private func compare(_ owner: String, _ folder: String) throws -> Outcome {
            let database = site.file("\(owner)/arch/core/x86_64/core")
            return try Tool.run([
                "python3", "\(Checkout.root)/Tests/Parity/arch_parity.py", "\(database).db", "\(database).files", folder,
            ])
        }

        @Test func `packages are listed as repo-add lists them, the newest of each name`() throws {
            let folder = try sandbox.folder("packages")
            let corpus = ArchCorpus(seed: 7, names: 20)
            for index in 0..<50 { try corpus.file(index).write(into: folder) }
            for sample in try Checkout.samples("arch") {
                try FileManager.default.copyItem(atPath: sample, toPath: "\(folder)/\((sample as NSString).lastPathComponent)")
            }
            try site.add([folder], owner: "parity-arch", "--repository", "core")
            let compared = try compare("parity-arch", folder)
            #expect(compared.succeeded && compared.says("22 packages of 54 files, 0 differences"), "\(compared)")
        }

        /// In both databases, as libalpm reads the line.
        @Test func `an equals sign at the end of a word is kept, which repo-add loses`() throws {
            let folder = try sandbox.folder("packages")
            let package = try ArchFile.write("hello", "1.0-1", more: ["license = a="], into: folder)
            try site.add([package], owner: "parity-equals", "--repository", "core")
            let compared = try compare("parity-equals", folder)
            #expect(!compared.succeeded && compared.says("1 packages of 1 files, 2 differences"), "\(compared)")
            #expect(compared.says("MIT\\na=\\n") && compared.says("MIT\\na\\n"), "\(compared)")
        }

        @Test(.needsPacman, .needs("makepkg", "fakeroot", "setpriv"))
        func `a package of makepkg is taken, installed and checked file by file, and listed as repo-add lists it`() throws {
            let folder = try sandbox.folder("build")
            try sandbox.write("build/PKGBUILD", Self.recipe)
            // makepkg does not run as root.
            let user = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
            if geteuid() == 0 {
                for path in [folder, folder + "/PKGBUILD"] { #expect(chown(path, 65_534, 65_534) == 0) }
            }
            let built = try Tool.run(
                user + ["makepkg", "--nodeps", "--noconfirm"], environment: ["HOME": folder, "PKGEXT": ".pkg.tar.zst"], in: folder
            )
            #expect(built.succeeded, "\(built)")
            let package = "hello-made-2:1.0-1-any.pkg.tar.zst"
            try site.add(["\(folder)/\(package)"], owner: "parity-made", "--repository", "core")
            let pacman = try PacmanTool(site, owner: "parity-made")
            let installed = try pacman.run("-Sy", "greeting")
            #expect(try installed.succeeded && pacman.installed() == ["hello-made 2:1.0-1"], "\(installed)")
            let checked = try pacman.run("-Qkk")
            #expect(checked.succeeded && checked.says("0 altered files"), "\(checked)")
            let owned = try pacman.run("-Fyx", "greeting with")
            #expect(owned.says("usr/share/hello-made/greeting with blanks"), "\(owned)")
            let packages = try sandbox.folder("packages")
            try FileManager.default.copyItem(atPath: "\(folder)/\(package)", toPath: "\(packages)/\(package)")
            let compared = try compare("parity-made", packages)
            #expect(compared.succeeded, "\(compared)")
        }

        private static let recipe = #"""
            pkgname=hello-made
            pkgver=1.0
            pkgrel=1
            epoch=2
            pkgdesc="made by   makepkg: 'hello' & <goodbye>"
            arch=(any)
            url="https://example.org/hello?a=b&c=d"
            license=(MIT "custom: of our own")
            groups=(greeters)
            provides=(greeting=1 libhello.so=1-64)
            conflicts=("hello<2:0")
            optdepends=("hello-data: says more")
            makedepends=(hello-tools)
            backup=(etc/hello.conf)
            options=(!strip)
            package() {
                install -Dm644 /dev/null "$pkgdir/etc/hello.conf"
                mkdir -p "$pkgdir/usr/share/hello-made"
                echo hello > "$pkgdir/usr/share/hello-made/greeting with blanks"
                echo hello > "$pkgdir/usr/share/hello-made/příliš žluťoučký"
                ln -s "greeting with blanks" "$pkgdir/usr/share/hello-made/link"
            }

            """#
    }
}
