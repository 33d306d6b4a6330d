internal import ArgumentParser
internal import Formats

/// What the verbs for marks have in common: which packages are meant, and what is said of what changed.
private struct Marking {
    let site: Site
    let catalog: Catalog
    let verb: any Verb

    /// - Parameters:
    ///   - mark: its name, as people write it.
    ///   - value: nil: the mark is taken back.
    func run(
        _ mark: String, key: String?, value: String?, on target: String, name: String?, version: String?,
        words: (set: String, taken: String)
    ) throws {
        let files = try PackageArgument(site: site, catalog: catalog).files(target, name: name, version: version)
        guard let ecosystem = site.ecosystems[files[0].type] else {
            throw UnknownType(type: files[0].type, known: site.ecosystems.names)
        }
        let kind = try kind(mark, of: ecosystem.profile)
        if kind.subject != .package, name != nil, version == nil {
            throw UsageError(description: "name the version of \(name ?? "") that is meant")
        }
        guard kind.isKeyed == (key != nil) else {
            throw UsageError(
                description: kind.isKeyed
                    ? "say which \(kind.name) is meant: --key KEY" : "\(kind.name) has no key; leave out --key")
        }
        if kind.value == nil, let value, !value.isEmpty {
            throw UsageError(description: "clients of \(ecosystem.profile.id) show no reason for \(kind.name); leave it out")
        }
        try kind.vet(key: key ?? "", value: value)
        let change = MarkChange(kind: kind, key: key ?? "", value: value, customs: ecosystem.profile.customs)
        let marked = try catalog.mark(files, change, author: verb.author, render: site.rendering(ecosystem))
        let done = value == nil ? words.taken : words.set
        let console = verb.console
        for file in marked.isEmpty ? files : marked {
            let outcome = marked.isEmpty ? "unchanged" : done
            if console.level != .quiet { console.result("\(outcome) \(file.path)") }
            console.result { json in
                json.member("outcome", outcome)
                json.member("owner", file.owner)
                json.member("type", file.type)
                json.member("name", file.name)
                json.member("version", file.version)
                json.member("path", file.path)
                json.member("mark", kind.name)
                if let key { json.member("key", key) }
            }
        }
    }

    private func kind(_ mark: String, of profile: EcosystemProfile) throws -> MarkKind {
        if let kind = profile.marks.first(where: { $0.name == mark }) { return kind }
        let known = profile.marks.map { "\($0.name) (\($0.help))" }
        throw UsageError(
            description: known.isEmpty
                ? "\(profile.id) has no marks; to take a package away, use: indexgen remove"
                : "\(profile.id) has no mark '\(PrintableText.of(mark))'; it knows \(known.joined(separator: ", "))")
    }
}

/// The package, version or file that a mark is about.
private let targetHelp = ArgumentHelp(
    "OWNER/TYPE; or a file's public path or address, without a name.", valueName: "repository")

/// What `mark` and `unmark` are told alike.
struct MarkOptions: ParsableArguments {
    @Argument(help: "The mark, such as yanked.") var mark: String
    @Argument(help: targetHelp) var repository: String
    @Argument var name: String?
    @Argument(help: "Needed behind a name, but for marks of whole packages.") var version: String?

    @Option(help: "Which of several marks of this kind.") var key: String?
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false
}

extension Verb {
    /// - Parameter value: nil: the mark is taken back.
    fileprivate func run(_ options: MarkOptions, value: String?) throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        try Marking(site: site, catalog: catalog, verb: self).run(
            options.mark, key: options.key, value: value, on: options.repository, name: options.name, version: options.version,
            words: ("marked", "unmarked"))
        if !options.noGenerate { _ = try generate(site, catalog) }
        try catalog.close()
    }
}

struct MarkCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "mark", abstract: "Say of a package, version or file what its clients should know; then regenerate.",
        discussion: """
            indexgen mark yanked acme/pypi demo 1.1 --value 'broken build'
            indexgen mark yanked acme/cargo demo 1.1.0

            Which marks there are depends on the type; a mark that it does not have is answered with those that it has.
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions
    @OptionGroup var options: MarkOptions
    @Option(help: "What it says: a reason, a version, a name.") var value: String = ""

    func run() throws { try run(options, value: value) }
}

struct UnmarkCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unmark", abstract: "Take a mark back; then regenerate.",
        discussion: "indexgen unmark yanked acme/pypi demo 1.1")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions
    @OptionGroup var options: MarkOptions

    func run() throws { try run(options, value: nil) }
}

/// A word of its own for the mark that most types have.
struct YankCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "yank", abstract: "Mark a version as not to be chosen, or take the mark back; then regenerate.",
        discussion: """
            indexgen yank acme/pypi demo 1.1 --reason 'broken build'
            indexgen yank /acme/pypi/files/demo/1.1/demo-1.1-py3-none-any.whl
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: targetHelp) var repository: String
    @Argument var name: String?
    @Argument(help: "Needed behind a name.") var version: String?

    @Option(help: "Shown to whoever pins the version.") var reason: String = ""
    @Flag(help: "Take the mark back.") var undo = false
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        try Marking(site: site, catalog: catalog, verb: self).run(
            MarkKind.yanked.name, key: nil, value: undo ? nil : reason, on: repository, name: name, version: version,
            words: ("yanked", "unyanked"))
        if !noGenerate { _ = try generate(site, catalog) }
        try catalog.close()
    }
}
