import Corpus
import Foundation
import Testing

/// `kill -9` while publications are made and told: none remains untold.
@Suite(.serialized) struct HookKillTests {
    private struct Event: Decodable {
        struct Change: Decodable, Hashable {
            var action, path, version, at, actor: String
        }

        var event: Int64
        var changes: [Change]
    }

    @Test func `a killed program tells of every publication after all`() throws {
        let script = "mkdir -p told; cat > told/.$$; mv told/.$$ \"told/$INDEXGEN_EVENT.$$\""
        let victim = try Victim(signed: false, settings: "hooks:\n  - {name: keeper, run: [sh, -c, '\(script)']}")
        let packages = try KillTests.Packages(60, in: victim.folder + "/packages")
        var random = CorpusRandom(seed: UInt64(KillTests.kills), index: 1)
        var killed = 0
        // A whole run takes about this long here and now; kills come at any moment of one.
        let longest = try victim.duration(of: ["add", packages.paths[0]]) / 4 * 5
        var rest = packages.paths.dropFirst()

        while killed < KillTests.kills {
            let arguments: [String]
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4:
                // New packages, so that there is something to tell; when there are none left, old ones.
                let count = min(rest.count, Int.random(in: 1...3, using: &random))
                arguments = ["add"] + (count > 0 ? Array(rest.prefix(count)) : [packages.paths[0]])
                rest = rest.dropFirst(count)
            case 4: arguments = ["generate"]
            case 5: arguments = ["hooks", "deliver"]
            default:
                guard let one = try KillTests.listed(victim).randomElement(using: &random) else { continue }
                arguments = ["remove", "packages/\(one.type)", one.name, one.version]
            }
            let run = try victim.run(arguments, killedAfter: UInt32.random(in: 0...longest, using: &random))
            if run.isKilled { killed += 1 }
            #expect(run.isKilled || run.status == 0, "\(arguments): \(run.diagnostics)")
        }

        // What was taken in and not published is published now, and told.
        try victim.succeed(["generate"])
        try victim.succeed(["hooks", "deliver"])
        #expect(try !victim.succeed(["--json", "hooks"]).contains("\"event\""))
        var events: [Int64: Event] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: victim.site + "/told") where !name.hasPrefix(".") {
            let event = try JSONDecoder().decode(
                Event.self, from: Data(contentsOf: URL(fileURLWithPath: "\(victim.site)/told/\(name)")))
            #expect(name.hasPrefix("\(event.event)."))
            if let same = events[event.event] {
                #expect(same.changes == event.changes, "event \(event.event) came in two versions")
            }
            events[event.event] = event
        }
        // Numbers are given in the transactions of the publications: no gap means none was lost.
        let last = events.keys.max() ?? 0
        #expect(events.keys.sorted() == Array(1...max(1, last)))
        let changes = events.values.sorted { $0.event < $1.event }.flatMap(\.changes)
        // Every package that is there came, and no change was told in two events.
        var state: [String: Bool] = [:]
        for change in changes {
            let isThere = change.action != "remove"
            #expect(state[change.path] != isThere, "\(change) was told already")
            state[change.path] = isThere
        }
        let there = try Set(KillTests.listed(victim).map(\.file))
        let told = Set(state.filter(\.value).keys.map { ($0 as NSString).lastPathComponent })
        #expect(told == there)
        #expect(changes.count > 1 && killed >= KillTests.kills)
    }
}
