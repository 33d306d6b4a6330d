import Formats
import Foundation
import Synchronization
import Testing

@testable import IndexGen

/// A site in a folder of its own, with toys for packages, a clock that tests set, and no signing key unless asked for.
final class TestSite: Sendable {
    let folder: String
    let time: TestClock
    let site: Site
    let catalog: Catalog
    private let ecosystem: any Ecosystem

    init(settings: String = "", signed: Bool = false, of ecosystem: any Ecosystem = Toy()) throws {
        self.ecosystem = ecosystem
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-test-\(UUID().uuidString)").path
        time = TestClock()
        try Files.makeFolder(folder + "/public")
        try Files.replace(folder + "/indexgen.yaml", with: Self.quiet(settings))
        if signed { try TestKey.copy(to: folder + "/state/keyring") }
        site = try Self.open(folder, time, ecosystem)
        catalog = try site.openCatalog()
    }

    /// Tests count documents: they ask for those of packages that are about them.
    static func quiet(_ settings: String) -> [UInt8] {
        settings.contains("pages:")
            ? [UInt8](settings)
            : [UInt8](settings + (settings.isEmpty || settings.hasSuffix("\n") ? "" : "\n") + "pages: false\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func open(_ folder: String, _ time: TestClock, _ ecosystem: any Ecosystem = Toy()) throws -> Site {
        try Site(
            at: folder, ecosystems: Ecosystems([ecosystem]), environment: ProcessInfo.processInfo.environment, clock: time.clock)
    }

    /// Writes a toy into the site's inbox; returns its path.
    func toy(
        _ name: String, _ version: String, shelf: String = "any", body: String = "", padding: Int = 0, file: String? = nil
    ) throws -> String {
        let path = "\(folder)/inbox/\(file ?? "\(name)-\(version)-\(shelf)-\(body.count).toy")"
        try Files.makeFolder(Files.folder(of: path))
        try Files.replace(path, with: [UInt8]("toy \(name) \(version) \(shelf)\(padding > 0 ? " \(padding)" : "")\n\(body)"))
        try Files.setModified(path, Timestamp(seconds: 1_700_000_000))
        return path
    }

    /// Writes a parcel into the site's inbox; returns its path.
    func parcel(_ name: String, _ version: String, shelf: String = "any", padding: Int = 0, body: String = "") throws -> String {
        let path = "\(folder)/inbox/\(name)-\(version)-\(shelf)-\(body.count).parcel"
        try Files.makeFolder(Files.folder(of: path))
        try Files.replace(path, with: Self.parcel(name, version, shelf: shelf, padding: padding, body: body))
        try Files.setModified(path, Timestamp(seconds: 1_700_000_000))
        return path
    }

    static func parcel(_ name: String, _ version: String, shelf: String = "any", padding: Int = 0, body: String = "") -> [UInt8] {
        [UInt8]("parcel \(name) \(version) \(shelf)\(padding > 0 ? " \(padding)" : "")\n\(body)".utf8)
    }

    /// Adds files; the outcomes in words, in the order of reporting.
    @discardableResult
    func add(_ paths: [String], group: String = "main", owner: String = "acme", link: Bool = false, replace: Bool = false) throws
        -> [String]
    {
        var words: [String] = []
        let intake = Intake(
            site: site, catalog: catalog, owner: owner, type: nil, coordinates: Coordinates(["group": group]), link: link,
            author: "tester", replace: replace)
        try intake.take(paths) { _, result in
            switch result {
            case .success((.added, _)): words.append("added")
            case .success((.returned, _)): words.append("returned")
            case .success((.unchanged, _)): words.append("unchanged")
            case .success((.refused(let refusal), _)): words.append("refused: \(refusal)")
            case .failure(let error): words.append("failed: \(error)")
            }
        }
        return words
    }

    /// Adds files in any order and in portions of any size, and generates now and then, and at the end.
    func addInAnyOrder(_ paths: [String], using random: inout SplitMix) throws {
        var rest = paths.shuffled(using: &random)[...]
        while !rest.isEmpty {
            let portion = rest.prefix(Int.random(in: 1...6, using: &random))
            rest = rest.dropFirst(portion.count)
            try add(Array(portion))
            if Bool.random(using: &random) { try generate() }
        }
        try generate()
    }

    @discardableResult
    func generate(everything: Bool = false) throws -> Generator.Summary {
        do {
            return try Generator(site: site, catalog: catalog).run(everything: everything)
        } catch let failures as PublicationFailures where failures.failures.count == 1 {
            throw failures.failures[0].error
        }
    }

    /// Removes what there is by that name, which may be nothing.
    func remove(_ name: String, _ version: String? = nil, group: String? = nil) throws {
        guard let row = try catalog.repositories().first else { return }
        let files = try catalog.snapshot { try $0.files(in: row, name: name, version: version) }
            .filter { file in group.map { group in file.listed.contains { $0.scope == group } } ?? true }
        try catalog.remove(files, author: "tester")
    }

    func yank(_ name: String, _ version: String, reason: String?) throws {
        try mark(.yanked, name, version, value: reason)
    }

    /// Marks what these files stand for, or takes the mark back.
    ///
    /// - Parameter version: nil: files of all versions.
    @discardableResult
    func mark(_ kind: MarkKind, _ name: String, _ version: String?, key: String = "", value: String?) throws -> [FileRow] {
        guard let row = try catalog.repositories().first else { return [] }
        let files = try catalog.snapshot { try $0.files(in: row, name: name, version: version) }
        return try catalog.mark(
            files, MarkChange(kind: kind, key: key, value: value, customs: 0), author: "tester", render: site.rendering(ecosystem)
        )
    }

    func faults() throws -> [Verifier.Fault] { try Verifier(site: site, catalog: catalog).run().faults }

    /// Takes the public tree away and makes it anew from the catalog.
    @discardableResult
    func startOver() throws -> Generator.Summary {
        try FileManager.default.removeItem(atPath: site.publicRoot)
        try Files.makeFolder(site.publicRoot)
        return try generate(everything: true)
    }

    /// A public file's text.
    /// Every file of the public tree, those in grace with them.
    func everyFile() throws -> [String] {
        var paths: [String] = []
        try Files.walk(site.publicRoot) { path, _ in paths.append(path) }
        return paths
    }

    func text(_ path: String) throws -> String { String(decoding: try Files.read("\(site.publicRoot)/\(path)"), as: UTF8.self) }

    func tree() throws -> [String: String] { try site.publicDigests(catalog) }

    /// Where a document of the only repository was cut, without its head: the entries that begin its segments. By its plan's path.
    func cuts(_ document: String) throws -> [DocumentCuts.Cut] {
        let repository = try #require(try catalog.repositories().first)
        return try catalog.snapshot { snapshot in
            for scope in try snapshot.scopeIDs(of: repository, onlyDirty: false) {
                let row = try snapshot.documents(repository: repository.id.value, scope: scope.value)[document]
                if let cuts = row.flatMap({ DocumentCuts(decoding: $0.cuts) }) { return Array(cuts.cuts.dropFirst(cuts.heads)) }
            }
            return []
        }
    }

    /// Inode and modification time of every public file: what changes when a file is written again.
    func marks() throws -> [String: String] {
        var marks: [String: String] = [:]
        try Files.walk(site.publicRoot) { path, _ in
            let status = try FileStatus.of("\(self.site.publicRoot)/\(path)")
            marks[path] = status.map { "\($0.inode) \($0.modified.seconds)" }
        }
        return marks
    }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let seconds = Mutex<Int64>(1_800_000_000)

    var clock: Clock { Clock { Timestamp(seconds: self.seconds.withLock { $0 }) } }

    func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}

/// One signing key for all tests: making one takes a second.
enum TestKey {
    private static let folder: Result<String, any Error> = Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-key-\(getpid())").path
        try Keyring.create(folder: folder, userID: "indexgen tests", environment: ProcessInfo.processInfo.environment)
        atexit {
            let path = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-key-\(getpid())").path
            try? FileManager.default.removeItem(atPath: path)
        }
        return folder
    }

    static func copy(to target: String) throws {
        try Files.makeFolder(Files.folder(of: target))
        try FileManager.default.copyItem(atPath: folder.get(), toPath: target)
    }
}

extension Site {
    /// The tree that this site's catalog gives where nothing is public yet, made in a copy of the site; for sites without a key.
    func treeFromScratch() throws -> [String: String] {
        let copy = root + "-scratch"
        try? FileManager.default.removeItem(atPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        for folder in ["public", "state"] { try Files.makeFolder("\(copy)/\(folder)") }
        for file in try FileManager.default.contentsOfDirectory(atPath: state) where file.hasPrefix("catalog.sqlite") {
            try FileManager.default.copyItem(atPath: "\(state)/\(file)", toPath: "\(copy)/state/\(file)")
        }
        try Files.walk(blobs.root) { path, _ in
            try Files.makeFolder(Files.folder(of: "\(copy)/state/blobs/\(path)"))
            try FileManager.default.linkItem(atPath: "\(blobs.root)/\(path)", toPath: "\(copy)/state/blobs/\(path)")
        }
        try FileManager.default.copyItem(atPath: settingsFile, toPath: copy + "/indexgen.yaml")
        for secret in ["keyring", "keys"] where try FileStatus.of("\(state)/\(secret)") != nil {
            try FileManager.default.copyItem(atPath: "\(state)/\(secret)", toPath: "\(copy)/state/\(secret)")
        }
        let site = try Site(at: copy, ecosystems: ecosystems, environment: environment, clock: clock)
        let catalog = try site.openCatalog()
        let summary = try Generator(site: site, catalog: catalog).run(everything: true)
        precondition(summary.segments.reused == 0 && summary.segments.kept == 0, "there was nothing to take over")
        let tree = try site.publicDigests(catalog)
        try catalog.close()
        return tree
    }

    /// Path → SHA-256 of every public file, but for those whose time of grace runs.
    func publicDigests(_ catalog: Catalog) throws -> [String: String] {
        let graced = Set(try catalog.snapshot { try $0.expectedFiles() }.filter { $0.kind == .graced }.map(\.path))
        var tree: [String: String] = [:]
        try Files.walk(publicRoot) { path, _ in
            if graced.contains(path) { return }
            let file = "\(publicRoot)/\(path)"
            tree[path] = Hex.string(
                try Files.target(ofLink: file).map { SHA256Digest.of(linkTo: $0) } ?? SHA256Digest.of(file: file).digest)
        }
        return tree
    }
}
