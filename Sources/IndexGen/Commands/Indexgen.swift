internal import ArgumentParser
internal import Formats
internal import FoundationEssentials
internal import Glibc

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
            CopyCommand.self, YankCommand.self, MarkCommand.self, UnmarkCommand.self, HistoryCommand.self, VerifyCommand.self,
            RecoverCommand.self, PruneCommand.self, ServeCommand.self,
            TokenCommand.self,
            HooksCommand.self, NginxCommand.self,
        ])

    @OptionGroup var common: CommonOptions
}

/// Options before the verb; taken after it as well.
struct CommonOptions: ParsableArguments {
    @Option(
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

    /// Says that clients will be sent to the wrong place, while nobody has said where the site is. An address of this machine that the
    /// settings name is meant.
    func warnOfLocalhost(_ site: Site) {
        guard !site.settings.isBaseURLSet else { return }
        Console.diagnose(
            """
            warning: base_url is not set, so clients are sent to \(site.settings.baseURL); set it in \(site.settingsFile), then run: \
            indexgen generate
            """)
    }

    /// Who is at work, for the journal.
    var author: Author {
        let environment = ProcessInfo.processInfo.environment
        return Author(name: environment["SUDO_USER"] ?? environment["USER"] ?? "uid \(getuid())")
    }

    /// Brings the public tree up to date and says what was done.
    ///
    /// - Parameters:
    ///   - mayUnsign: whether a site without its keyring becomes unsigned.
    ///   - isQuietWhenIdle: say nothing when nothing was out of date.
    ///   - stopped: what to say when a signal ends it.
    func generate(
        _ site: Site, _ catalog: Catalog, targets: [RepositoryRow]? = nil, everything: Bool = false, mayUnsign: Bool = false,
        isQuietWhenIdle: Bool = false,
        stopped: String = "not all is published yet"
    ) throws -> Generator.Summary {
        let console = console
        Console.flush()
        let summary = try Interruption.ending(farewell("\(stopped); run: indexgen generate", isPublished: false)) {
            Interruption.watch()
            return try Generator(
                site: site, catalog: catalog, progress: { console.detail($0) },
                warn: { console.note("warning: \(PrintableText.of($0))") }, mayUnsign: mayUnsign
            ).run(targets, everything: everything)
        }
        if summary != Generator.Summary() {
            console.note("generated: \(summary.shown)")
        } else if !isQuietWhenIdle {
            console.note("nothing to generate")
        }
        for remark in try site.openKeyring(catalog)?.remarks(at: site.clock.now()) ?? [] { console.note("warning: \(remark)") }
        Interruption.ending(
            farewell("all is published, but not all hooks were told; run: indexgen hooks deliver", isPublished: true)
        ) {
            deliver(site, catalog)
        }
        return summary
    }

    private func farewell(_ words: String, isPublished: Bool) -> @Sendable () -> Void {
        let console = console
        return {
            Console.diagnose("stopped: \(words)")
            console.result { json in
                json.member("outcome", "stopped")
                json.member("published", isPublished)
            }
        }
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

extension Generator.Summary {
    /// `3 documents rendered, 5 files written, 1 package placed, 0 files removed`
    fileprivate var shown: String {
        [
            "\(Words.count(rendered, "document")) rendered", "\(Words.count(written, "file")) written",
            "\(Words.count(placed, "package")) placed", "\(Words.count(removed, "file")) removed",
        ].joined(separator: ", ")
    }
}

/// `OWNER/TYPE` or `OWNER` on the command line; a slash before or behind it is nothing.
struct RepositoryName: ExpressibleByArgument {
    var owner: String
    var type: String?

    init?(argument: String) {
        var text = argument[...]
        if text.hasPrefix("/") { text.removeFirst() }
        if text.hasSuffix("/") { text.removeLast() }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
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
