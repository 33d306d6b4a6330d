import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// The promises of generation, kept over hundreds of changes of made-up packages of every ecosystem, in documents of many segments.
@Suite struct RandomOperationsTests {
    private static let types = Specimen.all.map(\.type)

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
        let specimen = shop.specimen
        #expect(specimen.hasSmallDocuments ? work.rendered > 100 : work.kept > 1_000, "\(work)")
        if !specimen.hasCompressedDocuments {
            #expect(work.compressed == 0 && work.reused == 0, "\(work)")
        } else if !specimen.hasSmallDocuments {
            #expect(work.reused > work.compressed, "\(work)")
        }
        #expect(shop.chartForms.count == (type == "helm" ? 2 : 0))
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
    let specimen: Specimen
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
    private var yanked: Set<String> = []
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
        let specimen = try Specimen.of(type)
        self.specimen = specimen
        canYank = Ecosystems.standard[type]?.profile.marks.contains { $0.name == "yanked" } ?? false
        random = SplitMix(seed: seed)
        corpus = specimen.corpus(seed, only != nil && specimen.hasDocumentPerName ? 1 : specimen.names)
        destinations = only.map { [specimen.destinations[$0]] } ?? specimen.destinations
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
            let reason = Int.random(in: 0..<3, using: &random) > 0 ? "broken & <\(next)>" : nil
            try site.yank(place, reason: reason)
            if reason == nil { yanked.remove(place) } else { yanked.insert(place) }
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
            let places = try site.place(paths, at: destinations[destination], type: specimen.spokenType)
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
        yanked.subtract(victims)
    }

    // MARK: What is public

    /// Every index lists exactly what was put into it, each once. The catalog is not asked.
    func expectListed(_ when: String) throws {
        switch specimen.type {
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
        case "goproxy": try expectModules(when)
        case "cargo": try expectCrates(when)
        case "npm": try NPMListing.expect(places(0), below: "acme/npm", in: Array(site.tree().keys), when, text: text)
        case "arch": try expectDatabases(when)
        case "alpine": try expectIndexes(when)
        case "generic": try expectFiles(when)
        case "container":
            let everything = destinations.indices.flatMap { places($0) }
            try ContainerListing.expect(everything, below: "acme/container", in: Array(site.tree().keys), when) { try text($0) }
        case "maven":
            try MavenListing.expect(places(0), below: "acme/maven", in: Array(site.tree().keys), when) { try text($0) }
        default:
            let text = try text("acme/helm/index.yaml")
            let isJSON = text.hasPrefix("{")
            chartForms.insert(isJSON)
            let shown =
                isJSON ? parts(of: text, after: "\"urls\":[\"", upTo: "\"") : parts(of: text, after: "urls:\n    - ", upTo: "\n")
            #expect(shown.sorted() == places(0), "\(when)")
        }
    }

    private func expectModules(_ when: String) throws {
        let modules = Dictionary(grouping: places(0)) { $0.components(separatedBy: "/@v/")[0] }
        let lists = try site.tree().keys.filter { $0.hasPrefix("acme/go/") && $0.hasSuffix("/@v/list") }
        #expect(lists.sorted() == modules.keys.map { "acme/go/\($0)/@v/list" }.sorted(), "\(when)")
        // No two versions of the corpus have the same numbers.
        func numbers(_ version: String) -> [Int] {
            version.dropFirst().prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
        }
        func moment(_ version: String) -> String { String((parts(of: version, after: "-0.", upTo: "-").first ?? "").prefix(14)) }
        for (module, places) in modules {
            let versions = places.map { String($0.components(separatedBy: "/@v/")[1].dropLast(4)) }
                .sorted { numbers($0).lexicographicallyPrecedes(numbers($1)) }
            let tagged = versions.filter { moment($0).isEmpty }
            #expect(try text("acme/go/\(module)/@v/list") == tagged.map { "\($0)\n" }.joined(), "\(when): \(module)")
            let wanted = try #require(
                tagged.last { !$0.contains("-") } ?? tagged.last ?? versions.max { moment($0) < moment($1) })
            let latest = try text("acme/go/\(module)/@latest")
            #expect(latest.hasPrefix("{\"Version\":\"\(wanted)\","), "\(when): \(module), \(latest)")
            #expect(try latest == text("acme/go/\(module)/@v/\(wanted).info"), "\(when): \(module)")
        }
    }

    private func expectCrates(_ when: String) throws {
        // api/v1/crates/NAME/VERSION/download
        let crates = Dictionary(grouping: places(0)) { $0.components(separatedBy: "/")[3] }
        func index(_ crate: String) -> String { "acme/cargo/\(crate.prefix(2))/\(crate.dropFirst(2).prefix(2))/\(crate)" }
        let indexes = try site.tree().keys.filter { path in
            path.hasPrefix("acme/cargo/") && !path.hasPrefix("acme/cargo/api/") && !path.hasSuffix(".gz")
                && !["config.json", "index.html"].contains(Files.name(of: path))
        }
        #expect(indexes.sorted() == crates.keys.map(index).sorted(), "\(when)")
        for (crate, wanted) in crates {
            var shown: [String: Bool] = [:]
            for line in try text(index(crate)).split(separator: "\n") {
                let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let place = "api/v1/crates/\(entry["name"] as? String ?? "")/\(entry["vers"] as? String ?? "")/download"
                let isYanked = try #require(entry["yanked"] as? Bool)
                #expect(shown.updateValue(isYanked, forKey: place) == nil, "\(when): \(place) twice")
                #expect(try entry["cksum"] as? String == digest("acme/cargo/\(place)"), "\(when): \(place)")
            }
            #expect(shown == Dictionary(uniqueKeysWithValues: wanted.map { ($0, yanked.contains($0)) }), "\(when): \(crate)")
        }
    }

    /// Of each name the newest version alone: later files of the corpus are newer.
    private func expectDatabases(_ when: String) throws {
        for (number, destination) in destinations.enumerated() {
            let repository = destination["repository"] ?? ""
            var newest: [String: (index: Int, file: String)] = [:]
            for (place, item) in listed where item.destination == number {
                let file = Files.name(of: place)
                let name = file.components(separatedBy: "-").dropLast(3).joined(separator: "-")
                if let known = newest[name], known.index > item.index { continue }
                newest[name] = (item.index, file)
            }
            let wanted = newest.values.map(\.file).sorted()
            let folder = "acme/arch/\(repository.isEmpty ? "" : "\(repository)/")x86_64"
            let database = repository.isEmpty ? "packages" : Files.name(of: repository)
            for ending in ["db", "files"] {
                let text = String(decoding: try expand("\(folder)/\(database).\(ending)"), as: UTF8.self)
                let shown = parts(of: text, after: "%FILENAME%\n", upTo: "\n").sorted()
                #expect(shown == wanted, "\(when): \(folder), \(ending)")
                let lists = text.components(separatedBy: "%FILES%\n").count - 1
                #expect(lists == (ending == "files" ? wanted.count : 0), "\(when): \(folder)")
            }
        }
    }

    private func expectIndexes(_ when: String) throws {
        for (number, destination) in destinations.enumerated() {
            let folder = "acme/alpine/\(destination["branch"] ?? "")/\(destination["repository"] ?? "")"
            for architecture in ["x86_64", "noarch"] {
                let wanted = places(number).filter { architecture == "x86_64" || $0.contains("/noarch/") }.map(Files.name(of:))
                let tar = try expand("\(folder)/\(architecture)/APKINDEX.unsigned.tar.gz")
                let text = String(decoding: tar, as: UTF8.self)
                let records = text.components(separatedBy: "\n\n").dropLast()
                let shown = records.map { record in
                    let name = parts(of: record, after: "\nP:", upTo: "\n").first ?? ""
                    return "\(name)-\(parts(of: record, after: "\nV:", upTo: "\n").first ?? "").apk"
                }
                #expect(shown.sorted() == wanted.sorted(), "\(when): \(folder) \(architecture)")
                let places = parts(of: text, after: "\nA:", upTo: "\n")
                #expect(places == wanted.map { _ in architecture }, "\(when): \(folder) \(architecture)")
                #expect(tar.count % 512 == 0, "\(when): \(folder) \(architecture)")
            }
        }
    }

    private func expectFiles(_ when: String) throws {
        func object(_ path: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text(path).utf8)) as? [String: Any], "\(path)")
        }
        let tree = try site.tree()
        // Those that have files, in ascending order.
        var versions: [String: [String]] = [:]
        for (number, destination) in destinations.enumerated() {
            let (package, version) = (destination["package"] ?? "", destination["version"] ?? "")
            let folder = "acme/generic/\(package)/\(version)"
            let wanted = places(number)
            guard !wanted.isEmpty else {
                #expect(!tree.keys.contains { $0.hasPrefix("\(folder)/") }, "\(when): \(folder)")
                continue
            }
            versions[package, default: []].append(version)
            let sums = try wanted.map { "\(try digest("acme/generic/\($0)"))  \(Files.name(of: $0))\n" }.joined()
            #expect(try text("\(folder)/SHA256SUMS") == sums, "\(when): \(folder)")
            let files = try #require(try object("\(folder)/index.json")["files"] as? [[String: Any]])
            let shown = files.compactMap { ($0["url"] as? String)?.removingPercentEncoding }
            #expect(shown.map { "\(package)/\(version)/\($0)" } == wanted, "\(when): \(folder)")
        }
        let names = try #require(try object("acme/generic/index.json")["names"] as? [String])
        #expect(names == versions.keys.sorted { $0.lowercased() < $1.lowercased() }, "\(when)")
        for (package, versions) in versions {
            let list = try object("acme/generic/\(package)/index.json")
            #expect(list["versions"] as? [String] == versions, "\(when): \(package)")
            #expect(list["latest"] as? String == versions.last, "\(when): \(package)")
            let target = Files.target(ofLink: "\(site.site.publicRoot)/acme/generic/\(package)/latest")
            #expect(target.map { String(decoding: $0, as: UTF8.self) } == versions.last, "\(when): \(package)")
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

    private func digest(_ path: String) throws -> String {
        Hex.string(SHA256Digest.of(try Files.read("\(site.site.publicRoot)/\(path)")))
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
