import Formats
import Logging
import Synchronization
import Testing

@testable import IndexGen

/// Who goes when a place is wanted, and what is told of those who are refused.
@Suite struct GateTests {
    private let now = ContinuousClock.now

    private func state(
        _ phase: Connection.Phase, silent: Duration, since: Duration = .zero, bytes: Int = 0, token: String? = nil
    ) -> Connection.State {
        var state = Connection.State()
        state.phase = phase
        state.since = now - silent
        state.bodyBegan = now - max(silent, since)
        state.bytes = bytes
        state.token = token
        return state
    }

    private func rank(_ state: Connection.State) throws -> Gate.Rank { try #require(Gate.Rank(state, at: now)) }

    @Test func `who has nothing to ask goes first, then slow headers, then slow bodies, strangers before tokens`() throws {
        let order = try [
            state(.idle, silent: .seconds(20)), state(.idle, silent: .seconds(2)), state(.rest, silent: .seconds(3)),
            state(.header, silent: .seconds(9)), state(.header, silent: .seconds(2)),
            state(.body, silent: .seconds(8)), state(.body, silent: .seconds(2)),
            state(.body, silent: .seconds(8), token: "a"),
            state(.body, silent: .milliseconds(10), since: .seconds(10), bytes: 50_000),
            state(.body, silent: .milliseconds(20), since: .seconds(10), bytes: 900_000),
            state(.body, silent: .milliseconds(10), since: .seconds(10), bytes: 50_000, token: "a"),
            state(.idle, silent: .milliseconds(400)), state(.header, silent: .milliseconds(3)),
            state(.body, silent: .milliseconds(1), since: .milliseconds(5), token: "a"),
        ].map(rank)
        for (earlier, later) in zip(order, order.dropFirst()) { #expect(earlier < later) }
    }

    @Test func `nobody whose upload is worked on goes, nor anybody twice`() {
        #expect(Gate.Rank(state(.working, silent: .seconds(500)), at: now) == nil)
        var cut = state(.body, silent: .seconds(5))
        cut.verdict = Connection.tooSlow
        #expect(Gate.Rank(cut, at: now) == nil)
    }

    @Test func `descriptors bound connections, and too few of them are said`() throws {
        #expect(try #require(Descriptors.places(256, within: 1_000_000)) == (256, 2_048))
        let few = try #require(Descriptors.places(256, within: 256))
        #expect(few.requests >= 8 && few.requests + few.connections <= 256 - Descriptors.reserve)
        #expect(Descriptors.places(256, within: Descriptors.reserve) == nil)
    }

    // MARK: Refusals

    private func refusal(_ author: Author, status: Int = 401, isStranger: Bool = true) -> RefusedChange {
        RefusedChange(
            at: Timestamp(seconds: 1), author: author, method: "PUT", path: "/acme/toy/upload", owner: "acme", type: "toy",
            status: status, detail: "no", isStranger: isStranger)
    }

    @Test func `a flood is told by sample and counted, and a token's misuse is told beside it`() {
        let instant = Mutex(ContinuousClock.now)
        let sample = RefusalSample(now: { instant.withLock { $0 } })
        var told = 0
        for i in 0..<5_000 { if sample.tells(refusal(Author(name: "unknown", origin: "2001:db8::\(i % 900)"))) { told += 1 } }
        #expect(told == 10, "a /64 is one sender")
        for i in 0..<5_000 {
            if sample.tells(refusal(Author(name: "unknown", origin: "10.0.\(i / 250).\(i % 250)"))) { told += 1 }
        }
        #expect(told == 60, "all strangers together have sixty lines a minute")
        let holder = refusal(Author(name: "ci (token x)", origin: "10.0.0.1"), status: 403, isStranger: false)
        for _ in 0..<10 { #expect(sample.tells(holder)) }
        #expect(!sample.tells(holder))
        #expect(sample.takeRest().isEmpty, "the minute is not over")
        instant.withLock { $0 += .seconds(60) }
        let rests = sample.takeRest()
        #expect(rests.count == 61)
        #expect(rests.reduce(0) { $0 + $1.count } == 10_001 - 60)
        #expect(!sample.hasRest && sample.tells(holder), "a new minute")
    }

    @Test func `what counts is remembered, with how many more there were`() async throws {
        let test = try TestSite()
        let workers = Workers(count: 1)
        let log = RefusalLog(
            catalog: test.catalog, workers: workers, logger: Logger(label: "test") { _ in LineLog(clock: test.time.clock) })
        var told = 0
        for _ in 0..<50 { if await log.note(refusal(Author(name: "unknown", origin: "10.0.0.1"))) { told += 1 } }
        await log.flush(all: true)
        await workers.stop()
        let refusals = try test.catalog.refusals(HistoryQuery())
        // On a busy machine a minute may end in between, and another ten are told.
        #expect(told >= 10 && told < 50 && refusals.count > told)
        #expect(refusals.first?.detail.hasSuffix("more like this in a minute, of which this is the last: no") == true)
    }
}
