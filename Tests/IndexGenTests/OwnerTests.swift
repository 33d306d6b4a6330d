import Formats
import Foundation
import Testing

@testable import IndexGen

/// Owners: which names they may have, how they are spelled, and that one does not stand in another's way.
@Suite struct OwnerTests {
    // MARK: Names

    @Test(arguments: [
        "index.html", "INDEX.html", "api", "API", "v2", "-", "_indexgen", ".well-known", "robots.txt", "Favicon.ico",
        "sitemap.xml",
        "search", "assets", "Static", "repository.key",
    ])
    func `names that the site uses itself are not owners`(name: String) {
        let error = #expect(throws: OwnerName.Invalid.self) { try OwnerName.check(name) }
        #expect(error?.description.contains("the site uses this name itself") == true)
    }

    @Test(arguments: ["", "a/b", "-x", "_x", ".x", "a b", "ä", String(repeating: "a", count: 65)])
    func `names that are no path component are not owners`(name: String) {
        #expect(throws: OwnerName.Invalid.self) { try OwnerName.check(name) }
    }

    @Test(arguments: ["acme", "Acme", "v3", "api2", "index", "example.org", "a-b_c", "0"])
    func `other names are`(name: String) throws { try OwnerName.check(name) }

    /// Whoever lets the site write one more thing there has to reserve its name first.
    @Test func `whatever lies at the root of the public tree is an owner's folder or has a reserved name`() throws {
        let test = try RealSite()
        try test.addCorpora(0..<1)
        try test.generate()
        let names = try FileManager.default.contentsOfDirectory(atPath: test.site.publicRoot)
        #expect(Set(names) == Set(RootFile.allCases.map(\.rawValue) + ["acme"]))
        for name in names where name != "acme" { #expect(OwnerName.reserved.contains(name), "\(name)") }
        for file in RootFile.allCases { #expect(OwnerName.reserved.contains(file.rawValue)) }
        #expect(OwnerName.reserved.allSatisfy { $0 == ASCII.lowered($0) })
    }

    // MARK: One owner's fault

    @Test func `what is in the way of one owner does not stop the others, and is named`() throws {
        let test = try RealSite()
        try test.addCorpora(0..<1)
        for (type, owner) in [("debian", "aa"), ("helm", "mm"), ("pypi", "zz")] { try Self.rename(type, owner, in: test.catalog) }
        // Somebody's file where the owner's folder belongs.
        try Files.replace(test.site.publicRoot + "/mm", with: [])
        for _ in 0..<2 {
            let failures = #expect(throws: PublicationFailures.self) {
                try Generator(site: test.site, catalog: test.catalog).run()
            }
            #expect(failures?.failures.map(\.repository) == ["mm/helm"])
            #expect(failures?.description.contains("mm/helm: ") == true)
            #expect(failures?.error(of: "aa/debian") == nil && failures?.error(of: "mm/helm") != nil)
        }
        // Its page is left out as well; all others are there.
        for path in ["index.html", "aa/debian/index.html", "aa/debian/dists/stable/Release", "zz/pypi/simple/index.html"] {
            #expect(try FileStatus.of("\(test.site.publicRoot)/\(path)")?.kind == .file, "\(path)")
        }
        #expect(try test.catalog.isBehind("mm/helm") && !test.catalog.isBehind("aa/debian") && !test.catalog.isBehind("zz/pypi"))
        try FileManager.default.removeItem(atPath: test.site.publicRoot + "/mm")
        try test.generate()
        #expect(try FileStatus.of(test.site.publicRoot + "/mm/helm/index.yaml") != nil)
        #expect(try test.faults() == [])
        #expect(try test.generate() == Generator.Summary())
    }

    /// Gives a repository another owner, which was not checked.
    private static func rename(_ type: String, _ owner: String, in catalog: Catalog) throws {
        try catalog.pool.write { db in
            try db.execute(
                sql: "UPDATE repository SET owner = ?, owner_identity = ? WHERE type = ?", arguments: [owner, owner, type])
        }
    }

    /// An earlier version took such owners.
    @Test func `an owner in the place of a file of the site is named, stops nobody, and is gone once its packages are removed`()
        throws
    {
        let test = try RealSite(signed: true)
        try test.addCorpora(0..<1)
        try Self.rename("debian", "index.html", in: test.catalog)
        try Self.rename("helm", "repository.key", in: test.catalog)
        let failures = #expect(throws: PublicationFailures.self) { try Generator(site: test.site, catalog: test.catalog).run() }
        #expect(failures?.failures.map(\.repository) == ["index.html/debian", "repository.key/helm"])
        #expect(failures?.description.contains("indexgen remove index.html/debian NAME") == true)
        #expect(try Files.read(test.site.publicRoot + "/index.html").starts(with: "<!DOCTYPE html>".utf8))
        #expect(try FileStatus.of(test.site.publicRoot + "/acme/pypi/simple/index.html") != nil)
        #expect(try FileStatus.of(test.site.publicRoot + "/acme/rpm/repository.key") != nil)
        for row in try test.catalog.repositories() where row.owner != "acme" {
            try test.catalog.remove(test.catalog.snapshot { try $0.files(in: row) }, author: "tester")
        }
        try test.generate()
        #expect(try test.generate() == Generator.Summary())
        #expect(try test.faults() == [])
    }

    // MARK: Spelling

    @Test func `an owner keeps the spelling of its first use, for every type and every way in`() throws {
        let test = try RealSite(signed: false)
        let folder = SampleFiles.path("")
        let samples = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { folder + $0 }
            .filter { $0.hasSuffix(".rpm") || $0.hasSuffix(".deb") || $0.hasSuffix(".tgz") || $0.hasSuffix(".whl") }
        func add(_ paths: [String], _ owner: String) throws -> [String] {
            var owners: [String] = []
            let intake = Intake(
                site: test.site, catalog: test.catalog, owner: owner, type: nil, coordinates: Coordinates(), author: "tester")
            try intake.take(paths) { _, result in
                if case .success((_, let admission)) = result { owners.append(admission.owner) }
            }
            return owners
        }
        #expect(try Set(add(samples.filter { $0.hasSuffix(".rpm") }, "Acme")) == ["Acme"])
        #expect(try Set(add(samples, "ACME")) == ["Acme"])
        #expect(try Set(add(samples, "acme")) == ["Acme"])
        #expect(try Set(test.catalog.repositories().map(\.owner)) == ["Acme"])
        try test.generate()
        #expect(try FileManager.default.contentsOfDirectory(atPath: test.site.publicRoot).sorted() == ["Acme", "index.html"])
        #expect(try Set(test.catalog.history(HistoryQuery()).map(\.owner)) == ["Acme"])
    }

    @Test func `the settings' owner gives its spelling to the first use`() throws {
        let test = try TestSite(settings: "defaults: {owner: AcMe}\n")
        try test.add([test.toy("ball", "1")], owner: "acme")
        #expect(try test.catalog.repositories().map(\.owner) == ["AcMe"])
    }

    /// Two processes that use an owner first, each in its own way, at one moment.
    @Test func `a package that was placed under another spelling than the one that came first is refused with the right one`()
        throws
    {
        let test = try TestSite()
        let intake = Intake(
            site: test.site, catalog: test.catalog, owner: "ACME", type: nil, coordinates: Coordinates(), author: "tester")
        let content = try PackageContent(
            reading: test.toy("cube", "1"), staging: test.site.staging, link: false, digests: [.sha256], limit: 1 << 20)
        let slow = try intake.admit(content, filename: "c.toy")
        try test.add([test.toy("ball", "1")], owner: "acme")
        // Another type than the one that is there: an earlier version would have begun a second folder.
        let other = Admission(
            source: slow.source, author: slow.author, owner: slow.owner, type: "other", segment: "other", revision: 1,
            rendition: [],
            customs: 0,
            upload: slow.upload,
            record: slow.record, placement: slow.placement, fragments: slow.fragments, content: slow.content, sidecars: [],
            replaces: false, settlement: slow.settlement, annotated: slow.annotated, prepared: slow.prepared)
        let outcomes = try test.catalog.take([other], blobs: test.site.blobs)
        guard case .refused(let refusal) = outcomes[0] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect("\(refusal)".contains("the owner 'ACME' is written 'acme' here"))
    }

    @Test func `a site with two spellings keeps every address, and new types get the first one`() throws {
        let test = try TestSite()
        try test.add([test.toy("ball", "1")], owner: "ACME")
        try test.catalog.pool.write { db in
            // As version 0.1.0 left it.
            try db.execute(
                sql: """
                    INSERT INTO repository (owner, owner_identity, type) VALUES ('acme', 'acme', 'helm'), ('other', 'other', 'rpm');
                    DROP TABLE owner;
                    """ + CatalogSchema.owners)
        }
        let spelling = try test.catalog.spelling(of: "Acme")
        #expect(spelling == OwnerSpelling(name: "ACME", isNew: false, exceptions: ["helm": "acme"]))
        #expect(spelling.of("toy") == "ACME" && spelling.of("helm") == "acme" && spelling.of("rpm") == "ACME")
        #expect(try test.catalog.spelling(of: "OTHER").name == "other")
        #expect(try test.catalog.spelling(of: "New") == OwnerSpelling(name: "New", isNew: true))
    }

    @Test func `a server asks the catalog for the spelling of an owner until there is one`() throws {
        let test = try TestSite()
        let places = KnownPlaces(catalog: test.catalog)
        #expect(try places.spelling(of: "ACME", standard: "") == OwnerSpelling(name: "ACME", isNew: true))
        try test.add([test.toy("ball", "1")], owner: "Acme")
        #expect(try places.spelling(of: "ACME", standard: "") == OwnerSpelling(name: "Acme", isNew: false))
        try test.catalog.close()
        #expect(try places.spelling(of: "acme", standard: "").name == "Acme")
        #expect(throws: (any Error).self) { try places.spelling(of: "other", standard: "") }
    }

    @Test func `a right for an owner makes no owner of another spelling`() throws {
        let secret = Secret()
        let token = Token(
            handle: secret.handle, name: "", owner: "acme*", type: "*", scopes: ["*"], rights: [.upload],
            created: Timestamp(seconds: 0))
        for owner in ["acme", "ACME", "Acme-2"] {
            let known = Target(owner: owner, type: "toy", scope: "main")
            var new = known
            new.isNewOwner = true
            #expect(token.covers(.upload, known))
            #expect(token.covers(.upload, new) == (owner == "acme"))
        }
    }

    @Test func `a file of the owner's own at the root is not an owner, and an owner that came before the setting makes way`()
        throws
    {
        let settings = Settings.self
        var with = settings.init()
        with.files = [ExtraFile(path: "install.sh", source: "extras/x", line: 1, column: 1)]
        for name in ["install.sh", "INSTALL.sh", "index.html"] {
            #expect(throws: OwnerName.Invalid.self) { try with.checkOwner(name) }
        }
        try with.checkOwner("acme")
        #expect(with.isInTheWay("install.sh") && !with.isInTheWay("acme"))
    }

    // MARK: Private owners

    @Test func `the front page does not name private owners`() throws {
        let test = try TestSite(settings: "private: [\"secret*\"]\n")
        for owner in ["open", "Secret-1"] { try test.add([test.toy("ball", "1")], owner: owner) }
        try test.generate()
        // The toy has no page of its own; the front page lists what there is.
        let page = try test.catalog.snapshot { snapshot in
            try Pages(site: test.site, publicKey: nil).plans(for: snapshot).first { $0.path == "index.html" }
        }
        guard case .literal(let bytes)? = page?.body.first else {
            Issue.record("there is no front page")
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("open") && !text.lowercased().contains("secret"))
    }
}
