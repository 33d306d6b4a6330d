import Formats
import Foundation
import Testing

@testable import IndexGen

/// What is rendered over a published version must be what is rendered without one: made-up entries, segments of a few of them, every
/// shape of a run, changes anywhere, and damage to what is public.
@Suite struct DocumentWriterTests {
    /// A document's shape: everything but its entries.
    struct Shape: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var encodings: [Encoding]
        var run: Run
        /// What follows the run: a literal and another run.
        var more: [(literal: String, run: Run)] = []
        var hasHead = true
        var tail = ""
        /// Whether all literals count the entries, not the head alone.
        var isRestless = false

        static let one = [PartitionKey(scope: "s", name: "a")]
        static let three = ["a", "b", "c"].map { PartitionKey(scope: "s", name: $0) }
        static let groups = Run.Grouping(heading: "heading", closing: [UInt8]("end\n"), separator: [UInt8]("\n"))

        /// Holds one entry or none.
        static let rare = [PartitionKey(scope: "s", name: "rare")]

        static let all: [Shape] = [
            Shape(testDescription: "one partition", encodings: [.plain, .gzip(level: 1)], run: Run("line", of: one)),
            Shape(
                testDescription: "one partition in zstd, between literals", encodings: [.zstd(level: 1)],
                run: Run("line", of: one, separator: [UInt8](",")), tail: "</end>"),
            Shape(
                testDescription: "one partition in gzip alone, which is never read back", encodings: [.gzip(level: 6)],
                run: Run("line", of: one)),
            Shape(
                testDescription: "three partitions without a head, in xz", encodings: [.plain, .xz(level: 0)],
                run: Run("line", of: three), hasHead: false),
            Shape(
                testDescription: "three partitions in zstd, with separators", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8]("; ")), hasHead: false, tail: "."),
            Shape(
                testDescription: "groups", encodings: [.plain, .zstd(level: 1)],
                run: Run("line", of: one, separator: [UInt8]("-\n"), grouping: groups), tail: "end of all"),
            Shape(
                testDescription: "groups of three partitions, in zstd alone", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8]("-\n"), grouping: groups)),
            Shape(
                testDescription: "groups without anything between", encodings: [.plain],
                run: Run("line", of: three, grouping: .init(heading: "heading")), hasHead: false),
            Shape(
                testDescription: "distinct neighbours", encodings: [.plain, .gzip(level: 1)],
                run: Run("line", of: one, separator: [UInt8](","), distinct: true), tail: "]"),
            Shape(
                testDescription: "distinct neighbours in zstd", encodings: [.zstd(level: 1)],
                run: Run("line", of: one, distinct: true), hasHead: false),
            Shape(
                testDescription: "distinct neighbours of three partitions", encodings: [.plain],
                run: Run("line", of: three, distinct: true)),
            Shape(
                testDescription: "a tail that changes", encodings: [.plain], run: Run("line", of: one), tail: "the end",
                isRestless: true),
            Shape(
                testDescription: "a tail that changes behind groups, in zstd alone", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8]("-\n"), grouping: groups), tail: "the end", isRestless: true),
            Shape(
                testDescription: "two runs of the same entries", encodings: [.plain, .gzip(level: 1)],
                run: Run("line", of: one, separator: [UInt8](","), distinct: true),
                more: [("], [", Run("line", of: one, separator: [UInt8](",")))], tail: "]"),
            Shape(
                testDescription: "three runs without a head, and literals that change", encodings: [.plain, .zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8](",")),
                more: [
                    ("groups", Run("line", of: one, separator: [UInt8]("-\n"), grouping: groups)),
                    ("again", Run("line", of: three)),
                ], hasHead: false, tail: "the end", isRestless: true),
            Shape(
                testDescription: "runs side by side, of which some are often empty", encodings: [.plain, .xz(level: 0)],
                run: Run("line", of: rare),
                more: [
                    ("", Run("line", of: rare, separator: [UInt8](","), grouping: groups)), ("between", Run("line", of: three)),
                    ("", Run("line", of: rare)), ("", Run("line", of: one, separator: [UInt8](";"), distinct: true)),
                ]),
            Shape(
                testDescription: "an empty run before the first entry, in zstd", encodings: [.zstd(level: 1)],
                run: Run("line", of: rare), more: [("after nothing", Run("line", of: one, separator: [UInt8](",")))],
                hasHead: false, tail: ".", isRestless: true),
            Shape(
                testDescription: "the first of each heading", encodings: [.plain, .gzip(level: 1)],
                run: Run("line", of: one, separator: [UInt8](","), firstOf: "heading"), tail: "]"),
            Shape(
                testDescription: "the first of each heading in three partitions, in zstd alone", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8](","), firstOf: "heading"), hasHead: false),
            Shape(
                testDescription: "entries that are filled", encodings: [.plain],
                run: Run("line", of: three, separator: [UInt8](","), filling: [UInt8]("a filling longer than a segment's half"))),
            Shape(
                testDescription: "entries that are filled with nothing, the first of each heading", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, firstOf: "heading", filling: []), hasHead: false, tail: "."),
            Shape(
                testDescription: "distinct neighbours and groups, filled", encodings: [.plain, .xz(level: 0)],
                run: Run("line", of: one, distinct: true, filling: [UInt8]("=")),
                more: [
                    ("groups", Run("line", of: three, separator: [UInt8]("-\n"), grouping: groups, filling: [UInt8]("two"))),
                    ("", Run("line", of: three, separator: [UInt8](","))),
                ], tail: "the end", isRestless: true),
            Shape(
                testDescription: "few entries before, between and behind all", encodings: [.plain, .zstd(level: 1)],
                run: Run("line", of: three, separator: [UInt8](","), limit: 2),
                more: [
                    ("then", Run("line", of: three, separator: [UInt8](";"))),
                    ("", Run("line", of: one, limit: 1, firstOf: "heading", filling: [UInt8]("!"))),
                    ("", Run("line", of: one, separator: [UInt8](","), firstOf: "heading")),
                    ("", Run("line", of: three, separator: [UInt8](","), limit: 3, firstOf: "heading")),
                ], hasHead: false),
            Shape(
                testDescription: "no entry, more than there are, and the first one alone", encodings: [.zstd(level: 1)],
                run: Run("line", of: three, limit: 0),
                more: [
                    ("all", Run("line", of: three)), ("", Run("line", of: rare, separator: [UInt8](","), limit: 5)),
                    ("", Run("line", of: one, limit: 1)),
                ], tail: "."),
        ]

        var runs: [Run] { [run] + more.map(\.run) }
        var partitions: [PartitionKey] { Array(Set(runs.flatMap(\.partitions))).sorted { $0.name < $1.name } }

        private func literal(_ text: String, _ shelves: Shelves) -> [UInt8] {
            [UInt8](isRestless && !text.isEmpty ? "\(text) of \(shelves.count) entries\n" : text)
        }

        /// As in every ecosystem: the head counts the entries.
        private func head(_ shelves: Shelves) -> [UInt8] { [UInt8]("\(shelves.count) entries\n") }

        func plan(of shelves: Shelves) -> DocumentPlan {
            var body = (hasHead ? [Piece.literal(head(shelves))] : []) + [.run(run)]
            for (text, run) in more { body += (text.isEmpty ? [] : [.literal(literal(text, shelves))]) + [.run(run)] }
            if !tail.isEmpty { body.append(.literal(literal(tail, shelves))) }
            return DocumentPlan(path: "document", body: body, encodings: encodings)
        }

        /// The open document, put together in the plainest way.
        func expected(of shelves: Shelves) -> [UInt8] {
            var bytes = hasHead ? head(shelves) : []
            bytes += expected(of: run, shelves)
            for (text, run) in more { bytes += literal(text, shelves) + expected(of: run, shelves) }
            return bytes + literal(tail, shelves)
        }

        private func expected(of run: Run, _ shelves: Shelves) -> [UInt8] {
            var bytes: [UInt8] = []
            var previous: Shelves.Entry?
            var written = 0
            for (_, entry) in shelves.merged(run) {
                if run.distinct, previous?.fragment == entry.fragment { continue }
                if run.firstOf != nil, previous?.heading == entry.heading { continue }
                if written == run.limit { break }
                written += 1
                if let grouping = run.grouping {
                    if previous?.heading == entry.heading {
                        bytes += run.separator
                    } else {
                        if previous != nil { bytes += grouping.closing + grouping.separator }
                        bytes += entry.heading
                    }
                } else if previous != nil {
                    bytes += run.separator
                }
                for byte in entry.fragment {
                    if byte == 0, let filling = run.filling { bytes += filling } else { bytes.append(byte) }
                }
                previous = entry
            }
            if let grouping = run.grouping, previous != nil { bytes += grouping.closing }
            return bytes
        }
    }

    @Test(arguments: Shape.all)
    func `a document over its published version is the document from scratch, whatever changed and whatever was damaged`(
        shape: Shape
    ) throws {
        let desk = try Desk()
        var random = SplitMix(seed: UInt64(shape.testDescription.utf8.count))
        var shelves = Shelves()
        for _ in 0..<90 { _ = shelves.change(&random, partitions: shape.partitions) }
        var published: DocumentRow?
        var work = SegmentWork()
        for step in 0..<60 {
            let changed = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                shelves.change(&random, partitions: shape.partitions)
            }
            let plan = try shape.plan(of: shelves).resolved(from: shelves)
            let damaged = published != nil && step % 5 == 4
            if damaged { try desk.damage(published, &random) }
            let state = try desk.state(of: published, plan, changed: changed)
            let (incremental, done) = try #require(try desk.render(plan, of: shelves, over: state))
            let (scratch, _) = try #require(try desk.render(plan, of: shelves, over: PublishedState()))
            #expect(incremental.row.artifacts == scratch.row.artifacts, "step \(step)")
            #expect(incremental.row.cuts == scratch.row.cuts, "step \(step)")
            #expect(incremental.row.open.sha256 == SHA256Digest.of(shape.expected(of: shelves)), "step \(step)")
            if !damaged { work += done }
            try desk.publish(incremental)
            published = incremental.row
        }
        // It is about something: most segments were taken over.
        if shape.encodings == [.gzip(level: 6)] {
            #expect(work.kept == 0 && work.reused > work.compressed, "\(work)")
        } else {
            // Where the first of each heading is all that is written, there are few.
            #expect(work.kept > (shape.run.firstOf == nil ? 300 : 60), "\(work)")
        }
    }
}

/// Made-up entries in partitions. Keys come from a small supply, so that they vanish, return, and are the same in several partitions.
struct Shelves: EntrySource {
    struct Entry: Equatable {
        var fragment: [UInt8]
        var heading: [UInt8]
    }

    private var entries: [PartitionKey: [[UInt8]: Entry]] = [:]
    var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Adds, changes or removes an entry; returns its partition and its key.
    mutating func change(_ random: inout SplitMix, partitions: [PartitionKey]) -> (PartitionKey, [UInt8]) {
        let partition = partitions[Int.random(in: partitions.indices, using: &random)]
        let number = partition.name == "rare" ? 40 : Int.random(in: 0..<120, using: &random)
        // Keys of different lengths; some are the beginnings of others.
        let key = [UInt8]("\(100 + number / 2)" + (number % 2 == 0 ? "" : "\u{0}\(number)"))
        if Int.random(in: 0..<3, using: &random) == 0 {
            entries[partition]?[key] = nil
        } else {
            // Few fragments, so that neighbours are often equal; some longer than the longest segment.
            let kind = Int.random(in: 0..<6, using: &random)
            let length = kind == 0 ? 400 : 6 + 5 * kind
            var fragment = [UInt8](repeating: 97 + UInt8(kind), count: length)
            // Places to fill: at the beginning, in the middle, at the end.
            if kind % 2 == 0 { fragment[0] = 0 }
            if kind == 3 { fragment[length / 2] = 0 }
            if kind == 4 { fragment.append(0) }
            fragment.append(10)
            // Now and then an entry goes over to the neighbours' group.
            let group = number / 8 + (Int.random(in: 0..<9, using: &random) == 0 ? 1 : 0)
            entries[partition, default: [:]][key] = Entry(fragment: fragment, heading: [UInt8]("[\(group)]\n".utf8))
        }
        return (partition, key)
    }

    /// All entries of a run in the order of the index; of equal keys the first partition's first.
    func merged(_ run: Run) -> [(key: [UInt8], entry: Entry)] {
        run.partitions.enumerated().flatMap { place, partition in
            (entries[partition] ?? [:]).map { (place: place, key: $0.key, entry: $0.value) }
        }.sorted { a, b in a.key == b.key ? a.place < b.place : a.key.lexicographicallyPrecedes(b.key) }.map {
            ($0.key, $0.entry)
        }
    }

    func forEachEntry(
        of run: Run, from start: [UInt8]?,
        _ body: (_ key: UnsafeRawBufferPointer, _ fragment: UnsafeRawBufferPointer, _ heading: UnsafeRawBufferPointer?) throws ->
            Bool
    ) throws {
        for (key, entry) in merged(run) where start.map({ !key.lexicographicallyPrecedes($0) }) ?? true {
            let goesOn = try key.withUnsafeBytes { key in
                try entry.fragment.withUnsafeBytes { fragment in
                    try entry.heading.withUnsafeBytes { try body(key, fragment, run.compared == nil ? nil : $0) }
                }
            }
            guard goesOn else { return }
        }
    }

    func lastEntry(of run: Run, before key: [UInt8]) throws -> (fragment: [UInt8], heading: [UInt8]?)? {
        merged(run).last { $0.key.lexicographicallyPrecedes(key) }.map {
            ($0.entry.fragment, run.compared == nil ? nil : $0.entry.heading)
        }
    }
}

/// A writer with a public folder, without catalog, publisher or ecosystem.
private final class Desk {
    private let folder: String
    private let publicRoot: String
    private let writer: DocumentWriter
    /// The shapes under test never change: one digest stands for each.
    private let shape = [UInt8](repeating: 1, count: 32)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-desk-\(UUID().uuidString)").path
        publicRoot = folder + "/public"
        try Files.makeFolder(publicRoot)
        let staging = try StagingFolder(in: Folder(folder))
        writer = DocumentWriter(staging: staging, prefix: "", segmentBytes: 90)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func render(_ plan: DocumentPlan, of shelves: Shelves, over state: PublishedState) throws -> (
        document: RenderedDocument, work: SegmentWork
    )? {
        try writer.render(plan, fingerprint: [], shape: shape, published: state, entries: shelves)
    }

    func publish(_ document: RenderedDocument) throws {
        for (path, content) in document.staged { #expect(try content.move(to: path, in: Folder(publicRoot))) }
    }

    /// What the generator finds out about a published document.
    func state(of row: DocumentRow?, _ plan: DocumentPlan, changed: [(PartitionKey, [UInt8])]) throws
        -> PublishedState
    {
        var state = PublishedState()
        guard let row else { return state }
        var plain: String?
        for artifact in row.artifacts {
            let path = "\(publicRoot)/\(artifact.path)"
            let encoding = plan.encodings[artifact.position]
            if encoding == .plain { plain = path }
            if let index = SegmentIndex(decoding: artifact.segments, for: encoding) {
                state.segments[artifact.position] = PublishedSegments(path: path, index: index)
            }
        }
        if let cuts = DocumentCuts(decoding: row.cuts), cuts.shape == shape {
            state.predecessor = Predecessor(
                cuts: cuts, changed: cuts.changes(in: plan, Dictionary(grouping: changed, by: \.0).mapValues { $0.map(\.1) }),
                published: state.segments, plain: plain)
        }
        return state
    }

    /// Flips a bit of a published file, shortens it, or takes it away.
    func damage(_ row: DocumentRow?, _ random: inout SplitMix) throws {
        guard let artifact = row?.artifacts.randomElement(using: &random) else { return }
        let path = "\(publicRoot)/\(artifact.path)"
        var bytes = try Files.read(path)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return try Files.remove(path)
        case 1: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        default: bytes[Int.random(in: bytes.indices, using: &random)] ^= 4
        }
        try Files.replace(path, with: bytes)
    }
}
