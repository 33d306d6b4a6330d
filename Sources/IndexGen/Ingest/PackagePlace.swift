internal import Formats

/// Where a package goes, in the words of its ecosystem.
struct PackagePlace: Hashable, Sendable {
    var owner: String
    var type: String
    /// What the coordinates that name a scope became (`auto` is resolved); nil where none do.
    var scope: String?
    /// The values of the further coordinates.
    var further: [String]
    /// Of the coordinates, those of the scope first.
    var names: [String]
    /// How many of them name the scope.
    var scopeNames: Int

    init(of admission: Admission) {
        owner = admission.owner
        type = admission.type
        scopeNames = admission.scopeCoordinates
        names = scopeNames == 0 ? [] : admission.coordinateNames
        scope = names.isEmpty ? nil : admission.placement.listings.first { !$0.shared }?.partition.scope
        further = names.dropFirst(scopeNames).map { admission.upload.coordinates[$0] ?? "" }
    }

    /// `acme/debian, distribution stable, component main`
    var shown: String {
        guard let scope else { return "\(owner)/\(type)" }
        let parts = scope.split(separator: "/", maxSplits: max(0, scopeNames - 1), omittingEmptySubsequences: false)
            .map(String.init)
        return zip(names, parts + further).reduce("\(owner)/\(type)") { text, coordinate in
            let (name, value) = coordinate
            return "\(text), \(value.isEmpty ? "without a \(name)" : "\(name) \(PrintableText.of(value))")"
        }
    }

    /// The widest part of a place that is not there yet, and what there is instead.
    struct Gap {
        /// `owner`, or a coordinate.
        var name: String
        var value: String
        var others: [String]
        /// Whose others they are.
        var inside: String
    }

    /// Nil when all of the place is there.
    func gap(in catalog: Catalog) throws -> Gap? {
        let repositories = try catalog.repositories()
        let owners = repositories.reduce(into: [String]()) { if $0.last != $1.owner { $0.append($1.owner) } }
        guard owners.contains(where: { ASCII.lowered($0) == ASCII.lowered(owner) }) else {
            return Gap(name: "owner", value: owner, others: owners, inside: "the site")
        }
        let row = repositories.first { ASCII.lowered($0.owner) == ASCII.lowered(owner) && $0.type == type }
        // A repository of another type is nothing that an option chose.
        guard let row else { return Gap(name: "type", value: type, others: [], inside: owner) }
        guard let scope, let first = names.first else { return nil }
        return try catalog.snapshot { snapshot in
            let scopes = try snapshot.scopeKeys(of: row)
            guard scopes.contains(scope) else { return Gap(name: first, value: scope, others: scopes, inside: row.path) }
            for (name, value) in zip(names.dropFirst(scopeNames), further)
            where try !snapshot.has(name, value, in: scope, of: row) {
                return Gap(
                    name: name, value: value, others: try snapshot.values(of: name, in: scope, of: row),
                    inside: "\(row.path), \(first) \(scope),")
            }
            return nil
        }
    }
}
