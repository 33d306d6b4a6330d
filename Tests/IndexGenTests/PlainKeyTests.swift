import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// The site's keys that are not OpenPGP's: made once, kept, read back, and trusted by openssl.
@Suite struct PlainKeyTests {
    static let environment = ProcessInfo.processInfo.environment
    static let hasOpenSSL = Program.find("openssl", environment: environment) != nil

    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("indexgen-plain-\(UUID().uuidString)").path

    private func with<Result>(_ body: () throws -> Result) throws -> Result {
        try Files.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body()
    }

    /// What openssl says of a signature.
    static func verifies(
        _ signature: [UInt8], over bytes: [UInt8], by key: SiteKey, _ algorithm: String = "sha256", in folder: String
    ) throws -> Bool {
        let openssl = try Program(named: "openssl", environment: environment)
        let paths = ["public.pem", "signature", "signed"].map { "\(folder)/\(UUID().uuidString)-\($0)" }
        for (path, content) in zip(paths, [key.pem, signature, bytes]) { try Files.replace(path, with: content) }
        let run = try openssl.run(
            ["dgst", "-\(algorithm)", "-verify", paths[0], "-signature", paths[1], paths[2]], environment: environment)
        return run.status == 0
    }

    @Test(.enabled(if: hasOpenSSL, "openssl is not installed"), arguments: SiteKey.Kind.allCases)
    func `openssl verifies what it signs, with each digest`(kind: SiteKey.Kind) throws {
        try with {
            let key = try PlainKey(generating: kind)
            for bytes in [[], [UInt8]("abc".utf8), [UInt8](repeating: 7, count: 200_000)] {
                for algorithm in kind == .rsa ? [Digests.Algorithm.sha1, .sha256, .sha512] : [.sha256] {
                    let signature = try key.sign(bytes, algorithm)
                    #expect(
                        try Self.verifies(signature, over: bytes, by: key.publicKey, "\(algorithm)", in: folder), "\(algorithm)")
                    #expect(try !Self.verifies(signature, over: bytes + [1], by: key.publicKey, "\(algorithm)", in: folder))
                }
            }
            #expect(try key.sign([1]) == key.sign([1]))
            let other = try PlainKey(generating: kind)
            #expect(try !Self.verifies(other.sign([1]), over: [1], by: key.publicKey, in: folder))
        }
    }

    @Test(.enabled(if: hasOpenSSL, "openssl is not installed"), arguments: SiteKey.Kind.allCases)
    func `openssl reads the key, and finds it to be what it should be`(kind: SiteKey.Kind) throws {
        try with {
            let key = try PlainKey(generating: kind)
            let openssl = try Program(named: "openssl", environment: Self.environment)
            let path = "\(folder)/key.pem", open = "\(folder)/public.pem"
            try Files.replace(path, with: key.pem)
            try Files.replace(open, with: key.publicKey.pem)
            let shown = try openssl.run(["pkey", "-in", path, "-noout", "-text"], environment: Self.environment)
            let text = String(decoding: shown.output, as: UTF8.self)
            #expect(text.contains(kind == .rsa ? "4096 bit" : "prime256v1"), "\(text)")
            let derived = try openssl.run(["pkey", "-in", path, "-pubout"], environment: Self.environment)
            #expect(derived.output == key.publicKey.pem)
            #expect(try openssl.run(["pkey", "-pubin", "-in", open, "-noout"], environment: Self.environment).status == 0)
        }
    }

    @Test(arguments: SiteKey.Kind.allCases) func `a key is the same when it is read back`(kind: SiteKey.Kind) throws {
        let key = try PlainKey(generating: kind)
        let again = try PlainKey(kind, pem: key.pem, named: "x")
        #expect(again.publicKey == key.publicKey && again.pem == key.pem)
        #expect(again.publicKey.kind == kind)
        if kind == .rsa { #expect(try again.sign([1, 2, 3]) == key.sign([1, 2, 3]), "PKCS #1 v1.5 has no chance in it") }
    }

    @Test func `what is not the key that it should be is refused with its path and what helps`() throws {
        let rsa = try PlainKey(generating: .rsa), ecdsa = try PlainKey(generating: .ecdsa)
        let half = Array(rsa.pem.prefix(rsa.pem.count / 2))
        let wrong: [(kind: SiteKey.Kind, pem: [UInt8])] = [
            (.rsa, ecdsa.pem), (.ecdsa, rsa.pem), (.rsa, []), (.rsa, [UInt8]("nonsense".utf8)), (.rsa, half),
            (.rsa, rsa.publicKey.pem), (.ecdsa, ecdsa.publicKey.pem),
        ]
        for (kind, pem) in wrong {
            let failure = #expect(throws: PlainKey.Failure.self) { try PlainKey(kind, pem: pem, named: "/site/state/keys/x.pem") }
            let words = failure?.description ?? ""
            #expect(words.hasPrefix("/site/state/keys/x.pem is not a key for"), "\(words)")
            #expect(words.contains("restore it from a backup, or remove it"), "\(words)")
        }
    }

    @Test(.enabled(if: hasOpenSSL, "openssl is not installed"))
    func `a key of another curve, or behind a passphrase, is refused, and a traditional one is taken`() throws {
        try with {
            let openssl = try Program(named: "openssl", environment: Self.environment)
            func make(_ arguments: String...) throws -> [UInt8] {
                let run = try openssl.run(arguments, environment: Self.environment)
                try #require(run.status == 0, "\(run.diagnostics)")
                return run.output
            }
            let large = try make("ecparam", "-name", "secp384r1", "-genkey", "-noout")
            let traditional = try make("ecparam", "-name", "prime256v1", "-genkey", "-noout")
            try Files.replace("\(folder)/plain.pem", with: traditional)
            let locked = try make("pkcs8", "-topk8", "-in", "\(folder)/plain.pem", "-passout", "pass:secret")
            #expect(throws: PlainKey.Failure.self) { try PlainKey(.ecdsa, pem: large, named: "x") }
            #expect(throws: PlainKey.Failure.self) { try PlainKey(.ecdsa, pem: locked, named: "x") }
            let taken = try PlainKey(.ecdsa, pem: traditional, named: "x")
            #expect(try Self.verifies(taken.sign([1]), over: [1], by: taken.publicKey, in: folder))
        }
    }

    // MARK: Of a site

    private func keys(_ folder: String) throws -> PlainKeys {
        try PlainKeys(in: Folder("\(folder)/state"), keyring: "\(folder)/state/keyring")
    }

    @Test func `an unsigned site has none, and makes none`() throws {
        try with {
            try Files.makeFolder("\(folder)/state")
            #expect(try keys(folder).keys(.rsa).isEmpty)
            #expect(try FileStatus.of("\(folder)/state/keys") == nil)
        }
    }

    @Test func `it is made once, for its owner's eyes alone, and read back by the next program`() throws {
        try with {
            try Files.makeFolder("\(folder)/state/keyring")
            let first = try keys(folder)
            for kind in SiteKey.Kind.allCases {
                let key = try #require(try first.keys(kind).first)
                let path = "\(folder)/state/keys/\(kind.rawValue).pem"
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(
                    try FileManager.default.attributesOfItem(atPath: "\(folder)/state/keys")[.posixPermissions] as? Int == 0o700)
                #expect(try Files.read(path) == key.pem)
                #expect(try first.keys(kind).map { $0 === key } == [true])
                let later = try #require(try keys(folder).keys(kind).first)
                #expect(later !== key && later.publicKey == key.publicKey)
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/keys").sorted() == ["ecdsa.pem", "rsa.pem"])
        }
    }

    @Test func `many threads that want it at once get one`() throws {
        try with {
            try Files.makeFolder("\(folder)/state/keyring")
            let shared = try keys(folder)
            let found = Parallel.map(Array(0..<16)) { _ in Result { try shared.keys(.ecdsa) } }
            let pems = try Set(found.map { try #require(try $0.get().first).pem })
            #expect(pems == [try Files.read("\(folder)/state/keys/ecdsa.pem")])
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/keys") == ["ecdsa.pem"])
        }
    }

    @Test func `processes that want it at once get one`() async throws {
        try Files.makeFolder("\(folder)/state/keyring")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A process of its own has our environment, and nothing else of us.
        setenv("INDEXGEN_PLAIN_KEYS", folder, 1)
        let keys = try await withThrowingTaskGroup(of: String.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                        let folder = ProcessInfo.processInfo.environment["INDEXGEN_PLAIN_KEYS"] ?? ""
                        let keys = try PlainKeys(in: Folder("\(folder)/state"), keyring: "\(folder)/state/keyring")
                        let key = try #require(try keys.keys(.ecdsa).first)
                        print("key: \(Hex.string(SHA256Digest.of(key.pem)))")
                    }
                    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
                    return output.components(separatedBy: "key: ").last.map { String($0.prefix(64)) } ?? ""
                }
            }
            var all: [String] = []
            for try await key in tasks { all.append(key) }
            return all
        }
        #expect(Set(keys) == [Hex.string(SHA256Digest.of(try Files.read("\(folder)/state/keys/ecdsa.pem")))], "\(keys)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/keys") == ["ecdsa.pem"])
    }

    @Test func `a program that goes on sees keys come, go and change places`() throws {
        try with {
            try Files.makeFolder("\(folder)/state/keyring")
            let store = try keys(folder), keys = Files.join(folder, "state/keys")
            func publicKeys() throws -> [SiteKey] { try store.keys(.ecdsa).map(\.publicKey) }
            let first = try publicKeys()
            try FileManager.default.moveItem(atPath: "\(keys)/ecdsa.pem", toPath: "\(keys)/ecdsa-2025.pem")
            let both = try publicKeys()
            #expect(both.count == 2 && both[1] == first[0] && both[0] != first[0])
            let third = try PlainKey(generating: .ecdsa)
            try Files.replace("\(keys)/ecdsa-2024.pem", with: third.pem, mode: 0o600)
            #expect(try publicKeys() == [both[0], third.publicKey, first[0]])
            // Names of other kinds, and of files that are no keys, are passed over.
            try Files.replace("\(keys)/rsa-2024.pem", with: third.pem, mode: 0o600)
            try Files.replace("\(keys)/ecdsa-2024.pem.bak", with: [1])
            #expect(try publicKeys() == [both[0], third.publicKey, first[0]])
            try Files.replace("\(keys)/ecdsa.pem", with: third.pem, mode: 0o600)
            try Files.remove("\(keys)/ecdsa-2024.pem")
            #expect(try publicKeys() == [third.publicKey, first[0]])
            try Files.remove("\(keys)/ecdsa-2025.pem")
            #expect(try publicKeys() == [third.publicKey])
            // A former key that is damaged is named as the one that signs is.
            try Files.replace("\(keys)/ecdsa-old.pem", with: [1])
            let failure = #expect(throws: PlainKey.Failure.self) { try publicKeys() }
            #expect(failure?.description.hasPrefix("\(keys)/ecdsa-old.pem is not a key for ECDSA") == true)
        }
    }

    @Test func `one that was damaged is refused with what helps, and left as it is`() throws {
        try with {
            try Files.makeFolder("\(folder)/state/keyring")
            let path = "\(folder)/state/keys/rsa.pem"
            try Files.makeFolder("\(folder)/state/keys")
            for damage in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "x"] {
                try Files.replace(path, with: [UInt8](damage.utf8))
                let failure = #expect(throws: PlainKey.Failure.self) { try keys(folder).keys(.rsa) }
                #expect(failure?.description.hasPrefix("\(path) is not a key for RSA") == true, "\(failure?.description ?? "")")
                #expect(failure?.description.contains("backup") == true)
                #expect(try Files.read(path) == [UInt8](damage.utf8))
            }
            try Files.remove(path)
            #expect(try keys(folder).keys(.rsa).count == 1)
        }
    }

    @Test func `what another run left unfinished is in nobody's way`() throws {
        try with {
            try Files.makeFolder("\(folder)/state/keyring")
            try Files.makeFolder("\(folder)/state/keys")
            try Files.replace("\(folder)/state/keys/ecdsa.pem.\(ProcessInfo.processInfo.processIdentifier)", with: [1, 2, 3])
            let key = try #require(try keys(folder).keys(.ecdsa).first)
            #expect(try Files.read("\(folder)/state/keys/ecdsa.pem") == key.pem)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/keys") == ["ecdsa.pem"])
        }
    }

    /// RFC 6979, A.2.5: the key for P-256, and what it makes of "sample" with SHA-256.
    @Test func `signatures by ECDSA are those of RFC 6979`() throws {
        let key = try #require(
            Hex.bytes(
                "308141020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
                    .utf8))
        var pem = [UInt8]("-----BEGIN PRIVATE KEY-----\n".utf8)
        pem.append(base64: key)
        pem += [UInt8]("\n-----END PRIVATE KEY-----\n".utf8)
        let signature = try PlainKey(.ecdsa, pem: pem, named: "x").sign([UInt8]("sample".utf8))
        let r = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        let s = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        #expect(Hex.string(signature) == "3046022100\(r)022100\(s)")
    }
}
