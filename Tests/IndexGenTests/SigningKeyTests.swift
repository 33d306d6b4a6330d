import Formats
import Foundation
import Testing

@testable import IndexGen

/// What the operator is told of the signing keys, in time.
@Suite struct SigningKeyTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// A keyring with keys of these algorithms, each valid for so long (`never`, `30d`).
    private func keyring(_ keys: [(algorithm: String, validity: String)], passphrase: String = "", _ options: [String] = [])
        throws
        -> String
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ixg-\(UUID().uuidString.prefix(8))").path
        try Files.makeFolder(folder, mode: 0o700)
        for (number, key) in keys.enumerated() {
            try add("key \(number)", key.algorithm, key.validity, to: folder, passphrase, options)
        }
        return folder
    }

    private func add(
        _ name: String, _ algorithm: String, _ validity: String, to folder: String, _ passphrase: String = "",
        _ options: [String] = []
    ) throws {
        let gpg = try Program(named: "gpg", environment: Self.environment)
        let run = try gpg.run(
            ["--homedir", folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase] + options
                + ["--quick-gen-key", name, algorithm, "cert,sign", validity], environment: Self.environment)
        try #require(run.status == 0, "\(run.diagnostics)")
        _ = try Program(named: "gpgconf", environment: Self.environment)
            .run(["--homedir", folder, "--kill", "gpg-agent"], environment: Self.environment)
    }

    private func open(_ folder: String, keys: [String] = [], at now: Timestamp? = nil) throws -> Keyring {
        try #require(try Keyring.open(folder: folder, keys: keys, environment: Self.environment, at: now))
    }

    private static let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))

    @Test func `a weak key is named with its kind, and signs nevertheless`() throws {
        let folder = try keyring([("rsa1024", "never")])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keyring = try open(folder, at: Self.now)
        defer { keyring.release() }
        let remarks = keyring.remarks(at: Self.now)
        #expect(remarks.count == 1 && remarks[0].contains("\(keyring.fingerprints[0]) (rsa1024) is weak"), "\(remarks)")
        #expect(remarks[0].contains("rsa3072") && !remarks[0].contains("remove"))
        try Files.replace(folder + "/text", with: [UInt8]("text\n"))
        #expect(try !keyring.sign(folder + "/text", as: .detached(isArmored: true), at: Self.now).isEmpty)
    }

    @Test func `a key that is bound by SHA-1 is named`() throws {
        let folder = try keyring([("rsa2048", "never")], ["--cert-digest-algo", "SHA1"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keyring = try open(folder)
        #expect(keyring.keys.map(\.weakness) == [.sha1])
        #expect(keyring.remarks(at: Self.now).contains { $0.contains("SHA-1") })
    }

    @Test func `a key that expires is named sixty days before, and when it is over all of them are asked for`() throws {
        let folder = try keyring([("rsa2048", "61d")])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func at(_ days: Int64) -> Timestamp { Timestamp(seconds: Self.now.seconds + days * 86_400) }
        let keyring = try open(folder, at: at(0))
        #expect(keyring.remarks(at: at(0)) == [])
        let expires = try #require(keyring.keys.first?.expires)
        #expect(keyring.remarks(at: at(2)).first?.contains("expires on \(expires.day)") == true)
        #expect(keyring.remarks(at: at(2)).first?.contains("--quick-set-expire \(keyring.fingerprints[0]) 2y") == true)
        do {
            _ = try open(folder, at: at(62))
            Issue.record("an expired key signs")
        } catch let failure as Keyring.Failure {
            #expect(failure.description.contains("\(keyring.fingerprints[0]) expired on \(expires.day)"), "\(failure)")
            #expect(!failure.description.contains("remove"), "\(failure)")
        }
        // Another one that is good signs alone.
        try add("second", "rsa2048", "never", to: folder)
        #expect(try open(folder, at: at(62)).fingerprints.count == 1)
        #expect(try open(folder, at: at(1)).fingerprints.count == 2)
    }

    @Test func `a passphrase is named`() throws {
        let folder = try keyring([("rsa2048", "never")], passphrase: "secret")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try open(folder).remarks(at: Self.now).contains { $0.contains("has a passphrase") })
    }

    @Test func `keys that the settings do not name are said, and facts survive being kept`() throws {
        let folder = try keyring([("rsa2048", "never"), ("rsa2048", "1y")])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let all = try open(folder).fingerprints
        #expect(all.count == 2)
        let one = try open(folder, keys: [all[1]])
        #expect(one.fingerprints == [all[1]])
        #expect(one.remarks(at: Self.now).contains { $0.contains(all[0]) && $0.contains("signing.keys does not name it") })
        for key in one.keys { #expect(SigningKey(decoding: Substring(key.encoded)) == key) }
        #expect(SigningKey(decoding: "nonsense") == nil)
    }

    @Test func `a new key is named until documents carry its signature, and generate alone sees to that`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        #expect(try test.generate() == Generator.Summary())
        try add("second", "rsa2048", "never", to: test.folder + "/state/keyring")
        let report = try Verifier(site: test.site, catalog: test.catalog).run()
        #expect(report.faults == [])
        #expect(report.pending.count == 1 && report.pending[0].what.contains("signs no document yet"), "\(report.pending)")
        #expect(try test.generate().rendered > 0)
        #expect(try Verifier(site: test.site, catalog: test.catalog).run().pending == [])
        #expect(try test.faults() == [])
        #expect(try test.generate() == Generator.Summary())
    }

    @Test func `metrics say when keys expire`() {
        let keys = [
            SigningKey(fingerprint: "AA", algorithm: "rsa3072", created: Timestamp(seconds: 1), expires: Timestamp(seconds: 99)),
            SigningKey(fingerprint: "BB", algorithm: "rsa3072", created: Timestamp(seconds: 1), expires: nil),
        ]
        let text = Metrics(clock: Clock { Timestamp(seconds: 0) }).text(queue: 0, keys: keys)
        #expect(text.contains("indexgen_key_expiry_timestamp_seconds{fingerprint=\"AA\"} 99\n"))
        #expect(!text.contains("BB"))
    }
}
