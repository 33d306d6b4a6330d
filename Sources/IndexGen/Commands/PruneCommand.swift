internal import ArgumentParser
internal import Formats

struct PruneCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete what nothing needs any more: removed packages after the grace period, orphaned blobs.",
        discussion: "indexgen prune --dry-run")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Flag(help: "Say what would be deleted, and delete nothing.")
    var dryRun = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        if let ahead = try catalog.ahead() {
            Console.diagnose("\(ahead)")
            try catalog.close()
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
        let pruner = Pruner(site: site, catalog: catalog)
        let retired = try pruner.retire(rehearsing: dryRun)
        let removed = try retired.files + pruner.releaseParts(rehearsing: dryRun)
        // What is superseded leaves the tree here; only then can its package go.
        if !dryRun { _ = try generate(site, catalog, isQuietWhenIdle: true) }
        if !dryRun {
            try Incoming(site: site).sweep()
            try PieceStore.sweep(of: site)
        }
        let report = try pruner.run(rehearsing: dryRun)
        try catalog.close()
        for (repository, mark) in retired.marks {
            let outcome = dryRun ? "would unmark" : "unmarked"
            console.result("\(outcome) \(repository.path) \(mark.name) \(mark.key)")
            console.result { json in
                json.member("outcome", outcome)
                json.member("owner", repository.owner)
                json.member("type", repository.type)
                json.member("name", mark.name)
                json.member("key", mark.key)
                json.member("value", mark.value)
            }
        }
        for file in removed {
            let outcome = dryRun ? "would remove" : "removed"
            console.result("\(outcome) \(file.path)")
            console.result { json in
                json.member("path", file.path)
                json.member("outcome", outcome)
                json.member("bytes", file.size)
            }
        }
        for path in report.packages {
            console.result("\(dryRun ? "would prune" : "pruned") \(path)")
            console.result { json in
                json.member("path", path)
                json.member("outcome", dryRun ? "would prune" : "pruned")
            }
        }
        console.note(
            """
            \(dryRun ? "would prune" : "pruned"): \(Words.count(report.packages.count, "package file")) \
            (\(Words.count(report.packageBytes, "byte"))), \(Words.count(report.blobs.count, "blob")) without a package
            """)
        console.result { json in
            json.member("outcome", dryRun ? "would prune" : "pruned")
            json.member("packages", report.packages.count)
            json.member("bytes", report.packageBytes)
            json.member("blobs", report.blobs.count)
            json.member("kept", report.kept.count)
        }
        guard report.kept.isEmpty else {
            Console.diagnose(
                "\(Words.count(report.kept.count, "blob")) stay: the catalog does not know them, but they have another name (state/blobs/\(report.kept[0])); see what they are with: indexgen recover --dry-run"
            )
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
    }
}
