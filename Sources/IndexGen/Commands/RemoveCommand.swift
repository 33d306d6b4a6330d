internal import ArgumentParser
internal import Formats

struct RemoveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a package, or one version of it, from the indexes; then regenerate.",
        discussion: "indexgen remove acme/rpm hello 2.0-1 --group el9")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: ArgumentHelp("OWNER/TYPE", valueName: "repository"))
    var repository: RepositoryName

    @Argument var name: String
    @Argument(help: "All versions when left out.") var version: String?

    @ArgumentParser.Option(help: "RPM: only from this group.") var group: String?
    @ArgumentParser.Option(help: "Debian: only from this distribution.") var distribution: String?
    @ArgumentParser.Option(help: "Debian: only from this component.") var component: String?
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        var files = try Selection.files(repository, name: name, version: version, in: catalog)
        var coordinates = Coordinates()
        for (name, value) in [("group", group), ("distribution", distribution), ("component", component)] {
            if let value { coordinates[name] = value }
        }
        if let type = repository.type, let ecosystem = site.ecosystems[type] {
            files = files.filter { $0.isListed(at: coordinates, in: ecosystem) }
        }
        guard !files.isEmpty else {
            let place = coordinates.names.sorted().compactMap { name in coordinates[name].map { "\(name) '\($0)'" } }
            throw Refusal(
                .unsupported, "\(name) is not in \(place.joined(separator: ", "))",
                remedy: "see: indexgen show \(repository.owner)/\(repository.type ?? "") \(name)")
        }
        try catalog.remove(files, actor: actor)
        for file in files {
            if console.level != .quiet { console.result("removed \(file.path)") }
            console.result { json in
                json.member("outcome", "removed")
                file.write(to: &json)
            }
        }
        if !noGenerate { _ = try generate(site, catalog) }
        try catalog.close()
    }
}
