/// What the catalog keeps of a file for its entries in metadata to be written again without it.
struct MavenFacts: Equatable {
    var place: MavenPlace
    var classifier: String?
    var ending: String
    /// Of files of snapshots.
    var build: MavenBuild?
    /// Of POMs: the packaging.
    var packaging: String?
    /// Of POMs: where the artifact has moved to, `group:artifact:version`.
    var relocation: String?
    /// Of POMs: for people.
    var url: String?
    var licenses: [String] = []
    /// Of plugins, as far as the file says it: the POM by its name, the jar by its descriptor.
    var plugin: Plugin?

    struct Plugin: Equatable {
        var name: String
        var prefix: String
        /// Whether the plugin says so itself, and not the rule for the names of plugins.
        var isDeclared: Bool
    }

    private static let revision: UInt8 = 1
    private static let subject = "a file of Maven's"

    init(place: MavenPlace, classifier: String?, ending: String, build: MavenBuild?) {
        self.place = place
        self.classifier = classifier
        self.ending = ending
        self.build = build
    }

    /// The version's POM: what lists the version.
    var isPOM: Bool { classifier == nil && ending == "pom" }

    /// The version as the file's name has it: `2.0.0-20261128.120000-2`.
    var fileVersion: String { build.map { place.prefix + $0.text } ?? place.version }

    var filename: String { "\(place.artifact)-\(fileVersion)\(classifier.map { "-\($0)" } ?? "").\(ending)" }

    /// Below `OWNER/maven/`.
    var path: String { "\(place.folder)/\(filename)" }

    // MARK: - Encoding

    var encoded: [UInt8] {
        var writer = FactsWriter(revision: Self.revision)
        for text in [place.group, place.artifact, place.version, ending] { writer.text(text) }
        writer.text(classifier)
        writer.text(build?.stamp)
        writer.number(build?.number ?? 0)
        writer.text(packaging)
        writer.text(relocation)
        writer.text(url)
        writer.texts(licenses)
        writer.text(plugin?.prefix)
        writer.text(plugin?.name)
        writer.byte(plugin?.isDeclared == true ? 1 : 0)
        return writer.bytes
    }

    /// - Throws: for bytes that this revision of the program did not write.
    init(_ facts: [UInt8]) throws(Refusal) {
        var reader = try FactsReader(facts, revision: Self.revision, of: Self.subject)
        place = try MavenPlace(group: reader.text(), artifact: reader.text(), version: reader.text())
        ending = try reader.text()
        classifier = try reader.optionalText()
        let stamp = try reader.optionalText(), number = try reader.number()
        build = stamp.map { MavenBuild(stamp: $0, number: number) }
        packaging = try reader.optionalText()
        relocation = try reader.optionalText()
        url = try reader.optionalText()
        licenses = try reader.texts()
        let prefix = try reader.optionalText(), name = try reader.optionalText(), isDeclared = try reader.byte() == 1
        plugin = prefix.map { Plugin(name: name ?? "", prefix: $0, isDeclared: isDeclared) }
        try reader.finish()
    }
}
