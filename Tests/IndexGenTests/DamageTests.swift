import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// What is damaged, gone or in the way: nothing wrong is published, what can be healed is, and everything else is said.
@Suite struct DamageTests {
    @Test(arguments: ["UPDATE artifact SET segments = x'00'", "UPDATE document SET cuts = x'00'"])
    func `a cache that is garbage costs time only`(_ damage: String) throws {
        try expectHarmless { try $0.execute(sql: damage) }
    }

    /// One flipped bit in each kept value, somewhere else every time.
    @Test func `a cache with one wrong bit costs time only`() throws {
        for round in 0..<12 {
            try expectHarmless { db in
                for (table, column) in [("artifact", "segments"), ("document", "cuts")] {
                    for row in try Row.fetchAll(db, sql: "SELECT rowid, \(column) FROM \(table) WHERE LENGTH(\(column)) > 0") {
                        var bytes = row.bytes(1)
                        bytes[(round * 131 + 40) % bytes.count] ^= UInt8(1 << (round % 8))
                        try db.execute(
                            sql: "UPDATE \(table) SET \(column) = ? WHERE rowid = ?", arguments: [bytes, row[0] as Int64])
                    }
                }
            }
        }
    }

    private func expectHarmless(_ damage: (Database) throws -> Void) throws {
        let test = try TestSite(settings: "segment_bytes: 1024")
        try test.add((0..<24).map { try test.toy("toy\($0)", "1", shelf: "x", body: String(repeating: "\($0) ", count: 150)) })
        try test.generate()
        try test.catalog.pool.write(damage)
        try test.add([test.toy("toy7b", "1", shelf: "x")])
        try test.generate()
        #expect(try test.faults() == [])
        let now = try test.tree()
        #expect(try test.site.treeFromScratch() == now)
    }

    @Test func `wrong facts about a key are asked for anew`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let whole = try test.tree()
        var facts = try #require(try test.catalog.memory("keyring"))
        facts[facts.count - 100] ^= 1
        try test.catalog.remember("keyring", facts)
        try test.generate(everything: true)
        #expect(try test.tree() == whole)
        #expect(try test.faults() == [])
    }

    @Test func `folders that vanished are made again`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let whole = try test.tree()
        try FileManager.default.removeItem(atPath: test.site.staging.path)
        try FileManager.default.removeItem(atPath: test.site.publicRoot)
        let site = try TestSite.open(test.folder, test.time)
        _ = try Generator(site: site, catalog: test.catalog).run(everything: true)
        #expect(try test.tree() == whole)
        #expect(try test.faults() == [])
    }

    @Test func `what stands in a document's place is replaced, but a folder is not`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let whole = try test.tree()
        let root = test.site.publicRoot
        for path in whole.keys.sorted() {
            try Files.remove("\(root)/\(path)")
            #expect(mkfifo("\(root)/\(path)", 0o644) == 0)
        }
        #expect(try Set(test.faults().map(\.path)) == Set(whole.keys))
        try test.generate(everything: true)
        #expect(try test.tree() == whole)
        for path in whole.keys.sorted() {
            try Files.remove("\(root)/\(path)")
            try Files.makeFolder("\(root)/\(path)/inner")
            #expect(throws: Folder.InTheWay.self, "\(path)") { try test.generate(everything: true) }
            #expect(try Set(test.faults().map(\.path)) == [path])
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
            try test.generate(everything: true)
            #expect(try test.tree() == whole, "\(path)")
        }
        // A file in place of a folder.
        try FileManager.default.removeItem(atPath: "\(root)/acme/toy")
        try Files.replace("\(root)/acme/toy", with: [1])
        #expect(throws: Folder.InTheWay.self) { try test.generate(everything: true) }
    }

    @Test func `modification times go forward though the clock goes back`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        // As if everything had been published under a clock that is half an hour ahead; more is a wrong clock's, and is taken back.
        let future = Timestamp(seconds: Int64(time(nil)) + 1_800)
        let root = test.site.publicRoot
        for path in try test.everyFile() { try Files.setModified("\(root)/\(path)", future) }
        let before = try test.tree()
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        let changed = try test.tree().filter { before[$0.key] != nil && before[$0.key] != $0.value }.keys
        #expect(!changed.isEmpty)
        for path in changed {
            let modified = try FileStatus.of("\(root)/\(path)")?.modified.seconds ?? 0
            #expect(modified > future.seconds, "\(path)")
        }
    }

    @Test func `dates and grace survive a clock that goes back`() throws {
        let real = try RealSite(signed: false)
        try real.addCorpora(0..<1)
        try real.generate()
        let release = "acme/debian/dists/stable/Release"
        func date() throws -> Substring? {
            String(decoding: try Files.read("\(real.site.publicRoot)/\(release)"), as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("Date: ") }
        }
        real.time.advance(3_600)
        try real.addCorpora(1..<2)
        try real.generate()
        let first = try date()
        real.time.advance(-86_400)
        try real.addCorpora(2..<3)
        let named = try real.everyFile()
        try real.generate()
        #expect(try date() != first)
        #expect(
            try date() ?? "" == "Date: \(real.time.clock.now().rfc1123)",
            "no client takes an index of tomorrow: its clock is right")
        // What was just superseded stays, also once the clock is right again.
        real.time.advance(86_400)
        try real.generate()
        for path in named where path.contains("/by-hash/") || path.contains("/repodata/") {
            #expect(try FileStatus.of("\(real.site.publicRoot)/\(path)") != nil, "\(path)")
        }
        #expect(try real.faults() == [])
    }

    @Test func `no shell is started anywhere`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"
        var looked = 0
        try Files.walk(sources) { path, _ in
            guard path.hasSuffix(".swift") || path.hasSuffix(".h") else { return }
            looked += 1
            let text = String(decoding: try Files.read("\(sources)/\(path)"), as: UTF8.self)
            for word in ["/bin/sh", "/bin/bash", "/usr/bin/env", "Glibc.system(", "popen(", "execvp(", "posix_spawnp("] {
                #expect(!text.contains(word), "\(path) contains \(word)")
            }
        }
        #expect(looked > 100)
    }

    @Test func `no message has a secret in it`() throws {
        // gpg's passphrase is the only one there is, and it is empty; the environment is handed on and never printed.
        let secret = "hunter2-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Files.makeFolder(folder + "/keyring", mode: 0o700)
        var environment = ProcessInfo.processInfo.environment
        environment["INDEXGEN_TOKEN"] = secret
        do {
            _ = try Keyring.open(folder: folder + "/keyring", keys: ["nobody"], environment: environment)
            Issue.record("there is no such key")
        } catch {
            #expect(!"\(error)".contains(secret))
            #expect("\(error)".contains("; ") && !"\(error)".contains("\n"), "\(error)")
        }
    }
}
