/// Java archives (jar, war, aar and their like): zips, of which the directory is read and checked, and little else.
struct MavenArchive {
    /// What the archive says of the project that it was built from (`META-INF/maven/…/pom.properties`); nil where it is silent, or says
    /// it of several (a shaded jar).
    var identity: MavenIdentity?
    /// What a plugin says of itself (`META-INF/maven/plugin.xml`).
    var plugin: Plugin?

    struct Plugin: Equatable {
        var name: String
        var prefix: String
        var group: String?
        var artifact: String?
    }

    /// Endings of files that are such archives, whatever else is in them.
    static let endings: Set = ["jar", "war", "ear", "aar", "hpi", "jpi", "nbm", "kar"]
    private static let descriptor = "META-INF/maven/plugin.xml"
    private static let longestDescriptor = 8 << 20
    private static let longestProperties = 64 << 10

    static func isArchive(_ ending: String) -> Bool { endings.contains(ending) }

    /// - Parameter subject: for messages: "the jar".
    init(_ bytes: Span<UInt8>, of subject: String, within budget: Budget) throws(Refusal) {
        let zip = try Zip(bytes, subject: subject, within: budget)
        if let member = zip.members.first(where: { $0.name == Self.descriptor }) {
            guard member.size <= Self.longestDescriptor else {
                throw Refusal(
                    .limit, "\(member.name) has more than \(Self.longestDescriptor >> 20) MiB", at: subject,
                    remedy: "make it smaller")
            }
            let text = try zip.content(of: member, in: bytes, within: budget)
            do {
                plugin = try Self.plugin(text.span, within: budget)
            } catch {
                throw error.inside("\(subject), \(Self.descriptor)")
            }
        }
        let properties = zip.members.filter {
            $0.name.hasPrefix("META-INF/maven/") && $0.name.hasSuffix("/pom.properties") && $0.size <= Self.longestProperties
        }
        guard properties.count == 1, let member = properties.first else { return }
        identity = Self.identity(try zip.content(of: member, in: bytes, within: budget))
    }

    private static func plugin(_ bytes: Span<UInt8>, within budget: Budget) throws(Refusal) -> Plugin {
        let leaves: Set = ["plugin/name", "plugin/groupId", "plugin/artifactId", "plugin/goalPrefix"]
        let xml = try MavenXML(
            bytes, of: "plugin.xml", root: "plugin", longest: longestDescriptor, within: budget, wanted: leaves.contains)
        let prefix = try xml.text("plugin/goalPrefix") ?? ""
        guard prefix.isEmpty || isPrefix(prefix) else {
            throw Refusal(
                .malformed, "the prefix '\(prefix.prefix(64))' is not a word that a command line could have", at: "goalPrefix",
                remedy: "use letters, digits and . _ -")
        }
        return Plugin(
            name: try xml.text("plugin/name") ?? "", prefix: prefix, group: try xml.text("plugin/groupId"),
            artifact: try xml.text("plugin/artifactId"))
    }

    private static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    /// The prefix of a plugin that does not say it: `compiler` for `maven-compiler-plugin` and `compiler-maven-plugin`.
    static func prefix(of artifact: String) -> String {
        artifact == "maven-plugin-plugin" ? "plugin" : without("plugin", in: without("maven", in: artifact))
    }

    /// A word and a dash on each side of it, everywhere it stands.
    private static func without(_ word: String, in text: String) -> String {
        var result = "", rest = text[...]
        while let range = rest.firstRange(of: word) {
            result += rest[..<range.lowerBound]
            if result.hasSuffix("-") { result.removeLast() }
            rest = rest[range.upperBound...]
            if rest.hasPrefix("-") { rest = rest.dropFirst() }
        }
        return result + rest
    }

    /// Java's properties, as Maven's archiver writes them: lines `key=value` without escapes.
    private static func identity(_ bytes: [UInt8]) -> MavenIdentity? {
        var values: [String: String] = [:]
        for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            guard line.first != UInt8(ascii: "#"), let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let text = [line[..<equals], line[(equals + 1)...]].map { part in
                String(decoding: part.filter { $0 != 32 && $0 != 9 }, as: UTF8.self)
            }
            values[text[0]] = text[1]
        }
        guard let group = values["groupId"], let artifact = values["artifactId"], let version = values["version"] else {
            return nil
        }
        return MavenIdentity(group: group, artifact: artifact, version: version)
    }
}
