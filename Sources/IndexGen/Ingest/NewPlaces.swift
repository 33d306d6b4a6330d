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

    private let catalog: Catalog
    private let wishes: Wishes
    private let say: (String) -> Void
    /// Nil where nobody can be asked.
    private let ask: ((String) -> Bool)?
    private var verdicts: [PackagePlace: Refusal?] = [:]

    /// - Parameters:
    ///   - say: told of each place that will be new, as one line.
    ///   - ask: whether to make the place of the line; nil when nobody can be asked.
    init(catalog: Catalog, wishes: Wishes, say: @escaping (String) -> Void, ask: ((String) -> Bool)?) {
        self.catalog = catalog
        self.wishes = wishes
        self.say = say
        self.ask = ask
    }

    /// Why a package must not come in where it would; nil when it may.
    ///
    /// - Parameter isPart: whether it is part of a bundle, which says itself where that belongs, but for the owner.
    func verdict(on admission: Admission, isPart: Bool = false) throws -> Refusal? {
        let place = PackagePlace(of: admission)
        if let known = verdicts[place] { return known }
        let verdict = try decide(place, wishes.named.union(isPart ? place.names : []))
        verdicts[place] = .some(verdict)
        return verdict
    }

    private func decide(_ place: PackagePlace, _ named: Set<String>) throws -> Refusal? {
        guard let gap = try place.gap(in: catalog) else { return nil }
        let line = "new: \(place.shown)"
        let isForgotten = !named.contains(gap.name) && !gap.others.isEmpty
        if wishes.isConfirmed {
            say(line)
            return nil
        }
        let isOnlyDefaults = named.isDisjoint(with: ["owner"] + place.names)
        if let ask, isForgotten || isOnlyDefaults {
            let others = gap.others.isEmpty ? "" : " (there is: \(Self.shown(gap.others)))"
            return ask(line + others)
                ? nil
                : Refusal(
                    .placement, "\(place.shown) is new, and was not confirmed", remedy: Self.remedy(["owner"] + place.names))
        }
        if isForgotten {
            let what = gap.value.isEmpty ? "has nothing without a \(gap.name)" : "has no \(gap.name) \(gap.value)"
            return Refusal(
                .placement,
                "\(gap.inside) \(what) yet, and none was named (there is: \(Self.shown(gap.others)))",
                remedy: Self.remedy([gap.name]))
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
}
