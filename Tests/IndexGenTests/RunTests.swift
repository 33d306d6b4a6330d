import Formats
import Foundation
import Testing

@testable import IndexGen

/// Runs of which the first entries count, runs that are filled and short runs beside long ones: over many segments and merged
/// partitions, what is published is what a plain rendering of everything that is there comes to, and what scratch gives.
@Suite struct RunTests {
    private struct Item: Hashable {
        var name, version, shelf: String
        var file: String { "\(name)-\(version)-\(shelf)" }
        var key: [UInt8] { Parcels.key(name, version) }
    }

    private static let shelves = ["any", "blue", "red"]
    private let test: TestSite

    init() throws { test = try TestSite(settings: "segment_bytes: 1024", of: Parcels()) }

    private func add(_ items: [Item]) throws {
        let words = try test.add(items.map { try test.parcel($0.name, $0.version, shelf: $0.shelf, padding: 80) })
        #expect(words.allSatisfy { ["added", "returned", "unchanged"].contains($0) }, "\(words)")
    }

    private func line(_ item: Item, yanked: Set<Item>) -> String {
        let bytes = TestSite.parcel(item.name, item.version, shelf: item.shelf, padding: 80)
        let digest = Hex.string(Array(SHA256Digest.of(bytes).prefix(4)))
        let padding = String(repeating: ".", count: 80), mark = yanked.contains(item) ? " YANKED torn" : ""
        return "\(item.name) \(item.version) \(item.shelf) 80 \(digest)\(padding)\(mark)\n"
    }

    private func filled(_ item: Item, with text: String) -> String { "\(item.name) \(item.version) for \(text), \(text)\n" }

    /// In the order of the index: of equal keys that of the first shelf.
    private func sorted(_ items: Set<Item>, on shelves: [String] = Self.shelves) -> [Item] {
        items.filter { shelves.contains($0.shelf) }.sorted { a, b in
            a.key == b.key ? a.shelf < b.shelf : a.key.lexicographicallyPrecedes(b.key)
        }
    }

    private func firsts(_ items: [Item]) -> [Item] {
        items.enumerated().filter { $0.offset == 0 || items[$0.offset - 1].name != $0.element.name }.map(\.element)
    }

    private func text(_ path: String, isPacked: Bool = false) throws -> String {
        let bytes = try Files.read("\(test.site.publicRoot)/acme/parcel/\(path)")
        if !isPacked { return String(decoding: bytes, as: UTF8.self) }
        return String(
            decoding: try Decompression.expand(bytes.span, .zstd, subject: path, limit: 1 << 24, within: Budget()), as: UTF8.self)
    }

    private func expectListed(_ items: Set<Item>, yanked: Set<Item>, _ when: String) throws {
        guard !items.isEmpty else {
            #expect(
                try test.tree().keys.filter { $0.hasPrefix("acme/parcel/") && !$0.contains("/-/") && !$0.hasSuffix(".html") }
                    == [], "\(when)")
            return
        }
        func lines(_ items: some Sequence<Item>) -> [String] { items.map { line($0, yanked: yanked) } }
        func filled(_ items: some Sequence<Item>, _ text: String) -> [String] { items.map { self.filled($0, with: text) } }
        let all = sorted(items), best = firsts(all)
        #expect(try text("newest") == "newest\n" + lines(best).joined(), "\(when)")
        #expect(try text("newest.zst", isPacked: true) == text("newest"), "\(when)")
        var top = lines(all.prefix(3)).joined(separator: "-\n")
        top += lines(all).joined()
        top += filled(best.prefix(2), "few").joined()
        top += filled(best, "many").joined(separator: "+\n")
        #expect(try text("top", isPacked: true) == top, "\(when)")
        for shelf in Self.shelves where try FileStatus.of("\(test.site.publicRoot)/acme/parcel/filled/\(shelf)") != nil {
            let there = sorted(items, on: shelf == "any" ? ["any"] : ["any", shelf])
            #expect(try text("filled/\(shelf)") == filled(there, shelf).joined(), "\(when): \(shelf)")
        }
    }

    @Test(arguments: [3, 17] as [UInt64])
    func `adds, removals, returns and marks in random order`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var items: Set<Item> = [], yanked: Set<Item> = []
        func any() -> Item {
            Item(
                name: "n\(Int.random(in: 10..<40, using: &random))", version: "\(Int.random(in: 1...6, using: &random))",
                shelf: Self.shelves[Int.random(in: 0..<3, using: &random)])
        }
        items = Set((0..<220).map { _ in any() })
        try add(sorted(items))
        try test.generate()
        var work = SegmentWork()
        for step in 0..<60 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let name = any().name
                let gone = items.filter { $0.name == name }
                try remove(gone)
                items.subtract(gone)
                yanked.subtract(gone)
            case 1:
                let gone = Set(sorted(items).shuffled(using: &random).prefix(3))
                try remove(gone)
                items.subtract(gone)
                yanked.subtract(gone)
            case 2:
                guard let item = sorted(items).randomElement(using: &random) else { break }
                try yank(item, !yanked.contains(item))
                if yanked.remove(item) == nil { yanked.insert(item) }
            default:
                let more = (0..<Int.random(in: 1...6, using: &random)).map { _ in any() }
                try add(more)
                items.formUnion(more)
            }
            test.time.advance(1)
            work += try test.generate().segments
            try expectListed(items, yanked: yanked, "step \(step)")
            if step % 10 == 9 {
                #expect(try test.tree() == test.site.treeFromScratch(), "step \(step)")
                #expect(try test.faults() == [], "step \(step)")
            }
        }
        #expect(work.kept > 500, "\(work)")
        try remove(items)
        try test.generate()
        try expectListed([], yanked: [], "at the end")
        #expect(try test.tree() == test.site.treeFromScratch())
    }

    @Test func `the first of a name goes and comes at every border of segments`() throws {
        var items: Set<Item> = []
        for number in 10..<100 {
            for shelf in Self.shelves { items.insert(Item(name: "n\(number)", version: "\(number % 4)", shelf: shelf)) }
        }
        try add(sorted(items))
        try test.generate()
        let borders = try test.cuts("newest").map(\.key)
        try #require(borders.count > 3)
        for border in borders {
            for item in sorted(items).filter({ $0.key == border }) {
                try remove([item])
                try test.generate()
                try expectListed(items.subtracting([item]), yanked: [], "without \(item.file)")
                let better = Item(name: item.name, version: "9", shelf: "red")
                try add([better])
                try test.generate()
                try expectListed(items.subtracting([item]).union([better]), yanked: [], "with \(better.file)")
                try remove([better])
                try add([item])
                try test.generate()
                try expectListed(items, yanked: [], "again \(item.file)")
            }
        }
        #expect(try test.tree() == test.site.treeFromScratch())
    }

    @Test func `one more entry renders few segments of each document`() throws {
        try add((100..<300).map { Item(name: "n\($0)", version: "1", shelf: Self.shelves[$0 % 3]) })
        try test.generate()
        let segments = try ["newest", "top", "filled/any", "filled/blue", "filled/red"].map { try test.cuts($0).count }
        #expect(segments[0] > 10 && segments[1] > 10, "\(segments)")
        try add([Item(name: "n150", version: "2", shelf: "red")])
        let work = try test.generate().segments
        // In each run the segment with the entry, perhaps cut in two, and those in which a literal stands.
        #expect(work.rendered <= 16 && work.kept > segments.reduce(0, +) - 20, "\(work) of \(segments)")
        #expect(try test.tree() == test.site.treeFromScratch())
    }

    private func remove(_ gone: Set<Item>) throws {
        let row = try #require(try test.catalog.repositories().first)
        let files = try test.catalog.snapshot { try $0.files(in: row) }
            .filter { gone.contains(Item(name: $0.name, version: $0.version, shelf: $0.architecture)) }
        #expect(files.count == gone.count)
        try test.catalog.remove(files, author: "tester")
    }

    private func yank(_ item: Item, _ isSet: Bool) throws {
        let row = try #require(try test.catalog.repositories().first)
        let files = try test.catalog.snapshot { try $0.files(in: row, name: item.name, version: item.version) }
            .filter { $0.architecture == item.shelf }
        try test.catalog.mark(
            files, MarkChange(kind: .yanked, value: isSet ? "torn" : nil, customs: 0), author: "tester",
            render: test.site.rendering(Parcels())
        )
    }
}
