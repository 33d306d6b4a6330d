/// A chart's metadata with helm's types: what Chart.yaml becomes in helm's index (v4.2.3, `chart.Metadata`).
///
/// Keys are matched in any case, as Go's JSON reader does, the exact spelling having precedence. Unknown keys are ignored.
struct HelmChart {
    var name = ""
    var home = ""
    var version = ""
    var description = ""
    var icon = ""
    var apiVersion = ""
    var condition = ""
    var tags = ""
    var appVersion = ""
    var kubeVersion = ""
    var type = ""
    var deprecated = false
    var sources: [String] = []
    var keywords: [String] = []
    var maintainers: [Maintainer] = []
    /// In the byte order of the keys.
    var annotations: [YAMLMember] = []
    var dependencies: [Dependency] = []

    struct Maintainer {
        var name: String
        var email: String
        var url: String
    }

    struct Dependency {
        var name: String
        var version: String
        var repository: String
        var condition: String
        var tags: [String]
        var enabled: Bool
        /// Strings, or mappings of `child` and `parent`; kept as they are.
        var importValues: [YAMLNode]
        var alias: String
    }

    /// Reads Chart.yaml, the document called `subject` in refusals.
    init(_ bytes: [UInt8], from subject: String, within budget: Budget) throws(Refusal) {
        try merge(bytes, from: subject, within: budget)
    }

    /// Takes over every key that the document sets. A v1 chart's requirements.yaml is merged so, and helm reads one in a v2 chart too.
    mutating func merge(_ bytes: [UInt8], from subject: String, within budget: Budget) throws(Refusal) {
        let node = try YAMLDocument.read(bytes, subject: subject, within: budget)
        if node == .null { return }
        try HelmFields.checkNumbers(in: node, of: subject)
        let fields = try HelmFields(node, at: subject)
        if let text = try fields.text("name") { name = Self.clean(text) }
        if let text = try fields.text("home") { home = Self.clean(text) }
        if let text = try fields.text("version") { version = text }
        if let text = try fields.text("description") { description = Self.clean(text) }
        if let text = try fields.text("icon") { icon = Self.clean(text) }
        if let text = try fields.text("apiVersion") { apiVersion = text }
        if let text = try fields.text("condition") { condition = Self.clean(text) }
        if let text = try fields.text("tags") { tags = Self.clean(text) }
        if let text = try fields.text("appVersion") { appVersion = Self.clean(text) }
        if let text = try fields.text("kubeVersion") { kubeVersion = Self.clean(text) }
        if let text = try fields.text("type") { type = text }
        if let flag = try fields.flag("deprecated") { deprecated = flag }
        if let texts = try fields.texts("sources") { sources = texts.map { Self.clean($0) } }
        if let texts = try fields.texts("keywords") { keywords = texts.map { Self.clean($0) } }
        if let items = try fields.items("maintainers") { maintainers = try Self.maintainers(items, subject) }
        if let items = try fields.items("dependencies") { dependencies = try Self.dependencies(items, subject) }
        if let pairs = try fields.annotations("annotations") { annotations = pairs }
    }

    private static func maintainers(_ items: [YAMLNode], _ subject: String) throws(Refusal) -> [Maintainer] {
        var maintainers: [Maintainer] = []
        for (index, item) in items.enumerated() {
            let fields = try HelmFields(item, at: "\(subject), maintainers[\(index)]")
            maintainers.append(
                Maintainer(
                    name: clean(try fields.text("name") ?? ""), email: clean(try fields.text("email") ?? ""),
                    url: clean(try fields.text("url") ?? "")))
        }
        return maintainers
    }

    private static func dependencies(_ items: [YAMLNode], _ subject: String) throws(Refusal) -> [Dependency] {
        var dependencies: [Dependency] = []
        for (index, item) in items.enumerated() {
            let fields = try HelmFields(item, at: "\(subject), dependencies[\(index)]")
            let dependency = Dependency(
                name: clean(try fields.text("name") ?? ""), version: clean(try fields.text("version") ?? ""),
                repository: clean(try fields.text("repository") ?? ""), condition: clean(try fields.text("condition") ?? ""),
                tags: (try fields.texts("tags") ?? []).map { clean($0) }, enabled: try fields.flag("enabled") ?? false,
                importValues: try fields.items("import-values") ?? [], alias: try fields.text("alias") ?? "")
            guard dependency.alias.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == 45 || $0 == 95 }) else {
                throw fields.refusal("the alias has characters other than letters, digits, `_` and `-`", "alias")
            }
            dependencies.append(dependency)
        }
        return dependencies
    }

    /// Helm's `sanitizeString`: every kind of white space becomes a space, what cannot be printed is dropped.
    static func clean(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                cleaned.append(" ")
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                break
            default: cleaned.append(scalar)
            }
        }
        return String(cleaned)
    }
}

extension HelmChart {
    private static let remedy = "correct Chart.yaml and package the chart again"

    /// What helm's `Validate` asks for (without it the client skips the entry), and what a name needs to be part of a path.
    func validate() throws(Refusal) {
        func refusal(_ what: String, _ field: String) -> Refusal {
            Refusal(.malformed, what, at: "Chart.yaml, \(field)", remedy: Self.remedy)
        }
        guard apiVersion == "v1" || apiVersion == "v2" else { throw refusal("the apiVersion is neither v1 nor v2", "apiVersion") }
        guard !name.isEmpty else { throw refusal("the chart has no name", "name") }
        guard !version.isEmpty else { throw refusal("the chart has no version", "version") }
        guard ["", "application", "library"].contains(type) else {
            throw refusal("the type is neither application nor library", "type")
        }
        _ = try semanticVersion
        _ = try Self.path(name: name, version: version)
        // Helm tolerates two dependencies of one name and alias in an index (helm#12748), but installs no such chart.
        var seen: Set<[UInt8]> = []
        for dependency in dependencies {
            let name = dependency.alias.isEmpty ? dependency.name : dependency.alias
            guard seen.insert(Array(name.utf8)).inserted else {
                throw Refusal(
                    .malformed, "two dependencies have the name or alias '\(name)', which helm refuses",
                    at: "Chart.yaml, dependencies",
                    remedy: "give all but one of them an alias of its own, and package the chart again")
            }
        }
    }

    var semanticVersion: SemanticVersion {
        get throws(Refusal) {
            guard let version = SemanticVersion(version) else { throw Self.noVersion(version) }
            return version
        }
    }

    static func noVersion(_ version: String) -> Refusal {
        let fault = SemanticVersionFault.explain(version)
        return Refusal(
            .malformed, "\"\(String(version.unicodeScalars.prefix(80)))\" is not a semantic version: \(fault.what)",
            at: "Chart.yaml, version", remedy: "\(fault.remedy); then package the chart again")
    }

    /// `NAME-VERSION.tgz`, as `helm package` calls it. The name must begin with a letter or digit and consist of those, `.`, `_` and
    /// `-`; the version must be one.
    ///
    /// - Parameter plus: what stands for `+` in it.
    static func path(name: String, version: String, plus: String = "+") throws(Refusal) -> String {
        let bytes = Array(name.utf8)
        let isSafe = bytes.allSatisfy { ASCII.isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
        guard isSafe, let first = bytes.first, ASCII.isAlphanumeric(first) else {
            throw Refusal(
                .malformed, "the chart's name does not begin with a letter or digit or has other characters than these and `._-`",
                at: "Chart.yaml, name", remedy: remedy)
        }
        guard SemanticVersion(version) != nil else { throw noVersion(version) }
        // With .tgz.prov, a file name's 255 bytes.
        guard bytes.count + version.utf8.count <= 240 else {
            throw Refusal(.limit, "name and version are longer than 240 bytes", at: "Chart.yaml", remedy: remedy)
        }
        guard plus != "+", version.utf8.contains(UInt8(ascii: "+")) else { return "\(name)-\(version).tgz" }
        return "\(name)-\(version.split(separator: "+", omittingEmptySubsequences: false).joined(separator: plus)).tgz"
    }

    /// The members of an index entry that come from the chart; what is empty is left out, as in helm.
    var members: [YAMLMember] {
        var members = Self.texts([
            ("apiVersion", apiVersion), ("appVersion", appVersion), ("condition", condition), ("description", description),
            ("home", home), ("icon", icon), ("kubeVersion", kubeVersion), ("name", name), ("tags", tags), ("type", type),
            ("version", version),
        ])
        func list(_ key: String, _ items: [YAMLNode]) {
            if !items.isEmpty { members.append(YAMLMember(key, .sequence(items))) }
        }
        if !annotations.isEmpty { members.append(YAMLMember("annotations", .mapping(annotations))) }
        if deprecated { members.append(YAMLMember("deprecated", .bool(true))) }
        list("keywords", keywords.map { .text($0) })
        list("sources", sources.map { .text($0) })
        list("maintainers", maintainers.map { .mapping(Self.texts([("email", $0.email), ("name", $0.name), ("url", $0.url)])) })
        list("dependencies", dependencies.map(\.node))
        return members
    }

    fileprivate static func texts(_ pairs: [(String, String)]) -> [YAMLMember] {
        pairs.compactMap { $0.1.isEmpty ? nil : YAMLMember($0.0, .text($0.1)) }
    }
}

extension HelmChart.Dependency {
    /// As it stands in an index. Name and repository are always there, even when empty.
    var node: YAMLNode {
        var members = HelmChart.texts([("alias", alias), ("condition", condition), ("version", version)])
        members.append(YAMLMember("name", .text(name)))
        members.append(YAMLMember("repository", .text(repository)))
        if enabled { members.append(YAMLMember("enabled", .bool(true))) }
        if !tags.isEmpty { members.append(YAMLMember("tags", .sequence(tags.map { .text($0) }))) }
        if !importValues.isEmpty {
            members.append(YAMLMember("import-values", .sequence(importValues.map { HelmFields.inKeyOrder($0) })))
        }
        return .mapping(HelmEntry.sorted(members))
    }
}
