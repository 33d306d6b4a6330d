internal import Formats

/// How much an owner may have: a setting.
struct Quota: Equatable, Sendable {
    /// `OWNER`, for all that each matching owner has; or `OWNER/TYPE`, for each matching repository. `*` and `?` as everywhere.
    var pattern: String
    /// Nil: as much as there is room for.
    var bytes: Int?
    var files: Int?

    var isOfRepository: Bool { pattern.utf8.contains(UInt8(ascii: "/")) }

    func covers(owner: String, type: String) -> Bool {
        ASCII.matches(pattern: ASCII.lowered(pattern), ASCII.lowered(isOfRepository ? "\(owner)/\(type)" : owner))
    }
}

extension Settings {
    /// All that hold for an owner's packages of a type.
    func quotas(owner: String, type: String) -> [Quota] { quotas.filter { $0.covers(owner: owner, type: type) } }
}
