import Testing

@testable import Formats
@testable import Kit

@Suite struct ContainerHostileTests {
    @Test(arguments: ContainerHostile.manifests)
    func `a hostile manifest is refused by cause and in words`(sample: HostileSample) throws {
        try Self.check(sample) { (bytes) throws(Refusal) in _ = try ContainerShelf.record(bytes) }
    }

    @Test(arguments: ContainerHostile.layouts)
    func `a hostile archive is refused by cause and in words`(sample: HostileSample) throws {
        try Self.check(sample) { (bytes) throws(Refusal) in _ = try ImageLayout.read(tar: bytes) }
    }

    @Test func `each says in words of its own what is hostile about it`() {
        #expect(ContainerHostile.manifests.count >= 100)
        #expect(Set(ContainerHostile.all.map(\.what)).count == ContainerHostile.all.count)
    }

    private static func check(_ sample: HostileSample, _ read: ([UInt8]) throws(Refusal) -> Void) throws {
        let fault = refusal { () throws(Refusal) in try read(sample.make()) }
        let refused = try #require(fault, "\(sample.what) is taken")
        #expect(refused.cause == sample.cause, "\(sample.what): \(refused)")
        #expect("\(refused)".contains(sample.words), "\(sample.what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(sample.what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(sample.what)")
        #expect("\(refused)".utf8.count < 4_096, "\(sample.what)")
    }
}
