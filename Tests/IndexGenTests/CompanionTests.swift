import Formats
import Foundation
import Testing

@testable import IndexGen

/// Checksums and signatures beside every form in which a document is served.
@Suite struct CompanionTests {
    private static let forms = ["", ".gz", ".zst"].map { "acme/toy/main/catalogue\($0)" }

    private func bytes(_ path: String, _ test: TestSite) throws -> [UInt8] { try Files.read("\(test.site.publicRoot)/\(path)") }

    private func expectChecksums(_ test: TestSite, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for form in Self.forms {
            let digests = Digester.digests(of: try bytes(form, test))
            for algorithm in Digests.Algorithm.allCases {
                #expect(
                    try test.text("\(form).\(algorithm)") == Hex.string(digests[algorithm]), "\(form)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `every form has its checksums and signatures, which follow each change`() throws {
        let test = try TestSite(settings: "toy: {catalogue: true}", signed: true)
        try test.add([test.toy("a", "1", padding: 5_000)])
        for step in 0..<3 {
            test.time.advance(10)
            try test.add([test.toy("b", "\(step)", padding: 5_000)])
            try test.generate()
            try expectChecksums(test)
            for form in Self.forms {
                #expect(try bytes(form + ".asc", test).starts(with: "-----BEGIN PGP SIGNATURE-----\n".utf8))
                // A packet's first byte has its highest bit set (RFC 9580, section 4.2).
                #expect(try bytes(form + ".sig", test)[0] >= 0x80)
            }
            // Verifies all signatures with gpg.
            let report = try Verifier(site: test.site, catalog: test.catalog).run()
            #expect(report.faults == [])
            #expect(report.signatures == 6 + 2, "two of each form, and the root's two")
        }
        #expect(try test.generate() == Generator.Summary())
        let incremental = try test.tree()
        try test.startOver()
        #expect(try test.tree() == incremental)
    }

    @Test func `an unsigned site has the checksums alone, and they go with their document`() throws {
        let test = try TestSite(settings: "toy: {catalogue: true}")
        try test.add([test.toy("a", "1")])
        try test.generate()
        try expectChecksums(test)
        #expect(try test.tree().keys.filter { $0.hasPrefix(Self.forms[0]) }.count == 3 * 5)
        try Files.replace(test.site.settingsFile, with: [UInt8]("toy: {catalogue: false}"))
        let site = try TestSite.open(test.folder, test.time)
        _ = try Generator(site: site, catalog: test.catalog).run()
        #expect(try test.tree().keys.filter { $0.hasPrefix(Self.forms[0]) } == [])
        #expect(try test.faults() == [])
    }

    @Test func `verify names a damaged checksum, which is made again, and a signature of another form`() throws {
        let test = try TestSite(settings: "toy: {catalogue: true}", signed: true)
        try test.add([test.toy("a", "1")])
        try test.generate()
        let tree = try test.tree()
        let sum = Self.forms[1] + ".sha1", signature = Self.forms[2] + ".sig"
        try Files.replace("\(test.site.publicRoot)/\(sum)", with: [UInt8](String(repeating: "0", count: 40).utf8))
        #expect(try test.faults().map(\.path) == [sum])
        try test.generate(everything: true)
        #expect(try test.faults() == [])
        #expect(try test.tree() == tree)
        // As if it had been made like that.
        let other = try bytes(Self.forms[1] + ".sig", test)
        try Files.replace("\(test.site.publicRoot)/\(signature)", with: other)
        try test.catalog.pool.write { db in
            try db.execute(
                sql: "UPDATE artifact SET sha256 = ?, size = ? WHERE path = ?",
                arguments: [SHA256Digest.of(other), other.count, signature])
        }
        let fault = Verifier.Fault(path: signature, what: "is not a good signature over \(Self.forms[2])")
        #expect(try test.faults() == [fault])
    }

    @Test func `what is made of a document becomes public right after it, before any root`() throws {
        let test = try TestSite(settings: "toy: {catalogue: true}", signed: true)
        try test.add([test.toy("a", "1")])
        let keyring = try #require(try test.site.openKeyring())
        defer { keyring.release() }
        let row = try #require(try test.catalog.repositories().first)
        let context = try test.site.repository(owner: row.owner, type: row.type, publicKey: keyring.publicKey)
        let puts = try test.catalog.snapshot { snapshot in
            var publication = Publication()
            var summary = Generator.Summary()
            let renderer = Renderer(
                site: test.site, snapshot: snapshot, repository: row.id.value, prefix: row.path + "/", keyring: keyring,
                everything: false)
            for id in try snapshot.scopeIDs(of: row, onlyDirty: false) {
                let state = try snapshot.scope(id, measuring: ["line"])
                func add(_ plan: DocumentPlan, rank: Rank) throws -> PublishedDocument {
                    try renderer.add(plan, of: state, replacing: nil, rank: rank, to: &publication, &summary)
                }
                let leaves = try Toy().documents(for: state.view, in: context).map { try add($0, rank: .leaf) }
                for plan in Toy().roots(for: state.view, over: leaves, in: context) { _ = try add(plan, rank: .root) }
            }
            return publication.puts.map(\.path)
        }
        let places = try Self.forms.map { try #require(puts.firstIndex(of: $0)) }
        let companions = puts.indices.filter { puts[$0].hasPrefix(Self.forms[0]) && !places.contains($0) }
        #expect(companions.count == 3 * 6)
        let last = try #require(places.max()), root = try #require(puts.firstIndex(of: "acme/toy/main/Root"))
        #expect(companions.allSatisfy { $0 > last && $0 < root })
    }
}
