import Foundation
import Testing

@testable import IndexGen

/// Settings that give two distributions one name.
@Suite struct DistributionAliasTests {
    private let real: RealSite

    init() throws {
        real = try RealSite(settings: "debian: {distributions: {bookworm: {aliases: [steady]}}}\n")
        let sample = SampleFiles.path("debian/indexgen-hello_1.0-1_amd64.deb")
        #expect(try real.place([sample], at: ["distribution": "bookworm"]) != [nil])
        #expect(try real.place([sample], at: ["distribution": "trixie"]) != [nil])
        #expect(try real.place([sample], at: ["distribution": "steady"]) == [nil])
        try real.generate()
    }

    /// The same site under other settings.
    private func reopened(_ settings: String) throws -> Generator {
        try Files.replace(real.folder + "/indexgen.yaml", with: TestSite.quiet(settings))
        let site = try Site(at: real.folder, environment: ProcessInfo.processInfo.environment, clock: real.time.clock)
        return try Generator(site: site, catalog: site.openCatalog())
    }

    private func suites() throws -> [String: String] {
        let releases = try real.tree().keys.filter { $0.hasSuffix("/Release") }
        return Dictionary(
            uniqueKeysWithValues: try releases.map { path in
                let text = String(decoding: try Files.read("\(real.site.publicRoot)/\(path)"), as: UTF8.self)
                let lines = text.split(separator: "\n").filter { $0.hasPrefix("Suite") || $0.hasPrefix("Codename") }
                return (path.split(separator: "/").dropLast().last.map(String.init) ?? "", lines.joined(separator: ", "))
            })
    }

    @Test func `a second name moves from one distribution to another, whichever was there first`() throws {
        #expect(try suites()["steady"] == "Suite: steady, Codename: bookworm")
        for (holder, other) in [("trixie", "bookworm"), ("bookworm", "trixie")] {
            let generator = try reopened("debian: {distributions: {\(holder): {aliases: [steady]}}}\n")
            _ = try generator.run()
            #expect(
                try suites() == [
                    "steady": "Suite: steady, Codename: \(holder)", holder: "Suite: \(holder), Codename: \(holder)",
                    other: "Suite: \(other), Codename: \(other)",
                ])
            #expect(try Verifier(site: generator.site, catalog: generator.catalog).run().faults.isEmpty)
            #expect(try generator.run().written == 0)
        }
        _ = try reopened("").run()
        #expect(try suites().keys.sorted() == ["bookworm", "trixie"])
    }

    @Test(arguments: [
        "bookworm: {aliases: [trixie]}", "\"*\": {aliases: [steady]}", "trixie: {aliases: [bookworm]}",
        "bookworm: {aliases: [steady]}, trixie: {aliases: [steady]}",
    ])
    func `two distributions never share a name: nothing changes in public`(distributions: String) throws {
        let before = try real.tree()
        let generator = try reopened("debian: {distributions: {\(distributions)}}\n")
        let failures = #expect(throws: PublicationFailures.self) { _ = try generator.run() }
        #expect(failures?.description.contains("belongs to") == true, "\(failures?.description ?? "")")
        #expect(failures?.description.contains("has another name") == true)
        #expect(try real.tree() == before)
        // The settings are put right.
        _ = try reopened("debian: {distributions: {bookworm: {aliases: [steady]}}}\n").run()
        #expect(try real.tree() == before)
    }

    @Test func `a word that cannot name a distribution is said with its place in the settings`() {
        let error = #expect(throws: SettingsError.self) {
            _ = try reopened("debian:\n  distributions:\n    bookworm: {aliases: [steady, \"../x\"]}\n")
        }
        #expect(error.map { "\($0)" }?.contains("indexgen.yaml:3:") == true, "\(String(describing: error))")
    }
}
