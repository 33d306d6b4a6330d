import Formats
import Foundation
import Glibc
import Testing

@testable import IndexGen

/// How events reach hooks: in order, again after failures, never not at all.
@Suite struct HookDeliveryTests {
    /// Publishes another package.
    private func publish(_ test: TestSite, _ version: Int) throws {
        try test.add([test.toy("a", "\(version)", shelf: "x")])
        try test.generate()
    }

    @Test func `a failing hook is tried by the schedule, holds the later events back, and is given up`() throws {
        let test = try TestSite(
            hook: "echo $INDEXGEN_EVENT >> tries; test -e mended && exit; echo \"no $INDEXGEN_EVENT\" >&2; exit 3",
            more: "attempts: 4, for: [acme/toy]")
        try publish(test, 1)
        try publish(test, 2)
        let begin = test.time.clock.now()
        var failures: [HookDelivery.Failure] = []
        for (attempt, delay) in [1, 5, 30].enumerated() {
            failures = try test.delivery.deliverDue().failures
            #expect(failures.map(\.event) == [1])
            #expect(failures.first?.reason == "ended with status 3: no 1")
            #expect(try test.delivery.nextDue() == Timestamp(seconds: test.time.clock.now().seconds + Int64(delay)))
            // Not before its time.
            test.time.advance(Int64(delay) - 1)
            #expect(try test.delivery.deliverDue().failures.isEmpty)
            #expect(test.lines("tries").count == attempt + 1)
            test.time.advance(1)
        }
        #expect(test.time.clock.now().seconds - begin.seconds == 36)
        // The fourth is the last, and the second event has its turn.
        failures = try test.delivery.deliverDue().failures
        #expect(failures.map(\.event) == [1, 2])
        #expect(failures.map { $0.next == nil } == [true, false])
        #expect(test.lines("tries") == ["1", "1", "1", "1", "2"])
        let waiting = try test.catalog.deliveries()
        #expect(waiting.map(\.isDead) == [true, false])
        #expect(waiting.map(\.failures) == [4, 1])
        #expect(waiting.map(\.lastError) == ["ended with status 3: no 1", "ended with status 3: no 2"])

        // Once it is mended, retrying brings the rest in, in order.
        try Files.replace(test.folder + "/mended", with: [])
        #expect(try test.catalog.retryDeliveries(of: nil) == 2)
        #expect(try test.delivery.deliverDue().delivered == 2)
        #expect(test.lines("tries").suffix(2) == ["1", "2"])
        #expect(try test.catalog.deliveries().isEmpty)
        #expect(try test.delivery.nextDue() == nil)
    }

    @Test func `the schedule grows to six hours`() {
        #expect((1...9).map(Hook.delay) == [1, 5, 30, 120, 600, 3_600, 21_600, 21_600, 21_600])
    }

    @Test func `hooks do not wait for each other`() throws {
        // Each waits until the other has begun: one after the other would never end in time.
        let test = try TestSite(
            settings: """
                hooks:
                  - {name: one, run: [sh, -c, 'touch one; until test -e two; do sleep 0.01; done'], for: [acme/toy], timeout: 1h}
                  - {name: two, run: [sh, -c, 'touch two; until test -e one; do sleep 0.01; done'], for: [acme/toy], timeout: 1h}
                  - {name: bad, run: [sh, -c, 'exit 1'], for: [acme/toy]}
                """)
        try publish(test, 1)
        let report = try test.delivery.deliverDue()
        #expect(report.delivered == 2)
        #expect(report.failures.map(\.hook) == ["bad"])
    }

    @Test func `many who deliver at once deliver each event once`() async throws {
        let test = try TestSite(hook: "echo $INDEXGEN_EVENT >> told", more: "for: [acme/toy]")
        for version in 1...12 { try publish(test, version) }
        let delivery = test.delivery
        let delivered = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try delivery.deliverDue().delivered } }
            return try await group.reduce(0, +)
        }
        #expect(delivered == 12)
        #expect(test.lines("told").compactMap { Int($0) }.sorted() == test.lines("told").compactMap { Int($0) })
        #expect(Set(test.lines("told")).count == 12 && test.lines("told").count == 12)
    }

    @Test func `at the time-out the hook is killed with its children`() throws {
        let test = try TestSite(hook: "sleep 600 & echo $! > child; wait", more: "timeout: 1s, for: [acme/toy]")
        try publish(test, 1)
        #expect(try test.delivery.deliverDue().failures.map(\.reason) == ["killed after 1 s"])
        ProcessState.waitForEnd(of: try #require(test.lines("child").first.flatMap { pid_t($0) }))
    }

    @Test func `arguments arrive as they are written, and the environment is small`() throws {
        let words = ["a b", "c\"d", "$(touch pwned)", "`touch pwned`", "*", "e'f", "", "--", "ü;|&>x"]
        let quoted = words.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }.joined(separator: ", ")
        let script = "for word; do printf \"%s\\n\" \"$word\" >> words; done; env > environment; pwd > folder"
        let test = try TestSite(
            settings: "hooks:\n  - {run: [sh, probe.sh, \(quoted)], for: [acme/toy]}")
        try Files.replace(test.folder + "/probe.sh", with: [UInt8](script))
        try publish(test, 1)
        let report = try test.delivery.deliverDue()
        #expect(report.delivered == 1, "\(report.failures)")
        #expect(test.lines("words") == words)
        #expect(!FileManager.default.fileExists(atPath: test.folder + "/pwned"))
        #expect(test.lines("folder") == [test.folder])
        let allowed: Set<String> = ["PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_"]
        let others = test.lines("environment").filter { line in !allowed.contains(String(line.prefix { $0 != "=" })) }
        #expect(
            Set(others) == [
                "INDEXGEN_SITE=\(test.folder)", "INDEXGEN_OWNER=acme", "INDEXGEN_TYPE=toy", "INDEXGEN_PARTITIONS=main/x",
                "INDEXGEN_EVENT=1",
            ])
    }

    @Test(arguments: [("[no-such-program]", "no program"), ("[hooks/missing.sh]", "hooks/missing.sh")])
    func `a command that cannot be started is a failure`(command: String, reason: String) throws {
        let test = try TestSite(settings: "hooks:\n  - {name: probe, run: \(command), for: [acme/toy]}")
        try publish(test, 1)
        let failures = try test.delivery.deliverDue().failures
        #expect(failures.count == 1 && failures[0].reason.contains(reason), "\(failures)")
    }

    @Test func `of what was given up the last hundred are kept, and forgotten when told to`() throws {
        let test = try TestSite(hook: "exit 1", more: "attempts: 1")
        try publish(test, 1)
        try test.catalog.pool.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
                    INSERT INTO event (id, at, owner, type, partitions, payload) SELECT i, 0, 'acme', 'toy', '', x'' FROM n;
                    INSERT INTO delivery (hook, event_id, failures, next_at, dead, last_error)
                    SELECT 'probe', id, 1, 0, 1, '' FROM event WHERE id BETWEEN 10 AND 299;
                    INSERT INTO delivery (hook, event_id, failures, next_at, dead, last_error) VALUES ('probe', 300, 0, 0, 0, '');
                    INSERT INTO delivery (hook, event_id, failures, next_at, dead, last_error) VALUES ('gone', 300, 0, 0, 0, '')
                    """)
        }
        try test.delivery.deliverDue()
        #expect(try test.catalog.deliveries().filter { $0.hook == "probe" }.map(\.event) == Array(201...300))
        // The event stays for whom it waits.
        #expect(try test.catalog.forgetDeliveries(of: 300, hooks: ["probe"]) == 2)
        #expect(try test.catalog.forgetDeliveries(of: nil, hooks: ["probe"]) == 99)
        let events = try test.catalog.pool.read { db in try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM event") }
        #expect(events == 0)
    }
}
