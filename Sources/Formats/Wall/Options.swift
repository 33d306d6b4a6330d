/// A setting of an ecosystem, as `indexgen.yaml` may hold it below the ecosystem's identifier.
public struct Option: Sendable {
    public enum Kind: Equatable, Sendable {
        case text
        case flag
        case number(ClosedRange<Int>)
        case choice([String])
        case list
        /// A list of some of these words.
        case choices([String])
    }

    public var key: String
    public var kind: Kind
    /// One sentence for the documented settings file.
    public var help: String
    /// What is wrong with one word of a list, and what helps; nil: nothing.
    public var check: @Sendable (String) -> String?

    public init(_ key: String, _ kind: Kind, _ help: String, check: @escaping @Sendable (String) -> String? = { _ in nil }) {
        self.key = key
        self.kind = kind
        self.help = help
        self.check = check
    }
}

/// The options that hold for a repository: its general values, and those for scopes whose key matches a pattern
/// (`el7*`), of which the last match wins.
public struct Options: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case list([String])
    }

    public var general: [String: Value]
    public var patterns: [(pattern: String, values: [String: Value])]

    public init(general: [String: Value] = [:], patterns: [(pattern: String, values: [String: Value])] = []) {
        self.general = general
        self.patterns = patterns
    }

    public static func == (a: Options, b: Options) -> Bool {
        a.general == b.general && a.patterns.map(\.pattern) == b.patterns.map(\.pattern)
            && a.patterns.map(\.values) == b.patterns.map(\.values)
    }

    /// The value of an option for a scope, or nil where the settings are silent.
    public func value(_ key: String, for scope: String) -> Value? {
        patterns.last { $0.values[key] != nil && ASCII.matches(pattern: $0.pattern, scope) }?.values[key] ?? general[key]
    }

    public func text(_ key: String, for scope: String) -> String? {
        if case .text(let text)? = value(key, for: scope) { text } else { nil }
    }

    public func flag(_ key: String, for scope: String) -> Bool? {
        if case .flag(let flag)? = value(key, for: scope) { flag } else { nil }
    }

    public func number(_ key: String, for scope: String) -> Int? {
        if case .number(let number)? = value(key, for: scope) { number } else { nil }
    }

    public func list(_ key: String, for scope: String) -> [String]? {
        if case .list(let list)? = value(key, for: scope) { list } else { nil }
    }
}
