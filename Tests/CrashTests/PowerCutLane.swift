import Corpus
import Formats
import Foundation
import Glibc

@testable import IndexGen

/// One recording, played once from its beginning to its end with stops: at each, what a power cut may leave is made a site, and looked at.
struct PowerCutLane {
    /// A moment to stop at, and the random choices there.
    struct Cut: Sendable {
        /// Operations that have been done.
        var position: Int
        var model: DiskModel
        var seed: Int
    }

    /// What is wrong, by kind.
    struct Finding: Sendable, CustomStringConvertible {
        enum Kind: String, CaseIterable, Sendable {
            /// A document names what is not there.
            case broken
            /// What somebody was told is done is not.
            case lost
            /// The next run does not put it right.
            case unhealed = "not healed"
        }

        var kind: Kind
        var verb: String
        var cut: Cut
        var what: String

        var description: String { "\(verb), operation \(cut.position), \(cut.model) (\(cut.seed)): \(kind.rawValue): \(what)" }
    }

    let script: PowerCutScript
    /// The folder for sites, one after the other.
    private let victim: Victim
    private var disk: SimulatedDisk
    private var promises = Promises()
    private var read = 0

    init(_ script: PowerCutScript, swallowing swallowed: SwallowedSync? = nil, in parent: String) throws {
        self.script = script
        victim = try Victim(emptyIn: parent)
        disk = SimulatedDisk(script.recording, swallowing: swallowed)
    }

    /// What the simulated disk has at the end of the recording, as `PowerCutScript.content`.
    mutating func ending() throws -> [String: String] {
        disk.play(until: script.recording.operations.count)
        try make(disk, Cut(position: disk.position, model: .ordered, seed: 0))
        return try PowerCutScript.content(of: victim.site)
    }

    /// - Parameters:
    ///   - cuts: in ascending order.
    ///   - report: gets what was found at a cut; whether to go on.
    mutating func run(_ cuts: [Cut], report: ([Finding]) -> Bool) throws {
        for cut in cuts {
            disk.play(until: cut.position)
            while read < cut.position {
                promises.hear(script.recording.operations[read], in: script.recording)
                read += 1
            }
            guard let verb = script.verbs.last(where: { $0.operations.contains(cut.position) }) else { continue }
            try make(disk, cut)
            guard report(look(cut, verb)) else { return }
        }
    }

    private func make(_ disk: SimulatedDisk, _ cut: Cut) throws {
        if FileManager.default.fileExists(atPath: victim.site) { try FileManager.default.removeItem(atPath: victim.site) }
        var random = CorpusRandom(seed: UInt64(cut.seed), index: cut.position)
        try disk.image(cut.model, using: &random).write(to: victim.site)
    }

    // MARK: Looking

    private func look(_ cut: Cut, _ verb: PowerCutScript.Verb) -> [Finding] {
        var findings: [Finding] = []
        func found(_ kind: Finding.Kind, _ what: String) {
            findings.append(Finding(kind: kind, verb: verb.name, cut: cut, what: what))
        }
        if !verb.isMending, let fault = victim.tree.faults().first { found(.broken, fault) }
        do {
            try begin(verb)
            let site = try Site(at: victim.site, environment: ["SOURCE_DATE_EPOCH": "1700000000", "PATH": Self.path])
            let catalog = try site.openCatalog()
            defer { try? catalog.close() }
            for what in try broken(site, catalog, verb) { found(.lost, what) }
            _ = try Verifier(site: site, catalog: catalog).run()
            // The next run need not be one that goes on where this one ended.
            let turnsBack = cut.seed % 3 == 1 && !verb.isMending
            if turnsBack { try turnBack(verb, site, catalog) }
            _ = try Generator(site: site, catalog: catalog).run()
            let faults = try Verifier(site: site, catalog: catalog).run().faults
            // What was damaged on purpose is mended by `verify --repair`.
            if verb.isMending, !faults.isEmpty {
                _ = try Verifier(site: site, catalog: catalog).discardDamagedBlobs()
                _ = try Generator(site: site, catalog: catalog).run(everything: true)
                let rest = try Verifier(site: site, catalog: catalog).run().faults
                if let fault = rest.first { found(.unhealed, "\(rest.count) faults, \(fault)") }
            } else if let fault = faults.first {
                found(.unhealed, "\(faults.count) faults, \(fault)")
            }
            if let fault = victim.tree.faults().first { found(.unhealed, fault) }
            if turnsBack { return findings }
            // What the catalog does not know goes; what it promised must not.
            if cut.seed % 4 == 2 {
                _ = try Pruner(site: site, catalog: catalog).run(rehearsing: false)
                let rest = try Verifier(site: site, catalog: catalog).run().faults
                if let fault = rest.first { found(.unhealed, "after prune: \(rest.count) faults, \(fault)") }
            }
            for what in try broken(site, catalog, verb) { found(.lost, "after the next run: \(what)") }
        } catch {
            found(.unhealed, "\(error)")
        }
        return findings
    }

    private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    /// A site that was being made is made now.
    private func begin(_ verb: PowerCutScript.Verb) throws {
        guard verb.name == "init", !FileManager.default.fileExists(atPath: victim.site + "/indexgen.yaml") else { return }
        try victim.succeed(["init"] + (script.isSigned ? [] : ["--unsigned"]))
    }

    /// Takes away what the verb was adding, and adds what it was taking away.
    private func turnBack(_ verb: PowerCutScript.Verb, _ site: Site, _ catalog: Catalog) throws {
        let files = try catalog.repositories().flatMap { row in try catalog.snapshot { try $0.files(in: row) } }
        let listed = files.filter { verb.touched.contains($0.path) }
        if verb.name != "remove" { return try catalog.remove(listed, author: "tester") }
        let gone = verb.touched.subtracting(listed.map(\.path)).sorted()
        let again = try gone.map { path in
            let copy = "\(victim.folder)/again/\(Files.name(of: path))"
            try Files.makeFolder(Files.folder(of: copy))
            let digest = script.digests[path] ?? ""
            try Files.replace(copy, with: Files.read("\(site.blobs.root)/\(digest.prefix(2))/\(digest.dropFirst(2))"))
            return copy
        }
        let intake = Intake(
            site: site, catalog: catalog, owner: "packages", type: nil, coordinates: Coordinates(), link: false, author: "tester")
        var refused: [String] = []
        try intake.take(again) { path, result in
            if case .failure(let error) = result { refused.append("\(path): \(error)") }
        }
        if !refused.isEmpty { throw Victim.Failure(description: "refused when it comes again: \(refused)") }
    }

    /// Promises that are not kept.
    private func broken(_ site: Site, _ catalog: Catalog, _ verb: PowerCutScript.Verb) throws -> [String] {
        var broken: [String] = []
        let files = try catalog.repositories().flatMap { row in try catalog.snapshot { try $0.files(in: row) } }
        let listed = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0) })
        for (path, isIn) in promises.packages.sorted(by: { $0.key < $1.key }) {
            guard isIn else {
                // Taking it away was said last; a verb that brings it back may not have said so yet.
                if listed[path] != nil, !verb.touched.contains(path) { broken.append("\(path) is there again") }
                continue
            }
            guard let file = listed[path] else {
                if !verb.touched.contains(path) || !verb.name.hasPrefix("remove") { broken.append("\(path) is not listed") }
                continue
            }
            let blob = try? SHA256Digest.of(site.blobs.open(file.sha256)).digest
            if blob != file.sha256 { broken.append("\(path) has lost its bytes") }
            if Hex.string(file.sha256) != script.digests[path] { broken.append("\(path) is another file") }
            if promises.yanked.contains(path), file.yanked == nil { broken.append("\(path) is not yanked") }
        }
        let tokens = try catalog.tokens()
        if tokens.count < promises.tokens { broken.append("a token is lost") }
        if tokens.filter({ $0.revoked != nil }).count < promises.revoked { broken.append("a token is not revoked") }
        return broken
    }
}

/// What somebody was told.
private struct Promises {
    /// Whether they are in, by public path.
    var packages: [String: Bool] = [:]
    var yanked: Set<String> = []
    var tokens = 0
    var revoked = 0

    mutating func hear(_ operation: DiskOperation, in recording: DiskRecording) {
        guard operation.kind == .said else { return }
        let text = recording.text(of: operation)
        if text.hasPrefix("HTTP/") {
            let location = text.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("location: /") }
            let path = location.map { String($0.dropFirst("location: /".count)) }
            if let path { packages[path.removingPercentEncoding ?? path] = true }
            return
        }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "added", "returned", "unchanged": packages[words[1]] = true
            case "removed": packages[words[1]] = false
            case "yanked": yanked.insert(words[1])
            default:
                if words.count == 2, words[1] == "revoked" {
                    revoked += 1
                } else if line.hasPrefix(Secret.prefix) {
                    tokens += 1
                }
            }
        }
    }
}
