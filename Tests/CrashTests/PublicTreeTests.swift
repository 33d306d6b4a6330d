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
        // Found by the clients themselves, or by people: no document of the tree names them.
        let entries = ["index.html", "InRelease", "Release", "Release.gpg", "repomd.xml.asc", "repomd.xml.key", "index.yaml"]
        let named = files.filter { path in
            let name = (path as NSString).lastPathComponent
            if name == "index.html" { return path != "index.html" && path != "packages/pypi/simple/index.json" }
            // Compressed twins of pages, Debian's indexes under their plain names, metadata beside wheels.
            return !entries.contains(name) && !(path.contains("/simple/") && name.hasSuffix(".gz"))
                && !name.hasPrefix("Packages") && !name.hasSuffix(".metadata") && path != "packages/pypi/simple/index.json"
                // The key is named by RPM's `.repo` files, and for Debian in the instructions for people.
                && !name.hasSuffix(".prov")
        }
        for kind in [".repo", "repository.key", "repomd.xml", "simple/index.html", ".rpm", ".deb", ".tgz", "index.json", "/by-hash/"] {
            #expect(named.contains { $0.hasSuffix(kind) || $0.contains(kind) }, "\(kind)")
        }
        for path in named {
            let file = "\(victim.tree.root)/\(path)"
            try FileManager.default.moveItem(atPath: file, toPath: victim.folder + "/aside")
            #expect(!victim.tree.faults().isEmpty, "nobody misses \(path)")
            try FileManager.default.moveItem(atPath: victim.folder + "/aside", toPath: file)
        }
        #expect(victim.tree.faults() == [])
    }
}
