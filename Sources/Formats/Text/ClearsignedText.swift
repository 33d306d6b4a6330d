/// The text inside of a message in OpenPGP's cleartext signature framework (RFC 9580, section 7). The signature is not verified.
enum ClearsignedText {
    private static let begin: StaticString = "-----BEGIN PGP SIGNED MESSAGE-----"
    private static let signature = [UInt8]("-----BEGIN PGP SIGNATURE-----")
    private static let end = [UInt8]("-----END PGP SIGNATURE-----")

    static func opens(_ bytes: Span<UInt8>) -> Bool { bytes.has(begin) }

    /// The signed lines, each with an LF, without armour and dash-escapes. Nothing may stand before, after or between the parts of
    /// the message: a reader that looks for fields in the whole file would see more than what was signed.
    static func read(_ bytes: Span<UInt8>) throws(Refusal) -> [UInt8] {
        func fault(_ cause: Refusal.Cause, _ what: String, _ line: Int) -> Refusal {
            Refusal(cause, what, at: "line \(line + 1)", remedy: "sign the file again")
        }
        let lines = Self.lines(bytes)
        guard lines[0].elementsEqual([UInt8](String(describing: begin))) else {
            throw fault(.ambiguous, "text before the signed text", 0)
        }
        var index = 1
        while index < lines.count, !lines[index].isEmpty {
            // Who passes over unknown headers and who does not would see different texts.
            guard lines[index].starts(with: "Hash: ".utf8) else {
                throw fault(.ambiguous, "an armour header other than Hash", index)
            }
            index += 1
        }
        index += 1
        var text: [UInt8] = []
        while index < lines.count, lines[index] != signature {
            var line = lines[index][...]
            if line.first == UInt8(ascii: "-") {
                guard line.starts(with: "- ".utf8) else { throw fault(.ambiguous, "an unescaped dash in the signed text", index) }
                line = line.dropFirst(2)
            }
            text += line
            text.append(10)
            index += 1
        }
        guard index < lines.count else { throw fault(.truncated, "the signed text ends before its signature", lines.count - 1) }
        index += 1
        while index < lines.count, lines[index] != end {
            guard lines[index].first != UInt8(ascii: "-") else { throw fault(.malformed, "a broken signature", index) }
            index += 1
        }
        guard index < lines.count else { throw fault(.truncated, "the signature has no end", lines.count - 1) }
        if let more = lines[(index + 1)...].firstIndex(where: { !$0.isEmpty }) {
            throw fault(.ambiguous, "text after the signature", more)
        }
        return text
    }

    /// Without their ends (LF or CRLF); at least one.
    private static func lines(_ bytes: Span<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        for position in 0...bytes.count where position == bytes.count || bytes[position] == 10 {
            let end = position > start && bytes[position - 1] == 13 ? position - 1 : position
            lines.append(bytes.copied(start..<end))
            start = position + 1
        }
        return lines
    }
}
