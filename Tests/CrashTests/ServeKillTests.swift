import Corpus
import Foundation
import Glibc
import Testing

/// The ingest endpoint killed in the middle of bursts of uploads.
@Suite(.serialized) struct ServeKillTests {
    /// 4 kills unless `INDEXGEN_SERVE_KILLS` says otherwise.
    static let kills = ProcessInfo.processInfo.environment["INDEXGEN_SERVE_KILLS"].flatMap(Int.init) ?? 4

    @Test func `what was acknowledged is there after kill -9, nothing twice, and hooks hear of all of it`() throws {
        let victim = try Victim(
            signed: false,
            settings: """
                server: {quiet: 20ms, at_most: 100ms}
                hooks:
                  - {name: witness, run: [/usr/bin/python3, witness.py]}
                """)
        // Keeps what it is told, a line for each event.
        try "import sys\nopen('witnessed', 'a').write(sys.stdin.read().replace('\\n', ' ') + '\\n')\n"
            .write(toFile: victim.site + "/witness.py", atomically: true, encoding: .utf8)
        let token = try victim.succeed(["--quiet", "token", "create", "--owner", "acme", "--type", "rpm"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let corpus = RPMCorpus(seed: 17)
        let perRound = 60
        let packages = try (0..<(perRound * Self.kills)).map { try corpus.file($0).write(into: victim.folder + "/packages") }
        var acknowledged: Set<String> = []
        for round in 0..<Self.kills {
            let server = try Endpoint(victim)
            let mine = Array(packages[(perRound * round)..<(perRound * (round + 1))])
            let burst = try server.burst(mine, token: token)
            // Late enough that some are in, early enough that some are not; the first is killed at once.
            while burst.isRunning, burst.acknowledged.count < round * 9 % (perRound - 10) { usleep(1_000) }
            server.kill()
            acknowledged.formUnion(burst.wait())
            let there = try names(victim)
            #expect(acknowledged.subtracting(there) == [], "lost in round \(round)")
            #expect(victim.tree.faults() == [])
        }
        let server = try Endpoint(victim)
        #expect(try server.burst(packages, token: token).wait().count == packages.count)
        #expect(server.stop() == 0)
        let listed = try KillTests.listed(victim).map(\.file)
        #expect(listed.count == packages.count && Set(listed).count == listed.count)
        #expect(try victim.run(["verify"]).status == 0)
        #expect(victim.tree.faults() == [])
        #expect(try witnessed(victim).isSuperset(of: listed))
    }

    private func names(_ victim: Victim) throws -> Set<String> {
        guard try victim.run(["--json", "list", "acme"]).status == 0 else { return [] }
        return Set(try KillTests.listed(victim).map(\.file))
    }

    /// Names of the package files in all events that the hook was told of.
    private func witnessed(_ victim: Victim) throws -> Set<String> {
        let lines = try String(contentsOfFile: victim.site + "/witnessed", encoding: .utf8).split(separator: "\n")
        var names: Set<String> = []
        for line in lines {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            for change in event["changes"] as? [[String: Any]] ?? [] {
                names.insert(((change["path"] as? String ?? "") as NSString).lastPathComponent)
            }
        }
        return names
    }
}

/// `indexgen serve` of a victim, on a port of the kernel's choice.
final class Endpoint {
    private let child: Victim.Child
    private let port: Int
    private let folder: String

    /// - Parameter trace: where its system calls are written down; nil: nowhere.
    init(_ victim: Victim, _ options: [String] = [], trace: SystemTrace? = nil) throws {
        folder = victim.folder
        let arguments = ["serve", "--listen", "127.0.0.1:0"] + options
        child = try trace?.start(arguments, of: victim) ?? victim.start(arguments)
        for _ in 0..<500 {
            let log = child.diagnostics
            if let address = log.range(of: #""address":"127.0.0.1:[0-9]+""#, options: .regularExpression) {
                port = Int(log[address].dropLast().split(separator: ":").last ?? "") ?? 0
                return
            }
            usleep(20_000)
        }
        Glibc.kill(child.process, SIGKILL)
        throw Victim.Failure(description: "serve does not say where it listens: \(child.diagnostics)")
    }

    func kill() {
        Glibc.kill(child.process, SIGKILL)
        _ = try? child.wait()
    }

    /// Asks it to end; its exit code.
    func stop() -> Int32 {
        Glibc.kill(child.process, SIGTERM)
        return (try? child.wait().status) ?? -1
    }

    /// Clients that send files, in a process of their own.
    func burst(_ files: [String], token: String, clients: Int = 8) throws -> Burst {
        try Burst(
            ["http://127.0.0.1:\(port)", token, "/acme/rpm/upload", "\(clients)"] + files,
            log: "\(folder)/burst-\(UUID().uuidString)")
    }

    /// Clients that push images, in a process of their own.
    func push(to place: String, token: String) throws -> Burst {
        try Burst(
            ["http://127.0.0.1:\(port)", token, place, "4", "40", "3"], by: "images.py",
            log: "\(folder)/push-\(UUID().uuidString)")
    }

    struct Burst {
        private let process = Process()
        private let log: String

        fileprivate init(_ arguments: [String], by program: String = "ingest.py", log: String) throws {
            self.log = log
            process.environment = ProcessInfo.processInfo.environment.merging(["LOG": "1"]) { $1 }
            try Data().write(to: URL(fileURLWithPath: log))
            process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            process.arguments = ["\(script)/Benchmarks/\(program)"] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
            try process.run()
        }

        /// Names of the files that were acknowledged so far; a line that is still being written counts later.
        var acknowledged: Set<String> {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            return Set(text.components(separatedBy: "\n").dropLast())
        }

        var isRunning: Bool { process.isRunning }

        func wait() -> Set<String> {
            process.waitUntilExit()
            return acknowledged
        }
    }
}
