import Formats
import Foundation
import Testing

@testable import IndexGen

/// What holds for every ecosystem, shown with the sample packages of `examples/`.
@Suite struct EcosystemContractTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The identifiers of the ecosystems: test arguments must be values.
    private static let types = Ecosystems.standard.all.map(\.profile.id)

    private static func samples(of type: String) throws -> [String] {
        var paths: [String] = []
        let folder = "\(project)/examples/packages/dist/\(type)"
        try Files.walk(folder) { relative, _ in paths.append("\(folder)/\(relative)") }
        return paths
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
        let reference = try RealSite()
        try reference.add(Self.samples(of: type))
        try reference.generate()
        let expected = try reference.tree()
        #expect(expected.count > 4)
        var random = SplitMix(seed: 7)
        for _ in 0..<3 {
            let site = try RealSite()
            for path in try Self.samples(of: type).shuffled(using: &random) {
                try site.add([path])
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
    func `removing and bringing back gives the same tree again, and in between no index lists the package`(type: String) throws {
        let site = try RealSite()
        let samples = try Self.samples(of: type)
        try site.add(samples)
        try site.generate()
        let before = try site.tree()
        let row = try #require(try site.catalog.repositories().first)
        let files = try site.catalog.snapshot { try $0.files(in: row) }
        let victim = try #require(files.first)
        try site.catalog.remove([victim], actor: "tester")
        try site.generate()
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
        #expect(try site.tree() != before)
        for (path, text) in try site.plainIndexes() { #expect(!text.contains(victim.file), "\(path)") }
        try site.add(samples)
        try site.generate()
        #expect(try site.tree() == before)
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
    }

    /// Another file of the same identity: a sample with one bit changed where its reader does not look.
    private static func twin(of type: String) throws -> (original: String, twin: [UInt8]) {
        let site = try RealSite(signed: false)
        for sample in try samples(of: type) {
            try site.add([sample])
            let bytes = try Files.read(sample)
            for position in 0..<min(256, bytes.count) {
                var changed = bytes
                changed[position] ^= 1
                let path = "\(site.folder)/inbox/\(position)/\(Files.name(of: sample))"
                try Files.makeFolder(Files.folder(of: path))
                try Files.replace(path, with: changed)
                if case (.added, let admission)? = try site.replace(path), admission.settlement.replaced == SHA256Digest.of(bytes)
                {
                    return (sample, changed)
                }
            }
        }
        throw Refusal(.unsupported, "no sample of \(type) has a byte that its reader does not look at", remedy: "add one")
    }

    @Test(arguments: types)
    func `a replaced package has a path of its own, and no path ever has other bytes`(type: String) throws {
        let (original, bytes) = try Self.twin(of: type)
        let site = try RealSite()
        let twin = "\(site.folder)/inbox/twin/\(Files.name(of: original))"
        try Files.makeFolder(Files.folder(of: twin))
        try Files.replace(twin, with: bytes)
        let row = try #require(try site.place([original]).first)
        let first = "acme/\(type)/\(try #require(row))"
        try site.generate()
        let immutable = try Regex("^acme/[^/]+/(?:\(try #require(Ecosystems.standard[type]).profile.immutablePaths))")
        #expect(first.contains(immutable))
        #expect(try site.add([twin]) == [false], "not without being told to")

        let (_, admission) = try #require(try site.replace(twin))
        let second = "acme/\(type)/\(admission.path)"
        #expect(second != first && Files.name(of: second) == Files.name(of: first) && second.contains(immutable))
        try site.generate()
        #expect(try Files.read("\(site.site.publicRoot)/\(second)") == bytes)
        #expect(try Files.read("\(site.site.publicRoot)/\(first)") == Files.read(original), "for the time of grace")
        let generation = Upload.generation(of: SHA256Digest.of(bytes))
        let (old, new) = (Hex.string(SHA256Digest.of(try Files.read(original))), Hex.string(SHA256Digest.of(bytes)))
        var mentions = 0
        for text in try site.texts(in: "acme/\(type)/") where !text.isEmpty {
            #expect(!text.contains(old))
            // Some documents know a package by its digest alone.
            if text.contains(new), text.contains(Files.name(of: second)) {
                mentions += 1
                #expect(text.contains("\(generation)/"), "the index says where it is")
            }
        }
        #expect(mentions > 0)
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
        #expect(try site.add([original]) == [false], "the identity means the new bytes")
        let (_, back) = try #require(try site.replace(original))
        #expect("acme/\(type)/\(back.path)" == first, "a path may have its own bytes again")
        try site.generate()
        #expect(try site.faults() == [])
    }

    @Test(arguments: types)
    func `after prune, a name still means its bytes`(type: String) throws {
        let (original, bytes) = try Self.twin(of: type)
        let site = try RealSite()
        let twin = "\(site.folder)/inbox/twin/\(Files.name(of: original))"
        try Files.makeFolder(Files.folder(of: twin))
        try Files.replace(twin, with: bytes)
        let place = try #require(try site.place([original]).first ?? nil)
        try site.generate()
        try site.remove([place])
        try site.generate()
        site.time.advance(25 * 3_600)
        try site.generate()
        let pruned = try Pruner(site: site.site, catalog: site.catalog).run(rehearsing: false)
        #expect(pruned.packages.contains("acme/\(type)/\(place)"))
        #expect(try site.add([twin]) == [false])
        #expect(try site.place([original]) == [place])
        try site.generate()
        #expect(try site.faults() == [])
    }

    @Test(arguments: types)
    func `a truncated or damaged package is refused or read, and a refused one leaves nothing`(type: String) throws {
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
            let path = "\(site.folder)/inbox/\(round)/\(Files.name(of: sample))"
            try Files.makeFolder(Files.folder(of: path))
            try Files.replace(path, with: damaged)
            if try site.add([path]) == [false] { refused += 1 }
        }
        #expect(refused >= 30, "no truncated package is whole")
        try site.generate()
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
    }

    @Test(arguments: types)
    func `no public path leaves its repository`(type: String) throws {
        let site = try RealSite()
        try site.add(Self.samples(of: type))
        try site.generate()
        for path in try site.tree().keys where RootFile(rawValue: path) == nil {
            #expect(path.hasPrefix("acme/\(type)/"))
            #expect(!path.split(separator: "/").contains(".."))
        }
    }

    @Test func `Formats imports nothing impure`() throws {
        let banned = ["Foundation", "Glibc", "Dispatch", "NIO", "Logging", "GRDB", "SystemPackage"]
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
