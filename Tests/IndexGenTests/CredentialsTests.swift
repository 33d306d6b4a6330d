import Formats
import Foundation
import Testing

@testable import IndexGen

/// What clients send, and what nobody sends.
@Suite struct CredentialsTests {
    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test(arguments: [
        ("Authorization", "Basic " + base64("__token__:ixg_a"), "ixg_a"),
        ("authorization", "basic " + base64("bob:ixg_a"), "ixg_a"),
        ("AUTHORIZATION", "BASIC   " + base64("ixg_a:"), "ixg_a"), ("Authorization", "Basic " + base64(":ixg_a"), "ixg_a"),
        ("Authorization", "Basic " + base64("bob:a:b"), "a:b"), ("Authorization", "Basic " + base64("bob:ixg_a\n"), "ixg_a"),
        ("Authorization", "Bearer ixg_a", "ixg_a"), ("Authorization", "bearer  ixg_a ", "ixg_a"),
        ("Authorization", "token ixg_a", "ixg_a"), ("Authorization", "ixg_a", "ixg_a"), ("PRIVATE-TOKEN", "ixg_a", "ixg_a"),
        ("Deploy-Token", " ixg_a", "ixg_a"), ("X-NuGet-ApiKey", "ixg_a", "ixg_a"), ("x-api-key", "ixg_a", "ixg_a"),
    ])
    func `each client's way is understood`(header: String, value: String, token: String) {
        #expect(Credentials(headers: [("Accept", "*/*"), (header, value)]) == .token(token))
    }

    @Test(arguments: [
        ("Authorization", "", "another scheme"), ("Authorization", "Basic", "base64"), ("Authorization", "Basic !!!!", "base64"),
        ("Authorization", "Basic " + base64("ixg_a"), "NAME:PASSWORD"), ("Authorization", "Basic " + base64(":"), "empty"),
        ("Authorization", "Basic gIA6gA==", "base64"), ("Authorization", "Bearer", "empty"),
        ("Authorization", "Bearer a\u{1B}[2J", "control character"),
        ("Authorization", "Basic " + base64("a:b\0c"), "control character"),
        ("Authorization", "Digest username=\"bob\"", "another scheme"),
        ("Authorization", "secret-without-scheme", "another scheme"),
        ("Private-Token", "", "empty"),
        ("Authorization", "Bearer " + String(repeating: "a", count: 5_000), "more than 4096 bytes"),
        ("Private-Token", String(repeating: "a", count: 5_000), "more than 4096 bytes"),
    ])
    func `what is malformed is told without a word of it`(header: String, value: String, reason: String) {
        let credentials = Credentials(headers: [(header, value)])
        guard case .malformed(let why) = credentials else {
            Issue.record("\(value) passed")
            return
        }
        #expect(why.contains(reason), "\(why)")
        #expect(!why.contains("secret") && !why.contains("bob"))
    }

    @Test func `no header is none; the same token twice is one; two tokens are a fault`() {
        #expect(Credentials(headers: []) == .none)
        #expect(Credentials(headers: [("Accept", "ixg_a"), ("Cookie", "token=ixg_a")]) == .none)
        #expect(Credentials(headers: [("Authorization", "Bearer ixg_a"), ("Private-Token", "ixg_a")]) == .token("ixg_a"))
        guard case .malformed = Credentials(headers: [("Authorization", "Bearer ixg_a"), ("Private-Token", "ixg_b")]) else {
            Issue.record("two tokens passed")
            return
        }
    }

    @Test func `a token is read back, and no slip of the hand is`() throws {
        let secret = Secret()
        let text = secret.revealed
        #expect(text.utf8.count == 53)
        #expect(text.hasPrefix("ixg_\(secret.handle)_"))
        #expect(Secret(parsing: text)?.revealed == text)
        #expect(Secret(parsing: text)?.hash == secret.hash)
        let characters: [Character] = Array(text)
        for i in characters.indices {
            var other = characters
            other[i] = other[i] == "a" ? "b" : "a"
            #expect(Secret(parsing: String(other)) == nil, "a slip at \(i)")
            #expect(Secret(parsing: String(characters[..<i])) == nil)
        }
        for other in [text.uppercased(), text + "a", " " + text, text + "\n", ""] { #expect(Secret(parsing: other) == nil) }
    }

    @Test func `no two tokens are alike, and every character varies`() {
        let secrets = (0..<300).map { _ in Secret() }
        #expect(Set(secrets.map(\.handle)).count == 300)
        #expect(Set(secrets.map(\.hash)).count == 300)
        for position in 4..<53 where position != 14 {
            // 300 draws of 32 leave one out with probability 32·(31/32)³⁰⁰ ≈ 0.2 %, more than twelve never.
            #expect(Set(secrets.map { Array($0.revealed.utf8)[position] }).count >= 20, "position \(position)")
        }
    }

    @Test func `neither prints its secret`() {
        let secret = Secret()
        let hidden = String(secret.revealed.dropFirst(15))
        var dumped = ""
        dump(Credentials.token(secret.revealed).description, to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), "\([secret])", "\(Credentials.token(secret.revealed))",
            String(reflecting: [Credentials.token(secret.revealed)]), dumped,
        ] { #expect(!text.contains(hidden) && !text.contains(hidden.prefix(8)), "\(text)") }
    }

    @Test(
        arguments: [
            ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 4], false), ([0, 2, 3], [1, 2, 3], false), ([1], [1, 1], false),
            ([], [], true),
        ] as [([UInt8], [UInt8], Bool)])
    func `digests are equal in all bytes or not`(a: [UInt8], b: [UInt8], equal: Bool) {
        #expect(ConstantTime.areEqual(a, b) == equal)
    }
}
