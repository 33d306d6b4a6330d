import Corpus
import Foundation
import Testing

/// Many processes on one site.
@Suite(.serialized) struct ConcurrencyTests {
    /// 16 processes with 160 packages unless `INDEXGEN_ADDS` says otherwise.
    static let adds = ProcessInfo.processInfo.environment["INDEXGEN_ADDS"].flatMap(Int.init) ?? 160

    @Test func `sixteen processes add at once, and everything is there once`() throws {
        let victim = try Victim(signed: false)
        let corpus = RPMCorpus(seed: 11)
        let folder = victim.folder + "/packages"
        let paths = try (0..<Self.adds).map { try corpus.file($0).write(into: folder) }
        let children = try (0..<16).map { number in
            // Neighbours share files: the second to come finds them there.
            let mine = paths.enumerated().filter { $0.offset % 16 == number || $0.offset % 16 == (number + 1) % 16 }
            return try victim.start(["--json", "add"] + mine.map(\.element))
        }
        var outcomes: [String: Int] = [:]
        for child in children {
            let run = try child.wait()
            #expect(run.status == 0, "\(run.diagnostics)")
            for line in run.output.split(separator: "\n") {
                let result = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
                outcomes[result["outcome"] as? String ?? "", default: 0] += 1
            }
        }
        #expect(outcomes == ["added": Self.adds, "unchanged": Self.adds])
        #expect(try KillTests.listed(victim).count == Self.adds)
        #expect(victim.tree.faults() == [])
        #expect(try victim.run(["verify"]).status == 0)
    }
}
