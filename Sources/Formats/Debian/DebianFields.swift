/// What of a package's stanza could harm the list that it will stand in: readers see all packages of a list or none.
enum DebianFields {
    /// Bytes of a word that apt keeps. apt 2.6.1 ends without a word at one of 65,535 bytes.
    private static let longestWord = 1_024

    /// Old spellings that dpkg 1.21 still adds to the version, and apt does not: they would see two different versions.
    private static let revisions: [StaticString] = ["revision", "package-revision", "package_revision"]

    /// - Returns: what clients live with, and may stumble over.
    static func check(_ stanza: Deb822Stanza) throws(Refusal) -> [Warning] {
        for field in stanza.fields { try checkText(field) }
        for name in revisions where stanza.value(name) != nil {
            throw Refusal(
                .ambiguous, "a revision besides the version", at: "field \(name)",
                remedy: "write it into Version, behind a hyphen, and rebuild the package")
        }
        var warnings: [Warning] = []
        for (name, role) in DebianRelations.fields {
            guard let value = stanza.value(name), !value.isEmpty else { continue }
            guard !stanza.beginsOnNextLine(name) else {
                throw Refusal(
                    .malformed, "a list that begins only on the next line, for which dpkg refuses the package",
                    at: "field \(name)",
                    remedy: "begin it behind the colon and rebuild the package")
            }
            warnings += try DebianRelations.check(value, name, role)
            try checkRelations(value.span, name)
        }
        try checkWords(stanza)
        for name in ["section", "source"] as [StaticString] {
            guard let value = stanza.value(name), value.count > longestWord else { continue }
            throw tooLong(name)
        }
        return warnings
    }

    /// Fields that dpkg 1.21 takes for one of a few words, in any case (lib/dpkg/fields.c); it does not install a package with another.
    private static func checkWords(_ stanza: Deb822Stanza) throws(Refusal) {
        let fields: [(StaticString, words: [String])] = [
            ("multi-arch", ["no", "same", "foreign", "allowed"]), ("essential", ["yes", "no"]), ("protected", ["yes", "no"]),
        ]
        for (name, words) in fields {
            guard let value = stanza.value(name), !value.isEmpty else { continue }
            let word = ASCII.lowered(String(decoding: value, as: UTF8.self))
            guard words.contains(word) else {
                throw Refusal(
                    .malformed, "'\(word.prefix(40))', which dpkg does not take", at: "field \(name)",
                    remedy: "write \(words.joined(separator: ", ")) and rebuild the package")
            }
            guard word != "same" || stanza.value("architecture") != [UInt8]("all") else {
                throw Refusal(
                    .malformed, "'same' for a package of the architecture 'all', which dpkg does not install",
                    at: "field \(name)",
                    remedy: "write foreign, or leave it out, and rebuild the package")
            }
        }
    }

    /// Control characters are white space, line ends or the end of the file to some readers (Python's text mode ends lines at CR and
    /// `splitlines` at 0x0B, 0x0C and 0x1C–0x1E, too), so that a field could be smuggled in. Bytes beyond ASCII pass.
    private static func checkText(_ field: Deb822Stanza.Field) throws(Refusal) {
        // The CR of a CRLF is gone already.
        guard let byte = field.value.first(where: { ASCII.isControl($0) && $0 != 9 && $0 != 10 }) else { return }
        throw Refusal(
            .malformed, "a control character (byte 0x\(Hex.string([byte])))",
            at: "field \(String(decoding: field.name.prefix(100), as: UTF8.self))",
            remedy: "remove it from the control file and rebuild the package")
    }

    /// `name[:arch] [(relation version)]`, with `|` and `,` between: what apt 2.6.1 takes, which is in some places more than dpkg does, and
    /// in others less.
    private static func checkRelations(_ text: Span<UInt8>, _ field: StaticString) throws(Refusal) {
        let fault = Refusal(
            .malformed, "a relation that apt cannot read, which would make the whole list unreadable", at: "field \(field)",
            remedy: "write it as Debian Policy 7.1 says and rebuild the package")
        var i = 0
        func skipBlanks() { while i < text.count, text[i] == 32 || 9...13 ~= text[i] { i += 1 } }
        skipBlanks()
        while true {
            let name = i
            while i < text.count, !isEnd(text[i]) { i += 1 }
            guard i > name else { throw fault }
            guard i - name <= longestWord else { throw tooLong(field) }
            skipBlanks()
            if i < text.count, text[i] == UInt8(ascii: "(") {
                i += 1
                skipBlanks()
                // apt looks no further when so little is left of the field: it cannot read `a (=1)` where that is its end.
                guard i + 3 < text.count else { throw fault }
                var relation = 0
                while i < text.count, relation < 2, "<=>".utf8.contains(text[i]) {
                    i += 1
                    relation += 1
                }
                skipBlanks()
                let version = i
                while i < text.count, text[i] != UInt8(ascii: ")") { i += 1 }
                guard i < text.count, i > version else { throw fault }
                guard i - version <= longestWord else { throw tooLong(field) }
                i += 1
                skipBlanks()
            }
            guard i < text.count else { return }
            guard text[i] == UInt8(ascii: ",") || text[i] == UInt8(ascii: "|") else { throw fault }
            i += 1
            skipBlanks()
            if i == text.count { return }
        }
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == 32 || 9...13 ~= byte || "()|,[]<>".utf8.contains(byte) }

    private static func tooLong(_ field: StaticString) -> Refusal {
        Refusal(
            .limit, "a word of more than \(longestWord) bytes, which ends apt", at: "field \(field)",
            remedy: "shorten it and rebuild the package")
    }
}
