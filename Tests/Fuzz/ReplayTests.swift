import Corpus
import Foundation
import Testing

/// The fuzzer's targets over what is known: every finding of the past, and mutations of the seeds that are the same in every run.
@Suite struct ReplayTests {
    /// How many mutations each target gets; the fuzzer makes a million in the time that these take.
    private static let mutations = 2_000

    @Test(arguments: FuzzTarget.all) func `what was found once stays mended`(target: FuzzTarget) throws {
        for (file, bytes) in try Files.inputs(in: "Regressions/\(target.name)") {
            do { _ = try target.run(bytes) } catch { Issue.record("Regressions/\(target.name)/\(file): \(error)") }
        }
    }

    @Test(arguments: FuzzTarget.all) func `mutated seeds keep every promise`(target: FuzzTarget) throws {
        let seeds = try Files.inputs(in: "Seeds/\(target.name)").map(\.bytes)
        try #require(!seeds.isEmpty, "\(target.name) has no seeds")
        var accepted = 0
        for seed in seeds {
            do { accepted += try target.run(seed) ? 1 : 0 } catch { Issue.record("a seed of \(target.name): \(error)") }
        }
        #expect(accepted > 0, "\(target.name) accepts none of its seeds")
        for number in 0..<Self.mutations {
            let bytes = Mutation.of(seeds, number: number)
            do { _ = try target.run(bytes) } catch {
                Issue.record("\(target.name), mutation \(number): \(error); its bytes are \(Data(bytes).base64EncodedString())")
            }
        }
    }

    @Test func `each finding and each seed belongs to a target`() throws {
        let known = Set(FuzzTarget.all.map(\.name))
        for kind in ["Regressions", "Seeds"] { #expect(try known.isSuperset(of: Files.names(in: kind)), "\(kind)") }
        let dictionaries = try Files.names(in: "Dictionaries").map { String($0.dropLast(".dict".count)) }
        #expect(known.isSuperset(of: dictionaries))
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}

/// The folders beside this file.
private enum Files {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    /// Empty for a folder that is not there.
    static func names(in path: String) throws -> [String] {
        let folder = folder.appending(path: path)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    static func inputs(in path: String) throws -> [(name: String, bytes: [UInt8])] {
        try names(in: path).map { ($0, Array(try Data(contentsOf: folder.appending(path: "\(path)/\($0)")))) }
    }
}

private enum Mutation {
    /// A seed with some changes: a bit, a byte, a telling byte; a piece left out, doubled, cut off, or taken from another seed.
    static func of(_ seeds: [[UInt8]], number: Int) -> [UInt8] {
        var random = CorpusRandom(seed: 0xF022, index: number)
        func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(4) {
            guard !bytes.isEmpty else { break }
            let start = below(bytes.count), end = min(bytes.count, start + 1 + below(40))
            switch below(8) {
            case 0: bytes[start] ^= 1 << UInt8(below(8))
            case 1: bytes[start] = UInt8(below(256))
            case 2: bytes[start] = [0x00, 0x01, 0x0A, 0x20, 0x2E, 0x2F, 0x7F, 0x80, 0xFF][below(9)]
            case 3: bytes.removeSubrange(start..<end)
            case 4: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 5: bytes.removeSubrange((bytes.count - below(bytes.count))...)
            case 6: bytes.replaceSubrange(start..<end, with: [UInt8](repeating: UInt8(below(256)), count: end - start))
            default:
                let other = seeds[below(seeds.count)]
                let cut = below(other.count + 1)
                bytes.insert(contentsOf: other[cut..<min(other.count, cut + 64)], at: start)
            }
        }
        return bytes
    }
}
