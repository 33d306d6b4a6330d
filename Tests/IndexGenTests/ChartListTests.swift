import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// What ChartMuseum's users read says what the index says.
@Suite struct ChartListTests {
    private static let settings = "helm: {chart_list: true, index: json}\n"

    private func object(_ path: String, in site: Site) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(Files.read("\(site.publicRoot)/acme/helm/\(path)")))
    }

    /// Paths below `api/charts/`.
    private func files(of site: Site, _ catalog: Catalog) throws -> Set<String> {
        let folder = "acme/helm/api/charts/"
        let paths = try site.publicDigests(catalog).keys.filter { $0.hasPrefix(folder) }
        return Set(paths.map { String($0.dropFirst(folder.count)) })
    }

    /// Whether there is one file for all charts, one for each chart and one for each version, and they hold the entries of the index.
    private func expectWhole(_ site: Site, _ catalog: Catalog) throws {
        let index = try #require(try object("index.yaml", in: site) as? [String: Any])
        let entries = try #require(index["entries"] as? [String: [[String: Any]]])
        #expect(try object("api/charts/index.json", in: site) as? NSDictionary == entries as NSDictionary)
        var expected: Set = ["index.json"]
        for (name, versions) in entries where name != "index.json" {
            #expect(try object("api/charts/\(name)/index.json", in: site) as? NSArray == versions as NSArray, "\(name)")
            expected.insert("\(name)/index.json")
            for entry in versions {
                let version = try #require(entry["version"] as? String)
                let path = "\(name)/\(version)"
                #expect(try object("api/charts/\(path)", in: site) as? NSDictionary == entry as NSDictionary, "\(path)")
                expected.insert(path)
            }
        }
        #expect(try files(of: site, catalog) == expected)
        #expect(try Verifier(site: site, catalog: catalog).run().faults == [])
        #expect(try site.treeFromScratch() == site.publicDigests(catalog))
    }

    /// The site of a folder as a run sees it that begins now.
    private func reopened(_ real: RealSite, settings: String) throws -> Site {
        try Files.replace(real.folder + "/indexgen.yaml", with: TestSite.quiet(settings))
        return try Site(at: real.folder, environment: ProcessInfo.processInfo.environment, clock: real.time.clock)
    }

    private func add(_ paths: [String], to site: Site, _ catalog: Catalog) throws {
        let intake = Intake(
            site: site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(), link: false, author: "tester")
        try intake.take(paths) { path, result in
            guard case .success((.added, _)) = result else { return #expect(Bool(false), "\(path): \(result)") }
        }
    }

    @Test func `all charts, each chart and each version are the entries of the index, with every change`() throws {
        let real = try RealSite(settings: Self.settings, signed: false)
        let charts = HelmCorpus(seed: 11, charts: 3)
        let paths = try (0..<8).map { try charts.file($0).write(into: real.folder + "/inbox") }
        var places: [String] = []
        for part in [paths[0..<1], paths[1..<4], paths[4..<8]] {
            places += try real.place(Array(part)).compactMap(\.self)
            try real.generate()
            try expectWhole(real.site, real.catalog)
        }
        #expect(Set(places).count == 8)
        #expect(try files(of: real.site, real.catalog).count == 1 + 3 + 8)
        // A version goes, then a chart, then all; one comes back.
        try real.remove([places[0]])
        try real.generate()
        try expectWhole(real.site, real.catalog)
        try real.remove(Set(places.filter { $0.hasPrefix(String(places[1].prefix(6))) }))
        try real.generate()
        try expectWhole(real.site, real.catalog)
        _ = try real.place([paths[0]])
        try real.generate()
        try expectWhole(real.site, real.catalog)
        try real.remove(Set(places))
        try real.generate()
        #expect(try files(of: real.site, real.catalog) == ["index.json"])
        #expect(try object("api/charts/index.json", in: real.site) as? NSDictionary == [:])
        #expect(try real.faults().isEmpty)
    }

    @Test func `a chart that is called like the list leaves it its place`() throws {
        let real = try RealSite(settings: Self.settings, signed: false)
        var paths: [String] = []
        for (name, version) in [("index.json", "1.0.0"), ("index.json", "1.1.0"), ("web", "1.0.0-a.tgz"), ("web", "1.0.0+7")] {
            let path = "\(real.folder)/inbox/\(paths.count).tgz"
            try Files.replace(path, with: HelmCorpus.chart(named: name, version: version))
            paths.append(path)
        }
        #expect(try real.add(paths) == [true, true, true, true])
        try real.generate()
        try expectWhole(real.site, real.catalog)
        #expect(
            try files(of: real.site, real.catalog) == ["index.json", "web/index.json", "web/1.0.0-a.tgz", "web/1.0.0+7"])
    }

    @Test func `a new version renders what lists it, and nothing else`() throws {
        for (settings, documents) in [(Self.settings, 4), ("", 1)] {
            let real = try RealSite(settings: settings, signed: false)
            let charts = HelmCorpus(seed: 5, charts: 4)
            let paths = try (0..<21).map { try charts.file($0).write(into: real.folder + "/inbox") }
            try real.add(Array(paths[..<20]))
            try real.generate()
            try real.add([paths[20]])
            #expect(try real.generate().rendered == documents, "\(settings)")
            #expect(try real.generate() == Generator.Summary())
        }
    }

    @Test func `there is no list where the settings do not ask for it`() throws {
        let real = try RealSite(signed: false)
        try real.addCorpora()
        try real.generate()
        #expect(try !real.tree().keys.contains { $0.hasPrefix("acme/helm/api/") })
        let scopes = try real.catalog.snapshot { snapshot in
            try String.fetchAll(
                snapshot.db,
                sql: "SELECT key FROM scope s JOIN repository r ON r.id = s.repository_id WHERE r.type = 'helm'")
        }
        #expect(scopes == [""])
    }

    @Test func `the setting comes, goes and comes again, and packages between`() throws {
        let real = try RealSite(signed: false)
        let charts = HelmCorpus(seed: 3, charts: 3)
        let paths = try (0..<16).map { try charts.file($0).write(into: real.folder + "/inbox") }
        try add(Array(paths[..<4]), to: real.site, real.catalog)
        try real.generate()
        var next = 4
        for settings in [Self.settings, "helm: {index: json}\n", Self.settings, "helm: {chart_list: false}\n", Self.settings] {
            let site = try reopened(real, settings: settings)
            real.time.advance(60)
            // Half of them come in before the first run with these settings, under those of before.
            try add([paths[next]], to: real.site, real.catalog)
            try add([paths[next + 1]], to: site, real.catalog)
            let gone = try real.catalog.repositories().flatMap { row in try real.catalog.snapshot { try $0.files(in: row) } }
            try real.catalog.remove([gone[next % gone.count]], author: "tester")
            _ = try Generator(site: site, catalog: real.catalog).run()
            next += 2
            if settings == Self.settings {
                try expectWhole(site, real.catalog)
            } else {
                #expect(try files(of: site, real.catalog) == [])
                #expect(try Verifier(site: site, catalog: real.catalog).run().faults == [])
                #expect(try site.treeFromScratch() == site.publicDigests(real.catalog))
            }
            #expect(try Generator(site: site, catalog: real.catalog).run() == Generator.Summary())
        }
    }

    @Test func `the catalog of a version that listed no single charts comes to the same tree as a new one`() throws {
        func filled(_ settings: String) throws -> RealSite {
            let real = try RealSite(settings: settings, signed: false)
            let charts = HelmCorpus(seed: 8, charts: 3)
            let places = try real.place(try (0..<7).map { try charts.file($0).write(into: real.folder + "/inbox") })
            try real.generate()
            try real.remove([try #require(places[2])])
            try real.generate()
            return real
        }
        let new = try filled(Self.settings)
        for remembered in [nil, "1 "] {
            let older = try filled("helm: {index: json}\n")
            // What an earlier version remembered of a repository, if anything.
            try older.catalog.pool.write { db in
                try db.execute(sql: "DELETE FROM meta WHERE key LIKE 'fragments of %'")
                if let remembered { try Catalog.remember("fragments of acme/helm", [UInt8](remembered.utf8), in: db) }
            }
            let site = try reopened(older, settings: Self.settings)
            try older.catalog.close()
            let catalog = try site.openCatalog()
            _ = try Generator(site: site, catalog: catalog).run()
            try expectWhole(site, catalog)
            #expect(try site.publicDigests(catalog) == new.tree())
            try catalog.close()
        }
    }
}
