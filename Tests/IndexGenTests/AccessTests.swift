import Dispatch
import Formats
import Synchronization
import Testing

@testable import IndexGen

/// Who is let in, who is not, and with which words.
@Suite struct AccessTests {
    private let test: TestSite

    init() throws { test = try TestSite() }

    private func authorizer(anonymous: [String] = [], limit: FailureLimit = FailureLimit()) -> Authorizer {
        Authorizer(catalog: test.catalog, ecosystems: test.site.ecosystems, anonymous: anonymous, limit: limit)
    }

    @discardableResult
    private func make(
        owner: String = "acme", type: String = "toy", scopes: [String] = ["*"], rights: Set<Right> = [.upload],
        name: String = "ci",
        expires: Int64? = nil
    ) throws -> Secret {
        let secret = Secret()
        let now = test.site.clock.now()
        try test.catalog.add(
            Token(
                handle: secret.handle, name: name, owner: owner, type: type, scopes: scopes, rights: rights, created: now,
                expires: expires.map { Timestamp(seconds: now.seconds + $0) }), hash: secret.hash)
        return secret
    }

    private func decide(
        _ secret: Secret, with authorizer: Authorizer? = nil, from address: String = "192.0.2.7", to right: Right = .upload,
        owner: String = "acme", type: String = "toy", scope: String = "main"
    ) throws -> Authorizer.Decision {
        try (authorizer ?? self.authorizer()).decide(
            .token(secret.revealed), from: address, to: right, Target(owner: owner, type: type, scope: scope))
    }

    // MARK: A token's life

    @Test func `a token lets its holder in until the second at which it expires`() throws {
        let secret = try make(expires: 100)
        var author = Author(name: "ci (token \(secret.handle))", origin: "192.0.2.7")
        author.token = secret.handle
        #expect(try decide(secret) == .allowed(author))
        test.time.advance(99)
        #expect(try decide(secret) == .allowed(author))
        test.time.advance(1)
        guard case .ended(let reason, author) = try decide(secret) else {
            Issue.record("it is still worth something")
            return
        }
        #expect(reason.hasPrefix("this token expired at 2027-01-15T08:01:40Z"))
    }

    @Test func `another process revokes it, and the next request is refused`() throws {
        let secret = try make()
        let authorizer = authorizer()
        #expect(try decide(secret, with: authorizer).isAllowed)
        let other = try test.site.openCatalog()
        #expect(try other.revoke(secret.handle))
        #expect(try !other.revoke(secret.handle), "once is enough")
        #expect(try !other.revoke("nobody"))
        try other.close()
        guard case .ended(let reason, _) = try decide(secret, with: authorizer) else {
            Issue.record("it is still worth something")
            return
        }
        #expect(reason.hasPrefix("this token was revoked at"))
    }

    @Test func `the day of its last use is written once a day`() throws {
        let secret = try make()
        func changes() throws -> Int { try test.catalog.pool.writeWithoutTransaction { $0.totalChangesCount } }
        func lastUsed() throws -> Int64? { try test.catalog.token(secret.handle)?.token.lastUsed?.seconds }
        #expect(try lastUsed() == nil)
        let before = try changes()
        for _ in 0..<5 { _ = try decide(secret) }
        #expect(try changes() == before + 1)
        #expect(try lastUsed() == 1_799_971_200, "midnight UTC")
        _ = try decide(secret, owner: "other")
        test.time.advance(86_400)
        _ = try decide(secret)
        #expect(try changes() == before + 2)
        #expect(try lastUsed() == 1_799_971_200 + 86_400)
    }

    @Test func `what the catalog gives back is what was put in`() throws {
        let secret = try make(
            owner: "a*", type: "*", scopes: ["el9*", "", "fedora/4?"], rights: [.upload, .delete], name: "x: 'y'")
        let token = try #require(try test.catalog.tokens().first)
        #expect(token.scopes == ["el9*", "", "fedora/4?"])
        #expect(token.rights == [.upload, .delete])
        #expect(token.name == "x: 'y'" && token.owner == "a*" && token.type == "*" && token.expires == nil)
        let found = try #require(try test.catalog.token(secret.handle))
        #expect(found.token == token && found.hash == secret.hash)
        #expect(throws: DatabaseError.self, "handles are unique") { try test.catalog.add(token, hash: Secret().hash) }
    }

    // MARK: What it covers

    @Test(arguments: [
        ("acme", "toy", ["*"], "acme", "toy", "main", true), ("acme", "toy", ["*"], "acme", "toy", "", true),
        ("acme", "toy", ["*"], "ACME", "toy", "main", true), ("Acme", "toy", ["*"], "acme", "toy", "main", true),
        ("acme", "toy", ["*"], "acme2", "toy", "main", false), ("acme", "toy", ["*"], "acme", "rpm", "main", false),
        ("acme*", "*", ["*"], "acme2", "rpm", "main", true), ("*", "*", ["*"], "", "", "", true),
        ("acme", "toy", ["el9*"], "acme", "toy", "el9/stable", true), ("acme", "toy", ["el9*"], "acme", "toy", "el8", false),
        ("acme", "toy", ["el9*"], "acme", "toy", "", false), ("acme", "toy", ["el9*"], "acme", "toy", "EL9", false),
        ("acme", "toy", ["el?", "fedora"], "acme", "toy", "el9", true), ("acme", "toy", ["el?"], "acme", "toy", "el", false),
        ("acme", "toy", ["el?", "fedora"], "acme", "toy", "fedora", true), ("acme", "toy", [""], "acme", "toy", "", true),
        ("acme", "toy", [""], "acme", "toy", "el9", false),
    ])
    func `patterns cover what they match`(
        owner: String, type: String, scopes: [String], wantedOwner: String, wantedType: String, scope: String, covers: Bool
    ) throws {
        let secret = try make(owner: owner, type: type, scopes: scopes)
        #expect(try decide(secret, owner: wantedOwner, type: wantedType, scope: scope).isAllowed == covers)
    }

    @Test func `a target is named by the first coordinate, where there is one`() throws {
        func scope(_ profile: EcosystemProfile, _ coordinates: [String: String]) -> String {
            Target(owner: "acme", profile: profile, coordinates: Coordinates(coordinates)).scope
        }
        #expect(scope(RPM().profile, ["group": "el9"]) == "el9")
        #expect(scope(RPM().profile, [:]) == "")
        #expect(scope(Debian().profile, ["distribution": "sid", "component": "main"]) == "sid")
        #expect(scope(Debian().profile, ["component": "main"]) == "stable")
        #expect(scope(PyPI().profile, ["group": "el9"]) == "")

        try test.add([test.toy("a", "1")], group: "one")
        let repository = try #require(try test.catalog.repositories().first)
        let file = try #require(try test.catalog.snapshot { try $0.files(in: repository) }.first)
        #expect(Target.removing(file, Toy()) == [Target(owner: "acme", type: "toy", scope: "one")])
        // PyPI's packages have no place that rights could be given for.
        #expect(Target.removing(file, PyPI()) == [Target(owner: "acme", type: "toy", scope: "")])
    }

    @Test func `a refusal says what the token is good for instead`() throws {
        let secret = try make(scopes: ["el9*", "fedora"], rights: [.upload, .delete])
        guard case .forbidden(let reason, let author) = try decide(secret, scope: "el8") else {
            Issue.record("it was not forbidden")
            return
        }
        #expect(
            reason
                == "this token may upload and delete in acme/toy, group el9* or fedora; it may not upload in acme/toy, group el8")
        #expect(author.name == "ci (token \(secret.handle))" && author.origin == "192.0.2.7" && author.token == secret.handle)
        let uploader = try make(name: "")
        guard case .forbidden(let second, let nameless) = try decide(uploader, to: .delete, scope: "") else {
            Issue.record("it was not forbidden")
            return
        }
        #expect(second == "this token may upload in acme/toy; it may not delete in acme/toy")
        #expect(nameless.name == "token \(uploader.handle)")
    }

    @Test func `without a token anybody may upload where the settings say so, and nobody may delete`() throws {
        func decide(_ anonymous: [String], _ right: Right, _ owner: String) throws -> Authorizer.Decision {
            try authorizer(anonymous: anonymous).decide(
                .none, from: "::1", to: right, Target(owner: owner, type: "toy", scope: "main"))
        }
        #expect(try !decide([], .upload, "acme").isAllowed)
        #expect(try decide(["sandbox-*"], .upload, "Sandbox-1") == .allowed(Author(name: "anonymous", origin: "::1")))
        #expect(try !decide(["sandbox-*"], .delete, "sandbox-1").isAllowed)
        #expect(try !decide(["sandbox-*"], .upload, "acme").isAllowed)
        // A token for something else does not make it worse; a wrong one does.
        let secret = try make(owner: "other")
        #expect(try self.decide(secret, with: authorizer(anonymous: ["acme"])).isAllowed)
        #expect(try !self.decide(secret, with: authorizer(anonymous: ["acme"]), to: .delete).isAllowed)
        #expect(try !self.decide(Secret(), with: authorizer(anonymous: ["acme"])).isAllowed)
    }

    @Test func `a wrong secret and an unknown handle are told in the same words`() throws {
        let secret = try make()
        let stranger = Secret()
        // Another token's secret under this handle, with its check put right.
        let wrong = try #require(Secret(handle: secret.handle, secretOf: stranger))
        #expect(wrong.handle == secret.handle && wrong.hash == stranger.hash)
        let answer = try decide(wrong)
        #expect(answer == .unknown("there is no such token"))
        #expect(try decide(stranger) == answer)
    }

    // MARK: Guessing

    @Test func `ten failures a minute, then wrong tokens wait; the right one never does`() throws {
        let time = TestInstant()
        let limit = FailureLimit(now: { time.now })
        let authorizer = authorizer(limit: limit)
        let secret = try make()
        let expired = try make(expires: 0)
        for _ in 0..<10 { #expect(try decide(Secret(), with: authorizer) == .unknown("there is no such token")) }
        for _ in 0..<3 {
            #expect(try decide(Secret(), with: authorizer) == .tooMany(retryAfter: 6))
            // A known handle with another secret is no better than an unknown one.
            let wrong = try #require(Secret(handle: secret.handle, secretOf: Secret()))
            #expect(try decide(wrong, with: authorizer) == .tooMany(retryAfter: 6))
            #expect(try authorizer.decide(.malformed("odd"), from: "192.0.2.7", to: .upload, target) == .tooMany(retryAfter: 6))
            #expect(try decide(secret, with: authorizer).isAllowed)
            guard case .ended = try decide(expired, with: authorizer) else {
                Issue.record("whoever knows the secret of an expired token is told")
                return
            }
            guard case .forbidden = try decide(secret, with: authorizer, to: .delete) else {
                Issue.record("whoever knows the secret is told what it is good for")
                return
            }
        }
        #expect(try decide(Secret(), with: authorizer, from: "192.0.2.8") == .unknown("there is no such token"))
        time.advance(.milliseconds(6_000))
        #expect(try decide(Secret(), with: authorizer) == .unknown("there is no such token"))
        #expect(try decide(Secret(), with: authorizer) == .tooMany(retryAfter: 6), "only one came back")
    }

    @Test func `who asks without a token waits in the end, and not for others, nor for a token`() throws {
        let time = TestInstant()
        let authorizer = Authorizer(
            catalog: test.catalog, ecosystems: test.site.ecosystems, anonymous: ["open"],
            askers: FailureLimit(failures: 20, now: { time.now }))
        func ask(_ owner: String = "acme", from address: String = "2001:db8::1") throws -> Authorizer.Decision {
            try authorizer.decide(.none, from: address, to: .upload, Target(owner: owner, type: "toy", scope: "main"))
        }
        for _ in 0..<20 {
            guard case .unknown = try ask() else {
                Issue.record("it was not asked for a token")
                return
            }
        }
        #expect(try ask() == .tooMany(retryAfter: 3))
        #expect(try ask(from: "2001:db8::ffff:1") == .tooMany(retryAfter: 3), "a /64 is one")
        #expect(try ask("open").isAllowed, "what needs no token is not counted")
        #expect(try ask(from: "2001:db8:0:1::1") != .tooMany(retryAfter: 3))
        #expect(try decide(make(), with: authorizer, from: "2001:db8::1").isAllowed)
    }

    private var target: Target { Target(owner: "acme", type: "toy", scope: "main") }

    // MARK: A right that ends under way

    @Test func `a token that is revoked or expires before the commit brings nothing in and removes nothing`() throws {
        for revokes in [true, false] {
            let secret = try make(rights: [.upload, .delete], expires: revokes ? nil : 10)
            guard case .allowed(let author) = try decide(secret) else {
                Issue.record("it was not let in")
                return
            }
            let name = revokes ? "first" : "second"
            func admission(_ version: String, _ author: Author) throws -> Admission {
                var intake = test.intake()
                intake.author = author
                return try intake.admit(test.received([UInt8]("toy \(name) \(version) any\n")), filename: "x.toy")
            }
            let early = try test.catalog.take(groups: [[admission("1", author)]], blobs: test.site.blobs)
            guard case .taken = early[0] else {
                Issue.record("it was not taken: \(early)")
                return
            }
            if revokes { #expect(try test.catalog.revoke(secret.handle)) } else { test.time.advance(10) }
            // Another's upload in the same transaction is taken.
            let late = try test.catalog.take(
                groups: [[admission("2", author)], [admission("3", "somebody else")]], blobs: test.site.blobs)
            guard case .lost(let lost) = late[0], case .taken = late[1] else {
                Issue.record("it was decided otherwise: \(late)")
                return
            }
            #expect(lost.reason.hasPrefix(revokes ? "this token was revoked" : "this token expired"))
            let row = try #require(try test.catalog.repositories().first)
            let files = try test.catalog.snapshot { try $0.files(in: row, name: name, version: nil) }
            #expect(files.map(\.version).sorted() == ["1", "3"])
            #expect(throws: lost) { try test.catalog.remove(files, author: author) }
            #expect(try test.catalog.snapshot { try $0.files(in: row, name: name, version: nil) }.count == 2)
            #expect(try test.stagedFiles() == [])
        }
    }

    @Test func `what is not a guess is not counted, what could be one is`() throws {
        func waits(after credentials: Credentials) throws -> Bool {
            let limit = FailureLimit(failures: 1)
            _ = try authorizer(limit: limit).decide(credentials, from: "a", to: .upload, target)
            return limit.wait(for: "a") != nil
        }
        let expired = try make(expires: 1)
        let elsewhere = try make(owner: "other")
        test.time.advance(1)
        for credentials in [Credentials.none, .token(expired.revealed), .token(elsewhere.revealed)] {
            #expect(try !waits(after: credentials))
        }
        for credentials in [Credentials.malformed("odd"), .token("password"), .token(Secret().revealed)] {
            #expect(try waits(after: credentials))
        }
    }

    @Test func `the limit remembers no more addresses than it may, and those that wait longest`() {
        let time = TestInstant()
        let limit = FailureLimit(addresses: 100, now: { time.now })
        for _ in 0..<10 { limit.fail("198.51.100.1") }
        for i in 0..<5_000 { limit.fail("10.0.\(i / 250).\(i % 250)") }
        #expect(limit.count <= 100)
        #expect(limit.wait(for: "198.51.100.1") != nil)
        time.advance(.seconds(3_600))
        limit.fail("192.0.2.1")
        for i in 0..<100 { limit.fail("10.1.0.\(i)") }
        #expect(limit.wait(for: "198.51.100.1") == nil)
        #expect(limit.count <= 100)
    }

    @Test func `many threads count together`() {
        let time = TestInstant()
        let limit = FailureLimit(failures: 1_000, now: { time.now })
        DispatchQueue.concurrentPerform(iterations: 999) { _ in limit.fail("a") }
        #expect(limit.wait(for: "a") == nil)
        limit.fail("a")
        #expect(limit.wait(for: "a") == 1)
    }

    @Test(arguments: [
        ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ("[2001:db8::1]", "2001:db8::2", true), ("fe80::1%eth0", "fe80::2", true), ("unix", "unix", true), ("unix", "", false),
        ("::", "0.0.0.0", false),
    ])
    func `an IPv6 network counts as one address`(a: String, b: String, same: Bool) {
        #expect((NetworkAddress(a) == NetworkAddress(b)) == same)
    }
}

extension Authorizer.Decision {
    fileprivate var isAllowed: Bool { if case .allowed = self { true } else { false } }
}

/// A moment that stands still until it is moved.
private final class TestInstant: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(_ by: Duration) { instant.withLock { $0 += by } }
}

extension Secret {
    /// One token's secret under another's handle: what who has one token and wants another could try.
    fileprivate init?(handle: String, secretOf other: Secret) {
        let body = "\(Secret.prefix)\(handle)_\(other.revealed.dropFirst(15).prefix(32))"
        let alphabet: [Character] = Array("abcdefghijkmnpqrstuvwxyz23456789")
        let check = SHA256Digest.of(Array(body.utf8)).prefix(6).map { alphabet[Int($0 & 31)] }
        self.init(parsing: body + String(check))
    }
}
