import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// The promises of generation, kept over hundreds of changes of made-up packages of every ecosystem, in documents of many segments.
@Suite struct RandomOperationsTests {
    private static let types = Ecosystems.standard.all.map(\.profile.id)

    @Test(arguments: types)
    func `after each of two hundred random operations the index lists what was put in, and the tree is that from scratch`(
        type: String
    ) throws {
        let shop = try Warehouse(type, seed: 3)
        try shop.addNew(60)
        try shop.site.generate()
        var work = SegmentWork()
        var seen: [Operation: Int] = [:]
        for step in 1...200 {
            let operation = try shop.operate()
            seen[operation, default: 0] += 1
            shop.site.time.advance(Int64.random(in: 0...40, using: &shop.random))
            work += try shop.site.generate().segments
            if step % 5 == 0 { try shop.expectListed("step \(step), \(operation)") }
            if step % 50 == 0 {
                #expect(try shop.site.faults() == [], "step \(step)")
                #expect(try shop.site.tree() == shop.site.site.treeFromScratch(), "step \(step)")
                try shop.expectCompressedFormsExpand()
            }
        }
        #expect(Set(seen.keys) == Set(Operation.allCases).subtracting(shop.canYank ? [] : [.yank]), "\(seen)")
        switch type {
        // An index of charts has a plain form only.
        case "helm":
            #expect(work.kept > 1_000 && work.compressed == 0 && work.reused == 0 && shop.chartForms.count == 2, "\(work)")
        default: #expect(work.kept > 1_000 && work.reused > work.compressed, "\(work)")
        }
    }

    /// By how many compressed files a package is listed in documents that were there before, and may so change.
    @Test(arguments: [("rpm", 3), ("debian", 4), ("pypi", 2)])
    func `one more package compresses at most four segments of each file that lists it`(type: String, files: Int) throws {
        let shop = try Warehouse(type, seed: 8, only: 0)
        try shop.addNew(80)
        let all = try shop.site.generate().segments
        #expect(all.compressed > 20 * files && all.reused == 0 && all.kept == 0, "\(all)")
        for _ in 0..<5 {
            try shop.addNew(1)
            let work = try shop.site.generate().segments
            #expect(work.compressed > 0 && work.compressed <= 4 * files, "\(work)")
            #expect(work.reused > 10 * files, "\(work)")
        }
        try shop.expectListed("at the end")
    }

    /// In how many documents a package is listed that were there before. An index of charts ends with its time, and the second run of a
    /// project's JSON page lists what the first one does.
    @Test(arguments: [("rpm", 3), ("debian", 2), ("pypi", 2), ("helm", 1)])
    func `one more package renders at most five segments of each document that lists it, whatever the time`(
        type: String, documents: Int
    ) throws {
        let shop = try Warehouse(type, seed: 8, only: 0)
        try shop.addNew(150)
        let all = try shop.site.generate().segments
        #expect(all.rendered > 25 * documents && all.kept == 0, "\(all)")
        for _ in 0..<5 {
            try shop.addNew(1)
            shop.site.time.advance(61)
            let work = try shop.site.generate().segments
            #expect(work.rendered > 0 && work.rendered <= 5 * documents, "\(work)")
            #expect(work.kept > 5 * work.rendered, "\(work)")
        }
        try shop.expectListed("at the end")
        #expect(try shop.site.tree() == shop.site.site.treeFromScratch())
    }

    enum Operation: CaseIterable { case add, addSeveral, remove, removeSeveral, `return`, yank }
}

/// A repository of made-up packages, and a memory of its own of what is in it.
private final class Warehouse {
    let site: RealSite
    let type: String
    let canYank: Bool
    var random: SplitMix
    private let corpus: any Corpus
    /// Where packages go: groups, distributions and components. One where an ecosystem has nothing of the kind.
    private let destinations: [[String: String]]
    private var next = 0

    private struct Item: Hashable {
        var index: Int
        var destination: Int
    }

    /// What is in, by its place below the repository; and what was.
    private var listed: [String: Item] = [:]
    private var removed: [String: Item] = [:]
    /// The forms that an index of charts was seen in: whether it is JSON.
    private(set) var chartForms: Set<Bool> = []

    /// - Parameter only: the one destination to use.
    init(_ type: String, seed: UInt64, only: Int? = nil) throws {
        let settings = """
            segment_bytes: 1024
            retention: 10m
            rpm: {groups: {"gz*": {compression: gz}}}
            debian: {distributions: {stable: {compression: [gz, xz, zst]}}}
            helm: {yaml_limit_kib: 60}
            """
        site = try RealSite(settings: settings, signed: false)
        self.type = type
        canYank = Ecosystems.standard[type]?.profile.marks.contains(.yanked) ?? false
        random = SplitMix(seed: seed)
        let all: [[String: String]]
        switch type {
        case "rpm":
            corpus = RPMCorpus(seed: seed)
            all = [["group": "el9"], ["group": "gz9"], ["group": "fedora/41"]]
        case "debian":
            corpus = DebianCorpus(seed: seed)
            all = [
                ["distribution": "stable", "component": "main"], ["distribution": "stable", "component": "extra"],
                ["distribution": "testing", "component": "main"],
            ]
        case "pypi":
            corpus = PyPICorpus(seed: seed, projects: only == nil ? 4 : 1)
            all = [[:]]
        case "helm":
            corpus = HelmCorpus(seed: seed, charts: 7)
            all = [[:]]
        default: throw UnknownType(type: type, known: "what the corpus has")
        }
        destinations = only.map { [all[$0]] } ?? all
    }

    // MARK: Operations

    func addNew(_ count: Int) throws {
        let items = (0..<count).map { offset in
            Item(index: next + offset, destination: Int.random(in: destinations.indices, using: &random))
        }
        next += count
        try add(items)
    }

    /// One of everything that can be done to a repository.
    func operate() throws -> RandomOperationsTests.Operation {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30:
            try addNew(1)
            return .add
        case 30..<35:
            try addNew(4)
            return .addSeveral
        case 35..<60:
            try remove(1)
            return .remove
        case 60..<65:
            try remove(6)
            return .removeSeveral
        case 65..<100 where canYank && Bool.random(using: &random):
            let place = try #require(listed.keys.sorted().randomElement(using: &random))
            try site.yank(place, reason: Int.random(in: 0..<3, using: &random) > 0 ? "broken & <\(next)>" : nil)
            return .yank
        default:
            guard let place = removed.keys.sorted().randomElement(using: &random), let item = removed[place] else {
                try addNew(1)
                return .add
            }
            try add([item])
            return .return
        }
    }

    private func add(_ items: [Item]) throws {
        for (destination, items) in Dictionary(grouping: items, by: \.destination).sorted(by: { $0.key < $1.key }) {
            let paths = try items.map { try corpus.file($0.index).write(into: site.folder + "/inbox") }
            let places = try site.place(paths, at: destinations[destination])
            for (place, item) in zip(places, items) {
                let place = try #require(place)
                listed[place] = item
                removed[place] = nil
            }
        }
    }

    private func remove(_ count: Int) throws {
        let victims = Set(listed.keys.sorted().shuffled(using: &random).prefix(count))
        try site.remove(victims)
        for place in victims { removed[place] = listed.removeValue(forKey: place) }
    }

    // MARK: What is public

    /// Every index lists exactly what was put into it, each once. The catalog is not asked.
    func expectListed(_ when: String) throws {
        switch type {
        case "rpm":
            for (number, destination) in destinations.enumerated() {
                let group = destination["group"] ?? ""
                for document in ["primary", "filelists", "other"] {
                    let text = try expanded { $0.hasPrefix("acme/rpm/\(group)/repodata/") && $0.contains("-\(document).xml.") }
                    let wanted = places(number)
                    #expect(text.contains(" packages=\"\(wanted.count)\""), "\(when): \(group)")
                    if document == "primary" {
                        let shown = parts(of: text, after: "<location href=\"", upTo: "\"").map { "\(group)/\($0)" }
                        #expect(shown.sorted() == wanted, "\(when): \(group)")
                    } else {
                        #expect(text.components(separatedBy: "<package pkgid=").count - 1 == wanted.count, "\(when): \(group)")
                    }
                }
            }
        case "debian":
            for (number, destination) in destinations.enumerated() {
                let folder = "dists/\(destination["distribution"] ?? "")/\(destination["component"] ?? "")"
                for architecture in ["amd64", "all"] {
                    let text = try text("acme/debian/\(folder)/binary-\(architecture)/Packages")
                    let shown = parts(of: text, after: "\nFilename: ", upTo: "\n").sorted()
                    let wanted = places(number).filter { architecture == "amd64" || $0.hasSuffix("_all.deb") }
                    #expect(shown == wanted, "\(when): \(folder) \(architecture)")
                    #expect(text.components(separatedBy: "\n\n").count - 1 == wanted.count, "\(when): \(folder) \(architecture)")
                }
            }
        case "pypi":
            let projects = Dictionary(grouping: places(0)) { $0.components(separatedBy: "/")[1] }
            let names = parts(of: try text("acme/pypi/simple/index.html"), after: "<a href=\"", upTo: "/\"")
            #expect(names == projects.keys.sorted(), "\(when)")
            for (project, wanted) in projects {
                let page = try text("acme/pypi/simple/\(project)/index.html")
                #expect(
                    parts(of: page, after: "<a href=\"../../", upTo: "#").sorted() == wanted, "\(when): \(project)")
                let json = try JSONSerialization.jsonObject(
                    with: Data(text("acme/pypi/simple/\(project)/index.json").utf8))
                let object = try #require(json as? [String: Any])
                let files = (object["files"] as? [[String: Any]] ?? []).compactMap { $0["url"] as? String }
                #expect(files.map { $0.replacingOccurrences(of: "../../", with: "") }.sorted() == wanted, "\(when): \(project)")
                let versions = object["versions"] as? [String] ?? []
                #expect(Set(versions) == Set(wanted.map { $0.components(separatedBy: "/")[2] }), "\(when): \(project)")
                #expect(Set(versions).count == versions.count, "\(when): \(project)")
            }
        default:
            let text = try text("acme/helm/index.yaml")
            let isJSON = text.hasPrefix("{")
            chartForms.insert(isJSON)
            let shown =
                isJSON ? parts(of: text, after: "\"urls\":[\"", upTo: "\"") : parts(of: text, after: "urls:\n    - ", upTo: "\n")
            #expect(shown.sorted() == places(0), "\(when)")
        }
    }

    /// Every compressed form that stands beside a plain one holds the same.
    func expectCompressedFormsExpand() throws {
        let tree = try site.tree()
        for path in tree.keys {
            let stem = path.prefix(upTo: path.lastIndex(of: ".") ?? path.endIndex)
            guard let open = tree[String(stem)], path.hasSuffix(".gz") || path.hasSuffix(".xz") || path.hasSuffix(".zst") else {
                continue
            }
            #expect(Hex.string(SHA256Digest.of(try expand(path))) == open, "\(path)")
        }
    }

    private func places(_ destination: Int) -> [String] { listed.filter { $0.value.destination == destination }.keys.sorted() }

    private func text(_ path: String) throws -> String {
        String(decoding: try Files.read("\(site.site.publicRoot)/\(path)"), as: UTF8.self)
    }

    private func expand(_ path: String) throws -> [UInt8] {
        let bytes = try Files.read("\(site.site.publicRoot)/\(path)")
        return try Decompression.expand(
            bytes.span, Codec.recognise(bytes.span), subject: path, limit: 1 << 24, within: Budget())
    }

    private func expanded(_ isMeant: (String) -> Bool) throws -> String {
        let paths = try site.tree().keys.filter(isMeant)
        #expect(paths.count == 1, "\(paths)")
        return String(decoding: try expand(try #require(paths.first)), as: UTF8.self)
    }

    private func parts(of text: String, after start: String, upTo end: String) -> [String] {
        text.components(separatedBy: start).dropFirst().map { $0.components(separatedBy: end)[0] }
    }
}
