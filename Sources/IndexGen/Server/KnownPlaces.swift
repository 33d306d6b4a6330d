#if Serve
internal import Formats
internal import Synchronization

/// The places that uploads went to, so that each upload that makes an owner, a group or a distribution says so: once, and without asking the
/// catalog again. Places never leave a catalog, and an owner's spelling is that of its first use for ever. Safe to share between threads.
final class KnownPlaces: Sendable {
    private let catalog: Catalog
    private let known = Mutex<Set<PackagePlace>>([])
    /// By the owner in lower case.
    private let spellings = Mutex<[String: OwnerSpelling]>([:])

    init(catalog: Catalog) { self.catalog = catalog }

    /// The places of these packages that are not there yet, in their ecosystem's words; to be asked before they are taken.
    func missing(for group: [Admission]) throws -> [PackagePlace] {
        var seen: Set<PackagePlace> = []
        return try group.map(PackagePlace.init).filter { place in
            guard seen.insert(place).inserted, !known.withLock({ $0.contains(place) }) else { return false }
            if try place.gap(in: catalog) != nil { return true }
            known.withLock { _ = $0.insert(place) }
            return false
        }
    }

    /// As `Catalog.spelling`.
    func spelling(of owner: String, standard: String) throws -> OwnerSpelling {
        let identity = ASCII.lowered(owner)
        if let known = spellings.withLock({ $0[identity] }) { return known }
        let spelling = try catalog.spelling(of: owner, standard: standard)
        if !spelling.isNew { spellings.withLock { $0[identity] = spelling } }
        return spelling
    }
}
#endif
