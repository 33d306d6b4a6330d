@testable import Formats

/// Whether a finished piece of an index is what its readers take: small, strict checkers that share nothing with the writers.
enum WellFormed {
    /// One element (XML 1.0), as createrepo_c writes them: no declarations, comments, sections or single quotes.
    static func xml(_ bytes: [UInt8]) throws(BrokenPromise) {
        let text = try FuzzTarget.text(bytes, "a piece of XML")
        for scalar in text.unicodeScalars {
            let isAllowed =
                scalar.value >= 0x20
                ? scalar.value & 0xFFFE != 0xFFFE || scalar.value > 0xFFFF : "\t\n".unicodeScalars.contains(scalar)
            try promise(isAllowed, "XML with the character \(scalar.value)")
        }
        var open: [ArraySlice<UInt8>] = []
        var elements = 0
        var rest = bytes[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "<") else {
                let data = rest.prefix { $0 != UInt8(ascii: "<") }
                try references(data)
                try promise(!open.isEmpty || data.allSatisfy { $0 == 10 || $0 == 32 }, "XML data outside its element")
                rest = rest.dropFirst(data.count)
                continue
            }
            guard let end = tagEnd(rest) else { throw BrokenPromise("an XML tag without an end") }
            var tag = rest[(rest.startIndex + 1)..<end]
            rest = rest[(end + 1)...]
            if tag.first == UInt8(ascii: "/") {
                try promise(open.popLast() == tag.dropFirst(), "XML tags that do not match")
                continue
            }
            let isEmpty = tag.last == UInt8(ascii: "/")
            if isEmpty { tag.removeLast() }
            let name = tag.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
            try promise(!name.isEmpty, "an XML tag without a name")
            try attributes(tag.dropFirst(name.count))
            if open.isEmpty { elements += 1 }
            if !isEmpty { open.append(name) }
        }
        try promise(open.isEmpty && elements == 1, "XML with \(elements) elements, \(open.count) of them open")
    }

    /// Where a tag ends: the first `>` outside quotes.
    private static func tagEnd(_ text: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        for i in text.indices {
            if text[i] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if text[i] == UInt8(ascii: ">"), !isQuoted { return i }
        }
        return nil
    }

    private static func attributes(_ text: ArraySlice<UInt8>) throws(BrokenPromise) {
        var rest = text
        var names: Set<[UInt8]> = []
        while rest.first == 32 {
            rest = rest.dropFirst()
            let name = rest.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
            if name.isEmpty { continue }
            try promise(names.insert(Array(name)).inserted, "an XML attribute twice")
            rest = rest.dropFirst(name.count)
            try promise(rest.starts(with: "=\"".utf8), "an XML attribute without a value")
            let value = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "\"") }
            try promise(!value.contains(UInt8(ascii: "<")), "an XML attribute with <")
            try references(value)
            rest = rest.dropFirst(value.count + 3)
        }
        try promise(rest.isEmpty, "an XML tag with something else than attributes: \(String(decoding: rest, as: UTF8.self))")
    }

    /// Every `&` begins a reference that XML knows.
    private static func references(_ text: ArraySlice<UInt8>) throws(BrokenPromise) {
        for i in text.indices where text[i] == UInt8(ascii: "&") {
            let name = String(decoding: text[(i + 1)...].prefix { $0 != UInt8(ascii: ";") }.prefix(10), as: UTF8.self)
            if ["amp", "lt", "gt", "quot", "apos"].contains(name) { continue }
            let number =
                name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            let isAllowed = number.map { $0 >= 32 || $0 == 9 || $0 == 10 || $0 == 13 } ?? false
            try promise(isAllowed && number.flatMap(Unicode.Scalar.init) != nil, "the XML reference &\(name);")
        }
    }

    /// A stanza that ends with a blank line and holds the facts' fields and those of the index, no more.
    static func stanza(_ bytes: [UInt8], of facts: [UInt8]) throws(BrokenPromise) {
        try promise(bytes.suffix(2) == [10, 10], "a stanza without a blank line at its end")
        let whole = Result { () throws(Refusal) in try Deb822Stanza(bytes.span.extracting(droppingLast: 1)) }
        let inner = Result { () throws(Refusal) in try Deb822Stanza(facts.span) }
        guard case .success(let stanza) = whole, case .success(let control) = inner else {
            throw BrokenPromise("a stanza that cannot be read: \(whole), \(inner)")
        }
        try promise(Array(stanza.fields.dropLast(4)) == control.fields, "a stanza with other fields than the control file")
        let added = stanza.fields.suffix(4).map { String(decoding: $0.name, as: UTF8.self) }
        try promise(added == ["Filename", "Size", "MD5sum", "SHA256"], "a stanza that ends with \(added)")
        for i in bytes.indices.dropLast(2) where bytes[i] == 10 {
            try promise(bytes[i + 1] != 10, "a stanza with a blank line inside")
        }
    }

    /// One anchor with text inside, on one line; or one line of a list of anchors.
    /// A record of apk's index: lines of a letter and a value, a blank one behind them, and one byte in the place of its architecture.
    static func record(_ bytes: [UInt8]) throws(BrokenPromise) {
        try promise(bytes.suffix(2) == [10, 10], "a record without its end")
        try promise(bytes.count { $0 == 0 } == 1, "a record with another number of places for the architecture")
        var letters: [UInt8] = []
        for line in bytes.dropLast(2).split(separator: 10, omittingEmptySubsequences: false) {
            try promise(line.dropFirst().first == UInt8(ascii: ":") && line.count < 131_072, "a line that apk would not read")
            letters.append(line[line.startIndex])
        }
        try promise(Set(letters).count == letters.count && letters.starts(with: "CPVA".utf8), "a record with other fields")
    }

    static func html(line bytes: [UInt8]) throws(BrokenPromise) {
        let text = try FuzzTarget.text(bytes, "a line of HTML")
        try promise(text.utf8.filter { $0 == 10 }.count == 1 && text.utf8.last == 10, "HTML that is not one line: \(text)")
        try FuzzTarget.check(line: String(text.dropLast()), "HTML")
        try promise(text.hasPrefix("<a href=\"") && text.hasSuffix("</a><br>\n"), "HTML that is not an anchor: \(text)")
        try promise(text.utf8.filter { $0 == UInt8(ascii: "<") }.count == 3, "HTML with other tags: \(text)")
        try promise(text.utf8.filter { $0 == UInt8(ascii: "\"") }.count % 2 == 0, "HTML with an odd quote: \(text)")
    }

    // MARK: - JSON

    /// One value (RFC 8259).
    static func json(_ bytes: [UInt8]) throws(BrokenPromise) {
        let text = try FuzzTarget.text(bytes, "a piece of JSON")
        var rest = bytes[...]
        try value(&rest, 0)
        try promise(rest.isEmpty, "JSON goes on: \(text.debugDescription)")
    }

    private static func value(_ rest: inout ArraySlice<UInt8>, _ depth: Int) throws(BrokenPromise) {
        try promise(depth < 100, "JSON nested a hundred times")
        switch rest.first {
        case UInt8(ascii: "\""): try string(&rest)
        case UInt8(ascii: "{"):
            try list(&rest, until: UInt8(ascii: "}")) { (rest) throws(BrokenPromise) in
                try string(&rest)
                try promise(rest.popFirst() == UInt8(ascii: ":"), "a JSON key without a value")
                try value(&rest, depth + 1)
            }
        case UInt8(ascii: "["):
            try list(&rest, until: UInt8(ascii: "]")) { (rest) throws(BrokenPromise) in try value(&rest, depth + 1) }
        default:
            let word = rest.prefix { ASCII.isAlphanumeric($0) || "+-.".utf8.contains($0) }
            rest = rest.dropFirst(word.count)
            let text = String(decoding: word, as: UTF8.self)
            try promise(["true", "false", "null"].contains(text) || isNumber(word), "the JSON word \(text.debugDescription)")
        }
    }

    private static func list(
        _ rest: inout ArraySlice<UInt8>, until end: UInt8, _ item: (inout ArraySlice<UInt8>) throws(BrokenPromise) -> Void
    ) throws(BrokenPromise) {
        rest.removeFirst()
        if rest.first == end {
            rest.removeFirst()
            return
        }
        while true {
            try item(&rest)
            switch rest.popFirst() {
            case end: return
            case UInt8(ascii: ","): continue
            default: throw BrokenPromise("a JSON list without an end or a comma")
            }
        }
    }

    private static func string(_ rest: inout ArraySlice<UInt8>) throws(BrokenPromise) {
        try promise(rest.popFirst() == UInt8(ascii: "\""), "no JSON string where one should be")
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"):
                switch rest.popFirst() {
                case UInt8(ascii: "u"):
                    let digits = rest.prefix(4)
                    try promise(Hex.bytes(digits)?.count == 2, "a JSON escape that is none")
                    rest = rest.dropFirst(4)
                case let byte?: try promise("\"\\/bfnrt".utf8.contains(byte), "a JSON escape that is none")
                case nil: break
                }
            default: try promise(byte >= 32, "a control character in a JSON string")
            }
        }
        throw BrokenPromise("a JSON string without an end")
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            let run = rest.prefix(while: ASCII.isDigit)
            rest = rest.dropFirst(run.count)
            return run
        }
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let whole = digits(&rest)
        guard !whole.isEmpty, whole.count == 1 || whole.first != 48 else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard !digits(&rest).isEmpty else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard !digits(&rest).isEmpty else { return false }
        }
        return rest.isEmpty
    }

    // MARK: - YAML

    /// A chart's four fragments, put together as an index has them: both forms say the same.
    static func helm(_ fragments: [Fragment]) throws(BrokenPromise) {
        func slot(_ slot: Slot) throws(BrokenPromise) -> [UInt8] {
            guard let fragment = fragments.first(where: { $0.slot == slot }) else { throw BrokenPromise("no \(slot.name)") }
            return fragment.bytes
        }
        let block = try [UInt8]("entries:\n") + slot(Helm.yamlHeading) + slot(Helm.yaml)
        let object = try [UInt8]("{\"entries\":{") + slot(Helm.jsonHeading) + slot(Helm.json) + [UInt8]("]}}")
        try json(object)
        try same(yaml: block, json: object)
    }

    /// Two spellings of one value.
    static func same(yaml block: [UInt8], json object: [UInt8]) throws(BrokenPromise) {
        _ = try FuzzTarget.text(block, "a piece of YAML")
        var budget = Budget()
        budget.depth = 1_000
        let one = Result { () throws(Refusal) in try YAMLDocument.read(block, subject: "the block", within: budget) }
        let other = Result { () throws(Refusal) in try YAMLDocument.read(object, subject: "the object", within: budget) }
        // Aliases are written out, which may be more than one document can hold.
        if case .failure(let refusal) = one, refusal.cause == .limit { return }
        guard case .success(let left) = one, case .success(let right) = other else {
            throw BrokenPromise("what was written cannot be read: \(one), \(other)")
        }
        try promise(left == right, "the block and the object differ: \(left), \(right)")
    }
}
