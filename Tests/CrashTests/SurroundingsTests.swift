import Corpus
import Foundation
import Glibc
import Testing

/// The program where it is not at home: odd masks, a file system that cannot be written, a catalog that is none.
@Suite(.serialized) struct SurroundingsTests {
    @Test(arguments: ["000", "077"]) func `modes are the same under every mask`(_ mask: String) throws {
        let victim = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        let packages = try KillTests.Packages(1, in: victim.folder + "/packages").paths
        for arguments in [["init"], ["add"] + packages, ["verify", "--repair"]] {
            let run = try victim.run(
                program: "/bin/sh",
                ["-c", "umask \(mask); exec \"$@\"", "sh", Victim.program, "--site", victim.site] + arguments)
            #expect(run.status == 0, "\(arguments): \(run.diagnostics)")
        }
        var wrong: [String] = []
        var looked = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: victim.site) where !path.contains("keyring/") {
            var info = stat()
            guard lstat("\(victim.site)/\(path)", &info) == 0 else { continue }
            looked += 1
            let isFolder = info.st_mode & S_IFMT == S_IFDIR
            let isPrivate = path.hasPrefix("state")
            // A blob is the file that is public.
            let isOpen = !isPrivate || path.hasPrefix("state/blobs/")
            let expected: mode_t = isFolder ? (isPrivate ? 0o700 : 0o755) : isOpen ? 0o644 : 0o600
            if info.st_mode & 0o777 != expected { wrong.append("\(path) \(String(info.st_mode & 0o777, radix: 8))") }
        }
        #expect(wrong == [])
        #expect(looked > 40)
    }

    @Test func `a catalog that is none is said, and nothing is touched`() throws {
        let victim = try Victim(signed: false)
        try victim.succeed(["add"] + KillTests.Packages(2, in: victim.folder + "/packages").paths)
        let catalog = URL(fileURLWithPath: victim.site + "/state/catalog.sqlite")
        let whole = try Data(contentsOf: catalog), log = try Data(contentsOf: URL(fileURLWithPath: catalog.path + "-wal"))
        #expect(whole.count > 100_000)
        let tree = try victim.tree.digests()
        let noise = Data(repeating: 0xA5, count: 16_384)
        let damages: [(String, Data?)] = [
            ("gone", nil), ("empty", Data()), ("half", whole.prefix(whole.count / 2)), ("text", Data("hello".utf8)),
            ("its beginning is noise", noise + whole.dropFirst(noise.count)),
            ("noise inside", whole.prefix(49_152) + noise + whole.dropFirst(49_152 + noise.count)),
        ]
        for (what, bytes) in damages {
            for suffix in ["", "-wal", "-shm"] { unlink(catalog.path + suffix) }
            if let bytes { try bytes.write(to: catalog) }
            for arguments in [["generate", "--all"], ["add", victim.folder + "/packages"], ["verify"]] {
                let run = try victim.run(arguments)
                // Not every table is looked at by everybody; `verify` looks at all of them.
                #expect(
                    run.status == 3 || (arguments != ["verify"] && run.status == 0)
                        || (arguments == ["verify"] && run.status == 1),
                    "\(what), \(arguments): \(run.status) \(run.diagnostics)")
                if run.status == 3 {
                    #expect(
                        run.diagnostics.contains("/state/catalog.sqlite") && run.diagnostics.contains("; "), "\(run.diagnostics)")
                }
                #expect(victim.tree.faults() == [], "\(what), \(arguments)")
            }
            #expect(try victim.tree.digests() == tree, "\(what)")
        }
        for suffix in ["", "-wal", "-shm"] { unlink(catalog.path + suffix) }
        try whole.write(to: catalog)
        // What was written last may still be in the log.
        try log.write(to: URL(fileURLWithPath: catalog.path + "-wal"))
        try victim.succeed(["verify", "--repair"])
        #expect(try victim.tree.digests() == tree)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "a small disk can be mounted by root only"))
    func `a read-only file system is said, and nothing is touched`() throws {
        let victim = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        let packages = try KillTests.Packages(1, in: victim.folder + "/packages").paths
        try SmallDisk.mounted(at: victim.site, bytes: 16 << 20) { disk in
            try victim.succeed(["init", "--unsigned"])
            try victim.succeed(["add"] + packages[..<2])
            let tree = try victim.tree.digests()
            try disk.remount(readOnly: true)
            for arguments in [["add"] + packages, ["generate", "--all"], ["verify", "--repair"]] {
                let run = try victim.run(arguments)
                guard run.status == 3, run.diagnostics.contains(victim.site), run.diagnostics.contains("; ") else {
                    throw Victim.Failure(description: "\(arguments): \(run.status) \(run.diagnostics)")
                }
            }
            guard try victim.tree.digests() == tree else { throw Victim.Failure(description: "the tree changed") }
            try disk.remount(readOnly: false)
            try victim.succeed(["add"] + packages)
            try victim.succeed(["verify"])
        }
    }
}
