/// Where files of Maven's belong: a group, an artifact and a version, vetted. The path says it, and the path is right.
package struct MavenPlace: Equatable, Sendable {
    /// With dots: `com.example.demo`.
    package let group: String
    package let artifact: String
    /// `1.0.0`, or `2.0.0-SNAPSHOT` for all builds of it.
    package let version: String

    /// Bytes of a group, an artifact and a version; of a file's name, behind which `.sha512` has to fit; of a path.
    static let longestGroup = 400
    static let longestPart = 128
    static let longestFilename = 240
    static let longestPath = 1_000

    static let metadata = "maven-metadata.xml"
    private static let snapshot = "SNAPSHOT"

    /// - Parameter group: with dots, or as the folders of a path.
    /// - Throws: `.placement` for what cannot be part of a path, or would be one that Maven reads as another.
    package init(group: String, artifact: String, version: String) throws(Refusal) {
        self.group = try Self.vetted(group: group)
        try Self.check(artifact, "artifact")
        try Self.check(version, "version")
        self.artifact = artifact
        self.version = version
        // Maven's own words for the newest version, in dependencies and plug-ins.
        if ["LATEST", "RELEASE"].contains(version) {
            throw Self.refusal(
                "'\(version)' stands for whatever version is the newest, and cannot be one", "version", "give it a number")
        }
        if artifact.hasSuffix(Self.snapshot) {
            throw Self.refusal(
                "the artifact '\(artifact)' is called as the folders of snapshot versions are", "artifact", "give it another name"
            )
        }
        if !isSnapshot, ASCII.lowered(version).hasSuffix("snapshot") {
            throw Self.refusal(
                "the version '\(version)' is a snapshot to some of Maven and a release to the rest", "version",
                "write SNAPSHOT in capitals")
        }
        if let base = Self.base(ofBuild: version) {
            throw Self.refusal(
                "the version '\(version)' is one build of \(base)", "version", "send it to the folder \(base)")
        }
    }

    /// What coordinates say, however many of the three.
    struct Hints {
        var group, artifact, version: String?

        init(_ coordinates: Coordinates) {
            func value(_ name: String) -> String? { coordinates[name].flatMap { $0.isEmpty ? nil : $0 } }
            group = value("group")
            artifact = value("artifact")
            version = value("version")
        }

        var isEmpty: Bool { group == nil && artifact == nil && version == nil }

        /// The place that they name, with what is missing taken from a file; nil where it is missing there, too.
        func place(or file: MavenIdentity?) throws(Refusal) -> MavenPlace? {
            guard let group = group ?? file?.group, let artifact = artifact ?? file?.artifact,
                let version = version ?? file?.version
            else { return nil }
            return try MavenPlace(group: group, artifact: artifact, version: version)
        }
    }

    /// `com.example.demo:lib`, as people and this program's lists write it.
    package var name: String { "\(group):\(artifact)" }

    /// `com/example/demo/lib/1.0.0`.
    package var folder: String { "\(Self.folder(of: group))/\(artifact)/\(version)" }

    package var isSnapshot: Bool { version.hasSuffix(Self.snapshot) }

    /// What stands in front of a build in the names of its files: `2.0.0-`.
    var prefix: String { String(version.dropLast(Self.snapshot.count)) }

    static func folder(of group: String) -> String { group.split(separator: ".").joined(separator: "/") }

    // MARK: - Vetting

    private static func vetted(group: String) throws(Refusal) -> String {
        let isPath = group.utf8.contains(UInt8(ascii: "/"))
        let parts = group.split(separator: isPath ? "/" : ".", omittingEmptySubsequences: false).map(String.init)
        for part in parts {
            try check(part, "group")
            if isPath, part.utf8.contains(UInt8(ascii: ".")) {
                throw refusal(
                    "the group's folder '\(part)' has a dot, and each part of a group is a folder of its own", "group",
                    "send it to \(part.split(separator: ".").joined(separator: "/"))")
            }
        }
        guard group.utf8.count <= longestGroup else {
            throw refusal("the group has \(group.utf8.count) bytes, more than \(longestGroup)", "group", "shorten it")
        }
        return parts.joined(separator: ".")
    }

    private static func refusal(_ what: String, _ place: String, _ remedy: String) -> Refusal {
        Refusal(.placement, what, at: place, remedy: remedy)
    }

    /// A component of a path, as Maven has ids (`[A-Za-z0-9_.-]+`); versions and files may have `+` and `~` besides.
    static func check(_ text: String, _ part: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        let isID = part == "group" || part == "artifact"
        let extra = isID ? "._-" : "._-+~"
        let remedy = "use letters, digits and \(extra.map(String.init).joined(separator: " "))"
        guard !bytes.isEmpty else { throw refusal("a part of the \(part) is empty", part, "write it out") }
        let longest = part == "file name" ? longestFilename : longestPart
        guard bytes.count <= longest else {
            throw refusal("the \(part) has \(bytes.count) bytes, more than \(longest)", part, "shorten it")
        }
        if text == "." || text == ".." {
            throw refusal("the \(part) '\(text)' means a folder of the path and is not a name", part, remedy)
        }
        if let byte = bytes.first(where: { !ASCII.isAlphanumeric($0) && !extra.utf8.contains($0) }) {
            throw refusal("the \(part) '\(text)' has \(fault(of: byte))", part, remedy)
        }
        if bytes[0] == UInt8(ascii: ".") {
            throw refusal("the \(part) '\(text)' begins with a dot, and web servers keep such files to themselves", part, remedy)
        }
        if bytes[0] == UInt8(ascii: "-") {
            throw refusal("the \(part) '\(text)' begins with a dash, and commands take that for an option", part, remedy)
        }
        if bytes.last == UInt8(ascii: ".") {
            throw refusal("the \(part) '\(text)' ends in a dot, which some file systems drop", part, remedy)
        }
        if part != "file name", ASCII.lowered(text).hasPrefix(metadata) {
            throw refusal("the \(part) '\(text)' is called as the repository's own documents are", part, "choose another one")
        }
    }

    private static func fault(of byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "/"): "a slash, which would be one more folder"
        case UInt8(ascii: "\\"): "a backslash, which is a separator elsewhere"
        case UInt8(ascii: "%"): "a percent sign, which addresses cannot tell from an escape"
        case UInt8(ascii: "$"), UInt8(ascii: "{"), UInt8(ascii: "}"): "an expression in it that nobody has resolved"
        case 32: "a blank"
        case 0..<32, 127: "a control character (byte \(byte))"
        case 128...: "a character that is not ASCII, which systems spell in several ways"
        default: "the character '\(String(UnicodeScalar(byte)))', which Maven does not take"
        }
    }

    /// `2.0.0-SNAPSHOT` for `2.0.0-20261128.120000-2`; nil for what is not a build.
    static func base(ofBuild version: String) -> String? {
        let bytes = Array(version.utf8)
        for start in bytes.indices where start == 0 || bytes[start - 1] == UInt8(ascii: "-") {
            var rest = Substring(decoding: bytes[start...], as: UTF8.self)
            if MavenBuild(taking: &rest) != nil, rest.isEmpty {
                return String(decoding: bytes[..<start], as: UTF8.self) + snapshot
            }
        }
        return nil
    }
}

/// What a file says of itself, as it says it.
struct MavenIdentity: Equatable {
    var group, artifact, version: String
}
