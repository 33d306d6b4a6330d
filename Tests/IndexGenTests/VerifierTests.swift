import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// `verify` finds every change to the public tree.
@Suite struct VerifierTests {
    @Test func `a single changed byte in any file, and any missing or extra file, is found`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1")])
        try test.generate()
        #expect(try test.faults() == [])
        for path in try test.tree().keys.sorted() {
            let full = "\(test.site.publicRoot)/\(path)"
            let original = try Files.read(full)
            var changed = original
            changed[original.count / 2] ^= 1
            // Replaced, not overwritten: a package file shares its inode with the blob.
            try Files.replace(full, with: changed)
            #expect(try test.faults().contains { $0.path == path }, "\(path) changed")
            try Files.remove(full)
            #expect(try test.faults().map(\.path).contains(path), "\(path) missing")
            try Files.replace(full, with: original)
            #expect(try test.faults() == [], "\(path) restored")
        }
        try Files.replace("\(test.site.publicRoot)/acme/toy/extra", with: [1])
        #expect(try test.faults().map(\.path) == ["acme/toy/extra"])
    }

    @Test func `a reference in the catalog that leads nowhere is found`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        try test.catalog.pool.write { db in try db.execute(sql: "UPDATE listing SET file_id = 999") }
        #expect(try test.faults().contains { $0.path == "state/catalog.sqlite" && $0.what.contains("listing") })
    }

    @Test func `what waits to be generated is named`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.add([test.toy("b", "1", shelf: "x"), test.toy("c", "1", shelf: "x")])
        let report = try Verifier(site: test.site, catalog: test.catalog).run()
        #expect(report.faults == [])
        #expect(report.pending.map(\.path) == ["acme/toy"], "one line for the repository")
        #expect(report.pending.first?.what == "6 package files and 2 indexes wait to be published; run: indexgen generate")
        #expect(report.pending.first?.count == 8)
        try test.generate()
        #expect(try Verifier(site: test.site, catalog: test.catalog).run().pending == [])
    }

    @Test func `what an interrupted run left is work to do, and no damage`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        test.time.advance(10)
        try test.add([test.toy("b", "1", shelf: "x")])
        // As after a kill between the last rename and the record.
        try Files.replace("\(test.site.publicRoot)/acme/toy/main/Root", with: [UInt8]("the next version"))
        try test.catalog.pool.write { db in try db.execute(sql: "INSERT INTO announced VALUES ('acme/toy/main/data/new')") }
        try Files.replace("\(test.site.publicRoot)/acme/toy/main/data/new", with: [1])
        let report = try Verifier(site: test.site, catalog: test.catalog).run()
        #expect(report.faults == [])
        #expect(report.pending.map(\.count) == [2, 4], "\(report.pending)")
        #expect(report.pending.first?.what.hasPrefix("2 files are as a run that was interrupted left them") == true)
        try test.generate()
        #expect(try test.faults() == [])
        // With nothing due, the same bytes are damage.
        try Files.replace("\(test.site.publicRoot)/acme/toy/main/Root", with: [UInt8]("another version"))
        #expect(try test.faults().map(\.path) == ["acme/toy/main/Root"])
    }

    @Test func `folders that a web server cannot enter are named, in the tree and above it`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        chmod("\(test.site.publicRoot)/acme/toy", 0o700)
        #expect(try test.faults().map(\.path) == ["acme/toy"])
        try Publisher(site: test.site).mend(horizon: test.site.clock.horizon)
        #expect(try test.faults() == [])
        chmod(test.folder, 0o700)
        defer { chmod(test.folder, 0o755) }
        let report = try Verifier(site: test.site, catalog: test.catalog).run()
        #expect(report.faults == [])
        #expect(report.warnings.map(\.path).contains(try #require(Files.real(test.folder))), "\(report.warnings)")
    }

    @Test func `a signature by another key is not a good signature`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let environment = ProcessInfo.processInfo.environment
        try Keyring.create(folder: test.folder + "/other", userID: "somebody else", environment: environment)
        let other = try #require(try Keyring.open(folder: test.folder + "/other", keys: [], environment: environment))
        defer { other.release() }
        let root = "\(test.site.publicRoot)/acme/toy/main/Root"
        let forged = try other.sign(root, as: .detached(isArmored: true), at: Timestamp(seconds: 0))
        try Files.replace(root + ".asc", with: forged)
        // A catalog that says so is what makes it more than a changed file.
        try test.catalog.pool.write { db in
            try db.execute(
                sql: "UPDATE artifact SET sha256 = ?, size = ? WHERE path = 'acme/toy/main/Root.asc'",
                arguments: [SHA256Digest.of(forged), forged.count])
        }
        #expect(try test.faults().contains { $0.path == "acme/toy/main/Root.asc" && $0.what.contains("not a good signature") })
    }

    @Test func `what is missing or damaged is restored from catalog and blobs`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        test.time.advance(60)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        let whole = try test.tree()
        for (number, path) in try test.everyFile().enumerated() {
            let file = "\(test.site.publicRoot)/\(path)"
            if number.isMultiple(of: 2) { try Files.remove(file) } else { try Files.replace(file, with: [1, 2, 3]) }
        }
        #expect(try !test.faults().isEmpty)
        try test.generate(everything: true)
        #expect(try test.faults() == [])
        #expect(try test.tree() == whole)
    }

    @Test func `a damaged blob is named, and the package heals it when it comes again`() throws {
        let test = try TestSite()
        let toy = try test.toy("a", "1", shelf: "x")
        try test.add([toy])
        try test.generate()
        let blob = test.site.blobs.path(of: SHA256Digest.of(try Files.read(toy)))
        // In place: the public file is the same file.
        let damaged = try Files.read(blob).map { $0 ^ 1 }
        #expect(
            damaged.withUnsafeBytes { bytes in
                let file = open(blob, O_WRONLY)
                defer { close(file) }
                return write(file, bytes.baseAddress, bytes.count)
            } == damaged.count)
        let verifier = Verifier(site: test.site, catalog: test.catalog)
        #expect(try verifier.discardDamagedBlobs().map(\.path) == ["acme/toy/main/pool/a-1-x.toy"])
        try test.generate(everything: true)
        #expect(try test.faults().map(\.path) == ["acme/toy/main/pool/a-1-x.toy"])
        try test.add([toy])
        try test.generate()
        #expect(try test.faults() == [])
    }

    @Test func `a clear signature over another text is found`() {
        let message = [UInt8](
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n- -dash\nline\n-----BEGIN PGP SIGNATURE-----\n")
        #expect(Clearsigned.text(of: message).elementsEqual(Clearsigned.canonical([UInt8]("-dash\nline\n"))))
        #expect(!Clearsigned.text(of: message).elementsEqual(Clearsigned.canonical([UInt8]("-dash\nlime\n"))))
    }
}
