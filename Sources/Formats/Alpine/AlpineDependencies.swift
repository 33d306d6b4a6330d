/// Lists of `NAME`, `!NAME`, `NAME=VERSION`, `NAME>=VERSION` … with blanks between: what a package depends on, provides, or is
/// installed with.
enum AlpineDependencies {
    /// Bytes of all of one kind: apk reads lines of an index into 128 KiB.
    private static let limit = 100_000

    /// The list as apk writes it: one blank between, comparisons in their shortest spelling (`=~` is `~`).
    ///
    /// - Returns: also the first element whose version is not one, as apk takes it: where that is the case with a dependency, the
    ///   package cannot be installed, and elsewhere the element is passed over.
    static func normalised(_ values: [String], _ key: String, of info: PackageInfo) throws(Refusal) -> (
        text: String, odd: String?
    ) {
        var elements: [String] = []
        var odd: String?
        var size = 0
        for value in values {
            for element in value.split(separator: " ") {
                let (text, isOdd) = try normalised(String(element), key, of: info)
                if isOdd, odd == nil { odd = text }
                elements.append(text)
                size += text.utf8.count + 1
                guard size <= limit else { throw info.refusal(.limit, "there are more than \(limit) bytes", key: key) }
            }
        }
        return (elements.joined(separator: " "), odd)
    }

    private static func normalised(
        _ element: String, _ key: String, of info: PackageInfo
    ) throws(Refusal) -> (text: String, isOdd: Bool) {
        func refusal(_ what: String) -> Refusal { info.refusal(.malformed, "'\(element.prefix(80))' \(what)", key: key) }
        let bytes = Array(element.utf8)
        let isConflict = bytes.first == UInt8(ascii: "!")
        let rest = bytes.dropFirst(isConflict ? 1 : 0)
        let name = rest.prefix { !marks.contains($0) }
        let operation = rest.dropFirst(name.count).prefix { marks.contains($0) }
        let version = rest.dropFirst(name.count + operation.count)
        if name.isEmpty { throw refusal("has no name") }
        if name.contains(UInt8(ascii: "@")) { throw refusal("names a tag, which is for people to say and not for packages") }
        guard name.allSatisfy({ ASCII.isAlphanumeric($0) || "+,-.:/[]_".utf8.contains($0) }) else {
            throw refusal("holds a character that a name cannot have")
        }
        let prefix = (isConflict ? "!" : "") + String(decoding: name, as: UTF8.self)
        if operation.isEmpty { return (prefix, false) }
        guard !version.isEmpty else { throw refusal("has no version behind its comparison") }
        guard !version.contains(where: marks.dropLast().contains) else { throw refusal("has two comparisons") }
        guard let spelling = spelling(of: operation) else { throw refusal("has an unknown comparison") }
        let text = String(decoding: version, as: UTF8.self)
        // `><` compares a package's digest.
        return (prefix + spelling + text, spelling != "><" && APKVersion(text) == nil)
    }

    private static let marks = Array("<>=~".utf8)

    private static func spelling(of operation: ArraySlice<UInt8>) -> String? {
        func has(_ mark: Character) -> Bool { operation.contains(mark.asciiValue ?? 0) }
        switch (has("<"), has(">"), has("~"), has("=")) {
        case (true, false, false, false): return "<"
        case (true, false, false, true): return "<="
        case (true, false, true, _): return "<~"
        case (false, true, false, false): return ">"
        case (false, true, false, true): return ">="
        case (false, true, true, _): return ">~"
        case (false, false, true, _): return "~"
        case (false, false, false, true): return "="
        case (true, true, false, false): return "><"
        default: return nil
        }
    }

    /// What is wrong with a package's name, as a clause; nil: nothing.
    static func fault(inName name: String) -> String? {
        guard let first = name.utf8.first else { return "is empty" }
        if !ASCII.isAlphanumeric(first), first != UInt8(ascii: "_") {
            return first > 32 && first < 127
                ? "begins with '\(UnicodeScalar(first))'" : "begins with a character that a name cannot have"
        }
        guard let byte = name.utf8.first(where: { !ASCII.isAlphanumeric($0) && !"+_.-".utf8.contains($0) }) else { return nil }
        return ASCII.isControl(byte) || byte >= 0x80
            ? "holds a character that a name cannot have" : "holds '\(UnicodeScalar(byte))'"
    }
}
