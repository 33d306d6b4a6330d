/// A mark that people can put on what an ecosystem's clients choose from: yanked, deprecated, a dist-tag. It says something of a package
/// besides its bytes, and can be taken back.
package struct MarkKind: Equatable, Sendable {
    package enum Subject: String, Sendable {
        case package, version, file
    }

    /// A word for the command line and the catalog, in small letters: `yanked`.
    package var name: String
    /// What has it. A mark of a package or a version is one of all its files, also of those that come in later.
    package var subject: Subject
    /// Whether there are several of one kind, told apart by a key: npm's dist-tags.
    package var isKeyed: Bool
    /// What its value is, for people: `reason`; nil where it has none.
    package var value: String?
    /// What it tells clients, for whoever asks for a mark that is not there.
    package var help: String
    /// What is rendered with it.
    package var effect: Effect
    /// Whether its value is the version of the package that it stands for: it goes when the version's last file does. Only where its
    /// effect is on plans.
    package var namesVersion: Bool
    /// What is wrong with a key or a value, and what helps; nil: nothing.
    package var check: @Sendable (_ key: String, _ value: String) -> String?
    /// Where it has a file listed, if its effect is on listings: by the package's name identity, the mark's key and the file's path below
    /// `OWNER/TYPE/`. No placement lists anything in the scopes of these partitions.
    package var partition: (@Sendable (_ package: String, _ key: String, _ path: String) -> PartitionKey)?

    package enum Effect: Equatable, Sendable {
        /// The fragments of the files that it is about.
        case fragments
        /// The plans of one scope, which has its package's name identity as its key: `Scope.marks`. Only of packages.
        case plans
        /// The first file of the version that it names is listed in `partition` for as long as it is set: a moving tag. Only of packages, with
        /// keys.
        case listings
    }

    package init(
        _ name: String, of subject: Subject, isKeyed: Bool = false, value: String? = nil, effect: Effect = .fragments,
        namesVersion: Bool = false, help: String, check: @escaping @Sendable (String, String) -> String? = { _, _ in nil },
        partition: (@Sendable (String, String, String) -> PartitionKey)? = nil
    ) {
        precondition(effect == .fragments || subject == .package, "a scope's plans belong to its package")
        precondition(!namesVersion || effect != .fragments, "what names a version decides plans or listings")
        precondition((effect == .listings) == (partition != nil), "what is listed is listed somewhere")
        precondition(
            effect != .listings || (isKeyed && namesVersion), "what lists a file names its version, and has a key for the place")
        self.name = name
        self.subject = subject
        self.isKeyed = isKeyed
        self.value = value
        self.effect = effect
        self.namesVersion = namesVersion
        self.help = help
        self.check = check
        self.partition = partition
    }

    /// A kind is known by its name, and `check` compares with nothing.
    package static func == (a: MarkKind, b: MarkKind) -> Bool { a.name == b.name && a.subject == b.subject }

    /// Clients choose it for whoever asks for exactly this file, and for nobody else (PEP 592).
    package static let yanked = MarkKind(
        "yanked", of: .file, value: "reason", help: "Not to be chosen any more, but by whoever pins it.")
}

/// What people said of a file, its version and its package after it came in.
package struct Annotations: Equatable, Sendable {
    private struct Name: Hashable, Sendable {
        var kind, key: String
    }

    private var values: [Name: String] = [:]

    package init() {}

    package init(yanked: String?) { self["yanked"] = yanked }

    /// The value of a mark, which may be empty; nil where it is not set.
    package subscript(kind: String, key key: String = "") -> String? {
        get { values[Name(kind: kind, key: key)] }
        set { values[Name(kind: kind, key: key)] = newValue }
    }

    /// A mark that is set.
    package struct Mark: Equatable, Sendable {
        package var kind, key, value: String
    }

    /// All marks of people that are set, in byte order of their kinds and keys.
    package var all: [Mark] {
        values.filter { !$0.key.kind.hasPrefix(".") }.map { Mark(kind: $0.key.kind, key: $0.key.key, value: $0.value) }
            .sorted {
                [$0.kind, $0.key].lexicographicallyPrecedes([$1.kind, $1.key]) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            }
    }

    /// Not nil when the file is yanked; the reason may be empty (PEP 592).
    package var yanked: String? { self["yanked"] }
}

extension Annotations {
    /// The signature that the site's key has made over `Ecosystem.signedText`, as `SiteKey` describes it, in base64; nil on a site without
    /// that key.
    package var signature: String? { values.first { $0.key.kind == Self.signatureKind }?.value }

    /// The name under which it is kept, with the key's as its key. It begins with a dot, as no mark of people does.
    package static let signatureKind = ".signature"
}

/// What a publish request says of marks, besides its files.
package struct MarkStatement: Equatable, Sendable {
    /// A `MarkKind.name` of the ecosystem.
    package var kind: String
    /// Empty for kinds without keys.
    package var key: String
    /// As people write it; nil for marks of packages.
    package var version: String?
    /// Nil: it is taken back.
    package var value: String?

    package init(_ kind: String, key: String = "", version: String? = nil, value: String?) {
        self.kind = kind
        self.key = key
        self.version = version
        self.value = value
    }
}

extension EcosystemProfile {
    /// Statements with their kinds of mark. What an ecosystem says is about its own kinds.
    package func resolved(_ statements: [MarkStatement]) throws(Refusal) -> [(kind: MarkKind, statement: MarkStatement)] {
        var resolved: [(kind: MarkKind, statement: MarkStatement)] = []
        for statement in statements {
            guard let kind = marks.first(where: { $0.name == statement.kind }) else {
                preconditionFailure("an ecosystem speaks of its own marks")
            }
            try kind.vet(key: statement.key, value: statement.value)
            resolved.append((kind, statement))
        }
        return resolved
    }
}

extension MarkKind {
    /// - Parameter value: nil for a mark that is taken back.
    /// - Throws: `.malformed` for a text of several lines, and for what the kind's `check` finds.
    package func vet(key: String, value: String?) throws(Refusal) {
        for text in [key, value ?? ""] where text.utf8.contains(where: { ASCII.isControl($0) }) {
            throw Refusal(.malformed, "what a mark says is not one line of text", at: name, remedy: "write it in one line")
        }
        if let fault = check(key, value ?? "") {
            throw Refusal(.malformed, fault, at: key.isEmpty ? name : "\(name) \(key)", remedy: "choose another")
        }
    }
}

extension EcosystemProfile {
    /// Of all that is said of something, what has this effect; the site's signatures have one on fragments.
    package func marks(with effect: MarkKind.Effect, of annotations: Annotations) -> Annotations {
        let effects = Dictionary(marks.map { ($0.name, $0.effect) }) { first, _ in first }
        return annotations.filtered { effects[$0, default: .fragments] == effect }
    }
}

extension Annotations {
    fileprivate func filtered(_ isKept: (_ kind: String) -> Bool) -> Annotations {
        var annotations = Annotations()
        annotations.values = values.filter { isKept($0.key.kind) }
        return annotations
    }
}
