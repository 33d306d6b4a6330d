import Formats
import Foundation
import Testing

@testable import IndexGen

@Suite struct NewerCatalogTests {
    @Test func `a catalog that a newer program migrated is refused, with the version that it needs`() throws {
        let test = try TestSite()
        #expect(try test.catalog.memory("program") == Array(Version.number.utf8))
        try test.catalog.pool.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999 something new')")
            try db.execute(sql: "UPDATE meta SET value = '7.1.0' WHERE key = 'program'")
        }
        do {
            _ = try TestSite.open(test.folder, test.time).openCatalog()
            Issue.record("it was opened")
        } catch let error as Catalog.NewerCatalog {
            #expect(
                error.description.contains("written by indexgen ≥ 7.1.0 (it has '9999 something new'); this is \(Version.number)")
            )
        }
    }

    @Test func `the site's own folders are never taken in, by whatever way they are reached`() throws {
        let test = try TestSite()
        let toy = try test.toy("a", "1", shelf: "x")
        try test.add([toy])
        try test.generate()
        let link = test.folder + "-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: test.folder)
        try FileManager.default.createSymbolicLink(
            atPath: test.folder + "/inbox/blob.toy",
            withDestinationPath: test.site.blobs.path(of: SHA256Digest.of(try Files.read(toy))))
        defer { try? FileManager.default.removeItem(atPath: link) }
        func find(_ paths: [String]) throws -> PackageFinder { try PackageFinder(in: paths, besides: test.site) }
        for folder in [test.folder, link, test.folder + "/inbox/../"] {
            let found = try find([folder])
            #expect(
                found.files.map { Files.name(of: $0.path) }.sorted() == ["a-1-x-0.toy", "indexgen.yaml"], "\(found.files)")
            #expect(found.own.map { Files.name(of: $0.path) }.sorted() == ["blob.toy", "public", "state"])
            #expect(found.own.allSatisfy { !$0.named })
        }
        let named = try find([link + "/public/acme", test.site.publicRoot + "/acme/toy/main/Root"])
        #expect(named.files.isEmpty && named.own.count == 2 && named.own.allSatisfy(\.named))
    }
}
