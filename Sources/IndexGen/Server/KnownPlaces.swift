internal import Synchronization

/// The places that uploads went to, so that each upload that makes an owner, a group or a distribution says so: once, and without asking the
/// catalog again. Places never leave a catalog. Safe to share between threads.
final class KnownPlaces: Sendable {
    private let catalog: Catalog
    private let known = Mutex<Set<PackagePlace>>([])

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
}
