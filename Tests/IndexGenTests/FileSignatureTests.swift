import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// Signatures that the site puts beside package files, and those that senders bring.
@Suite struct FileSignatureTests {
    private let site: RealSite
    private let package: String

    init() throws {
        site = try RealSite()
        package = try Specimen.of("arch").corpus(7, 1).file(0).write(into: site.folder + "/inbox")
        try site.add([package])
        try site.generate()
    }

    /// The public file that ends so.
    private func file(_ ending: String) throws -> String {
        try #require(try site.everyFile().first { $0.hasSuffix(Files.name(of: package) + ending) }, "\(ending)")
    }

    private func expectSound() throws {
        #expect(try Verifier(site: site.site, catalog: site.catalog).run().faults == [])
        // What quotas count is what there is.
        let counted = try site.catalog.usage(owner: "acme", type: "arch").bytes
        let there = try site.catalog.pool.read { db in
            try Int.fetchOne(db, sql: "SELECT SUM(b.size) FROM file f JOIN blob b ON b.id = f.blob_id")
        }
        #expect(counted == there)
    }

    /// Signs the package as somebody would who has the site's key, at another time than the site did.
    private func sendersSignature() throws -> String {
        let keyring = try #require(try site.site.openKeyring())
        let signature = try keyring.sign(
            package, as: .detached(isArmored: false), at: Timestamp(seconds: keyring.created.seconds + 77))
        try Files.replace(package + ".sig", with: signature)
        return package + ".sig"
    }

    @Test func `the site's signature is good, and the same whenever it is made`() throws {
        let keyring = try #require(try site.site.openKeyring())
        let signature = "\(site.site.publicRoot)/\(try file(".sig"))"
        #expect(try keyring.verify(signature, over: package))
        try expectSound()
        let tree = try site.tree()
        try site.generate(everything: true)
        #expect(try site.tree() == tree)
        let row = try #require(try site.catalog.repositories().first)
        try site.catalog.remove(site.catalog.snapshot { try $0.files(in: row) }, author: "tester")
        try site.add([package])
        try site.generate()
        #expect(try site.tree() == tree)
        try expectSound()
    }

    @Test func `a sender's signature takes the place of the site's, which is there again when it goes`() throws {
        let own = try Files.read("\(site.site.publicRoot)/\(try file(".sig"))")
        let signature = try sendersSignature()
        #expect(try site.add([signature]) == [true])
        try site.generate()
        let path = "\(site.site.publicRoot)/\(try file(".sig"))"
        #expect(try Files.read(path) == Files.read(signature))
        try expectSound()
        let row = try #require(try site.catalog.repositories().first)
        let files = try site.catalog.snapshot { try $0.files(in: row) }.filter { $0.path.hasSuffix(".sig") }
        #expect(files.count == 1)
        try site.catalog.remove(files, author: "tester")
        try site.generate()
        #expect(try Files.read(path) == own)
        try expectSound()
        // Nothing of the sender's is left, also when its time of grace is over.
        site.time.advance(25 * 3_600)
        try site.generate()
        _ = try Pruner(site: site.site, catalog: site.catalog).run(rehearsing: false)
        #expect(try Files.read(path) == own)
        try expectSound()
        // Another one may come as well as the same.
        #expect(try site.add([signature]) == [true])
        try site.generate()
        #expect(try Files.read(path) == Files.read(signature))
        try expectSound()
    }
}
