import Formats
import Foundation
import Testing

@testable import IndexGen

/// Signature files that carry the signatures of superseded versions.
@Suite struct SupersededSignatureTests {
    @Test func `the last versions' signatures stay, newest first, each good over its own version`() throws {
        let test = try TestSite(settings: "toy: {superseded: 2}", signed: true)
        var versions: [[UInt8]] = []
        for number in 0..<5 {
            test.time.advance(1)
            try test.add([test.toy("a", "\(number)", shelf: "x")])
            try test.generate()
            versions.insert([UInt8](try test.text("acme/toy/main/Root")), at: 0)
            let signatures = DetachedSignatures([UInt8](try test.text("acme/toy/main/Root.asc"))).all
            #expect(signatures.count == min(3, versions.count))
            let keyring = try #require(try test.site.openKeyring())
            defer { keyring.release() }
            for (signature, version) in zip(signatures, versions) {
                let staged = try (test.site.staging.stage(Array(signature)), test.site.staging.stage(version))
                #expect(try keyring.verify(staged.0.path(), over: staged.1.path()))
            }
            #expect(try test.faults() == [])
        }
        let grown = try test.tree()
        try test.startOver()
        #expect(try test.tree() == grown)
    }

    @Test func `a change of the settings takes them away again`() throws {
        let test = try TestSite(settings: "toy: {superseded: 2}", signed: true)
        for number in 0..<2 {
            test.time.advance(1)
            try test.add([test.toy("a", "\(number)", shelf: "x")])
            try test.generate()
        }
        try Files.replace(test.folder + "/indexgen.yaml", with: [UInt8]("toy: {superseded: 0}"))
        let site = try TestSite.open(test.folder, test.time)
        _ = try Generator(site: site, catalog: test.catalog).run()
        #expect(DetachedSignatures([UInt8](try test.text("acme/toy/main/Root.asc"))).all.count == 1)
        #expect(try test.faults() == [])
    }

    @Test func `a signature that was cut short is none`() {
        let armor = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
        #expect(DetachedSignatures([UInt8](armor + armor)).all.count == 2)
        #expect(DetachedSignatures([UInt8](armor + armor.dropLast(3))).all.count == 1)
        #expect(DetachedSignatures([]).all.isEmpty)
    }
}
