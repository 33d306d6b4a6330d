/// For which machines a dependency is: a target's name or a `cfg(…)` (the crate `cargo-platform`).
enum CargoPlatform {
    struct Fault: Error, Equatable {
        /// As a clause.
        var what: String
    }

    /// Nesting of `not`, `all` and `any` that is taken.
    private static let deepest = 32

    /// The spelling that cargo sends when it publishes: `cfg(all(unix,target_os="linux"))` is `cfg(all(unix, target_os = "linux"))`.
    static func canonical(_ text: String) throws(Fault) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count <= 16_384 else { throw Fault(what: "it has more than 16384 bytes") }
        guard bytes.starts(with: "cfg(".utf8), bytes.last == UInt8(ascii: ")") else {
            let isName = !bytes.isEmpty && bytes.allSatisfy { CargoName.isPart($0) || $0 == UInt8(ascii: ".") }
            guard isName else { throw Fault(what: "it is neither the name of a target nor a cfg(…)") }
            return text
        }
        var reader = Reader(rest: bytes.dropFirst(4).dropLast())
        let expression = try reader.expression(depth: 0)
        guard reader.rest.isEmpty else { throw Fault(what: "something stands behind the condition in it") }
        return "cfg(\(expression))"
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func expression(depth: Int) throws(Fault) -> String {
            guard depth <= deepest else { throw Fault(what: "it is nested deeper than \(deepest)") }
            skipBlanks()
            let name = try word()
            switch name {
            case "not":
                guard take(UInt8(ascii: "(")) else { throw Fault(what: "there is no '(' behind not") }
                let inner = try expression(depth: depth + 1)
                guard take(UInt8(ascii: ")")) else { throw Fault(what: "a ')' is missing") }
                return "not(\(inner))"
            case "all", "any":
                guard take(UInt8(ascii: "(")) else { throw Fault(what: "there is no '(' behind \(name)") }
                var parts: [String] = []
                while !take(UInt8(ascii: ")")) {
                    parts.append(try expression(depth: depth + 1))
                    if take(UInt8(ascii: ",")) { continue }
                    guard take(UInt8(ascii: ")")) else { throw Fault(what: "a ')' or a comma is missing") }
                    break
                }
                return "\(name)(\(parts.joined(separator: ", ")))"
            default:
                guard take(UInt8(ascii: "=")) else { return name }
                return "\(name) = \"\(try string())\""
            }
        }

        /// With the blanks around it.
        private mutating func take(_ byte: UInt8) -> Bool {
            skipBlanks()
            guard rest.first == byte else { return false }
            rest.removeFirst()
            skipBlanks()
            return true
        }

        private mutating func skipBlanks() { rest = rest.drop { $0 == 32 } }

        private mutating func word() throws(Fault) -> String {
            var prefix = ""
            if rest.starts(with: "r#".utf8) {
                prefix = "r#"
                rest = rest.dropFirst(2)
            }
            let word = rest.prefix { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
            guard let first = word.first, !ASCII.isDigit(first) else { throw Fault(what: "a word is missing in it") }
            rest = rest.dropFirst(word.count)
            skipBlanks()
            return prefix + String(decoding: word, as: UTF8.self)
        }

        private mutating func string() throws(Fault) -> String {
            guard rest.first == UInt8(ascii: "\"") else { throw Fault(what: "a text in quotation marks is missing in it") }
            let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
            guard text.endIndex < rest.endIndex else { throw Fault(what: "a quotation mark is missing in it") }
            rest = rest[(text.endIndex + 1)...]
            skipBlanks()
            return String(decoding: text, as: UTF8.self)
        }
    }
}
