import Testing

@testable import Formats
@testable import Kit

@Suite struct CargoHostileTests {
    @Test(arguments: CargoHostile.all)
    func `a hostile crate is refused by cause and in words`(crate: HostileSample) throws { try crate.checkCrate() }

    @Test func `each says in words of its own what is hostile about it`() {
        #expect(CargoHostile.all.count >= 100)
        #expect(Set(CargoHostile.all.map(\.what)).count == CargoHostile.all.count)
    }
}

extension HostileSample: CustomTestStringConvertible {
    var testDescription: String { what }
}

extension HostileSample {
    func checkCrate() throws {
        let fault = refusal { () throws(Refusal) in _ = try CargoShelf.record(make(), named: filename) }
        let refused = try #require(fault, "\(what) is taken")
        #expect(refused.cause == cause, "\(what): \(refused)")
        #expect("\(refused)".contains(words), "\(what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(what)")
        #expect("\(refused)".utf8.count < 4_096, "\(what)")
    }
}
