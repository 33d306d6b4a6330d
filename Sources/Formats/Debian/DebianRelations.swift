/// A field of relations to other packages (`Depends: a, b (>= 1) | c`), as dpkg 1.21 reads it from the package that it is to install
/// (lib/dpkg/fields.c, `f_dependency`; lib/dpkg/parsehelp.c): what dpkg refuses is refused, what it only warns of becomes a warning.
struct DebianRelations {
    /// As the control file spells it.
    let field: String
    private let isProvides: Bool
    private let allowsAlternatives: Bool
    private let text: [UInt8]
    private var i = 0
    private(set) var warnings: [Warning] = []

    /// Fields with relations, and what dpkg takes them for: it knows two old names.
    static let fields: [(name: StaticString, role: Role)] = [
        ("depends", .wish), ("pre-depends", .wish), ("recommends", .wish), ("suggests", .wish), ("enhances", .wish),
        ("recommended", .wish), ("optional", .wish), ("conflicts", .fact), ("breaks", .fact), ("replaces", .fact),
        ("provides", .provision),
    ]

    enum Role {
        /// May have alternatives.
        case wish
        case fact
        /// One version at most, and that exact.
        case provision
    }

    /// Reads a field's value.
    ///
    /// - Parameter text: without the white space around it; not empty.
    /// - Returns: what dpkg warns of.
    static func check(_ text: [UInt8], _ name: StaticString, _ role: Role) throws(Refusal) -> [Warning] {
        var reader = DebianRelations(text, name, role)
        try reader.read()
        return reader.warnings
    }

    private init(_ text: [UInt8], _ name: StaticString, _ role: Role) {
        self.text = text
        isProvides = role == .provision
        allowsAlternatives = role == .wish
        field = "field \(name)"
    }

    private mutating func read() throws(Refusal) {
        while true {
            repeat { try readRelation() } while try continues()
            guard i < text.count else { return }
            i += 1
            skipBlanks()
        }
    }

    /// Whether an alternative follows; else the field or this relation ends here.
    private mutating func continues() throws(Refusal) -> Bool {
        guard i < text.count, text[i] != UInt8(ascii: ",") else { return false }
        guard text[i] == UInt8(ascii: "|") else { throw fault("something other than a comma behind a package", from: i) }
        guard allowsAlternatives else { throw fault("alternatives, which this field cannot have", from: i) }
        i += 1
        skipBlanks()
        return true
    }

    /// `name[:arch] [(relation version)]`, and the white space behind it.
    private mutating func readRelation() throws(Refusal) {
        let start = i
        while i < text.count, !Self.isBlank(text[i]), !":(,|".utf8.contains(text[i]) { i += 1 }
        guard i > start else { throw fault("no package name where one must stand", from: start) }
        guard Self.isName(text[start..<i]) else {
            throw fault(
                text[start...].starts(with: "${".utf8)
                    ? "a variable that nobody replaced" : "a package name that dpkg does not allow", from: start)
        }
        let name = String(decoding: text[start..<min(i, start + 64)], as: UTF8.self)
        if i < text.count, text[i] == UInt8(ascii: ":") {
            i += 1
            let architecture = i
            while i < text.count, !Self.isBlank(text[i]), !"(,|".utf8.contains(text[i]) { i += 1 }
            guard Self.isArchitecture(text[architecture..<i]) else {
                throw fault("an architecture that dpkg does not allow", from: start)
            }
        }
        skipBlanks()
        guard i < text.count, text[i] == UInt8(ascii: "(") else { return }
        try readVersion(of: name, from: start)
        skipBlanks()
    }

    private mutating func readVersion(of name: String, from start: Int) throws(Refusal) {
        i += 1
        skipBlanks()
        var isExact = false
        switch byte {
        case UInt8(ascii: "="):
            isExact = true
            i += 1
        case UInt8(ascii: "<"), UInt8(ascii: ">"):
            let first = byte
            i += 1
            if byte == UInt8(ascii: "=") || byte == first {
                i += 1
            } else if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") {
                throw fault("a relation that dpkg does not know", from: start)
            } else {
                warn("an obsolete relation to \(name), which means '\(first == UInt8(ascii: "<") ? "<=" : ">=")'", "write that")
            }
        default:
            isExact = true
            warn("a version of \(name) without a relation, which means '='", "write that")
        }
        if !isExact, isProvides {
            warn(
                "a version of \(name) with another relation than '=', which apt ignores and warns of at every update",
                "provide one exact version")
        }
        skipBlanks()
        let version = i
        while i < text.count, !Self.isBlank(text[i]), !"()".utf8.contains(text[i]) { i += 1 }
        let end = i
        skipBlanks()
        guard i < text.count, text[i] == UInt8(ascii: ")") else { throw fault("a version that no ')' ends", from: start) }
        i += 1
        try checkVersion(Array(text[version..<end]), of: name, from: start)
    }

    /// dpkg's errors are refused; what it warns of is not.
    private mutating func checkVersion(_ version: [UInt8], of name: String, from start: Int) throws(Refusal) {
        func broken(_ what: String) -> Refusal { fault("a version whose \(what)", from: start) }
        guard version.count > 0 else { throw fault("an empty version", from: start) }
        var first = 0
        if let colon = version.firstIndex(of: UInt8(ascii: ":")) {
            try checkEpoch(Array(version[..<colon]), from: start)
            first = colon + 1
            guard first < version.count else { throw broken("epoch has nothing behind it") }
        }
        var end = version.count
        if let hyphen = version[first...].lastIndex(of: UInt8(ascii: "-")) {
            guard hyphen + 1 < end else { throw broken("revision is empty") }
            end = hyphen
        }
        guard first < end else { throw broken("number is empty") }
        let isPlain = (first..<version.count).allSatisfy { position in
            let byte = version[position]
            return ASCII.isAlphanumeric(byte) || ".+~".utf8.contains(byte) || (position <= end && "-:".utf8.contains(byte))
        }
        if !ASCII.isDigit(version[first]) || !isPlain {
            warn(
                "a version of \(name) that does not begin with a digit, or has a character that versions do not have",
                "write one as Debian Policy 5.6.12 describes")
        }
    }

    /// C's `strtol`, from 0 to 2,147,483,647.
    private func checkEpoch(_ epoch: [UInt8], from start: Int) throws(Refusal) {
        let isSigned = epoch.count > 0 && "+-".utf8.contains(epoch[0])
        let digits = isSigned ? 1 : 0
        guard digits < epoch.count else { throw fault("a version whose epoch is empty", from: start) }
        var number = 0
        for position in digits..<epoch.count {
            guard ASCII.isDigit(epoch[position]) else { throw fault("a version whose epoch is not a number", from: start) }
            number = min(number * 10 + Int(epoch[position] & 15), 1 << 40)
        }
        guard number <= 2_147_483_647, number == 0 || epoch[0] != UInt8(ascii: "-") else {
            throw fault("a version whose epoch is out of range", from: start)
        }
    }

    // MARK: Words

    /// dpkg's names are looser than Policy's: capitals and underscores, and one letter is enough.
    private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, ASCII.isAlphanumeric(first) else { return false }
        return text.allSatisfy { ASCII.isAlphanumeric($0) || "-+._".utf8.contains($0) }
    }

    private static func isArchitecture(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, ASCII.isAlphanumeric(first) else { return false }
        return text.allSatisfy { ASCII.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// The byte at hand; 0 at the end.
    private var byte: UInt8 { i < text.count ? text[i] : 0 }

    private mutating func skipBlanks() { while i < text.count, Self.isBlank(text[i]) { i += 1 } }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || 9...13 ~= byte }

    private mutating func warn(_ what: String, _ remedy: String) {
        // One of a kind is enough: a list can be long.
        guard !warnings.contains(where: { $0.what == what }), warnings.count < 8 else { return }
        warnings.append(Warning(what, at: field, remedy: "\(remedy) and rebuild the package"))
    }

    /// - Parameter start: of the relation, of which the message shows the first bytes.
    private func fault(_ what: String, from start: Int) -> Refusal {
        let end = min(text.count, start + 40)
        let shown = String(decoding: text[min(start, end)..<end], as: UTF8.self)
        return Refusal(
            .malformed, "\(what) (\u{201C}\(shown)\u{201D}), so that dpkg installs the package nowhere", at: field,
            remedy: "write it as Debian Policy 7.1 says and rebuild the package")
    }
}
