import Formats
import Foundation
import Testing

@testable import IndexGen

/// A change is never dated later than now: what was published under a clock that was ahead is taken back.
@Suite struct TimeTests {
    private static let year: Int64 = 365 * 86_400

    private func time(of test: TestSite) throws -> String {
        try String(test.text("acme/toy/main/Root").prefix(20))
    }

    @Test func `after a clock was ahead, the next change is dated now, and so is all that was dated ahead`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        test.time.advance(9 * Self.year)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.add([test.toy("c", "1", shelf: "x")], group: "other")
        try test.generate()
        test.time.advance(60 - 9 * Self.year)
        let now = test.time.clock.now()
        let report = try Verifier(site: test.site, catalog: test.catalog).run()
        #expect(report.faults.map(\.path) == ["acme/toy"], "\(report.faults)")
        #expect(report.faults.first?.what.contains("dated later than now, up to 2036-01-13") == true, "\(report.faults)")

        try test.add([test.toy("d", "1", shelf: "x")])
        try test.generate()
        #expect(try time(of: test) == now.rfc3339)
        #expect(try test.text("acme/toy/other/Root").hasPrefix(now.rfc3339), "also where nothing changed since")
        #expect(try test.faults() == [])
        #expect(try test.catalog.history(HistoryQuery()).allSatisfy { $0.at <= now })
        let (scratch, tree) = (try test.site.treeFromScratch(), try test.tree())
        #expect(Set(scratch.keys).symmetricDifference(tree.keys) == [])
        #expect(tree.filter { scratch[$0.key] != $0.value }.keys.sorted() == [])
        #expect(try test.generate() == Generator.Summary(), "once is enough")
    }

    @Test func `generate alone takes a wrong time back, and grace periods end`() throws {
        let test = try TestSite(settings: "retention: 1h")
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        test.time.advance(Self.year)
        try test.remove("a")
        try test.generate()
        test.time.advance(60 - Self.year)
        #expect(try test.generate().rendered > 0)
        #expect(try time(of: test) == test.time.clock.now().rfc3339)
        #expect(try test.faults() == [])
        test.time.advance(3_601)
        try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/pool/a-1-x.toy") == nil)
    }

    @Test func `what a clock that was behind has dated is dated anew once the clock is right`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let held = try time(of: test)
        test.time.advance(-Self.year)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        #expect(try time(of: test) < held)
        test.time.advance(Self.year + 60)
        try test.generate()
        #expect(try time(of: test) == test.time.clock.now().rfc3339, "clients that hold the first version take this one")
        #expect(try test.faults() == [])
        #expect(try test.generate() == Generator.Summary(), "once is enough")
    }

    @Test func `a clock that is a little behind moves nothing back`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let before = try time(of: test)
        test.time.advance(-Clock.tolerance)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        #expect(try time(of: test) == before)
        #expect(try test.faults() == [])
    }

    @Test func `modification times that lie far ahead go back, others move forward`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let root = "\(test.site.publicRoot)/acme/toy/main/Root"
        let ahead = test.time.clock.now().seconds + Self.year
        try Files.setModified(root, Timestamp(seconds: ahead))
        #expect(try test.faults().map(\.path) == ["public"])
        test.time.advance(10)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        let modified = try #require(try FileStatus.of(root)).modified
        #expect(modified.seconds <= test.time.clock.now().seconds)
        #expect(try test.faults() == [])
        try Files.setModified(root, Timestamp(seconds: ahead))
        try Publisher(site: test.site).mend(horizon: test.site.clock.horizon)
        #expect(try test.faults() == [])
    }

    @Test(arguments: ["helm", "pypi"]) func `the moments of arrival in an index are taken back`(type: String) throws {
        let site = try RealSite()
        site.time.advance(9 * Self.year)
        try site.addCorpora()
        try site.generate()
        site.time.advance(60 - 9 * Self.year)
        try site.generate()
        let texts = try site.plainIndexes().filter { $0.0.contains("acme/\(type)/") }.map(\.1)
        #expect(texts.contains { $0.contains("2027-01-") }, "it says when they came in")
        #expect(texts.allSatisfy { !$0.contains("2036-01-") })
        #expect(try site.faults() == [])
        #expect(
            try site.site.treeFromScratch().filter { $0.key.contains("/\(type)/") }
                == site.tree().filter { $0.key.contains("/\(type)/") })
    }

    // MARK: Validity

    @Test func `a distribution is signed anew when half of its time is over, by generate alone`() throws {
        let site = try RealSite(settings: "debian: {valid_for_days: 8}")
        try site.addCorpora(0..<1)
        try site.generate()
        func release() throws -> String {
            let path = try #require(try site.tree().keys.first { $0.hasSuffix("/Release") })
            return String(decoding: try Files.read("\(site.site.publicRoot)/\(path)"), as: UTF8.self)
        }
        let first = try release()
        #expect(first.contains("Valid-Until: Sat, 23 Jan 2027"), "\(first)")
        site.time.advance(3 * 86_400)
        #expect(try site.generate() == Generator.Summary(), "not before")
        site.time.advance(2 * 86_400)
        #expect(try site.generate().rendered > 0)
        #expect(try release().contains("Valid-Until: Thu, 28 Jan 2027"))
        #expect(try site.catalog.history(HistoryQuery()).first?.action == "renew")
        #expect(try site.faults() == [])
        #expect(try site.generate() == Generator.Summary())

        site.time.advance(7 * 86_400)
        let near = try Verifier(site: site.site, catalog: site.catalog).run()
        #expect(near.faults == [] && near.warnings.contains { $0.path.hasPrefix("acme/debian/") }, "\(near.warnings)")
        site.time.advance(2 * 86_400)
        #expect(try site.faults().contains { $0.what.hasPrefix("clients have refused it since 2027-01-28") })
        try site.generate()
        #expect(try site.faults() == [])
    }
}
