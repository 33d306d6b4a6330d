import Corpus
import Foundation

/// What happens to a signed site of all four ecosystems, verb by verb. Each verb can be tried again and again from where it began.
struct FaultScript: Sendable {
    struct Verb: Sendable {
        var name: String
        var arguments: [String]
        /// A copy of the site as the verb finds it; nil: there is none.
        var before: String?
        /// The undisturbed tree after it: digests by path. Nil where it makes a key.
        var after: [String: String]?
        var calls: [FaultLayer.Call]
        /// What was broken before.
        var faults: [String]
    }

    /// Small segments: documents of several, taken over from each other. No grace: there is something to prune.
    static let settings = "segment_bytes: 4096\nretention: 0s"

    let stage: Victim
    private(set) var verbs: [Verb] = []
    private let layer: FaultLayer

    init(_ layer: FaultLayer, in parent: String) throws {
        self.layer = layer
        stage = try Victim(emptyIn: parent)
        let packages = try KillTests.Packages(5, in: stage.folder + "/packages").paths
        var chart = HelmCorpus(seed: 8, charts: 1)
        chart.ballast = 700_000
        let large = try chart.file(0).write(into: stage.folder + "/packages")
        try perform("init", ["init"], hasKeyOfItsOwn: true)
        try stage.addSettings(Self.settings)
        try perform("first add", ["--json", "add", large] + packages[..<12])
        try perform("second add", ["--json", "add"] + packages[10..<16])
        try stage.succeed(["add", "--no-generate"] + packages[16...])
        try perform("generate", ["generate"])
        let listed = try KillTests.listed(stage)
        try perform("remove", ["remove", "packages/rpm"] + Self.first("rpm", of: listed))
        try perform("yank", ["yank", "--reason", "broken", "packages/pypi"] + Self.first("pypi", of: listed))
        try perform("prune", ["prune"])
        for (number, path) in stage.tree.files().enumerated() where number.isMultiple(of: 3) {
            // Every second of them goes, the others are damaged. A damaged package is taken away from its blob first.
            let file = "\(stage.site)/public/\(path)"
            try FileManager.default.removeItem(atPath: file)
            if number.isMultiple(of: 2) { try Data("damaged".utf8).write(to: URL(fileURLWithPath: file)) }
        }
        try perform("verify --repair", ["verify", "--repair"])
        for name in try FileManager.default.contentsOfDirectory(atPath: stage.site + "/public") {
            try FileManager.default.removeItem(atPath: "\(stage.site)/public/\(name)")
        }
        try perform("generate --all", ["generate", "--all"])
    }

    /// Does it undisturbed, and counts its calls.
    private mutating func perform(_ name: String, _ arguments: [String], hasKeyOfItsOwn: Bool = false) throws {
        var before: String?
        if FileManager.default.fileExists(atPath: stage.site) {
            before = "\(stage.folder)/before-\(verbs.count)"
            try Self.copy(stage.site, to: before!)
        }
        let faults = stage.tree.faults()
        let run = try stage.run(arguments, environment: layer.environment(in: stage, failing: 0))
        guard run.status == 0 else { throw Victim.Failure(description: "\(arguments): \(run.diagnostics)") }
        verbs.append(
            Verb(
                name: name, arguments: arguments, before: before, after: hasKeyOfItsOwn ? nil : try stage.tree.digests(),
                calls: layer.calls(in: stage), faults: faults))
    }

    private static func first(_ type: String, of listed: [KillTests.Listed]) -> [String] {
        listed.first { $0.type == type }.map { [$0.name, $0.version] } ?? []
    }

    /// Copies a site with its links, modes and times.
    static func copy(_ source: String, to target: String) throws {
        let folder = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        let run = try folder.run(program: Victim.find("cp") ?? "/bin/cp", ["-a", source, target])
        guard run.status == 0 else { throw Victim.Failure(description: run.diagnostics) }
    }
}
