/// A package's `package.json`: what its clients need is checked, and all is brought into the form in which npm's registry has it.
struct NPMManifest {
    var name: String
    var version: NPMVersion
    var description = ""
    var hasInstallScript = false
    /// The version's object, without `_id`, `dist` and what else the registry adds; name and version come first.
    var members: [DataMember] = []
    var warnings: [Warning] = []

    /// The folder all of whose files are commands (`directories.bin`), where there is no `bin`. npm links what the registry's document names
    /// in `bin`, and so writes them out when it publishes.
    var commandFolder: String? {
        guard !members.contains(where: { $0.name == "bin" }) else { return nil }
        let folder = members.first { $0.name == "directories" }?.value["bin"]?.string.map(NPMBin.secured)
        return folder?.isEmpty == false ? folder : nil
    }

    /// - Parameter files: their paths in the folder.
    mutating func add(commands files: [String], in folder: String) {
        let value = DataValue.array(files.map { .string("\(folder)/\($0)") })
        if let commands = NPMBin.map(value, of: name) { members.append(DataMember("bin", .object(commands))) }
    }

    static let subject = "package.json"
    private static let deepest = 48
    private static let remedy = "correct it and pack the package again with npm pack"

    /// What the registry says itself, and what a README has said already.
    private static let dropped: Set = [
        "name", "version", "dist", "readme", "readmeFilename", "deprecated", "hasInstallScript", "bundledDependencies",
        "__proto__",
    ]

    init(_ archive: NPMArchive, within budget: Budget) throws(Refusal) {
        var budget = budget
        // It is read again from what the catalog keeps.
        budget.depth = min(budget.depth, Self.deepest)
        let value = try JSONReader.read(archive.manifest.span, of: Self.subject, within: budget)
        guard let read = value.object else { throw Self.refusal(.malformed, "it is not an object", at: "") }
        name = try Self.name(in: value)
        version = try Self.version(in: value)
        guard NPMName.fits(name, version) else {
            throw Self.refusal(.limit, "name and version are too long for a file's name", at: "version", remedy: "shorten them")
        }
        var members = read.filter { !Self.dropped.contains($0.name) && $0.name.utf8.first != UInt8(ascii: "_") }
        if let bundled = value["bundledDependencies"], value["bundleDependencies"] == nil {
            members.append(DataMember("bundleDependencies", bundled))
        }
        var fields = NPMFields(name: name, hasGypFile: archive.hasGypFile)
        for member in members { try fields.check(member) }
        members = fields.normalised(members)
        hasInstallScript = fields.hasInstallScript
        self.members = [DataMember("name", .string(name)), DataMember("version", .string(version.text))] + members
        description = members.first { $0.name == "description" }?.value.string ?? ""
        warnings = Self.warnings(about: value)
    }

    private static func name(in value: DataValue) throws(Refusal) -> String {
        guard let member = value["name"] else { throw refusal(.malformed, "the package has no name", at: "name") }
        guard let text = member.string else { throw refusal(.malformed, "a text is expected", at: "name") }
        if let fault = NPMName.fault(in: text) {
            throw refusal(
                .malformed, "the name '\(shown(text))' is not one that npm would take: \(fault)", at: "name",
                remedy: "rename the package and pack it again")
        }
        return text
    }

    private static func version(in value: DataValue) throws(Refusal) -> NPMVersion {
        guard let member = value["version"] else { throw refusal(.malformed, "the package has no version", at: "version") }
        guard let text = member.string else { throw refusal(.malformed, "a text is expected", at: "version") }
        guard let version = NPMVersion(cleaning: text) else {
            let (what, remedy) = NPMVersion.explain(text)
            throw refusal(
                .malformed, "the version '\(shown(text))' is not one by Semantic Versioning 2.0: \(what)", at: "version",
                remedy: remedy)
        }
        return version
    }

    private static func warnings(about value: DataValue) -> [Warning] {
        var warnings: [Warning] = []
        if value["private"] == .bool(true) {
            warnings.append(
                Warning(
                    "its author does not want it published (private: true)", at: "package.json, private",
                    remedy: "remove it if it is here by mistake"))
        }
        if let text = value["deprecated"]?.string, !text.isEmpty {
            warnings.append(
                Warning(
                    "package.json calls itself deprecated, which clients are not told", at: "package.json, deprecated",
                    remedy: "say it with npm deprecate, which can be taken back"))
        }
        return warnings
    }

    static func refusal(_ cause: Refusal.Cause, _ what: String, at place: String, remedy: String = remedy) -> Refusal {
        Refusal(cause, what, at: place.isEmpty ? subject : "\(subject), \(place)", remedy: remedy)
    }

    /// A stranger's word, cut short.
    static func shown(_ text: String) -> String { String(text.unicodeScalars.prefix(80).map(Character.init)) }
}
