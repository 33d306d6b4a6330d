/// Dependencies as `Requires-Dist` has them (the packaging specification "Dependency specifiers", PEP 508).
enum PyPIRequirement {
    enum Readers: Sendable {
        /// Every installer: it is what the specification says.
        case all
        /// uv 0.13, which takes liberties for the sake of old packages (`>=1.0.*`, `>=1.0+x`, `>dev`, quotes around names and versions, a missing
        /// comma between two clauses). pip 26.3 passes over the file.
        case lenient
        case none
    }

    /// Who can read it.
    static func readers(of text: String) -> Readers {
        let bytes = Array(text.utf8)
        guard bytes.count <= longest else { return .none }
        var reader = Reader(bytes: bytes)
        guard reader.requirement() else { return .none }
        return reader.tookLiberty ? .lenient : .all
    }

    /// Bytes of one dependency; far beyond anything published.
    private static let longest = 16_384
    /// Parentheses in a marker.
    private static let deepest = 64

    /// The specification's names of marker variables, the spellings of before PEP 508, and PEP 751's.
    private static let variables: Set<String> = [
        "python_version", "python_full_version", "os_name", "sys_platform", "platform_release", "platform_system",
        "platform_version", "platform_machine", "platform_python_implementation", "implementation_name",
        "implementation_version", "extra", "extras", "dependency_groups", "os.name", "sys.platform", "platform.version",
        "platform.machine", "platform.python_implementation", "python_implementation",
    ]

    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        private(set) var tookLiberty = false
        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func requirement() -> Bool {
            skipBlanks()
            takeQuote()
            let name = takeWhile { ASCII.isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
            guard PyPIProjectName.normalised(name, upTo: PyPIRequirement.longest) != nil else { return false }
            takeQuote()
            skipBlanks()
            if take("["), !extras() { return false }
            skipBlanks()
            if take("@") {
                skipBlanks()
                // An address ends at a blank; a semicolon inside it belongs to it.
                guard !takeWhile({ $0 > 32 }).isEmpty else { return false }
            } else if take("(") {
                guard clauses(), take(")") else { return false }
            } else if next != nil, next != UInt8(ascii: ";") {
                guard clauses() else { return false }
            }
            skipBlanks()
            if take(";") {
                guard disjunction(depth: 0) else { return false }
                skipBlanks()
            }
            return next == nil
        }

        private mutating func extras() -> Bool {
            skipBlanks()
            if take("]") { return true }
            while true {
                skipBlanks()
                let name = takeWhile { ASCII.isAlphanumeric($0) || $0 == 45 || $0 == 46 || $0 == 95 }
                guard PyPIProjectName.normalised(name, upTo: PyPIRequirement.longest) != nil else { return false }
                skipBlanks()
                if take("]") { return true }
                guard take(",") else { return false }
            }
        }

        /// `>=1, <2`, up to what cannot belong to it. An empty clause is none.
        private mutating func clauses() -> Bool {
            var isFirst = true
            while true {
                skipBlanks()
                if take(",") {
                    isFirst = true
                    continue
                }
                guard let byte = next, byte != UInt8(ascii: ";"), byte != UInt8(ascii: ")") else { return true }
                let relation = takeWhile { "<>=!~".utf8.contains($0) }
                guard
                    [[60], [62], [60, 61], [62, 61], [61, 61], [33, 61], [126, 61], [61, 61, 61]].contains(Array(relation))
                else {
                    return false
                }
                // Two clauses without a comma between them.
                if !isFirst { tookLiberty = true }
                isFirst = false
                skipBlanks()
                takeQuote()
                if relation.count == 3 {
                    guard !takeWhile({ $0 > 32 && $0 != 44 && $0 != 59 && $0 != 41 }).isEmpty else { return false }
                    continue
                }
                let version = takeWhile { ASCII.isAlphanumeric($0) || ".*+!_-".utf8.contains($0) }
                takeQuote()
                guard isVersion(version, behind: relation) else { return false }
            }
        }

        private mutating func isVersion(_ text: ArraySlice<UInt8>, behind relation: ArraySlice<UInt8>) -> Bool {
            var text = text
            if text.elementsEqual("dev".utf8) {
                tookLiberty = true
                return true
            }
            if text.last == UInt8(ascii: "*") {
                text.removeLast()
                let isEquality = relation.elementsEqual("==".utf8) || relation.elementsEqual("!=".utf8)
                if text.last == UInt8(ascii: "."), isEquality {
                    text.removeLast()
                } else {
                    tookLiberty = true
                    if text.last == UInt8(ascii: ".") { text.removeLast() }
                }
            }
            guard let version = PEP440(text) else { return false }
            // A local part is compared with `==` and `!=` alone.
            if !version.local.isEmpty, !relation.elementsEqual("==".utf8), !relation.elementsEqual("!=".utf8) {
                tookLiberty = true
            }
            return relation.first != UInt8(ascii: "~") || version.release.count > 1
        }

        private mutating func disjunction(depth: Int) -> Bool {
            guard conjunction(depth: depth) else { return false }
            while takeWord("or") { guard conjunction(depth: depth) else { return false } }
            return true
        }

        private mutating func conjunction(depth: Int) -> Bool {
            guard comparison(depth: depth) else { return false }
            while takeWord("and") { guard comparison(depth: depth) else { return false } }
            return true
        }

        private mutating func comparison(depth: Int) -> Bool {
            guard depth < deepest else { return false }
            skipBlanks()
            if take("(") {
                guard disjunction(depth: depth + 1) else { return false }
                skipBlanks()
                return take(")")
            }
            guard operand() else { return false }
            skipBlanks()
            if takeWord("not") {
                guard takeWord("in") else { return false }
            } else if !takeWord("in") {
                let relation = takeWhile { "<>=!~".utf8.contains($0) }
                guard
                    [[60], [62], [60, 61], [62, 61], [61, 61], [33, 61], [126, 61], [61, 61, 61]].contains(Array(relation))
                else {
                    return false
                }
            }
            return operand()
        }

        private mutating func operand() -> Bool {
            skipBlanks()
            if let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                position += 1
                _ = takeWhile { $0 != quote }
                guard next == quote else { return false }
                position += 1
                return true
            }
            let word = takeWhile { ASCII.isAlphanumeric($0) || $0 == 46 || $0 == 95 }
            return variables.contains(String(decoding: word, as: UTF8.self))
        }

        private mutating func skipBlanks() { while next == 32 || next == 9 { position += 1 } }

        private mutating func takeQuote() {
            guard next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") else { return }
            position += 1
            tookLiberty = true
        }

        private mutating func take(_ byte: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: byte) else { return false }
            position += 1
            return true
        }

        /// A word that ends here, with the blanks before it.
        private mutating func takeWord(_ word: StaticString) -> Bool {
            skipBlanks()
            let length = word.utf8CodeUnitCount
            guard bytes.span.has(word, at: position) else { return false }
            if position + length < bytes.count, ASCII.isAlphanumeric(bytes[position + length]) { return false }
            position += length
            return true
        }

        private mutating func takeWhile(_ isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let start = position
            while position < bytes.count, isWanted(bytes[position]) { position += 1 }
            return bytes[start..<position]
        }
    }
}
