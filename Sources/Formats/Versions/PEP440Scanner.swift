/// Reads the parts of a version one after the other; each read takes what the specification's regular expression would.
struct PEP440Scanner {
    private let text: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    var isAtEnd: Bool { position >= text.endIndex }
    private var next: UInt8? { isAtEnd ? nil : text[position] }

    mutating func skipBlanks() {
        while let byte = next, byte == 32 || (9...13).contains(byte) { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Takes a word in any case.
    mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard length <= text.endIndex - position else { return false }
        for i in 0..<length where ASCII.lowered(text[position + i]) != word.utf8Start[i] { return false }
        position += length
        return true
    }

    mutating func number() -> PEP440.Number? {
        let start = position
        while let byte = next, ASCII.isDigit(byte) { position += 1 }
        guard position > start else { return nil }
        let digits = text[start..<position].drop { $0 == 48 }
        return digits.isEmpty ? [48] : Array(digits)
    }

    /// Everything before the local part. False when this is not a version.
    mutating func readPublic(into version: inout PEP440) -> Bool {
        guard readRelease(into: &version) else { return false }
        readSuffixes(into: &version)
        return true
    }

    /// `v1!2.3`: also what may stand before `.*` in a specifier.
    mutating func readRelease(into version: inout PEP440) -> Bool {
        _ = take("v")
        guard var first = number() else { return false }
        if take(UInt8(ascii: "!")) {
            version.epoch = first
            guard let afterEpoch = number() else { return false }
            first = afterEpoch
        }
        version.release = [first]
        while true {
            let mark = position
            guard take(UInt8(ascii: ".")), let more = number() else {
                position = mark
                return true
            }
            version.release.append(more)
        }
    }

    /// Pre-, post- and development release, each if it is there.
    mutating func readSuffixes(into version: inout PEP440) {
        if let phase = labelled({ $0.phase() }) {
            version.pre = PEP440.PreRelease(phase: phase.label, number: phase.number)
        }
        version.post = implicitPost() ?? labelled({ $0.take("post") || $0.take("rev") || $0.take("r") ? true : nil })?.number
        version.development = labelled({ $0.take("dev") ? true : nil })?.number
    }

    /// `+ubuntu.1`, the plus already taken. False when nothing fit to follow it.
    mutating func readLocal(into version: inout PEP440) -> Bool {
        repeat {
            let start = position
            while let byte = next, ASCII.isAlphanumeric(byte) { position += 1 }
            guard position > start else { return false }
            let bytes = text[start..<position]
            if bytes.allSatisfy(ASCII.isDigit) {
                let digits = bytes.drop { $0 == 48 }
                version.local.append(.number(digits.isEmpty ? [48] : Array(digits)))
            } else {
                version.local.append(.text(bytes.map { ASCII.lowered($0) }))
            }
        } while takeSeparator()
        return true
    }

    private mutating func takeSeparator() -> Bool {
        take(UInt8(ascii: ".")) || take(UInt8(ascii: "-")) || take(UInt8(ascii: "_"))
    }

    /// A label with an optional separator before and after it, and a number that may be missing (zero).
    private mutating func labelled<Label>(_ label: (inout Self) -> Label?) -> (label: Label, number: PEP440.Number)? {
        let mark = position
        _ = takeSeparator()
        guard let found = label(&self) else {
            position = mark
            return nil
        }
        _ = takeSeparator()
        return (found, number() ?? [48])
    }

    private mutating func phase() -> PEP440.Phase? {
        if take("alpha") || take("a") { return .alpha }
        if take("beta") || take("b") { return .beta }
        if take("preview") || take("pre") || take("rc") || take("c") { return .candidate }
        return nil
    }

    /// `1.0-1`, an old spelling of `1.0.post1`.
    private mutating func implicitPost() -> PEP440.Number? {
        let mark = position
        guard take(UInt8(ascii: "-")), let found = number() else {
            position = mark
            return nil
        }
        return found
    }
}
