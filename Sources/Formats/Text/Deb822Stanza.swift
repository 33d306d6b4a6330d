/// One stanza of the deb822(5) syntax, as a package's control file holds it, cleaned so that it can stand in a list of stanzas.
///
/// Read as strictly as dpkg reads a control file (1.21: parse.c refuses comments, duplicates, a second stanza), but also as
/// kindly as it does: CRLF, white space around the colon, blank lines before and after. One thing is kinder: the newline after
/// the last line may be missing (dpkg-deb builds and shows such a file). What is written has LF only, no blank lines and no NUL;
/// the order of the fields, their spelling and all other bytes, UTF-8 or not, are kept.
package struct Deb822Stanza: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        /// As spelled; compared without regard to ASCII case.
        package var name: [UInt8]
        /// Everything after the colon, without the last newline: the first line, then each continuation line behind a newline and
        /// with its own leading blank.
        package var value: [UInt8]

        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    package var fields: [Field]

    package init(fields: [Field]) { self.fields = fields }

    /// Parses exactly one stanza. Places in refusals are line numbers of `bytes`, from 1.
    package init(_ bytes: Span<UInt8>) throws(Refusal) {
        fields = []
        var seen: Set<[UInt8]> = []
        var line = 0
        var start = 0
        var closed = false

        func fault(_ cause: Refusal.Cause, _ what: String) -> Refusal {
            Refusal(cause, what, at: "line \(line)", remedy: "correct the control file and rebuild the package")
        }

        while start < bytes.count {
            line += 1
            var stop = start
            while stop < bytes.count, bytes[stop] != UInt8(ascii: "\n") {
                // A list with a NUL in it is unreadable from there on for every apt.
                guard bytes[stop] != 0 else { throw fault(.malformed, "a NUL byte") }
                stop += 1
            }
            let next = stop + 1
            while stop > start, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
            let text = start..<stop
            start = next

            guard let first = text.first(where: { !Self.isBlank(bytes[$0]) }) else {
                closed = !fields.isEmpty
                continue
            }
            guard !closed else { throw fault(.ambiguous, "text after a blank line, where the stanza has ended") }
            let lead = bytes[text.lowerBound]
            if Self.isBlank(lead) {
                // Readers differ over what other white space at the begin of a line means.
                guard lead == 32 || lead == 9 else { throw fault(.ambiguous, "a line that begins with a control character") }
                guard !fields.isEmpty else { throw fault(.malformed, "a continuation line without a field before it") }
                fields[fields.count - 1].value.append(UInt8(ascii: "\n"))
                fields[fields.count - 1].value.append(bytes.extracting(text))
                continue
            }
            let field = try Self.field(bytes, text, from: first, fault: fault)
            guard seen.insert(field.name.map { ASCII.lowered($0) }).inserted else {
                throw fault(.ambiguous, "a second field \(String(decoding: field.name, as: UTF8.self))")
            }
            fields.append(field)
        }
        guard !fields.isEmpty else { throw fault(.malformed, "no field at all") }
    }

    private static func field(
        _ bytes: Span<UInt8>, _ line: Range<Int>, from first: Int, fault: (Refusal.Cause, String) -> Refusal
    ) throws(Refusal) -> Field {
        switch bytes[first] {
        case UInt8(ascii: "#"): throw fault(.malformed, "a comment, which binary packages must not have")
        case UInt8(ascii: "-"): throw fault(.malformed, "a field name that begins with a hyphen")
        case 0xEF where bytes.has("\u{FEFF}", at: first): throw fault(.malformed, "a byte order mark")
        default: break
        }
        var colon = first
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < line.upperBound else { throw fault(.malformed, "a line without a colon") }
        var end = colon
        while end > first, isBlank(bytes[end - 1]) { end -= 1 }
        guard end > first else { throw fault(.malformed, "a field without a name") }
        for i in first..<end where bytes[i] <= 32 || bytes[i] >= 127 {
            throw fault(.malformed, "a field name with a character that is not printable ASCII")
        }
        return Field(name: bytes.copied(first..<end), value: bytes.copied((colon + 1)..<line.upperBound))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 || byte == 11 || byte == 12 }

    /// The value of a field with the white space around it taken off; nil when there is no such field. The name is in lower case.
    package func value(_ name: StaticString) -> [UInt8]? {
        guard let field = fields.first(where: { Self.matches($0.name, name) }) else { return nil }
        var value = field.value[...]
        while let last = value.last, Self.isBlank(last) || last == UInt8(ascii: "\n") { value.removeLast() }
        return Array(value.drop { Self.isBlank($0) || $0 == UInt8(ascii: "\n") })
    }

    /// Whether a field's value begins only on the line after its name. The name is in lower case.
    package func beginsOnNextLine(_ name: StaticString) -> Bool {
        guard let field = fields.first(where: { Self.matches($0.name, name) }) else { return false }
        return field.value.first { !Self.isBlank($0) } == UInt8(ascii: "\n")
    }

    /// Takes fields away by their lower-case names.
    package mutating func remove(_ names: [StaticString]) {
        fields.removeAll { field in names.contains { Self.matches(field.name, $0) } }
    }

    /// Takes fields away that have nothing but white space behind their colon.
    package mutating func removeBlanks() {
        fields.removeAll { field in field.value.allSatisfy { Self.isBlank($0) || $0 == UInt8(ascii: "\n") } }
    }

    private static func matches(_ name: [UInt8], _ lowered: StaticString) -> Bool {
        guard name.count == lowered.utf8CodeUnitCount else { return false }
        for i in name.indices where ASCII.lowered(name[i]) != lowered.utf8Start[i] { return false }
        return true
    }

    /// The stanza's lines, each with its LF; no blank line at the end.
    package var bytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(fields.reduce(0) { $0 + $1.name.count + $1.value.count + 2 })
        for field in fields {
            text += field.name
            text.append(UInt8(ascii: ":"))
            text += field.value
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}
