import Corpus
import Foundation
import Glibc

/// Everything that changes a site, done once and recorded: what a power cut at any moment of it may leave is then made from the record.
struct PowerCutScript: Sendable {
    /// A run of the program, as a part of the record.
    struct Verb: Sendable {
        var name: String
        var operations: Range<Int>
        /// Public paths of packages that are in before or after it, but not both.
        var touched: Set<String>
        /// The tree was damaged on purpose: it is whole again only at the verb's end.
        var isMending: Bool
    }

    let recording: DiskRecording
    let verbs: [Verb]
    let isSigned: Bool
    /// SHA-256 of packages by public path.
    let digests: [String: String]
    /// What the real disk had at the end: the simulated one must have the same.
    let ending: [String: String]

    /// Small segments: documents of several, taken over from each other. No grace: there is something to prune.
    private static let settings = #"segment_bytes: 4096\nretention: 0s\nserver: {quiet: 20ms, at_most: 100ms}\n"#

    init(_ recorder: DiskRecorder, signed: Bool, in parent: String) throws {
        let stage = try RecordedStage(recorder, in: parent)
        let packages = try KillTests.Packages(9, in: stage.victim.folder + "/packages").paths
        try stage.perform("init", ["init"] + (signed ? [] : ["--unsigned"]))
        try stage.disturb("printf '\(Self.settings)' >> indexgen.yaml")
        try stage.perform("add", ["add"] + packages[..<7])
        if !signed {
            let folder = stage.victim.folder + "/more"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            for path in packages[7..<11] { try stage.copy(path, to: folder) }
            try stage.perform("add --link", ["add", "--link", folder])
        }
        try stage.perform("add --no-generate", ["add", "--no-generate", "--owner", "acme"] + packages[11..<17])
        try stage.perform("generate", ["generate"])
        let listed = try KillTests.listed(in: stage.list())
        for type in signed ? ["debian", "rpm"] : ["pypi", "helm", "debian", "rpm"] {
            guard let one = listed.first(where: { $0.type == type && $0.owner == "packages" }) else { continue }
            try stage.perform("remove", ["remove", "packages/\(type)", one.name, one.version])
        }
        if !signed {
            guard let one = listed.first(where: { $0.type == "pypi" && $0.owner == "acme" }) else {
                throw Victim.Failure(description: "no Python package is listed")
            }
            try stage.perform("yank", ["yank", "--reason", "broken", "acme/pypi", one.name, one.version])
            // Once more what was removed: pages and lists that come back.
            try stage.perform("return", ["add"] + packages[..<5])
            try stage.perform("prune", ["prune"])
            let token = try stage.perform("token create", ["--quiet", "token", "create", "--owner", "acme", "--type", "rpm"])
            let other = try stage.perform("token create", ["--quiet", "token", "create", "--owner", "other", "--type", "*"])
            let served = try RPMFiles.paths(18, in: stage.victim.folder + "/served")
            try stage.serve(packages.filter { $0.hasSuffix(".rpm") } + served, token)
            try stage.perform("token revoke", ["token", "revoke", other])
        }
        try stage.disturb(
            """
            find public -name '*m*' -type f -exec rm {} +
            for f in $(find public -name '*.gz'); do rm $f; printf x > $f; done
            """)
        try stage.perform("verify --repair", ["verify", "--repair"], isMending: true)
        try stage.disturb("rm -r public/*")
        try stage.perform("generate --all", ["generate", "--all"], isMending: true)
        recording = try recorder.recording(of: stage.victim)
        verbs = stage.verbs
        digests = stage.digests
        ending = try Self.content(of: stage.victim.site)
        isSigned = signed
    }

    /// Digests of all files of a site but those that are worth nothing after a restart.
    static func content(of site: String) throws -> [String: String] {
        var content: [String: String] = [:]
        for path in PublicTree(root: site).files() where !path.hasSuffix("-shm") {
            var there = stat()
            guard lstat("\(site)/\(path)", &there) == 0, there.st_mode & S_IFMT == S_IFREG else { continue }
            content[path] = try PublicTree.sha256(of: "\(site)/\(path)")
        }
        return content
    }

    private enum RPMFiles {
        static func paths(_ count: Int, in folder: String) throws -> [String] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let corpus = RPMCorpus(seed: 23)
            return try (0..<count).map { try corpus.file($0).write(into: folder) }
        }
    }
}

/// The site that is recorded.
private final class RecordedStage {
    let victim: Victim
    private let recorder: DiskRecorder
    private(set) var verbs: [PowerCutScript.Verb] = []
    private(set) var digests: [String: String] = [:]
    private var there: Set<String> = []
    private var counted = 0
    private var countedBytes = 0

    init(_ recorder: DiskRecorder, in parent: String) throws {
        self.recorder = recorder
        victim = try Victim(emptyIn: parent)
        try FileManager.default.createDirectory(atPath: victim.site, withIntermediateDirectories: false)
    }

    /// Runs a verb that must succeed; what it printed.
    @discardableResult
    func perform(_ name: String, _ arguments: [String], isMending: Bool = false) throws -> String {
        let first = try count()
        let run = try victim.run(arguments, environment: recorder.environment(in: victim))
        guard run.status == 0 else { throw Victim.Failure(description: "\(arguments): \(run.status) \(run.diagnostics)") }
        try close(name, from: first, isMending: isMending)
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What an operator does, as commands of the shell in the site's folder. It is durable before anything else happens.
    func disturb(_ commands: String) throws {
        let run = try victim.run(
            program: "/bin/sh", ["-c", "cd '\(victim.site)' && { \(commands)\n} && sync"],
            environment: recorder.environment(in: victim))
        guard run.status == 0 else { throw Victim.Failure(description: "\(commands): \(run.diagnostics)") }
    }

    func copy(_ path: String, to folder: String) throws {
        try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\((path as NSString).lastPathComponent)")
    }

    /// Eight clients send packages to the endpoint at once.
    func serve(_ files: [String], _ token: String) throws {
        let first = try count()
        let child = try victim.start(["serve", "--listen", "127.0.0.1:0"], environment: recorder.environment(in: victim))
        let pattern = #""address":"127.0.0.1:[0-9]+""#
        for _ in 0..<1_000 where child.diagnostics.range(of: pattern, options: .regularExpression) == nil { usleep(20_000) }
        let log = child.diagnostics
        guard let address = log.range(of: pattern, options: .regularExpression),
            let port = log[address].dropLast().split(separator: ":").last
        else {
            kill(child.process, SIGKILL)
            throw Victim.Failure(description: "serve does not say where it listens: \(log)")
        }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
        let clients = try victim.run(
            program: "/usr/bin/python3",
            ["\(folder)/Benchmarks/ingest.py", "http://127.0.0.1:\(port)", token, "/acme/rpm/el9/upload", "8"] + files)
        kill(child.process, SIGTERM)
        let run = try child.wait()
        guard clients.status == 0, run.status == 0, clients.output.contains(#""refused": 0"#) else {
            throw Victim.Failure(description: "serve: \(run.status) \(clients.output) \(clients.diagnostics) \(run.diagnostics)")
        }
        try close("serve", from: first, isMending: false)
    }

    /// What is in, as the program prints it. Opening the catalog changes its log.
    func list() throws -> String {
        let run = try victim.run(["--json", "list"], environment: recorder.environment(in: victim))
        guard run.status == 0 else { throw Victim.Failure(description: "list: \(run.diagnostics)") }
        return run.output
    }

    /// Operations so far.
    private func count() throws -> Int {
        let size = recorder.size(in: victim)
        if size != countedBytes {
            counted = try recorder.recording(of: victim).operations.count
            countedBytes = size
        }
        return counted
    }

    private func close(_ name: String, from first: Int, isMending: Bool) throws {
        let end = try count()
        var now: Set<String> = []
        for line in try list().split(separator: "\n") {
            let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let path = row["path"] as? String, let digest = row["sha256"] as? String else { continue }
            now.insert(path)
            digests[path] = digest
        }
        verbs.append(
            PowerCutScript.Verb(
                name: name, operations: first..<end, touched: now.symmetricDifference(there), isMending: isMending))
        there = now
    }
}
