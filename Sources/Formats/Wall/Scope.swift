/// One scope as the catalog holds it at the moment of rendering: what its documents may depend on besides fragments.
public struct Scope: Sendable {
    public var key: String
    /// The time of the last change to anything in it. The only clock that documents know.
    public var changed: Timestamp
    /// Every partition that ever had an entry, by name in byte order.
    public var partitions: [Partition]
    /// The profile's customs when the scope was begun.
    public var customs: Int
    /// The marks of the package whose name identity is the scope's key, as far as their effect is on plans (`MarkKind.Effect`).
    public var marks: Annotations

    public init(
        key: String, changed: Timestamp, partitions: [Partition], customs: Int = 0, marks: Annotations = Annotations()
    ) {
        self.key = key
        self.changed = changed
        self.customs = customs
        self.partitions = partitions
        self.marks = marks
    }
}

public struct Partition: Sendable {
    public var key: PartitionKey
    /// How many entries it has now; may be 0.
    public var count: Int
    /// Sums of fragment sizes, for the slots that the profile's `measuredSlots` names.
    public var byteCounts: [Slot: Int]

    public init(key: PartitionKey, count: Int, byteCounts: [Slot: Int] = [:]) {
        self.key = key
        self.count = count
        self.byteCounts = byteCounts
    }
}

/// The repository (`OWNER/TYPE`) that documents are rendered for.
public struct Repository: Sendable {
    public var owner: String
    /// The ecosystem's identifier.
    public var type: String
    /// The site's public address without a slash at its end: `https://packages.example.org`. Only for documents that must
    /// carry absolute URLs (`.repo`); everything else is relative.
    public var baseURL: String
    public var options: Options
    /// The armored public keys that sign roots; nil on an unsigned site.
    public var publicKey: [UInt8]?
    /// The public half of the site's key of the profile's kind; nil where the ecosystem has none, or the site is unsigned.
    public var siteKey: SiteKey?

    public init(
        owner: String, type: String, baseURL: String, options: Options = Options(), publicKey: [UInt8]? = nil,
        siteKey: SiteKey? = nil
    ) {
        self.owner = owner
        self.type = type
        self.baseURL = baseURL
        self.options = options
        self.publicKey = publicKey
        self.siteKey = siteKey
    }
}
