import Formats
import Foundation
import Testing

@testable import IndexGen

/// Webhooks against a server of another make, and the examples against what they talk to.
@Suite(.enabled(if: LoopbackServer.isHere, LoopbackServer.reason)) struct WebhookTests {
    static let examples =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/examples/hooks"

    private func site(_ settings: String) throws -> TestSite {
        let test = try TestSite(settings: settings)
        try Files.makeFolder(test.site.state)
        try Files.replace(test.site.state + "/secret", with: Array("s3cret \"words\"\n".utf8), mode: 0o600)
        return test
    }

    private func publish(_ test: TestSite, _ version: Int, body: String = "") throws {
        try test.add([test.toy("a", "\(version)", shelf: "x", body: body)])
        try test.generate()
    }

    @Test func `a webhook is a signed POST of the event`() throws {
        let server = try LoopbackServer()
        let test = try site("hooks:\n  - {url: '\(server.url)/packages?x=[1]&y=%22', secret_file: state/secret, for: [acme/toy]}")
        #expect(test.site.settings.hooks.first?.name == "127.0.0.1")
        try publish(test, 1)
        let report = try test.delivery.deliverDue()
        #expect(report.delivered == 1, "\(report.failures)")
        let requests = try server.requests()
        #expect(requests.map { "\($0.method) \($0.path)" } == ["POST /packages?x=[1]&y=%22"])
        let request = try #require(requests.first)
        let event = try JSONDecoder().decode(ToldEvent.self, from: Data(request.body.utf8))
        #expect(event.changes.map(\.name) == ["a"])
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["x-indexgen-event"] == "\(event.event)")
        // As openssl has it.
        let openssl = try Program(named: "openssl", environment: test.site.environment).run(
            ["dgst", "-sha256", "-hmac", "s3cret \"words\""],
            Program.Conditions(environment: test.site.environment, input: Array(request.body.utf8)))
        let hex = try #require(String(decoding: openssl.output, as: UTF8.self).split { " \n".contains($0) }.last)
        #expect(request.headers["x-indexgen-signature"] == "sha256=\(hex)")
        #expect(request.headers["x-hub-signature-256"] == "sha256=\(hex)")
    }

    @Test func `the example receiver takes what is signed, once, and nothing else`() throws {
        let test = try site("")
        let server = try LoopbackServer(
            script: Self.examples + "/verify-signature.py", arguments: [test.site.state + "/secret", "0"])
        try Files.replace(test.site.state + "/other", with: Array("wrong".utf8))
        try Files.replace(
            test.folder + "/indexgen.yaml",
            with: [UInt8](
                """
                hooks:
                  - {name: signed, url: "\(server.url)/", secret_file: state/secret, for: [acme/toy]}
                  - {name: forged, url: "\(server.url)/", secret_file: state/other, for: [acme/toy]}
                  - {name: unsigned, url: "\(server.url)/", for: [acme/toy]}
                """))
        let site = try TestSite.open(test.folder, test.time)
        try test.add([test.toy("a", "1", shelf: "x")])
        _ = try Generator(site: site, catalog: test.catalog).run()
        let report = try HookDelivery(site: site, catalog: test.catalog, clock: test.time.clock).deliverDue()
        #expect(report.delivered == 1)
        #expect(report.failures.map(\.hook) == ["forged", "unsigned"])
        #expect(report.failures.allSatisfy { $0.reason == "HTTP 403; its receiver knows why" })
        // The same event again, as after a crash.
        let hook = try #require(site.settings.hooks.first)
        let delivery = try #require(try test.catalog.dueDelivery(of: "forged", at: Timestamp(seconds: .max)))
        #expect(HookRunner(site: site).run(hook, delivery) == .delivered(said: ""))
        #expect(try server.output().count == 1)
    }

    @Test func `what a server refuses is a failure that says why and tells no secret`() throws {
        let server = try LoopbackServer()
        let test = try site(
            "hooks:\n  - {name: hook, url: '\(server.url)/T0P-S3CRET', secret_file: state/secret, for: [acme/toy], attempts: 100}"
        )
        try publish(test, 1)
        for (status, reason) in [
            (500, "HTTP 500; its receiver knows why"), (302, "HTTP 302; its receiver knows why"),
            (404, "HTTP 404; its receiver knows why"),
        ] {
            try server.answer(status, location: status == 302 ? server.url + "/elsewhere" : "")
            #expect(try test.delivery.deliverDue().failures.map(\.reason) == [reason])
            test.time.advance(100_000)
        }
        // Redirects are not followed.
        #expect(try server.requests().map(\.path) == ["/T0P-S3CRET", "/T0P-S3CRET", "/T0P-S3CRET"])
        try Files.remove(test.site.state + "/secret")
        let missing = try test.delivery.deliverDue().failures
        #expect(missing.count == 1 && missing[0].reason.contains("state/secret"), "\(missing)")
        test.time.advance(100_000)
        try Files.replace(test.site.state + "/secret", with: Array("s3cret\n".utf8))
        withExtendedLifetime(server) {}

        let errors = try test.catalog.deliveries().map(\.lastError)
        #expect(errors.count == 1 && !errors[0].contains("T0P") && !errors[0].contains("s3cret"))
    }

    @Test func `a server that is not there is a failure without its address's path`() throws {
        let url = try LoopbackServer().url
        let test = try site("hooks:\n  - {name: hook, url: '\(url)/T0P-S3CRET', for: [acme/toy]}")
        try publish(test, 1)
        let failures = try test.delivery.deliverDue().failures
        #expect(failures.count == 1 && failures[0].reason.hasPrefix("curl: (7)"), "\(failures)")
        #expect(!failures[0].reason.contains("T0P"))
    }

    @Test func `a receiver that repeats the request gets nothing of it into the catalog, and curl's words lose the address`()
        throws
    {
        let server = try LoopbackServer()
        try server.answer(500, location: "echo")
        let url = server.url.replacingOccurrences(of: "http://", with: "http://us%65r:pa%3Ass@") + "/T0P/S3CRET?key=v4lue"
        let test = try site("hooks:\n  - {name: hook, url: '\(url)', secret_file: state/secret, for: [acme/toy], attempts: 100}")
        try publish(test, 1)
        #expect(try test.delivery.deliverDue().failures.map(\.reason) == ["HTTP 500; its receiver knows why"])
        // It did get them.
        let headers = try #require(try server.requests().first).headers
        #expect(headers["authorization"]?.hasPrefix("Basic ") == true && headers["x-indexgen-signature"] != nil)

        let words = "curl: (6) Could not resolve host: pa:ss us%65r:pa%3Ass /T0P/S3CRET?key=v4lue v4lue example.org"
        let scrubbed = HookRunner.scrubbed(words, of: "https://us%65r:pa%3Ass@example.org/T0P/S3CRET?key=v4lue")
        #expect(scrubbed.hasPrefix("curl: (6) Could not resolve host: ") && scrubbed.hasSuffix(" example.org"))
        for secret in ["us%65r", "pa:ss", "pa%3Ass", "T0P", "S3CRET", "v4lue"] { #expect(!scrubbed.contains(secret)) }
    }

    @Test func `a long event arrives whole`() throws {
        let server = try LoopbackServer()
        let test = try site("hooks:\n  - {name: hook, url: '\(server.url)/', for: [acme/toy]}")
        let hook = try #require(test.site.settings.hooks.first)
        let body = "{\"x\": \"\(String(repeating: "ü\\\\", count: 1_000_000))\"}"
        let delivery = Delivery(
            hook: "hook", event: 1, at: Timestamp(seconds: 0), owner: "acme", type: "toy", partitions: "",
            payload: Array(body.utf8),
            failures: 0, next: Timestamp(seconds: 0), isDead: false, lastError: "")
        #expect(HookRunner(site: test.site).run(hook, delivery) == .delivered(said: ""))
        #expect(try server.requests().map(\.body) == [body])
    }

    // MARK: Examples

    @Test func `the example for caches purges what may change`() throws {
        let server = try LoopbackServer()
        let test = try site(
            "hooks:\n  - {run: ['\(Self.examples)/purge-cdn.sh', '\(server.url)'], for: [acme/toy]}\n"
                + TestSite.keeper.dropFirst(7))
        try publish(test, 1)
        let report = try test.delivery.deliverDue()
        #expect(report.failures.isEmpty, "\(report.failures)")
        let event = try #require(try test.toldOfPackages().first)
        #expect(!event.purge.isEmpty)
        let expected = event.purge.flatMap { ["PURGE /\($0)", "PURGE /api/packages/\($0)"] }
        #expect(try server.requests().map { "\($0.method) \($0.path)" } == expected)
        // A cache that does not obey makes the hook fail.
        try server.answer(500)
        try publish(test, 2)
        let failures = try test.delivery.deliverDue().failures
        #expect(failures.map(\.hook) == ["purge-cdn.sh"])
        #expect(failures.first?.reason.contains("not purged: 500 \(server.url)/acme/toy/") == true, "\(failures)")
    }

    @Test func `the example for chats says what changed, and nothing of pages`() throws {
        let server = try LoopbackServer()
        let test = try site("hooks:\n  - {run: ['\(Self.examples)/post-to-chat.sh', state/chat, '2']}")
        try Files.replace(test.site.state + "/chat", with: Array("\(server.url)/T0P-S3CRET\n".utf8), mode: 0o600)
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("q\"\\'$(x)", "1", shelf: "y"), test.toy("c", "1", shelf: "z")])
        try test.generate()
        let report = try test.delivery.deliverDue()
        #expect(report.failures.isEmpty, "\(report.failures)")
        struct Message: Decodable { var text: String }
        let requests = try server.requests()
        #expect(requests.map(\.path) == ["/T0P-S3CRET"])
        let text = try requests.map { try JSONDecoder().decode(Message.self, from: Data($0.body.utf8)).text }.first ?? ""
        #expect(
            text.split(separator: "\n") == [
                "acme/toy, event 1", "add a 1 in main/x (by tester)", "add q\"\\'$(x) 1 in main/y (by tester)", "… and 1 more",
            ])
    }

    @Test(
        .enabled(if: Program.find("rsync", environment: ProcessInfo.processInfo.environment) != nil, "rsync is not installed"))
    func `the example for mirrors makes them equal to the tree`() throws {
        let test = try site("hooks:\n  - {run: ['\(Self.examples)/rsync-mirrors.sh', mirrors/a, 'mirrors/b c'], for: [acme/toy]}")
        try Files.makeFolder(test.folder + "/mirrors")
        func digests(_ folder: String) throws -> [String: String] {
            var digests: [String: String] = [:]
            try Files.walk(folder) { path, _ in digests[path] = Hex.string(try SHA256Digest.of(file: "\(folder)/\(path)").digest)
            }
            return digests
        }
        for version in 1...2 {
            try publish(test, version)
            let report = try test.delivery.deliverDue()
            #expect(report.failures.isEmpty, "\(report.failures)")
            let origin = try digests(test.site.publicRoot)
            for mirror in ["a", "b c"] { #expect(try digests("\(test.folder)/mirrors/\(mirror)") == origin) }
            // What went from the tree goes from the mirrors.
            try test.remove("a", "\(version)")
        }
        // One that cannot be reached is named, and the other is brought up.
        try FileManager.default.removeItem(atPath: test.folder + "/mirrors/a")
        try Files.replace(test.folder + "/mirrors/a", with: [])
        try publish(test, 3)
        let failures = try test.delivery.deliverDue().failures
        #expect(failures.count == 1 && failures[0].reason.contains("not mirrored: mirrors/a"), "\(failures)")
        #expect(try digests("\(test.folder)/mirrors/b c") == digests(test.site.publicRoot))
    }
}
