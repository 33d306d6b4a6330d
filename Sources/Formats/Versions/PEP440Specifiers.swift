/// Version specifiers such as Requires-Python's `>=3.8, !=3.9.*` (the packaging specification "Version specifiers").
package enum PEP440Specifiers {
    /// Whether installers can read this list of clauses. An empty list is valid and excludes nothing.
    ///
    /// As `packaging` 26 reads them: clauses between commas, empty ones ignored; `~=` wants at least two release numbers and no
    /// local part; only `==` and `!=` take a local part or `.*` (directly behind the release); `===` takes any word.
    package static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest else { return false }
        return bytes.split(separator: UInt8(ascii: ",")).allSatisfy(isValidClause)
    }

    /// Bytes of a whole list; far beyond anything published.
    static let longest = 4_096

    private enum Operator {
        case arbitrary, equality, compatible, ordering
    }

    private static func isValidClause(_ clause: ArraySlice<UInt8>) -> Bool {
        var scanner = PEP440Scanner(clause)
        scanner.skipBlanks()
        if scanner.isAtEnd { return true }
        guard clause.count <= PEP440.longest, let relation = relation(&scanner) else { return false }
        scanner.skipBlanks()
        if relation == .arbitrary { return isWord(clause[scanner.position...]) }
        var version = PEP440()
        guard scanner.readRelease(into: &version), relation != .compatible || version.release.count > 1 else { return false }
        if relation == .equality, scanner.take(".*") { return endsHere(&scanner) }
        scanner.readSuffixes(into: &version)
        if relation == .equality, scanner.take(UInt8(ascii: "+")), !scanner.readLocal(into: &version) { return false }
        return endsHere(&scanner)
    }

    private static func endsHere(_ scanner: inout PEP440Scanner) -> Bool {
        scanner.skipBlanks()
        return scanner.isAtEnd
    }

    private static func relation(_ scanner: inout PEP440Scanner) -> Operator? {
        if scanner.take("===") { return .arbitrary }
        if scanner.take("==") || scanner.take("!=") { return .equality }
        if scanner.take("~=") { return .compatible }
        return scanner.take("<=") || scanner.take(">=") || scanner.take("<") || scanner.take(">") ? .ordering : nil
    }

    /// One printable ASCII word without `;` or `)`, blanks after it allowed. More than installers refuse, on purpose: this
    /// operator has no use in an index, and other bytes would only confuse.
    private static func isWord(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let last = bytes.lastIndex(where: { $0 > 32 }) else { return false }
        return bytes[...last].allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ")") }
    }
}
