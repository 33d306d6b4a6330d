internal import ArgumentParser
internal import Formats

struct YankCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "yank", abstract: "Mark a version as not to be chosen (PyPI), or take the mark back; then regenerate.",
        discussion: """
            indexgen yank acme/pypi demo 1.1 --reason 'broken build'
            indexgen yank /acme/pypi/files/demo/1.1/demo-1.1-py3-none-any.whl
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: ArgumentHelp("OWNER/TYPE; or a file's public path or address, without a name.", valueName: "repository"))
    var repository: String

    @Argument var name: String?
    @Argument(help: "Needed behind a name.") var version: String?

    @ArgumentParser.Option(help: "Shown to whoever pins the version.") var reason: String = ""
    @Flag(help: "Take the mark back.") var undo = false
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false

    func run() throws {
        let site = try openSite()
        guard !reason.utf8.contains(where: { ASCII.isControl($0) }) else {
            throw UsageError(description: "the reason must be one line of text")
        }
        let catalog = try site.openCatalog()
        let console = console
        if let name, version == nil { throw UsageError(description: "name the version of \(name) that is meant") }
        let files = try PackageArgument(site: site, catalog: catalog).files(repository, name: name, version: version)
        let type = files[0].type
        guard let ecosystem = site.ecosystems[type], ecosystem.profile.canYank else {
            throw UsageError(description: "\(type) has no yanking; use: indexgen remove")
        }
        let context = site.repository(owner: files[0].owner, type: type, publicKey: nil)
        try catalog.yank(files, reason: undo ? nil : reason, actor: actor) { file, annotations in
            ecosystem.fragments(of: file.record, from: file.upload, at: file.placement, annotations: annotations, in: context)
        }
        for file in files {
            if console.level != .quiet { console.result("\(undo ? "unyanked" : "yanked") \(file.path)") }
            console.result { json in
                json.member("outcome", undo ? "unyanked" : "yanked")
                json.member("owner", file.owner)
                json.member("type", file.type)
                json.member("name", file.name)
                json.member("version", file.version)
                json.member("path", file.path)
            }
        }
        if !noGenerate { _ = try generate(site, catalog) }
        try catalog.close()
    }
}
