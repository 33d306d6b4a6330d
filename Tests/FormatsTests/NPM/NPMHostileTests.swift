import Testing

@testable import Formats
@testable import Kit

@Suite struct NPMHostileTests {
    @Test(arguments: NPMHostile.all)
    func `a hostile package is refused by cause and in words`(file: HostileSample) throws {
        let fault = refusal { () throws(Refusal) in _ = try NPMShelf.record(file.make(), named: file.filename) }
        let refused = try #require(fault, "\(file.what) is taken")
        #expect(refused.cause == file.cause, "\(file.what): \(refused)")
        #expect("\(refused)".contains(file.words), "\(file.what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(file.what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(file.what)")
        #expect("\(refused)".utf8.count < 4_500, "\(file.what)")
    }

    @Test func `each says in words of its own what is hostile about it`() {
        #expect(NPMHostile.all.count >= 150)
        #expect(Set(NPMHostile.all.map(\.what)).count == NPMHostile.all.count)
    }

    @Test func `changed bytes are refused or taken, and never more than that`() {
        var numbers = SeededNumbers(seed: 13)
        let tar = NPMBuilder("@acme/web", "1.0.0").with(#""bin":"x.js","dependencies":{"a":"1"}"#).file("README.md", "# Web").tar
            .bytes
        let bundle = BundleBuilder("@acme/web", "1.0.0", sha512: String(repeating: "ab", count: 64)).bytes
        for _ in 0..<400 {
            _ = try? NPMShelf.record(numbers.mutated(tar, with: ["package.json", "{", "\"", "..", "\u{0}", "/"]).gzip)
            _ = try? NPMShelf.record(numbers.mutated(bundle, with: ["{", "}", "\"subject\"", "pkg:npm/"]), named: "x.sigstore")
        }
    }
}
