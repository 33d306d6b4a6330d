/// A path with places for names: `{name}` stands for one component, `{name:text}` for one that holds this text, `{name+}` for one or
/// more, `{name*}` for any number.
///
/// At most one of a pattern's places takes several components.
package struct PathPattern: Sendable, ExpressibleByStringInterpolation {
    private enum Component: Equatable {
        case literal(String)
        case capture(String, holding: String)
        case captureMany(String, atLeast: Int)
    }

    /// As it was written.
    package let text: String
    private let components: [Component]
    private let many: Int?

    package init(stringLiteral pattern: String) {
        text = pattern
        let components = pattern.split(separator: "/").map { text -> Component in
            guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(String(text)) }
            let name = text.dropFirst().dropLast()
            if name.hasSuffix("*") { return .captureMany(String(name.dropLast()), atLeast: 0) }
            if name.hasSuffix("+") { return .captureMany(String(name.dropLast()), atLeast: 1) }
            let parts = name.split(separator: ":", maxSplits: 1)
            return .capture(String(parts[0]), holding: parts.count > 1 ? String(parts[1]) : "")
        }
        let places = components.indices.filter { if case .captureMany = components[$0] { true } else { false } }
        precondition(places.count <= 1, "a pattern with two open places means several things at once")
        self.components = components
        many = places.first
    }

    /// The paths that match, as a regular expression (PCRE) without anchors, for a configuration.
    package var regularExpression: String {
        let one = "[^/]+", some = "[^/]+(?:/[^/]+)*"
        var text = "", slash = ""
        func escaped(_ literal: String) -> String {
            literal.reduce(into: "") { $0 += ("\\^$.|?*+()[]{}".contains($1) ? "\\" : "") + String($1) }
        }
        for (index, component) in components.enumerated() {
            switch component {
            case .literal(let literal): text += slash + escaped(literal)
            case .capture(_, ""): text += slash + one
            case .capture(_, let held): text += slash + "[^/]*\(escaped(held))[^/]*"
            case .captureMany(_, atLeast: 1...): text += slash + some
            // Where nothing stands there, no slash does.
            case .captureMany where index == components.count - 1: text += "(?:\(slash)\(some))?"
            case .captureMany:
                text += "\(slash)(?:\(some)/)?"
                slash = ""
                continue
            }
            slash = "/"
        }
        return text
    }

    /// What stands in the places of a path that matches, several components with `/` between them; nil when it does not match.
    package func match(_ path: [String]) -> [String: String]? {
        guard let many else {
            return path.count == components.count ? Self.match(components[...], path[...]) : nil
        }
        let behind = components.count - many - 1
        guard case .captureMany(let name, let atLeast) = components[many], path.count >= many + atLeast + behind,
            let head = Self.match(components[..<many], path[..<many]),
            let tail = Self.match(components[(many + 1)...], path[(path.count - behind)...])
        else { return nil }
        let open = path[many..<(path.count - behind)].joined(separator: "/")
        return head.merging(tail) { first, _ in first }.merging([name: open]) { first, _ in first }
    }

    private static func match(_ components: ArraySlice<Component>, _ path: ArraySlice<String>) -> [String: String]? {
        var captures: [String: String] = [:]
        for (component, text) in zip(components, path) {
            switch component {
            case .literal(let literal): if literal != text { return nil }
            case .capture(let name, let held):
                guard held.isEmpty || text.contains(held) else { return nil }
                captures[name] = text
            case .captureMany: return nil
            }
        }
        return captures
    }
}
