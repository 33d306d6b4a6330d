import Formats
import Foundation
import Testing

@testable import IndexGen

/// Changes at the borders of segments, where keeping one and rendering its neighbour must meet: after each, the public tree is the one
/// from scratch, `verify` finds nothing, and the index lists what was put in.
@Suite struct SegmentEdgeTests {
    private static let index = "main/x/index"
    private static let titles = "main/data/all"

    @Test func `the first and the last entry of a segment can go and come back`() throws {
        let shop = try Shop()
        for place in [0, 7, -1] {
            let cuts = try shop.test.cuts(Self.index)
            try #require(cuts.count > 9)
            let key = cuts[place < 0 ? cuts.count - 1 : place].key
            let first = try #require(shop.sorted.first { $0.key == key })
            try shop.check(removing: [first])
            if let last = shop.sorted.last(where: { $0.key.lexicographicallyPrecedes(key) }) {
                try shop.check(removing: [last])
                try shop.check(adding: [first])
                try shop.check(adding: [last])
            } else {
                try shop.check(adding: [first])
            }
        }
    }

    @Test func `all entries of the first, a middle and the last segment can go and come back`() throws {
        let shop = try Shop()
        for place in [0, 8, -1] {
            let cuts = try shop.test.cuts(Self.index)
            let number = place < 0 ? cuts.count - 1 : place
            let items = shop.items(of: number, in: cuts)
            try #require(!items.isEmpty)
            try shop.check(removing: items)
            try shop.check(adding: items)
        }
    }

    @Test func `all segments but one can be emptied, then that one, and filled again`() throws {
        let shop = try Shop()
        let everything = shop.sorted
        let cuts = try shop.test.cuts(Self.index)
        let rest = shop.items(of: 5, in: cuts)
        try #require(!rest.isEmpty)
        try shop.check(removing: everything.filter { !rest.contains($0) })
        #expect(try shop.test.cuts(Self.index).count <= 1)
        try shop.check(removing: rest)
        try shop.check(adding: rest)
        try shop.check(adding: everything)
        #expect(try shop.test.cuts(Self.index) == cuts)
    }

    @Test func `entries can come before the first key, after the last, and on either side of a border`() throws {
        let shop = try Shop()
        for shelf in ["x", "any"] {
            try shop.check(adding: [Shop.Item("a0", "1", shelf)])
            try shop.check(adding: [Shop.Item("z9", "1", shelf)])
            let key = try shop.test.cuts(Self.index)[9].key
            let border = try #require(shop.sorted.first { $0.key == key })
            let before = try #require(shop.sorted.last { $0.key.lexicographicallyPrecedes(key) })
            try shop.check(adding: [Shop.Item(before.name, before.version + ".9", shelf)])
            try shop.check(adding: [Shop.Item(border.name, border.version + ".0", shelf)])
            try shop.check(removing: [Shop.Item("a0", "1", shelf), Shop.Item("z9", "1", shelf)])
        }
    }

    @Test func `a group whose only members stand on either side of a border keeps its heading`() throws {
        let shop = try Shop()
        var straddling = 0
        let borders = try shop.test.cuts(Self.index).filter { $0.lead == [UInt8]("-\n") }.map(\.key)
        try #require(borders.count > 2)
        for border in borders.prefix(3) {
            let name = try #require(shop.sorted.first { $0.key == border }).name
            let group = shop.sorted.filter { $0.name == name }
            let before = try #require(group.last { $0.key.lexicographicallyPrecedes(border) })
            let behind = try #require(group.first { $0.key == border })
            try shop.check(removing: group.filter { $0 != before && $0 != behind })
            if try shop.test.cuts(Self.index).contains(where: { $0.key == border && $0.lead == [UInt8]("-\n") }) {
                straddling += 1
            }
            // The one behind the border becomes the head of its group, and is in the middle of it again.
            try shop.check(removing: [before])
            try shop.check(adding: [before])
            try shop.check(removing: [behind])
            try shop.check(removing: [before])
            try shop.check(adding: group)
        }
        #expect(straddling > 0)
    }

    @Test func `entries with one key in two merged partitions stay together`() throws {
        let shop = try Shop()
        var twins = 0
        for cut in try shop.test.cuts(Self.index).dropFirst() {
            let items = shop.sorted.filter { $0.key == cut.key }
            guard items.count == 2 else { continue }
            twins += 1
            if twins > 2 { break }
            try shop.check(removing: [items[0]])
            try shop.check(adding: [items[0]])
            try shop.check(removing: [items[1]])
            try shop.check(removing: [items[0]])
            try shop.check(adding: [items[1]])
            try shop.check(adding: [items[0]])
        }
        #expect(twins > 2)
        let keys = try shop.test.cuts(Self.index).map(\.key)
        #expect(Set(keys).count == keys.count)
        // A twin for an entry at a border that had none.
        let alone = try #require(keys.lazy.map { key in shop.sorted.filter { $0.key == key } }.first { $0.count == 1 })
        try shop.check(adding: [Shop.Item(alone[0].name, alone[0].version, alone[0].shelf == "x" ? "any" : "x")])
    }

    @Test func `of equal neighbours one is written, whichever of them goes`() throws {
        let shop = try Shop()
        let cuts = try shop.test.cuts(Self.titles)
        try #require(cuts.count > 3)
        for cut in cuts.dropFirst().prefix(3) {
            let shown = shop.sorted.filter { $0.key == cut.key }
            let name = try #require(shown.first).name
            let group = shop.sorted.filter { $0.name == name }
            // The next of the group takes its place, at another key.
            try shop.check(removing: shown)
            try shop.check(removing: group.filter { !shown.contains($0) })
            try shop.check(adding: group.reversed())
        }
    }

    @Test(arguments: ["", ".gz", ".xz", ".zst"], Damage.allCases)
    func `a published file that was damaged is made again from the catalog`(suffix: String, damage: Damage) throws {
        let shop = try Shop()
        try damage.strike("\(shop.test.site.publicRoot)/acme/toy/\(Self.index)\(suffix)")
        #expect(try !shop.test.faults().isEmpty)
        try shop.check(adding: [Shop.Item("n205", "1", "x")])
    }

    enum Damage: String, CaseIterable, Sendable {
        case flippedBits, shortened, missing, another

        func strike(_ path: String) throws {
            var bytes = try Files.read(path)
            switch self {
            case .flippedBits: for place in stride(from: 50, to: bytes.count, by: 700) { bytes[place] ^= 1 }
            case .shortened: bytes.removeLast(bytes.count / 2)
            case .missing: return try Files.remove(path)
            case .another: bytes = [UInt8](repeating: 32, count: bytes.count)
            }
            try Files.replace(path, with: bytes)
        }
    }
}

/// A site with a hundred toys, whose index has some forty segments, and a memory of its own of what should be listed.
private final class Shop {
    struct Item: Hashable {
        var name: String
        var version: String
        var shelf: String
        var key: [UInt8] { [UInt8]("\(name)\u{0}\(version)") }
        var line: String { "\(name) \(version) \(shelf)" }

        init(_ name: String, _ version: String, _ shelf: String) {
            (self.name, self.version, self.shelf) = (name, version, shelf)
        }
    }

    let test: TestSite
    private var items: Set<Item> = []

    init() throws {
        test = try TestSite(settings: "segment_bytes: 1024")
        try add(
            (100..<120).flatMap { number in
                [("1", "x"), ("2", "x"), ("2", "any"), ("3", "any"), ("4", "x")].map { Item("n\(number * 2)", $0, $1) }
            })
        try test.generate()
    }

    /// In the order of the index.
    var sorted: [Item] {
        items.sorted { a, b in a.key == b.key ? a.shelf == "x" && b.shelf != "x" : a.key.lexicographicallyPrecedes(b.key) }
    }

    /// What a segment holds.
    func items(of number: Int, in cuts: [DocumentCuts.Cut]) -> [Item] {
        sorted.filter { item in
            (number == 0 || !item.key.lexicographicallyPrecedes(cuts[number].key))
                && (number + 1 == cuts.count || item.key.lexicographicallyPrecedes(cuts[number + 1].key))
        }
    }

    private func add(_ new: [Item]) throws {
        let words = try test.add(new.map { try test.toy($0.name, $0.version, shelf: $0.shelf, body: $0.line, padding: 320) })
        #expect(words.allSatisfy { ["added", "returned", "unchanged"].contains($0) }, "\(words)")
        items.formUnion(new)
    }

    func check(adding new: [Item], sourceLocation: SourceLocation = #_sourceLocation) throws {
        try add(new)
        try settle(sourceLocation)
    }

    func check(removing old: [Item], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let row = try #require(try test.catalog.repositories().first)
        let files = try test.catalog.snapshot { try $0.files(in: row) }
            .filter { file in old.contains(Item(file.name, file.version, file.architecture)) }
        #expect(files.count == old.count, sourceLocation: sourceLocation)
        try test.catalog.remove(files, author: "tester")
        items.subtract(old)
        try settle(sourceLocation)
    }

    private func settle(_ sourceLocation: SourceLocation) throws {
        test.time.advance(1)
        try test.generate()
        #expect(try test.faults() == [], sourceLocation: sourceLocation)
        let tree = try test.tree()
        #expect(try tree == test.site.treeFromScratch(), sourceLocation: sourceLocation)
        let lines = try test.text("acme/toy/main/x/index").split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { $0.count > 3 }.map { $0.prefix(3).joined(separator: " ") }
        #expect(lines == sorted.map(\.line), sourceLocation: sourceLocation)
        let titles = try #require(
            tree.keys.first { $0.hasPrefix("acme/toy/main/data/") })
        let packed = try Files.read("\(test.site.publicRoot)/\(titles)")
        let open = try Decompression.expand(packed.span, .gzip, subject: titles, limit: 1 << 20, within: Budget())
        let shown = open.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        let names = Set(items.map(\.name)).sorted()
        #expect(shown.count == names.count && zip(shown, names).allSatisfy { $0.hasPrefix($1) }, sourceLocation: sourceLocation)
    }
}
