import Formats
import Foundation
import Testing

@testable import IndexGen

/// What an event says, and when there is one.
@Suite struct HookEventTests {
    @Test func `each publication of a repository is told once, with all that changed`() throws {
        let test = try TestSite(settings: TestSite.keeper + "\nbase_url: https://packages.example.org")
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1")])
        try test.generate()
        #expect(try test.delivery.deliverDue().failures.isEmpty)
        let first = try #require(try test.toldOfPackages().first)
        #expect(try test.toldOfPackages().count == 1)
        #expect(first.owner == "acme" && first.type == "toy" && first.base_url == "https://packages.example.org")
        #expect(first.at == Timestamp(seconds: 1_800_000_000).rfc3339)
        #expect(first.changes.map(\.action) == ["add", "add"])
        #expect(first.changes.map(\.name) == ["a", "b"])
        #expect(first.changes.map(\.partitions) == [["main/x"], ["main/any"]])
        #expect(first.partitions == ["main/any", "main/x"])
        #expect(first.changes.allSatisfy { $0.actor == "tester" && $0.version == "1" && $0.sha256.count == 64 })
        #expect(
            first.placed == [
                "acme/toy/main/pool/a-1-x.toy", "acme/toy/main/pool/a-1-x.toy.facts", "acme/toy/main/pool/b-1-any.toy",
                "acme/toy/main/pool/b-1-any.toy.facts",
            ])
        #expect(!first.truncated && first.removed.isEmpty)
        // Written is all that is public but packages, and what may change is to be purged.
        let documents = try test.everyFile().filter { !$0.contains("/pool/") && $0 != "index.html" }
        #expect(Set(first.written) == Set(documents))
        #expect(
            Set(first.purge) == Set(documents.filter { !$0.contains("/by-hash/") && !$0.contains("/data/") }))
        #expect(first.written.contains { $0.contains("/by-hash/") } && first.written.contains { $0.contains("/data/") })

        // Nothing to publish, nothing to tell.
        try test.generate()
        try test.generate(everything: true)
        #expect(try test.delivery.nextDue() == nil)

        try test.yank("a", "1", reason: "broken")
        try test.add([test.toy("a", "2", shelf: "x")])
        try test.generate()
        try test.remove("b")
        try test.generate()
        try test.add([test.toy("b", "1")])
        try test.generate()
        try test.delivery.deliverDue()
        let events = try test.toldOfPackages()
        #expect(events.map { $0.changes.map(\.action) } == [["add", "add"], ["yank", "add"], ["remove"], ["return"]])
        #expect(events[1].changes[0].reason == "broken" && events[1].changes[0].partitions == ["main/x"])
        #expect(events[2].changes[0].partitions == ["main/any"] && events[2].placed.isEmpty)
        #expect(events[3].placed == ["acme/toy/main/pool/b-1-any.toy", "acme/toy/main/pool/b-1-any.toy.facts"])
        #expect(Set(events.map(\.event)).count == 4)
        #expect(try test.catalog.deliveries().isEmpty)
    }

    /// A list of names is not published with every package; changes must not be told again when it is.
    @Test func `no change is told twice, and none is left out`() throws {
        let test = try TestSite(settings: TestSite.keeper)
        for version in 1...3 {
            try test.add([test.toy("a", "\(version)", shelf: "x")])
            try test.generate()
        }
        try test.add([test.toy("b", "1", shelf: "x")], group: "other")
        try test.add([test.toy("b", "2", shelf: "x")])
        try test.generate()
        try test.delivery.deliverDue()
        let changes = try test.toldOfPackages().map { $0.changes.map { "\($0.name) \($0.version)" } }
        #expect(changes == [["a 1"], ["a 2"], ["a 3"], ["b 1", "b 2"]])
    }

    @Test func `what vanishes is told and is to be purged`() throws {
        let test = try TestSite(settings: TestSite.keeper + "\nretention: 1h")
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        try test.remove("a")
        try test.generate()
        test.time.advance(7_200)
        try test.generate()
        try test.delivery.deliverDue()
        let removal = try #require(try test.toldOfPackages().last)
        #expect(removal.removed == ["acme/toy/main/names"] && removal.purge.contains("acme/toy/main/names"))
        // The end of the grace period is the site's affair.
        let end = try #require(try test.told().last)
        #expect(end.owner == "" && end.type == "" && end.changes.isEmpty)
        #expect(end.removed.contains("acme/toy/main/pool/a-1-x.toy") && end.purge.contains("acme/toy/main/pool/a-1-x.toy"))
    }

    @Test func `without a hook nothing is written, and a new hook is not told of the past`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let rows = try test.catalog.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT (SELECT COUNT(*) FROM event) + (SELECT MAX(told) FROM repository)")
        }
        #expect(rows == 0)
        try Files.replace(test.folder + "/indexgen.yaml", with: [UInt8](TestSite.keeper))
        let site = try TestSite.open(test.folder, test.time)
        _ = try Generator(site: site, catalog: test.catalog).run()
        try test.add([test.toy("a", "2", shelf: "x")])
        _ = try Generator(site: site, catalog: test.catalog).run()
        try HookDelivery(site: site, catalog: test.catalog, clock: test.time.clock).deliverDue()
        #expect(try test.toldOfPackages().map { $0.changes.map(\.version) } == [["2"]])
    }

    @Test(arguments: [
        ("[acme/toy]", true), ("[\"ac*/*\"]", true), ("[ACME/toy]", true), ("[other/toy]", false),
        ("[other/toy, \"*/toy\"]", true),
        ("[\"acme?/*\"]", false),
    ])
    func `a hook is told of the repositories that it names`(patterns: String, isTold: Bool) throws {
        let test = try TestSite(
            hook: "echo $INDEXGEN_OWNER/$INDEXGEN_TYPE:$INDEXGEN_PARTITIONS >> told", more: "for: \(patterns)")
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        try test.delivery.deliverDue()
        #expect(test.lines("told").filter { $0 != "/:" } == (isTold ? ["acme/toy:main/x"] : []))
    }

    @Test func `an event's lists are bounded and say so`() throws {
        let test = try TestSite(settings: TestSite.keeper)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.catalog.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(EventWriter.most))
                    INSERT INTO journal (at, actor, action, owner, type, package, version, path, sha256, detail, repository_id)
                    SELECT 0, 'x', 'remove', 'Acme', 'toy', 'p' || i, '1', 'p' || i, x'00', '', 1 FROM n
                    """)
        }
        try test.generate()
        try test.delivery.deliverDue()
        let event = try #require(try test.toldOfPackages().first)
        #expect(event.truncated && event.changes.count == EventWriter.most)
        #expect(event.changes.first?.name == "a" && event.changes.last?.name == "p\(EventWriter.most - 1)")
        // Those that did not fit are not told later either.
        try test.add([test.toy("a", "2", shelf: "x")])
        try test.generate()
        try test.delivery.deliverDue()
        #expect(try test.toldOfPackages().last?.changes.map(\.version) == ["2"])
    }
}
