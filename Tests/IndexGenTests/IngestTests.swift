import Formats
import Foundation
import Testing

@testable import IndexGen

/// What comes in, what is refused, and what a refusal leaves behind.
@Suite struct IngestTests {
    @Test func `the same bytes again are a no-op, other bytes under the same identity are refused`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1")
        #expect(try test.add([path]) == ["added"])
        #expect(try test.add([path]) == ["unchanged"])
        let outcome = try test.add([test.toy("A", "1", body: "other")])
        #expect(
            outcome.count == 1
                && outcome[0].hasPrefix("refused: A 1 is the same to its clients as a-1-any.toy, which exists with other bytes"))
        try test.generate()
        #expect(try test.tree().keys.filter { $0.hasSuffix(".toy") } == ["acme/toy/main/pool/a-1-any.toy"])
        #expect(try test.faults() == [])
    }

    @Test func `one content may lie in two groups, stored once; other content under that claim may not`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1")
        #expect(try test.add([path], group: "one") == ["added"])
        #expect(try test.add([path], group: "two") == ["added"])
        let refused = try test.add([test.toy("a", "1", body: "x")], group: "three")
        #expect(refused[0].hasPrefix("refused"))
        try test.generate()
        let one = try FileStatus.of("\(test.site.publicRoot)/acme/toy/one/pool/a-1-any.toy")
        let two = try FileStatus.of("\(test.site.publicRoot)/acme/toy/two/pool/a-1-any.toy")
        #expect(one?.inode == two?.inode)
        #expect(try blobs(of: test).count == 2, "the package and its sidecar")
    }

    @Test func `a refused file leaves nothing behind and the others go in`() throws {
        let test = try TestSite()
        let good = try test.toy("a", "1")
        let bad = test.folder + "/inbox/bad.toy"
        try Files.replace(bad, with: [UInt8]("toy\n"))
        let short = test.folder + "/inbox/short.toy"
        try Files.replace(short, with: [UInt8]("toy b\n"))
        let empty = test.folder + "/inbox/empty.toy"
        try Files.replace(empty, with: [])
        let other = try test.toy("a", "1", body: "other")
        let outcomes = try test.add([bad, short, empty, good, other, test.folder + "/inbox/none.toy"])
        #expect(outcomes.count { $0 == "added" } == 1)
        #expect(outcomes.count { $0.hasPrefix("failed") } == 4)
        #expect(outcomes.count { $0.hasPrefix("refused") } == 1)
        var staged: [String] = []
        try Files.walk(test.site.staging.path) { path, _ in staged.append(path) }
        #expect(staged == [])
        #expect(try blobs(of: test).count == 2)
        let rows = try test.catalog.pool.read { db in
            try ["package", "version", "file", "blob", "claim", "journal"].map {
                try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \($0)") ?? -1
            }
        }
        #expect(rows == [1, 1, 2, 2, 1, 1])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `a removed file may return with the same bytes and keeps its first date, but not with others`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1", shelf: "x")
        try test.add([path])
        try test.generate()
        let before = try test.tree()
        let row = try #require(try test.catalog.repositories().first)
        let received = try test.catalog.snapshot { try $0.files(in: row) }.first?.received
        try test.remove("a")
        try test.generate()
        #expect(try test.text("acme/toy/main/x/index") == "0 0\n")
        #expect(try test.add([test.toy("a", "1", shelf: "x", body: "new")])[0].contains("other bytes"))
        test.time.advance(0)
        #expect(try test.add([path]) == ["returned"])
        try test.generate()
        #expect(try test.tree() == before)
        #expect(try test.catalog.snapshot { try $0.files(in: row) }.first?.received == received)
        #expect(try test.faults() == [])
    }

    @Test func `removing from one group leaves the others`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1", shelf: "x")
        try test.add([path], group: "one")
        try test.add([path], group: "two")
        try test.generate()
        try test.remove("a", group: "one")
        try test.generate()
        #expect(try test.text("acme/toy/one/x/index") == "0 0\n")
        #expect(try test.text("acme/toy/two/x/index").hasPrefix("1 "))
    }

    @Test func `--link makes the source and the blob one file`() throws {
        let test = try TestSite()
        let path = try test.toy("a", "1")
        try test.add([path], link: true)
        try test.generate()
        let source = try FileStatus.of(path)
        #expect(source != nil)
        #expect(source?.inode == (try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/pool/a-1-any.toy")?.inode))
    }

    @Test func `a large file is streamed, with the digests of its whole content`() throws {
        let test = try TestSite()
        let path = try test.toy("big", "1", body: String(repeating: "0123456789abcdef", count: 1_100_000))
        #expect(try test.add([path]) == ["added"])
        try test.generate()
        #expect(
            try SHA256Digest.of(file: "\(test.site.publicRoot)/acme/toy/main/pool/big-1-any.toy") == SHA256Digest.of(file: path))
        #expect(try test.faults() == [])
    }

    @Test func `a folder stands for the files below it, hidden ones left out`() throws {
        let test = try TestSite()
        _ = try test.toy("a", "1", file: "sub/a.toy")
        _ = try test.toy("b", "1", file: "b.toy")
        _ = try test.toy("c", "1", file: ".hidden.toy")
        let found = try PackageFinder(in: [test.folder + "/inbox", test.folder + "/missing"]).files
        #expect(found.map { Files.name(of: $0.path) } == ["b.toy", "a.toy", "missing"])
        #expect(found.map { $0.folder == nil } == [false, false, true])
    }

    @Test func `a large number of files goes through in batches`() throws {
        let test = try TestSite()
        let paths = try (0..<600).map { try test.toy("p\($0)", "1", shelf: "x") }
        #expect(try test.add(paths).allSatisfy { $0 == "added" })
        try test.generate()
        #expect(try test.text("acme/toy/main/x/index").hasPrefix("600 "))
        #expect(try test.faults() == [])
    }

    @Test(arguments: [false, true]) func `a path below a file, or above one, is refused before anything is published`(first: Bool)
        throws
    {
        let test = try TestSite()
        let plain = (try test.toy("ball", "1"), "main"), below = (try test.toy("x", "1"), "main/pool/ball-1-any.toy")
        let order: [(path: String, group: String)] = first ? [plain, below] : [below, plain]
        for index in order.indices {
            let words = try test.add([order[index].path], group: order[index].group)
            #expect(
                index == 0
                    ? words == ["added"]
                    : words[0].contains("refused") && words[0].contains(first ? "is a file here" : "is a folder here"),
                "\(words)")
        }
        // In one transaction, too.
        let both =
            try test.add([test.toy("cube", "1")], group: "main")
            + test.add([test.toy("y", "1")], group: "main/pool/cube-1-any.toy.facts")
        #expect(both[0] == "added" && both[1].contains("refused"), "\(both)")
        try test.generate()
        #expect(try test.faults() == [])
    }

    private func blobs(of test: TestSite) throws -> [String] {
        var paths: [String] = []
        try Files.walk(test.site.blobs.root) { path, _ in paths.append(path) }
        return paths
    }
}
