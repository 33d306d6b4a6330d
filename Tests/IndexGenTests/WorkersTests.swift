import Glibc
import Testing

@testable import IndexGen

@Suite struct WorkersTests {
    @Test func `what is hosted has one thread for whatever it runs, as long as it waits for nobody`() async throws {
        let workers = Workers(count: 2)
        let threads = try await workers.host {
            var seen: Set<pthread_t> = []
            for _ in 0..<20 {
                seen.insert(pthread_self())
                seen.insert(try await workers.run { pthread_self() })
            }
            return seen
        }
        #expect(threads.count == 1)
        // A task that is begun there goes its own way, and comes back.
        let others = try await workers.host {
            let other = Task { try await workers.run { pthread_self() } }
            return (try await other.value, try await workers.run { pthread_self() })
        }
        #expect(others.0 != 0 && others.1 != 0)
        await workers.stop()
    }

    @Test func `others are served while what is hosted waits`() async throws {
        let workers = Workers(count: 1)
        let (stream, continuation) = AsyncStream<Int>.makeStream()
        async let waiting = workers.host { await stream.first { _ in true } }
        #expect(try await workers.run { 1 } == 1)
        #expect(try await workers.host { 2 } == 2)
        continuation.yield(3)
        #expect(try await waiting == 3)
        await workers.stop()
    }

    @Test func `what is hosted comes to its end when the threads are stopped`() async throws {
        let workers = Workers(count: 1)
        await workers.stop()
        #expect(try await workers.host { 1 } == 1)
        await #expect(throws: (any Error).self) { try await workers.run { 1 } }
    }
}
