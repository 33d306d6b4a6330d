import Testing

@testable import Formats
@testable import Kit

@Suite struct AlpineHostileTests {
    @Test(arguments: AlpineHostile.all)
    func `a hostile package is refused by cause and in words`(sample: HostileSample) throws {
        let fault = refusal { () throws(Refusal) in _ = try AlpineShelf.record(sample.make(), named: sample.filename) }
        let refused = try #require(fault, "\(sample.what) is taken")
        #expect(refused.cause == sample.cause, "\(sample.what): \(refused)")
        #expect("\(refused)".contains(sample.words), "\(sample.what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(sample.what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(sample.what)")
        #expect("\(refused)".utf8.count < 4_096, "\(sample.what)")
    }

    @Test func `each says in words of its own what is hostile about it`() {
        #expect(AlpineHostile.all.count >= 150)
        #expect(Set(AlpineHostile.all.map(\.what)).count == AlpineHostile.all.count)
    }

    @Test(arguments: [
        "", "a/b", "/", "..", ".a", "-a", "a b", "a%2fb", "é", "a\nb", "key", "x.rsa.pub", "a.apk", "a\\b", "a:b",
        String(repeating: "a", count: 101),
    ])
    func `a branch with such a name is refused`(name: String) throws {
        let bytes = AlpineHostile.sound.bytes
        let upload = AlpineShelf.upload(bytes, to: ["branch": name, "repository": "main"])
        let record = try AlpineShelf.record(bytes)
        let fault = refusal { () throws(Refusal) in _ = try Alpine().place(record, of: upload, in: AlpineShelf().repository) }
        #expect(fault?.cause == .placement && fault?.place == "branch")
    }

    @Test func `mutated control members are taken or refused, and never more`() {
        var numbers = SeededNumbers(seed: 13)
        let sound = AlpineHostile.sound.with("depend = a>=1\nprovides = b=2")
        let tar = TarBuilder().file(".PKGINFO", sound.text + Array("datahash = \(Hex.string(SHA256.of(sound.data)))\n".utf8))
            .ended(by: 0)
        for _ in 0..<400 {
            let bytes =
                numbers.mutated(tar.bytes, with: ["pkgname = ", "../", "\0", "\n", ".PKGINFO", ".SIGN."]).gzip + sound.data
            guard let record = try? AlpineShelf.record(bytes) else { continue }
            #expect(APKVersion(record.version) != nil && AlpineDependencies.fault(inName: record.name) == nil)
        }
    }
}
