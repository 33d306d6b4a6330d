/// How one document is made: a value that can be printed, compared and tested without a database.
package struct DocumentPlan: Equatable, Sendable {
    /// Relative to `OWNER/TYPE/`. For `.digestPrefixed` the name without the digest (`el9/repodata/primary.xml`).
    package var path: String
    package var body: [Piece]
    /// What is published of it, in this order; the suffix of each is appended to `path`.
    package var encodings: [Encoding]
    package var naming: Naming
    package var companions: [Companion]
    /// When it becomes public. Nil: as a leaf, or as a root when it comes from `Ecosystem.roots`; one rank later in a scope of echoes.
    package var rank: Rank?
    /// Which digests of its first form roots and echoes ask for besides SHA-256 (`PublishedDocument.digests`).
    package var digests: [Digests.Algorithm]

    package init(
        path: String, body: [Piece], encodings: [Encoding] = [.plain], naming: Naming = .plain, companions: [Companion] = [],
        rank: Rank? = nil, digests: [Digests.Algorithm] = []
    ) {
        precondition(naming != .bare || encodings.count == 1, "two forms cannot have one name")
        self.path = path
        self.body = body
        self.encodings = encodings
        self.naming = naming
        self.companions = companions
        self.rank = rank
        self.digests = digests
    }
}

/// What a document names, and with that its place in the order in which documents become public.
///
/// A repository's documents become public rank by rank, whatever scope they belong to: the next rank begins when the one before is
/// durable. Documents that go leave in the opposite order. So a document never names another one that is not there, as long as it
/// names only documents of lower ranks, or ones that `Ecosystem.roots` returns before it.
package enum Rank: Int, CaseIterable, Comparable, Sendable {
    /// Names packages, or nothing (a key).
    case leaf = 0
    /// Names leaves: `repomd.xml`, `Release`, and what lists echoes.
    case root = 1
    /// Names documents of any rank below, of its own scope or of others: a list of projects, a `.repo` file.
    case list = 2

    package static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
}

package enum Piece: Equatable, Sendable {
    case literal([UInt8])
    case run(Run)
}

/// The cached fragments of one slot, of all entries of some partitions, merged in the order of their sort keys.
package struct Run: Equatable, Sendable {
    package var slot: Slot
    /// Entries of several partitions are merged by sort key (Debian's `amd64` and `all`).
    package var partitions: [PartitionKey]
    /// Written between two entries.
    package var separator: [UInt8]
    /// True: an entry whose fragment equals the one before it is left out.
    package var distinct: Bool
    package var grouping: Grouping?
    /// Only so many entries are written, those that come first; nil: all. Where the best come first (descending versions), a limit of 1
    /// is the newest. They are few: they are looked up before the document is written, and are a literal then. Not together with
    /// `grouping` or `distinct`.
    package var limit: Int?
    /// Of neighbouring entries that have the same fragment in this slot only the first is written: where all versions of a name stand
    /// together, the newest first, it is the one that counts. Not together with `grouping` or `distinct`.
    package var firstOf: Slot?
    /// What each byte 0 of a fragment is replaced by; nil: fragments are written as they are. For what differs between documents that
    /// share entries: the architecture of an index, in records that are of none.
    package var filling: [UInt8]?

    package init(
        _ slot: Slot, of partitions: [PartitionKey], separator: [UInt8] = [], distinct: Bool = false, grouping: Grouping? = nil,
        limit: Int? = nil, firstOf: Slot? = nil, filling: [UInt8]? = nil
    ) {
        precondition(firstOf == nil || (grouping == nil && !distinct), "neighbours are compared in one way")
        precondition(limit == nil || (grouping == nil && !distinct), "few entries need no order among them")
        self.slot = slot
        self.partitions = partitions
        self.separator = separator
        self.distinct = distinct
        self.grouping = grouping
        self.limit = limit
        self.firstOf = firstOf
        self.filling = filling
    }

    /// The slot besides its own whose fragments decide what is written.
    package var compared: Slot? { grouping?.heading ?? firstOf }

    /// Neighbouring entries with equal `heading` fragments form a group: heading, entries with separators between, closing.
    package struct Grouping: Equatable, Sendable {
        package var heading: Slot
        package var closing: [UInt8]
        /// Written between two groups.
        package var separator: [UInt8]

        package init(heading: Slot, closing: [UInt8] = [], separator: [UInt8] = []) {
            self.heading = heading
            self.closing = closing
            self.separator = separator
        }
    }
}

/// The forms in which a document is served. Levels are the encoder's own.
package enum Encoding: Hashable, Sendable {
    case plain
    case gzip(level: Int)
    case xz(level: Int)
    case zstd(level: Int)

    /// `.gz`; empty for plain.
    package var suffix: String {
        switch self {
        case .plain: ""
        case .gzip: ".gz"
        case .xz: ".xz"
        case .zstd: ".zst"
        }
    }
}

package enum Naming: Equatable, Sendable {
    /// `path` + suffix; replaced in place.
    case plain
    /// `path` alone, whatever its one encoding: `core.db`. Replaced in place.
    case bare
    /// `DIRECTORY/SHA256-NAME` + suffix, by the digest of the served bytes (repodata); never replaced, retired after a grace period.
    case digestPrefixed
    /// `path` + suffix, and the same bytes at `DIRECTORY/by-hash/SHA256/HEX` (Acquire-By-Hash), the latter kept for a grace period.
    case plainAndByHash
}

/// What is published with a document and made from its bytes. Becomes public right after it.
package enum Companion: Equatable, Sendable {
    /// An OpenPGP cleartext signature at this path.
    case clearsigned(path: String)
    /// An armored detached OpenPGP signature at this path, followed by those of up to `superseded` earlier versions of the document.
    ///
    /// Document and signature are two requests. A client that asks for one before a change and for the other after it is content
    /// if it accepts any good signature among several.
    case detached(path: String, superseded: Int = 0)
    /// A detached OpenPGP signature of each form as it is served, at its path with this suffix: `core.db.zst.sig`. Not for documents that
    /// are named by their digest.
    case variantSignature(suffix: String, isArmored: Bool)
    /// A digest of each form as it is served, in lower-case hexadecimal and nothing behind it, at its path with this suffix:
    /// `maven-metadata.xml.sha1`. Not for documents that are named by their digest.
    case checksum(Digests.Algorithm, suffix: String)
    /// A symbolic link at this path to the folder in which the document is: `tool/latest`, which is `tool/1.1.0` today. It is replaced in
    /// one step, and never lies in the folder that it leads to.
    case folderLink(path: String)
    /// At this path the document's first form as it is served, behind what `Ecosystem.seal` makes of a signature over it by the site's key
    /// (`EcosystemProfile.key`, which is RSA): `APKINDEX.tar.gz`. On a site without that key it is the form alone.
    case sealed(path: String)

    /// Whether an OpenPGP key is needed for it.
    package var isSignature: Bool {
        switch self {
        case .clearsigned, .detached, .variantSignature: true
        case .checksum, .folderLink, .sealed: false
        }
    }
}

/// A leaf as it was rendered: what roots and echoes say of it.
package struct PublishedDocument: Equatable, Sendable {
    /// The plan's path.
    package var path: String
    /// Of the bytes before encoding.
    package var open: Measure
    package var variants: [Variant]
    /// Of the first variant: those that the plan asks for.
    package var digests: [Digests.Algorithm: [UInt8]]

    package init(path: String, open: Measure, variants: [Variant], digests: [Digests.Algorithm: [UInt8]] = [:]) {
        self.path = path
        self.open = open
        self.variants = variants
        self.digests = digests
    }

    package struct Measure: Equatable, Sendable {
        /// 32 bytes.
        package var sha256: [UInt8]
        package var size: Int

        package init(sha256: [UInt8], size: Int) {
            self.sha256 = sha256
            self.size = size
        }
    }

    package struct Variant: Equatable, Sendable {
        package var encoding: Encoding
        /// Where it is served, relative to `OWNER/TYPE/` (with the digest for `.digestPrefixed`).
        package var path: String
        package var measure: Measure

        package init(encoding: Encoding, path: String, measure: Measure) {
            self.encoding = encoding
            self.path = path
            self.measure = measure
        }
    }
}
