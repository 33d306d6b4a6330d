/// What a package file says about itself: everything that the catalog keeps of its content.
package struct PackageRecord: Sendable {
    /// As people write it.
    package var name: String
    /// The name's normal form. Unique in a repository: two spellings of one name are one package.
    package var nameIdentity: String
    /// As people write it (`1:2.0-3`).
    package var version: String
    /// The version's normal form. Unique in a package.
    package var versionIdentity: String
    /// `x86_64`, `all`, `py3-none-any`; empty where the ecosystem has none.
    package var architecture: String
    /// One line for listings, free of control characters: a package can say anything, and people list it on a terminal.
    package var summary: String
    /// What `Ecosystem.fragments` needs to render again without the file, in the ecosystem's own encoding. Often empty.
    package var facts: [UInt8]
    /// Finished pieces that depend on the file alone, not on its place or annotations.
    package var fragments: [Fragment]
    /// What its page tells people, where the file alone says it all; nil for files of which no page speaks, and in repositories without
    /// pages (`Repository.hasPages`).
    package var portrait: Portrait?
    /// Files that are published beside this one.
    package var sidecars: [Sidecar]
    /// For whoever sends the file; the catalog forgets them.
    package var warnings: [Warning]
    /// Marks of its package that are to be set when it comes in: what its sender calls it. Also where the same bytes are here already.
    package var statements: [MarkStatement]

    package init(
        name: String, nameIdentity: String, version: String, versionIdentity: String, architecture: String, summary: String,
        facts: [UInt8] = [], fragments: [Fragment] = [], portrait: Portrait? = nil, sidecars: [Sidecar] = [],
        warnings: [Warning] = [], statements: [MarkStatement] = []
    ) {
        self.name = name
        self.nameIdentity = nameIdentity
        self.version = version
        self.versionIdentity = versionIdentity
        self.architecture = architecture
        self.summary = ASCII.line(summary)
        self.facts = facts
        self.fragments = fragments
        self.portrait = portrait
        self.sidecars = sidecars
        self.warnings = warnings
        self.statements = statements
    }
}

/// A small file taken out of a package and published with it: PyPI's `FILE.metadata`, Go's `VERSION.mod`.
package struct Sidecar: Equatable, Sendable {
    /// Where it lies.
    package enum Place: Equatable, Sendable {
        /// At the package's path with this behind it: `.metadata`.
        case appended(String)
        /// In the package's folder, under this name: `v1.0.0.mod`. A safe path component.
        case sibling(String)

        /// - Parameter package: the package's path.
        /// - Throws: `.placement` for a path that cannot be public.
        package func path(beside package: PublicPath) throws(Refusal) -> PublicPath {
            switch self {
            case .appended(let suffix): return try PublicPath(package.text + suffix)
            case .sibling(let name):
                guard let slash = package.text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return try PublicPath(name) }
                return try PublicPath(package.text[...slash] + name)
            }
        }
    }

    package var place: Place
    package var bytes: [UInt8]

    package init(_ place: Place, bytes: [UInt8]) {
        self.place = place
        self.bytes = bytes
    }
}

/// Which piece of which document a fragment is: `primary`, `stanza`, `html`.
package struct Slot: Hashable, Sendable, ExpressibleByStringLiteral {
    package var name: String
    package init(_ name: String) { self.name = name }
    package init(stringLiteral value: String) { name = value }
}

/// A file's finished piece of one index document, rendered once and kept in the catalog.
package struct Fragment: Equatable, Sendable {
    package var slot: Slot
    package var bytes: [UInt8]

    package init(_ slot: Slot, _ bytes: [UInt8]) {
        self.slot = slot
        self.bytes = bytes
    }
}
