import Corpus
import Foundation
import Testing

/// An older catalog put back in the place of a newer one, as an operator does it who has a backup.
@Suite(.serialized) struct OlderCatalogTests {
    private static let files = ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"]

    private func backUp(_ victim: Victim) throws {
        for name in Self.files where FileManager.default.fileExists(atPath: "\(victim.site)/state/\(name)") {
            try FileManager.default.copyItem(atPath: "\(victim.site)/state/\(name)", toPath: "\(victim.folder)/\(name).old")
        }
    }

    private func restore(_ victim: Victim) throws {
        for name in Self.files {
            unlink("\(victim.site)/state/\(name)")
            if FileManager.default.fileExists(atPath: "\(victim.folder)/\(name).old") {
                try FileManager.default.copyItem(atPath: "\(victim.folder)/\(name).old", toPath: "\(victim.site)/state/\(name)")
            }
        }
    }

    private func isPackage(_ path: String) -> Bool {
        [".rpm", ".deb", ".tgz", ".whl", ".tar.gz"].contains { path.hasSuffix($0) }
    }

    private func blobs(_ victim: Victim) -> Set<String> {
        Set(FileManager.default.enumerator(atPath: victim.site + "/state/blobs")?.compactMap { $0 as? String } ?? [])
    }

    @Test func `nothing is pruned, and what is there is taken in again`() throws {
        let victim = try Victim(signed: false, settings: "retention: 0s")
        let packages = try KillTests.Packages(3, in: victim.folder + "/packages")
        try victim.succeed(["add"] + packages.paths.prefix(4))
        try backUp(victim)
        let later = Array(packages.paths.dropFirst(4))
        let places = ["--group", "el9/stable", "--distribution", "noble/updates", "--component", "extra"]
        try victim.succeed(["add"] + places + later.prefix(4))
        try victim.succeed(["add", "--no-generate"] + later.dropFirst(4))
        let all = try Set(KillTests.listed(victim).map(\.file))
        let content = blobs(victim)
        let tree = try Set(victim.tree.digests().keys)
        try restore(victim)

        for verb in [["prune"], ["prune", "--dry-run"]] {
            let run = try victim.run(verb)
            #expect(run.status == 1)
            #expect(run.diagnostics.contains("older than the packages") && run.diagnostics.contains("indexgen recover"))
        }
        // Going on with the old catalog does not hide it.
        try victim.succeed(["generate"])
        try victim.succeed(["add", packages.paths[0]])
        #expect(try victim.run(["prune"]).status == 1)
        #expect(try victim.run(["verify"]).output.contains("older than the packages"))
        #expect(blobs(victim) == content)
        #expect(try tree.subtracting(victim.tree.digests().keys).filter { isPackage($0) } == [])

        let rehearsal = try victim.run(["recover", "--dry-run"])
        #expect(rehearsal.status == 1)
        #expect(rehearsal.output.split(separator: "\n").count { $0.hasPrefix("would recover ") } == 4, "\(rehearsal.output)")
        let recovered = try victim.run(["--json", "recover"])
        #expect(recovered.status == 1, "what was not public needs a word: \(recovered.diagnostics)")
        var loose: [[String: String]] = []
        for line in recovered.output.split(separator: "\n") {
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String] ?? [:]
            if row["outcome"] == "unplaced" { loose.append(row) }
        }
        #expect(try victim.run(["prune"]).status == 1)
        let there = try Set(KillTests.listed(victim).map(\.file))
        #expect(there == all.subtracting(later.dropFirst(4).map { ($0 as NSString).lastPathComponent }))
        // RPM, Debian and Helm packages say who they are; a wheel's name is not in it.
        for row in loose where row["type"] != nil {
            _ = try victim.run(["recover", "--owner", "packages", row["sha256"] ?? ""])
        }
        let wheel = try #require(later.dropFirst(4).first { $0.hasSuffix(".whl") || $0.hasSuffix(".tar.gz") })
        let digest = try #require(victim.run(program: "/usr/bin/sha256sum", [wheel]).output.split(separator: " ").first)
        let name = (wheel as NSString).lastPathComponent
        _ = try victim.run(["recover", "--owner", "packages", "--filename", name, String(digest)])
        #expect(try Set(KillTests.listed(victim).map(\.file)) == all)
        _ = try victim.run(["recover", "--forget"])
        #expect(try victim.run(["prune"]).status == 0)
        #expect(try Set(KillTests.listed(victim).map(\.file)) == all)
        let proof = try victim.run(["verify"])
        #expect(proof.status == 0, "\(proof.output)")
    }

    @Test func `what is let go is pruned, and no sooner`() throws {
        let victim = try Victim(signed: false, settings: "retention: 0s")
        let packages = try KillTests.Packages(2, in: victim.folder + "/packages")
        try victim.succeed(["add", packages.paths[0]])
        try backUp(victim)
        let before = blobs(victim)
        try victim.succeed(["add", "--no-generate", packages.paths[4]])
        #expect(blobs(victim) != before)
        try restore(victim)
        #expect(try victim.run(["recover"]).status == 1)
        #expect(try victim.run(["prune"]).status == 1)
        #expect(blobs(victim) != before)
        #expect(try victim.run(["recover", "--forget"]).status == 0)
        #expect(try victim.run(["prune"]).status == 0)
        #expect(blobs(victim).filter { $0.count > 3 } == before.filter { $0.count > 3 })
        let proof = try victim.run(["verify"])
        #expect(proof.status == 0, "\(proof.output)")
    }

    @Test func `a blob with a public name stays though nothing speaks for it but that`() throws {
        let victim = try Victim(signed: false, settings: "retention: 0s")
        let packages = try KillTests.Packages(2, in: victim.folder + "/packages")
        try victim.succeed(["add", packages.paths[0]])
        try backUp(victim)
        try victim.succeed(["add", packages.paths[4]])
        let content = blobs(victim)
        try restore(victim)
        // The stamp came from the same backup.
        unlink(victim.site + "/state/catalog.stamp")
        let run = try victim.run(["prune"])
        #expect(run.status == 1 && run.diagnostics.contains("have another name"), "\(run.diagnostics)")
        #expect(blobs(victim) == content)
        #expect(try victim.run(["recover"]).status == 0)
        #expect(try victim.run(["prune"]).status == 0)
        let proof = try victim.run(["verify"])
        #expect(proof.status == 0, "\(proof.output)")
    }
}
