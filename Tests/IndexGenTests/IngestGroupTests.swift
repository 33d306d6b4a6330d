import Formats
import Foundation
import Testing

@testable import IndexGen

/// Files that come in together or not at all.
@Suite struct IngestGroupTests {
    private func rows(_ catalog: Catalog) throws -> [String: Int] {
        try catalog.pool.read { db in
            var counts: [String: Int] = [:]
            for table in [
                "repository", "package", "version", "file", "blob", "claim", "journal", "scope", "partition", "listing", "slot",
                "fragment", "coordinate", "mark",
            ] {
                counts[table] = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(table)")
            }
            counts["revisions"] = try Int.fetchOne(db, sql: "SELECT COALESCE(SUM(revision), 0) FROM scope")
            return counts
        }
    }

    private func words(_ outcome: GroupOutcome) -> [String] {
        switch outcome {
        case .taken(let outcomes):
            outcomes.map {
                switch $0 {
                case .added: "added"
                case .returned: "returned"
                case .unchanged: "unchanged"
                case .refused: "refused"
                }
            }
        case .refused(let refusals): refusals.map { "\($0.admission.source): \($0.refusal.cause)" }
        case .lost(let lost): ["\(lost)"]
        }
    }

    private func take(_ test: TestSite, _ groups: [[Admission]]) throws -> [[String]] {
        try test.catalog.take(groups: groups, blobs: test.site.blobs).map { words($0) }
    }

    @Test func `all of a group come in, and again they are unchanged`() throws {
        let test = try TestSite()
        func group() throws -> [Admission] { [try test.arrived("toy a 1 x\n"), try test.arrived("toy b 1 y\n")] }
        #expect(try words(test.catalog.takeTogether(group(), blobs: test.site.blobs)) == ["added", "added"])
        #expect(try take(test, [group()]) == [["unchanged", "unchanged"]])
        try test.generate()
        #expect(try test.faults() == [])
        #expect(try take(test, [[]]) == [[]], "nothing is taken whole")
    }

    @Test func `one refused file keeps out the others: no row, no blob, no staged file`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1")])
        try test.generate()
        let before = try rows(test.catalog), blobs = try test.blobPaths(), tree = try test.tree()
        // The first brings a new scope, partition and package; the second and third are refused.
        let outcome = try take(
            test,
            [
                [
                    test.arrived("toy new 1 x\n", group: "new", filename: "new.toy"),
                    test.arrived("toy a 1\nother", filename: "a.toy"),
                    test.arrived("toy A 1\nthird", filename: "A.toy"),
                    test.arrived("toy last 1\n" + String(repeating: "z", count: 400_000), filename: "last.toy"),
                ]
            ])
        #expect(outcome == [["a.toy: conflict", "A.toy: conflict"]])
        #expect(try rows(test.catalog) == before)
        #expect(try test.blobPaths() == blobs)
        #expect(try test.stagedFiles() == [])
        try test.generate()
        #expect(try test.tree() == tree)
        #expect(try test.faults() == [])
    }

    @Test func `what a refused group looked up or made is forgotten before the next group of the transaction`() throws {
        let test = try TestSite()
        try test.add([test.toy("old", "1")], group: "old")
        func bad() throws -> Admission { try test.arrived("toy old 1\nother", group: "old", filename: "old.toy") }
        func fresh(_ name: String) throws -> Admission { try test.arrived("toy \(name) 1 x\n", group: "new") }
        // Each refused group makes the same blob, scope, partition and slot rows as the taken ones around it.
        let outcomes = try take(
            test,
            [
                [fresh("a"), bad()], [fresh("a")], [fresh("b"), bad()], [fresh("c"), fresh("b")], [fresh("c"), bad()],
                [fresh("a")],
            ])
        #expect(
            outcomes == [
                ["old.toy: conflict"], ["added"], ["old.toy: conflict"], ["added", "added"], ["old.toy: conflict"], ["unchanged"],
            ])
        try test.generate()
        #expect(try test.text("acme/toy/new/x/index").hasPrefix("3 "))
        #expect(try test.faults() == [])
        #expect(try test.site.treeFromScratch() == test.tree())
    }

    @Test func `a group may hold a removed file that returns, the same file twice, and one whose blob was lost`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "x")])
        try test.generate()
        try test.remove("a")
        try test.generate()
        let row = try #require(try test.catalog.repositories().first)
        let lost = try #require(try test.catalog.snapshot { try $0.files(in: row, name: "b") }.first)
        try Files.remove(test.site.blobs.path(of: lost.sha256))
        try Files.remove("\(test.site.publicRoot)/acme/toy/main/pool/b-1-x.toy")
        let outcome = try take(
            test,
            [[test.arrived("toy a 1 x\n"), test.arrived("toy b 1 x\n"), test.arrived("toy c 1\n"), test.arrived("toy c 1\n")]])
        #expect(outcome == [["returned", "unchanged", "added", "unchanged"]])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `a rolled-back return stays removed`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "x")])
        try test.generate()
        try test.remove("a")
        try test.generate()
        let before = try rows(test.catalog)
        let outcome = try take(test, [[test.arrived("toy a 1 x\n"), test.arrived("toy b 1 x\nother", filename: "b.toy")]])
        #expect(outcome == [["b.toy: conflict"]])
        #expect(try rows(test.catalog) == before)
        try test.generate()
        #expect(try test.text("acme/toy/main/x/index").hasPrefix("1 "))
        #expect(try test.faults() == [])
    }

    // MARK: A chart and its provenance file

    private static func provenance(of chart: [UInt8], sha256: [UInt8]? = nil) -> [UInt8] {
        let digest = Hex.string(sha256 ?? SHA256Digest.of(chart))
        return [UInt8](
            """
            -----BEGIN PGP SIGNED MESSAGE-----
            Hash: SHA512

            apiVersion: v2
            name: indexgen-hello
            version: 1.0.0

            ...
            files:
              indexgen-hello-1.0.0.tgz: sha256:\(digest)
            -----BEGIN PGP SIGNATURE-----

            iQ==
            -----END PGP SIGNATURE-----

            """)
    }

    @Test(arguments: [true, false])
    func `a provenance file comes in with its chart, whichever stands first`(chartFirst: Bool) throws {
        let site = try RealSite(signed: false)
        let chart = try Files.read(SampleFiles.path("helm/indexgen-hello-1.0.0.tgz"))
        let intake = Intake(
            site: site.site, catalog: site.catalog, owner: "acme", type: "helm", coordinates: Coordinates(), author: "tester")
        func admit(_ bytes: [UInt8], _ name: String) throws -> Admission {
            let receiver = ContentReceiver(staging: site.site.staging, limit: 1 << 20)
            try receiver.append(bytes)
            return try intake.admit(receiver.finish(modified: Timestamp(seconds: 0)), filename: name)
        }
        func send(_ prov: [UInt8]) throws -> GroupOutcome {
            let files = [try admit(chart, "indexgen-hello-1.0.0.tgz"), try admit(prov, "indexgen-hello-1.0.0.tgz.prov")]
            return try site.catalog.takeTogether(chartFirst ? files : files.reversed(), blobs: site.site.blobs)
        }
        let wrong = try send(Self.provenance(of: chart, sha256: [UInt8](repeating: 1, count: 32)))
        #expect(words(wrong) == ["indexgen-hello-1.0.0.tgz.prov: conflict"])
        #expect(try rows(site.catalog)["file"] == 0, "the chart did not come in alone")
        #expect(try words(send(Self.provenance(of: chart))) == ["added", "added"])
        #expect(try words(send(Self.provenance(of: chart))) == ["unchanged", "unchanged"])
        try site.generate()
        #expect(try site.tree().keys.contains("acme/helm/indexgen-hello-1.0.0.tgz.prov"))
        #expect(try site.faults() == [])
    }
}
