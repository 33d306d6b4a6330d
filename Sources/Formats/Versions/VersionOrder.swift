/// Versions by the rules of one package manager, and their order.
///
/// For the order of keys ≡ the order of versions, equal keys ≡ equal canonical forms, and no key is the beginning of another.
package protocol VersionOrder: Sendable {
    /// Nil for what is not a version by these rules.
    init?(_ text: String)

    /// One form for all spellings of a version that have one key, itself a version with this key. Orders in which the spelling decides
    /// at last have as many forms as spellings.
    var canonical: String { get }

    /// Bytes whose order (memcmp) is the order of versions, ascending.
    var sortKey: [UInt8] { get }

    /// Whether clients that ask for the newest version do not mean this one while there is another.
    var isPrerelease: Bool { get }
}

extension VersionOrder {
    /// For package managers that take the greatest version, whatever it is called.
    package var isPrerelease: Bool { false }

    /// `sortKey` for descending order.
    package var descendingKey: [UInt8] { SortKey.descending(sortKey) }
}
