import Formats
import Foundation
import Testing

@testable import IndexGen

/// Documents that are sealed by the site's plain key, documents with a name of their own, and packages that it signs.
@Suite struct SealTests {
    private func bytes(_ path: String, _ test: TestSite) throws -> [UInt8] {
        try Files.read("\(test.site.publicRoot)/acme/parcel/\(path)")
    }

    private func expanded(_ bytes: [UInt8]) throws -> String {
        String(
            decoding: try Decompression.expand(bytes.span, .gzip, subject: "box", limit: 1 << 20, within: Budget()), as: UTF8.self
        )
    }

    /// The signatures before a sealed document, and the document.
    private func parts(_ sealed: [UInt8]) throws -> (sha1: [UInt8], sha256: [UInt8], document: [UInt8]) {
        let lines = sealed.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false)
        try #require(lines.count == 3)
        func decoded(_ line: ArraySlice<UInt8>) throws -> [UInt8] {
            [UInt8](try #require(Data(base64Encoded: String(decoding: line, as: UTF8.self))))
        }
        return (try decoded(lines[0]), try decoded(lines[1]), Array(lines[2]))
    }

    private func expectSealed(_ test: TestSite, _ name: String = "ball") throws {
        let key = try #require(try test.site.plainKey(of: "parcel")?.publicKey)
        let document = try bytes("\(name)/box.db", test)
        let sealed = try parts(bytes("\(name)/BOX", test))
        #expect(sealed.document == document)
        #expect(try PlainKeyTests.verifies(sealed.sha256, over: document, by: key, "sha256", in: test.folder))
        #expect(try PlainKeyTests.verifies(sealed.sha1, over: document, by: key, "sha1", in: test.folder))
        #expect(try test.text("acme/parcel/\(name)/box.db.sha256") == Hex.string(SHA256Digest.of(document)))
    }

    @Test func `a document with a name of its own has nothing behind it, nor have its companions`() throws {
        let test = try TestSite(of: Parcels(key: .rsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        let names = try test.tree().keys.filter { $0.hasPrefix("acme/parcel/ball/") && !$0.contains("/-/") }.sorted()
        #expect(names == ["BOX", "box.db", "box.db.sha256", "index", "index.gz"].map { "acme/parcel/ball/\($0)" })
        #expect(try expanded(bytes("ball/box.db", test)).hasPrefix("ball 1 any "))
        // Without a key it is the document.
        #expect(try bytes("ball/BOX", test) == bytes("ball/box.db", test))
        #expect(try FileStatus.of("\(test.site.state)/keys") == nil)
        try test.remove("ball")
        try test.generate()
        #expect(try test.tree().keys.filter { $0.hasPrefix("acme/parcel/ball/") } == [])
    }

    @Test(.enabled(if: PlainKeyTests.hasOpenSSL, "openssl is not installed"))
    func `a sealed document carries signatures that openssl verifies, after every change`() throws {
        let test = try TestSite(settings: "segment_bytes: 1024", signed: true, of: Parcels(key: .rsa))
        try test.add((10..<60).map { try test.parcel("ball", "\($0)", padding: 90) })
        try test.generate()
        try expectSealed(test)
        for version in ["9", "35a"] {
            test.time.advance(1)
            try test.add([test.parcel("ball", version, padding: 90)])
            try test.generate()
            try expectSealed(test)
        }
        try test.yank("ball", "35", reason: "torn")
        try test.generate()
        try expectSealed(test)
        #expect(try expanded(bytes("ball/box.db", test)).contains(" YANKED torn"))
        // Signatures of the OpenPGP key stand beside it, over the same bytes.
        #expect(try bytes("ball/box.db.sig", test)[0] >= 0x80)
        #expect(try test.generate() == Generator.Summary())
        let tree = try test.tree()
        #expect(try tree == test.site.treeFromScratch())
        try test.startOver()
        #expect(try test.tree() == tree)
    }

    @Test(.enabled(if: PlainKeyTests.hasOpenSSL, "openssl is not installed"))
    func `while a former key is there, documents are sealed with both, and all are when keys change`() throws {
        let test = try TestSite(signed: true, of: Parcels(key: .rsa))
        let names = ["ball", "doll"], keys = "\(test.site.state)/keys"
        try test.add(names.map { try test.parcel($0, "1") })
        try test.generate()
        let former = try #require(try test.site.plainKey(of: "parcel")?.publicKey)

        func expectSealed(by signers: [SiteKey]) throws {
            for name in names {
                let document = try bytes("\(name)/box.db", test), sealed = try bytes("\(name)/BOX", test)
                #expect(sealed.suffix(document.count) == document[...])
                let lines = sealed.dropLast(document.count).split(separator: 10)
                try #require(lines.count == 2 * signers.count)
                for (number, line) in lines.enumerated() {
                    let signature = [UInt8](try #require(Data(base64Encoded: String(decoding: line, as: UTF8.self))))
                    #expect(
                        try PlainKeyTests.verifies(
                            signature, over: document, by: signers[number % signers.count],
                            number < signers.count ? "sha1" : "sha256", in: test.folder))
                }
            }
            #expect(try test.generate() == Generator.Summary(), "nothing is left to do")
            let tree = try test.tree()
            #expect(try tree == test.site.treeFromScratch())
        }
        try expectSealed(by: [former])
        try FileManager.default.moveItem(atPath: "\(keys)/rsa.pem", toPath: "\(keys)/rsa-former.pem")
        test.time.advance(1)
        try test.generate()
        let new = try #require(try test.site.plainKey(of: "parcel")?.publicKey)
        #expect(new != former)
        try expectSealed(by: [new, former])
        try Files.remove("\(keys)/rsa-former.pem")
        test.time.advance(1)
        try test.generate()
        try expectSealed(by: [new])
    }

    @Test(.enabled(if: PlainKeyTests.hasOpenSSL, "openssl is not installed"), arguments: SiteKey.Kind.allCases)
    func `what the site signs for a package is in its entry, and survives marks, a return and a new public folder`(
        kind: SiteKey.Kind
    ) throws {
        let test = try TestSite(signed: true, of: Parcels(key: kind))
        let path = try test.parcel("ball", "1")
        func signature() throws -> String {
            try test.generate()
            let line = try #require(try test.text("acme/parcel/ball/index").split(separator: "\n").last)
            let words = line.components(separatedBy: " signed ")
            try #require(words.count == 2)
            let key = try #require(try test.site.plainKey(of: "parcel")?.publicKey)
            let bytes = [UInt8](try #require(Data(base64Encoded: words[1])))
            #expect(try PlainKeyTests.verifies(bytes, over: Parcels.signedText("ball", "1"), by: key, in: test.folder))
            return words[1]
        }
        try test.add([path])
        let first = try signature()
        // The same bytes again sign nothing.
        #expect(try test.add([path]) == ["unchanged"])
        #expect(try signature() == first)
        // Marks render the entry again.
        try test.yank("ball", "1", reason: "torn")
        #expect(try signature() == first)
        try test.yank("ball", "1", reason: nil)
        #expect(try signature() == first)
        try test.mark(Parcels.deprecated, "ball", "1", value: "old")
        #expect(try signature() == first)
        try test.startOver()
        #expect(try signature() == first)
        // Nobody sees it among the marks of people.
        let row = try #require(try test.catalog.repositories().first)
        let file = try #require(try test.catalog.snapshot { try $0.files(in: row) }.first)
        #expect(file.annotations.all.map(\.kind) == ["deprecated"] && file.annotations.signature == first)

        try test.remove("ball")
        try test.generate()
        #expect(try test.add([path]) == ["returned"])
        let second = try signature()
        if kind == .rsa { #expect(second == first) }
        try test.startOver()
        #expect(try signature() == second)
        // Another package beside it, and what becomes of a replacement.
        try test.add([test.parcel("cube", "1")])
        test.time.advance(1)
        #expect(try test.add([test.parcel("ball", "1", body: "other")], replace: true) == ["added"])
        _ = try signature()
        let live = try test.catalog.snapshot { snapshot in
            try Int.fetchOne(
                snapshot.db,
                sql:
                    """
                    SELECT COUNT(*) FROM mark m JOIN file f ON f.id = m.subject_id
                    WHERE m.name = '.signature' AND m.cleared_in IS NULL AND f.removed_in IS NULL
                    """
            )
        }
        #expect(live == 2)
    }

    @Test func `what comes in while the keys are away is signed when they are back`() throws {
        let test = try TestSite(signed: true, of: Parcels(key: .ecdsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        try FileManager.default.moveItem(atPath: test.site.keyring, toPath: test.folder + "/away")
        try test.add([test.parcel("ball", "2")])
        #expect(throws: Keyring.Failure.self) { try test.generate() }
        try FileManager.default.moveItem(atPath: test.folder + "/away", toPath: test.site.keyring)
        try test.generate()
        let lines = try test.text("acme/parcel/ball/index").split(separator: "\n").filter { $0.hasPrefix("ball ") }
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains(" signed ") }, "\(lines)")
        #expect(try test.generate() == Generator.Summary())
    }

    @Test func `an unsigned site signs no package`() throws {
        let test = try TestSite(of: Parcels(key: .ecdsa))
        try test.add([test.parcel("ball", "1")])
        try test.generate()
        #expect(try !test.text("acme/parcel/ball/index").contains("signed"))
        #expect(try test.catalog.snapshot { try Int.fetchOne($0.db, sql: "SELECT COUNT(*) FROM mark") } == 0)
        #expect(try FileStatus.of("\(test.site.state)/keys") == nil)
    }

    @Test func `a damaged key stops what needs it, with its path and what helps, and nothing comes in`() throws {
        let test = try TestSite(signed: true, of: Parcels(key: .rsa))
        try Files.makeFolder("\(test.site.state)/keys")
        try Files.replace("\(test.site.state)/keys/rsa.pem", with: [UInt8]("damaged".utf8))
        let words = try test.add([test.parcel("ball", "1")])
        #expect(words.count == 1 && words[0].contains("\(test.site.state)/keys/rsa.pem is not a key for RSA"), "\(words)")
        #expect(words[0].contains("restore it from a backup"))
        #expect(try test.catalog.repositories().isEmpty)
    }
}
