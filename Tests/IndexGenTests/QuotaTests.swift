import Formats
import Testing

@testable import IndexGen

/// How much owners may have.
@Suite struct QuotaTests {
    private func size(_ test: TestSite) throws -> Int {
        try test.catalog.pool.read {
            try Int.fetchOne($0, sql: "SELECT SUM(b.size) FROM file f JOIN blob b ON b.id = f.blob_id") ?? 0
        }
    }

    private func usage(_ test: TestSite, _ owner: String = "acme") throws -> Usage {
        try test.catalog.usage(owner: owner, type: nil)
    }

    @Test func `the last file that fits is taken, and the next is refused with the figures`() throws {
        let test = try TestSite(settings: "quotas: {\"ac*\": {files: 2}}")
        #expect(try test.add([test.toy("a", "1"), test.toy("b", "1")]) == ["added", "added"])
        let third = try test.add([test.toy("c", "1")])
        #expect(third.first?.contains("acme has 2 of the 2 files that it may have") == true, "\(third)")
        // What is there already, and other owners' files, are none of its concern.
        #expect(try test.add([test.toy("a", "1")]) == ["unchanged"])
        #expect(try test.add([test.toy("c", "1")], owner: "other") == ["added"])
        #expect(try usage(test).files == 2)
    }

    @Test func `all that come in at once are counted together, in one transaction and in many`() throws {
        let test = try TestSite(settings: "quotas: {acme/toy: {bytes: 1 KiB}}")
        let words = try test.add((0..<20).map { try test.toy("p\($0)", "1", body: String(repeating: "b", count: 100)) })
        let taken = words.filter { $0 == "added" }.count
        let all = try size(test)
        #expect(taken > 0 && taken < 20 && all <= 1_024)
        #expect(try usage(test) == Usage(files: taken, bytes: all))
        // Groups over the endpoint's way, from many threads.
        let late = try (0..<16).map { try test.arrived("toy q\($0) 1 any\n") }
        let (catalog, blobs) = (test.catalog, test.site.blobs)
        _ = Parallel.map(late) { admission in
            Result<Void, any Error> { _ = try catalog.take(groups: [[admission]], blobs: blobs) }
        }
        #expect(try size(test) <= 1_024)
        #expect(try usage(test).bytes == size(test))
    }

    @Test func `removed packages count until they are pruned`() throws {
        let test = try TestSite(settings: "quotas: {acme: {files: 1}}\nretention: 10s")
        try test.add([test.toy("a", "1")])
        try test.generate()
        try test.remove("a")
        try test.generate()
        #expect(try test.add([test.toy("b", "1")]) != ["added"])
        test.time.advance(100)
        try test.generate()
        try test.catalog.prune()
        #expect(try usage(test) == Usage(files: 0, bytes: 0))
        #expect(try test.add([test.toy("b", "1")]) == ["added"])
    }

    @Test func `a catalog of before has its counters filled in`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1"), test.toy("b", "1")])
        let before = try usage(test)
        try test.catalog.pool.write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER usage_begins; DROP TRIGGER usage_ends; DROP TRIGGER usage_falls;
                    DROP TRIGGER usage_changes; DROP TABLE usage; DROP INDEX refusal_stranger;
                    ALTER TABLE refusal DROP COLUMN stranger; DELETE FROM grdb_migrations WHERE identifier LIKE '0012%' OR identifier LIKE '0015%'
                    """)
        }
        let again = try test.site.openCatalog()
        #expect(try again.usage(owner: "ACME", type: "toy") == before && before.files == 2)
        try again.close()
    }

    @Test func `settings say how much, and what they cannot mean is refused`() throws {
        let quotas = try SettingsFile.read(
            [UInt8]("quotas:\n  \"sandbox-*\": {bytes: 10 GiB, files: 1000}\n  acme/toy: {bytes: 1048576}\n"), named: "x",
            for: Ecosystems([Toy()])
        ).quotas
        #expect(
            quotas == [
                Quota(pattern: "sandbox-*", bytes: 10 << 30, files: 1_000),
                Quota(pattern: "acme/toy", bytes: 1 << 20, files: nil),
            ])
        #expect(quotas[0].covers(owner: "Sandbox-1", type: "toy") && !quotas[0].covers(owner: "acme", type: "toy"))
        #expect(quotas[1].covers(owner: "acme", type: "toy") && !quotas[1].covers(owner: "acme", type: "rpm"))
        for text in [
            "acme: {}", "acme: {bytes: many}", "acme: {bytes: -1}", "acme: {bytes: 9999999999 TiB}", "acme/x/y: {files: 1}",
            "acme/nothing: {files: 1}", "acme: {rooms: 1}", "/toy: {files: 1}",
        ] {
            #expect(throws: SettingsError.self) {
                try SettingsFile.read([UInt8]("quotas:\n  \(text)\n"), named: "x", for: Ecosystems([Toy()]))
            }
        }
    }
}
