/// Which marks of a type go by themselves, and which versions that no mark stands for: moving tags, and what they once stood for. Decided when
/// an operator prunes.
package struct MarkRetention: Sendable {
    /// `MarkKind.name`; its effect is on listings.
    package var mark: String
    /// The option that says how many marks of a package stay, those that were set last; 0 keeps all.
    package var newest: String
    /// The option that says for how many days a mark stays that `newest` does not keep, from when it was set. Where only one of the two is given,
    /// it decides alone; where both are, a mark goes when neither keeps it.
    package var days: String
    /// The option with patterns of keys that stay.
    package var protected: String
    /// The option that says for how many days a version stays that no mark stands for any more and nothing requires; 0: for ever.
    package var unmarkedDays: String
    /// Whether a mark belongs to something else, so that it neither goes nor counts.
    package var isExempt: @Sendable (_ key: String) -> Bool

    package init(
        mark: String, newest: String, days: String, protected: String, unmarkedDays: String,
        isExempt: @escaping @Sendable (String) -> Bool
    ) {
        self.mark = mark
        self.newest = newest
        self.days = days
        self.protected = protected
        self.unmarkedDays = unmarkedDays
        self.isExempt = isExempt
    }
}

/// What the settings say of a package's marks.
package struct MarkRules: Equatable, Sendable {
    /// 0: no number is said.
    package var newest: Int
    /// 0: no age is said.
    package var days: Int
    package var protected: [String]
    /// 0: for ever.
    package var unmarkedDays: Int

    package init(newest: Int = 0, days: Int = 0, protected: [String] = [], unmarkedDays: Int = 0) {
        self.newest = newest
        self.days = days
        self.protected = protected
        self.unmarkedDays = unmarkedDays
    }

    /// - Parameter package: by its name, which is the scope of options.
    package init(_ retention: MarkRetention, of package: String, in options: Options) {
        newest = options.number(retention.newest, for: package) ?? 0
        days = options.number(retention.days, for: package) ?? 0
        protected = options.list(retention.protected, for: package) ?? []
        unmarkedDays = options.number(retention.unmarkedDays, for: package) ?? 0
    }

    /// Whether a mark goes.
    ///
    /// - Parameters:
    ///   - position: of its package's marks, the one that was set last being 0.
    ///   - age: seconds since it was set.
    package func lets(_ key: String, at position: Int, age: Int64) -> Bool {
        guard newest > 0 || days > 0, !protected.contains(where: { ASCII.matches(pattern: $0, key) }) else { return false }
        return (newest == 0 || position >= newest) && (days == 0 || age > Int64(days) * 86_400)
    }
}
