internal import ArgumentParser
internal import Formats
internal import Foundation

/// The program: options that every verb takes, and the verbs.
struct Indexgen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indexgen",
        abstract: "A static-site generator for package registries.",
        discussion: """
            Packages go in once; what comes out is a tree of static files that apt, dnf, zypper, pip, uv and helm install from.

              indexgen init /srv/packages
              indexgen --site /srv/packages add --group el9 *.rpm
              indexgen --site /srv/packages nginx > /etc/nginx/conf.d/packages.conf
            """,
        version: "indexgen \(Version.number)",
        subcommands: [
            InitCommand.self, AddCommand.self, GenerateCommand.self, ListCommand.self, ShowCommand.self, RemoveCommand.self,
            YankCommand.self, HistoryCommand.self, VerifyCommand.self, PruneCommand.self, ServeCommand.self, TokenCommand.self,
            HooksCommand.self, NginxCommand.self,
        ])

    @OptionGroup var common: CommonOptions
}

/// Options before the verb; taken after it as well.
struct CommonOptions: ParsableArguments {
    @ArgumentParser.Option(
        help: ArgumentHelp("The site's folder (default: $INDEXGEN_SITE, then the current folder).", valueName: "dir"))
    var site: String?

    @Flag(help: "Results as JSON, one object a line.")
    var json = false

    @Flag(help: "Say nothing but results and faults.")
    var quiet = false

    @Flag(help: "Say what is being done, and where the time went.")
    var verbose = false

    func validate() throws {
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    }
}

/// A verb: what it gets from the options around it.
protocol Verb: ParsableCommand {
    var root: Indexgen { get }
    var here: CommonOptions { get }
}

extension Verb {
    var console: Console {
        let options = [root.common, here]
        let level: Console.Level =
            if options.contains(where: \.quiet) { .quiet } else if options.contains(where: \.verbose) { .verbose } else {
                .normal
            }
        return Console(level: level, json: options.contains(where: \.json))
    }

    var siteFolder: String {
        here.site ?? root.common.site ?? ProcessInfo.processInfo.environment["INDEXGEN_SITE"] ?? "."
    }

    func openSite() throws -> Site {
        if console.level == .verbose { Meter.turnOn() }
        try Privileges.become(ownerOf: siteFolder)
        return try Site(at: siteFolder)
    }

    /// Who is at work, for the journal.
    var actor: Actor {
        let environment = ProcessInfo.processInfo.environment
        return Actor(name: environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(getuid())")
    }

    /// Brings the public tree up to date and says what was done.
    func generate(_ site: Site, _ catalog: Catalog, targets: [RepositoryRow]? = nil, everything: Bool = false) throws
        -> Generator.Summary
    {
        let console = console
        let summary = try Generator(site: site, catalog: catalog) { console.detail($0) }.run(targets, everything: everything)
        console.note(
            summary == Generator.Summary()
                ? "nothing to generate"
                : "generated: \(summary.rendered) documents rendered, \(summary.written) files written, \(summary.placed) packages placed, \(summary.removed) files removed"
        )
        for remark in try site.openKeyring(catalog)?.remarks(at: site.clock.now()) ?? [] { console.note("warning: \(remark)") }
        deliver(site, catalog)
        return summary
    }

    /// Tells the hooks what is public now. What fails is noted and stays for the next run; the publication is none the worse for it.
    private func deliver(_ site: Site, _ catalog: Catalog) {
        let console = console
        do {
            for failure in try HookDelivery(site: site, catalog: catalog).deliverDue({ console.detail($0) }).failures {
                console.note("\(failure)")
            }
        } catch {
            console.note("hooks: \(error)")
        }
    }
}

/// `OWNER/TYPE` or `OWNER` on the command line.
struct RepositoryName: ExpressibleByArgument {
    var owner: String
    var type: String?

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        owner = parts[0]
        type = parts.count == 2 ? parts[1] : nil
    }

    /// The catalog's rows for it; none is an error of usage.
    func rows(in catalog: Catalog) throws -> [RepositoryRow] {
        let rows = try catalog.repositories(owner: owner, type: type)
        guard !rows.isEmpty else {
            let known = try catalog.repositories().map(\.path).joined(separator: ", ")
            throw UsageError(
                description:
                    "there is no \(owner)\(type.map { "/" + $0 } ?? ""); there is: \(known.isEmpty ? "nothing yet" : known)")
        }
        return rows
    }
}
