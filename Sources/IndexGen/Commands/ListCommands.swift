internal import ArgumentParser
internal import Formats

struct ListCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what is there.", discussion: "indexgen --json list acme/rpm", aliases: ["ls"])

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: ArgumentHelp("OWNER or OWNER/TYPE; everything when left out.", valueName: "repository"))
    var repository: RepositoryName?

    func run() throws {
        let catalog = try openSite().openCatalog()
        let console = console
        for row in try repository.map({ try $0.rows(in: catalog) }) ?? catalog.repositories() {
            let files = try catalog.snapshot { try $0.files(in: row) }
            for file in files {
                console.result(
                    "\(file.owner)/\(file.type)\t\(file.name)\t\(file.version)\t\(file.file)\(file.annotations.kinds.map { "\t\($0)" }.joined())"
                )
                console.result { file.write(to: &$0) }
            }
        }
        try catalog.close()
    }
}

struct ShowCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a package and its files.",
        discussion: "indexgen show acme/rpm hello 2.0-1\nindexgen show /acme/helm/hello-1.0.0.tgz")

    @ParentCommand var root: Indexgen
    @OptionGroup var here: CommonOptions

    @Argument(help: ArgumentHelp("OWNER/TYPE; or a file's public path or address, without a name.", valueName: "repository"))
    var repository: String

    @Argument var name: String?
    @Argument var version: String?

    func run() throws {
        let site = try openSite()
        let catalog = try site.openCatalog()
        let console = console
        let files = try PackageArgument(site: site, catalog: catalog).files(repository, name: name, version: version)
        for file in files {
            console.result(
                """
                \(file.name) \(file.version)\(file.architecture.isEmpty ? "" : " (\(file.architecture))")\(file.summary.isEmpty ? "" : " — \(PrintableText.of(file.summary))")
                  file     \(file.path)
                  sha256   \(Hex.string(file.sha256))
                  size     \(file.size)
                  added    \(file.received.rfc3339)
                  listed   \(file.listed.map(\.shown).joined(separator: ", "))\(file.annotations.all.map { "\n  \($0.shown)" }.joined())
                """)
            let relations = try catalog.snapshot { try $0.relations(of: file) }
            for line in relations.lines { console.result(line) }
            console.result { json in
                file.write(to: &json)
                relations.write(to: &json)
            }
        }
        try catalog.close()
    }
}

extension CatalogSnapshot.Relations {
    fileprivate var lines: [String] {
        originals.map { "  \(isDerived ? "here for" : "same as") \(PrintableText.of($0))" }
            + counterparts.map { "  also at  \($0)" }
            + obstacles.map { "  not in   \($0.type): \(PrintableText.of($0.what))" }
    }

    fileprivate func write(to json: inout JSONWriter) {
        func texts(_ name: String, _ texts: [String]) {
            if texts.isEmpty { return }
            json.key(name)
            json.beginArray()
            for text in texts { json.value(text) }
            json.endArray()
        }
        texts(isDerived ? "here_for" : "same_as", originals)
        texts("also_at", counterparts)
        if obstacles.isEmpty { return }
        json.key("not_in")
        json.beginArray()
        for (type, what) in obstacles {
            json.beginObject()
            json.member("type", type)
            json.member("why", what)
            json.endObject()
        }
        json.endArray()
    }
}

extension Annotations {
    /// The names of the marks that are set.
    fileprivate var kinds: [String] { all.reduce(into: []) { if $0.last != $1.kind { $0.append($1.kind) } } }
}

extension Annotations.Mark {
    /// `yanked   broken build`
    fileprivate var shown: String {
        let name = kind.padding(to: 8)
        return [name, PrintableText.of(key), PrintableText.of(value)].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - utf8.count)) }
}

extension FileRow {
    func write(to json: inout JSONWriter) {
        json.member("owner", owner)
        json.member("type", type)
        json.member("name", name)
        json.member("version", version)
        if !architecture.isEmpty { json.member("architecture", architecture) }
        json.member("file", file)
        json.member("sha256", Hex.string(sha256))
        json.member("size", size)
        json.member("path", path)
        json.member("added", received.rfc3339)
        if let yanked { json.member("yanked", yanked) }
        if annotations != Annotations() {
            json.key("marks")
            json.beginArray()
            for mark in annotations.all {
                json.beginObject()
                json.member("name", mark.kind)
                if !mark.key.isEmpty { json.member("key", mark.key) }
                json.member("value", mark.value)
                json.endObject()
            }
            json.endArray()
        }
        json.key("listed")
        json.beginArray()
        for partition in listed { json.value(partition.shown) }
        json.endArray()
    }
}

extension PartitionKey {
    /// `el9`, `bookworm/main/amd64`; the empty key is a dot.
    var shown: String {
        let text = [scope, name].filter { !$0.isEmpty }.joined(separator: "/")
        return text.isEmpty ? "." : text
    }
}
