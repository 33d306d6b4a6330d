import Formats
import Foundation
import Testing

@testable import IndexGen

/// Marks whose effect is on plans: they stand in what a scope's documents say besides their entries, and cost no entry.
@Suite struct PlanMarkTests {
    private let test: TestSite

    init() throws { test = try TestSite(settings: "segment_bytes: 1024", of: Parcels()) }

    private func index(_ name: String = "ball") throws -> [String] {
        _ = try test.generate()
        return try test.text("acme/parcel/\(name)/index").split(separator: "\n").map(String.init)
    }

    private func tags(_ name: String = "ball") throws -> [String] {
        try index(name).filter { $0.hasPrefix("tag ") || $0.hasPrefix("banner ") }
    }

    private func tag(_ key: String, _ value: String?, _ name: String = "ball") throws -> Int {
        try test.mark(Parcels.tag, name, nil, key: key, value: value).count
    }

    private func expectSameFromScratch() throws {
        _ = try test.generate()
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
        #expect(try test.faults() == [])
    }

    @Test func `a tag is set, moved and taken back, and each time stands in the index`() throws {
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2"), test.parcel("cube", "1")])
        #expect(try tags() == [])
        #expect(try tag("latest", "1") == 1)
        #expect(try tags() == ["tag latest 1"])
        #expect(try tag("next", "2") == 1)
        #expect(try tag("latest", "2") == 1)
        #expect(try tags() == ["tag latest 2", "tag next 2"])
        try expectSameFromScratch()
        #expect(try tag("next", nil) == 1)
        #expect(try tags() == ["tag latest 2"])
        #expect(try tags("cube") == [])
        try expectSameFromScratch()
    }

    @Test func `a mark of plans that names no version has any value`() throws {
        try test.add([test.parcel("ball", "1")])
        #expect(try test.mark(Parcels.banner, "ball", nil, value: "on sale").count == 1)
        #expect(try tags() == ["banner  on sale"])
        #expect(try test.mark(Parcels.banner, "ball", nil, value: nil).count == 1)
        #expect(try tags() == [])
        try expectSameFromScratch()
    }

    @Test func `a value that names no version is refused by its name, and nothing is left of it`() throws {
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "2")])
        _ = try tag("latest", "1")
        try test.generate()
        let tree = try test.tree(), history = try test.catalog.history(HistoryQuery())
        for value in ["2", "", "1 ", "latest"] {
            let refusal = #expect(throws: Refusal.self, "\(value)") { try tag("latest", value) }
            #expect(refusal?.description.contains("no version \(value)") == true, "\(value): \(refusal?.description ?? "")")
            #expect(refusal?.remedy.contains("indexgen list acme/parcel") == true)
        }
        #expect(try test.catalog.history(HistoryQuery()) == history)
        #expect(try test.generate() == Generator.Summary())
        #expect(try test.tree() == tree)
    }

    @Test func `the journal has who set what, moved and took it back`() throws {
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2")])
        _ = try tag("latest", "1")
        _ = try tag("latest", "2")
        _ = try tag("latest", nil)
        let entries = try test.catalog.history(HistoryQuery(name: "ball")).filter { $0.action.hasSuffix("mark") }
        #expect(entries.map(\.action) == ["unmark", "mark", "mark"])
        #expect(entries.map(\.detail) == ["tag latest", "tag latest 2", "tag latest 1"])
        // The entry is about the version that the mark stands for.
        #expect(entries.dropFirst().map(\.version) == ["2", "1"])
        #expect(entries.allSatisfy { $0.author == "tester" && $0.name == "ball" })
    }

    @Test func `what is so already changes nothing, nor does what is not there to be taken back`() throws {
        try test.add([test.parcel("ball", "1")])
        _ = try tag("latest", "1")
        try test.generate()
        let history = try test.catalog.history(HistoryQuery())
        #expect(try tag("latest", "1") == 0)
        #expect(try tag("next", nil) == 0)
        #expect(try test.catalog.history(HistoryQuery()) == history)
        #expect(try test.generate() == Generator.Summary())
    }

    @Test func `its package's scope is rendered again and nothing else`() throws {
        try test.add([test.parcel("ball", "1"), test.parcel("cube", "1"), test.parcel("dice", "1")])
        try test.generate()
        let before = try test.marks()
        _ = try tag("latest", "1")
        test.time.advance(1)
        let summary = try test.generate()
        #expect(summary.rendered == 1 && summary.placed == 0 && summary.removed == 0, "\(summary)")
        let after = try test.marks()
        let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
        #expect(changed == ["acme/parcel/ball/index", "acme/parcel/ball/index.gz"])
        #expect(Set(before.keys) == Set(after.keys))
    }

    @Test func `a removal of the version that it names takes it, and the others stay`() throws {
        try test.add([test.parcel("ball", "1"), test.parcel("ball", "2"), test.parcel("ball", "2", shelf: "red")])
        for (key, value) in [("latest", "2"), ("old", "1"), ("next", "2")] { _ = try tag(key, value) }
        _ = try test.mark(Parcels.banner, "ball", nil, value: "on sale")
        // As long as the version has a file, what names it stands for something.
        let row = try #require(try test.catalog.repositories().first)
        let second = try test.catalog.snapshot { try $0.files(in: row, name: "ball", version: "2") }
        try test.catalog.remove([second[0]], author: "tester")
        #expect(try tags() == ["banner  on sale", "tag latest 2", "tag next 2", "tag old 1"])
        try test.catalog.remove([second[1]], author: "tester")
        #expect(try tags() == ["banner  on sale", "tag old 1"])
        try expectSameFromScratch()
        try test.add([test.parcel("ball", "2")])
        #expect(try tags() == ["banner  on sale", "tag old 1"], "a return brings no mark back")
        #expect(try tag("latest", "2") == 1)
        #expect(try tags() == ["banner  on sale", "tag latest 2", "tag old 1"])
        try expectSameFromScratch()
    }

    @Test func `a package that goes and returns has none of its marks`() throws {
        let paths = try [test.parcel("ball", "1"), test.parcel("ball", "2")]
        try test.add(paths)
        _ = try tag("latest", "2")
        _ = try test.mark(Parcels.banner, "ball", nil, value: "on sale")
        try test.remove("ball")
        _ = try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/parcel/ball/index") == nil)
        try test.add(paths)
        #expect(try tags() == [])
        try expectSameFromScratch()
        let past = try test.catalog.snapshot { snapshot in
            try Row.fetchAll(snapshot.db, sql: "SELECT name, key, value, set_in < cleared_in FROM mark ORDER BY set_in")
                .map { "\($0[0] as String) \($0[1] as String) \($0[2] as String) \($0[3] as Bool)" }
        }
        #expect(past == ["tag latest 2 true", "banner  on sale true"])
    }

    @Test func `a mark takes the segments of entries over, however many there are`() throws {
        try test.add((100..<300).map { try test.parcel("ball", "\($0)", shelf: $0 % 3 == 0 ? "red" : "any", padding: 90) })
        try test.generate()
        let segments = try test.cuts("ball/index").count
        try #require(segments > 20)
        for (key, value) in [("latest", "150"), ("latest", "299"), ("old", "100")] {
            _ = try tag(key, value)
            let work = try test.generate().segments
            // Those at whose entries the journal points, at most.
            #expect(work.rendered <= 2 && work.kept >= segments - 2, "\(key) \(value): \(work) of \(segments)")
        }
        _ = try tag("old", nil)
        #expect(try test.generate().segments.kept >= segments - 2)
        #expect(try test.tree() == test.site.treeFromScratch())
        try expectSameFromScratch()
    }

    @Test func `marks in random order beside changes of packages end in the tree that scratch gives`() throws {
        var random = SplitMix(seed: 31)
        var expected: [String: [String: String]] = [:]
        var live: [String: Set<String>] = [:]
        for step in 0..<120 {
            let name = ["ape", "ball", "cube"][Int.random(in: 0..<3, using: &random)]
            let version = "\(Int.random(in: 1..<5, using: &random))"
            let key = ["latest", "next"][Int.random(in: 0..<2, using: &random)]
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                try test.add([test.parcel(name, version, padding: 90)])
                live[name, default: []].insert(version)
            case 2:
                try test.remove(name, version)
                live[name]?.remove(version)
                expected[name] = (expected[name] ?? [:]).filter { $0.value != version }
            case 3:
                if live[name]?.isEmpty == false { _ = try tag(key, nil, name) }
                expected[name]?[key] = nil
            default:
                if live[name]?.contains(version) == true {
                    _ = try tag(key, version, name)
                    expected[name, default: [:]][key] = version
                } else if live[name]?.isEmpty == false {
                    #expect(throws: Refusal.self) { try tag(key, version, name) }
                }
            }
            test.time.advance(1)
            if step % 3 != 0 { continue }
            for (name, versions) in live where !versions.isEmpty {
                let wanted = (expected[name] ?? [:]).sorted { $0.key < $1.key }.map { "tag \($0.key) \($0.value)" }
                #expect(try tags(name) == wanted, "step \(step)")
            }
            if step % 15 == 0 { #expect(try test.tree() == test.site.treeFromScratch(), "step \(step)") }
        }
        try expectSameFromScratch()
    }
}
