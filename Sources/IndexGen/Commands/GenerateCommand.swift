internal import ArgumentParser
internal import Formats

struct GenerateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Regenerate what is out of date.", discussion: "indexgen generate acme/rpm")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Flag(help: "Everything, from the catalog alone; missing and damaged documents are made again.")
    var all = false

    @Flag(help: "Let a signed site whose keyring is gone be unsigned from now on. Clients that know its key refuse it then.")
    var unsigned = false

    @Argument(help: ArgumentHelp("OWNER or OWNER/TYPE; every repository when left out.", valueName: "repository"))
    var repositories: [RepositoryName] = []

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let targets = try repositories.isEmpty ? nil : repositories.flatMap { try $0.rows(in: catalog) }
        if try !catalog.repositories().isEmpty { warnOfLocalhost(site) }
        let summary = try generate(site, catalog, targets: targets, everything: all, mayUnsign: unsigned)
        try catalog.close()
        console.result { json in
            json.member("rendered", summary.rendered)
            json.member("written", summary.written)
            json.member("placed", summary.placed)
            json.member("removed", summary.removed)
            json.member("segments_compressed", summary.segments.compressed)
            json.member("segments_kept", summary.segments.kept)
            json.member("segments_reused", summary.segments.reused)
        }
    }
}
