/// A distribution's `Release`: what apt must know before it trusts an index.
///
/// Format: wiki.debian.org/DebianRepository/Format; order of the fields as Debian's own archive writes them.
struct DebianRelease {
    var distribution: String
    /// The distribution's own name, or a second one: where this Release lies.
    var name: String
    /// The customs under which the distribution was begun.
    var customs: Int
    var changed: Timestamp
    var indexes: DebianIndexes
    var owner: String
    var options: Options

    func bytes(over leaves: [PublishedDocument]) -> [UInt8] {
        var text: [UInt8] = []
        func field(_ name: StaticString, _ value: String) {
            // A line end would begin another field, or end the stanza.
            let line = value.utf8.map { ASCII.isControl($0) ? 32 : $0 }
            guard line.contains(where: { $0 != 32 }) else { return }
            text.append(name)
            text.append(": ")
            text += line
            text.append("\n")
        }
        func option(_ key: String) -> String? { options.text(key, for: distribution) }
        func isSet(_ key: String) -> Bool { options.flag(key, for: distribution) ?? false }

        field("Origin", option("origin") ?? owner)
        field("Label", option("label") ?? owner)
        // apt wants the name that it was asked for as one of the two.
        field("Suite", name == distribution ? option("suite") ?? names.suite : Self.joined(name))
        field("Version", option("version") ?? "")
        field("Codename", option("codename") ?? names.codename)
        field("Date", changed.rfc1123)
        if let days = options.number("valid_for_days", for: distribution), days > 0 {
            // apt refuses a whole distribution whose Valid-Until it cannot read, so an unheard-of number is cut, not wrapped.
            field("Valid-Until", Timestamp(seconds: changed.seconds + Int64(min(days, 36_500)) * 86_400).rfc1123)
        }
        if isSet("not_automatic") {
            field("NotAutomatic", "yes")
            // apt reads this one only beside the other.
            if isSet("but_automatic_upgrades") { field("ButAutomaticUpgrades", "yes") }
        }
        field("Acquire-By-Hash", "yes")
        if indexes.architectures.contains("all"), indexes.hasMachines {
            // Every other index has the packages for `all` as well: apt 1.1 and later need not fetch binary-all.
            field("No-Support-for-Architecture-all", "Packages")
        }
        field("Architectures", indexes.architectures.joined(separator: " "))
        field("Components", indexes.components.joined(separator: " "))
        field("Description", option("description") ?? "")
        appendSums(of: leaves, to: &text)
        return text
    }

    /// `bookworm/updates` is the suite `bookworm-updates` of the codename `bookworm`, as Debian's archive had `stretch/updates`:
    /// debmirror (2.37) takes the part before the slash for the name and calls a Release with another one broken. A distribution that was
    /// begun before that was known here keeps what it said, since clients stop when it changes.
    private var names: (suite: String, codename: String) {
        guard customs >= 1, distribution.utf8.contains(UInt8(ascii: "/")) else { return (distribution, distribution) }
        return (Self.joined(distribution), String(distribution.prefix { $0 != "/" }))
    }

    private static func joined(_ name: String) -> String { name.replacing("/", with: "-") }

    /// SHA-256 alone: apt takes nothing weaker, and asks by-hash for the strongest sum that is listed. The plain index is always
    /// listed: apt (2.6.1, 3.1.12) silently ignores a compressed index whose plain form has no sum.
    private func appendSums(of leaves: [PublishedDocument], to text: inout [UInt8]) {
        let root = "dists/\(name)/"
        var lines: [(path: String, measure: PublishedDocument.Measure)] = []
        for leaf in leaves where leaf.path.hasPrefix(root) {
            let path = String(leaf.path.dropFirst(root.count))
            lines.append((path, leaf.open))
            for variant in leaf.variants where variant.encoding != .plain {
                lines.append((path + variant.encoding.suffix, variant.measure))
            }
        }
        lines.sort { DebianIndexes.precedes($0.path, $1.path) }
        let width = max(8, lines.map { String($0.measure.size).utf8.count }.max() ?? 0)
        text.append("SHA256:\n")
        for line in lines {
            let size = String(line.measure.size)
            text.append(" ")
            text.append(hex: line.measure.sha256)
            text.append(String(repeating: " ", count: 1 + width - size.utf8.count))
            text.append(size)
            text.append(" ")
            text.append(line.path)
            text.append("\n")
        }
    }
}
