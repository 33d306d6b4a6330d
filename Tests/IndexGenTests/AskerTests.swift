import Formats
import Foundation
import Testing

@testable import IndexGen

/// Who asks who they are, and who logs in.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AskerTests {
    private let test: TestSite

    init() throws { test = try TestSite(of: Parcels()) }

    private func login(_ name: String, _ password: String) -> String { #"{"name":"\#(name)","password":"\#(password)"}"# }

    private func serve(_ body: (LiveServer) async throws -> Void) async throws { try await LiveServer.serve(test, body) }

    @Test func `whoever has a token is told who they are, whatever it is good for`() async throws {
        let tokens = try [test.token(), test.token(owner: "other", rights: [.delete])]
        try await serve { (server: LiveServer) async throws in
            for token in tokens {
                let answer = try await server.send("GET", "/acme/parcel/-/whoami", token: token)
                #expect(answer.status == 200 && answer.text.contains("\"user\":\"ci"), "\(answer)")
                #expect(!answer.whole.contains(token))
            }
            let head = try await server.send("HEAD", "/acme/parcel/-/whoami", token: tokens[0])
            #expect(head.status == 200 && head.text.isEmpty)
        }
    }

    @Test func `a wrong token and none are answered with 401, in the ecosystem's words`() async throws {
        let right = try test.token()
        let other = Secret().revealed
        let wrong: [String?] = [other, String(right.dropLast()), right + "x", "password", "ixg_", right.uppercased(), nil]
        try await serve { (server: LiveServer) async throws in
            for token in wrong {
                let answer = try await server.send("GET", "/acme/parcel/-/whoami", token: token)
                #expect(answer.status == 401 && answer.text.hasPrefix("{\"error\":\""), "\(answer)")
                #expect(answer.whole.lowercased().contains("www-authenticate: basic"))
                if let token { #expect(!answer.whole.contains(token), "\(answer.whole)") }
            }
        }
    }

    @Test func `who logs in with a token as the password is told that it is theirs`() async throws {
        let token = try test.token()
        try await serve { (server: LiveServer) async throws in
            let answer = try await server.send("PUT", "/acme/parcel/-/user/somebody", login("somebody", token))
            #expect(answer.status == 201 && answer.text == #"{"user":"somebody","token":"\#(token)"}"#, "\(answer)")
            for password in [Secret().revealed, "hunter2", "", String(token.dropLast())] {
                let answer = try await server.send("PUT", "/acme/parcel/-/user/somebody", login("somebody", password))
                #expect(answer.status == 401, "\(answer)")
                if !password.isEmpty { #expect(!answer.whole.contains(password), "\(answer.whole)") }
            }
            for body in [
                "", "[]", "{}", #"{"name":"a"}"#, #"{"password":"\#(token)"}"#, #"{"name":1,"password":"\#(token)"}"#, "{",
            ] {
                let answer = try await server.send("PUT", "/acme/parcel/-/user/somebody", body)
                #expect(answer.status == 400 && !answer.whole.contains(token), "\(answer)")
            }
            let large = #"{"x":"\#(String(repeating: "a", count: 70_000))"}"#
            #expect(try await server.send("PUT", "/acme/parcel/-/user/somebody", large).status == 413)
        }
    }

    @Test func `a token that was revoked or has expired is worth nothing`() async throws {
        let secret = Secret()
        let now = test.site.clock.now()
        try test.catalog.add(
            Token(
                handle: secret.handle, name: "ci", owner: "acme", type: "*", scopes: ["*"], rights: [.upload], created: now,
                expires: Timestamp(seconds: now.seconds + 100)), hash: secret.hash)
        let token = secret.revealed
        try await serve { (server: LiveServer) async throws in
            #expect(try await server.send("GET", "/acme/parcel/-/whoami", token: token).status == 200)
            test.time.advance(101)
            #expect(try await server.send("GET", "/acme/parcel/-/whoami", token: token).status == 401)
            #expect(try await server.send("PUT", "/acme/parcel/-/user/ci", login("ci", token)).status == 401)
        }
    }

    /// The endpoint runs in a process of its own here, whose log is read.
    @Test func `the log has no token, nor has the record of refused changes`() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]) {
            let test = try TestSite(of: Parcels())
            let token = try test.token(), stranger = Secret().revealed
            let server = LiveServer(test)
            let body = { (password: String) in #"{"name":"somebody","password":"\#(password)"}"# }
            for password in [token, stranger, String(token.dropLast())] {
                _ = try await server.send("PUT", "/acme/parcel/-/user/somebody", body(password))
                _ = try await server.send("GET", "/acme/parcel/-/whoami", token: password)
                _ = try await server.send("PUT", "/acme/parcel/-/tags/none/latest", token: password, "\"1\"")
                _ = try await server.send("PUT", "/acme/parcel/upload", token: password, [UInt8]("nothing".utf8))
                _ = try await server.send("PUT", "/acme/parcel/upload", token: password, TestSite.parcel("ball", "1"))
                _ = try await server.send("PUT", "/acme/parcel/ball", token: password, #"{"name":"ball","tags":{"latest":"1"}}"#)
            }
            // They are written a second after they were noted.
            var refusals = try test.catalog.refusals(HistoryQuery())
            for _ in 0..<100 where refusals.isEmpty {
                try await Task.sleep(for: .milliseconds(100))
                refusals = try test.catalog.refusals(HistoryQuery())
            }
            await server.stop()
            guard !refusals.isEmpty else { exit(3) }
            for refusal in refusals { print("\(refusal)") }
            for entry in try test.catalog.history(HistoryQuery()) { print("\(entry)") }
            print("tokens: \(token) \(stranger)")
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).components(separatedBy: "tokens: ")
        let log = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let tokens = (output.last ?? "").split { $0 == " " || $0 == "\n" }.map(String.init).filter { $0.hasPrefix("ixg_") }
        try #require(tokens.count == 2)
        #expect(log.contains("\"listening\"") && log.contains("\"refused\"") && log.contains("\"taken\""), "\(log)")
        for token in tokens {
            // Neither the whole nor what is secret of it: behind the handle.
            let secret = token.split(separator: "_").last.map { String($0.dropLast(6)) } ?? ""
            try #require(secret.count == 32)
            #expect(!log.contains(secret) && !output[0].contains(secret))
        }
    }
}
