import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// The order of one publication, as a value and over a tree.
@Suite struct PublicationOrderTests {
    private static func document(_ path: String, _ rank: Rank, on shelf: StagingFolder, companion: Bool = false) throws
        -> RenderedDocument
    {
        let staged = try shelf.stage([UInt8](path.utf8))
        var row = DocumentRow(path: path, fingerprint: [1], open: .init(sha256: [], size: 0), rank: rank, artifacts: [])
        row.artifacts.append(Artifact(path: path, role: .variant, position: 0, sha256: [1], size: 1))
        var document = RenderedDocument(row: row, staged: [path: staged])
        if companion {
            let signature = "\(path).asc"
            document.row.artifacts.append(
                Artifact(path: signature, role: .companion, position: 0, sha256: [2], size: 1))
            document.staged[signature] = staged
        }
        return document
    }

    @Test func `documents become public by rank, whatever their scope, and leave in the opposite order`() throws {
        let site = try RealSite(signed: false)
        var publication = Publication()
        // As scopes come: a list before what it names.
        for (scope, path, rank) in [
            (1, "simple/index.html", Rank.list), (2, "simple/a/index.html", .leaf), (3, "el9/repomd.xml", .root),
            (3, "el9.repo", .list), (4, "el8/primary.xml", .leaf), (4, "el8/repomd.xml", .root),
        ] {
            let document = try Self.document(path, rank, on: site.site.staging, companion: rank == .root)
            try publication.add(document, repository: 1, scope: Int64(scope), replacing: nil) { _ in true }
        }
        #expect(
            publication.puts.map(\.path) == [
                "simple/a/index.html", "el8/primary.xml", "el9/repomd.xml", "el9/repomd.xml.asc", "el8/repomd.xml",
                "el8/repomd.xml.asc", "simple/index.html", "el9.repo",
            ])
        #expect(publication.announced == publication.puts.map(\.path))
        var removal = Publication()
        for put in publication.puts {
            let row = try Self.document(put.path, put.rank, on: site.site.staging).row
            removal.drop(row, repository: 1)
        }
        #expect(
            removal.removals == [
                "simple/index.html", "el9.repo", "el9/repomd.xml", "el9/repomd.xml.asc", "el8/repomd.xml", "el8/repomd.xml.asc",
                "simple/a/index.html", "el8/primary.xml",
            ])
    }

    @Test(arguments: Specimen.all.map(\.type))
    func `what an ecosystem plans at the highest rank is in the catalog with it`(type: String) throws {
        let specimen = try Specimen.of(type)
        let site = try RealSite()
        try site.addCorpora()
        try site.generate()
        let row = try #require(try site.catalog.repositories().first { $0.type == type })
        let ranks = try site.catalog.snapshot { snapshot in
            try ([0] + snapshot.scopeIDs(of: row, onlyDirty: false).map(\.value)).flatMap { scope in
                try snapshot.documents(repository: row.id.value, scope: scope).values.map { ($0.path, $0.rank) }
            }
        }
        #expect(!ranks.isEmpty)
        for (path, rank) in ranks {
            #expect(rank == (specimen.isList(path) ? .list : specimen.isRoot(path) ? .root : .leaf), "\(path)")
        }
    }

    /// A publication that ended before the catalog was told, and a change that is taken back before the next one: the catalog's
    /// bytes are the wanted ones, the tree's are not.
    @Test func `what an interrupted publication replaced or removed is made again`() throws {
        let site = try RealSite(signed: false)
        try site.addCorpora(0..<1)
        try site.generate()
        let before = try site.tree()
        let pages = before.keys.filter { $0.hasSuffix("index.html") || $0.hasSuffix("repomd.xml") || $0.hasSuffix("index.yaml") }
        #expect(pages.count > 4)
        try site.catalog.announce(pages + ["acme/rpm/never.made"])
        for (number, path) in pages.sorted().enumerated() {
            let file = "\(site.site.publicRoot)/\(path)"
            if number.isMultiple(of: 2) { try Files.replace(file, with: [1, 2, 3]) } else { try Files.remove(file) }
        }
        try site.generate()
        #expect(try site.tree() == before)
        #expect(try site.faults() == [])
    }

    @Test func `a package that was placed by an interrupted run and then removed leaves the tree`() throws {
        let site = try RealSite(settings: "retention: 0s\n", signed: false)
        try site.addCorpora(0..<1)
        let row = try #require(try site.catalog.repositories().first)
        let file = try #require(try site.catalog.snapshot { try $0.files(in: row) }.first)
        let place = "\(site.site.publicRoot)/\(file.path)"
        try Files.makeFolder(Files.folder(of: place))
        try Files.replace(place, with: Files.read(site.site.blobs.path(of: file.sha256)))
        try site.catalog.remove([file], author: "tester")
        try site.generate()
        site.time.advance(1)
        try site.generate()
        #expect(try FileStatus.of(place) == nil)
        #expect(try site.faults() == [])
    }

    @Test func `pages name a repository once something of it is public`() throws {
        let site = try RealSite(signed: false)
        try site.addCorpora(0..<1)
        let rows = try site.catalog.repositories()
        let first = try #require(rows.first)
        _ = try Generator(site: site.site, catalog: site.catalog).run([first])
        let front = String(decoding: try Files.read("\(site.site.publicRoot)/index.html"), as: UTF8.self)
        #expect(front.contains("\(first.path)/"))
        for row in rows.dropFirst() {
            #expect(!front.contains("\(row.path)/"))
            #expect(try FileStatus.of("\(site.site.publicRoot)/\(row.path)/index.html") == nil)
        }
        try site.generate()
        #expect(try site.faults() == [])
        let whole = String(decoding: try Files.read("\(site.site.publicRoot)/index.html"), as: UTF8.self)
        for row in rows { #expect(whole.contains("\(row.path)/")) }
    }
}
