import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// A site with the real ecosystems and a clock that tests set.
final class RealSite {
    let folder: String
    let time = TestClock()
    let site: Site
    let catalog: Catalog

    init(settings: String = "", signed: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-real-\(UUID().uuidString)").path
        try Files.makeFolder(folder + "/public")
        try Files.makeFolder(folder + "/inbox")
        try Files.replace(folder + "/indexgen.yaml", with: TestSite.quiet(settings))
        if signed {
            try TestKey.copy(to: folder + "/state/keyring")
            // The same for all, so that their trees are; and made once.
            try Files.makeFolder(folder + "/state/keys", mode: 0o700)
            for kind in SiteKey.Kind.allCases {
                try Files.replace("\(folder)/state/keys/\(kind.rawValue).pem", with: Self.plainKeys[kind] ?? [], mode: 0o600)
            }
        }
        site = try Site(at: folder, environment: ProcessInfo.processInfo.environment, clock: time.clock)
        catalog = try site.openCatalog()
    }

    private static let plainKeys: [SiteKey.Kind: [UInt8]] = Dictionary(
        uniqueKeysWithValues: SiteKey.Kind.allCases.compactMap { kind in
            (try? PlainKey(generating: kind)).map { (kind, $0.pem) }
        })

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Adds some packages of every ecosystem.
    func addCorpora(_ range: Range<Int> = 0..<2) throws {
        let corpora = Specimen.all.map { ($0, $0.corpus(7, 2)) }
        for index in range {
            for (specimen, corpus) in corpora {
                let path = try corpus.file(index).write(into: folder + "/inbox")
                #expect(try place([path], at: specimen.home, type: specimen.spokenType) != [nil], "\(path)")
            }
        }
    }

    /// Every file of the public tree, those in grace with them.
    func everyFile() throws -> [String] {
        var paths: [String] = []
        try Files.walk(site.publicRoot) { path, _ in paths.append(path) }
        return paths
    }

    /// What `verify --repair` does.
    func repair() throws {
        _ = try Verifier(site: site, catalog: catalog).discardDamagedBlobs()
        try generate(everything: true)
    }

    /// For each file whether it is in now.
    @discardableResult
    func add(_ paths: [String]) throws -> [Bool] { try place(paths).map { $0 != nil } }

    /// The same for files of one type, which lie in folders that say where they belong where that has to be said.
    @discardableResult
    func add(_ paths: [String], of specimen: Specimen) throws -> [Bool] {
        try place(paths, of: specimen).map { $0 != nil }
    }

    func place(_ paths: [String], of specimen: Specimen) throws -> [String?] {
        var places: [String: String] = [:]
        for (coordinates, paths) in Dictionary(grouping: paths, by: specimen.coordinates) {
            for (path, place) in zip(paths, try place(paths, at: coordinates, type: specimen.spokenType)) {
                places[path] = place
            }
        }
        return paths.map { places[$0] }
    }

    /// Where each file lives now, below its repository; nil for those that were refused.
    func place(_ paths: [String], at coordinates: [String: String] = [:], type: String? = nil, owner: String = "acme") throws
        -> [String?]
    {
        var places: [String?] = []
        let intake = Intake(
            site: site, catalog: catalog, owner: owner, type: type, coordinates: Coordinates(coordinates), link: false,
            author: "tester")
        try intake.take(paths) { _, result in
            if case .success((let outcome, let admission)) = result, !outcome.isRefusal {
                places.append(admission.placement.path.text)
            } else {
                places.append(nil)
            }
        }
        return places
    }

    /// Puts a file in the place of what has its identity; nil when it is refused.
    func replace(_ path: String, of specimen: Specimen) throws -> (Outcome, Admission)? {
        var result: (Outcome, Admission)?
        let intake = Intake(
            site: site, catalog: catalog, owner: "acme", type: specimen.spokenType,
            coordinates: Coordinates(specimen.coordinates(path)), author: "tester", replace: true)
        try intake.take([path]) { _, given in
            if case .success((let outcome, let admission)) = given, !outcome.isRefusal { result = (outcome, admission) }
        }
        return result
    }

    /// The open text of every index and document of a folder of the tree, packages apart.
    func texts(in folder: String) throws -> [String] {
        let documents = try catalog.snapshot { try $0.expectedFiles() }.filter {
            $0.kind == .document && $0.path.hasPrefix(folder) && Files.target(ofLink: "\(site.publicRoot)/\($0.path)") == nil
        }
        return try documents.map { file in
            let path = "\(site.publicRoot)/\(file.path)"
            // By content: databases of pacman have no ending that says it.
            let bytes = try Files.read(path)
            let codec = Codec.recognise(bytes.span)
            var program = ["gzip", "-dc"]
            if codec == .xz { program = ["xz", "-dc"] }
            if codec == .zstd { program = ["zstd", "-qdc"] }
            guard codec == .gzip || codec == .xz || codec == .zstd else { return String(decoding: bytes, as: UTF8.self) }
            let run = try Program(named: program[0], environment: ProcessInfo.processInfo.environment)
                .run([program[1], path], environment: ProcessInfo.processInfo.environment)
            return String(decoding: run.output, as: UTF8.self)
        }
    }

    /// Removes the files that live there, below their repository.
    func remove(_ places: Set<String>) throws { try catalog.remove(files(at: places), author: "tester") }

    /// Yanks the file that lives there, or takes that back. The reason is left out where the ecosystem has none.
    func yank(_ place: String, reason: String?) throws {
        let files = try files(at: [place])
        let ecosystem = try #require(files.first.flatMap { site.ecosystems[$0.type] })
        let kind = try #require(ecosystem.profile.marks.first { $0.name == MarkKind.yanked.name })
        try catalog.mark(
            files, MarkChange(kind: kind, value: kind.value == nil ? reason.map { _ in "" } : reason, customs: 0),
            author: "tester",
            render: site.rendering(ecosystem))
    }

    private func files(at places: Set<String>) throws -> [FileRow] {
        try catalog.repositories().flatMap { row in try catalog.snapshot { try $0.files(in: row) } }
            .filter { places.contains($0.pathInRepository) }
    }

    @discardableResult
    func generate(everything: Bool = false) throws -> Generator.Summary {
        do {
            return try Generator(site: site, catalog: catalog).run(everything: everything)
        } catch let failures as PublicationFailures where failures.failures.count == 1 {
            throw failures.failures[0].error
        }
    }

    func faults() throws -> [Verifier.Fault] { try Verifier(site: site, catalog: catalog).run().faults }

    func tree() throws -> [String: String] { try site.publicDigests(catalog) }

    /// The texts of documents that are served plain.
    func plainIndexes() throws -> [(String, String)] {
        try tree().keys.filter {
            $0.hasSuffix("Packages") || $0.hasSuffix(".html") || $0.hasSuffix(".json") || $0.hasSuffix(".yaml")
        }
        .map { ($0, String(decoding: try Files.read("\(site.publicRoot)/\($0)"), as: UTF8.self)) }
    }
}

extension Outcome {
    fileprivate var isRefusal: Bool { if case .refused = self { true } else { false } }
}
