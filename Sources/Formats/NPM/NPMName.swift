/// Names of packages: `web`, `@acme/web`. The rules are those of validate-npm-package-name 6 for new packages, and a few of files.
enum NPMName {
    /// Bytes of a name with its scope.
    static let longest = 214
    /// Bytes of a component of a public path, as common file systems have it.
    private static let componentLimit = 255

    /// What is wrong with a name, as a clause; nil for a name that is taken.
    static func fault(in name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name.utf8.count > longest { return "it has more than \(longest) bytes" }
        if let byte = name.utf8.first(where: { !isPart($0) && $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "/") }) {
            if ASCII.isUpper(byte) { return "it holds a capital, and new names are written in small letters" }
            let shown = byte > 32 && byte < 127 ? "'\(UnicodeScalar(byte))'" : "a character outside of printable ASCII"
            return "it holds \(shown), and may hold small letters, digits, '-', '.', '_' and '~'"
        }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
        guard name.hasPrefix("@") else {
            guard parts.count == 1 else { return "it holds '/' without a scope, which begins with '@'" }
            return fault(inPart: parts[0], of: "it")
        }
        guard parts.count == 2 else { return "a name with a scope is written as @SCOPE/NAME" }
        return fault(inPart: parts[0].dropFirst(), of: "its scope") ?? fault(inPart: parts[1], of: "what is behind its scope")
    }

    private static func fault(inPart part: Substring, of what: String) -> String? {
        guard let first = part.utf8.first else { return "\(what) is empty" }
        if part.utf8.contains(UInt8(ascii: "@")) { return "\(what) holds '@'" }
        if first == UInt8(ascii: ".") || first == UInt8(ascii: "_") { return "\(what) begins with '\(UnicodeScalar(first))'" }
        if taken.contains(String(part)) { return "\(what) is '\(part)', which is kept for something else" }
        return nil
    }

    /// What npm keeps, what the registry has at such addresses, and the page for people.
    private static let taken: Set = [
        "node_modules", "favicon.ico", "-", "-rev", "index.html", "index.json", "index.xml", "corgi.json", "repository.key",
    ]

    private static func isPart(_ byte: UInt8) -> Bool {
        ASCII.isLower(byte) || ASCII.isDigit(byte) || "-._~".utf8.contains(byte)
    }

    /// The name without its scope.
    static func base(of name: String) -> String {
        name.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(name[name.utf8.index(after: $0)...]) } ?? name
    }

    static func filename(of name: String, _ version: NPMVersion, ending: String) -> String {
        "\(base(of: name))-\(version.text)\(ending)"
    }

    /// `@acme/web/-/web-1.0.0.tgz`, as npm's registry has it.
    static func path(of name: String, _ version: NPMVersion, ending: String) -> String {
        "\(name)/-/\(filename(of: name, version, ending: ending))"
    }

    /// Whether the longest of its files has a name that file systems take.
    static func fits(_ name: String, _ version: NPMVersion) -> Bool {
        filename(of: name, version, ending: NPM.attestationEnding).utf8.count <= componentLimit
            && name.utf8.count + 1 + version.text.utf8.count <= componentLimit
    }
}

/// A version as npm's registry holds it: Semantic Versioning 2.0.0 without build metadata, with numbers that JavaScript can count to.
struct NPMVersion: Equatable, Sendable {
    let semantic: SemanticVersion

    /// 2^53 - 1; node-semver takes none above.
    private static let largest: UInt64 = 9_007_199_254_740_991

    var text: String { semantic.text }
    /// In small letters: file systems that fold case could not keep two apart.
    var identity: String { semantic.identity }
    var isPrerelease: Bool { semantic.isPrerelease }
    var sortKey: [UInt8] { semantic.sortKey }

    /// Ascending: what people should get who ask for nothing in particular comes first. A release before all pre-releases, and among both
    /// the greatest.
    var choiceKey: [UInt8] {
        SortKey.of { key in
            key.rank(isPrerelease ? 1 : 0)
            key.append(semantic.descendingKey)
        }
    }

    /// A version to the letter, as documents have it.
    init?(_ text: String) {
        guard let version = SemanticVersion(text), version.build == nil, Self.isExact(text, version) else { return nil }
        semantic = version
    }

    /// As a package.json may have it, cleaned as npm does before it publishes (semver `clean`): blanks around it, `v` and `=` before it, and
    /// build metadata are left out.
    init?(cleaning text: String) {
        let blanks: Set<UInt8> = [9, 10, 13, 32]
        guard text.utf8.count <= 2 * SemanticVersion.lengthLimit else { return nil }
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, blanks.contains(first) || first == UInt8(ascii: "v") || first == UInt8(ascii: "=") {
            bytes = bytes.dropFirst()
        }
        while let last = bytes.last, blanks.contains(last) { bytes = bytes.dropLast() }
        let whole = String(decoding: bytes, as: UTF8.self)
        guard let version = SemanticVersion(whole), Self.isExact(whole, version) else { return nil }
        self.init(String(decoding: bytes.prefix { $0 != UInt8(ascii: "+") }, as: UTF8.self))
    }

    private static func isExact(_ text: String, _ version: SemanticVersion) -> Bool {
        let numbers = "\(version.major).\(version.minor).\(version.patch)"
        guard text.utf8.starts(with: numbers.utf8), max(version.major, version.minor, version.patch) <= largest else {
            return false
        }
        let next = text.utf8.dropFirst(numbers.utf8.count).first
        return next == nil || next == UInt8(ascii: "-") || next == UInt8(ascii: "+")
    }

    /// What is wrong with a text that is not a version, and what helps.
    static func explain(_ text: String) -> (what: String, remedy: String) {
        guard let version = SemanticVersion(text) else { return SemanticVersionFault.explain(text) }
        if max(version.major, version.minor, version.patch) > largest {
            return ("a number in it is larger than \(largest)", "use a smaller number")
        }
        return (
            "it is not three numbers with dots between them, without zeros in front",
            "write it as \(version.major).\(version.minor).\(version.patch)"
        )
    }
}

/// Names of dist-tags. npm takes none that could be a version or a range, since both stand in the same place (`web@NAME`).
enum NPMTag {
    static let latest = "latest"
    private static let longest = 128

    /// For `MarkKind.check`. The version is empty where a tag is taken back.
    @Sendable static func fault(_ tag: String, _ version: String) -> String? {
        if let fault = fault(in: tag) { return "'\(NPMManifest.shown(tag))' cannot be a dist-tag: \(fault)" }
        if !version.isEmpty, NPMVersion(version) == nil {
            return "'\(NPMManifest.shown(version))' is not a version; a dist-tag stands for one"
        }
        return nil
    }

    static func fault(in tag: String) -> String? {
        if tag.isEmpty { return "it is empty" }
        if tag.utf8.count > longest { return "it has more than \(longest) bytes" }
        // What encodeURIComponent leaves as it is.
        if !tag.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || "-_.!~*'()".utf8.contains($0) }) {
            return "it holds a character that would be escaped in an address"
        }
        return isRange(tag) ? "npm would take it for a version or a range of versions" : nil
    }

    /// Whether it is one to three numbers or wildcards with dots between them, whatever is behind the third; also with `v` or `~` before them.
    private static func isRange(_ tag: String) -> Bool {
        let body = tag.utf8.drop { $0 == UInt8(ascii: "v") || $0 == UInt8(ascii: "~") }
        if body.isEmpty { return tag.utf8.first == UInt8(ascii: "~") }
        let numbers = body.prefix { $0 != UInt8(ascii: "-") }
        let parts = numbers.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isBehind = numbers.endIndex < body.endIndex
        func isNumber(_ part: Substring.UTF8View) -> Bool {
            ["x", "X", "*"].contains(Substring(part)) || (!part.isEmpty && part.allSatisfy(ASCII.isDigit))
        }
        return parts.count <= 3 && parts.allSatisfy(isNumber) && (!isBehind || parts.count == 3)
    }
}
