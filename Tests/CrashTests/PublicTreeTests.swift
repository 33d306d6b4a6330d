import Foundation
import Testing

/// The reader of public trees misses whatever a document names.
@Suite struct PublicTreeTests {
    @Test func `without any file that a document names, the tree is broken`() throws {
        let victim = try Victim(signed: true)
        let packages = try KillTests.Packages(3, in: victim.folder + "/packages").paths
        try victim.succeed(["add"] + packages)
        #expect(victim.tree.faults() == [])
        let files = victim.tree.files()
        // Clients know these by themselves, or people do: no document of the tree names them.
        let entries = [
            "packages/pypi/simple/index.json", "index.html", "InRelease", "Release", "Release.gpg", "repomd.xml.asc",
            "repomd.xml.key", "index.yaml",
        ]
        let named = files.filter { path in
            let name = (path as NSString).lastPathComponent
            // Found by scripts, and by people who mistype; ranges of names, where there are many.
            if path.hasPrefix("-/") || name == "404.html" || name == "feed.atom" || path.contains("/-/names/") { return false }
            // At the root: for clients that are set up before there are packages.
            if name == "index.html" || name == "repository.key" { return path != name }
            // Compressed twins of pages, Debian's indexes under their plain names, what lies beside a package.
            let isTwin = path.contains("/simple/") && name.hasSuffix(".gz") || name.hasPrefix("Packages")
            let isBeside = name.hasSuffix(".metadata") || name.hasSuffix(".prov")
            return !entries.contains(name) && !entries.contains(path) && !isTwin && !isBeside
        }
        let kinds = [
            ".repo", "repository.key", "repomd.xml", "simple/index.html", ".rpm", ".deb", ".tgz", ".whl", "index.json",
            "/by-hash/",
        ]
        // `repomd.xml` is named by `.repo`.
        for kind in kinds { #expect(named.contains { $0.contains(kind) }, "\(kind)") }
        for path in named {
            let file = "\(victim.tree.root)/\(path)"
            try FileManager.default.moveItem(atPath: file, toPath: victim.folder + "/aside")
            #expect(!victim.tree.faults().isEmpty, "nobody misses \(path)")
            try FileManager.default.moveItem(atPath: victim.folder + "/aside", toPath: file)
        }
        #expect(victim.tree.faults() == [])
    }
}
