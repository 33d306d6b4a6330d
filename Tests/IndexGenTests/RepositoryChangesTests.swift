import Formats
import Testing

@testable import IndexGen

/// Changes are counted by repository: a scope that was quiet while others changed keeps its segments at its own next change.
@Suite struct RepositoryChangesTests {
    /// Two repositories. The first has an index of some ninety segments.
    private func filled() throws -> TestSite {
        let test = try TestSite(settings: "segment_bytes: 4096")
        try test.add((0..<300).map { try test.toy("p\(1000 + $0)", "1", shelf: "x", body: "\($0)", padding: 1_000) })
        try test.add([test.toy("side", "1")], group: "side")
        try test.add([test.toy("q", "1")], owner: "zoo")
        try test.generate()
        #expect(try test.cuts("main/x/index").count > 80)
        return test
    }

    /// More changes of a repository than are looked at one by one.
    private func change(_ owner: String, _ scope: String, in catalog: Catalog) throws {
        let row = try #require(try catalog.repositories(owner: owner).first)
        let age = try #require(try catalog.scopeAges(of: row).first { $0.key == scope })
        let ages = Array(repeating: age, count: CatalogSnapshot.fewChanges + 1)
        try catalog.renew(ages, of: row, because: "a test needs changes", author: "tester")
    }

    /// How many segments of the first repository's documents were kept and rendered.
    private func work(_ site: Site, _ catalog: Catalog) throws -> SegmentWork {
        let row = try #require(try catalog.repositories(owner: "acme").first)
        return try Generator(site: site, catalog: catalog).run([row]).segments
    }

    @Test func `ten thousand changes of another repository cost a quiet one none of its segments`() throws {
        let test = try filled()
        let toy = try test.toy("p1150a", "1", shelf: "x", padding: 1_000)
        let steps: [(String, () throws -> Void)] = [
            ("add", { try test.add([toy]) }), ("yank", { try test.yank("p1010", "1", reason: "torn") }),
            ("remove", { try test.remove("p1150a") }), ("return", { try test.add([toy]) }),
            ("unyank", { try test.yank("p1010", "1", reason: nil) }),
        ]
        for (name, step) in steps {
            try change("zoo", "main", in: test.catalog)
            let segments = try test.cuts("main/x/index").count
            try step()
            let work = try work(test.site, test.catalog)
            // The one with the entry is rendered, perhaps cut in two or joined with the next; and the titles, which are not kept plain.
            #expect(work.kept >= segments - 3 && work.rendered > 0, "\(name): \(work), \(segments)")
            #expect(try test.tree() == test.site.treeFromScratch(), "\(name)")
        }
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `ten thousand changes of its own have a scope rendered whole`() throws {
        let test = try filled()
        try change("acme", "side", in: test.catalog)
        try test.add([test.toy("p1150a", "1", shelf: "x", padding: 1_000)])
        let work = try work(test.site, test.catalog)
        #expect(work.kept == 0 && work.rendered > 160, "\(work)")
        #expect(try test.tree() == test.site.treeFromScratch())
    }

    @Test func `the changes in an older catalog know their repositories, and it goes on with its segments`() throws {
        let test = try filled()
        let tree = try test.tree()
        try change("zoo", "main", in: test.catalog)
        let segments = try test.cuts("main/x/index").count
        let toy = try test.toy("p1150a", "1", shelf: "x", padding: 1_000)
        try test.age(to: "0018 marks of versions")
        let site = try TestSite.open(test.folder, test.time)
        let catalog = try site.openCatalog()
        let (strangers, count) = try catalog.pool.read { db in
            (
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT COUNT(*) FROM journal j LEFT JOIN repository r ON r.id = j.repository_id
                        WHERE r.owner IS NOT j.owner OR r.type IS NOT j.type
                        """), try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM journal")
            )
        }
        #expect(strangers == 0 && count == 302 + CatalogSnapshot.fewChanges + 1)
        #expect(try site.treeFromScratch() == tree)
        let row = try #require(try catalog.repositories(owner: "acme").first)
        let intake = Intake(
            site: site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]), author: "tester")
        try intake.take([toy]) { _, _ in }
        let work = try Generator(site: site, catalog: catalog).run([row]).segments
        #expect(work.kept >= segments - 3 && work.rendered > 0, "\(work), \(segments)")
        let grown = try site.publicDigests(catalog)
        #expect(try site.treeFromScratch() == grown)
        try catalog.close()
    }
}
