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
        // What is superseded leaves the tree here; only then can its package go.
        if !dryRun { _ = try generate(site, catalog) }
        if !dryRun { try Incoming(site: site).sweep() }
        let report = try Pruner(site: site, catalog: catalog).run(rehearsing: dryRun)
        try catalog.close()
        for path in report.packages {
            console.result("\(dryRun ? "would prune" : "pruned") \(path)")
            console.result { json in
                json.member("path", path)
                json.member("outcome", dryRun ? "would prune" : "pruned")
            }
        }
        console.note(
            "\(dryRun ? "would prune" : "pruned"): \(report.packages.count) package files (\(report.packageBytes) bytes), \(report.blobs.count) blobs without a package"
        )
        guard report.kept.isEmpty else {
            Console.diagnose(
                "\(report.kept.count) blobs stay: the catalog does not know them, but they have another name (state/blobs/\(report.kept[0])); see what they are with: indexgen recover --dry-run"
            )
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
    }
}
