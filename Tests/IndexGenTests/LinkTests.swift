import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// Symbolic links that somebody planted inside a site are never followed on write: what they point at stays as it is.
@Suite struct LinkTests {
    /// Somebody else's folder, which must not change.
    private final class Canary {
        let path: String
        init(_ test: TestSite) throws {
            path = test.folder + "/canary"
            try Files.makeFolder(path)
            try Files.replace(path + "/song", with: [UInt8]("mine"))
        }

        var state: [String] {
            get throws {
                var found: [String] = []
                try Files.walk(path) { name, kind in
                    let status = try FileStatus.of("\(path)/\(name)")
                    let content = kind == .file ? Hex.string(try SHA256Digest.of(file: "\(path)/\(name)").digest) : "\(kind)"
                    found.append("\(name) \(content) \(status?.modified.seconds ?? 0) \(status?.inode ?? 0)")
                }
                return found
            }
        }
    }

    private func plant(_ link: String, to target: String) { #expect(symlink(target, link) == 0, "\(link)") }

    private func move(_ path: String, to target: String) { #expect(Glibc.rename(path, target) == 0, "\(path)") }

    @Test func `a link in place of a folder of the public tree is an error, at every level`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let canary = try Canary(test)
        var levels: Set<String> = []
        for path in try test.everyFile() {
            var folder = Files.folder(of: path)
            while !folder.isEmpty {
                levels.insert(folder)
                folder = Files.folder(of: folder)
            }
        }
        #expect(levels.count >= 4)
        for (number, level) in levels.sorted().enumerated() {
            let folder = "\(test.site.publicRoot)/\(level)"
            // All that was there is there, behind the link.
            let away = "\(canary.path)/\(number)"
            move(folder, to: away)
            plant(folder, to: away)
            let before = try canary.state
            try test.add([test.toy("b\(number)", "1", shelf: "x")])
            #expect(throws: Folder.InTheWay.self, "\(level)") { try test.generate() }
            #expect(throws: Folder.InTheWay.self, "\(level)") { try test.generate(everything: true) }
            #expect(try canary.state == before, "\(level)")
            #expect(try test.faults().contains { $0.path == level }, "\(level) is named")
            try Files.remove(folder)
            move(away, to: folder)
            try test.generate()
            #expect(try test.faults() == [])
        }
    }

    @Test func `a link in place of a public file is replaced, not followed`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let whole = try test.tree()
        let canary = try Canary(test)
        for path in whole.keys {
            try Files.remove("\(test.site.publicRoot)/\(path)")
            plant("\(test.site.publicRoot)/\(path)", to: canary.path + "/song")
        }
        let before = try canary.state
        try test.generate(everything: true)
        #expect(try canary.state == before)
        #expect(try test.faults() == [])
        #expect(try test.tree() == whole)
        // Nor is what is removed looked for behind links.
        try test.remove("a")
        test.time.advance(48 * 3_600)
        for path in whole.keys where path.hasSuffix(".toy") {
            try Files.remove("\(test.site.publicRoot)/\(path)")
            plant("\(test.site.publicRoot)/\(path)", to: canary.path + "/song")
        }
        try test.generate()
        #expect(try canary.state == before)
    }

    @Test func `a link in place of a folder of blobs is an error`() throws {
        let test = try TestSite()
        let canary = try Canary(test)
        let toy = try test.toy("a", "1", shelf: "x")
        let shelf = Files.folder(of: test.site.blobs.path(of: try SHA256Digest.of(Files.read(toy))))
        plant(shelf, to: canary.path)
        let before = try canary.state
        #expect(throws: Folder.InTheWay.self) { try test.add([toy]) }
        #expect(try canary.state == before)
        try Files.remove(shelf)
        #expect(try test.add([toy]) == ["added"])
        try test.generate()
        #expect(try test.faults() == [])
        // What looks like a blob behind a link is not pruned.
        let stranger = "\(test.site.blobs.root)/ff"
        try Files.replace(canary.path + "/" + String(repeating: "0", count: 62), with: [1])
        plant(stranger, to: canary.path)
        let now = try canary.state
        _ = try Pruner(site: test.site, catalog: test.catalog).run(rehearsing: false)
        #expect(try canary.state == now)
    }

    @Test(arguments: ["staging", "staging/0", "staging/15", "blobs", "keyring", "catalog.sqlite", "publish.lock"])
    func `a link in the state is an error`(_ name: String) throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let toy = try test.toy("b", "1", shelf: "x")
        try test.catalog.close()
        let canary = try Canary(test)
        let file = "\(test.site.state)/\(name)"
        move(file, to: canary.path + "/moved")
        plant(file, to: canary.path + "/moved")
        let before = try canary.state
        #expect(throws: (any Error).self) {
            let site = try TestSite.open(test.folder, test.time)
            let catalog = try site.openCatalog()
            let intake = Intake(
                site: site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]),
                author: "tester")
            try intake.take([toy]) { _, _ in }
            _ = try Generator(site: site, catalog: catalog).run()
        }
        #expect(try canary.state == before)
    }

    @Test(arguments: ["catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.sqlite-journal"])
    func `the catalog's logs are not links`(_ name: String) throws {
        let test = try TestSite()
        try test.catalog.close()
        let canary = try Canary(test)
        let file = "\(test.site.state)/\(name)"
        try Files.remove(file)
        plant(file, to: canary.path + "/song")
        let before = try canary.state
        let toy = try test.toy("a", "1", shelf: "x")
        do {
            let catalog = try TestSite.open(test.folder, test.time).openCatalog()
            try Intake(
                site: test.site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]),
                author: "tester"
            ).take([toy]) { _, _ in }
        } catch {
            // Refused or not needed: only not followed.
        }
        #expect(try canary.state == before)
    }

    @Test func `the operator may put public and state elsewhere, also on other file systems`() throws {
        let other = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        for part in ["public", "state"] {
            let test = try TestSite()
            try test.catalog.close()
            let place = "\(other)/indexgen-\(UUID().uuidString)"
            try FileManager.default.moveItem(atPath: "\(test.folder)/\(part)", toPath: place)
            defer { try? FileManager.default.removeItem(atPath: place) }
            plant("\(test.folder)/\(part)", to: place)
            let site = try TestSite.open(test.folder, test.time)
            let catalog = try site.openCatalog()
            for name in ["a", "b"] {
                let toy = try test.toy(name, "1", shelf: "x")
                try Intake(
                    site: site, catalog: catalog, owner: "acme", type: nil, coordinates: Coordinates(["group": "main"]),
                    author: "tester"
                ).take([toy]) { _, _ in }
                _ = try Generator(site: site, catalog: catalog).run()
            }
            try FileManager.default.removeItem(atPath: "\(site.publicRoot)/acme")
            _ = try Generator(site: site, catalog: catalog).run(everything: true)
            #expect(try Verifier(site: site, catalog: catalog).run().faults == [], "\(part) elsewhere")
            try catalog.close()
        }
    }

    @Test func `no name leads out of its folder`() throws {
        let test = try TestSite()
        var trail = Trail(from: try Folder(test.folder))
        #expect(throws: Folder.InTheWay.self) { _ = try trail.makeFolder("public/../../away") }
        #expect(throws: Folder.InTheWay.self) { _ = try trail.folder("public/./x") }
        #expect(try trail.makeFolder("public//deep/er").path == test.folder + "/public/deep/er")
        #expect(try trail.folder("public/deep/no") == nil)
        #expect(try trail.folder("")?.path == test.folder)
        #expect(try trail.folder("public/deep")?.path == test.folder + "/public/deep")
    }
}
