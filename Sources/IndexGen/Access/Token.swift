internal import Formats

/// What a token may let its holder do.
enum Right: String, CaseIterable, Sendable {
    case upload, delete
    /// What is private; who may upload there may read it, too.
    case read
}

/// A token as the catalog knows it: everything but the secret.
struct Token: Equatable, Sendable {
    /// 10 characters; unique.
    var handle: String
    /// One line for people: `ci of acme`. May be empty.
    var name: String
    /// Patterns in which `*` is any run of characters and `?` any one. Owners' A–Z and a–z are the same.
    var owner: String
    var type: String
    /// At least one, none with a line break. A scope that matches one of them will do; `*` matches the empty one too.
    var scopes: [String]
    var rights: Set<Right>
    var created: Timestamp
    /// The first moment at which it is worth nothing; nil: never comes.
    var expires: Timestamp?
    var revoked: Timestamp?
    /// The day on which it last let somebody in, as that day's first second (UTC).
    var lastUsed: Timestamp?

    /// Whoever holds it, for the journal.
    func author(from origin: String) -> Author {
        Author(name: name.isEmpty ? "token \(handle)" : "\(name) (token \(handle))", origin: origin)
    }

    /// Why it lets nobody in any more; nil while it does.
    func fault(at now: Timestamp) -> String? {
        // Whatever the clock says: a revocation does not wait for it.
        if let revoked { return "this token was revoked at \(revoked.rfc3339)" }
        if let expires, expires <= now { return "this token expired at \(expires.rfc3339)" }
        return nil
    }

    /// Whether it covers this change; expiry and revocation are `fault`'s.
    func covers(_ right: Right, _ target: Target) -> Bool {
        guard target.isOwned(by: owner) else { return false }
        let isOfType = ASCII.matches(pattern: type, target.type)
        if right == .read {
            // Scopes share a repository's documents. An owner's page is of no type.
            return (rights.contains(.read) || rights.contains(.upload)) && (isOfType || target.type.isEmpty)
        }
        return rights.contains(right) && isOfType && scopes.contains { ASCII.matches(pattern: $0, target.scope) }
    }

    /// `upload and delete`
    var rightsShown: String { Right.allCases.filter(rights.contains).map(\.rawValue).joined(separator: " and ") }

    /// `acme/rpm`, `acme/rpm, group el9*`: where it is worth something, in the words of the ecosystem that it is for.
    func placesShown(_ ecosystems: Ecosystems) -> String {
        let place = "\(owner)/\(type)"
        return scopes == ["*"] ? place : "\(place), \(ecosystems.scopeName(of: type)) \(scopes.joined(separator: " or "))"
    }
}

extension Ecosystems {
    /// What the scopes of a type are called: the name of its first coordinate, which is what shares a root document.
    func scopeName(of type: String) -> String { self[type]?.profile.coordinates.first?.name ?? "scope" }

    /// The names of all scopes there are, without repetition: `group`, `distribution`.
    var scopeNames: [String] {
        all.compactMap { $0.profile.coordinates.first?.name }.reduce(into: []) { names, name in
            if !names.contains(name) { names.append(name) }
        }
    }
}
