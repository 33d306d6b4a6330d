/// Second names of distributions (`stable` for `bookworm`), as an archive's suites are: the same indexes once more, below `dists/ALIAS`.
///
/// They are files and not links, so that buckets and mirrors have them as well. The packages stay where they are.
enum DebianAliases {
    static let option = RepositoryOption(
        "aliases", .list, "Second names of a distribution: [stable] lets 'Suites: stable' find it.",
        check: { fault(in: $0) })

    /// The second names of a distribution, in the order of the settings.
    static func of(_ distribution: String, in options: Options) -> [String] {
        var names: [String] = []
        for name in options.list(option.key, for: distribution) ?? [] where name != distribution && !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// The distribution, or the pattern of distributions, that has this second name.
    static func holder(of name: String, in options: Options) -> String? {
        options.patterns.last { pattern, values in
            guard case .list(let names)? = values[option.key] else { return false }
            return names.contains(name) && !ASCII.matches(pattern: pattern, name)
        }?.pattern
    }

    private static func fault(in name: String) -> String? {
        do throws(Refusal) {
            _ = try DebianPlacement(Coordinates(["distribution": name]))
            return nil
        } catch {
            return "'\(name)' cannot be the name of a distribution: \(error)"
        }
    }
}
