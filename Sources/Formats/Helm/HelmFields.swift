/// Typed reads of a mapping by the rules of sigs.k8s.io/yaml and Go's encoding/json: where a string is wanted, numbers and booleans
/// become strings; where a boolean or list is wanted, nothing else will do; null counts as absent.
struct HelmFields {
    private let members: [YAMLMember]
    private let place: String

    /// Anything but a mapping is refused, null included: helm wants no null maintainers and dependencies.
    init(_ node: YAMLNode, at place: String) throws(Refusal) {
        self.place = place
        guard case .mapping(let members) = node else {
            throw Refusal(.malformed, "a mapping is expected", at: place, remedy: Self.remedy)
        }
        self.members = members
    }

    private static let remedy = "correct the file and package the chart again"

    func refusal(_ what: String, _ field: String) -> Refusal {
        Refusal(.malformed, what, at: "\(place), \(field)", remedy: Self.remedy)
    }

    /// Go sorts the keys and lets later ones override, whatever their case; nulls override nothing.
    private subscript(key: String) -> YAMLNode? {
        let lowered = ASCII.lowered(key)
        var found: YAMLMember?
        for member in members where member.value != .null {
            if member.key == key { return member.value }
            guard member.key.utf8.count == key.utf8.count, ASCII.lowered(member.key) == lowered else { continue }
            if let other = found, member.key.utf8.lexicographicallyPrecedes(other.key.utf8) { continue }
            found = member
        }
        return found?.value
    }

    func text(_ key: String) throws(Refusal) -> String? {
        guard let node = self[key] else { return nil }
        return try text(node, key)
    }

    private func text(_ node: YAMLNode, _ key: String) throws(Refusal) -> String {
        switch node {
        case .null: return ""
        case .text(let text): return text
        case .integer(let digits): return digits
        case .bool(let flag): return flag ? "true" : "false"
        case .real(let number): return YAMLResolution.goText(number)
        case .sequence, .mapping: throw refusal("a text is expected", key)
        }
    }

    func flag(_ key: String) throws(Refusal) -> Bool? {
        guard let node = self[key] else { return nil }
        guard case .bool(let flag) = node else { throw refusal("true or false is expected", key) }
        return flag
    }

    func items(_ key: String) throws(Refusal) -> [YAMLNode]? {
        guard let node = self[key] else { return nil }
        guard case .sequence(let items) = node else { throw refusal("a list is expected", key) }
        return items
    }

    func texts(_ key: String) throws(Refusal) -> [String]? {
        guard let items = try items(key) else { return nil }
        var texts: [String] = []
        for item in items { texts.append(try text(item, key)) }
        return texts
    }

    /// A mapping of strings, in the byte order of its keys.
    func annotations(_ key: String) throws(Refusal) -> [YAMLMember]? {
        guard let node = self[key] else { return nil }
        guard case .mapping(let members) = node else { throw refusal("a mapping is expected", key) }
        var texts: [YAMLMember] = []
        for member in members { texts.append(YAMLMember(member.key, .text(try text(member.value, "\(key).\(member.key)")))) }
        return HelmEntry.sorted(texts)
    }

    /// Infinity and NaN have no JSON form; one anywhere makes a chart unloadable for helm. Nesting is bounded by the reader.
    static func checkNumbers(in node: YAMLNode, of subject: String) throws(Refusal) {
        switch node {
        case .real(let number) where !number.isFinite:
            throw Refusal(.malformed, "it holds infinity or NaN, which helm refuses", at: subject, remedy: remedy)
        case .sequence(let items):
            for item in items { try checkNumbers(in: item, of: subject) }
        case .mapping(let members):
            for member in members { try checkNumbers(in: member.value, of: subject) }
        default: break
        }
    }

    /// The same value with the keys of all its mappings in byte order.
    static func inKeyOrder(_ node: YAMLNode) -> YAMLNode {
        switch node {
        case .sequence(let items): .sequence(items.map { inKeyOrder($0) })
        case .mapping(let members): .mapping(HelmEntry.sorted(members.map { YAMLMember($0.key, inKeyOrder($0.value)) }))
        default: node
        }
    }
}
