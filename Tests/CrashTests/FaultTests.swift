import Corpus
import Foundation
import Synchronization
import Testing

/// Every call of the program that changes the site fails once, as it does on a full or on a broken disk: no tree is broken, nothing
/// that was acknowledged is lost, what went wrong is said, and the next run puts everything right.
@Suite(.serialized, .enabled(if: FaultLayer.canBeBuilt, "no C compiler (cc) to build the failing layer with")) struct FaultTests {
    /// Some dozens of calls in turn; `INDEXGEN_FAULTS=all`: every call in every way; a number: that many.
    private static let wanted = ProcessInfo.processInfo.environment["INDEXGEN_FAULTS"]
    private static let trials = wanted == "all" ? Int.max : wanted.flatMap(Int.init) ?? 48

    /// A disk in memory makes the trials three times as fast; what is tried is the same.
    private static let scratch =
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : FileManager.default.temporaryDirectory.path

    private struct Trial: Sendable, CustomStringConvertible {
        var verb: FaultScript.Verb
        var call: Int
        var code: Int32
        var mode: FaultLayer.Mode
        var program = "indexgen"

        var description: String {
            "\(program) in \(verb.name), call \(call) of \(verb.calls.count), \(mode) \(mode == .short ? "" : String(cString: strerror(code)))"
        }
    }

    @Test func `a call that fails breaks no tree and loses nothing`() throws {
        let layer = try FaultLayer.built.get()
        let script = try FaultScript(layer, in: Self.scratch)
        let trials = Self.choose(from: script)
        try Self.run(trials, of: script, layer)
    }

    /// What gpg cannot write in the keyring is met with the same care. It counts its calls in each of its processes anew.
    @Test func `gpg fails, and nothing is broken`() throws {
        let layer = try FaultLayer.built.get()
        let script = try FaultScript(layer, in: Self.scratch)
        let counter = try FaultLane(script: script, layer: layer, in: Self.scratch)
        var trials: [Trial] = []
        for verb in script.verbs where ["init", "second add", "verify --repair"].contains(verb.name) {
            for program in ["gpg", "gpg-agent"] {
                let calls = try counter.count(verb, of: program)
                for call in 1...max(1, calls) {
                    trials.append(Trial(verb: verb, call: call, code: ENOSPC, mode: .sticky, program: program))
                    trials.append(Trial(verb: verb, call: call, code: EIO, mode: .once, program: program))
                }
            }
        }
        try Self.run(Self.choose(Self.trials == .max ? .max : Self.trials / 6, of: trials), of: script, layer)
    }

    private static func run(_ trials: [Trial], of script: FaultScript, _ layer: FaultLayer) throws {
        let tally = Mutex(FaultTally())
        let next = Atomic(0)
        let lanes = try (0..<3).map { _ in try FaultLane(script: script, layer: layer, in: scratch) }
        let threads = lanes.map { lane in
            Thread {
                while case let index = next.add(1, ordering: .relaxed).oldValue, index < trials.count {
                    let trial = trials[index]
                    do {
                        let result = try lane.run(trial.verb, failing: trial.call, trial.code, trial.mode, of: trial.program)
                        let table = tally.withLock { tally in
                            tally.add(result, of: "\(trial)", verb: trial.verb.name, trial.code, trial.mode)
                            return tally.trials.isMultiple(of: 200) ? tally.table(script.verbs) : nil
                        }
                        // A run of hours is worth looking at before its end.
                        if let table {
                            print("\(table)\n\(tally.withLock { $0.complaints.joined(separator: "\n") })")
                            fflush(nil)
                        }
                    } catch {
                        tally.withLock { $0.complaints.append("\(trial): \(error)") }
                    }
                }
            }
        }
        for thread in threads { thread.start() }
        while threads.contains(where: { !$0.isFinished }) { usleep(20_000) }
        let result = tally.withLock { $0 }
        print(result.table(script.verbs))
        for complaint in result.complaints { Issue.record("\(complaint)") }
        #expect(result.trials == trials.count)
    }

    /// Every call in every way, or a choice of them that is the same every time and has something of every verb.
    private static func choose(from script: FaultScript) -> [Trial] {
        var all: [Trial] = []
        for verb in script.verbs {
            for call in verb.calls {
                for code in [ENOSPC, EIO] {
                    for mode in [FaultLayer.Mode.once, .sticky] {
                        all.append(Trial(verb: verb, call: call.number, code: code, mode: mode))
                    }
                }
                if ["write", "pwrite"].contains(call.name) {
                    all.append(Trial(verb: verb, call: call.number, code: 0, mode: .short))
                }
            }
        }
        return choose(trials, of: all)
    }

    /// One by one out of as many equal parts.
    private static func choose(_ count: Int, of all: [Trial]) -> [Trial] {
        var random = CorpusRandom(seed: 20, index: 0)
        // In no order: a run that is ended early has looked everywhere.
        if count >= all.count { return all.shuffled(using: &random) }
        return (0..<count).map { part in
            all[Int.random(in: part * all.count / count..<(part + 1) * all.count / count, using: &random)]
        }.shuffled(using: &random)
    }
}

/// What came of all trials.
private struct FaultTally {
    var trials = 0
    var complaints: [String] = []
    private var rows: [String: [String: Int]] = [:]

    mutating func add(_ result: FaultLane.Result, of trial: String, verb: String, _ code: Int32, _ mode: FaultLayer.Mode) {
        trials += 1
        complaints += result.complaints.map { "\(trial): \($0)" }
        rows[verb, default: [:]][mode == .short ? "short" : "\(code == ENOSPC ? "ENOSPC" : "EIO") \(mode)", default: 0] += 1
        for word in result.words { rows[verb, default: [:]][word, default: 0] += 1 }
    }

    func table(_ verbs: [FaultScript.Verb]) -> String {
        let columns = [
            "ENOSPC once", "ENOSPC sticky", "EIO once", "EIO sticky", "short", "failed", "went on", "broken", "lost", "signals",
            "not healed",
        ]
        func row(_ name: String, _ cells: [String]) -> String {
            let padded = cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }
            return name.padding(toLength: 16, withPad: " ", startingAt: 0) + padded.joined()
        }
        var lines = [row("verb", ["calls"] + columns)]
        for verb in verbs {
            let counts: [String] = columns.map { column in String(rows[verb.name]?[column] ?? 0) }
            lines.append(row(verb.name, [String(verb.calls.count)] + counts))
        }
        return lines.joined(separator: "\n")
    }
}
