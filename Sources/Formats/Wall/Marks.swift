/// A mark that people can put on what an ecosystem's clients choose from: yanked, deprecated, a dist-tag. It says something of a package
/// besides its bytes, and can be taken back.
public struct MarkKind: Equatable, Sendable {
    public enum Subject: String, Sendable {
        case package, version, file
    }

    /// A word for the command line and the catalog, in small letters: `yanked`.
    public var name: String
    /// What has it. A mark of a package or a version is one of all its files, also of those that come in later.
    public var subject: Subject
    /// Whether there are several of one kind, told apart by a key: npm's dist-tags.
    public var isKeyed: Bool
    /// What its value is, for people: `reason`; nil where it has none.
    public var value: String?
    /// What it tells clients, for whoever asks for a mark that is not there.
    public var help: String

    public init(_ name: String, of subject: Subject, isKeyed: Bool = false, value: String? = nil, help: String) {
        self.name = name
        self.subject = subject
        self.isKeyed = isKeyed
        self.value = value
        self.help = help
    }

    /// Clients choose it for whoever asks for exactly this file, and for nobody else (PEP 592).
    public static let yanked = MarkKind(
        "yanked", of: .file, value: "reason", help: "Not to be chosen any more, but by whoever pins it.")
}

/// What people said of a file, its version and its package after it came in.
public struct Annotations: Equatable, Sendable {
    private struct Name: Hashable, Sendable {
        var kind, key: String
    }

    private var values: [Name: String] = [:]

    public init() {}

    public init(yanked: String?) { self["yanked"] = yanked }

    /// The value of a mark, which may be empty; nil where it is not set.
    public subscript(kind: String, key key: String = "") -> String? {
        get { values[Name(kind: kind, key: key)] }
        set { values[Name(kind: kind, key: key)] = newValue }
    }

    /// A mark that is set.
    public struct Mark: Equatable, Sendable {
        public var kind, key, value: String
    }

    /// All marks that are set, in byte order of their kinds and keys.
    public var all: [Mark] {
        values.map { Mark(kind: $0.key.kind, key: $0.key.key, value: $0.value) }
            .sorted {
                [$0.kind, $0.key].lexicographicallyPrecedes([$1.kind, $1.key]) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
    }

    /// Not nil when the file is yanked; the reason may be empty (PEP 592).
    public var yanked: String? { self["yanked"] }
}
