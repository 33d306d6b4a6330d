import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// The pages of packages, the lists of their names, and the search index.
struct PeoplePagesTests {
    private func text(_ site: Site, _ path: String) throws -> String {
        String(decoding: try Files.read("\(site.publicRoot)/\(path)"), as: UTF8.self)
    }

    private func differences(_ a: [String: String], _ b: [String: String]) -> [String] {
        Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted().map {
            "\($0) \(a[$0] == nil ? "is new" : b[$0] == nil ? "is missing" : "differs")"
        }
    }

    @Test func `packages of every ecosystem have a page, are listed and are found, and the tree is that from scratch`() throws {
        let real = try RealSite(settings: "pages: true")
        try real.addCorpora(0..<1)
        try real.generate()
        try real.addCorpora(1..<3)
        try real.generate()
        for repository in try real.catalog.repositories() {
            let folder = "acme/-/packages/\(repository.type)"
            let names = try real.catalog.snapshot { try $0.portraits(of: repository, range: nil) }.map(\.name)
            #expect(!names.isEmpty, "\(repository.type)")
            let list = try text(real.site, "\(folder)/index.html")
            for name in names {
                let page = try text(real.site, "\(folder)/\(name)/index.html")
                #expect(page.contains("<h1><bdi>") && page.contains("id=\"versions\""), "\(name)")
                #expect(page.contains("id=\"install\""), "\(repository.type) \(name)")
                var address: [UInt8] = []
                HTMLText.append(path: "\(folder)/\(name)/", to: &address)
                #expect(list.contains("\(String(decoding: address, as: UTF8.self))\""), "\(name)")
                let json = try JSONSerialization.jsonObject(
                    with: Data(Files.read("\(real.site.publicRoot)/\(folder)/\(name)/package.json")))
                #expect((json as? [String: Any])?["type"] as? String == repository.type)
            }
        }
        #expect(try text(real.site, "-/search/index.json").contains("\"count\":"))
        #expect(try text(real.site, "feed.atom").contains("<entry>"))
        let found = try differences(real.site.treeFromScratch(), real.tree())
        #expect(found == [], "\(found.prefix(20))")
        #expect(try real.faults() == [])
        // Nothing is left to do.
        #expect(try real.generate().rendered == 0)
        #expect(try real.generate(everything: true).written == 0)
    }

    @Test func `one more version rewrites what names it, whatever else is there`() throws {
        var counts: [Int] = []
        for others in [3, 40] {
            let test = try TestSite(settings: "pages: true")
            try test.add((0..<others).map { try test.toy("other\($0)", "1") } + [test.toy("a", "1")])
            try test.generate()
            let before = try test.marks()
            test.time.advance(60)
            try test.add([test.toy("a", "2", body: "new")])
            try test.generate()
            let changed = Set(try test.marks().filter { before[$0.key] != $0.value }.keys).filter {
                $0.contains(".html") || $0.contains(".json") || $0.contains(".atom")
            }
            #expect(changed.contains("acme/-/packages/toy/a/index.html"))
            #expect(!changed.contains { $0.hasPrefix("-/search") }, "\(changed)")
            #expect(!changed.contains { $0.contains("other") }, "\(changed)")
            counts.append(changed.count)
        }
        #expect(counts[0] == counts[1])
    }

    @Test func `what is removed, private or unwanted has no page`() throws {
        let test = try TestSite(settings: "pages: true")
        try test.add([test.toy("a", "1"), test.toy("b", "1")])
        try test.generate()
        let files = try test.catalog.snapshot { snapshot in
            try snapshot.files(in: snapshot.repositories()[0], name: "a")
        }
        try test.catalog.remove(files, author: Author(name: "tester"))
        try test.generate()
        let root = test.site.publicRoot
        #expect(try FileStatus.of("\(root)/acme/-/packages/toy/a/index.html") == nil)
        #expect(try !text(test.site, "acme/-/packages/toy/index.html").contains("toy/a/"))
        #expect(try text(test.site, "-/search/index.json").contains("\"count\":1,"))
        for settings in ["private: [acme]", "pages: false"] {
            try Files.replace(test.site.settingsFile, with: [UInt8]("pages: true\n".utf8))
            _ = try Generator(site: TestSite.open(test.folder, test.time), catalog: test.catalog).run()
            #expect(try FileStatus.of("\(root)/acme/-/packages/toy/b/index.html") != nil)
            try Files.replace(
                test.site.settingsFile, with: [UInt8]((settings.contains("pages") ? settings : "\(settings)\npages: true").utf8))
            let site = try TestSite.open(test.folder, test.time)
            _ = try Generator(site: site, catalog: test.catalog).run()
            #expect(try FileStatus.of("\(root)/acme/-/packages/toy/b/index.html") == nil, "\(settings)")
            #expect(try FileStatus.of("\(root)/acme/-/packages/toy/index.html") == nil, "\(settings)")
            #expect(try site.treeFromScratch() == site.publicDigests(test.catalog), "\(settings)")
        }
    }

    @Test func `a run that ends before its pages are recorded leaves them to the next one`() throws {
        let test = try TestSite(settings: "pages: true")
        try test.add([test.toy("a", "1")])
        let generator = Generator(site: test.site, catalog: test.catalog)
        struct Cut: Error {}
        var summary = Generator.Summary()
        for repository in try test.catalog.repositories() {
            try generator.generate(repository, everything: false, planAnew: false, keyring: nil, summary: &summary)
        }
        let pages = PeoplePages(
            site: test.site, catalog: test.catalog, keyring: nil, isWhole: false, everything: false,
            templates: try PageLibrary(environment: [:])
        ) { _, _ in throw Cut() }
        #expect(throws: Cut.self) { _ = try pages.run(besides: [], &summary) }
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/-/packages/toy/a/index.html") == nil)
        try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/-/packages/toy/a/index.html") != nil)
        let found = try differences(test.site.treeFromScratch(), test.site.publicDigests(test.catalog))
        #expect(found == [], "\(found.prefix(20))")
    }

    @Test(arguments: ["index.html", "a/package.json", "-", "a/-/b", "../a", "a//b"])
    func `a name that is the place of another page has none`(name: String) {
        let repository = RepositoryRow(id: RepositoryID(value: 1), owner: "acme", type: "toy", segment: "toy")
        #expect(PeoplePath.package(name, of: repository) == nil)
    }

    @Test(arguments: [("python3", "py"), ("@acme/forms", "ac"), ("X", "x"), ("_", "other"), ("3d-tool", "3d")])
    func `names are listed by their first two letters`(name: String, range: String) {
        #expect(PeoplePath.range(of: name) == range)
    }
}
