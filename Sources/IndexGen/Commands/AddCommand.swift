internal import ArgumentParser
internal import Formats
internal import Glibc

struct AddCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Take packages in, then regenerate what changed.",
        discussion: "indexgen add --owner acme --group el9 build/*.rpm")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @ArgumentParser.Option(help: "Whose packages they are.")
    var owner: String?

    @ArgumentParser.Option(help: "Their type; found from the content when left out.")
    var type: String?

    @ArgumentParser.Option(help: "RPM: the group (el9, fedora/41); 'auto' takes it from the release's suffix.")
    var group: String?

    @ArgumentParser.Option(help: "Debian: the distribution (bookworm).")
    var distribution: String?

    @ArgumentParser.Option(help: "Debian: the component (main).")
    var component: String?

    @Flag(help: "Leave the public tree as it is; a later generate publishes.")
    var noGenerate = false

    @Flag(help: "Hard-link the files into the site instead of copying them. They must not be changed afterwards.")
    var link = false

    @Argument(help: ArgumentHelp("Package files, or folders to search for them.", valueName: "path"))
    var paths: [String]

    func run() throws {
        let site = try openSite()
        let owner = owner ?? site.settings.owner
        try OwnerName.check(owner)
        if let type, site.ecosystems[type] == nil { throw UnknownType(type: type, known: site.ecosystems.names) }
        var coordinates = Coordinates()
        coordinates["group"] = group
        coordinates["distribution"] = distribution
        coordinates["component"] = component
        let found = try PackageFinder.files(in: paths)
        let catalog = try site.openCatalog()
        let console = console
        var progress = ProgressBar(total: found.count, console: console)
        let named = Set(found.filter(\.named).map(\.path))
        var refused = 0
        let intake = Intake(
            site: site, catalog: catalog, owner: owner, type: type, coordinates: coordinates, link: link, actor: actor)
        try intake.take(found.map(\.path)) { path, result in
            // Lines for a file or a pipe leave the bar alone.
            if Console.isOnTerminal || Self.speaksUp(result) { progress.clear() }
            if !report(
                path, result, isPackage: named.contains(path) || site.ecosystems.named(like: Files.name(of: path)) != nil,
                console: console)
            {
                refused += 1
            }
            progress.advance()
        }
        progress.clear()
        Console.flush()
        if !noGenerate { _ = try generate(site, catalog) }
        try catalog.close()
        if refused > 0 {
            console.note("\(refused) of \(found.count) files refused")
            throw ExitCodes.Ended(code: ExitCodes.refused)
        }
    }

    private static func speaksUp(_ result: Result<(Outcome, Admission), any Error>) -> Bool {
        switch result {
        case .success((.refused, _)), .failure: true
        case .success((_, let admission)): !admission.record.warnings.isEmpty
        }
    }

    /// False when the file was refused.
    private func report(_ path: String, _ result: Result<(Outcome, Admission), any Error>, isPackage: Bool, console: Console)
        -> Bool
    {
        switch result {
        case .success((.added, let admission)): say("added", path, admission, console)
        case .success((.returned, let admission)): say("returned", path, admission, console)
        case .success((.unchanged, let admission)): say("unchanged", path, admission, console)
        case .success((.refused(let refusal), _)): return refuse(path, refusal, console)
        case .failure(let refusal as Refusal):
            // A stray README in a folder of packages is no fault; a file named like a package, or named by hand, must be one.
            if refusal.cause == .unsupported, !isPackage {
                console.note("\(PrintableText.of(path)): skipped, not a package")
                return true
            }
            return refuse(path, refusal, console)
        case .failure(let error): return refuse(path, error, console)
        }
        return true
    }

    /// Warnings are said with `--quiet`, too: nobody else will tell the sender.
    private func say(_ outcome: String, _ path: String, _ admission: Admission, _ console: Console) {
        let warnings = admission.record.warnings
        for warning in warnings {
            Console.diagnose("warning: \(PrintableText.of(path)): \(PrintableText.of("\(warning)"))")
        }
        let place = "\(admission.owner)/\(admission.type)/\(admission.placement.path)"
        if console.level != .quiet {
            console.result("\(outcome) \(place)\(outcome == "unchanged" ? " (the same bytes are there already)" : "")")
        }
        console.result { json in
            json.member("source", path)
            json.member("outcome", outcome)
            json.member("owner", admission.owner)
            json.member("type", admission.type)
            json.member("name", admission.record.name)
            json.member("version", admission.record.version)
            json.member("file", Files.name(of: place))
            json.member("sha256", Hex.string(admission.upload.digests.sha256))
            json.member("size", admission.upload.size)
            json.member("path", place)
            if warnings.isEmpty { return }
            json.key("warnings")
            json.beginArray()
            for warning in warnings { warning.write(about: path, to: &json) }
            json.endArray()
        }
    }

    private func refuse(_ path: String, _ error: any Error, _ console: Console) -> Bool {
        Console.diagnose("\(PrintableText.of(path)): \(PrintableText.of("\(error)"))")
        console.result { json in
            json.member("source", path)
            json.member("outcome", "refused")
            json.member("reason", "\(error)")
            guard let refusal = error as? Refusal else { return }
            json.member("cause", refusal.cause.rawValue)
            json.member("place", refusal.place)
            json.member("remedy", refusal.remedy)
        }
        return false
    }
}
