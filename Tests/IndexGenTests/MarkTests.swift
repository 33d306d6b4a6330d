import Formats
import Testing

@testable import IndexGen

/// Marks: set, taken back, inherited by what comes in later, ended by removal, the same from scratch.
@Suite struct MarkTests {
    private static let recalled = Toy().profile.marks[1]
    private static let label = Toy().profile.marks[2]

    private func index(_ test: TestSite) throws -> String {
        _ = try test.generate()
        return String(decoding: try Files.read("\(test.site.publicRoot)/acme/toy/main/red/index"), as: UTF8.self)
    }

    private func marks(_ test: TestSite, _ name: String, _ version: String) throws -> [Annotations.Mark] {
        let row = try #require(try test.catalog.repositories().first)
        let files = try test.catalog.snapshot { try $0.files(in: row, name: name, version: version) }
        return try #require(files.first).annotations.all
    }

    @Test func `a mark of a version is one of all its files, and of those that come later`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red"), test.toy("ball", "2", shelf: "red")])
        #expect(try test.mark(Self.recalled, "ball", "1", value: "sharp").count == 1)
        #expect(try index(test).contains("recalled  sharp"))
        try test.add([test.toy("ball", "1", shelf: "any")])
        let text = try index(test)
        #expect(text.split(separator: "recalled  sharp").count == 3, "\(text)")
        #expect(try marks(test, "ball", "2").isEmpty)
        try expectSameFromScratch(test)
        #expect(try test.mark(Self.recalled, "ball", "1", value: nil).count == 2)
        #expect(try !index(test).contains("recalled"))
    }

    @Test func `keyed marks of a package stand side by side, and each is taken back alone`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red")])
        try test.mark(Self.label, "ball", nil, key: "front", value: "fun")
        try test.mark(Self.label, "ball", nil, key: "back", value: "3+")
        try test.mark(Self.label, "ball", nil, key: "front", value: "more fun")
        #expect(try index(test).contains("label back 3+ label front more fun"))
        try test.mark(Self.label, "ball", nil, key: "back", value: nil)
        #expect(try marks(test, "ball", "1").map(\.key) == ["front"])
        // What comes in later belongs to the package.
        try test.add([test.toy("ball", "2", shelf: "red")])
        #expect(try marks(test, "ball", "2").map(\.value) == ["more fun"])
        try expectSameFromScratch(test)
    }

    @Test func `what is marked like this already does not change, nor does what has no mark to take back`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red")])
        #expect(try test.mark(.yanked, "ball", "1", value: nil).isEmpty)
        #expect(try test.mark(.yanked, "ball", "1", value: "torn").count == 1)
        _ = try test.generate()
        #expect(try test.mark(.yanked, "ball", "1", value: "torn").isEmpty)
        #expect(try test.generate().written == 0)
        #expect(try test.mark(.yanked, "ball", "1", value: "burst").count == 1)
        #expect(try index(test).contains("YANKED burst"))
    }

    @Test func `removal and return keep no mark, and the past keeps them all`() throws {
        let test = try TestSite()
        let ball = try test.toy("ball", "1", shelf: "red")
        try test.add([ball])
        try test.mark(.yanked, "ball", "1", value: "torn")
        try test.mark(Self.recalled, "ball", "1", value: "sharp")
        try test.mark(Self.label, "ball", nil, key: "front", value: "fun")
        try test.remove("ball", "1")
        try test.add([ball])
        #expect(try marks(test, "ball", "1").isEmpty)
        #expect(try !index(test).contains("YANKED"))
        try expectSameFromScratch(test)
        let past = try test.catalog.snapshot { snapshot in
            try Row.fetchAll(snapshot.db, sql: "SELECT name, value, set_in < cleared_in FROM mark ORDER BY set_in")
                .map { "\($0[0] as String) \($0[1] as String) \($0[2] as Bool)" }
        }
        #expect(past == ["yanked torn true", "recalled sharp true", "label fun true"])
    }

    @Test func `a mark of a version outlives one of its files, and ends with the last`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1", shelf: "red"), test.toy("ball", "1", shelf: "any")])
        try test.mark(Self.recalled, "ball", "1", value: "sharp")
        let row = try #require(try test.catalog.repositories().first)
        let files = try test.catalog.snapshot { try $0.files(in: row) }
        try test.catalog.remove([files[0]], author: "tester")
        #expect(try marks(test, "ball", "1").count == 1)
        try test.catalog.remove([files[1]], author: "tester")
        try test.add([test.toy("ball", "1", shelf: "red")])
        #expect(try marks(test, "ball", "1").isEmpty)
    }

    @Test func `the newest entry of a list is known after every change`() throws {
        let test = try TestSite(settings: "toy:\n  last: true\n")
        func last() throws -> String {
            _ = try test.generate()
            let path = "\(test.site.publicRoot)/acme/toy/main/last"
            guard try FileStatus.of(path) != nil else { return "" }
            return String(decoding: try Files.read(path).prefix { $0 != 32 }, as: UTF8.self)
        }
        #expect(try last().isEmpty)
        try test.add([test.toy("ball", "2"), test.toy("ape", "9")])
        #expect(try last() == "ball")
        try test.add([test.toy("cube", "1")])
        #expect(try last() == "cube")
        try test.add([test.toy("bear", "1")])
        #expect(try last() == "cube")
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/pool/cube-1-any.leaflet") != nil)
        try expectSameFromScratch(test)
        try test.remove("cube", "1")
        #expect(try last() == "bear")
    }

    private func expectSameFromScratch(_ test: TestSite) throws {
        _ = try test.generate()
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
        #expect(try test.faults() == [])
    }
}
