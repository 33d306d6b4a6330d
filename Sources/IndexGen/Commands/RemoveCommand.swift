internal import ArgumentParser
internal import Formats

struct RemoveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a package, or one version of it, from the indexes; then regenerate.",
        discussion: "indexgen remove acme/rpm hello 2.0-1 --group el9\nindexgen remove /acme/helm/hello-1.0.0.tgz",
        aliases: ["rm", "delete"])

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: ArgumentHelp("OWNER/TYPE; or a file's public path or address, without a name.", valueName: "repository"))
    var repository: String

    @Argument var name: String?
    @Argument(help: "All versions when left out.") var version: String?

    @OptionGroup var place: CoordinateOptions
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        var files = try PackageArgument(site: site, catalog: catalog).files(repository, name: name, version: version)
        let type = files[0].type
        guard let ecosystem = site.ecosystems[type] else { throw UnknownType(type: type, known: site.ecosystems.names) }
        let known = ecosystem.profile.coordinates.map(\.name)
        let coordinates = try place.coordinates()
        for option in coordinates.names.sorted() where !known.contains(option) {
            let remedy = known.isEmpty ? "leave it out" : "use " + known.map { "--\($0)" }.joined(separator: " or ")
            throw UsageError(description: "--\(option) fits no package of \(type); \(remedy)")
        }
        files = files.filter { $0.isListed(at: coordinates, in: ecosystem) }
        guard !files.isEmpty else {
            let place = coordinates.names.sorted().compactMap { name in coordinates[name].map { "\(name) '\($0)'" } }
            throw Refusal(
                .unsupported, "\(name ?? repository) is not in \(place.joined(separator: ", "))",
                remedy: "see: indexgen show \(repository)\(name.map { " " + $0 } ?? "")")
        }
        try catalog.remove(files, author: author)
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
