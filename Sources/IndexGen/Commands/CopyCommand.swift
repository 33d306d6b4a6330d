internal import ArgumentParser
internal import Formats

struct CopyCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Bring packages that are here to another owner or another place as well; then regenerate.",
        discussion: """
            indexgen copy acme/rpm hello 2.0-1 --from group=testing --group stable
            indexgen copy acme/npm demo 1.1.0 --to prod
            indexgen copy /acme/helm/hello-1.0.0.tgz --to prod
            indexgen copy acme/debian --to prod --distribution stable

            No byte is stored twice. What belongs to a package (its signatures, what it requires) goes along, and so do its marks. A package
            comes in whole or not at all; the same bytes are there already, or other bytes are a conflict, and both are said.
            """,
        aliases: ["promote"])

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(
        help: ArgumentHelp(
            "OWNER/TYPE; or a file's public path or address, without a name. All packages of OWNER/TYPE or OWNER without a name.",
            valueName: "repository"))
    var repository: String

    @Argument var name: String?
    @Argument(help: "All versions when left out. Also what a mark such as a tag stands for.") var version: String?

    @Option(help: ArgumentHelp("Whose the copies are; the same owner's when left out.", valueName: "owner"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Of packages that are in several places only those in this one: group=testing. May be given for each coordinate.",
            valueName: "coordinate=value"))
    var from: [String] = []

    @OptionGroup var place: CoordinateOptions
    @Flag(help: "Say what would be copied, and change nothing.") var dryRun = false
    @Flag(help: "Leave the public tree as it is; a later generate publishes.") var noGenerate = false

    func run() throws {
        let site = try openSite()
        if let to { try site.settings.checkOwner(to) }
        let coordinates = try place.coordinates()
        guard to != nil || !coordinates.names.isEmpty else {
            throw UsageError(description: "say where the copy goes: --to OWNER, or another place such as --group NAME")
        }
        let catalog = try site.openCatalog()
        let selection = CopySelection(site: site, catalog: catalog, from: try origin())
        let lots = try selection.lots(repository, name: name, version: version)
        try selection.check(coordinates.names.sorted(), of: lots)
        let copying = Copying(site: site, catalog: catalog, author: author, owner: to, coordinates: coordinates)
        let report = CopyReport(console: console, catalog: catalog, isRehearsal: dryRun)
        for lots in lots.split(by: { $0.repository.id != $1.repository.id }) { try copy(lots, copying, report) }
        if !dryRun, !noGenerate, report.isChange { _ = try generate(site, catalog) }
        try catalog.close()
        if report.isFaulty { throw ExitCodes.Ended(code: ExitCodes.refused) }
    }

    /// The values of `--from`.
    private func origin() throws -> Coordinates {
        var origin = Coordinates()
        for text in from {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, CoordinateOptions.names.contains(parts[0]) else {
                throw UsageError(
                    description: "'\(PrintableText.of(text))' is not a coordinate and its value; write it like group=testing")
            }
            guard origin[parts[0]].map({ $0 == parts[1] }) ?? true else {
                throw UsageError(description: "--from \(parts[0]) is given twice; copy from one place after the other")
            }
            origin[parts[0]] = parts[1]
        }
        return origin
    }

    /// Copies packages of one repository, some hundred files in a transaction: admissions hold their fragments.
    private func copy(_ lots: [Copying.Lot], _ copying: Copying, _ report: CopyReport) throws {
        guard let row = lots.first?.repository, let ecosystem = copying.site.ecosystems[row.type] else { return }
        var waiting: [Consignment] = []
        var files = 0, bytes = 0
        func flush() throws {
            for consignment in waiting { try report.announce(consignment) }
            let outcomes = try copying.catalog.take(
                waiting, blobs: copying.site.blobs, rehearsing: dryRun, render: copying.site.rendering(ecosystem))
            for (consignment, outcome) in zip(waiting, outcomes) { report.tell(consignment, outcome) }
            (waiting, files, bytes) = ([], 0, 0)
        }
        for lot in lots {
            do {
                let consignment = try copying.consign(lot)
                waiting.append(consignment)
                files += consignment.items.count
                bytes += consignment.items.flatMap(\.admission.fragments).reduce(0) { $0 + $1.bytes.count }
            } catch let refusal as Refusal {
                report.refuse("\(lot.repository.path) \(lot.files.first?.name ?? "")", refusal)
            }
            if files >= Self.batch || bytes >= Self.fragmentBytes { try flush() }
        }
        try flush()
    }

    private static let batch = 512
    private static let fragmentBytes = 32 << 20
}

/// What the arguments of `copy` mean.
private struct CopySelection {
    let site: Site
    let catalog: Catalog
    /// Where the originals are, as far as that was said.
    let from: Coordinates

    /// The files of each package apart, those of one repository one after the other.
    ///
    /// - Throws: as `PackageArgument.files`.
    func lots(_ target: String, name: String?, version: String?) throws -> [Copying.Lot] {
        if name == nil, let repository = RepositoryName(argument: target) {
            return try repository.rows(in: catalog).flatMap { row in
                try lots(catalog.snapshot { try $0.files(in: row) }, as: target)
            }
        }
        var key: String?
        var files: [FileRow] = []
        let argument = PackageArgument(site: site, catalog: catalog)
        do {
            files = try argument.files(target, name: name, version: version)
        } catch let refusal as Refusal {
            guard let name, let version else { throw refusal }
            files = (try? argument.files(target, name: name, version: nil)) ?? []
            files = files.filter { isMeant($0, by: version) }
            if files.isEmpty { throw refusal }
            key = version
        }
        return try lots(files, as: target, key: key, isNamed: name == nil || version != nil)
    }

    /// Whether a mark with this key stands for the file's version.
    private func isMeant(_ file: FileRow, by key: String) -> Bool {
        let kinds = site.ecosystems[file.type]?.profile.marks.filter(\.namesVersion).map(\.name) ?? []
        return file.annotations.all.contains {
            kinds.contains($0.kind) && $0.key == key && Copying.stands($0.value, for: file)
        }
    }

    private func lots(_ all: [FileRow], as target: String, key: String? = nil, isNamed: Bool = false) throws -> [Copying.Lot] {
        let files = try all.filter { file in
            guard let ecosystem = site.ecosystems[file.type] else {
                throw UnknownType(type: file.type, known: site.ecosystems.names)
            }
            return file.isListed(at: from, in: ecosystem)
        }
        if files.isEmpty, !all.isEmpty {
            let place = from.names.sorted().map { "\($0) '\(from[$0] ?? "")'" }
            throw Refusal(
                .unsupported, "\(PrintableText.of(target)) has nothing in \(place.joined(separator: ", "))",
                remedy: "see where it is: indexgen list \(PrintableText.of(target))")
        }
        var lots: [Copying.Lot] = []
        var indexes: [String: Int] = [:]
        let rows = Dictionary(try catalog.repositories().map { ("\($0.owner)/\($0.type)", $0) }) { first, _ in first }
        for file in files {
            guard let row = rows["\(file.owner)/\(file.type)"] else { continue }
            let package = "\(row.path)/\(ASCII.lowered(file.name))"
            if let index = indexes[package] {
                lots[index].files.append(file)
            } else {
                indexes[package] = lots.count
                lots.append(Copying.Lot(repository: row, files: [file], key: key, isNamed: isNamed))
            }
        }
        return lots
    }

    /// Refuses options that none of the packages can be placed by.
    func check(_ coordinates: [String], of lots: [Copying.Lot]) throws {
        let profiles = Set(lots.map(\.repository.type)).sorted().compactMap { site.ecosystems[$0]?.profile }
        let known = profiles.flatMap { $0.coordinates.map(\.name) }
        for option in coordinates where !known.contains(option) && !profiles.isEmpty {
            let remedy = known.isEmpty ? "leave it out" : "use " + known.map { "--\($0)" }.joined(separator: " or ")
            throw UsageError(
                description: "--\(option) fits no package of \(profiles.map(\.id).joined(separator: " and ")); \(remedy)")
        }
    }
}

extension Array {
    /// Runs of neighbours, parted where `isBoundary` says so.
    fileprivate func split(by isBoundary: (Element, Element) -> Bool) -> [[Element]] {
        var runs: [[Element]] = []
        for element in self {
            if let last = runs.last?.last, !isBoundary(last, element) {
                runs[runs.count - 1].append(element)
            } else {
                runs.append([element])
            }
        }
        return runs
    }
}
