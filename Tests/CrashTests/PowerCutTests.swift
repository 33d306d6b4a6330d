import Corpus
import Foundation
import Synchronization
import Testing

/// The power goes at any moment: what a disk may have kept is a tree that clients can read, has all that was acknowledged, and is put
/// right by the next run. The states are made from a record of every file operation, as three kinds of file systems would leave them.
@Suite(.serialized, .enabled(if: DiskRecorder.canBeBuilt, "no C compiler (cc) to build the recording layer with"))
struct PowerCutTests {
    /// Some hundreds of states in turn; `INDEXGEN_CUTS`: that many, or `all` of each model.
    private static let wanted = ProcessInfo.processInfo.environment["INDEXGEN_CUTS"]
    private static let count = wanted == "all" ? Int.max : wanted.flatMap(Int.init) ?? 240

    private static let scratch = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path

    private static let unsigned = Result { try PowerCutScript(DiskRecorder.built.get(), signed: false, in: scratch) }
    private static let signed = Result { try PowerCutScript(DiskRecorder.built.get(), signed: true, in: scratch) }

    @Test func `the record is complete: played to its end it gives the site`() throws {
        for script in [try Self.unsigned.get(), try Self.signed.get()] {
            var lane = try PowerCutLane(script, in: Self.scratch)
            let played = try lane.ending()
            #expect(played.count > 40)
            for path in Set(played.keys).union(script.ending.keys).sorted() where played[path] != script.ending[path] {
                Issue.record("\(path): \(played[path] ?? "nothing") instead of \(script.ending[path] ?? "nothing")")
            }
        }
    }

    @Test func `a power cut breaks no tree and loses nothing, and the next run heals`() throws {
        let script = try Self.unsigned.get()
        try Self.run(Self.choose(Self.count, from: script), of: script)
    }

    /// gpg makes the checks slow: fewer states.
    @Test func `so too where roots are signed`() throws {
        let script = try Self.signed.get()
        try Self.run(Self.choose(Self.count == .max ? .max : Self.count / 8, from: script), of: script)
    }

    /// Whatever the harness does not see it cannot guard.
    @Test(arguments: SwallowedSync.allCases) func `a sync that is left out is missed`(_ swallowed: SwallowedSync) throws {
        let script = try Self.unsigned.get()
        var seen: [PowerCutLane.Finding] = []
        for round in 0..<40 where seen.isEmpty {
            var lane = try PowerCutLane(script, swallowing: swallowed, in: Self.scratch)
            try lane.run(Self.choose(40, from: script, seed: 100 + round).filter { $0.model != .ordered }) {
                seen += $0
                return seen.isEmpty
            }
        }
        if let first = seen.first { print("without the sync of \(swallowed.rawValue): \(first)") }
        #expect(!seen.isEmpty, "nobody misses the sync of \(swallowed.rawValue)")
    }

    /// At every single step, in the order in which a process does them: the order of ranks, with nothing lost.
    @Test func `at every step every document names only what is there`() throws {
        for script in [try Self.unsigned.get(), try Self.signed.get()] {
            let faults = try StepByStep(script.recording, of: script.verbs, in: Self.scratch).faults()
            #expect(faults.steps > 60)
            #expect(faults.found == [])
        }
    }

    @Test func `a list of projects that is public before their pages is seen`() throws {
        let script = try Self.unsigned.get()
        // The record of a program that publishes them in the other order.
        let list = "public/packages/pypi/simple"
        let renames = SimulatedDisk.renames(in: script.recording)
        let first = try #require(renames.first { $0.folder.hasPrefix(list + "/") })
        let early = try #require(renames.first { $0.folder == list && $0.position > first.position })
        var operations = script.recording.operations
        operations.insert(operations.remove(at: early.position), at: first.position)
        let disturbed = DiskRecording(script.recording.bytes, operations)
        let faults = try StepByStep(disturbed, of: script.verbs, in: Self.scratch).faults()
        #expect(faults.found.contains { $0.contains("pypi/simple/index.") && $0.contains("which is not there") })
    }

    // MARK: Running

    private static func run(_ cuts: [PowerCutLane.Cut], of script: PowerCutScript) throws {
        let tally = Mutex(PowerCutTally())
        let lanes = 2
        let threads = (0..<lanes).map { lane in
            Thread {
                do {
                    var player = try PowerCutLane(script, in: scratch)
                    // Each has its part of the record.
                    let mine = cuts[(lane * cuts.count / lanes)..<((lane + 1) * cuts.count / lanes)]
                    try player.run(Array(mine)) { findings in
                        tally.withLock { $0.add(findings) }
                        return true
                    }
                } catch {
                    tally.withLock { $0.errors.append("\(error)") }
                }
            }
        }
        for thread in threads {
            thread.stackSize = 8 << 20
            thread.start()
        }
        while threads.contains(where: { !$0.isFinished }) { usleep(20_000) }
        let result = tally.withLock { $0 }
        print("power cuts: \(result.states) states, \(result.summary)")
        for error in result.errors { Issue.record("\(error)") }
        for finding in result.findings { Issue.record("\(finding)") }
        #expect(result.states == cuts.count)
    }

    /// Moments that are spread over all verbs, in all models, the same every time.
    private static func choose(_ count: Int, from script: PowerCutScript, seed: Int = 0) -> [PowerCutLane.Cut] {
        let positions = script.verbs.flatMap { Array($0.operations) }
        let models = DiskModel.allCases
        if count >= positions.count * models.count {
            return positions.flatMap { position in
                models.map { PowerCutLane.Cut(position: position, model: $0, seed: seed) }
            }
        }
        var random = CorpusRandom(seed: UInt64(seed), index: 5)
        return (0..<count).map { part in
            let first = part * positions.count / count, end = (part + 1) * positions.count / count
            let position = positions[first < end ? Int.random(in: first..<end, using: &random) : first]
            // Where everything is durable the models do not differ; the two that lose something are tried more often.
            let model = part % 5 == 0 ? models[0] : models[1 + part % 2]
            return PowerCutLane.Cut(position: position, model: model, seed: Int.random(in: 0..<1_000_000, using: &random))
        }.sorted { $0.position < $1.position }
    }
}

/// What came of all states.
private struct PowerCutTally {
    var states = 0
    var findings: [PowerCutLane.Finding] = []
    var errors: [String] = []

    mutating func add(_ new: [PowerCutLane.Finding]) {
        states += 1
        findings += new
    }

    var summary: String {
        let kinds = PowerCutLane.Finding.Kind.allCases.flatMap { kind in
            DiskModel.allCases.map { model in
                "\(model) \(kind.rawValue) \(findings.filter { $0.kind == kind && $0.cut.model == model }.count)"
            }
        }
        return kinds.joined(separator: ", ")
    }
}

/// Plays a record on a real folder, and reads the tree whenever a name in it has changed.
private struct StepByStep {
    private let recording: DiskRecording
    private let verbs: [PowerCutScript.Verb]
    private let victim: Victim

    init(_ recording: DiskRecording, of verbs: [PowerCutScript.Verb], in parent: String) throws {
        self.recording = recording
        self.verbs = verbs
        victim = try Victim(emptyIn: parent)
    }

    func faults() throws -> (steps: Int, found: [String]) {
        var disk = SimulatedDisk(recording)
        var random = CorpusRandom(seed: 0, index: 0)
        var steps = 0
        var found: [String] = []
        for verb in verbs where !verb.isMending {
            for position in verb.operations {
                guard disk.changesDocument(at: position) else { continue }
                disk.play(until: position + 1)
                steps += 1
                try? FileManager.default.removeItem(atPath: victim.site)
                try disk.image(.ordered, using: &random, below: "public").write(to: victim.site)
                if let fault = victim.tree.faults().first {
                    found.append("\(verb.name), operation \(position): \(fault)")
                    if found.count > 20 { return (steps, found) }
                }
            }
        }
        return (steps, found)
    }
}
