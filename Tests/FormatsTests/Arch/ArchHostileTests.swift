import Testing

@testable import Formats
@testable import Kit

@Suite struct ArchHostileTests {
    @Test(arguments: ArchHostile.all)
    func `a hostile package or signature is refused by cause and in words`(sample: HostileSample) throws {
        let fault = refusal { () throws(Refusal) in _ = try ArchShelf.record(sample.make(), named: sample.filename) }
        let refused = try #require(fault, "\(sample.what) is taken")
        #expect(refused.cause == sample.cause, "\(sample.what): \(refused)")
        #expect("\(refused)".contains(sample.words), "\(sample.what): \(refused)")
        #expect(!refused.remedy.isEmpty && !refused.place.isEmpty, "\(sample.what): \(refused)")
        #expect("\(refused)".utf8.allSatisfy { !ASCII.isControl($0) }, "\(sample.what)")
        #expect("\(refused)".utf8.count < 16_384, "\(sample.what)")
    }

    @Test func `each says in words of its own what is hostile about it`() {
        #expect(ArchHostile.all.count >= 150)
        #expect(Set(ArchHostile.all.map(\.what)).count == ArchHostile.all.count)
    }

    @Test(arguments: [
        "/", "a/", "/a", "a//b", "..", "a/../b", ".a", "-a", "a b", "a%2fb", "a#b", "a?b", "é", "a\nb", "core/os", "os", "a.db",
        "a.files",
        "x.pkg.tar.zst", "x.pkg.tar.zst.sig", "core/x.pkg.tar.zst", "a.db.tar.gz", "repository.key", "a\\b",
        String(repeating: "a", count: 201),
    ])
    func `a repository with such a name is refused`(name: String) throws {
        let bytes = ArchBuilder("demo", "1.0-1").bytes
        let upload = ArchShelf.upload(bytes, to: name)
        let record = try ArchShelf.record(bytes)
        let fault = refusal { () throws(Refusal) in _ = try Arch().place(record, of: upload, in: ArchShelf().repository) }
        #expect(fault?.cause == .placement)
        #expect(fault?.what.contains("the repository's name") == true)
    }

    @Test func `mutated packages are taken or refused, and never more`() {
        var numbers = SeededNumbers(seed: 13)
        let sound = ArchBuilder("demo", "1:1.0-1").with("depend = a>=1\nprovides = b=2").tar.bytes
        for _ in 0..<400 {
            let bytes = numbers.mutated(sound, with: ["pkgname = ", "../", "\0", "\n", ".PKGINFO"]).gzip
            guard let record = try? ArchShelf.record(bytes) else { continue }
            #expect(ALPMVersion(record.version) != nil && ArchFileName.fault(in: record.name) == nil)
        }
    }
}
