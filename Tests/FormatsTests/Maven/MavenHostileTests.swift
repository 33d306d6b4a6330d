import Testing

@testable import Formats
@testable import Kit

@Suite struct MavenHostileTests {
    private func check(_ sample: HostileSample, _ refusal: Refusal?) {
        #expect(refusal?.cause == sample.cause, "\(refusal?.description ?? "accepted")")
        #expect(refusal?.description.contains(sample.words) == true, "\(refusal?.description ?? "accepted")")
        #expect(refusal?.remedy.isEmpty == false)
        #expect(refusal?.description.utf8.allSatisfy { $0 >= 32 } == true)
    }

    @Test(arguments: MavenHostile.all)
    func `a file that lies, or does not belong there, is refused and told why`(file: HostileSample) {
        let bytes = file.make()
        check(file, refusal { () throws(Refusal) in _ = try MavenKit.placement(bytes, to: file.filename) })
    }

    @Test(arguments: MavenHostile.ignored)
    func `a checksum or metadata that is not one is refused, though none is kept`(file: HostileSample) {
        let bytes = file.make()
        check(file, refusal { () throws(Refusal) in try MavenKit.look(at: bytes, file.filename) })
    }

    @Test func `there are more than a hundred and fifty of them, and no two are one`() {
        let all = MavenHostile.all + MavenHostile.ignored
        #expect(all.count >= 250)
        #expect(Set(all.map(\.what)).count == all.count)
    }

    @Test func `a budget of few entries, short names, small files, shallow documents or no time is kept to`() {
        let jar = MavenKit.jar([MavenKit.properties(MavenKit.group, "lib", "1.0.0")]).bytes, pom = Array(MavenKit.pom().utf8)
        func refused(_ ending: String, _ bytes: [UInt8], _ change: (inout Budget) -> Void) -> Refusal? {
            var budget = Budget()
            change(&budget)
            return refusal { () throws(Refusal) in
                _ = try MavenKit.record(bytes, to: "\(MavenKit.folder)/lib-1.0.0.\(ending)", within: budget)
            }
        }
        #expect(refused("jar", jar) { $0.entries = 1 }?.description.contains("more than 1 members") == true)
        #expect(refused("jar", jar) { $0.pathBytes = 20 }?.cause == .limit)
        #expect(refused("jar", jar) { $0.memberBytes = 10 }?.cause == .limit)
        #expect(refused("pom", pom) { $0.memberBytes = 10 }?.cause == .limit)
        #expect(refused("pom", pom) { $0.depth = 1 }?.cause == .limit)
        #expect(refused("jar", jar) { _ in } == nil)
        #expect(refused("pom", pom) { _ in } == nil)
    }

    @Test func `no change of a POM or a plugin moves it to another place`() throws {
        var numbers = SeededNumbers(seed: 5)
        let files: [(String, [UInt8])] = [
            ("\(MavenKit.folder)/lib-1.0.0.pom", Array(MavenKit.pom().utf8)),
            ("com/example/demo/demo-maven-plugin/1/demo-maven-plugin-1.jar", MavenKit.plugin().bytes),
            ("\(MavenKit.folder)/lib-1.0.0.module", Array(MavenKit.module().utf8)),
        ]
        for (path, bytes) in files {
            for offset in bytes.indices {
                var changed = bytes
                changed[offset] ^= UInt8.random(in: 1...255, using: &numbers)
                guard let placement = try? MavenKit.placement(changed, to: path) else { continue }
                #expect(placement.path.text == path, "byte \(offset)")
            }
            for count in stride(from: 0, to: bytes.count - 1, by: 3) {
                #expect((try? MavenKit.placement(Array(bytes.prefix(count)), to: path)) == nil, "\(path), \(count) bytes")
            }
        }
    }
}
