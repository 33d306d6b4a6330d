import Formats
import Foundation
import Testing

@testable import IndexGen

/// The catalog counts how large the fragments of measured slots are, and what it counts is what they come to.
@Suite struct TallyTests {
    /// Partition and slot → bytes; what is 0 is left out.
    private typealias Counts = [String: Int]

    private func counts(_ catalog: Catalog, _ sql: String) throws -> Counts {
        let rows = try catalog.pool.read { try Row.fetchAll($0, sql: sql) }
        return Dictionary(uniqueKeysWithValues: rows.map { ("\($0[0] as Int64) \($0[1] as String)", $0[2] as Int) })
            .filter { $0.value != 0 }
    }

    private func counted(_ catalog: Catalog) throws -> Counts {
        try counts(catalog, "SELECT partition_id, s.name, bytes FROM tally t JOIN slot s ON s.id = t.slot_id")
    }

    /// Summed up by a query of the test's own.
    private func summed(_ catalog: Catalog, _ slots: [String]) throws -> Counts {
        let names = slots.map { "'\($0)'" }.joined(separator: ", ")
        return try counts(
            catalog,
            """
            SELECT l.partition_id, s.name, SUM(LENGTH(f.bytes)) FROM listing l
            JOIN fragment f ON f.file_id = l.file_id JOIN slot s ON s.id = f.slot_id
            WHERE l.removed_in IS NULL AND s.name IN (\(names)) GROUP BY 1, 2
            """)
    }

    @Test(arguments: 0..<4)
    func `after any additions, removals, returns, replacements, yanks and prunings the counts are the sums`(seed: UInt64) throws {
        let test = try TestSite(settings: "retention: 10s")
        var random = SplitMix(seed: 40 + seed)
        var largest = 0
        for step in 0..<80 {
            test.time.advance(Int64.random(in: 0...4, using: &random))
            let name = "p\(Int.random(in: 0..<6, using: &random))"
            let group = ["main", "other"][Int.random(in: 0..<2, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try test.remove(name, group: group)
            case 1: try test.yank(name, "1", reason: Bool.random(using: &random) ? "bad \(step)" : nil)
            case 2:
                try test.generate()
                _ = try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: false)
            default:
                let version = "\(Int.random(in: 0..<3, using: &random))"
                let body = "\(Int.random(in: 0..<2, using: &random))"
                try test.add(
                    [test.toy(name, version, shelf: ["any", "x"][step % 2], body: body, file: "\(step).toy")], group: group,
                    replace: Bool.random(using: &random))
            }
            let counted = try counted(test.catalog)
            #expect(try counted == summed(test.catalog, ["line"]), "step \(step)")
            largest = max(largest, counted.count)
            if step % 20 == 19 {
                try test.generate()
                #expect(try test.faults() == [])
            }
        }
        #expect(largest >= 5, "two groups with two shelves each, and lists of names")
    }

    @Test func `a package that is refused leaves no count`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        let before = try counted(test.catalog)
        #expect(!before.isEmpty)
        let words = try test.add([test.toy("a", "1", shelf: "x", body: "other bytes")])
        #expect(words[0].hasPrefix("refused"), "\(words)")
        #expect(try counted(test.catalog) == before)
    }

    @Test func `the count is what documents are told`() throws {
        let test = try TestSite()
        try test.add([test.toy("b", "1", shelf: "x"), test.toy("a", "2", shelf: "x"), test.toy("c", "2", shelf: "x")])
        try test.remove("c")
        try test.generate()
        let index = try test.text("acme/toy/main/x/index")
        let lines = index.split(separator: "\n").filter { $0.hasPrefix("a ") || $0.hasPrefix("b ") }
        #expect(index.hasPrefix("2 \(lines.reduce(0) { $0 + $1.utf8.count + 1 })\n"))
    }

    @Test func `a catalog of an older program is counted when it is opened`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1"), test.toy("c", "1", shelf: "x")])
        try test.remove("c")
        try test.generate()
        let (before, tree) = (try counted(test.catalog), try test.tree())
        // As it was before there were counts.
        try test.catalog.pool.write { db in
            let triggers = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tally%'")
            #expect(triggers.count == 4)
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger)") }
            try db.execute(
                sql: """
                    DROP TABLE tally; ALTER TABLE slot DROP COLUMN measured;
                    DELETE FROM grdb_migrations WHERE identifier = '0016 tallies'
                    """)
        }
        let catalog = try TestSite.open(test.folder, test.time).openCatalog()
        #expect(try counted(catalog) == before)
        #expect(before.count == 3)
        _ = try Generator(site: test.site, catalog: catalog).run(everything: true)
        #expect(try test.tree() == tree)
        try catalog.close()
    }

    @Test func `a slot that is measured from now on is counted with what is there, and others go on`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1")])
        let catalog = try Catalog(file: test.site.catalogFile, clock: test.time.clock, measuring: ["title", "unheard of"])
        #expect(try counted(catalog) == summed(catalog, ["line", "title"]))
        try test.add([test.toy("c", "1", shelf: "x")])
        try test.remove("a")
        #expect(try counted(catalog) == summed(catalog, ["line", "title"]))
        #expect(try counted(catalog).count == 6)
        try catalog.close()
    }

    @Test func `verify names a wrong count, and a repair mends it with what was made of it`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        try test.catalog.pool.write { try $0.execute(sql: "UPDATE tally SET bytes = bytes + 1") }
        let faults = try test.faults()
        #expect(faults.map(\.path) == ["state/catalog.sqlite", "state/catalog.sqlite"])
        #expect(faults.first?.what == "counts 16 bytes of 'line' in acme/toy main x, and has 15; run: indexgen verify --repair")
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        #expect(try test.text("acme/toy/main/x/index").hasPrefix("2 31\n"))
        try test.catalog.countAnew()
        try test.generate(everything: true)
        #expect(try test.text("acme/toy/main/x/index").hasPrefix("2 30\n"))
        #expect(try test.faults() == [])
    }
}
