/// Names of crates and what is derived from them. The rules are those of crates.io, which every cargo is content with.
enum CargoName {
    /// Bytes of a name that is taken.
    static let longest = 64

    /// What Windows keeps for devices, in any case (cargo's `restricted_names`).
    private static let devices: Set<String> = {
        var names: Set = ["con", "prn", "aux", "nul"]
        for digit in 1...9 { names.formUnion(["com\(digit)", "lpt\(digit)"]) }
        return names
    }()

    /// What is wrong with a crate's name, as a clause; nil for a name that is taken.
    static func fault(in name: String) -> String? {
        let bytes = Array(name.utf8)
        guard let first = bytes.first else { return "it is empty" }
        if bytes.count > longest { return "it has more than \(longest) bytes" }
        if !ASCII.isLetter(first) { return "it does not begin with a letter from A to Z" }
        if let byte = bytes.first(where: { !isPart($0) }) {
            let shown = byte > 32 && byte < 127 ? "'\(UnicodeScalar(byte))'" : "a character outside of printable ASCII"
            return "it holds \(shown), and may hold letters, digits, '-' and '_'"
        }
        if devices.contains(ASCII.lowered(name)) { return "Windows keeps it for a device" }
        return nil
    }

    static func isPart(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// One form for all spellings that crates.io holds for the same: small letters, `-` for `_`.
    static func identity(of name: String) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowered($0) }, as: UTF8.self)
    }

    /// Where cargo looks for a crate in the index: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd`; all in small letters.
    ///
    /// - Parameter name: one that is taken: ASCII, not empty.
    static func indexPath(of name: String) -> String {
        let lowered = ASCII.lowered(name)
        let bytes = Array(lowered.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch bytes.count {
        case 0...2: return "\(bytes.count)/\(lowered)"
        case 3: return "3/\(part(0..<1))/\(lowered)"
        default: return "\(part(0..<2))/\(part(2..<4))/\(lowered)"
        }
    }

    /// Every folder at the top of an index.
    static let indexFolders: [String] = {
        let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        let parts = letters + Array("0123456789-_".utf8)
        return ["1", "2", "3"]
            + letters.flatMap { first in parts.map { String(decoding: [first, $0], as: UTF8.self) } }
    }()

    /// Whether cargo takes this as the name of a dependency, of its own registry or another one.
    static func isDependency(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, name.utf8.count <= 255 else { return false }
        return (first == "_" || first.properties.isXIDStart)
            && name.unicodeScalars.allSatisfy { $0 == "-" || $0.properties.isXIDContinue }
    }
}

/// Versions of crates: Semantic Versioning 2.0.0 to the letter, without what `SemanticVersion` overlooks (a `v`, missing numbers, zeros
/// in front).
enum CargoVersion {
    static func parse(_ text: String) -> SemanticVersion? {
        guard let version = SemanticVersion(text) else { return nil }
        let numbers = "\(version.major).\(version.minor).\(version.patch)"
        guard text.utf8.starts(with: numbers.utf8) else { return nil }
        let next = text.utf8.dropFirst(numbers.utf8.count).first
        return next == nil || next == UInt8(ascii: "-") || next == UInt8(ascii: "+") ? version : nil
    }

    /// What is wrong with a text that is not a version, and what helps.
    static func explain(_ text: String) -> (what: String, remedy: String) {
        guard let version = SemanticVersion(text) else { return SemanticVersionFault.explain(text) }
        return (
            "it is not three numbers with dots between them, without a 'v' and without zeros in front",
            "write it as \(version.major).\(version.minor).\(version.patch)"
        )
    }

    /// Without build metadata, which crates.io ignores, and in small letters: file systems that fold case could not keep two apart.
    static func identity(of version: SemanticVersion) -> String {
        var version = version
        version.build = nil
        return version.identity
    }

    /// Whether cargo takes this as a `rust-version`: one to three numbers, and nothing behind them.
    static func isRustVersion(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...3).contains(parts.count)
            && parts.allSatisfy { part in
                !part.isEmpty && part.count <= 18 && part.allSatisfy(ASCII.isDigit)
                    && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
    }
}
