/// One scope as the catalog holds it at the moment of rendering: what its documents may depend on besides fragments.
package struct Scope: Sendable {
    package var key: String
    /// The time of the last change to anything in it. The only clock that documents know.
    package var changed: Timestamp
    /// Every partition that ever had an entry, by name in byte order.
    package var partitions: [Partition]
    /// The profile's customs when the scope was begun.
    package var customs: Int
    /// The marks of the package whose name identity is the scope's key, as far as their effect is on plans (`MarkKind.Effect`).
    package var marks: Annotations

    package init(
        key: String, changed: Timestamp, partitions: [Partition], customs: Int = 0, marks: Annotations = Annotations()
    ) {
        self.key = key
        self.changed = changed
        self.customs = customs
        self.partitions = partitions
        self.marks = marks
    }
}

package struct Partition: Sendable {
    package var key: PartitionKey
    /// How many entries it has now; may be 0.
    package var count: Int
    /// Sums of fragment sizes, for the slots that the profile's `measuredSlots` names.
    package var byteCounts: [Slot: Int]

    package init(key: PartitionKey, count: Int, byteCounts: [Slot: Int] = [:]) {
        self.key = key
        self.count = count
        self.byteCounts = byteCounts
    }
}

/// The repository (`OWNER/TYPE`) that documents are rendered for.
package struct Repository: Sendable {
    package var owner: String
    /// The ecosystem's identifier.
    package var type: String
    /// The site's public address without a slash at its end: `https://packages.example.org`. Only for documents that must
    /// carry absolute URLs (`.repo`); everything else is relative.
    package var baseURL: String
    package var options: Options
    /// The armored public keys that sign roots; nil on an unsigned site.
    package var publicKey: [UInt8]?
    /// The public halves of the site's keys of the profile's kind, the one that signs first; none where the ecosystem has no such kind, or
    /// the site is unsigned. The others are former ones, whose clients have not changed over yet.
    package var siteKeys: [SiteKey]
    /// Whether its packages have pages for people, so that `inspect` makes their portraits.
    package var hasPages: Bool
    /// The one that signs.
    package var siteKey: SiteKey? { siteKeys.first }

    package init(
        owner: String, type: String, baseURL: String, options: Options = Options(), publicKey: [UInt8]? = nil,
        siteKeys: [SiteKey] = [], hasPages: Bool = true
    ) {
        self.hasPages = hasPages
        self.owner = owner
        self.type = type
        self.baseURL = baseURL
        self.options = options
        self.publicKey = publicKey
        self.siteKeys = siteKeys
    }
}
