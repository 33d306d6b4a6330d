import Corpus
import Foundation
import Synchronization
import Testing

/// Many processes on one site, and readers beside them.
@Suite(.serialized) struct ConcurrencyTests {
    /// 16 processes with 160 packages unless `INDEXGEN_ADDS` says otherwise.
    static let adds = ProcessInfo.processInfo.environment["INDEXGEN_ADDS"].flatMap(Int.init) ?? 160
    /// 600 documents unless `INDEXGEN_READS` says otherwise.
    static let reads = ProcessInfo.processInfo.environment["INDEXGEN_READS"].flatMap(Int.init) ?? 600

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

    /// A reader takes a root, waits, and then takes what it names, while the writer publishes without a pause.
    @Test func `readers with pauses never miss what a root names`() throws {
        let victim = try Victim()
        let corpora: [any Corpus] = [RPMCorpus(seed: 3), DebianCorpus(seed: 3)]
        let folder = victim.folder + "/packages"
        try victim.succeed(["add"] + (0..<20).flatMap { index in try corpora.map { try $0.file(index).write(into: folder) } })
        let root = victim.site + "/public/packages"
        let isOver = Atomic(false)
        let tally = Mutex((documents: 0, broken: [String]()))
        let readers = [0, 50_000, 300_000].map { pause in
            Thread {
                while !isOver.load(ordering: .relaxed) {
                    let (documents, broken) = Self.round(root, pause: UInt32(pause))
                    tally.withLock {
                        $0.documents += documents
                        $0.broken += broken
                    }
                }
            }
        }
        for reader in readers { reader.start() }
        var index = 20
        while tally.withLock({ $0.broken.isEmpty && ($0.documents < Self.reads || index < 40) }) {
            try victim.succeed(["add"] + corpora.map { try $0.file(index).write(into: folder) })
            if index % 3 == 0, let one = try KillTests.listed(victim).first {
                try victim.succeed(["remove", "packages/\(one.type)", one.name, one.version])
            }
            index += 1
        }
        isOver.store(true, ordering: .relaxed)
        while readers.contains(where: { !$0.isFinished }) { usleep(10_000) }
        let (documents, broken) = tally.withLock { $0 }
        print("\(documents) documents read beside \(index - 20) publications")
        #expect(broken == [])
    }

    /// One visit: documents read, and what was missing or had another digest.
    private static func round(_ root: String, pause: UInt32) -> (Int, [String]) {
        var documents = 0
        var broken: [String] = []
        for (file, folder, pattern, place) in [
            (
                "rpm/repodata/repomd.xml", "rpm", #"<location href="(repodata/([0-9a-f]{64})-[^"]+)""#,
                { (match: [String]) in match[1] }
            ),
            (
                "debian/dists/stable/InRelease", "debian/dists/stable", #"(?m)^ ([0-9a-f]{64}) +\d+ (\S+)/Packages"#,
                { (match: [String]) in "\(match[2])/by-hash/SHA256/\(match[1])" }
            ),
        ] {
            guard let text = try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8),
                let expression = try? NSRegularExpression(pattern: pattern)
            else {
                broken.append("\(file) cannot be read")
                continue
            }
            usleep(pause)
            documents += 1
            for match in expression.matches(in: text, range: NSRange(text.startIndex..., in: text)) {
                let groups = (0..<match.numberOfRanges).map {
                    Range(match.range(at: $0), in: text).map { String(text[$0]) } ?? ""
                }
                let path = "\(root)/\(folder)/\(place(groups))"
                let digest = groups[1...].first { $0.count == 64 } ?? ""
                documents += 1
                if (try? PublicTree.sha256(of: path)) != digest { broken.append(path) }
            }
        }
        return (documents, broken)
    }
}
