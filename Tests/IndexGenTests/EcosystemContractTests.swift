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
        #expect(try FileStatus.of("\(Self.project)/templates/pages/\(type).mustache") != nil)
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
