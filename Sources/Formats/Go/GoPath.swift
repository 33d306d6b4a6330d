/// The rules for paths of modules and of the files in them (golang.org/x/mod/module: CheckPath, CheckFilePath), and their escaped
/// form.
enum GoPath {
    /// Names that Windows keeps for devices, in small letters, whatever follows them behind a dot.
    private static let devices: Set<String> = [
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
        "lpt3",
        "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ]

    // MARK: - Modules

    /// What is wrong with a module's path, as a clause; nil: nothing.
    static func fault(inModule path: ArraySlice<UInt8>) -> String? {
        guard !path.isEmpty else { return "is empty" }
        if let byte = path.first(where: { !isModuleCharacter($0) && $0 != UInt8(ascii: "/") }) {
            return byte > 32 && byte < 127
                ? "has the character '\(Character(UnicodeScalar(byte)))' in it" : "is not plain ASCII text"
        }
        let elements = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for element in elements {
            guard let first = element.first, let last = element.last else { return "has an empty element" }
            if first == UInt8(ascii: ".") { return "has an element that begins with a dot" }
            if last == UInt8(ascii: ".") { return "has an element that ends with a dot" }
            if let fault = windowsFault(in: element) { return fault }
            if isShortName(element) { return "has an element that ends with a tilde and digits, like the short names of Windows" }
        }
        let host = elements[0]
        if host.first == UInt8(ascii: "-") { return "begins with a dash" }
        if !host.contains(UInt8(ascii: ".")) { return "has no dot in its first element, which has to be a domain name" }
        if !host.allSatisfy({ isHostCharacter($0) }) {
            return "has a first element that is not a domain name in small letters, digits, dots and dashes"
        }
        if splitMajor(path) == nil {
            return elements[0].elementsEqual("gopkg.in".utf8)
                ? "does not end with .vN as paths of gopkg.in do"
                : "ends with a major version that go does not write (it begins with /v2)"
        }
        return nil
    }

    /// The part of a valid path that names a major version, `/v2` or gopkg.in's `.v2`; empty where none does. Nil for a path that
    /// ends with something like one and is none.
    static func splitMajor(_ path: some Collection<UInt8>) -> [UInt8]? {
        var bytes = Array(path)
        let isGopkgIn = bytes.starts(with: "gopkg.in/".utf8)
        let unstable = Array("-unstable".utf8)
        let isUnstable = isGopkgIn && bytes.suffix(unstable.count).elementsEqual(unstable)
        if isUnstable { bytes.removeLast(unstable.count) }
        var start = bytes.count
        var hasDot = false
        while start > 0, ASCII.isDigit(bytes[start - 1]) || (!isGopkgIn && bytes[start - 1] == UInt8(ascii: ".")) {
            if bytes[start - 1] == UInt8(ascii: ".") { hasDot = true }
            start -= 1
        }
        let separator = UInt8(ascii: isGopkgIn ? "." : "/")
        guard start > 1, bytes[start - 1] == UInt8(ascii: "v"), bytes[start - 2] == separator, isGopkgIn || start < bytes.count
        else {
            return isGopkgIn ? nil : []
        }
        let major = Array(bytes[(start - 2)...])
        if isGopkgIn {
            guard major.count > 2, major[2] != 48 || (major.count == 3 && !isUnstable) else { return nil }
        } else {
            guard !hasDot, major[2] != 48, !major.elementsEqual("/v1".utf8) else { return nil }
        }
        return major
    }

    /// What keeps a version from being one of a module with this (valid) path, as a clause and what helps; nil: nothing.
    static func fault(of version: GoVersion, in path: some Collection<UInt8>) -> (what: String, remedy: String)? {
        guard let suffix = splitMajor(path) else { return ("the path has no major version", "correct the path") }
        let major = String(decoding: version.major, as: UTF8.self)
        guard let separator = suffix.first else {
            if version.isFirstMajor || version.isIncompatible { return nil }
            return (
                "a module without a major version in its path has versions v0 and v1, not v\(major)",
                "let the path end with /v\(major), or add +incompatible to the version if there is no go.mod"
            )
        }
        // Old releases of go made v0.0.0- for revisions without a tag, whatever the path of gopkg.in says.
        if suffix.elementsEqual(".v1".utf8), version.canonical.hasPrefix("v0.0.0-") { return nil }
        guard suffix.dropFirst(2).elementsEqual(version.major) else {
            let named = String(decoding: suffix.dropFirst(), as: UTF8.self)
            return (
                "the path ends with \(Character(UnicodeScalar(separator)))\(named), and the version is one of v\(major)",
                "use a \(named) version, or correct the path"
            )
        }
        return nil
    }

    // MARK: - Files

    /// What is wrong with a file's path below the module's root, as a clause; nil: nothing. Spares what the zip reader has seen
    /// to: separators at its ends, control characters, `.` and `..`.
    static func fault(inFile path: [UInt8]) -> String? {
        guard !path.isEmpty else { return "is empty" }
        let isASCII = path.allSatisfy { $0 < 0x80 }
        for element in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let last = element.last else { return "has an empty element" }
            if element.allSatisfy({ $0 == UInt8(ascii: ".") }) { return "has an element of nothing but dots" }
            if last == UInt8(ascii: ".") { return "has an element that ends with a dot" }
            if isASCII {
                if let byte = element.first(where: { !isFileCharacter($0) }) { return unwanted(UnicodeScalar(byte)) }
            } else {
                guard let text = String(validating: element, as: UTF8.self) else { return "is not UTF-8" }
                for scalar in text.unicodeScalars
                where scalar.isASCII ? !isFileCharacter(UInt8(scalar.value)) : !isLetter(scalar) { return unwanted(scalar) }
            }
            if let fault = windowsFault(in: element) { return fault }
        }
        return nil
    }

    private static func unwanted(_ scalar: UnicodeScalar) -> String {
        let number = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        let shown = scalar.value > 32 && scalar.value != 127 && (scalar.isASCII || scalar.properties.generalCategory != .control)
        return shown
            ? "has '\(Character(scalar))' (\(code)) in it, which go does not take" : "has \(code) in it, which go does not take"
    }

    /// One form for all spellings that file systems without case take for one: each character by its simple case folding.
    static func folded(_ path: [UInt8]) -> [UInt8] {
        guard path.contains(where: { $0 >= 0x80 }) else {
            return path.contains(where: ASCII.isUpper) ? path.map { ASCII.lowered($0) } : path
        }
        var folded = String.UnicodeScalarView()
        for scalar in String(decoding: path, as: UTF8.self).unicodeScalars { folded.append(self.folded(scalar)) }
        return Array(String(folded).utf8)
    }

    private static func folded(_ scalar: UnicodeScalar) -> UnicodeScalar {
        switch scalar.value {
        // The dotless i folds to nothing else. Of the others, two each are one although neither is the capital of the other.
        case 0x131: return scalar
        case 0x1FD3: return "\u{390}"
        case 0x1FE3: return "\u{3B0}"
        case 0xFB05: return "\u{FB06}"
        default:
            // Upper case comes first: it makes U+017F an S. What has no counterpart of one character stays.
            let upper = single(scalar.properties.uppercaseMapping) ?? scalar
            return single(upper.properties.lowercaseMapping) ?? upper
        }
    }

    private static func single(_ mapping: String) -> UnicodeScalar? {
        let scalars = mapping.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }

    /// Whether it lies in a folder `vendor` and below it in another one, where go puts the packages of other modules. Files
    /// directly in such a folder belong to the module. Earlier releases than go 1.24 left out more (golang.org/issue/37397); what
    /// any of them packs is taken.
    static func isVendored(_ path: [UInt8]) -> Bool {
        let elements = path.split(separator: UInt8(ascii: "/"))
        guard let vendor = elements.firstIndex(where: { $0.elementsEqual("vendor".utf8) }) else { return false }
        return elements.count - vendor > 2
    }

    // MARK: - The escaped form

    /// For the tree and the wire: `!` and the small letter for each capital, so that paths which differ in case only are
    /// different files on every file system.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: ASCII.isUpper) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if ASCII.isUpper(byte) { bytes.append(UInt8(ascii: "!")) }
            bytes.append(ASCII.lowered(byte))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Characters

    private static func isModuleCharacter(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }

    private static func isHostCharacter(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.isLower(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static let punctuation = Set("!#$%&()+,-.=@[]^_{}~ ".utf8)

    private static func isFileCharacter(_ byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || punctuation.contains(byte) }

    private static func isLetter(_ scalar: UnicodeScalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func windowsFault(in element: some Collection<UInt8>) -> String? {
        let stem = element.prefix { $0 != UInt8(ascii: ".") }
        guard stem.count == 3 || stem.count == 4 else { return nil }
        let name = String(decoding: stem.map { ASCII.lowered($0) }, as: UTF8.self)
        return devices.contains(name) ? "has an element '\(String(decoding: stem, as: UTF8.self))', a device on Windows" : nil
    }

    private static func isShortName(_ element: some BidirectionalCollection<UInt8>) -> Bool {
        let stem = element.prefix { $0 != UInt8(ascii: ".") }
        guard let tilde = stem.lastIndex(of: UInt8(ascii: "~")) else { return false }
        let behind = stem[tilde...].dropFirst()
        return !behind.isEmpty && behind.allSatisfy(ASCII.isDigit)
    }
}
