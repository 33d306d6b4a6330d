/// Where a file lives and which partitions list it.
package struct Placement: Sendable {
    /// What may exist once in a repository: another file with the same identity and other bytes is refused, the same bytes
    /// again are a no-op. Case and spelling are folded as the ecosystem's clients fold them.
    package var identity: String
    /// Unique in a repository.
    package var path: PublicPath
    /// What may mean one content only, wherever in the repository it lies (a version in all components of a distribution).
    /// Nil where the identity says it all.
    package var claim: String?
    /// May be empty (a provenance file is served, not listed).
    package var listings: [Listing]
    /// A file that must be there, with this content, before this one may come in.
    package var companion: Companionship?
    /// Paths below `OWNER/TYPE/` of files without which this one is of no use: it comes in only when all of them are there, and they cannot be
    /// removed before it.
    package var requirements: [Requirement]
    /// Whether it is there only for files that require it: it goes by itself when none has done so for the grace period.
    package var isPart: Bool
    /// Further public paths of the same bytes: for clients that ask for a file under a name other than that in the index. They come and
    /// go with the file.
    package var aliases: [PublicPath]

    /// - Throws: `.placement` for a path that cannot be public (`PublicPath`).
    package init(
        identity: String, path: String, claim: String? = nil, listings: [Listing], companion: Companionship? = nil,
        aliases: [String] = [], requirements: [(path: String, size: Int?)] = [], isPart: Bool = false
    ) throws(Refusal) {
        self.identity = identity
        self.path = try PublicPath(path)
        self.claim = claim
        self.listings = listings
        self.companion = companion
        self.isPart = isPart
        self.aliases = try Self.paths(aliases)
        self.requirements = []
        for required in requirements {
            self.requirements.append(Requirement(path: try PublicPath(required.path), size: required.size))
        }
    }

    /// A file that must be there.
    package struct Requirement: Equatable, Sendable {
        package var path: PublicPath
        /// How many bytes it has as whoever requires it says; nil where that is not said.
        package var size: Int?

        package var text: String { path.text }
    }

    /// Whether other files must be here before it may come in.
    package var needsOthers: Bool { companion != nil || !requirements.isEmpty }

    private static func paths(_ texts: [String]) throws(Refusal) -> [PublicPath] {
        var paths: [PublicPath] = []
        for text in texts { paths.append(try PublicPath(text)) }
        return paths
    }

    /// "I speak about the file at `path`, whose digest is this one."
    package struct Companionship: Equatable, Sendable {
        package var path: String
        package var algorithm: Digests.Algorithm
        /// As many bytes as the algorithm's digests have; none: whatever lies there is meant.
        package var digest: [UInt8]

        package init(path: String, algorithm: Digests.Algorithm = .sha256, digest: [UInt8] = []) {
            self.path = path
            self.algorithm = algorithm
            self.digest = digest
        }
    }
}

/// One line of a partition's table of contents.
package struct Listing: Equatable, Sendable {
    package var partition: PartitionKey
    /// The order of the entries in the index is the byte order (memcmp) of these.
    package var sortKey: [UInt8]
    /// True: all listings of this partition with this sort key count as one entry (a project among a repository's projects),
    /// and the partition changes only when the set of its keys does.
    package var shared: Bool

    package init(_ partition: PartitionKey, sortKey: [UInt8], shared: Bool = false) {
        self.partition = partition
        self.sortKey = sortKey
        self.shared = shared
    }
}

/// Names the smallest set of files whose documents are regenerated together.
///
/// The scope is what shares a root document (RPM's group, Debian's distribution, one PyPI project); the name tells the partitions
/// of a scope apart (Debian: `main/amd64`; empty where a scope has one partition).
package struct PartitionKey: Hashable, Sendable {
    package var scope: String
    package var name: String

    package init(scope: String, name: String = "") {
        self.scope = scope
        self.name = name
    }
}
