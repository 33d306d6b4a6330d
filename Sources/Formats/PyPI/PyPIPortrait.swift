/// What a page says of a distribution file, by its core metadata (the packaging specification "Core metadata", 2.5).
enum PyPIPortrait {
    /// All that is read besides what the index needs.
    static let fields = [
        "Home-page", "Project-URL", "Author", "Author-email", "Maintainer", "Maintainer-email", "License", "License-Expression",
        "Classifier", "Keywords", "Provides-Extra", "Description-Content-Type",
    ]
    /// Where files before metadata version 2.1 have the readme.
    static let description = "Description"

    /// Bytes of a readme that are kept, dependencies, entries of other lists, characters of a fact.
    private static let longestReadme = 256 << 10
    private static let mostDependencies = 500
    private static let mostEntries = 30
    private static let longestFact = 400

    /// - Parameters:
    ///   - header: read with `fields` and `description`.
    ///   - text: what it was read from.
    static func portrait(of header: PyPIHeader, in text: Span<UInt8>, requiresPython: String?) -> Portrait {
        var facts: [Portrait.Fact] = []
        func add(_ label: String, _ value: String, link: String? = nil) {
            guard !value.isEmpty else { return }
            let shown = String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestFact)))
            facts.append(.init(label, shown, link: link))
        }
        add("Python", python(requiresPython ?? ""))
        add("Licence", licence(header))
        for role in ["Author", "Maintainer"] {
            let people = PyPIPeople(names: header.first(role)?.value, addresses: header.first("\(role)-email")?.value)
            add(role, people.shown, link: people.link)
        }
        for (label, address) in addresses(header) { add(label, address, link: address) }
        add("Keywords", keywords(header.first("Keywords")?.value ?? ""))
        let extras = header.all("Provides-Extra").lazy.map(\.value).filter { !$0.isEmpty }
        add("Extras", extras.prefix(mostEntries).joined(separator: ", "))

        var portrait = Portrait(facts: facts)
        if let readme = readme(of: header, in: text) { portrait.sections.append(.readme(readme, markup(of: header))) }
        let requirements = header.all("Requires-Dist").lazy.map(\.value).filter { !$0.isEmpty }.prefix(mostDependencies)
        let groups = PyPIExtras.groups(of: Array(requirements))
        if !groups.isEmpty { portrait.sections.append(.dependencies(groups)) }
        return portrait
    }

    /// `3.10 and later` for `>=3.10`; what says more stays as it is.
    private static func python(_ specifier: String) -> String {
        let number = specifier.utf8.dropFirst(2).drop { $0 == 32 }
        guard specifier.utf8.starts(with: ">=".utf8), !number.isEmpty,
            number.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") })
        else { return specifier }
        return "\(Substring(number)) and later"
    }

    /// The field License may hold a whole licence; then classifiers say which.
    private static func licence(_ header: PyPIHeader) -> String {
        if let expression = header.first("License-Expression") { return expression.value }
        let text = header.first("License")?.value ?? ""
        if !text.isEmpty, text.utf8.count <= 100 { return text }
        var names: [String] = []
        for field in header.all("Classifier") where field.value.utf8.starts(with: "License ::".utf8) {
            guard let last = field.value.utf8.split(separator: UInt8(ascii: ":")).last else { continue }
            let name = String(decoding: last.drop { $0 == 32 }, as: UTF8.self)
            if !name.isEmpty, names.count < 5, !names.contains(name) { names.append(name) }
        }
        if !names.isEmpty { return names.joined(separator: ", ") }
        return text.isEmpty ? "" : String(String.UnicodeScalarView(text.unicodeScalars.prefix(100))) + "…"
    }

    /// Labels and addresses, each address once.
    private static func addresses(_ header: PyPIHeader) -> [(label: String, address: String)] {
        var addresses: [(label: String, address: String)] = []
        func add(_ label: String, _ address: String) {
            guard !address.isEmpty, addresses.count < mostEntries, !addresses.contains(where: { $0.address == address }) else {
                return
            }
            addresses.append((label, address))
        }
        if let home = header.first("Home-page") { add("Homepage", home.value) }
        for field in header.all("Project-URL") {
            // `LABEL, URL`; the label is of 32 characters at most.
            guard let comma = field.value.utf8.firstIndex(of: UInt8(ascii: ",")) else { continue }
            let label = field.value[..<comma].unicodeScalars.prefix(32)
            let address = field.value[comma...].utf8.dropFirst().drop { $0 == 32 }
            add(label.isEmpty ? "Link" : String(String.UnicodeScalarView(label)), String(Substring(address)))
        }
        return addresses
    }

    /// Separated by commas, as the specification wants it, or by blanks, as many have them.
    private static func keywords(_ text: String) -> String {
        let separator = text.utf8.contains(UInt8(ascii: ",")) ? UInt8(ascii: ",") : 32
        let words = text.utf8.split(separator: separator).lazy.map { $0.drop { $0 == 32 } }.filter { !$0.isEmpty }
        return words.prefix(mostEntries).map { String(Substring($0)) }.joined(separator: ", ")
    }

    // MARK: - The readme

    /// reStructuredText unless something else is said.
    private static func markup(of header: PyPIHeader) -> Portrait.Markup {
        let type = header.first("Description-Content-Type")?.value ?? ""
        switch ASCII.lowered(String(Substring(type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 32 }))) {
        case "", "text/x-rst": return .restructuredText
        case "text/markdown": return .markdown
        default: return .plain
        }
    }

    /// Behind the header, or in its field; nil where there is none.
    private static func readme(of header: PyPIHeader, in text: Span<UInt8>) -> [UInt8]? {
        if let body = header.body, let bytes = kept(body..<text.count, of: text) { return bytes }
        guard let lines = header.lines, let bytes = kept(lines, of: text) else { return nil }
        return unfolded(bytes)
    }

    /// Nil for nothing, which old tools called `UNKNOWN`.
    private static func kept(_ range: Range<Int>, of text: Span<UInt8>) -> [UInt8]? {
        var end = range.upperBound
        if range.count > longestReadme {
            end = range.lowerBound + longestReadme
            // Not in the middle of a character.
            while end > range.lowerBound, text[end] & 0xC0 == 0x80 { end -= 1 }
        }
        let bytes = text.copied(range.lowerBound..<end)
        guard let start = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else { return nil }
        return bytes[start...last].elementsEqual("UNKNOWN".utf8) ? nil : bytes
    }

    /// A field's lines without what setuptools put before all but the first: eight blanks, or seven and a bar.
    private static func unfolded(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for (number, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            var line = line
            if number == 0 {
                line = line.drop { $0 == 32 }
            } else {
                let blanks = line.prefix(8).prefix { $0 == 32 }.count
                line = line.dropFirst(blanks)
                if blanks == 7, line.first == UInt8(ascii: "|") { line.removeFirst() }
            }
            result += line
            result.append(10)
        }
        return result
    }
}

/// Who is named in a pair of fields such as Author and Author-email.
struct PyPIPeople {
    /// Names, or addresses where there are none.
    var shown = ""
    /// To write to, where it is one person.
    var link: String?

    private static let most = 10

    /// - Parameter addresses: as RFC 822 has them: `Ann Lee <ann@example.org>, bob@example.org`.
    init(names: String?, addresses: String?) {
        var shown: [String] = [], mails: [String] = []
        for entry in Self.entries(addresses ?? "") {
            let open = entry.firstIndex(of: UInt8(ascii: "<")) ?? entry.endIndex
            let mail = entry[open...].dropFirst().prefix { $0 != UInt8(ascii: ">") }
            let name = Self.trimmed(entry[..<open])
            if open == entry.endIndex {
                if name.contains(UInt8(ascii: "@")) { mails.append(Self.text(name)) }
            } else if !mail.isEmpty {
                mails.append(Self.text(mail))
            }
            let text = Self.text(name.isEmpty ? mail : name)
            if !text.isEmpty { shown.append(text) }
        }
        self.shown = names ?? shown.joined(separator: ", ")
        if mails.count == 1, shown.count == 1 { link = "mailto:\(mails[0])" }
    }

    /// Separated by commas outside of quotation marks.
    private static func entries(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var entries: [ArraySlice<UInt8>] = []
        var start = 0, isQuoted = false
        for (position, byte) in bytes.enumerated() where entries.count < most {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard byte == UInt8(ascii: ","), !isQuoted else { continue }
            entries.append(bytes[start..<position])
            start = position + 1
        }
        if entries.count < most { entries.append(bytes[start...]) }
        return entries
    }

    /// Without blanks and quotation marks at its ends.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isLoose(_ byte: UInt8) -> Bool { byte == 32 || byte == UInt8(ascii: "\"") }
        var bytes = bytes.drop(while: isLoose)
        while let last = bytes.last, isLoose(last) { bytes.removeLast() }
        return bytes
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
