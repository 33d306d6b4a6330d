/// Dependencies by the extras that they are for, as people read them.
enum PyPIExtras {
    /// What is always needed first, then extras in the order in which they come.
    static func groups(of requirements: [String]) -> [Portrait.Group] {
        var groups: [Portrait.Group] = []
        var places: [String: Int] = [:]
        for requirement in requirements {
            let (extras, text) = split(requirement)
            let title = extras.isEmpty ? "Always" : "\(extras.count == 1 ? "Extra" : "Extras") \(extras.joined(separator: ", "))"
            if let place = places[title] {
                groups[place].items.append(text)
            } else {
                places[title] = groups.count
                groups.append(.init(title, [text]))
            }
        }
        if let place = places["Always"], place > 0 { groups.insert(groups.remove(at: place), at: 0) }
        return groups
    }

    /// The extras that a dependency names in its marker, and its text: without the extra where that is a condition of its own.
    static func split(_ requirement: String) -> (extras: [String], text: String) {
        let bytes = Array(requirement.utf8)
        guard let semicolon = bytes.lastIndex(of: UInt8(ascii: ";")) else { return ([], requirement) }
        let marker = bytes[(semicolon + 1)...]
        let clauses = clauses(of: marker)
        guard let clause = clauses.first else { return ([], requirement) }
        var names: [String] = []
        for clause in clauses {
            let name = String(decoding: bytes[clause.name], as: UTF8.self)
            if !names.contains(name) { names.append(name) }
        }
        let before = trimmed(marker[..<clause.place.lowerBound]), after = trimmed(marker[clause.place.upperBound...])
        let head = String(decoding: trimmed(bytes[..<semicolon]), as: UTF8.self)
        var rest: ArraySlice<UInt8>?
        if before.isEmpty, after.isEmpty { return (names, head) }
        if after.isEmpty, before.suffix(4).elementsEqual(" and".utf8) { rest = trimmed(before.dropLast(4)) }
        if before.isEmpty, after.prefix(4).elementsEqual("and ".utf8) { rest = trimmed(after.dropFirst(4)) }
        guard clauses.count == 1, let rest, !isAlternative(rest) else { return (names, requirement) }
        return (names, "\(head); \(String(decoding: rest, as: UTF8.self))")
    }

    private typealias Clause = (place: Range<Int>, name: Range<Int>)

    /// Where `extra == "NAME"` stands, outside of quotation marks.
    private static func clauses(of marker: ArraySlice<UInt8>) -> [Clause] {
        let word = Array("extra".utf8)
        var clauses: [Clause] = []
        var position = marker.startIndex
        var last: UInt8 = 32
        while position < marker.endIndex {
            let byte = marker[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                let end = marker[(position + 1)...].firstIndex(of: byte) ?? marker.endIndex - 1
                position = end + 1
                last = byte
                continue
            }
            if byte == word[0], !isWord(last), marker[position...].starts(with: word),
                let clause = clause(in: marker, at: position, behind: word.count)
            {
                clauses.append(clause)
                position = clause.place.upperBound
                last = 32
                continue
            }
            last = byte
            position += 1
        }
        return clauses
    }

    private static func clause(in marker: ArraySlice<UInt8>, at start: Int, behind length: Int) -> Clause? {
        var rest = marker[(start + length)...].drop { $0 == 32 }
        guard rest.starts(with: "==".utf8) else { return nil }
        rest = rest.dropFirst(2).drop { $0 == 32 }
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: quote), end > rest.startIndex else { return nil }
        return (start..<(end + 1), rest.startIndex..<end)
    }

    private static func isWord(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

    /// Whether there is an `or` outside of parentheses.
    private static func isAlternative(_ marker: ArraySlice<UInt8>) -> Bool {
        var depth = 0
        for position in marker.indices {
            switch marker[position] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case 32 where depth == 0: if marker[position...].starts(with: " or ".utf8) { return true }
            default: break
            }
        }
        return false
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop { $0 == 32 }
        while bytes.last == 32 { bytes.removeLast() }
        return bytes
    }
}
