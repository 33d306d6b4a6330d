import Formats
import Foundation
import Testing

@testable import IndexGen

/// One identity means one content, unless a replacement was asked for; one public path means one content for ever.
@Suite struct ReplacementTests {
    private static let plain = "acme/toy/main/pool/a-1-x.toy"

    private func prune(_ test: TestSite) throws {
        test.time.advance(25 * 3_600)
        try test.generate()
        _ = try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: false)
    }

    private func place(of path: String) throws -> String {
        "acme/toy/main/pool/\(Upload.generation(of: SHA256Digest.of(try Files.read(path))))/a-1-x.toy"
    }

    @Test func `a replacement has a path of its own, and the old bytes stay for the time of grace`() throws {
        let test = try TestSite()
        let (old, new) = (try test.toy("a", "1", shelf: "x"), try test.toy("a", "1", shelf: "x", body: "new"))
        try test.add([old, test.toy("b", "1", shelf: "x")])
        try test.generate()
        #expect(try test.add([new])[0].hasPrefix("refused"))
        test.time.advance(60)
        #expect(try test.add([new], replace: true) == ["added"])
        try test.generate()
        let place = try place(of: new)
        #expect(try Files.read("\(test.site.publicRoot)/\(place)") == Files.read(new))
        #expect(try Files.read("\(test.site.publicRoot)/\(Self.plain)") == Files.read(old))
        let index = try test.text("acme/toy/main/x/index")
        #expect(index.contains(Hex.string(Array(SHA256Digest.of(try Files.read(new)).prefix(4)))))
        #expect(!index.contains(Hex.string(Array(SHA256Digest.of(try Files.read(old)).prefix(4)))))
        #expect(index.hasPrefix("2 "))
        #expect(try test.faults() == [])
        #expect(try test.add([new]) == ["unchanged"], "also by who may not replace")
        let history = try test.catalog.history(HistoryQuery())
        #expect(history.prefix(2).map(\.action) == ["replace", "remove"])
        #expect(history[0].detail.contains(Hex.string(SHA256Digest.of(try Files.read(old)))))
        let incremental = try test.tree()
        #expect(try test.site.treeFromScratch() == incremental)

        try prune(test)
        #expect(try FileStatus.of("\(test.site.publicRoot)/\(Self.plain)") == nil)
        #expect(try test.faults() == [])
        // The old bytes may have the old path again, others never.
        #expect(try test.add([old], replace: true) == ["added"])
        try test.generate()
        #expect(try Files.read("\(test.site.publicRoot)/\(Self.plain)") == Files.read(old))
        #expect(try test.faults() == [])
        #expect(try test.site.treeFromScratch() == test.tree())
    }

    @Test func `back and forth within the time of grace brings the same files back`() throws {
        let test = try TestSite()
        let (old, new) = (try test.toy("a", "1", shelf: "x"), try test.toy("a", "1", shelf: "x", body: "new"))
        try test.add([old])
        try test.generate()
        let before = try test.tree()
        for round in 0..<3 {
            try test.add([new], replace: true)
            if round > 0 { try test.generate() }
            #expect(try test.add([old], replace: true) == ["returned"])
            try test.generate()
            #expect(try test.tree().keys.sorted() == before.keys.sorted())
            #expect(try test.faults() == [])
        }
        #expect(try test.catalog.repositories().count == 1)
    }

    @Test func `what was replaced and removed comes back to where it was, without a replacement`() throws {
        let test = try TestSite()
        let (old, new) = (try test.toy("a", "1", shelf: "x"), try test.toy("a", "1", shelf: "x", body: "new"))
        try test.add([old])
        try test.generate()
        try test.add([new], replace: true)
        try test.generate()
        let place = try place(of: new)
        for isPruned in [false, true] {
            try test.remove("a")
            try test.generate()
            if isPruned { try prune(test) }
            #expect(try test.add([old])[0].hasPrefix("refused"), "the identity means the new bytes")
            #expect(try test.add([new]) == [isPruned ? "added" : "returned"])
            try test.generate()
            #expect(try Files.read("\(test.site.publicRoot)/\(place)") == Files.read(new))
            #expect(try test.faults() == [])
        }
    }

    @Test func `owners of the setting are replaced without being told to`() throws {
        let test = try TestSite(settings: "mutable: [Nightly, 'sandbox-*']")
        let (old, new) = (try test.toy("a", "1", shelf: "x"), try test.toy("a", "1", shelf: "x", body: "new"))
        for owner in ["nightly", "sandbox-7"] {
            #expect(try test.add([old], owner: owner) == ["added"])
            #expect(try test.add([new], owner: owner) == ["added"])
        }
        #expect(try test.add([old], owner: "acme") == ["added"])
        #expect(try test.add([new], owner: "acme")[0].hasPrefix("refused"))
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `of many replacements at once one stays, and every path has its own bytes`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let toys = try (0..<8).map { try test.toy("a", "1", shelf: "x", body: String(repeating: "n", count: $0 + 1)) }
        for words in Parallel.map(toys, { toy in Result { try test.add([toy], replace: true) } }) {
            #expect(try words.get() == ["added"])
        }
        try test.generate()
        #expect(try test.text("acme/toy/main/x/index").hasPrefix("1 "))
        #expect(try test.faults() == [])
        #expect(try test.site.treeFromScratch() == test.tree())
    }

    @Test func `a replacement does not split what is listed twice in one scope`() throws {
        let test = try TestSite()
        let old = try test.toy("a", "1", shelf: "x")
        try test.add([old], group: "main")
        try test.add([old], group: "other")
        // The toy's claim is the repository's, its groups are scopes: another scope is nobody's concern.
        #expect(try test.add([test.toy("a", "1", shelf: "x", body: "new")], group: "main", replace: true) == ["added"])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `what was pruned before tombstones were kept is known by the journal`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.remove("a")
        try prune(test)
        try test.catalog.pool.write { db in
            try db.execute(
                sql: """
                    DROP TABLE tombstone; DELETE FROM meta WHERE key = 'newest';
                    DELETE FROM grdb_migrations WHERE identifier = '0008 tombstones and times'
                    """)
        }
        let site = try TestSite.open(test.folder, test.time)
        let catalog = try site.openCatalog()
        let intake = Intake(
            site: site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]), author: "tester")
        var words = ""
        try intake.take([test.toy("a", "1", shelf: "x", body: "other")]) { _, result in words = "\(result)" }
        #expect(words.contains("existed with other bytes"), "\(words)")
        try catalog.close()
    }
}
