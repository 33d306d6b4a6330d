import Formats
import Testing

@testable import IndexGen

/// `prune` deletes what nothing needs, and nothing else.
@Suite struct PruneTests {
    private func prune(_ test: TestSite, rehearsing: Bool = false) throws -> Pruner.Report {
        try test.generate()
        return try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: rehearsing)
    }

    private func blobs(_ test: TestSite) throws -> Set<String> {
        var found: Set<String> = []
        try Files.walk(test.site.blobs.root) { path, _ in found.insert(path) }
        return found
    }

    @Test func `a removed package goes when its grace period is over, and its name means the same bytes for ever`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "x")])
        try test.generate()
        let all = try blobs(test)
        try test.remove("a")
        #expect(try prune(test).packages == [], "it is public for another day")
        test.time.advance(25 * 3_600)
        #expect(try prune(test, rehearsing: true).packages.count == 2, "the toy and its facts")
        #expect(try blobs(test) == all)
        let report = try prune(test)
        #expect(report.packages == ["acme/toy/main/pool/a-1-x.toy", "acme/toy/main/pool/a-1-x.toy.facts"])
        #expect(try blobs(test).count == all.count - 2)
        #expect(try test.faults() == [])
        #expect(try prune(test).packages == [])

        let words = try test.add([test.toy("a", "1", shelf: "x", body: "other bytes")])
        #expect(words.count == 1 && words[0].hasPrefix("refused"), "\(words)")
        #expect(words[0].contains("a 1 existed with other bytes") && words[0].contains("pruned on 2027-01-16"), "\(words)")
        #expect(try test.add([test.toy("a", "1", shelf: "x")]) == ["added"], "the same bytes are welcome")
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `a blob that another package has stays`() throws {
        let test = try TestSite()
        let toy = try test.toy("a", "1", shelf: "x")
        try test.add([toy], group: "main")
        try test.add([toy], group: "other")
        try test.generate()
        let all = try blobs(test)
        try test.remove("a", group: "other")
        test.time.advance(25 * 3_600)
        #expect(try prune(test).packages.count == 2)
        #expect(try blobs(test) == all)
        #expect(try test.faults() == [])
    }

    @Test func `what a crash left in the blob store goes`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        let all = try blobs(test)
        let orphan = test.site.blobs.path(of: Array(repeating: 0xAB, count: 32))
        try Files.makeFolder(Files.folder(of: orphan))
        try Files.replace(orphan, with: [1, 2, 3])
        #expect(try prune(test).blobs.count == 1)
        #expect(try blobs(test) == all)
        #expect(try test.faults() == [])
    }

    @Test func `a blob that a crash left is not believed`() throws {
        let test = try TestSite()
        let toy = try test.toy("a", "1", shelf: "x")
        let bytes = try Files.read(toy)
        let path = test.site.blobs.path(of: SHA256Digest.of(bytes))
        try Files.makeFolder(Files.folder(of: path))
        // As long as it should be, and nothing but zeros: a file system may leave that behind after a power cut.
        try Files.replace(path, with: Array(repeating: 0, count: bytes.count))
        try test.add([toy])
        try test.generate()
        #expect(try Files.read(path) == bytes)
        #expect(try test.faults() == [])
    }
}
