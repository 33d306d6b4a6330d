import Corpus
import Foundation
import Testing

/// What is acknowledged is on the disk, and what the catalog records is on the disk before it: seen by the system calls.
@Suite(.serialized, .enabled(if: SystemTrace.isAvailable, "no strace")) struct DurabilityTests {
    /// How many packages a trace made durable, and how many it acknowledged, at every acknowledgement.
    private struct Ledger {
        var acknowledged = 0
        var durable = 0
        /// Acknowledged, and not durable by then.
        var broken = 0
        var syncs = 0

        /// - Parameter isAcknowledgement: how many packages a call acknowledges.
        init(_ calls: [SystemTrace.Call], site: String, acknowledging: (SystemTrace.Call) -> Int) {
            let log = "\(site)/state/catalog.sqlite-wal"
            var state = UnsyncedState()
            var blobs: Set<String> = []
            var lastWrite = 0
            /// Blobs whose bytes and names were durable when the log was last written.
            var covered = 0
            for call in calls {
                let target = call.paths.last ?? ""
                if ["fsync", "fdatasync", "syncfs"].contains(call.name) { syncs += 1 }
                if call.name == "pwrite64", call.paths.first == log {
                    lastWrite = call.ended
                    covered = blobs.count { state.dirty[$0] == nil && state.dirty[UnsyncedState.folder($0)] == nil }
                    let parents = Set(blobs.map { UnsyncedState.folder(UnsyncedState.folder($0)) })
                    if parents.contains(where: { state.dirty[$0] != nil }) { covered = 0 }
                }
                state.apply(call)
                if call.name == "fdatasync" || call.name == "fsync", call.paths.first == log, call.begun > lastWrite {
                    durable = max(durable, covered)
                }
                let isBlob = target.contains("/state/blobs/") && target.count > site.count + 60
                if isBlob, ["renameat2", "renameat"].contains(call.name) || call.name == "openat" && call.line.contains("O_EXCL")
                {
                    blobs.insert(target)
                }
                let count = acknowledging(call)
                acknowledged += count
                if count > 0, acknowledged > durable { broken += 1 }
            }
        }
    }

    @Test func `add says added once blobs, folders and catalog are synced`() throws {
        let victim = try Victim(signed: false)
        for round in 0..<3 {
            let count = [1, 2, 40][round]
            let corpus = RPMCorpus(seed: UInt64(90 + round))
            let files = try (0..<count).map { try corpus.file($0).write(into: victim.folder + "/packages") }
            let trace = SystemTrace(victim)
            let run = try trace.run(["add", "--no-generate"] + files, of: victim)
            #expect(run.status == 0, "\(run.diagnostics)")
            // Results wait to be written together; a page of them shows its first lines here.
            let ledger = Ledger(try trace.read(), site: victim.site) { call in
                call.name == "write" && call.line.hasPrefix("write(1<") && call.line.contains("\"added ") ? count : 0
            }
            #expect(ledger.acknowledged >= count)
            #expect(ledger.broken == 0 && ledger.durable == count, "\(ledger)")
        }
    }

    @Test(arguments: [1, 8, 64]) func `serve answers 201 once blobs, folders and catalog are synced`(clients: Int) throws {
        let victim = try Victim(signed: false)
        let token = try victim.succeed(["--quiet", "token", "create", "--owner", "acme", "--type", "rpm"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let corpus = RPMCorpus(seed: 23)
        let count = clients == 1 ? 6 : 192
        let packages = try (0..<count).map { try corpus.file($0).write(into: victim.folder + "/packages") }
        let trace = SystemTrace(victim)
        let server = try Endpoint(victim, ["--no-generate"], trace: trace)
        #expect(try server.burst(packages, token: token, clients: clients).wait().count == count)
        #expect(server.stop() == 0)
        let ledger = Ledger(try trace.read(), site: victim.site) { call in
            ["write", "writev", "sendto", "sendmsg"].contains(call.name) && call.line.contains("HTTP/1.1 201") ? 1 : 0
        }
        print("\(clients) clients: \(ledger.syncs) syncs for \(count) uploads")
        #expect(ledger.acknowledged == count)
        #expect(ledger.broken == 0, "\(ledger)")
        // Shared: a transaction has two (its blobs and folders at once, and the log).
        // Alone, each upload would need three.
        if clients > 1 { #expect(ledger.syncs < (clients < 64 ? count : count / 4), "\(ledger)") }
    }

    /// Public names that are not durable when the catalog's log is written: what is recorded must not be undone.
    private func hasty(_ calls: [SystemTrace.Call], _ victim: Victim) -> [String] {
        let log = "\(victim.site)/state/catalog.sqlite-wal"
        var state = UnsyncedState()
        var hasty: [String] = []
        for call in calls {
            if call.name == "pwrite64", call.paths.first == log {
                hasty += state.dirty.keys.filter { $0.hasPrefix(victim.site + "/public") }
            }
            state.apply(call)
        }
        return hasty + state.dirty.keys.filter { $0.hasPrefix(victim.site + "/public") }
    }

    @Test func `nothing is recorded as published or removed before it is durable`() throws {
        let victim = try Victim(signed: false, settings: "retention: 0s")
        let packages = try KillTests.Packages(2, in: victim.folder + "/packages")
        var unlinked = 0
        let first = (try KillTests.listed(victim), packages.paths)
        #expect(first.0.isEmpty)
        for arguments in [["add"] + packages.paths, ["remove", "packages/debian"], ["remove", "packages/rpm"], ["prune"]] {
            var arguments = arguments
            if arguments[0] == "remove" {
                let one = try #require(KillTests.listed(victim).first { "packages/\($0.type)" == arguments[1] })
                arguments.append(one.name)
            }
            let trace = SystemTrace(victim)
            let run = try trace.run(arguments, of: victim)
            #expect(run.status == 0, "\(run.diagnostics)")
            let calls = try trace.read()
            unlinked += calls.count { $0.name == "unlinkat" && $0.paths.first?.contains("/public/packages/") == true }
            #expect(hasty(calls, victim) == [], "\(arguments)")
        }
        #expect(unlinked > 0, "nothing was removed")
    }

    @Test func `blobs that are pruned are gone for good before the catalog forgets them`() throws {
        let victim = try Victim(signed: false, settings: "retention: 0s")
        let packages = try KillTests.Packages(1, in: victim.folder + "/packages")
        try victim.succeed(["add"] + packages.paths)
        let one = try #require(KillTests.listed(victim).first { $0.type == "rpm" })
        try victim.succeed(["remove", "packages/rpm", one.name])
        try victim.succeed(["generate"])
        let trace = SystemTrace(victim)
        #expect(try trace.run(["prune"], of: victim).status == 0)
        let calls = try trace.read()
        let removal = try #require(
            calls.firstIndex { $0.name == "unlinkat" && $0.paths.first?.contains("/state/blobs/") == true })
        let folder = UnsyncedState.folder(calls[removal].paths[0])
        let sync = try #require(
            calls[removal...].firstIndex { $0.name == "syncfs" || $0.name == "fsync" && $0.paths.first == folder })
        let log = victim.site + "/state/catalog.sqlite-wal"
        #expect(!calls[removal..<sync].contains { $0.name == "pwrite64" && $0.paths.first == log })
    }

    @Test func `what a killed run left is made durable by the next`() throws {
        let victim = try Victim(signed: false)
        let packages = try KillTests.Packages(2, in: victim.folder + "/packages")
        try victim.succeed(["add", packages.paths[0]])
        let lock = victim.site + "/state/publish.lock"
        // As long as it is in the middle of a publication.
        truncate(lock, 1)
        let trace = SystemTrace(victim)
        #expect(try trace.run(["add", packages.paths[1]], of: victim).status == 0)
        let calls = try trace.read()
        let sync = try #require(calls.firstIndex { $0.name == "syncfs" && $0.paths.first == victim.site + "/public" })
        let publication = calls.firstIndex {
            ["renameat", "renameat2", "linkat"].contains($0.name) && $0.paths.last?.contains("/public/") == true
        }
        #expect(sync < publication ?? .max)
        #expect(try FileManager.default.attributesOfItem(atPath: lock)[.size] as? Int == 0)

        let again = SystemTrace(victim)
        #expect(try again.run(["add", packages.paths[2]], of: victim).status == 0)
        #expect(try again.read().contains { $0.name == "syncfs" && $0.paths.first == victim.site + "/public" } == false)
    }

    @Test func `init syncs the settings, the site's folder and what is above it`() throws {
        let victim = try Victim(emptyIn: FileManager.default.temporaryDirectory.path)
        let trace = SystemTrace(victim)
        #expect(try trace.run(["init", "--unsigned"], of: victim).status == 0)
        var state = UnsyncedState()
        var isSaid = false
        for call in try trace.read() {
            state.apply(call)
            guard call.name == "write", call.line.hasPrefix("write(1<") else { continue }
            isSaid = true
            let left = state.dirty.keys.filter { path in
                !["/staging", "catalog.sqlite-shm", "catalog.stamp", "publish.lock"].contains { path.contains($0) }
                    // A log that was emptied since all of it is in the catalog may as well be there once more.
                    && !(path.hasSuffix("-wal") && (try? Data(contentsOf: URL(fileURLWithPath: path)))?.isEmpty == true)
            }
            #expect(left == [], "unsynced when init says that it is done")
        }
        #expect(isSaid)
    }

    @Test func `every folder that holds a name of the catalog is synced before the first table`() throws {
        let victim = try Victim(signed: false)
        for name in ["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.stamp"] {
            unlink("\(victim.site)/state/\(name)")
        }
        rmdir(victim.site + "/state/blobs")
        let trace = SystemTrace(victim)
        #expect(try trace.run(["list"], of: victim).status == 0)
        let calls = try trace.read()
        let sync = try #require(calls.firstIndex { $0.name == "syncfs" && $0.paths.first == victim.site + "/state" })
        let table = try #require(calls.firstIndex { $0.name == "pwrite64" && $0.paths.first?.contains("catalog.sqlite") == true })
        #expect(sync < table)
    }
}
