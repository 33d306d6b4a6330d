import Formats
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import IndexGen

/// What requests mean, where they come from, and when their changes are published; without a socket.
@Suite struct ErrandTests {
    private func errand(_ method: HTTPRequest.Method, _ path: String) throws -> Errand { try Errand(method, path, .standard) }

    private func status(_ method: HTTPRequest.Method, _ path: String) -> Int {
        do {
            _ = try errand(method, path)
            return 0
        } catch {
            return (error as? Answer)?.status.code ?? -1
        }
    }

    @Test(arguments: [
        ("PUT", "/acme/rpm/upload", "rpm", ["group": ""]), ("PUT", "/acme/rpm/el9/upload", "rpm", ["group": "el9"]),
        ("PUT", "/api/packages/acme/rpm/el9/stable/upload", "rpm", ["group": "el9/stable"]),
        ("PUT", "/acme/debian/pool/bookworm/main/upload", "debian", ["distribution": "bookworm", "component": "main"]),
        ("PUT", "/acme/debian/pool/a/b/main/upload", "debian", ["distribution": "a/b", "component": "main"]),
        ("POST", "/acme/helm/api/charts", "helm", [:]), ("PUT", "/acme/helm/api/prov/", "helm", [:]),
        ("POST", "/acme/pypi/", "pypi", [:]), ("POST", "/acme/pypi", "pypi", [:]), ("POST", "/acme/pypi/legacy/", "pypi", [:]),
    ])
    func `an upload's address says where it goes`(method: String, path: String, type: String, places: [String: String]) throws {
        guard case .upload(let upload) = try errand(#require(HTTPRequest.Method(method)), path) else {
            Issue.record("\(path) is not an upload")
            return
        }
        #expect(upload.owner == "acme" && upload.ecosystem.profile.id == type)
        #expect(upload.coordinates == Coordinates(places))
    }

    @Test(arguments: [
        ("/api/acme/helm/charts", [], "acme"), ("/api/api/packages/acme/helm/charts", [], "acme"),
        ("/api/packages/helm/charts", [], "packages"), ("/api/api/packages/packages/helm/charts", [], "packages"),
        ("/api/sub/acme/helm/charts", ["sub"], "acme"), ("/api/sub/api/packages/acme/helm/charts", ["sub"], "acme"),
        ("/api/acme/helm/prov", [], "acme"),
    ])
    func `what helm cm-push makes of a repository's address is understood`(path: String, base: [String], owner: String) throws {
        guard case .upload(let upload) = try Errand(.post, path, .standard, below: base) else {
            Issue.record("\(path) is not an upload")
            return
        }
        #expect(upload.owner == owner && upload.ecosystem.profile.id == "helm")
    }

    @Test(arguments: [
        "/api/x/acme/helm/charts", "/api/acme/pypi/charts", "/charts/acme/helm/api", "/api/acme/helm", "/api/acme/rpm/upload",
        "/api/api/acme/helm/charts",
    ])
    func `nothing else is reordered`(path: String) { #expect(status(.post, path) == 404) }

    @Test func `a chart is removed by the address that cm-push's users know`() throws {
        guard case .removal(let chart) = try errand(.delete, "/api/acme/helm/charts/a/1.0.0") else {
            Issue.record("no removal")
            return
        }
        #expect(chart.owner == "acme" && chart.address.captures == ["name": "a", "version": "1.0.0"])
    }

    @Test(arguments: [401, 403, 404, 413, 429, 507])
    func `faults are told in the words that clients show`(code: Int) throws {
        let problem = Answer.problem(HTTPResponse.Status(code: code), cause: "x", "the reason, and \u{e9} remedy")
        let twine = problem.worded(for: Ecosystems.standard["pypi"])
        #expect(twine.reason == "the reason, and ?? remedy" && twine.status.code == code && twine.cause == "x")
        #expect(String(decoding: twine.body, as: UTF8.self) == "the reason, and \u{e9} remedy\n")
        let push = problem.worded(for: Ecosystems.standard["helm"])
        #expect(
            String(decoding: push.body, as: UTF8.self) == #"{"error":"the reason, and \#u{e9} remedy"}"# && push.reason == nil)
        #expect(problem.worded(for: Ecosystems.standard["rpm"]).body == problem.body)
        #expect(problem.worded(for: nil).body == problem.body)
    }

    @Test func `what went wrong inside reaches nobody`() {
        struct Inside: Error, CustomStringConvertible { var description: String { "secret" } }
        let answer = Answer(failure: Inside(), request: "7", hasRoom: true).worded(for: Ecosystems.standard["pypi"])
        #expect(answer.reason == nil && !String(decoding: answer.body, as: UTF8.self).contains("secret"))
    }

    @Test func `dput names its file in the address, escaped or not`() throws {
        guard case .upload(let upload) = try errand(.put, "/acme/debian/upload/bookworm/main/a_1%2B2_all.deb") else {
            Issue.record("no upload")
            return
        }
        #expect(upload.filename == "a_1+2_all.deb" && upload.body == .part)
        #expect(upload.coordinates == Coordinates(["distribution": "bookworm", "component": "main"]))
    }

    @Test(arguments: ["true", "1", "T", "TRUE", "yes"]) func `a package is not signed, and whoever asks for it is told`(
        value: String
    ) {
        let answer = #expect(throws: Answer.self) { try Errand.checkQuery(value) }
        #expect(answer?.status == .badRequest)
        #expect(answer?.detail.contains("rpmsign") == true)
    }

    @Test(arguments: [nil, "", "0", "f", "False"]) func `whoever asks for no signature gets none`(value: String?) throws {
        try Errand.checkQuery(value)
    }

    @Test func `an escaped slash parts what a slash parts`() throws {
        guard case .upload(let upload) = try errand(.put, "/acme/rpm/el9%2Fstable/upload"),
            case .removal(let removal) = try errand(.delete, "/acme%2fhelm/a-1.0.0.tgz")
        else {
            Issue.record("neither upload nor removal")
            return
        }
        #expect(upload.coordinates == Coordinates(["group": "el9/stable"]))
        #expect(removal.owner == "acme" && removal.address.path == "a-1.0.0.tgz")
    }

    @Test func `a file is removed by its public path, or by the address that its clients know`() throws {
        guard case .removal(let file) = try errand(.delete, "/acme/rpm/el9/package/a/1-1/noarch/a-1-1.noarch.rpm"),
            case .removal(let package) = try errand(.delete, "/acme/rpm/el9/package/a/1-1/noarch"),
            case .removal(let chart) = try errand(.delete, "/acme/helm/api/charts/a/1.0.0")
        else {
            Issue.record("no removals")
            return
        }
        #expect(file.address.path == "el9/package/a/1-1/noarch/a-1-1.noarch.rpm" && file.address.captures.isEmpty)
        #expect(package.address.captures == ["group": "el9", "name": "a", "version": "1-1", "architecture": "noarch"])
        #expect(chart.address.captures == ["name": "a", "version": "1.0.0"] && chart.address.confirmation?.status == 200)
    }

    @Test(arguments: [
        ("GET", "/acme/rpm/el9/upload", 405), ("POST", "/acme/rpm/el9/upload", 405), ("GET", "/acme/pypi/", 405),
        ("PUT", "/acme/rpm", 404), ("PUT", "/acme", 404), ("PUT", "/", 404), ("PUT", "/acme/cargo/upload", 404),
        ("GET", "/acme/rpm/el9.repo", 404), ("DELETE", "/acme/rpm", 404), ("POST", "/-/health", 405), ("GET", "/-/secrets", 404),
        ("PUT", "/acme/rpm/../el9/upload", 400), ("PUT", "/acme/rpm/%2e%2e/upload", 400), ("PUT", "/acme//rpm/upload", 400),
        ("PUT", "/acme/rpm/..%2f..%2fel9/upload", 400), ("DELETE", "/acme/rpm/el9/..%2F..%2Fx", 400),
        ("PUT", "/acme/rpm/el9%2f%2fa/upload", 400), ("PUT", "/acme%2f../rpm/upload", 400), ("PUT", "/%2facme/rpm/upload", 400),
        ("PUT", "/acme/rpm/%00/upload", 400), ("PUT", "/acme/rpm/%zz/upload", 400), ("PUT", "/acme/rpm/%ff/upload", 400),
        ("PUT", "/.hidden/rpm/upload", 400), ("PUT", "/a%0ab/rpm/upload", 400), ("PUT", "acme/rpm/upload", 400),
        ("PUT", "/" + String(repeating: "a", count: 5_000), 400),
    ])
    func `what no client sends is refused`(method: String, path: String, code: Int) throws {
        #expect(status(try #require(HTTPRequest.Method(method)), path) == code)
    }

    @Test func `housekeeping is for GET and HEAD`() throws {
        for (path, word) in [("/-/health", "health"), ("/-/ready", "ready"), ("/-/metrics", "metrics")] {
            let get = try "\(errand(.get, path))", head = try "\(errand(.head, path))"
            #expect(get == word && head == word)
        }
    }
}

@Suite struct SenderTests {
    private func address(_ headers: [(HTTPField.Name, String)], peer: Sender.Peer) -> String {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: name, value: value)) }
        return Sender.address(
            fields, peer: peer, proxies: ["127.0.0.1", "::1", "192.0.2.1", "10.8.0.0/13"].compactMap(NetworkRange.init))
    }

    private func address(_ headers: [(HTTPField.Name, String)], peer: String) -> String { address(headers, peer: .address(peer)) }

    @Test func `only a trusted proxy says where a request comes from`() {
        #expect(address([(.realIP, "203.0.113.9")], peer: "127.0.0.1") == "203.0.113.9")
        #expect(address([(.realIP, "203.0.113.9")], peer: "::ffff:127.0.0.1") == "203.0.113.9")
        #expect(address([(.realIP, "203.0.113.9")], peer: "0:0:0:0:0:0:0:1") == "203.0.113.9")
        #expect(address([(.realIP, "203.0.113.9")], peer: "10.15.255.255") == "203.0.113.9")
        #expect(address([(.realIP, "203.0.113.9")], peer: "10.16.0.0") == "10.16.0.0")
        #expect(address([(.realIP, "203.0.113.9")], peer: "198.51.100.7") == "198.51.100.7")
        #expect(address([(.forwardedFor, "203.0.113.9")], peer: "198.51.100.7") == "198.51.100.7")
        #expect(address([], peer: "198.51.100.7") == "198.51.100.7")
    }

    @Test func `of a chain of proxies, the last that nobody trusts is the sender`() {
        #expect(address([(.forwardedFor, "10.0.0.1, 203.0.113.9, 192.0.2.1")], peer: "127.0.0.1") == "203.0.113.9")
        #expect(address([(.forwardedFor, "192.0.2.1, 127.0.0.1")], peer: "::1") == "192.0.2.1")
        #expect(address([(.forwardedFor, "10.0.0.1"), (.forwardedFor, "203.0.113.9")], peer: "127.0.0.1") == "203.0.113.9")
        // A TLS front on the same machine, and the site's own block behind it.
        #expect(address([(.realIP, "127.0.0.1"), (.forwardedFor, "6.6.6.6, 203.0.113.9")], peer: "127.0.0.1") == "203.0.113.9")
        #expect(address([(.realIP, "127.0.0.1"), (.forwardedFor, "2001:db8::5, ::1")], peer: "127.0.0.1") == "2001:db8::5")
        // The block alone passes on what a client invents, and says the truth beside.
        #expect(address([(.realIP, "203.0.113.9"), (.forwardedFor, "6.6.6.6")], peer: "127.0.0.1") == "203.0.113.9")
        #expect(address([(.forwardedFor, "[2001:db8::5]:4711, 192.0.2.1:80")], peer: "127.0.0.1") == "2001:db8::5")
        #expect(address([(.forwardedFor, "6.6.6.6, unknown, 192.0.2.1")], peer: "127.0.0.1") == "192.0.2.1")
    }

    @Test func `what is not an address is not believed, and a socket's user is believed where it is the operator's`() {
        #expect(address([(.realIP, "<script>")], peer: "127.0.0.1") == "127.0.0.1")
        #expect(address([(.forwardedFor, "unknown")], peer: "127.0.0.1") == "127.0.0.1")
        #expect(address([], peer: .user(nil, isTrusted: true)) == "local")
        #expect(address([(.realIP, "2001:db8::5")], peer: .user(33, isTrusted: true)) == "2001:db8::5")
        #expect(address([(.realIP, "2001:db8::5")], peer: .user(1_000, isTrusted: false)) == "local user 1000")
        #expect(address([(.forwardedFor, "2001:db8::5")], peer: .user(nil, isTrusted: false)) == "local")
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ("::1", "::ffff:127.0.0.1", false), ("127.0.0.0/8", "::ffff:127.9.9.9", true),
    ])
    func `a network is its first bits`(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(NetworkRange(range)).contains(address) == isInside)
    }

    @Test(arguments: [
        "", "x", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0/08", "10/8", "::/129", "1.2.3.4/8/8", "[::1]",
    ])
    func `what is not a network is refused`(text: String) { #expect(NetworkRange(text) == nil) }
}

@Suite struct SchedulerTests {
    private struct Failing: Error {}

    /// A scheduler with a run of the test's own, served until `body` returns.
    private func with(
        quiet: Duration = .milliseconds(20), atMost: Duration = .seconds(2),
        run: @escaping @Sendable (Int) throws -> Void = { _ in },
        _ body: (Scheduler, Runs) async throws -> Void
    ) async throws {
        let runs = Runs()
        let metrics = Metrics(clock: Clock { Timestamp(seconds: 0) })
        let workers = Workers(count: 1)
        let scheduler = Scheduler(
            quiet: quiet, atMost: atMost, workers: workers, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics
        ) {
            try run(
                runs.count.withLock {
                    $0 += 1
                    return $0
                })
        }
        let service = Task { try await scheduler.run() }
        try await body(scheduler, runs)

        await scheduler.stop()
        _ = try await service.value
        await workers.stop()
        // Nobody waits for a run that never comes.
        await #expect(throws: CancellationError.self) { try await scheduler.published() }
    }

    @Test(.timeLimit(.minutes(5))) func `it ends when its task is cancelled, and so do those who wait`() async throws {
        let metrics = Metrics(clock: Clock { Timestamp(seconds: 0) })
        let workers = Workers(count: 1)
        let scheduler = Scheduler(
            quiet: .seconds(600), atMost: .seconds(600), workers: workers,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: metrics
        ) {}
        let service = Task { try await scheduler.run() }
        let waiting = Task { try await scheduler.published() }
        try await Task.sleep(for: .milliseconds(100))
        service.cancel()
        _ = await service.result
        _ = await waiting.result
        await workers.stop()
        await #expect(throws: (any Error).self) { try await scheduler.published() }
    }

    private final class Runs: Sendable {
        let count = Mutex(0)
    }

    @Test(.timeLimit(.minutes(5))) func `a burst costs a run, and whoever waits is told when it is over`() async throws {
        try await with { scheduler, runs in
            try await scheduler.published()
            let before = runs.count.withLock { $0 }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await scheduler.published() } }
                try await group.waitForAll()
            }
            // One for most of them, and one for those who came while it ran.
            #expect((1...10).contains(runs.count.withLock { $0 } - before))
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a run that fails is said to those who wait, and tried again`() async throws {
        let fails = Runs()
        try await with(run: { _ in
            let mustFail = fails.count.withLock { count in
                defer { count = max(0, count - 1) }
                return count > 0
            }
            if mustFail { throw Failing() }
        }) { scheduler, runs in
            try await scheduler.published()
            fails.count.withLock { $0 = 1 }
            let before = runs.count.withLock { $0 }
            await #expect(throws: Failing.self) { try await scheduler.published() }
            // Nobody asks for the second attempt.
            while runs.count.withLock({ $0 }) < before + 2 { try await Task.sleep(for: .milliseconds(10)) }
            try await scheduler.published()
        }
    }

    /// What another repository's failure costs: nothing.
    @Test(.timeLimit(.minutes(5))) func `a repository that cannot be published fails alone`() async throws {
        try await with(run: { _ in
            throw PublicationFailures([.init(repository: "bad/toy", error: Failing())])
        }) { scheduler, _ in
            for _ in 0..<2 {
                await #expect(throws: PublicationFailures.self) { try await scheduler.published("bad/toy") }
                // Does not wait for the pause after a failure, which is longer each time.
                try await scheduler.published("good/toy")
            }
            await #expect(throws: PublicationFailures.self) { try await scheduler.published() }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what came in before the end is published`() async throws {
        let runs = Runs()
        try await with(quiet: .seconds(600), atMost: .seconds(600), run: { number in runs.count.withLock { $0 = number } }) {
            scheduler, _ in
            // The run at the start is over.
            while runs.count.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
            await scheduler.noteChange()
        }
        #expect(runs.count.withLock { $0 } == 2)
    }
}
