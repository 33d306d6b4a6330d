import Corpus
import Formats
import Testing

@testable import IndexGen

/// Files of the owner's own (`files:`), and second paths of packages.
@Suite struct ExtraFilesTests {
    private static let settings = """
        files:
          acme/helm/artifacthub-repo.yml: extras/hub.yml
          robots.txt: extras/robots.txt
          .well-known/security.txt: extras/security.txt
        """

    private func reopened(_ site: RealSite, settings: String) throws -> Site {
        try Files.replace(site.folder + "/indexgen.yaml", with: [UInt8](settings))
        return try Site(at: site.folder, environment: [:], clock: site.time.clock)
    }

    private func write(_ site: RealSite, _ name: String, _ text: String) throws {
        try Files.makeFolder(site.folder + "/extras")
        try Files.replace(site.folder + "/extras/" + name, with: [UInt8](text))
    }

    private func text(_ site: RealSite, _ path: String) throws -> String? {
        let file = "\(site.site.publicRoot)/\(path)"
        return try FileStatus.of(file) == nil ? nil : String(decoding: Files.read(file), as: UTF8.self)
    }

    @Test func `they are published, follow their sources, are known to verify, and go with the setting`() throws {
        let site = try RealSite(settings: Self.settings, signed: false)
        for name in ["hub.yml", "robots.txt", "security.txt"] { try write(site, name, "first \(name)\n") }
        try site.addCorpora()
        try site.generate()
        #expect(try text(site, "acme/helm/artifacthub-repo.yml") == "first hub.yml\n")
        #expect(try text(site, ".well-known/security.txt") == "first security.txt\n")
        #expect(try site.faults() == [])
        #expect(try site.generate() == Generator.Summary())
        try write(site, "hub.yml", "second\n")
        let changed = try site.generate()
        #expect(changed.rendered == 1 && changed.written == 1, "\(changed)")
        #expect(try text(site, "acme/helm/artifacthub-repo.yml") == "second\n")
        let before = try site.tree()
        try site.generate(everything: true)
        #expect(try site.tree() == before)
        let without = try reopened(site, settings: "files:\n  robots.txt: extras/robots.txt\n")
        _ = try Generator(site: without, catalog: site.catalog).run()
        #expect(try text(site, "acme/helm/artifacthub-repo.yml") == nil && text(site, ".well-known/security.txt") == nil)
        #expect(try text(site, "robots.txt") == "first robots.txt\n")
        #expect(try Verifier(site: without, catalog: site.catalog).run().faults == [])
    }

    @Test func `a file that is missing or too large is named with its line, and keeps nothing else from being published`() throws
    {
        let site = try RealSite(settings: Self.settings, signed: false)
        for name in ["hub.yml", "security.txt"] { try write(site, name, "x\n") }
        try site.addCorpora()
        let error = #expect(throws: SettingsError.self) { try site.generate() }
        #expect(error?.line == 3 && error?.message.contains("extras/robots.txt is missing") == true, "\(error as Any)")
        #expect(try text(site, "acme/helm/artifacthub-repo.yml") == "x\n" && text(site, "acme/helm/index.yaml") != nil)
        try write(site, "robots.txt", String(repeating: "x", count: ExtraFile.largest + 1))
        #expect(throws: SettingsError.self) { try site.generate() }
        try write(site, "robots.txt", "y\n")
        try site.generate()
        #expect(try text(site, "robots.txt") == "y\n")
        // What is public stays while its source is away.
        try Files.remove(site.folder + "/extras/robots.txt")
        #expect(throws: SettingsError.self) { try site.generate() }
        #expect(try text(site, "robots.txt") == "y\n" && site.faults() == [])
    }

    @Test func `none is published in the way of what the site publishes itself`() throws {
        let site = try RealSite(settings: "", signed: false)
        try site.addCorpora()
        try site.generate()
        try write(site, "x", "mine\n")
        let before = try site.tree()
        let paths = before.keys.filter { $0.hasPrefix("acme/rpm/") || $0.hasPrefix("acme/debian/dists/") }
        let document = try #require(paths.first { $0.hasSuffix(".repo") || $0.hasSuffix("/Release") })
        for path in [document, document + "/below", String(document.split(separator: "/").dropLast().joined(separator: "/"))] {
            do {
                let other = try reopened(site, settings: "files:\n  \(path): extras/x\n")
                _ = try Generator(site: other, catalog: site.catalog).run()
                Issue.record("\(path) was published")
            } catch let error as SettingsError {
                #expect(error.line == 2, "\(error)")
            }
            for (file, digest) in before where !file.hasSuffix(".html") { #expect(try site.tree()[file] == digest, "\(file)") }
        }
    }

    @Test(arguments: Ecosystems.standard.all.filter(\.profile.ownsEveryName).map(\.profile))
    func `where packages and their indexes may be anywhere, no other file is`(profile: EcosystemProfile) throws {
        let site = try RealSite(settings: "", signed: false)
        try write(site, "x", "mine\n")
        for path in ["x", "x/y.txt", "@a/b/index.json", "core/x86_64/core.db", "robots.txt"] {
            let error = #expect(throws: SettingsError.self, "\(path)") {
                try reopened(site, settings: "files:\n  \"acme/\(profile.segment)/\(path)\": extras/x\n")
            }
            #expect(error?.line == 2, "\(error as Any)")
        }
        _ = try reopened(site, settings: "files:\n  acme/other/\(profile.id).txt: extras/x\n")
    }

    @Test func `a file that people put there by hand is not a fault where clients ask for it, and one elsewhere is`() throws {
        let site = try RealSite(settings: "", signed: false)
        try site.addCorpora()
        try site.generate()
        try Files.replace("\(site.site.publicRoot)/acme/helm/artifacthub-repo.yml", with: [UInt8]("x"))
        #expect(try site.faults() == [])
        try Files.replace("\(site.site.publicRoot)/acme/rpm/artifacthub-repo.yml", with: [UInt8]("x"))
        #expect(try site.faults().map(\.path) == ["acme/rpm/artifacthub-repo.yml"])
    }

    @Test func `a package's second path comes and goes with it, and is known to verify`() throws {
        let site = try RealSite(settings: "", signed: false)
        let chart = site.folder + "/inbox/one.tgz"
        try Files.replace(chart, with: HelmCorpus.chart(named: "one", version: "1.0.0+b.1"))
        try site.add([chart])
        try site.generate()
        let paths = ["acme/helm/one-1.0.0+b.1.tgz", "acme/helm/one-1.0.0%2Bb.1.tgz"]
        let files = try paths.map { try #require(try FileStatus.of("\(site.site.publicRoot)/\($0)")) }
        #expect(files[0].isSameFile(as: files[1]) && files[0].size > 0)
        #expect(try site.faults() == [])
        #expect(try text(site, "acme/helm/index.yaml")?.contains("one-1.0.0%2Bb.1.tgz") == true)
        try Files.remove("\(site.site.publicRoot)/\(paths[1])")
        #expect(try site.faults().map(\.path) == [paths[1]])
        try site.generate(everything: true)
        #expect(try site.faults() == [])
        try site.remove(["one-1.0.0+b.1.tgz"])
        try site.generate()
        #expect(try site.faults() == [] && FileStatus.of("\(site.site.publicRoot)/\(paths[1])") != nil)
        site.time.advance(2 * 86_400)
        try site.generate()
        for path in paths { #expect(try FileStatus.of("\(site.site.publicRoot)/\(path)") == nil, "\(path)") }
        #expect(try site.faults() == [])
        try site.add([chart])
        try site.generate()
        for path in paths { #expect(try FileStatus.of("\(site.site.publicRoot)/\(path)") != nil, "\(path)") }
    }

    @Test func `another spelling of a version that is there is refused with the name of what is there`() throws {
        let site = try RealSite(settings: "", signed: false)
        var said: [String] = []
        for (name, version) in [("a", "v1.0.0"), ("b", "1.0.0")] {
            let path = site.folder + "/inbox/\(name).tgz"
            try Files.replace(path, with: HelmCorpus.chart(named: "one", version: version))
            let intake = Intake(
                site: site.site, catalog: site.catalog, owner: "acme", type: nil, coordinates: Coordinates(), link: false,
                author: "tester")
            try intake.take([path]) { _, result in
                if case .success((.refused(let refusal), _)) = result { said.append("\(refusal)") }
            }
        }
        #expect(said.count == 1 && said[0].contains("one-v1.0.0.tgz"), "\(said)")
    }
}
