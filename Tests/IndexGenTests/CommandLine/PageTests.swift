import Corpus
import Formats
import Testing

@testable import IndexGen

/// The pages for people, by the program as it is built.
@Suite struct PageTests {
    private static let pages = ["index.html", "acme/rpm/index.html", "acme/helm/index.html"]

    /// A site with two repositories, all published.
    private func published() throws -> RunProgram {
        let program = try RunProgram()
        let packages = [try program.package(RPMCorpus(seed: 7)), try program.package(HelmCorpus(seed: 7, charts: 1))]
        let added = try program.run(["add", "--owner", "acme", "--group", "main", "--new"] + packages.prefix(1))
        let more = try program.run(["add", "--owner", "acme"] + packages.dropFirst())
        try #require(added.status == 0 && more.status == 0, "\(added) \(more)")
        return program
    }

    private func read(_ program: RunProgram) throws -> [String] {
        try Self.pages.map { String(decoding: try Files.read("\(program.site)/public/\($0)"), as: UTF8.self) }
    }

    @Test func `a copy of the program alone, far from where it was built, makes the same pages`() throws {
        let program = try published()
        let before = try read(program)
        #expect(before[0].contains("<bdi>acme</bdi>") && before[1].contains("zypper addrepo"), "\(before)")
        let copy = program.folder + "/alone/bin/indexgen"
        try Files.makeFolder(Files.folder(of: copy))
        try Files.replace(copy, with: Files.read(RunProgram.path), mode: 0o755)
        for page in Self.pages { try Files.remove("\(program.site)/public/\(page)") }
        let result = try Program(path: copy).run(["generate", "--all"], environment: ["INDEXGEN_SITE": program.site])
        #expect(result.status == 0, "\(result.diagnostics)")
        #expect(try read(program) == before)
    }

    @Test func `a template in a folder of one's own stands in place of the one of its name, and the others stay`() throws {
        let program = try published()
        let before = try read(program)
        let own = ["INDEXGEN_TEMPLATES": program.folder + "/own"]
        try Files.makeFolder(program.folder + "/own")
        try Files.replace(program.folder + "/own/helm.mustache", with: [UInt8]("<p>charts of {{owner}}</p>\n"))
        try Files.replace(program.folder + "/own/notes.txt", with: [UInt8]("{{#not a template"))
        #expect(try program.run("generate", environment: own).status == 0)
        #expect(try read(program) == [before[0], before[1], "<p>charts of acme</p>\n"])
        try Files.replace(program.folder + "/own/layout.mustache", with: [UInt8]("<title>{{$title}}{{/title}}</title>"))
        #expect(try program.run("generate", environment: own).status == 0)
        #expect(try read(program)[0].split(separator: "\n") == ["<title>Packages</title>"], "templates name it")
        #expect(try program.run("generate").status == 0)
        #expect(try read(program) == before)
    }

    @Test func `templates that cannot be used are named, and the pages stay as they are`() throws {
        let program = try published()
        let before = try read(program)
        let missing = try program.run("generate", environment: ["INDEXGEN_TEMPLATES": "/nowhere"])
        #expect(missing.status != 0 && missing.diagnostics.contains("INDEXGEN_TEMPLATES names /nowhere"), "\(missing)")
        try Files.makeFolder(program.folder + "/own")
        try Files.replace(program.folder + "/own/site.mustache", with: [UInt8]("{{#owners}}"))
        let broken = try program.run("generate", environment: ["INDEXGEN_TEMPLATES": program.folder + "/own"])
        #expect(
            broken.status != 0
                && broken.diagnostics.contains(
                    "/own/site.mustache does not parse: line 1, column 1: {{#owners}} has no end; write {{/owners}} where it ends, or unset INDEXGEN_TEMPLATES"
                ), "\(broken)")
        try Files.replace(program.folder + "/own/site.mustache", with: [UInt8]("{{> site}}"))
        let endless = try program.run("generate", environment: ["INDEXGEN_TEMPLATES": program.folder + "/own"])
        #expect(
            endless.status != 0 && endless.diagnostics.contains("site.mustache cannot be filled: templates stand in one another"),
            "\(endless)")
        #expect(try read(program) == before)
    }
}
