internal import ArgumentParser
internal import Formats
internal import Glibc

struct AddCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Take packages in, then regenerate what changed.",
        discussion: """
            indexgen add --owner acme --group el9 build/*.rpm

            An owner, group, distribution or component that is not there yet is named on standard error before it is made. It is
            refused when it comes of a default while there are others of its kind: then an option was probably forgotten (--new
            confirms it; on a terminal you are asked).
            """)

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Option(help: "Whose packages they are.")
    var owner: String?

    @Option(help: "Their type; found from the content when left out.")
    var type: String?

    @OptionGroup var place: CoordinateOptions

    @Flag(name: .customLong("new"), help: "Whatever owner, group, distribution or component is new is meant to be; ask nothing.")
    var isNew = false

    @Flag(help: "Leave the public tree as it is; a later generate publishes.")
    var noGenerate = false

    @Flag(help: "Put other bytes in the place of a package that is known already; they get a path of their own.")
    var replace = false

    @Flag(help: "Hard-link the files into the site instead of copying them. They must not be changed afterwards.")
    var link = false

    @Flag(
        help: """
            Do not open a file again that came in with this option before and has the same device, inode, size and modification \
            time: it counts as unchanged.
            """)
    var trustMtime = false

    @Argument(help: ArgumentHelp("Package files, or folders to search for them.", valueName: "path"))
    var paths: [String]

    func run() throws {
        let site = try openSite()
        let owner = owner ?? site.settings.owner
        try site.settings.checkOwner(owner)
        if let type, site.ecosystems[type] == nil { throw UnknownType(type: type, known: site.ecosystems.names) }
        let coordinates = try place.coordinates()
        let markers = site.ecosystems.all.filter { type == nil || $0.profile.id == type }.compactMap { $0.bundles?.marker }
        var finder = try Privileges.asCaller { try PackageFinder(in: paths, besides: site, markers: Set(markers)) }
        if let type, let suffix = site.ecosystems[type]?.bundles?.suffix { finder.leaveOut(suffix) }
        let catalog = try site.openCatalog()
        let intake = Intake(
            site: site, catalog: catalog, owner: owner, type: type, coordinates: coordinates, folders: finder.folders, link: link,
            author: author, replace: replace)
        try PackageFinder.check(coordinates.names.sorted(), fit: finder.files, as: type, of: intake)
        let report = AddReport(finder, site: site, console: console)
        var named = Set(coordinates.names).union(site.settings.namedDefaults)
        if self.owner != nil { named.insert("owner") }
        let places = NewPlaces(
            catalog: catalog, wishes: .init(named: named, isConfirmed: isNew), say: report.note,
            ask: Console.canAsk && !console.json ? report.ask : nil)
        var seen = try trustMtime ? SeenFiles(site: site, owner: owner, type: type, coordinates: coordinates) : nil
        try Interruption.deferring {
            Interruption.watch()
            let marks = try passOver(&seen, catalog, owner, report)
            try intake.take(report.rest, verdict: places.verdict(on:isPart:), bundle: report.tell) { path, result in
                report.tell(path, result)
                guard let mark = marks[path], case .success((let outcome, let admission)) = result else { return }
                if case .refused = outcome { return }
                seen?.remember(path, mark, sha256: admission.upload.digests.sha256, place: AddReport.place(of: admission))
            }
            report.finish()
            // A cache that cannot be written costs time, and nothing else.
            do { try seen?.save() } catch { console.note("what files look like is not remembered: \(error)") }
        }
        if let signal = Interruption.signal {
            try catalog.close()
            report.sayStopped(isPublished: false)
            throw ExitCodes.Ended(code: Interruption.code(signal))
        }
        if report.namesAddress { warnOfLocalhost(site) }
        if !noGenerate {
            _ = try generate(
                site, catalog, isQuietWhenIdle: report.taken == 0,
                stopped: "\(Words.count(report.taken, "package file")) in, not all published yet")
        }
        try catalog.close()
        if report.isFaulty { throw ExitCodes.Ended(code: ExitCodes.refused) }
    }

    /// Reports what is unchanged by its looks, and leaves the rest.
    ///
    /// - Returns: the looks of the files that will be read, by path; none unless looks are trusted.
    private func passOver(_ seen: inout SeenFiles?, _ catalog: Catalog, _ owner: String, _ report: AddReport) throws
        -> [String: SeenFiles.Mark]
    {
        guard seen != nil else { return [:] }
        var there: [String: [UInt8]] = [:]
        for repository in try catalog.repositories(owner: owner) {
            for file in try catalog.snapshot({ try $0.files(of: repository, onlyUnplaced: false) }) {
                there[file.path] = file.sha256
            }
        }
        var marks: [String: SeenFiles.Mark] = [:]
        var rest: [String] = []
        for path in report.rest {
            if let entry = seen?.recall(path), there[entry.place] == entry.sha256 {
                report.tellUnchanged(path, entry)
                continue
            }
            rest.append(path)
            marks[path] = SeenFiles.Mark(of: path)
        }
        report.rest = rest
        return marks
    }
}
