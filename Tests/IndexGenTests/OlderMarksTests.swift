import Formats
import Foundation
import Testing

@testable import IndexGen

/// A catalog as the version before marks left it: yanked files and coordinates are properties, and repositories have no segment.
/// Opened, it means what it meant.
@Suite struct OlderMarksTests {
    private static let last = "0016 tallies"

    private func age(_ test: TestSite) throws {
        try test.age(to: Self.last) { db in
            try db.execute(
                sql: """
                    INSERT INTO property (subject, subject_id, name, value)
                        SELECT 'file', file_id, name, value FROM newer.coordinate;
                    INSERT INTO property (subject, subject_id, name, value)
                        SELECT m.subject, m.subject_id, m.name, m.value FROM newer.mark m JOIN newer.file f ON f.id = m.subject_id
                        WHERE m.name = 'yanked' AND (m.cleared_in IS NULL OR m.cleared_in = f.removed_in);
                    """)
        }
    }

    private func files(_ catalog: Catalog) throws -> [String] {
        try catalog.repositories().flatMap { row in
            try catalog.snapshot { snapshot in
                try snapshot.files(in: row).map { file in
                    let again = try catalog.rerendering(file, in: snapshot.db)
                    let coordinates = again.upload.coordinates.names.sorted().map {
                        "\($0)=\(again.upload.coordinates[$0] ?? "")"
                    }
                    return "\(file.path) \(file.annotations.all.map { "\($0.kind) \($0.key) \($0.value)" }) \(coordinates)"
                }
            }
        }
    }

    private func filled() throws -> TestSite {
        let test = try TestSite(settings: "toy: {catalogue: true}")
        for owner in ["acme", "Other"] {
            for group in ["main", "side"] {
                try test.add(
                    [
                        test.toy("ball", "1", shelf: "red"), test.toy("cube", "\(group)1"),
                        test.toy("dice", "\(group)2", shelf: "blue"),
                    ],
                    group: group, owner: owner)
            }
        }
        for (name, version, reason) in [("ball", "1", "torn"), ("cube", "main1", ""), ("dice", "main2", "gone")] {
            for row in try test.catalog.repositories() {
                let files = try test.catalog.snapshot { try $0.files(in: row, name: name, version: version) }
                try test.catalog.mark(
                    files, MarkChange(kind: .yanked, value: reason, customs: 0), author: "tester",
                    render: test.site.rendering(Toy()))
            }
        }
        // Of the first owner in byte order: one whose mark was moved, one that is gone, and one that is back.
        try test.yank("ball", "1", reason: "burst")
        try test.remove("dice", "main2")
        let cube = try test.toy("cube", "side1")
        try test.yank("cube", "side1", reason: "back")
        try test.remove("cube", "side1")
        try test.add([cube], group: "side", owner: "Other")
        try test.generate()
        return test
    }

    @Test func `marks, coordinates, segments of paths and the tree are what they were`() throws {
        let test = try filled()
        let tree = try test.tree(), before = try files(test.catalog), history = try test.catalog.history(HistoryQuery())
        try #require(before.contains { $0.contains("yanked  burst") } && before.contains { $0.contains("group=side") })
        try age(test)

        let site = try TestSite.open(test.folder, test.time)
        let catalog = try site.openCatalog()
        #expect(try files(catalog) == before)
        #expect(try catalog.history(HistoryQuery()) == history)
        #expect(try catalog.repositories().map(\.path) == ["Other/toy", "acme/toy"])
        let segments = try catalog.snapshot { try String.fetchAll($0.db, sql: "SELECT segment FROM repository") }
        #expect(segments == ["toy", "toy"])
        let tables = try catalog.snapshot { try $0.db.tableExists("property") }
        #expect(!tables)
        // Nothing is due, and everything made anew is the same.
        #expect(try Generator(site: site, catalog: catalog).run() == Generator.Summary())
        #expect(try site.publicDigests(catalog) == tree)
        #expect(try Verifier(site: site, catalog: catalog).run().faults == [])
        #expect(try site.treeFromScratch() == tree)
        try catalog.close()
    }

    @Test func `what was yanked knows by which change, and what went away took its mark with it`() throws {
        let test = try filled()
        try age(test)
        let catalog = try TestSite.open(test.folder, test.time).openCatalog()
        let journal = try catalog.history(HistoryQuery())
        let rows = try catalog.snapshot { snapshot in
            try Row.fetchAll(
                snapshot.db,
                sql: """
                    SELECT m.set_in, m.cleared_in, f.path, f.removed_in, r.owner, m.value FROM mark m
                    JOIN file f ON f.id = m.subject_id
                    JOIN repository r ON r.id = f.repository_id WHERE m.subject = 'file' AND m.name = 'yanked'
                    """)
        }
        try #require(rows.count >= 6)
        var gone = 0
        for row in rows {
            let (set, cleared, removed) = (row[0] as Int64, row[1] as Int64?, row[3] as Int64?)
            let (path, owner, value) = (row[2] as String, row[4] as String, row[5] as String)
            let entry = try #require(journal.first { $0.id == set })
            #expect(entry.action == "yank" && entry.detail == value, "\(path)")
            #expect(entry.path == path && entry.owner == owner, "\(path)")
            #expect(cleared == removed, "\(path)")
            if cleared != nil { gone += 1 }
        }
        #expect(gone == 1)
        try catalog.close()
    }

    @Test func `it goes on from there: marks are taken back, packages come and go, new kinds are set`() throws {
        let test = try filled()
        try age(test)
        let site = try TestSite.open(test.folder, test.time)
        let catalog = try site.openCatalog()
        let row = try #require(try catalog.repositories(owner: "acme", type: "toy").first)
        func set(_ kind: MarkKind, _ name: String, key: String = "", _ value: String?) throws -> Int {
            let files = try catalog.snapshot { try $0.files(in: row, name: name) }
            return try catalog.mark(
                files, MarkChange(kind: kind, key: key, value: value, customs: 0), author: "tester", render: site.rendering(Toy())
            ).count
        }
        #expect(try set(.yanked, "ball", nil) == 2)
        #expect(try set(Toy().profile.marks[2], "cube", key: "front", "fun") == 2)
        _ = try Generator(site: site, catalog: catalog).run()
        let text = String(decoding: try Files.read("\(site.publicRoot)/acme/toy/main/red/index"), as: UTF8.self)
        #expect(!text.contains("YANKED torn") && text.contains("label front fun"), "\(text)")
        let grown = try site.publicDigests(catalog)
        #expect(try site.treeFromScratch() == grown)
        #expect(try Verifier(site: site, catalog: catalog).run().faults == [])
        try catalog.close()
    }

    @Test func `from every older version on, a catalog comes to the tables that a new one has`() throws {
        func schema(_ db: Database) throws -> [String] {
            try String.fetchAll(
                db,
                sql:
                    """
                    SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master
                    WHERE name NOT LIKE 'sqlite%' ORDER BY 1
                    """
            )
        }
        let fresh = try Database(":memory:")
        try CatalogSchema.migrator.migrate(fresh)
        for version in CatalogSchema.migrator.migrations {
            let older = try Database(":memory:")
            try CatalogSchema.migrator.migrate(older, upTo: version)
            try CatalogSchema.migrator.migrate(older)
            #expect(try schema(older) == schema(fresh), "\(version)")
        }
    }
}
