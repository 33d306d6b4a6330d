import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// No owner, group or distribution is made in silence, and none by a forgotten option.
@Suite struct NewPlaceTests {
    private let program: RunProgram
    private let deb: String
    private let rpm: String
    private let chart: String

    init() throws {
        program = try RunProgram()
        deb = try program.package(DebianCorpus(seed: 3))
        rpm = try program.package(RPMCorpus(seed: 3))
        chart = try program.package(HelmCorpus(seed: 3, charts: 2))
    }

    @Test func `the first package of a site comes in by the defaults, and its place is said`() throws {
        let added = try program.run("add", deb)
        #expect(added.status == 0)
        #expect(
            added.diagnostics.hasPrefix("new: packages/debian, distribution stable, component main\n"), "\(added.diagnostics)")
        let again = try program.run("add", deb)
        #expect(again.status == 0 && !again.diagnostics.contains("new:"), "\(again.diagnostics)")
    }

    @Test func `a place that is named needs nothing but the line`() throws {
        #expect(try program.run("add", deb).status == 0)
        for (arguments, line) in [
            (["--owner", "acme", deb], "new: acme/debian, distribution stable, component main\n"),
            (
                ["--owner", "acme", "--distribution", "bookworm", deb],
                "new: acme/debian, distribution bookworm, component main\n"
            ),
            (["--owner", "acme", "--distribution", "bookworm", "--component", "contrib", deb], "component contrib\n"),
            (["--owner", "acme", rpm], "new: acme/rpm, without a group\n"), (["--owner", "acme", chart], "new: acme/helm\n"),
        ] {
            let added = try program.run(["add"] + arguments)
            #expect(added.status == 0 && added.diagnostics.contains(line), "\(arguments): \(added.diagnostics)")
        }
    }

    @Test func `a default owner that is not there is refused while there are others`() throws {
        #expect(try program.run("add", "--owner", "acme", deb).status == 0)
        let refused = try program.run("add", "--json", chart)
        #expect(refused.status == 1)
        #expect(refused.diagnostics.contains("the site has no owner packages yet, and none was named (there is: acme)"))
        #expect(refused.diagnostics.contains("name it with --owner, or confirm the new one with --new"))
        let object = try #require(try refused.objects().first)
        #expect(object["outcome"] as? String == "refused" && object["cause"] as? String == "placement")
        #expect(try program.run("list").lines.count == 1, "nothing came in")
        #expect(try program.run("add", "--new", chart).diagnostics.contains("new: packages/helm\n"))
    }

    @Test func `a default group, distribution or component that is not there is refused while there are others`() throws {
        for (named, defaulted, words) in [
            (["--group", "el9", rpm], [rpm], "packages/rpm has nothing without a group yet, and none was named (there is: el9)"),
            (["--distribution", "bookworm", deb], [deb], "packages/debian has no distribution stable yet"),
            (
                ["--distribution", "trixie", "--component", "contrib", deb], ["--distribution", "trixie", deb],
                "packages/debian, distribution trixie, has no component main yet"
            ),
        ] {
            #expect(try program.run(["add"] + named).status == 0)
            let before = try program.run("list", "--json").lines.count
            let refused = try program.run(["add"] + defaulted)
            #expect(refused.status == 1 && refused.diagnostics.contains(words), "\(refused.diagnostics)")
            #expect(try program.run("list", "--json").lines.count == before)
            let confirmed = try program.run(["add", "--new"] + defaulted)
            #expect(confirmed.status == 0 && confirmed.diagnostics.contains("new: "), "\(confirmed.diagnostics)")
        }
    }

    @Test func `defaults that the settings name are meant`() throws {
        let program = try RunProgram(settings: "defaults: {owner: acme, distribution: bookworm}\n")
        #expect(try program.run("add", "--owner", "other", "--distribution", "sid", deb).status == 0)
        #expect(try program.run("add", "--owner", "acme", "--distribution", "sid", deb).status == 0)
        let added = try program.run("add", deb)
        #expect(added.status == 0 && added.diagnostics.contains("new: acme/debian, distribution bookworm, component main"))
    }

    @Test func `the rest of what was given comes in, and the fault is said once for all files`() throws {
        #expect(try program.run("add", "--distribution", "bookworm", deb).status == 0)
        let more = try (1..<6).map { try program.package(DebianCorpus(seed: 3), $0) }
        let mixed = try program.run(["add", chart] + more)
        #expect(mixed.status == 1)
        #expect(mixed.lines.count == 1 && mixed.output.hasPrefix("added packages/helm/"))
        #expect(mixed.diagnostics.components(separatedBy: "has no distribution stable").count == 2, "\(mixed.diagnostics)")
        #expect(mixed.diagnostics.contains("5 of 6 files refused"))
    }

    @Test func `a spelling of an owner in other letters is the same owner`() throws {
        #expect(try program.run("add", "--owner", "acme", deb).status == 0)
        let added = try program.run("add", "--owner", "ACME", "--distribution", "stable", deb)
        #expect(!added.diagnostics.contains("new:"), "\(added.diagnostics)")
    }

    @Test func `auto is as good as a name`() throws {
        #expect(try program.run("add", "--group", "el9", rpm).status == 0)
        let auto = try program.run("add", "--group", "auto", try program.package(RPMCorpus(seed: 3), 1))
        #expect(auto.status == 0, "\(auto.diagnostics)")
    }

    @Test func `options that fit no given file are refused before anything comes in`() throws {
        let nameless = program.folder + "/packages/nameless"
        try FileManager.default.copyItem(atPath: deb, toPath: nameless)
        for (arguments, words) in [
            (
                ["--group", "el9", deb],
                "--group fits none of these files: Debian has no group; leave it out, or use --distribution"
            ),
            (["--group", "el9", nameless], "--group fits none of these files: Debian has no group"),
            (["--component", "main", rpm, chart], "RPM and Helm has no component"),
            (["--type", "helm", "--distribution", "x", chart], "Helm has no distribution; leave it out"),
            (["--group", "el9", "--distribution", "bookworm", deb], "--group fits none"),
        ] {
            let refused = try program.run(["add"] + arguments)
            #expect(refused.status == 1 && refused.diagnostics.contains(words), "\(arguments): \(refused.diagnostics)")
        }
        #expect(try program.run("list").output.isEmpty)
        let fits = try program.run("add", "--group", "el9", "--distribution", "bookworm", deb, rpm, chart)
        #expect(fits.status == 0 && fits.lines.count == 3, "what fits one file is fine: \(fits.diagnostics)")
        #expect(try program.run("add", "--distribution", "bookworm", nameless).status == 0, "contents count, too")
        let removed = try program.run("remove", "packages/debian", "x", "--group", "y")
        #expect(removed.status == 1, "there is no such package")
        let name = try #require(try program.run("--json", "list", "packages/debian").objects().first?["name"] as? String)
        let unfit = try program.run("remove", "packages/debian", name, "--group", "bookworm")
        #expect(unfit.status == 2 && unfit.diagnostics.contains("--group fits no package of debian; use --distribution"))
    }

    @Test func `a folder without packages is a fault`() throws {
        try Files.makeFolder(program.folder + "/empty/inner")
        try Files.makeFolder(program.folder + "/strays")
        try Files.replace(program.folder + "/strays/README", with: [UInt8]("hello".utf8))
        for name in ["empty", "strays"] {
            let added = try program.run("add", "\(program.folder)/\(name)")
            #expect(added.status == 1 && added.diagnostics.contains("/\(name): no packages found in this folder"))
        }
        let both = try program.run("add", "\(program.folder)/empty", deb)
        #expect(both.status == 1 && both.output.hasPrefix("added "), "the others come in: \(both.diagnostics)")
        #expect(try program.run("add", program.folder + "/packages").status == 0)
    }

    @Test func `an address that nobody set is warned of, once, and one that was set is not`() throws {
        let words = "base_url is not set, so clients are sent to http://localhost"
        #expect(try !program.run("add", rpm).diagnostics.contains("base_url"))
        #expect(try !program.run("nginx").diagnostics.contains("base_url"))
        let unset = try RunProgram(settings: "")
        #expect(try !unset.run("generate").diagnostics.contains(words), "nothing is published yet")
        #expect(try !unset.run("add", chart).diagnostics.contains(words), "a chart's index has no address")
        for arguments in [["add", rpm], ["generate"], ["nginx"], ["add", "--quiet", rpm]] {
            let run = try unset.run(arguments)
            #expect(
                run.status == 0 && run.diagnostics.components(separatedBy: words).count == 2, "\(arguments): \(run.diagnostics)")
        }
    }

    @Test func `init says that it does not know the address, and writes none`() throws {
        let folder = program.folder + "/other"
        let made = try program.run("--json", "init", folder, "--unsigned")
        #expect(made.status == 0 && made.diagnostics.contains("base_url is not set"))
        #expect(try made.objects()[0]["base_url"] as? String == "http://localhost")
        let settings = try String(contentsOfFile: folder + "/indexgen.yaml", encoding: .utf8)
        #expect(settings.contains("\n# base_url: \"https://packages.example.org\""))
        #expect(try !SettingsFile.read([UInt8](settings.utf8), named: "x", for: .standard).isBaseURLSet)
        let quiet = try program.run("init", program.folder + "/third", "--unsigned", "--base-url", "http://127.0.0.1:8080")
        #expect(quiet.status == 0 && !quiet.diagnostics.contains("base_url"))
        let again = try program.run("init", folder)
        #expect(again.status == 2 && again.diagnostics.contains("packages, catalog and signing key stay as they are"))
    }
}
