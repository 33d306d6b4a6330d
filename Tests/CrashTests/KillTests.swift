import Corpus
import Foundation
import Testing

/// `kill -9` at any moment: no client meets a broken tree, and nothing that was acknowledged is lost.
@Suite(.serialized) struct KillTests {
    /// How often: 50 times unless `INDEXGEN_KILLS` says otherwise.
    static let kills = ProcessInfo.processInfo.environment["INDEXGEN_KILLS"].flatMap(Int.init) ?? 50

    /// Packages of all four ecosystems, as files to add.
    struct Packages {
        var paths: [String] = []

        init(_ count: Int, in folder: String) throws {
            for index in 0..<count {
                let corpora: [any Corpus] = [
                    RPMCorpus(seed: 7), DebianCorpus(seed: 7), HelmCorpus(seed: 7, charts: 5), PyPICorpus(seed: 7, projects: 5),
                ]
                for corpus in corpora { paths.append(try corpus.file(index).write(into: folder)) }
            }
        }
    }

    @Test func `a killed program leaves whole trees and keeps what it acknowledged`() throws {
        // Small segments: documents of several, taken over from each other. No grace: there is something to prune.
        let victim = try Victim(settings: "segment_bytes: 4096\nretention: 0s")
        let packages = try Packages(12, in: victim.folder + "/packages")
        var random = CorpusRandom(seed: UInt64(Self.kills), index: 0)
        var acknowledged: Set<String> = []
        var killed = 0
        // On a busy machine no run would come to anything within less.
        var longest = try max(60_000, victim.duration(of: ["add", packages.paths[0]]))

        while killed < Self.kills {
            let files = (0..<Int.random(in: 1...6, using: &random)).map { _ in packages.paths.randomElement(using: &random)! }
            let arguments: [String]
            var targets: [String] = []
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: arguments = ["--json", "add"] + files
            case 6: arguments = ["generate"]
            case 7: arguments = [["generate", "--all"], ["prune"]].randomElement(using: &random)!
            default:
                let listed = try Self.listed(victim)
                guard let one = listed.randomElement(using: &random) else { continue }
                targets = listed.filter { ($0.type, $0.name, $0.version) == (one.type, one.name, one.version) }.map(\.file)
                arguments = ["remove", "packages/\(one.type)", one.name, one.version]
            }
            let run = try victim.run(arguments, killedAfter: UInt32.random(in: 0...longest, using: &random))
            if run.isKilled { killed += 1 } else { longest = max(5_000, longest - 1_000) }
            if run.isKilled, longest < 200_000 { longest += 500 }
            #expect(run.isKilled || run.status == 0, "\(arguments): \(run.diagnostics)")
            let there = try Set(Self.listed(victim).map(\.file))
            for line in run.output.split(separator: "\n") {
                // The last line may be cut off.
                let result = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
                guard let source = result["source"] as? String, result["outcome"] as? String != "refused" else { continue }
                acknowledged.insert((source as NSString).lastPathComponent)
            }
            // A removal that was killed may have happened or not; one that said it was done has.
            #expect(run.isKilled || there.isDisjoint(with: targets), "still there after \(arguments)")
            acknowledged.subtract(targets.filter { !there.contains($0) })
            #expect(acknowledged.subtracting(there) == [], "lost after \(arguments)")
            let faults = victim.tree.faults()
            #expect(faults == [], "after \(arguments), killed: \(run.isKilled)")
            if !faults.isEmpty { return }
        }

        // The next run puts everything right, and the tree is the one that an undisturbed program makes of the same packages.
        try victim.succeed(["generate"])
        // On a machine that has much else to do, every run may have been killed before it did anything.
        if try Self.listed(victim).isEmpty { try victim.succeed(["add"] + packages.paths) }
        let live = try Self.listed(victim).map(\.file).sorted()
        #expect(try victim.run(["verify"]).status == 0)
        let twin = try Victim(twinOf: victim)
        try twin.succeed(["add"] + live.map { "\(victim.folder)/packages/\($0)" })
        let gone = packages.paths.map { ($0 as NSString).lastPathComponent }.filter { !live.contains($0) }
        #expect(try victim.tree.differences(from: twin.tree, removed: gone) == [])
        #expect(killed >= Self.kills)
    }

    struct Listed {
        var owner, type, name, version, file: String
    }

    static func listed(_ victim: Victim) throws -> [Listed] { try listed(in: victim.succeed(["--json", "list"])) }

    /// What `--json list` printed.
    static func listed(in output: String) throws -> [Listed] {
        try output.split(separator: "\n").compactMap { line in
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let owner = row["owner"] as? String, let type = row["type"] as? String, let name = row["name"] as? String,
                let version = row["version"] as? String,
                let path = row["path"] as? String
            else { return nil }
            return Listed(
                owner: owner, type: type, name: name, version: version, file: (path as NSString).lastPathComponent)
        }
    }
}
