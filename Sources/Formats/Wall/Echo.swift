/// An entry that the documents of a scope make in another scope: as a rule a line that says their digest. RubyGems' `versions` has one for
/// each gem, conda's index of shards one for each shard.
///
/// It comes, changes and goes with those documents, in the publication that shows them. What others echo into is a scope of echoes: it lists
/// no files, and nothing is echoed of it. Its documents name leaves, so they become public one rank after those of other scopes.
package struct Echo: Equatable, Sendable {
    /// Where it is listed: in a scope whose key no scope with files can have.
    package var partition: PartitionKey
    /// The order of the entries is the byte order (memcmp) of these. Each echo of a partition has another one.
    package var sortKey: [UInt8]
    /// What it is in each slot, one at least. Runs are of partitions of the scope whose echo it is; they are neither distinct nor grouped.
    package var fragments: [Slot: [Piece]]

    package init(_ partition: PartitionKey, sortKey: [UInt8], _ fragments: [Slot: [Piece]]) {
        precondition(!fragments.isEmpty, "an entry is something")
        self.partition = partition
        self.sortKey = sortKey
        self.fragments = fragments
    }
}
