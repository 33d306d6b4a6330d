internal import Formats

/// What somebody wants to change.
struct Target: Hashable, Sendable {
    var owner: String
    /// The ecosystem's identifier.
    var type: String
    /// The value of the ecosystem's first coordinate — RPM's group, Debian's distribution — as the package will be placed by it; empty
    /// where there is none.
    var scope: String
    /// Whether the owner has no package yet. Then its spelling is decided here, and has to be that of the right.
    var isNewOwner: Bool

    init(owner: String, type: String, scope: String, isNewOwner: Bool = false) {
        self.owner = owner
        self.type = type
        self.scope = scope
        self.isNewOwner = isNewOwner
    }

    /// Whether a pattern of owners means this one. A–Z and a–z are the same, but for an owner that nobody has used: a right for
    /// `acme` makes no `ACME`, which rules for the paths of `acme` would not know.
    func isOwned(by pattern: String) -> Bool {
        isNewOwner
            ? ASCII.matches(pattern: pattern, owner) : ASCII.matches(pattern: ASCII.lowered(pattern), ASCII.lowered(owner))
    }

    /// Where an upload goes.
    ///
    /// - Parameter coordinates: all that the package will be placed by, defaults filled in (`Settings.coordinates(for:given:)`). A word
    ///   that the ecosystem resolves from the package (RPM's group `auto`) is not where it goes; ask again with the scope it got.
    init(owner: String, profile: EcosystemProfile, coordinates: Coordinates, isNewOwner: Bool = false) {
        self.init(owner: owner, type: profile.id, scope: profile.scope(of: coordinates), isNewOwner: isNewOwner)
    }

    /// What the removal of a file changes: a target for each scope that lists it, or else for the one that it was sent to. All of them must be
    /// allowed.
    static func removing(_ file: FileRow, _ ecosystem: any Ecosystem) -> Set<Target> {
        let profile = ecosystem.profile
        var scopes: Set<String> = []
        if !profile.coordinates.isEmpty, profile.scopeCoordinates > 0 {
            scopes = Set(file.listed.map { profile.scope(of: ecosystem.coordinates(of: $0)) })
            if scopes.isEmpty, !file.coordinates.names.isEmpty { scopes = [profile.scope(of: file.coordinates)] }
        }
        return Set((scopes.isEmpty ? [""] : scopes).map { Target(owner: file.owner, type: file.type, scope: $0) })
    }
}
