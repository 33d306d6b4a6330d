import Corpus
import Foundation
import Testing

@testable import IndexGen

/// What is said to people who mistype, and numbers as they are read.
@Suite struct WordsTests {
    @Test func `nouns and numbers agree`() {
        #expect(Words.count(0, "file") == "0 files" && Words.count(1, "file") == "1 file" && Words.count(2, "file") == "2 files")
        #expect(
            Words.count(1, "delivery", "deliveries") == "1 delivery" && Words.count(3, "delivery", "deliveries") == "3 deliveries"
        )
        #expect([999, 1_000, 20_000, 1_234_567].map(Words.number) == ["999", "1,000", "20,000", "1,234,567"])
        #expect(Words.number(-1_000) == "-1,000")
    }

    @Test(arguments: [
        ("", "", 0), ("add", "add", 0), ("ad", "add", 1), ("dad", "add", 1), ("dadd", "aded", 2), ("lsit", "list", 1),
        ("remvoe", "remove", 1),
        ("prun", "prune", 1), ("abc", "", 3), ("kitten", "sitting", 3),
    ]) func `words are as far apart as there are slips between them`(one: String, other: String, distance: Int) {
        #expect(Words.distance(one, other) == distance && Words.distance(other, one) == distance)
    }

    @Test(arguments: [
        ("ad", "did you mean 'indexgen add'?"), ("lst", "did you mean 'indexgen list'?"),
        ("delte", "did you mean 'indexgen delete'?"),
        ("genrate", "did you mean 'indexgen generate'?"), ("verfiy", "did you mean 'indexgen verify'?"),
        ("publish", "'indexgen add'"), ("search", "indexgen list | grep"), ("info", "'indexgen show OWNER/TYPE NAME'"),
        ("frobnicate", "there is: init, add, "), ("Add", "did you mean 'indexgen add'?"), ("a/b.deb", "there is: init, add, "),
    ]) func `a verb that does not exist is named, with what was meant`(verb: String, words: String) throws {
        for arguments in [
            [verb], [verb, "--owner", "x", "--frob"], ["--site", "add", "--quiet", verb, "x"], ["--site=/x", verb],
        ] {
            #expect {
                try VerbNames.check(arguments)
            } throws: {
                "\($0)".hasPrefix("'\(verb)' is not a verb of 'indexgen'; ") && "\($0)".contains(words)
            }
        }
    }

    @Test func `verbs of verbs are looked at, too`() throws {
        #expect { try VerbNames.check(["token", "crate", "--owner", "x"]) } throws: {
            "\($0)" == "'crate' is not a verb of 'indexgen token'; did you mean 'indexgen token create'?"
        }
    }

    @Test(arguments: [
        [], ["add", "ad"], ["ls"], ["rm", "x"], ["delete", "x"], ["help", "ad"], ["--help"], ["--version"], ["-h"],
        ["--unknown", "ad"],
        ["--site"], ["token"], ["token", "list"], ["token", "help"], ["--generate-completion-script", "bash"], ["--", "ad"],
    ]) func `everything else is left to the parser`(arguments: [String]) throws { try VerbNames.check(arguments) }

    @Test func `ls, rm and delete do what they are called for`() throws {
        let program = try RunProgram()
        let file = try program.package(HelmCorpus(seed: 4, charts: 2))
        #expect(try program.run("add", file).status == 0)
        let listed = try program.run("ls")
        #expect(listed.lines.count == 1)
        #expect(try program.run("list").output == listed.output)
        let name = try #require(try program.run("ls", "--json").objects()[0]["name"] as? String)
        #expect(try program.run("rm", "packages/helm", name).status == 0)
        #expect(try program.run("add", file).output.hasPrefix("returned "))
        #expect(try program.run("delete", "packages/helm", name).status == 0)
        #expect(try program.run("ls").output.isEmpty)
    }

    @Test func `a folder that is not a site is named in full, with the way to the right one`() throws {
        let program = try RunProgram()
        try Files.makeFolder(program.folder + "/elsewhere")
        let wrong = try program.run("list", environment: ["INDEXGEN_SITE": program.folder + "/elsewhere/../elsewhere"])
        #expect(wrong.status == 3)
        #expect(wrong.diagnostics.contains("indexgen: \(program.folder)/elsewhere is not a site"), "\(wrong.diagnostics)")
        #expect(wrong.diagnostics.contains("INDEXGEN_SITE") && wrong.diagnostics.contains("--site DIR"))
        let inside = try program.run("--site", program.site + "/public", "list")
        #expect(inside.diagnostics.contains("its folder \(program.site) is one: --site \(program.site)"), "\(inside.diagnostics)")
    }

    @Test func `one of something is not many`() throws {
        let program = try RunProgram()
        let wheel = try program.package(
            PyPICorpus(seed: 5, projects: 2),
            (0..<50).first { PyPICorpus(seed: 5, projects: 2).file($0).name.hasSuffix(".whl") } ?? 0)
        let added = try program.run("add", wheel)
        #expect(added.status == 0)
        // Its .metadata is a file, and no package.
        #expect(added.diagnostics.contains("1 package placed,"), "\(added.diagnostics)")
        let stray = program.site + "/public/stray"
        try Files.replace(stray, with: [1])
        let verified = try program.run("verify")
        #expect(verified.status == 1 && verified.diagnostics.hasSuffix("1 fault\n"), "\(verified.diagnostics)")
        try Files.remove(stray)
        let pruned = try program.run("prune", "--dry-run")
        #expect(
            !pruned.diagnostics.contains("nothing to generate")
                && pruned.diagnostics.contains("0 package files (0 bytes), 0 blobs"))
        #expect(try !program.run("prune").diagnostics.contains("nothing to generate"))
        #expect(try program.run("generate").diagnostics == "nothing to generate\n")
        let empty = program.folder + "/empty.deb"
        try Files.replace(empty, with: [])
        let refused = try program.run("add", empty)
        #expect(
            refused.diagnostics.contains("1 of 1 file refused") && !refused.diagnostics.contains("byte 0"),
            "\(refused.diagnostics)")
    }

    @Test func `an event that no hook waits for is a fault`() throws {
        let program = try RunProgram(settings: "base_url: http://localhost:8080\nhooks:\n  - {name: broken, run: [\"false\"]}\n")
        for action in ["retry", "forget"] {
            let unknown = try program.run("hooks", action, "99")
            #expect(unknown.status == 1 && unknown.diagnostics.contains("no delivery of an event 99"), "\(unknown.diagnostics)")
        }
        #expect(try program.run("add", program.package(HelmCorpus(seed: 4, charts: 2))).status == 0)
        let waiting = try program.run("hooks", "list", "--json").objects()
        let event = try #require(waiting.first?["event"] as? Int)
        let known = try program.run("hooks", "retry", "\(event)")
        #expect(known.diagnostics.contains("again: 1 delivery\n"), "\(known.diagnostics)")
    }
}
