import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// What holds for every ecosystem, shown with the sample packages of `examples/`.
@Suite struct EcosystemContractTests {
    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The identifiers of the ecosystems: test arguments must be values.
    private static let types = Ecosystems.standard.all.map(\.profile.id)

    /// Those of which two files can have one identity.
    private static let typesWithTwins = types.filter { type in
        !Specimen.all.contains { $0.type == type && $0.isNamedByContent }
    }

    static func samples(of type: String) throws -> [String] {
        var paths: [String] = []
        let folder = "\(project)/examples/packages/dist/\(type)"
        try Files.walk(folder) { relative, _ in paths.append("\(folder)/\(relative)") }
        return paths
    }

    /// Writes a variant of a sample for a site to take in, below folders that say the same of its place.
    static func write(_ bytes: [UInt8], for site: RealSite, in folder: String, like sample: String) throws -> String {
        let folders = sample.components(separatedBy: "/examples/packages/dist/")[1]
        let path = "\(site.folder)/inbox/\(folder)/\(folders)"
        try Files.makeFolder(Files.folder(of: path))
        try Files.replace(path, with: bytes)
        return path
    }

    /// Where a repository of this type is in the public tree.
    private static func root(of type: String) throws -> String {
        "acme/\(try #require(Ecosystems.standard[type]).profile.segment)"
    }

    @Test(arguments: types)
    func `each has sample packages, a page template, a documentation page and a row in the README`(type: String) throws {
        let ecosystem = try #require(Ecosystems.standard[type])
        #expect(try Self.samples(of: type).count >= 2)
        #expect(try PageLibrary(environment: [:]).render(type, [:]) != nil)
        #expect(try FileStatus.of("\(Self.project)/Sources/Formats/Formats.docc/\(ecosystem.profile.title).md") != nil)
        let readme = String(decoding: try Files.read("\(Self.project)/README.md"), as: UTF8.self)
        #expect(readme.contains("| `\(type)` |"))
    }

    @Test(arguments: types)
    func `any order of arrival in any portions gives the same tree, and so does starting from scratch`(type: String) throws {
        let specimen = try Specimen.of(type)
        let reference = try RealSite()
        try reference.add(Self.samples(of: type), of: specimen)
        try reference.generate()
        let expected = try reference.tree()
        #expect(expected.count > 4)
        var random = SplitMix(seed: 7)
        for _ in 0..<3 {
            let site = try RealSite()
            for path in try Self.samples(of: type).shuffled(using: &random) {
                try site.add([path], of: specimen)
                if Bool.random(using: &random) { try site.generate() }
            }
            try site.generate()
            #expect(try site.tree() == expected)
            try FileManager.default.removeItem(atPath: site.site.publicRoot)
            try Files.makeFolder(site.site.publicRoot)
            try site.generate(everything: true)
            #expect(try site.tree() == expected)
        }
    }

    @Test(arguments: types)
    func `a site whose address changes has the tree of one that had it from the start`(type: String) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite(settings: "base_url: http://one.example")
        let other = try RealSite(settings: "base_url: http://two.example/below")
        let early = try RealSite(settings: "base_url: http://one.example")
        for each in [site, other, early] { try each.add(Self.samples(of: type), of: specimen) }
        // One has published under the first address, the other has only rendered.
        for each in [site, other] { try each.generate() }
        for each in [site, early] {
            try Files.replace(each.folder + "/indexgen.yaml", with: TestSite.quiet("base_url: http://two.example/below"))
            let moved = try Site(at: each.folder, environment: ProcessInfo.processInfo.environment, clock: each.time.clock)
            _ = try Generator(site: moved, catalog: each.catalog).run()
            #expect(try each.tree() == other.tree())
        }
    }

    @Test(arguments: types)
    func `removing and bringing back gives the same tree again, and in between no index lists the package`(type: String) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite()
        let samples = try Self.samples(of: type)
        try site.add(samples, of: specimen)
        try site.generate()
        let before = try site.tree()
        let row = try #require(try site.catalog.repositories().first)
        let files = try site.catalog.snapshot { try $0.files(in: row) }
        let victim = try #require(files.first)
        let mention =
            switch specimen.mention {
            case .name: victim.file
            case .version: victim.version
            case .digest: Hex.string(victim.sha256)
            }
        let root = try Self.root(of: type)
        #expect(try site.texts(in: "\(root)/").contains { $0.contains(mention) })
        try site.catalog.remove([victim], author: "tester")
        try site.generate()
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
        #expect(try site.tree() != before)
        for (path, text) in try site.plainIndexes() { #expect(!text.contains(mention), "\(path)") }
        for text in try site.texts(in: "\(root)/") { #expect(!text.contains(mention)) }
        try site.add(samples, of: specimen)
        try site.generate()
        #expect(try site.tree() == before)
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
    }

    /// Another file of the same identity: a sample with one bit changed where its reader does not look.
    static func twin(of type: String) throws -> (original: String, twin: [UInt8]) {
        let specimen = try Specimen.of(type)
        for sample in try samples(of: type) {
            let site = try RealSite(signed: false)
            let place = try #require(try site.place([sample], of: specimen).first ?? nil)
            let bytes = try Files.read(sample)
            for position in 0..<min(256, bytes.count) {
                var changed = bytes
                changed[position] ^= 1
                // Alone, it comes in at the same place: also where nothing is replaced.
                let site = try RealSite(signed: false)
                let path = try write(changed, for: site, in: "twin", like: sample)
                if try site.place([path], of: specimen) == [place] { return (sample, changed) }
            }
        }
        throw Refusal(.unsupported, "no sample of \(type) has a byte that its reader does not look at", remedy: "add one")
    }

    @Test(arguments: typesWithTwins.filter { Ecosystems.standard[$0]?.profile.isReplaceable == false })
    func `what is not replaceable keeps its bytes, also when replacement is asked for`(type: String) throws {
        let specimen = try Specimen.of(type)
        let (original, bytes) = try Self.twin(of: type)
        let site = try RealSite()
        let twin = try Self.write(bytes, for: site, in: "twin", like: original)
        let place = try #require(try site.place([original], of: specimen).first ?? nil)
        try site.generate()
        let before = try site.tree()
        #expect(try site.add([twin], of: specimen) == [false])
        #expect(try site.replace(twin, of: specimen) == nil)
        try site.generate()
        #expect(try site.tree() == before)
        let path = "\(site.site.publicRoot)/\(try Self.root(of: type))/\(place)"
        #expect(try Files.read(path) == Files.read(original))
        #expect(try site.faults() == [])
        // Nor when it is gone.
        try site.remove([place])
        try site.generate()
        #expect(try site.replace(twin, of: specimen) == nil)
        #expect(try site.place([original], of: specimen) == [place])
        try site.generate()
        #expect(try site.tree() == before)
    }

    @Test(arguments: types.filter { Ecosystems.standard[$0]?.profile.isReplaceable == true })
    func `a replaced package has a path of its own, and no path ever has other bytes`(type: String) throws {
        let specimen = try Specimen.of(type)
        let root = try Self.root(of: type)
        let (original, bytes) = try Self.twin(of: type)
        let site = try RealSite()
        let twin = try Self.write(bytes, for: site, in: "twin", like: original)
        let row = try #require(try site.place([original], of: specimen).first)
        let first = "\(root)/\(try #require(row))"
        try site.generate()
        let immutable = try Regex("^acme/[^/]+/(?:\(try #require(Ecosystems.standard[type]).profile.immutablePaths))")
        #expect(first.contains(immutable))
        #expect(try site.add([twin], of: specimen) == [false], "not without being told to")

        let (_, admission) = try #require(try site.replace(twin, of: specimen))
        #expect(admission.settlement.replaced != nil)
        let second = "\(root)/\(admission.path)"
        #expect(second != first && Files.name(of: second) == Files.name(of: first) && second.contains(immutable))
        try site.generate()
        #expect(try Files.read("\(site.site.publicRoot)/\(second)") == bytes)
        #expect(try Files.read("\(site.site.publicRoot)/\(first)") == Files.read(original), "for the time of grace")
        let generation = Upload.generation(of: SHA256Digest.of(bytes))
        let (old, new) = (Hex.string(SHA256Digest.of(try Files.read(original))), Hex.string(SHA256Digest.of(bytes)))
        var mentions = 0
        for text in try site.texts(in: "\(root)/") where !text.isEmpty {
            #expect(!text.contains(old))
            guard text.contains(new) else { continue }
            if specimen.mention == .digest {
                mentions += 1
            } else if text.contains(Files.name(of: second)) {
                // Some other documents know a package by its digest alone.
                mentions += 1
                #expect(text.contains("\(generation)/"), "the index says where it is")
            }
        }
        #expect(mentions > 0)
        if specimen.mention == .digest {
            // Clients make the address of the digest, and find these bytes there.
            let places = try site.tree().keys.filter { $0.hasPrefix("\(root)/") && $0.contains("/\(new)/") }
            #expect(places.count == 1 && places.allSatisfy { $0.contains(immutable) })
            for place in places { #expect(try Files.read("\(site.site.publicRoot)/\(place)") == bytes) }
        }
        #expect(try site.faults() == [])
        let tree = try site.tree()
        try FileManager.default.removeItem(atPath: site.site.publicRoot)
        try Files.makeFolder(site.site.publicRoot)
        try site.generate(everything: true)
        #expect(try site.tree() == tree)

        site.time.advance(25 * 3_600)
        try site.generate()
        _ = try Pruner(site: site.site, catalog: site.catalog).run(rehearsing: false)
        #expect(try FileStatus.of("\(site.site.publicRoot)/\(first)") == nil)
        #expect(try site.add([original], of: specimen) == [false], "the identity means the new bytes")
        let (_, back) = try #require(try site.replace(original, of: specimen))
        #expect("\(root)/\(back.path)" == first, "a path may have its own bytes again")
        try site.generate()
        #expect(try site.faults() == [])
    }

    @Test(arguments: typesWithTwins)
    func `after prune, a name still means its bytes`(type: String) throws {
        let specimen = try Specimen.of(type)
        let (original, bytes) = try Self.twin(of: type)
        let site = try RealSite()
        let twin = try Self.write(bytes, for: site, in: "twin", like: original)
        let place = try #require(try site.place([original], of: specimen).first ?? nil)
        try site.generate()
        try site.remove([place])
        try site.generate()
        site.time.advance(25 * 3_600)
        try site.generate()
        let pruned = try Pruner(site: site.site, catalog: site.catalog).run(rehearsing: false)
        let root = try Self.root(of: type)
        #expect(pruned.packages.contains("\(root)/\(place)"))
        #expect(try site.add([twin], of: specimen) == [false])
        #expect(try site.place([original], of: specimen) == [place])
        try site.generate()
        #expect(try site.faults() == [])
    }

    @Test(arguments: types)
    func `a truncated or damaged package is refused or read, and a refused one leaves nothing`(type: String) throws {
        let specimen = try Specimen.of(type)
        let sample = try #require(try Self.samples(of: type).min { try Files.read($0).count < Files.read($1).count })
        let bytes = try Files.read(sample)
        let site = try RealSite()
        var random = SplitMix(seed: 11)
        var refused = 0
        for round in 0..<60 {
            var damaged = bytes
            if round % 2 == 0 {
                damaged = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
            } else {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            let path = try Self.write(damaged, for: site, in: "\(round)", like: sample)
            if try site.add([path], of: specimen) == [false] { refused += 1 }
        }
        #expect(refused >= 30, "no truncated package is whole, and a path has the first bytes only")
        try site.generate()
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
    }

    /// What people, tokens and addresses may say of a package's place.
    private static let hostilePlaces =
        [
            "..", ".", "../../x", "a/../../x", "a/..", "/a", "a/", "a//b", "", " ", "\u{0}", "a\nb", "a\u{7F}", "%2e%2e",
            "..%2fx",
            "index.html", "index.html/x", "con\u{301}", "\u{202E}x", "~", "-", "*", "a\\b",
        ] + [String(repeating: "n", count: 300), String(repeating: "a/", count: 2_000)]

    /// The paths of all documents of the scopes that a file is listed in.
    private static func documents(of upload: Upload, _ bytes: [UInt8], _ ecosystem: any Ecosystem) throws -> [String] {
        let repository = Repository(owner: "acme", type: ecosystem.profile.id, baseURL: "https://example.org")
        let record = try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
        let placement = try ecosystem.place(record, of: upload, in: repository)
        for sidecar in record.sidecars { _ = try sidecar.place.path(beside: placement.path) }
        return Dictionary(grouping: placement.listings.map(\.partition), by: \.scope).flatMap { scope, partitions in
            let view = Scope(
                key: scope, changed: Timestamp(seconds: 3), partitions: partitions.map { Partition(key: $0, count: 1) })
            return ecosystem.documents(for: view, in: repository).map(\.path)
        }
    }

    /// `PublicPath` is the only type of a file's place; this is for what plans make of scopes, and for words that name the place.
    @Test(arguments: types)
    func `a hostile place is refused, or all that comes of it stays in the repository`(type: String) throws {
        let ecosystem = try #require(Ecosystems.standard[type]), specimen = try Specimen.of(type)
        let path = try #require(try Self.samples(of: type).first), bytes = try Files.read(path)
        var refusals: [Refusal] = []
        for coordinate in ecosystem.profile.coordinates.map(\.name) + ["filename"] {
            for hostile in Self.hostilePlaces {
                var given = specimen.coordinates(path)
                if coordinate != "filename" { given[coordinate] = hostile }
                let upload = Upload(
                    filename: coordinate == "filename" ? hostile : Files.name(of: path), size: bytes.count,
                    digests: Digester.digests(of: bytes), modified: Timestamp(seconds: 1), received: Timestamp(seconds: 2),
                    coordinates: Coordinates(given))
                switch Result(catching: { try Self.documents(of: upload, bytes, ecosystem) }) {
                case .success(let paths):
                    let faults = paths.compactMap { PublicPath.fault(in: $0) }
                    #expect(faults == [], "\(coordinate) \(hostile.debugDescription)")
                case .failure(let error): refusals.append(try #require(error as? Refusal))
                }
            }
        }
        #expect(refusals.allSatisfy { !$0.remedy.isEmpty && !"\($0)".utf8.contains(where: ASCII.isControl) })
        // Where files say all of their place, only the name is left, and nothing may come of it.
        #expect(!refusals.isEmpty || ecosystem.profile.coordinates.isEmpty)
    }

    @Test(arguments: types)
    func `what is said of a package comes of the digests that its type asks for`(type: String) throws {
        let ecosystem = try #require(Ecosystems.standard[type]), specimen = try Specimen.of(type)
        let repository = Repository(owner: "acme", type: type, baseURL: "https://example.org")
        for path in try Self.samples(of: type) {
            let bytes = try Files.read(path), all = Digester.digests(of: bytes)
            func everything(_ digests: Digests) throws -> String {
                let upload = Upload(
                    filename: Files.name(of: path), size: bytes.count, digests: digests, modified: Timestamp(seconds: 1),
                    received: Timestamp(seconds: 2), coordinates: Coordinates(specimen.coordinates(path)))
                let record = try ecosystem.inspect(upload, bytes: bytes.span, in: repository, within: Budget())
                let placement = try ecosystem.place(record, of: upload, in: repository)
                let fragments = ecosystem.fragments(
                    of: record, from: upload, at: placement, annotations: Annotations(), in: repository)
                return "\(record) \(placement) \(fragments) \(ecosystem.signedText(of: record, from: upload) ?? [])"
            }
            var asked = Digests(sha256: all.sha256)
            for algorithm in ecosystem.profile.digests { asked[algorithm] = all[algorithm] }
            #expect(try everything(asked) == everything(all), "\(path)")
        }
    }

    @Test func `bytes that two types know have the digests of both`() throws {
        let site = try RealSite()
        let path = try #require(try Self.samples(of: "rpm").first), bytes = try Files.read(path)
        func known() throws -> [[UInt8]] {
            try site.catalog.snapshot { snapshot in
                let row = try #require(
                    try Row.fetchOne(
                        snapshot.db, sql: "SELECT sha1, md5, sha512 FROM blob WHERE sha256 = ?",
                        arguments: [SHA256Digest.of(bytes)]))
                return (0..<3).map { row.bytes($0) }
            }
        }
        let all = Digester.digests(of: bytes)
        #expect(try site.place([path], type: "rpm") != [nil])
        #expect(try known() == [[], [], []], "none that no client of RPM asks for")
        #expect(try site.place([path], at: ["package": "tool", "version": "1"], type: "generic") != [nil])
        #expect(try known() == [[], all.md5, all.sha512])
        try site.generate()
        let index = try #require(try site.texts(in: "acme/generic/").first { $0.contains("sha512") })
        #expect(index.contains(Hex.string(all.sha512)) && index.contains(Hex.string(all.md5)))
        // What is there stays when a type comes that asks for less.
        #expect(try site.place([path], at: ["group": "other"], type: "rpm") != [nil])
        #expect(try known() == [[], all.md5, all.sha512])
        #expect(try site.faults() == [])
    }

    @Test(arguments: types)
    func `no public path leaves its repository`(type: String) throws {
        let root = try Self.root(of: type)
        let site = try RealSite()
        try site.add(Self.samples(of: type), of: Specimen.of(type))
        try site.generate()
        for path in try site.tree().keys where RootFile(rawValue: path) == nil {
            #expect(path.hasPrefix("\(root)/"))
            #expect(!path.split(separator: "/").contains(".."))
        }
    }

    @Test func `Formats imports nothing impure`() throws {
        let banned = ["Foundation", "Glibc", "Dispatch", "NIO", "Logging", "CSQLite", "SystemPackage"]
        try Files.walk("\(Self.project)/Sources/Formats") { relative, _ in
            guard relative.hasSuffix(".swift") else { return }
            let text = String(decoding: try Files.read("\(Self.project)/Sources/Formats/\(relative)"), as: UTF8.self)
            for line in text.split(separator: "\n")
            where line.contains("import ") && !line.hasPrefix("//") && !line.hasPrefix(" ") {
                #expect(
                    !banned.contains { line.hasSuffix("import \($0)") || line.contains("import \($0).") }, "\(relative): \(line)")
            }
        }
    }
}
