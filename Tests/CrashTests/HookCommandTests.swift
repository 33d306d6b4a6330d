import Corpus
import Foundation
import Testing

/// What people see of hooks on the command line.
@Suite struct HookCommandTests {
    private struct Row: Decodable {
        var event: Int
        var hook, state, owner, type: String
        var failures: Int
        var error: String?
    }

    private func rows(_ victim: Victim) throws -> [Row] {
        // The last line counts them.
        try victim.succeed(["--json", "hooks"]).split(separator: "\n").dropLast().map {
            try JSONDecoder().decode(Row.self, from: Data($0.utf8))
        }
    }

    @Test func `a hook that fails is noted, shown, and tried again when told to`() throws {
        let victim = try Victim(
            signed: false,
            settings:
                "hooks:\n  - {name: bad, run: [sh, -c, 'test -e mended || { echo no >&2; exit 5; }'], for: ['*/rpm'], attempts: 2}"
        )
        let packages = victim.folder + "/packages"
        let run = try victim.run(["add", RPMCorpus(seed: 1).file(0).write(into: packages)])
        // The publication is none the worse for it.
        #expect(run.status == 0)
        #expect(run.diagnostics.contains("hook bad, event 1: ended with status 5: no (again from "), "\(run.diagnostics)")
        #expect(try victim.run(["verify"]).status == 0)
        var waiting = try rows(victim)
        #expect(waiting.map(\.state) == ["pending"] && waiting.map(\.failures) == [1])
        #expect(waiting.first?.error == "ended with status 5: no" && waiting.first?.owner == "packages")
        #expect(waiting.first?.hook == "bad" && waiting.first?.type == "rpm")
        #expect(try victim.succeed(["hooks"]).contains("1 bad (packages/rpm, "))

        // Telling it to try again is a fresh start; it fails, and says so.
        let again = try victim.run(["hooks", "retry"])
        #expect(again.status == 1 && again.diagnostics.contains("ended with status 5"), "\(again.diagnostics)")
        try Data().write(to: URL(fileURLWithPath: victim.site + "/mended"))
        #expect(try victim.run(["hooks", "retry", "7"]).status == 1, "there is no such event")
        #expect(try rows(victim).count == 1)
        #expect(try victim.run(["hooks", "retry", "1"]).status == 0)
        waiting = try rows(victim)
        #expect(waiting.isEmpty)
        #expect(try victim.run(["hooks", "list", "1"]).status == 2)
    }

    @Test func `what waits for a hook that is no more can be forgotten`() throws {
        let victim = try Victim(
            signed: false, settings: "hooks:\n  - {name: bad, run: ['false'], for: ['*/rpm']}")
        try victim.succeed(["add", RPMCorpus(seed: 1).file(0).write(into: victim.folder + "/packages")])
        let settings = victim.site + "/indexgen.yaml"
        let text = try String(contentsOfFile: settings, encoding: .utf8)
        try text.replacingOccurrences(of: "name: bad", with: "name: other").write(
            toFile: settings, atomically: true, encoding: .utf8)
        #expect(try rows(victim).map(\.state) == ["unknown hook"])
        try victim.succeed(["hooks", "deliver"])
        #expect(try rows(victim).map(\.failures) == [1])
        try victim.succeed(["hooks", "forget"])
        #expect(try rows(victim).isEmpty)
    }
}
