/// What a POM says (maven.apache.org/ref/current/maven-model/maven.html, model 4.0 and 4.1), as far as a registry needs it.
///
/// Nothing is fetched: what a parent says that is not repeated in the POM stays unknown. Expressions are resolved by the POM's own
/// properties and by those that Maven takes from it (`${project.parent.version}`).
package struct MavenPOM: Equatable, Sendable {
    /// As written, where the POM or its parent element says it.
    package var group: String?
    package var artifact: String
    package var version: String?
    package var packaging: String
    package var name: String
    package var description: String
    package var url: String
    /// Names of licenses.
    package var licenses: [String]
    /// `group:artifact:version` of the parent; empty where there is none.
    package var parent: String
    /// Where the artifact has moved to, `group:artifact:version`; nil where it has not.
    package var relocation: String?
    private var values: [String: String]
    /// What a page says of it; nil where nobody asked.
    var portrait: Portrait?

    static let longest = 4 << 20
    /// Rounds in which expressions are resolved, and bytes of what comes out.
    private static let mostRounds = 20
    private static let longestValue = 1_024
    static let subject = "the POM"
    static let namespace = "http://maven.apache.org/POM/"

    private static let leaves: Set = [
        "modelVersion", "groupId", "artifactId", "version", "packaging", "name", "description", "url", "parent/groupId",
        "parent/artifactId", "parent/version", "distributionManagement/relocation/groupId",
        "distributionManagement/relocation/artifactId", "distributionManagement/relocation/version", "licenses/license/name",
    ]

    /// - Parameter isPortrayed: whether there is to be a portrait.
    /// - Throws: for what is not XML or not a POM, and for one that says something twice.
    package init(_ bytes: Span<UInt8>, within budget: Budget, isPortrayed: Bool = false) throws(Refusal) {
        let xml = try MavenXML(
            bytes, of: Self.subject, root: "project", longest: Self.longest, within: budget,
            wanted: { path in
                let rest = path.dropFirst("project/".count)
                return Self.leaves.contains(String(rest)) || Self.isProperty(rest)
            }, noted: { isPortrayed && MavenPortrait.leaves.contains($0) })
        guard xml.namespace.isEmpty || xml.namespace.hasPrefix(Self.namespace) else {
            throw Refusal(
                .malformed, "\(Self.subject) is in the namespace '\(xml.namespace)'", at: "project",
                remedy: "write xmlns=\"\(Self.namespace)4.0.0\"")
        }
        func text(_ path: String) throws(Refusal) -> String? { try xml.text("project/\(path)") }
        if let model = try text("modelVersion"), model != "4.0.0", model != "4.1.0" {
            throw Refusal(
                .unsupported, "\(Self.subject) is of the model '\(model)'", at: "modelVersion",
                remedy: "write a POM of model 4.0.0")
        }
        let above = (try text("parent/groupId"), try text("parent/artifactId"), try text("parent/version"))
        group = try text("groupId") ?? above.0
        version = try text("version") ?? above.2
        guard let artifact = try text("artifactId") else {
            throw Refusal(.malformed, "\(Self.subject) names no artifact", at: "artifactId", remedy: "write its artifactId")
        }
        self.artifact = artifact
        packaging = try text("packaging") ?? "jar"
        name = try text("name") ?? ""
        description = try text("description") ?? ""
        url = try text("url") ?? ""
        licenses = xml.all("project/licenses/license/name")
        parent = above.1.map { "\(above.0 ?? ""):\($0):\(above.2 ?? "")" } ?? ""
        let relocated = (
            try text("distributionManagement/relocation/groupId"), try text("distributionManagement/relocation/artifactId"),
            try text("distributionManagement/relocation/version")
        )
        if relocated.0 != nil || relocated.1 != nil || relocated.2 != nil {
            relocation = "\(relocated.0 ?? group ?? ""):\(relocated.1 ?? artifact):\(relocated.2 ?? version ?? "")"
        }
        values = xml.members(of: "project/properties")
        for prefix in ["project", "pom"] {
            values["\(prefix).groupId"] = group
            values["\(prefix).artifactId"] = artifact
            values["\(prefix).version"] = version
            values["\(prefix).packaging"] = packaging
            values["\(prefix).name"] = name
            values["\(prefix).parent.groupId"] = above.0
            values["\(prefix).parent.artifactId"] = above.1
            values["\(prefix).parent.version"] = above.2
        }
        values["version"] = version
        values["parent.version"] = above.2
        packaging = try resolved(packaging)
        try checkPackaging()
        if isPortrayed { portrait = MavenPortrait.portrait(of: self, xml) }
    }

    private static func isProperty(_ path: Substring) -> Bool {
        path.hasPrefix("properties/") && path.utf8.count { $0 == UInt8(ascii: "/") } == 1
    }

    private func checkPackaging() throws(Refusal) {
        guard packaging.utf8.count <= 64, packaging.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "._-${}".utf8.contains($0) })
        else {
            throw Refusal(
                .malformed, "\(Self.subject) has the packaging '\(packaging.prefix(64))'", at: "packaging",
                remedy: "write one word, such as jar")
        }
    }

    /// `pom` for a POM that stands for nothing besides itself (a parent, a BOM, one that has moved), else its packaging.
    package var standsFor: String { relocation != nil ? "pom" : packaging }

    /// One line for lists.
    var summary: String { Self.line(description.isEmpty ? name : description) }

    /// A text on one line, of at most 300 characters.
    static func line(_ text: String) -> String {
        String(text.split { $0.isWhitespace }.joined(separator: " ").prefix(300))
    }

    // MARK: - Expressions

    /// A text with its expressions replaced; those that nobody in this POM knows stay.
    ///
    /// - Throws: `.limit` for expressions that lead to themselves, or grow without end.
    func resolved(_ text: String) throws(Refusal) -> String {
        var text = text
        for _ in 0..<Self.mostRounds {
            let next = replaced(text)
            if next == text { return text }
            text = next
            if text.utf8.count > Self.longestValue { break }
        }
        throw Refusal(
            .limit, "\(Self.subject) has an expression that leads to itself, or becomes very long", at: "properties",
            remedy: "write the value out")
    }

    private func replaced(_ text: String) -> String {
        var result = "", rest = text[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let key = String(rest[start.upperBound..<end])
            // Known only while nobody says otherwise on the command line of Maven.
            result += values[key] ?? "${\(key)}"
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// What the POM says of its coordinates by itself; nil where a parent elsewhere, or a command line, says it.
    func identity() throws(Refusal) -> MavenIdentity? {
        guard let group, let version else { return nil }
        let identity = MavenIdentity(group: try resolved(group), artifact: try resolved(artifact), version: try resolved(version))
        return [identity.group, identity.artifact, identity.version].contains { $0.contains("${") } ? nil : identity
    }

    /// Properties that Maven means to be given on its command line (maven.apache.org/guides/mini/guide-maven-ci-friendly.html).
    private static let given = ["${revision}", "${sha1}", "${changelist}"]

    /// Holds the POM against the place where it lies.
    ///
    /// - Parameter build: which build it is of, as file names have it (`2.0.0-20261128.120000-2`); nil for releases.
    /// - Throws: `.ambiguous` where the two disagree.
    func check(at place: MavenPlace, build: String?) throws(Refusal) -> [Warning] {
        var warnings: [Warning] = []
        for (element, written, expected) in [
            ("groupId", group, place.group), ("artifactId", artifact, place.artifact), ("version", version, place.version),
        ] {
            guard let written else {
                throw Refusal(
                    .malformed, "\(Self.subject) has no \(element), and no parent that says it", at: element,
                    remedy: "write <\(element)>\(expected)</\(element)> into it")
            }
            let value = try resolved(written)
            if value == expected || (element == "version" && value == build) { continue }
            guard value.contains("${") || Self.given.contains(where: written.contains) else {
                throw Refusal(
                    .ambiguous, "\(Self.subject) has the \(element) '\(value)', and its address says '\(expected)'", at: element,
                    remedy: "deploy it where it belongs, or correct the POM")
            }
            warnings.append(
                Warning(
                    "the \(element) is '\(written)', which clients do not know the value of", at: element,
                    remedy: "use the flatten-maven-plugin, or Maven 4, so that the published POM says \(expected)"))
        }
        return warnings
    }
}
