internal import Formats

/// Sees to it that no `add` makes an owner, a group or a distribution in silence: a package stays where it first came in, because the same
/// identity never means two contents, so a forgotten option is dear.
///
/// A place that is not there yet is said before it is made. It is refused when it comes of a default while there are others of its kind
/// (then an option was probably forgotten), unless it was confirmed beforehand or somebody at a terminal says yes. For one `add`, used from one thread.
final class NewPlaces {
    /// How far somebody has said what is meant.
    struct Wishes {
        /// `owner`, and the coordinates that the command line or the settings name.
        var named: Set<String>
        /// Whatever is new is meant to be.
        var isConfirmed = false
    }

    private let site: Site
    private let catalog: Catalog
    private let wishes: Wishes
    private let say: (String) -> Void
    /// Nil where nobody can be asked.
    private let ask: ((String) -> Bool)?
    private var verdicts: [Place: Refusal?] = [:]

    /// - Parameters:
    ///   - say: told of each place that will be new, as one line.
    ///   - ask: whether to make the place of the line; nil when nobody can be asked.
    init(site: Site, catalog: Catalog, wishes: Wishes, say: @escaping (String) -> Void, ask: ((String) -> Bool)?) {
        self.site = site
        self.catalog = catalog
        self.wishes = wishes
        self.say = say
        self.ask = ask
    }

    /// Why a package must not come in where it would; nil when it may.
    func verdict(on admission: Admission) throws -> Refusal? {
        let place = Place(of: admission)
        if let known = verdicts[place] { return known }
        let verdict = try decide(place)
        verdicts[place] = .some(verdict)
        return verdict
    }

    /// Where a package goes, in the words of its ecosystem.
    private struct Place: Hashable {
        var owner: String
        var type: String
        /// What the first coordinate became (`auto` is resolved); nil where there are no coordinates.
        var scope: String?
        /// The values of the further coordinates.
        var further: [String]
        var names: [String]

        init(of admission: Admission) {
            owner = admission.owner
            type = admission.type
            names = admission.coordinateNames
            scope = names.isEmpty ? nil : admission.placement.listings.first { !$0.shared }?.partition.scope
            further = names.dropFirst().map { admission.upload.coordinates[$0] ?? "" }
        }

        /// `acme/debian, distribution stable, component main`
        var shown: String {
            guard let scope else { return "\(owner)/\(type)" }
            return zip(names, [scope] + further).reduce("\(owner)/\(type)") { text, coordinate in
                let (name, value) = coordinate
                return "\(text), \(value.isEmpty ? "without a \(name)" : "\(name) \(PrintableText.of(value))")"
            }
        }
    }

    /// What is new, what was probably forgotten, and what there is instead.
    private struct Finding {
        /// `owner`, or a coordinate.
        var name: String
        var value: String
        var others: [String]
        /// Whose others they are.
        var inside: String
    }

    private func decide(_ place: Place) throws -> Refusal? {
        guard let finding = try finding(place) else { return nil }
        let line = "new: \(place.shown)"
        let isForgotten = !wishes.named.contains(finding.name) && !finding.others.isEmpty
        if wishes.isConfirmed {
            say(line)
            return nil
        }
        let isOnlyDefaults = wishes.named.isDisjoint(with: ["owner"] + place.names)
        if let ask, isForgotten || isOnlyDefaults {
            let others = finding.others.isEmpty ? "" : " (there is: \(Self.shown(finding.others)))"
            return ask(line + others)
                ? nil : Refusal(.placement, "\(place.shown) is new, and was not confirmed", remedy: Self.remedy(["owner"] + place.names))
        }
        if isForgotten {
            let what = finding.value.isEmpty ? "has nothing without a \(finding.name)" : "has no \(finding.name) \(finding.value)"
            return Refusal(
                .placement,
                "\(finding.inside) \(what) yet, and none was named (there is: \(Self.shown(finding.others)))",
                remedy: Self.remedy([finding.name]))
        }
        say(line)
        return nil
    }

    private static func remedy(_ options: [String]) -> String {
        "name it with \(options.map { "--\($0)" }.joined(separator: ", ")), or confirm the new one with --new"
    }

    private static func shown(_ values: [String]) -> String {
        let shown = values.prefix(8).map { $0.isEmpty ? "''" : PrintableText.of($0) }.joined(separator: ", ")
        return values.count > 8 ? "\(shown), …" : shown
    }

    /// The widest part of the place that is not there yet; nil when all of it is.
    private func finding(_ place: Place) throws -> Finding? {
        let repositories = try catalog.repositories()
        let owners = repositories.reduce(into: [String]()) { if $0.last != $1.owner { $0.append($1.owner) } }
        guard owners.contains(where: { ASCII.lowered($0) == ASCII.lowered(place.owner) }) else {
            return Finding(name: "owner", value: place.owner, others: owners, inside: "the site")
        }
        let row = repositories.first { ASCII.lowered($0.owner) == ASCII.lowered(place.owner) && $0.type == place.type }
        // A repository of another type is nothing that an option chose.
        guard let row else { return Finding(name: "type", value: place.type, others: [], inside: place.owner) }
        guard let scope = place.scope, let first = place.names.first else { return nil }
        return try catalog.snapshot { snapshot in
            let scopes = try snapshot.scopeKeys(of: row)
            guard scopes.contains(scope) else {
                return Finding(name: first, value: scope, others: scopes, inside: row.path)
            }
            for (name, value) in zip(place.names.dropFirst(), place.further)
            where try !snapshot.has(name, value, in: scope, of: row) {
                return Finding(
                    name: name, value: value, others: try snapshot.values(of: name, in: scope, of: row),
                    inside: "\(row.path), \(first) \(scope),")
            }
            return nil
        }
    }
}
