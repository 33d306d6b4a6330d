/// What names of reStructuredText stand for, wherever they are defined.
struct StructuredNames {
    /// `.. _name: https://…`; names in lower case, with single blanks.
    private var targets: [[UInt8]: [UInt8]] = [:]
    /// `__ https://…`, in their order.
    private(set) var anonymous: [[UInt8]] = []
    /// `.. |name| replace:: text`, `.. |name| image:: https://…`.
    private var substitutions: [[UInt8]: Substitution] = [:]

    struct Substitution {
        var text: [UInt8]
        /// Of a picture, or of what it links to.
        var address: [UInt8]?
    }

    init() {}

    init(_ lines: [TextLine], in bytes: [UInt8]) {
        for (i, line) in lines.enumerated() {
            let line = line.trimmed(in: bytes)
            let text = bytes[line.start..<line.end]
            if text.starts(with: "__ ".utf8) {
                anonymous.append(Array(text.dropFirst(3)))
            } else if text.starts(with: ".. __: ".utf8) {
                anonymous.append(Array(text.dropFirst(7)))
            } else if text.starts(with: ".. _".utf8) {
                target(text.dropFirst(4))
            } else if text.starts(with: ".. |".utf8) {
                substitution(text.dropFirst(4), lines[(i + 1)...].prefix(8), bytes)
            }
        }
        aliases()
    }

    func address(of name: ArraySlice<UInt8>) -> [UInt8]? { name.count > 300 ? nil : targets[Self.normal(name)] }
    func substitution(_ name: ArraySlice<UInt8>) -> Substitution? { name.count > 300 ? nil : substitutions[Self.normal(name)] }

    private mutating func target(_ text: ArraySlice<UInt8>) {
        let isQuoted = text.first == Mark.backtick
        let name = isQuoted ? text.dropFirst() : text
        var end = name.startIndex
        while end < name.endIndex, end - name.startIndex < 300 {
            if name[end] == (isQuoted ? Mark.backtick : Mark.colon) { break }
            end += name[end] == Mark.backslash ? 2 : 1
        }
        guard end < name.endIndex, end - name.startIndex < 300 else { return }
        var address = name[(end + 1)...]
        if isQuoted, address.first == Mark.colon { address.removeFirst() }
        while let first = address.first, Mark.isBlank(first) { address.removeFirst() }
        let key = Self.normal(name[..<end])
        if !address.isEmpty, targets[key] == nil { targets[key] = Array(address) }
    }

    /// Targets that name another target: `.. _docs: manual_`. One step.
    private mutating func aliases() {
        for (name, address) in targets where address.last == Mark.underscore && !address.contains(Mark.colon) {
            targets[name] = targets[Self.normal(address.dropLast().filter { $0 != Mark.backtick }[...])]
        }
    }

    private mutating func substitution(_ text: ArraySlice<UInt8>, _ following: ArraySlice<TextLine>, _ bytes: [UInt8]) {
        guard let bar = text.prefix(300).firstIndex(of: Mark.bar) else { return }
        let name = Self.normal(text[..<bar])
        let rest = TextLine(start: bar + 1, end: text.endIndex).trimmed(in: bytes)
        guard let colon = StructuredReader.directiveEnd(bytes, rest) else { return }
        let value = TextLine(start: min(colon + 2, rest.end), end: rest.end).trimmed(in: bytes)
        let argument = Array(bytes[value.start..<value.end])
        guard bytes[rest.start..<colon].elementsEqual("image".utf8) else {
            let isReplacement = bytes[rest.start..<colon].elementsEqual("replace".utf8)
            substitutions[name] = Substitution(text: isReplacement ? argument : Array(text[..<bar]), address: nil)
            return
        }
        var found = Substitution(text: Array(text[..<bar]), address: argument)
        for line in following {
            let option = line.trimmed(in: bytes)
            guard option.start > line.start, bytes[option.start] == Mark.colon else { break }
            let text = bytes[option.start..<option.end]
            if text.starts(with: ":alt: ".utf8) { found.text = Array(text.dropFirst(6)) }
            if text.starts(with: ":target: ".utf8) { found.address = Array(text.dropFirst(9)) }
        }
        substitutions[name] = found
    }

    private static func normal(_ name: ArraySlice<UInt8>) -> [UInt8] {
        var normal: [UInt8] = []
        for byte in name where byte != Mark.backslash {
            if !Mark.isSpace(byte) {
                normal.append(ASCII.lowered(byte))
            } else if let last = normal.last, last != Mark.blank {
                normal.append(Mark.blank)
            }
        }
        return normal
    }
}
