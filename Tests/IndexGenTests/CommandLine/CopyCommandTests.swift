import Corpus
import Foundation
import Testing

@testable import IndexGen

/// `copy` as people and scripts call it.
@Suite struct CopyCommandTests {
    private let program: RunProgram
    private let rpm: String

    init() throws {
        program = try RunProgram()
        rpm = try program.package(RPMCorpus(seed: 3))
        #expect(try program.run("add", "--owner", "acme", "--group", "testing", rpm).status == 0)
    }

    private func listed() throws -> [[String: any Sendable]] { try program.run("--json", "list").objects() }

    private func original() throws -> (name: String, version: String, path: String) {
        let object = try #require(try listed().first { ($0["path"] as? String)?.hasPrefix("acme/rpm/testing/") ?? false })
        return try (
            #require(object["name"] as? String), #require(object["version"] as? String), #require(object["path"] as? String)
        )
    }

    @Test func `a package goes to another group, is public there, and history says where it came from`() throws {
        let (name, version, path) = try original()
        let target = path.replacingOccurrences(of: "acme/rpm/testing/", with: "acme/rpm/stable/")
        let rehearsal = try program.run("copy", "acme/rpm", name, version, "--group", "stable", "--dry-run")
        #expect(rehearsal.status == 0 && rehearsal.output == "would copy \(target) from \(path)\n", "\(rehearsal)")
        #expect(rehearsal.diagnostics == "new: acme/rpm, group stable\n")
        #expect(try FileStatus.of("\(program.site)/public/\(target)") == nil)
        #expect(try listed().count == 1)

        let run = try program.run("promote", "acme/rpm", name, version, "--group", "stable")
        #expect(run.status == 0 && run.output == "copied \(target) from \(path)\n", "\(run)")
        let (first, second) = (
            try FileStatus.of("\(program.site)/public/\(path)"), try FileStatus.of("\(program.site)/public/\(target)")
        )
        #expect(first?.inode != nil && first?.inode == second?.inode)
        let entry = try #require(try program.run("--json", "history", "--limit", "1").objects().first)
        #expect(entry["action"] as? String == "add" && entry["detail"] as? String == "copied from \(path)")
        #expect(entry["actor"] as? String == "bob" && entry["path"] as? String == target)

        let again = try program.run("copy", "acme/rpm", name, "--group", "stable", "--from", "group=testing")
        #expect(again.status == 0 && again.output == "unchanged \(target) (the same bytes are there already)\n", "\(again)")
        #expect(again.diagnostics == "", "nothing is generated")
        #expect(try program.run("verify").status == 0)
    }

    @Test func `a path is a package, a repository is all of its packages, and an owner all of its repositories`() throws {
        let chart = try program.package(HelmCorpus(seed: 3, charts: 2))
        #expect(try program.run("add", "--owner", "acme", chart).status == 0)
        let (_, _, path) = try original()
        #expect(try program.run("copy", "/\(path)", "--to", "one").output.hasPrefix("copied one/rpm/testing/"))
        #expect(try program.run("copy", "acme/rpm", "--to", "two", "--group", "el9").output.hasPrefix("copied two/rpm/el9/"))
        let whole = try program.run("copy", "acme", "--to", "three", "--no-generate")
        #expect(whole.status == 0 && whole.lines.count == 2, "\(whole)")
        #expect(whole.diagnostics.contains("new: three/helm") && whole.diagnostics.contains("new: three/rpm, group testing"))
        #expect(try FileStatus.of("\(program.site)/public/three") == nil)
        #expect(try program.run("generate").status == 0)
        #expect(try program.run("verify").status == 0)
        #expect(try listed().count == 6)
    }

    @Test func `what cannot be meant is said, with what to write`() throws {
        let (name, version, _) = try original()
        for (arguments, status, words) in [
            (["acme/rpm", name], 2, "say where the copy goes: --to OWNER, or another place such as --group NAME"),
            (["acme/rpm", name, "--to", "prod", "--distribution", "x"], 2, "--distribution fits no package of rpm; use --group"),
            (["acme/rpm", name, "--to", "in/valid"], 2, "in/valid"),
            (["acme/rpm", name, "--to", "prod", "--from", "testing"], 2, "write it like group=testing"),
            (["acme/rpm", name, "--to", "prod", "--from", "group=a", "--from", "group=b"], 2, "--from group is given twice"),
            (["acme/rpm", name, "--to", "prod", "--from", "group=el8"], 1, "has nothing in group 'el8'"),
            (["acme/rpm", name, "0.0", "--to", "prod"], 1, "there is no \(name) 0.0 in acme/rpm"),
            (["acme/deb", name, "--to", "prod"], 2, "there is no acme/deb"),
            (["acme/rpm", name, version, "--group", "a//b"], 1, "acme/rpm \(name): "),
        ] as [([String], Int32, String)] {
            let run = try program.run(["copy"] + arguments)
            #expect(run.status == status && run.diagnostics.contains(words) && run.output.isEmpty, "\(arguments): \(run)")
        }
        #expect(try listed().count == 1)
    }

    @Test func `other bytes in the target are a conflict, and what can be copied besides is`() throws {
        let corpus = GenericCorpus(seed: 3, tools: 2)
        let (one, other) = (try program.package(corpus), try program.package(corpus, 1))
        let place = ["--type", "generic", "--package", "tool", "--version", "1"]
        #expect(try program.run(["add", "--owner", "acme"] + place + [one]).status == 0)
        #expect(
            try program.run(["add", "--owner", "acme", "--type", "generic", "--package", "second", "--version", "1", other])
                .status == 0)
        let twin = program.folder + "/twin/" + Files.name(of: one)
        try Files.makeFolder(Files.folder(of: twin))
        try Files.replace(twin, with: [UInt8]("other".utf8))
        #expect(try program.run(["add", "--owner", "prod"] + place + [twin]).status == 0)
        let run = try program.run("--json", "copy", "acme/generic", "--to", "prod")
        let objects = try run.objects()
        #expect(run.status == 1 && run.diagnostics.contains("tool 1 exists with other bytes"), "\(run)")
        #expect(objects.map { $0["outcome"] as? String }.sorted { $0 ?? "" < $1 ?? "" } == ["copied", "refused"])
        #expect(objects.first { $0["outcome"] as? String == "refused" }?["cause"] as? String == "conflict")
        #expect(try program.run("verify").status == 0)
    }
}
