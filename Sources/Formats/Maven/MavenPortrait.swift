/// What a page says of a version, by its POM.
struct MavenPortrait {
    /// The elements that are read besides what the index needs. A dependency has others in it: it marks where they begin.
    static let leaves: Set<String> = {
        let leaves = [
            "organization/name", "organization/url", "scm/url", "issueManagement/url", "licenses/license", "licenses/license/url",
            "developers/developer/name", "dependencies/dependency",
        ]
        return Set((leaves + fields.map { "dependencies/dependency/\($0)" }).map { "project/\($0)" })
    }()
    private static let fields = ["groupId", "artifactId", "version", "classifier", "type", "scope", "optional"]

    /// Dependencies, entries of other lists, characters of a fact, bytes of a description.
    private static let mostDependencies = 500
    private static let mostEntries = 30
    private static let longestFact = 400
    private static let longestText = 256 << 10
    /// Bytes of a text whose expressions are resolved.
    private static let longestExpression = 256

    private let pom: MavenPOM
    private var portrait = Portrait()
    /// False once an expression could not be resolved: they may be meant to take long.
    private var resolves = true

    static func portrait(of pom: MavenPOM, _ xml: MavenXML) -> Portrait {
        var painter = MavenPortrait(pom: pom)
        painter.addFacts(xml)
        let description = pom.description
        // What fits one line is the summary already.
        if MavenPOM.line(description) != description, description.utf8.count <= longestText {
            painter.portrait.sections.append(.about(description))
        }
        let groups = painter.groups(of: xml)
        if !groups.isEmpty { painter.portrait.sections.append(.dependencies(groups)) }
        return painter.portrait
    }

    private init(pom: MavenPOM) { self.pom = pom }

    private mutating func add(_ label: String, _ value: String?, link: String? = nil) {
        guard let value, !value.isEmpty else { return }
        let shown = String(String.UnicodeScalarView(value.unicodeScalars.prefix(Self.longestFact)))
        portrait.facts.append(.init(label, shown, link: link))
    }

    private mutating func resolved(_ text: String) -> String {
        guard resolves, text.utf8.contains(UInt8(ascii: "$")), text.utf8.count <= Self.longestExpression else { return text }
        guard let resolved = try? pom.resolved(text) else {
            resolves = false
            return text
        }
        return resolved
    }

    // MARK: - Facts

    private mutating func addFacts(_ xml: MavenXML) {
        // Said once or not at all; who says it twice means nobody knows what.
        func text(_ path: String) -> String { (try? xml.text("project/\(path)")) ?? "" }
        add("Name", resolved(pom.name))
        if let relocation = pom.relocation { add("Moved to", resolved(relocation)) }
        add("Packaging", pom.packaging)
        for (name, address) in licences(xml) { add("Licence", name, link: address.isEmpty ? nil : address) }
        add("Parent", resolved(pom.parent))
        let home = resolved(text("organization/url"))
        add("Organisation", resolved(text("organization/name")), link: home.isEmpty ? nil : home)
        let developers = xml.all("project/developers/developer/name").prefix(Self.mostEntries)
        add(developers.count == 1 ? "Developer" : "Developers", developers.joined(separator: ", "))
        for (label, path) in [("Homepage", pom.url), ("Sources", text("scm/url")), ("Issues", text("issueManagement/url"))] {
            let address = resolved(path)
            add(label, address, link: address)
        }
    }

    private func licences(_ xml: MavenXML) -> [(name: String, address: String)] {
        var licences: [(name: String, address: String)] = []
        for (path, text) in xml.entries(below: ["project/licenses/license"]) where licences.count <= Self.mostEntries {
            switch path {
            case "project/licenses/license": licences.append(("", ""))
            case "project/licenses/license/name" where !licences.isEmpty: licences[licences.count - 1].name = text
            case "project/licenses/license/url" where !licences.isEmpty: licences[licences.count - 1].address = text
            default: break
            }
        }
        return licences.prefix(Self.mostEntries).map { ($0.name.isEmpty ? $0.address : $0.name, $0.address) }
    }

    // MARK: - Dependencies

    private static let scopes = ["compile", "runtime", "provided", "system", "test"]

    private mutating func groups(of xml: MavenXML) -> [Portrait.Group] {
        let place = "project/dependencies/dependency"
        var groups = Self.scopes.map { Portrait.Group($0, []) } + [.init("other", [])]
        var fields: [String: String]?
        var count = 0
        func finish(_ painter: inout MavenPortrait) {
            guard let fields, fields["artifactId"]?.isEmpty == false, count < Self.mostDependencies else { return }
            count += 1
            let scope = fields["scope"].flatMap { $0.isEmpty ? nil : $0 } ?? "compile"
            groups[Self.scopes.firstIndex(of: scope) ?? Self.scopes.count].items.append(painter.line(of: fields))
        }
        for (path, text) in xml.entries(below: [place]) {
            if path.utf8.count == place.utf8.count {
                finish(&self)
                fields = [:]
            } else {
                fields?[String(path.dropFirst(place.count + 1))] = text
            }
        }
        finish(&self)
        return groups.filter { !$0.items.isEmpty }
    }

    /// `com.example:lib:1.0.0`, with the classifier, a type other than jar, and whether it is optional.
    private mutating func line(of fields: [String: String]) -> String {
        func text(_ name: String) -> String {
            String(String.UnicodeScalarView((fields[name] ?? "").unicodeScalars.prefix(Self.longestFact)))
        }
        var line = "\(resolved(text("groupId"))):\(resolved(text("artifactId")))"
        for name in ["version", "classifier"] where !text(name).isEmpty { line += ":\(resolved(text(name)))" }
        let type = text("type")
        if !type.isEmpty, type != "jar" { line += ", \(type)" }
        if text("optional") == "true" { line += ", optional" }
        return line
    }
}
