/// A setting of an ecosystem, as `indexgen.yaml` may hold it below the ecosystem's identifier.
package struct RepositoryOption: Sendable {
    package enum Kind: Equatable, Sendable {
        case text
        case flag
        case number(ClosedRange<Int>)
        case choice([String])
        case list
        /// A list of some of these words.
        case choices([String])
    }

    package var key: String
    package var kind: Kind
    /// One sentence for the documented settings file.
    package var help: String
    /// What is wrong with one word of a list, and what helps; nil: nothing.
    package var check: @Sendable (String) -> String?

    package init(_ key: String, _ kind: Kind, _ help: String, check: @escaping @Sendable (String) -> String? = { _ in nil }) {
        self.key = key
        self.kind = kind
        self.help = help
        self.check = check
    }
}

/// The options that hold for a repository: its general values, and those for scopes whose key matches a pattern
/// (`el7*`), of which the last match wins.
package struct Options: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case list([String])
    }

    package var general: [String: Value]
    package var patterns: [(pattern: String, values: [String: Value])]

    package init(general: [String: Value] = [:], patterns: [(pattern: String, values: [String: Value])] = []) {
        self.general = general
        self.patterns = patterns
    }

    package static func == (a: Options, b: Options) -> Bool {
        a.general == b.general && a.patterns.map(\.pattern) == b.patterns.map(\.pattern)
            && a.patterns.map(\.values) == b.patterns.map(\.values)
    }

    /// The value of an option for a scope, or nil where the settings are silent.
    package func value(_ key: String, for scope: String) -> Value? {
        patterns.last { $0.values[key] != nil && ASCII.matches(pattern: $0.pattern, scope) }?.values[key] ?? general[key]
    }

    package func text(_ key: String, for scope: String) -> String? {
        if case .text(let text)? = value(key, for: scope) { text } else { nil }
    }

    package func flag(_ key: String, for scope: String) -> Bool? {
        if case .flag(let flag)? = value(key, for: scope) { flag } else { nil }
    }

    package func number(_ key: String, for scope: String) -> Int? {
        if case .number(let number)? = value(key, for: scope) { number } else { nil }
    }

    package func list(_ key: String, for scope: String) -> [String]? {
        if case .list(let list)? = value(key, for: scope) { list } else { nil }
    }
}
