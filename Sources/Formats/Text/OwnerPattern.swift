/// Patterns of owners in settings: names in which `*` stands for any run of characters and `?` for any one.
package enum OwnerPattern {
    /// What is wrong with one, as a sentence that says what helps; nil: nothing.
    package static func fault(in pattern: String) -> String? {
        let isPattern = pattern.utf8.allSatisfy { ASCII.isAlphanumeric($0) || ".-_*?".utf8.contains($0) }
        guard pattern.isEmpty || !isPattern else { return nil }
        return "'\(pattern)' is not an owner or a pattern of owners; write acme or \"team-*\""
    }

    /// A–Z and a–z are the same.
    package static func matches(_ pattern: String, _ owner: String) -> Bool {
        ASCII.matches(pattern: ASCII.lowered(pattern), ASCII.lowered(owner))
    }
}
