internal import ArgumentParser
internal import Formats
internal import FoundationEssentials

struct HistoryCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Who changed what, when, and from where; the newest first.",
        discussion: "indexgen history acme/rpm hello --since 7d")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(
        help: ArgumentHelp("OWNER or OWNER/TYPE, or a file's public path; everything when left out.", valueName: "repository"))
    var repository: String?

    @Argument(help: "One package's changes only.")
    var name: String?

    @Flag(help: "What was asked for over the network and refused.")
    var refused = false

    @Option(
        help: ArgumentHelp("Nothing older: 7d, 2026-11-21, 2026-11-21T08:00:00Z.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("At most so many (default: 100, with --since all).", valueName: "n"))
    var limit: Int?

    func run() throws {
        let site = try openSite()
        if refused, name != nil { throw UsageError(description: "what was refused has no package; leave \(name ?? "it") out") }
        if let limit, limit < 1 { throw UsageError(description: "--limit takes a number from 1") }
        let catalog = try site.openCatalog()
        var query = HistoryQuery(
            owner: nil, type: nil, name: name, since: try since.map { try moment($0, before: site.clock.now()) },
            limit: limit ?? (since == nil ? 100 : .max))
        var path: String?
        if let repository {
            if let plain = RepositoryName(argument: repository) {
                (query.owner, query.type) = (plain.owner, plain.type)
            } else {
                let parts = try PackageArgument(site: site, catalog: catalog).path(of: repository)
                guard parts.count > 2, name == nil, !refused else {
                    throw UsageError(
                        description: "'\(PrintableText.of(repository))' is neither OWNER, OWNER/TYPE nor a file's path")
                }
                (query.owner, query.type) = (parts[0], parts[1])
                path = parts.dropFirst(2).joined(separator: "/")
            }
        }
        if refused {
            show(try catalog.refusals(query))
        } else if let path {
            let most = query.limit
            query.limit = .max
            show(Array(try catalog.history(query).filter { $0.path == path }.prefix(most)), site.ecosystems)
        } else {
            show(try catalog.history(query), site.ecosystems)
        }
        try catalog.close()
    }

    private func moment(_ text: String, before now: Timestamp) throws -> Timestamp {
        if let age = DurationText.parse(text) { return Timestamp(seconds: now.seconds - age.components.seconds) }
        let date =
            (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: .iso8601.year().month().day()))
        guard let date else {
            throw UsageError(
                description: "'\(text)' is not a time; write an age (7d), a day (2026-11-21) or a moment of RFC 3339")
        }
        return Timestamp(seconds: Int64(date.timeIntervalSince1970))
    }

    private func show(_ entries: [JournalEntry], _ ecosystems: Ecosystems) {
        let console = console
        var table = Table("WHEN", "DID", "WHAT", "SHA-256", "WHO", "FROM", "WHY")
        for entry in entries {
            table.add(
                entry.at.rfc3339, entry.action, "\(entry.owner)/\(entry.type) \(entry.name) \(entry.version)",
                String(Hex.string(entry.sha256).prefix(16)), entry.author.name, entry.author.origin, entry.detail)
            console.result { json in
                json.member("at", entry.at.rfc3339)
                json.member("actor", entry.author.name)
                json.member("from", entry.author.origin)
                json.member("action", entry.action)
                json.member("owner", entry.owner)
                json.member("type", entry.type)
                json.member("name", entry.name)
                json.member("version", entry.version)
                json.member("path", "\(entry.owner)/\(ecosystems[entry.type]?.profile.segment ?? entry.type)/\(entry.path)")
                json.member("sha256", Hex.string(entry.sha256))
                json.member("detail", entry.detail)
            }
        }
        for line in table.lines { console.result(line) }
    }

    private func show(_ changes: [RefusedChange]) {
        let console = console
        var table = Table("WHEN", "STATUS", "WHAT", "SHA-256", "WHO", "FROM", "WHY")
        for change in changes {
            table.add(
                change.at.rfc3339, "\(change.status)", "\(change.method) \(change.path)",
                change.sha256.map { String(Hex.string($0).prefix(16)) } ?? "", change.author.name, change.author.origin,
                change.detail)
            console.result { json in
                json.member("at", change.at.rfc3339)
                json.member("actor", change.author.name)
                json.member("from", change.author.origin)
                json.member("action", "refused")
                json.member("status", change.status)
                json.member("owner", change.owner)
                json.member("type", change.type)
                json.member("method", change.method)
                json.member("path", change.path)
                if let sha256 = change.sha256 { json.member("sha256", Hex.string(sha256)) }
                json.member("detail", change.detail)
            }
        }
        for line in table.lines { console.result(line) }
    }
}
