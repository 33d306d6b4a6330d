import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// A file's public path stands for it wherever a verb takes a package.
@Suite struct PublicPathTests {
    private let program: RunProgram

    init() throws { program = try RunProgram(settings: "base_url: https://packages.example.org/pkgs\n") }

    /// A package with a name that must be escaped in addresses, where there is one; and its path.
    private func added(_ corpus: any Corpus) throws -> String {
        let run = try program.run("add", "--json", "--new", program.package(corpus))
        return try #require(try run.objects()[0]["path"] as? String)
    }

    @Test func `every spelling of a path shows the one file`() throws {
        let path = try added(DebianCorpus(seed: 9))
        _ = try added(RPMCorpus(seed: 9))
        let escaped = PercentEncoding.path(path)
        for spelling in [
            path, "/\(path)", "/api/packages/\(path)", "api/packages/\(path)", "/\(escaped)", "/pkgs/\(path)",
            "/pkgs/api/packages/\(path)", "\(program.site)/public/\(path)", "https://packages.example.org/pkgs/\(escaped)",
            "http://packages.example.org/pkgs/api/packages/\(escaped)?download=1#top",
        ] {
            let shown = try program.run("show", "--json", spelling)
            #expect(shown.status == 0, "\(spelling): \(shown.diagnostics)")
            #expect(try shown.objects().map { $0["path"] as? String } == [path])
        }
    }

    @Test func `what is not a file's path is refused with the way to name it`() throws {
        let path = try added(DebianCorpus(seed: 9))
        for (spelling, code, words) in [
            (path + "x", 1, "there is no package file at"),
            ("packages/debian/dists/stable/Release", 1, "there is no package file at"),
            ("packages/debian", 2, "name a package behind 'packages/debian'"), ("packages", 2, "name a package behind"),
            ("/", 2, "name a package behind"), ("", 2, "name a package behind"),
            ("other/debian/x", 2, "there is no other/debian"),
            ("https://elsewhere.example.org/\(path)", 2, "whose base_url is https://packages.example.org/pkgs"),
            ("https://packages.example.org/\(path)", 2, "is not an address of this site"),
            ("packages/debian/../debian/x", 1, "there is no package file at"),
        ] {
            let shown = try program.run("show", spelling)
            #expect(
                shown.status == code && shown.diagnostics.contains(words), "\(spelling): \(shown.status) \(shown.diagnostics)")
        }
        #expect(try program.run("show", "packages", "x").diagnostics.contains("name it as OWNER/TYPE: packages/rpm"))
    }

    @Test func `show and remove take the addresses that DELETE takes for a package`() throws {
        let debian = try added(DebianCorpus(seed: 9)), rpm = try added(RPMCorpus(seed: 9))
        for path in [debian, rpm] {
            let row = try #require(
                try program.run("list", "--json").objects().first { $0["path"] as? String == path })
            let (name, version) = try (#require(row["name"] as? String), #require(row["version"] as? String))
            let architecture = try #require(row["architecture"] as? String)
            let place = path == debian ? "packages/debian/pool/stable/main" : "packages/rpm/package"
            for other in ["\(name)x/\(version)/\(architecture)", "\(name)/\(version)/sparc"] {
                #expect(try program.run("remove", "\(place)/\(other)").status == 1)
            }
            let address = "\(place)/\(name)/\(version)/\(architecture)"
            let shown = try program.run("show", "--json", "/api/packages/" + address)
            #expect(try shown.objects().map { $0["path"] as? String } == [path], "\(address): \(shown.diagnostics)")
            #expect(try program.run("remove", address).status == 0)
            #expect(try program.run("remove", address).status == 1, "it is gone")
        }
    }

    @Test func `remove and yank take a path, and mean that file alone`() throws {
        let corpus = PyPICorpus(seed: 9, projects: 1)
        let paths = try (0..<6).map { try program.package(corpus, $0) }
        let added = try program.run(["add", "--json"] + paths).objects().compactMap { $0["path"] as? String }
        try #require(added.count == 6)
        let yanked = try program.run("yank", "--json", "/" + added[0], "--reason", "broken")
        #expect(yanked.status == 0, "\(yanked.diagnostics)")
        #expect(try yanked.objects()[0]["path"] as? String == added[0])
        #expect(
            try program.run("list", "--json").objects().filter { $0["yanked"] != nil }.map { $0["path"] as? String } == [added[0]]
        )
        let removed = try program.run("remove", "--json", "/api/packages/" + added[1])
        #expect(removed.status == 0, "\(removed.diagnostics)")
        let left = try program.run("list", "--json").objects().compactMap { $0["path"] as? String }
        #expect(Set(left) == Set(added).subtracting([added[1]]))
        #expect(try program.run("remove", "/" + added[1]).status == 1, "it is gone")
        let actions = try program.run("history", "--json", "/" + added[1]).objects().map { $0["action"] as? String }
        #expect(actions == ["remove", "add"], "its history is there")
        #expect(
            try program.run("history", "--json", "--limit", "1", added[0]).objects().map { $0["action"] as? String } == ["yank"])
        #expect(try program.run("history", "/" + added[0], "x").status == 2)
        let name = try #require(try program.run("list", "--json").objects()[0]["name"] as? String)
        #expect(try program.run("yank", "packages/pypi", name).diagnostics.contains("name the version of"))
        #expect(try program.run("verify").status == 0)
    }
}
