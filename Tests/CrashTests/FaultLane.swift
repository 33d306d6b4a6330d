import Foundation

/// One site on which trials run, one after the other.
struct FaultLane: Sendable {
    struct Result: Sendable {
        /// What is wrong.
        var complaints: [String] = []
        /// For the table.
        var words: [String] = []
    }

    let script: FaultScript
    let layer: FaultLayer
    let victim: Victim

    init(script: FaultScript, layer: FaultLayer, in parent: String) throws {
        self.script = script
        self.layer = layer
        victim = try Victim(emptyIn: parent)
    }

    /// Does a verb from its beginning while one of the calls of `program` fails; then once more without.
    func run(
        _ verb: FaultScript.Verb, failing call: Int, _ code: Int32, _ mode: FaultLayer.Mode, of program: String = "indexgen"
    ) throws -> Result {
        try restore(verb.before)
        let run = try victim.run(
            verb.arguments, environment: layer.environment(in: victim, failing: call, code, mode, of: program))
        let failed = layer.calls(in: victim).filter(\.isFailed)
        var result = try look(at: run, of: verb, "after \(failed.prefix(2).map(\.description))")
        if program == "indexgen" { try judge(run, of: verb, failed, mode, &result) }
        try finish(verb, run, &result)
        return result
    }

    /// Of how many calls that could fail a program tells at most in one of its processes.
    func count(_ verb: FaultScript.Verb, of program: String) throws -> Int {
        try restore(verb.before)
        _ = try victim.run(verb.arguments, environment: layer.environment(in: victim, failing: 0, of: program))
        return layer.calls(in: victim).map(\.number).max() ?? 0
    }

    /// Does a verb from its beginning on a disk that has that much room; then once more with room enough.
    func run(_ verb: FaultScript.Verb, on disk: SmallDisk, free: Int) throws -> Result {
        try restore(verb.before)
        try disk.fill(leaving: free)
        let run = try victim.run(verb.arguments)
        var result = try look(at: run, of: verb, "with \(free) bytes of room")
        let said = run.diagnostics.split(separator: "\n").last.map(String.init) ?? ""
        if run.status != 0, run.status != 3 || !said.hasPrefix("indexgen: ") || !said.contains("make room") {
            result.complaints.append("an unclear end: \(run.status) \(run.diagnostics.suffix(300))")
        }
        try disk.empty()
        try finish(verb, run, &result)
        return result
    }

    /// What is wrong right after a run.
    private func look(at run: Victim.Run, of verb: FaultScript.Verb, _ circumstances: String) throws -> Result {
        var result = Result()
        result.words.append(run.status == 0 ? "went on" : "failed")
        if run.status < 0 {
            result.words.append("signals")
            result.complaints.append("signal \(-run.status): \(run.diagnostics.suffix(300))")
        }
        // A tree that was broken before may still be; no root may be broken that was whole.
        let before = Set(verb.faults.map(Self.root))
        let faults = victim.tree.faults().filter { !before.contains(Self.root(of: $0)) }
        if !faults.isEmpty {
            result.words.append("broken")
            result.complaints.append("broken: \(faults.prefix(3)) \(circumstances)")
        }
        return result
    }

    private static func root(of fault: String) -> Substring { fault.prefix { $0 != ":" } }

    private func finish(_ verb: FaultScript.Verb, _ run: Victim.Run, _ result: inout Result) throws {
        let lost = try lost(run)
        if !lost.isEmpty {
            result.words.append("lost")
            result.complaints.append("lost: \(lost)")
        }
        // An agent that gpg started fails with it for as long as it lives.
        if let gpgconf = Victim.find("gpgconf") {
            _ = try victim.run(program: gpgconf, ["--homedir", victim.site + "/state/keyring", "--kill", "gpg-agent"])
        }
        let wounds = try heal(verb)
        if !wounds.isEmpty {
            result.words.append("not healed")
            result.complaints.append("not healed after \(run.diagnostics.suffix(300)): \(wounds.prefix(5))")
        }
    }

    private func restore(_ before: String?) throws {
        // The site itself may be where a disk is mounted.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: victim.site)) ?? [] {
            try FileManager.default.removeItem(atPath: "\(victim.site)/\(name)")
        }
        if let before { try FaultScript.copy(before + "/.", to: victim.site) }
    }

    /// Who met an error says so, in one line that names a path and a remedy; who says nothing has done everything.
    private func judge(
        _ run: Victim.Run, of verb: FaultScript.Verb, _ failed: [FaultLayer.Call], _ mode: FaultLayer.Mode, _ result: inout Result
    ) throws {
        guard run.status != 0 else {
            if let after = verb.after, try victim.tree.digests() != after {
                result.complaints.append("it says nothing, and the tree is not what it should be after \(failed.prefix(3))")
            }
            let serious = failed.filter { !Self.mayFail($0) }
            if mode != .short, !serious.isEmpty { result.complaints.append("it says nothing of \(serious.prefix(3))") }
            return
        }
        if mode == .short { return result.complaints.append("a short write is not an error: \(run.diagnostics.suffix(300))") }
        if failed.isEmpty { return result.complaints.append("\(run.status) though nothing failed: \(run.diagnostics)") }
        let said = run.diagnostics.split(separator: "\n").last.map(String.init) ?? ""
        if run.status > 0, run.status != 3 { result.complaints.append("exit code \(run.status): \(run.diagnostics.suffix(300))") }
        let names = ["/site/", "/site:"].contains(where: said.contains) || said.hasSuffix("/site")
        if !said.hasPrefix("indexgen: ") || !names || !said.contains("; ") {
            result.complaints.append("an unclear message: \(run.diagnostics.suffix(400)) (\(failed[0]))")
        }
    }

    /// Whether the program may go on honestly when this call fails.
    private static func mayFail(_ call: FaultLayer.Call) -> Bool {
        // Staged files that nobody needs any more are swept by the next run; a copy does what a clone does not.
        if call.path.contains("/state/staging/"), ["unlink", "unlinkat", "ioctl"].contains(call.name) { return true }
        // SQLite keeps its log when it cannot bring it into the catalog: nothing is lost, the next one tries again.
        if call.path.hasSuffix("catalog.sqlite") || call.path.hasSuffix("catalog.sqlite-shm") { return true }
        // Nor does it look whether the folder with its log could be made durable.
        if call.path.hasSuffix("/state"), call.name == "fdatasync" { return true }
        // It opens its log again, and syncs a journal of its own only while the catalog is made, when nothing is in it.
        if call.path.hasSuffix("catalog.sqlite-wal"), call.name == "open" { return true }
        if call.path.hasSuffix("catalog.sqlite-journal"), call.name == "fdatasync" { return true }
        // A missing stamp costs no package: an older catalog in the place of this one would not be recognised by it.
        if call.path.hasSuffix("/state/catalog.stamp"), call.name == "pwrite" { return true }
        // A package is linked once more, under another name, and copied where that does not help: the tree has it, or the run fails.
        if call.path.contains("/site/public/"), call.name == "linkat" { return true }
        return call.path.contains("/state/catalog.sqlite-") && ["unlink", "ftruncate64", "ftruncate"].contains(call.name)
    }

    /// Packages that were acknowledged and are not there.
    private func lost(_ run: Victim.Run) throws -> [String] {
        let acknowledged = run.output.split(separator: "\n").compactMap { line -> String? in
            let row = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
            guard ["added", "unchanged", "returned"].contains(row["outcome"] as? String) else { return nil }
            return (row["path"] as? String).map { ($0 as NSString).lastPathComponent }
        }
        if acknowledged.isEmpty { return [] }
        let there = try Set(KillTests.listed(victim).map(\.file))
        return acknowledged.filter { !there.contains($0) }
    }

    /// Does the verb again, without a fault; what is not as it should be then.
    private func heal(_ verb: FaultScript.Verb) throws -> [String] {
        var runs = [try victim.run(verb.arguments)]
        // What was done already is refused the second time.
        if runs[0].status != 0 { runs.append(try victim.run(["generate"])) }
        if runs.last!.status != 0 { return runs.map { "\($0.status): \($0.diagnostics)" } }
        if verb.after == nil { try victim.addSettings(FaultScript.settings) }
        let proof = try victim.run(["verify"])
        var wounds = proof.status == 0 ? [] : ["verify: \(proof.output)\(proof.diagnostics)"]
        if let after = verb.after {
            let now = try victim.tree.digests()
            wounds += after.keys.filter { now[$0] == nil }.map { "\($0) is missing" }
            wounds += now.keys.filter { after[$0] == nil }.map { "\($0) is too much" }
            wounds += after.keys.filter { now[$0] != nil && now[$0] != after[$0] }.map { "\($0) differs" }
        }
        return wounds
    }
}
