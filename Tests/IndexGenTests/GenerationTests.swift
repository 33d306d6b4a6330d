import Corpus
import Formats
import Foundation
import Testing

@testable import IndexGen

/// The promises about generation, shown with toys: same catalog, same bytes; nothing is written that did not change.
@Suite struct GenerationTests {
    @Test func `a list that another machine has as well is rendered once`() throws {
        let real = try RealSite(signed: false)
        let corpus = try Specimen.of("debian").corpus(7, 40)
        // Wherever there are packages for all machines, amd64 and arm64 have lists of them.
        var paths: [String] = []
        for index in 0..<400 where paths.count < 12 {
            let file = corpus.file(index)
            if file.name.hasSuffix("_all.deb") { paths.append(try file.write(into: real.folder + "/inbox")) }
        }
        try #require(paths.count == 12)
        #expect(try real.place(paths, type: "debian").allSatisfy { $0 != nil })
        let summary = try Generator(site: real.site, catalog: real.catalog).run()
        let tree = try real.tree()
        for form in ["Packages.gz", "Packages.xz"] {
            let forms = tree.filter { $0.key.hasSuffix("/" + form) }
            #expect(forms.count == 3 && Set(forms.values).count == 1, "\(forms)")
        }
        #expect(summary.segments.compressed == 2, "one segment of each form")
        #expect(try real.faults() == [])
        try real.generate(everything: true)
        #expect(try real.tree() == tree)
    }

    @Test func `a signed site whose keyring is gone stays as it is, unless somebody says otherwise`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("ball", "1")])
        try test.generate()
        let before = try test.tree()
        try FileManager.default.moveItem(atPath: test.site.keyring, toPath: test.folder + "/away")
        try test.add([test.toy("cube", "1")])
        for everything in [false, true] {
            let failure = #expect(throws: Keyring.Failure.self) { try test.generate(everything: everything) }
            #expect(failure?.description.contains("\(test.site.keyring) is missing; restore it") == true)
            #expect(failure?.description.contains("generate --unsigned") == true)
            #expect(try test.tree() == before)
        }
        _ = try Generator(site: test.site, catalog: test.catalog, mayUnsign: true).run()
        #expect(try test.tree()["acme/toy/main/InRoot"] == nil && test.tree()["acme/toy/main/Root"] != nil)
        // Said once, it is so.
        #expect(try test.generate() == Generator.Summary())
        try test.add([test.toy("doll", "1")])
        try test.generate()
    }

    @Test func `an index is made of fragments, grouped, merged and counted`() throws {
        let test = try TestSite(settings: "toy: {motto: 'hi '}")
        try test.add([test.toy("b", "1", shelf: "x"), test.toy("a", "1"), test.toy("a", "2", shelf: "x")])
        try test.generate()
        let index = try test.text("acme/toy/main/x/index")
        let lines = index.split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        #expect(lines == ["hi 2 30", "[a]", "a 1 any", "-", "a 2 x", "end", "[b]", "b 1 x", "end"])
        #expect(try test.text("acme/toy/main/names") == "a\nb\n")
        #expect(try test.text("acme/toy/main/pool/a-1-any.toy.facts") == "a 1\n")
        #expect(try test.faults() == [])
    }

    @Test(arguments: 0..<6)
    func `any order of arrival in any portions gives the same tree, byte for byte`(seed: UInt64) throws {
        let reference = try TestSite(signed: true)
        let shuffled = try TestSite(signed: true)
        var random = SplitMix(seed: seed)
        func toys(_ test: TestSite) throws -> [String] {
            try (0..<24).map { try test.toy("p\($0 % 7)", "\($0 / 7)", shelf: ["any", "x", "y"][$0 % 3], body: "\($0)") }
        }
        try reference.add(toys(reference))
        try reference.generate()
        try shuffled.addInAnyOrder(toys(shuffled), using: &random)
        #expect(try shuffled.tree() == reference.tree())
    }

    @Test(arguments: 0..<4)
    func `what was generated step by step equals what is generated from scratch`(seed: UInt64) throws {
        let test = try TestSite(signed: true)
        var random = SplitMix(seed: 100 + seed)
        for step in 0..<30 {
            test.time.advance(Int64.random(in: 0...3, using: &random))
            let name = "p\(Int.random(in: 0..<5, using: &random))"
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try test.remove(name)
            case 1: try test.yank(name, "1", reason: Bool.random(using: &random) ? "bad \(step)" : nil)
            case 2:
                let kind = Toy().profile.marks[1 + step % 2]
                try test.mark(
                    kind, name, "1", key: kind.isKeyed ? "side" : "", value: Bool.random(using: &random) ? "\(step)" : nil)
            default:
                try test.add(
                    [test.toy(name, "\(Int.random(in: 0..<3, using: &random))", shelf: ["any", "x"][step % 2])],
                    group: ["main", "other"][step % 2])
            }
            if Bool.random(using: &random) { try test.generate() }
        }
        try test.generate()
        #expect(try test.faults() == [])
        let incremental = try test.tree()
        try test.startOver()
        #expect(try test.tree() == incremental)
    }

    @Test func `a second generate writes nothing, and one after an upload only what it changes`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "y")])
        try test.add([test.toy("c", "1", shelf: "z")], group: "other")
        try test.generate()
        let before = try test.marks()
        #expect(try test.generate() == Generator.Summary())
        #expect(try test.marks() == before)

        test.time.advance(10)
        try test.add([test.toy("a", "2", shelf: "x")])
        let summary = try test.generate()
        let changed = Set(try test.marks().filter { before[$0.key] != nil && before[$0.key] != $0.value }.keys)
        #expect(
            changed == [
                "acme/toy/main/x/index", "acme/toy/main/x/index.gz", "acme/toy/main/x/index.xz", "acme/toy/main/x/index.zst",
                "acme/toy/main/Root", "acme/toy/main/Root.asc", "acme/toy/main/InRoot",
            ])
        #expect(summary.rendered == 3)
        #expect(summary.placed == 1, "sidecars are not packages")
    }

    @Test func `a change of settings is planned anew and written where it matters`() throws {
        let test = try TestSite()
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.add([test.toy("b", "1", shelf: "x")], group: "other")
        try test.generate()
        let before = try test.marks()
        try Files.replace(test.site.settingsFile, with: TestSite.quiet("toy: {groups: {'oth*': {motto: 'hello '}}}"))
        let site = try TestSite.open(test.folder, test.time)
        _ = try Generator(site: site, catalog: test.catalog).run()
        let changed = Set(try test.marks().filter { before[$0.key] != nil && before[$0.key] != $0.value }.keys)
        #expect(changed.isSuperset(of: ["acme/toy/other/x/index", "acme/toy/other/Root"]))
        #expect(changed.allSatisfy { $0.hasPrefix("acme/toy/other/") })
        #expect(try test.text("acme/toy/other/x/index").hasPrefix("hello 1"))
    }

    @Test func `superseded documents stay for the grace period, mutable ones of vanished scopes go at once`() throws {
        let test = try TestSite(settings: "retention: 1h")
        try test.add([test.toy("a", "1", shelf: "x")])
        try test.generate()
        let first = try test.tree().keys.filter { $0.contains("/by-hash/") || $0.contains("/data/") }
        test.time.advance(60)
        try test.add([test.toy("b", "1", shelf: "x")])
        try test.generate()
        for path in first { #expect(try FileStatus.of("\(test.site.publicRoot)/\(path)") != nil, "\(path)") }
        #expect(try test.faults() == [])

        test.time.advance(3_600)
        #expect(try test.generate().removed == 0, "the last that were superseded stay, however long it takes until the next are")
        test.time.advance(60)
        try test.add([test.toy("c", "1", shelf: "x")])
        #expect(try test.generate().removed == first.count)
        for path in first { #expect(try FileStatus.of("\(test.site.publicRoot)/\(path)") == nil, "\(path)") }

        try test.remove("a")
        try test.remove("b")
        try test.remove("c")
        try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/names") == nil)
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/pool/a-1-x.toy") != nil)
        #expect(try test.faults() == [])
        test.time.advance(3_601)
        try test.generate()
        #expect(try FileStatus.of("\(test.site.publicRoot)/acme/toy/main/pool/a-1-x.toy") == nil)
        #expect(try test.faults() == [])
    }

    @Test func `a file that is written again is always a second newer`() throws {
        let test = try TestSite()
        let root = "\(test.site.publicRoot)/acme/toy/main/Root"
        var last: Int64 = 0
        for number in 0..<4 {
            try test.add([test.toy("a", "\(number)", shelf: "x")])
            try test.generate()
            let time = try #require(try FileStatus.of(root)).modified.seconds
            #expect(time > last)
            last = time
        }
    }

    @Test func `generate --all mends what is damaged and leaves the rest alone`() throws {
        let test = try TestSite(signed: true)
        try test.add([test.toy("a", "1", shelf: "x"), test.toy("b", "1", shelf: "y")])
        try test.generate()
        let tree = try test.tree()
        let marks = try test.marks()
        try Files.replace("\(test.site.publicRoot)/acme/toy/main/x/index.gz", with: [1, 2, 3])
        try Files.remove("\(test.site.publicRoot)/acme/toy/main/pool/a-1-x.toy")
        #expect(try Set(test.faults().map(\.path)) == ["acme/toy/main/x/index.gz", "acme/toy/main/pool/a-1-x.toy"])
        try test.generate(everything: true)
        #expect(try test.tree() == tree)
        let changed = Set(try test.marks().filter { marks[$0.key] != $0.value }.keys)
        #expect(changed.isSubset(of: ["acme/toy/main/x/index.gz", "acme/toy/main/pool/a-1-x.toy"]))
        #expect(try test.faults() == [])
    }
}

/// A seeded generator: tests that shuffle do so the same way every time.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
