import Foundation
import Testing

@testable import Formats

/// A Helm repository in memory: takes packages in, and assembles documents as a generator would.
struct HelmShelf {
    var repository: Repository
    var changed = Timestamp(seconds: 1_795_223_702)
    private(set) var shelved: [(record: PackageRecord, placement: Placement)] = []

    init(_ options: [String: Options.Value] = [:]) {
        repository = Repository(owner: "acme", type: "helm", baseURL: "https://example.org", options: Options(general: options))
    }

    static func upload(_ bytes: [UInt8], named filename: String, digest: [UInt8] = [UInt8](repeating: 0xAB, count: 32)) -> Upload
    {
        let digests = Digests(
            sha256: digest, sha1: [UInt8](repeating: 0, count: 20), md5: [UInt8](repeating: 0, count: 16),
            sha512: [UInt8](repeating: 0, count: 64))
        return Upload(
            filename: filename, size: bytes.count, digests: digests, modified: Timestamp(seconds: 0),
            received: Timestamp(seconds: 1_700_000_000), coordinates: Coordinates())
    }

    static func record(_ bytes: [UInt8]) throws -> PackageRecord {
        let repository = HelmShelf().repository
        return try Helm().inspect(upload(bytes, named: "x.tgz"), bytes: bytes.span, in: repository, within: Budget())
    }

    @discardableResult
    mutating func add(_ bytes: [UInt8], digest: [UInt8] = [UInt8](repeating: 0xAB, count: 32)) throws -> Placement {
        let upload = Self.upload(bytes, named: "x.tgz", digest: digest)
        let record = try Helm().inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try Helm().place(record, of: upload, in: repository)
        shelved.append((record, placement))
        return placement
    }

    /// The index and, for tests of the choice, its plan.
    func index() throws -> [UInt8] {
        let listed = shelved.flatMap { item in item.placement.listings.map { (item.record, $0.sortKey) } }
            .sorted { $0.1.lexicographicallyPrecedes($1.1) }
        func fragment(_ slot: Slot, _ record: PackageRecord) -> [UInt8] {
            record.fragments.first { $0.slot == slot }?.bytes ?? []
        }
        let size = listed.reduce(0) { $0 + fragment("yaml", $1.0).count }
        let partition = Partition(key: PartitionKey(scope: ""), count: listed.count, byteCounts: ["yaml": size])
        let plans = Helm().documents(for: Scope(key: "", changed: changed, partitions: [partition]), in: repository)
        #expect(plans.count == 1)
        let plan = try #require(plans.first)
        #expect(plan.path == "index.yaml")
        var bytes: [UInt8] = []
        for piece in plan.body {
            switch piece {
            case .literal(let literal): bytes += literal
            case .run(let run):
                let grouping = try #require(run.grouping)
                var heading: [UInt8]?
                for (record, _) in listed {
                    let next = fragment(grouping.heading, record)
                    if next == heading {
                        bytes += run.separator
                    } else {
                        if heading != nil { bytes += grouping.closing + grouping.separator }
                        bytes += next
                        heading = next
                    }
                    bytes += fragment(run.slot, record)
                }
                if heading != nil { bytes += grouping.closing }
            }
        }
        return bytes
    }
}

/// A small generator of reproducible odd texts.
struct OddTexts {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    static let pieces: [String] = [
        "y", "No", "null", "~", "1.0", "0x1F", "0o17", "1_000", "12:30:45", "2020-01-01", "1e3", ": ", ":", " #", "#", "- ", "-",
        "? ", "|",
        ">", "%", "@", "`", "'", "\"", "\\", "\n", "\n\n", "\r", "\t", " ", "  ", "é", "\u{2028}", "\u{2029}", "\u{FEFF}",
        "\u{85}", "\u{A0}",
        "\u{1}", "\u{7F}", "😀", "---", "...", "[", "]", "{", "}", ",", "&a", "*a", "!t", "<<", "=", "e", "E", "T", "Z", ".", "+",
        ".inf",
        ".nan", "0", "1", "9", "_", "\u{FFFE}", "\u{E000}", "a", "word", "\u{301}", "\u{202E}", "\u{10FFFF}", "\u{0}", "中",
        "true", "line\n",
        "\n  in", "a: b\n", "\u{3000}", "\u{200B}", "<", "/", "$", "(", ";",
    ]

    mutating func number(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func next() -> String {
        (0...number(below: 6)).map { _ in Self.pieces[number(below: Self.pieces.count)] }.joined()
    }
}
