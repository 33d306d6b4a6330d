import Formats
import Testing

@testable import IndexGen

/// Commits wait for the disk, whatever a session's settings were; reading writes nothing.
@Suite struct DurableCatalogTests {
    /// 2: FULL (sqlite.org/pragma.html#pragma_synchronous).
    private func synchronous(_ catalog: Catalog) throws -> Int? {
        try catalog.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    @Test func `the writer syncs every commit`() throws {
        let test = try TestSite()
        #expect(try synchronous(test.catalog) == 2)
        let other = try TestSite.open(test.folder, test.time).openCatalog()
        #expect(try synchronous(other) == 2)
        try other.close()
    }

    @Test func `packages come in durably though something made commits lazy in between`() throws {
        let test = try TestSite()
        try test.catalog.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        #expect(try test.add([test.toy("a", "1")]) == ["added"])
        #expect(try synchronous(test.catalog) == 2)
    }

    @Test func `a long log is emptied between transactions`() throws {
        let test = try TestSite()
        let log = test.site.catalogFile + "-wal"
        try test.catalog.pool.write { db in
            try db.execute(sql: "CREATE TABLE ballast (bytes BLOB)")
            for _ in 0..<40 { try db.execute(sql: "INSERT INTO ballast VALUES (zeroblob(1000000))") }
        }
        #expect(try FileStatus.of(log)?.size ?? 0 > 32 << 20)
        try test.catalog.tendLog()
        #expect(try FileStatus.of(log)?.size == 0)
        #expect(try test.add([test.toy("a", "1")]) == ["added"])
        #expect(try !Verifier(site: test.site, catalog: test.catalog).run().pending.isEmpty, "not generated yet")
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `who only reads leaves the catalog's files as they are`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1")])
        try test.catalog.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try test.catalog.close()
        let before = try Files.read(test.site.catalogFile)
        let catalog = try test.site.openCatalog()
        #expect(try catalog.repositories().map(\.path) == ["acme/toy"])
        #expect(try FileStatus.of(test.site.catalogFile + "-wal")?.size == 0)
        try catalog.close()
        #expect(try Files.read(test.site.catalogFile) == before)
    }

    @Test func `what a damaged row says of a type that it has not is an error, and no crash`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1")])
        try test.catalog.pool.write { try $0.execute(sql: "UPDATE journal SET at = 'yesterday'") }
        do {
            _ = try test.catalog.history(HistoryQuery())
            Issue.record("it was read")
        } catch let error as DatabaseError {
            #expect(error.message == "column 1 (at) is a text, and Int64 was asked for")
            #expect(error.sql.contains("FROM journal"))
        }
        #expect(try test.catalog.repositories().count == 1, "the next one reads what is sound")
    }

    @Test func `the store holds few of its folders open`() throws {
        let test = try TestSite()
        try test.add((0..<120).map { try test.toy("a\($0)", "1", body: "\($0)") })
        #expect(try test.site.blobs.all().count >= 120)
        #expect(test.site.blobs.openShelves <= 32)
        try test.generate()
        #expect(test.site.blobs.openShelves <= 32)
        #expect(try test.faults() == [])
    }

    @Test func `a stamp proves nothing when it is damaged, older, or missing`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1")])
        let file = test.site.state + "/catalog.stamp"
        let stamp = try Files.read(file)
        #expect(try test.catalog.stamp.read()?.change == 1)
        try test.add([test.toy("b", "1")])
        #expect(try test.catalog.stamp.read()?.change == 2)
        try test.catalog.close()
        for bytes in [stamp, [], Array(stamp.dropLast()), [UInt8](repeating: 0, count: stamp.count), stamp.map { $0 ^ 1 }] {
            try Files.replace(file, with: bytes, mode: 0o600)
            let catalog = try test.site.openCatalog()
            #expect(try catalog.ahead() == nil)
            #expect(try catalog.stamp.read()?.change == 2)
            try catalog.close()
        }
    }
}
