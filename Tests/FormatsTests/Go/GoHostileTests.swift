import Testing

@testable import Formats
@testable import Kit

@Suite struct GoHostileTests {
    @Test(arguments: GoHostile.all)
    func `a module zip that go would not take is refused, and told why`(module: HostileSample) {
        let bytes = module.make()
        let refusal = refusal { () throws(Refusal) in
            let record = try GoKit.record(bytes)
            _ = try Go().place(record, of: GoKit.upload(), in: GoKit.repository)
        }
        #expect(refusal?.cause == module.cause, "\(refusal?.description ?? "accepted")")
        #expect(refusal?.description.contains(module.words) == true, "\(refusal?.description ?? "accepted")")
        #expect(refusal?.remedy.isEmpty == false)
    }

    @Test func `there are more than a hundred of them, and no two are one`() {
        #expect(GoHostile.all.count >= 150)
        #expect(Set(GoHostile.all.map(\.what)).count == GoHostile.all.count)
    }

    @Test func `a budget of few entries, short names, small files or no time is kept to`() throws {
        let bytes = GoKit.zip().bytes
        func refused(_ change: (inout Budget) -> Void) -> Refusal? {
            var budget = Budget()
            change(&budget)
            return refusal { () throws(Refusal) in _ = try GoKit.record(bytes, within: budget) }
        }
        #expect(refused { $0.entries = 1 }?.description.contains("more than 1 members") == true)
        #expect(refused { $0.pathBytes = 20 }?.cause == .limit)
        #expect(refused { $0.memberBytes = 10 }?.cause == .limit)
        #expect(refused { $0.expandedBytes = 5 }?.cause == .limit)
        #expect(refused { $0.deadline = Deadline { true } }?.description.contains("limits.seconds") == true)
        #expect(refused { _ in } == nil)
    }

    @Test func `a zip above 500 MiB is refused by its size alone`() {
        // Never touched, so that it takes no memory.
        let count = GoModuleZip.sizeLimit + 1
        let nothing = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
        defer { nothing.deallocate() }
        let refusal = refusal { () throws(Refusal) in
            _ = try GoModuleZip(
                UnsafeBufferPointer(start: nothing, count: count).span, received: GoKit.received, within: Budget())
        }
        #expect(refusal?.cause == .limit)
        #expect(refusal?.what.contains("more than 500 MiB") == true)
    }

    @Test func `no change of one byte makes it read outside its bytes, and none that is taken changes the hash`() throws {
        let bytes = GoKit.zip(files: [("a/b.txt", "text"), ("LICENSE", "MIT")]).bytes
        let sum = try GoFacts(GoKit.record(bytes).facts).zipSum
        var numbers = SeededNumbers(seed: 7)
        var taken = 0
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= UInt8.random(in: 1...255, using: &numbers)
            guard let record = try? GoKit.record(changed) else { continue }
            taken += 1
            // Names may change, as may times and what nobody reads; contents may not.
            let facts = try GoFacts(record.facts)
            if facts.path == GoKit.path, facts.version == "v1.0.0" { #expect(facts.zipSum == sum, "byte \(offset)") }
        }
        #expect(taken > 0)
    }

    @Test func `no beginning of a module zip is one`() {
        let bytes = GoKit.zip().bytes
        for count in 0..<bytes.count { #expect((try? GoKit.record(Array(bytes.prefix(count)))) == nil) }
    }
}
