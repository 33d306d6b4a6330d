/// What the lines of a go.mod file say.
extension GoModFile {
    mutating func directive(
        _ words: Words, from comments: Comments, ending: GoModTokens.Token, inBlock: Comments?, at line: Int, _ text: [UInt8]
    ) throws(Refusal) {
        let words = words.map { Self.raw($0, text) }
        let arguments = words.dropFirst()
        func fault(_ what: String) -> Refusal { GoModTokens.refusal(what, line: line) }
        func remarks() -> String {
            var own = comments
            if case .lateComment(let range) = ending { own.add(text[range]) }
            return own.isEmpty ? inBlock?.text ?? "" : own.text
        }
        switch String(decoding: words[0], as: UTF8.self) {
        case "module":
            guard module == nil else { throw fault("it has two module directives") }
            guard arguments.count == 1, let path = arguments.first else { throw fault("module takes one path") }
            module = try Self.unquoted(path, line: line)
            deprecated = Self.deprecation(in: remarks())
        case "go":
            guard goVersion.isEmpty else { throw fault("it has two go directives") }
            guard arguments.count == 1, let word = arguments.first, let version = Self.goVersion(word) else {
                throw fault("go takes one version such as 1.23.0")
            }
            goVersion = version
        case "toolchain":
            guard arguments.count == 1, let word = arguments.first else { return }
            toolchain = String(decoding: word.prefix(GoVersion.lengthLimit), as: UTF8.self)
        case "require":
            guard arguments.count == 2, let path = arguments.first, let version = arguments.last else {
                throw fault("require takes a path and a version")
            }
            let required = (path: try Self.unquoted(path, line: line), version: try Self.unquoted(version, line: line))
            try Self.checkRequirement(path: required.path, version: required.version, line: line)
            requirements += 1
            guard requirements <= mostRequired else { return }
            self.required.append(
                Requirement(
                    path: String(decoding: required.path, as: UTF8.self),
                    version: String(decoding: required.version, as: UTF8.self), isIndirect: Self.isIndirect(ending, text)))
        case "retract":
            guard let retraction = try? Self.retraction(Array(arguments), line: line, rationale: remarks) else {
                strangeRetractions.append(line)
                return
            }
            retractions.append(retraction)
        case "ignore":
            guard arguments.count == 1, let path = arguments.first else { throw fault("ignore takes one path") }
            _ = try Self.unquoted(path, line: line)
        case "replace", "exclude":
            let verb = String(decoding: words[0], as: UTF8.self)
            if !onlyMain.contains(verb) { onlyMain.append(verb) }
        default: break
        }
    }

    /// `// indirect`, alone or with a semicolon and more behind it (modfile, `isIndirect`).
    private static func isIndirect(_ ending: GoModTokens.Token, _ text: [UInt8]) -> Bool {
        guard case .lateComment(let range) = ending else { return false }
        let words = text[range].dropFirst(2).split { $0 == 32 || $0 == 9 || $0 == 13 }
        guard let first = words.first else { return false }
        return (words.count == 1 && first.elementsEqual("indirect".utf8)) || first.elementsEqual("indirect;".utf8)
    }

    private static func checkRequirement(path: [UInt8], version: [UInt8], line: Int) throws(Refusal) {
        guard let parsed = GoVersion(version) else {
            throw GoModTokens.refusal("a required version is not of the form v1.2.3", line: line)
        }
        guard GoPath.splitMajor(path) != nil else {
            throw GoModTokens.refusal("a required path ends with a major version that go does not write", line: line)
        }
        if let fault = GoPath.fault(of: parsed, in: path) { throw GoModTokens.refusal("in require, \(fault.what)", line: line) }
    }

    /// `v1.0.0` or `[v1.0.0, v1.9.9]`.
    private static func retraction(_ words: [ArraySlice<UInt8>], line: Int, rationale: () -> String) throws(Refusal) -> Retraction
    {
        func version(_ word: ArraySlice<UInt8>) throws(Refusal) -> String {
            let text = try unquoted(word, line: line)
            guard GoVersion(text) != nil else { throw GoModTokens.refusal("a retracted version is none", line: line) }
            return String(decoding: text, as: UTF8.self)
        }
        func isMark(_ index: Int, _ mark: String) -> Bool { words[index].elementsEqual(mark.utf8) }
        if let only = words.first, !isMark(0, "[") {
            let version = try version(only)
            return Retraction(low: version, high: version, rationale: rationale())
        }
        guard words.count >= 5, isMark(2, ","), isMark(4, "]") else {
            throw GoModTokens.refusal("a retraction is neither a version nor a range", line: line)
        }
        return Retraction(low: try version(words[1]), high: try version(words[3]), rationale: rationale())
    }

    /// `MAJOR.MINOR[.PATCH][rcN]`; with a `v` before it or something else behind it, go takes the first two numbers.
    static func goVersion(_ word: some Collection<UInt8>) -> String? {
        let text = Array(word)
        guard text.count <= GoVersion.lengthLimit else { return nil }
        var rest = text[...]
        func number(_ isFirst: Bool = false) -> Bool {
            let digits = rest.prefix(while: ASCII.isDigit)
            guard let first = digits.first, first != 48 || (!isFirst && digits.count == 1) else { return false }
            rest = rest.dropFirst(digits.count)
            return true
        }
        func dot() -> Bool {
            guard rest.first == UInt8(ascii: ".") else { return false }
            rest.removeFirst()
            return true
        }
        if number(true), dot(), number(), !dot() || number() {
            let tail = rest.drop(while: ASCII.isLower)
            let isPlain = rest.isEmpty || (tail.count < rest.count && !tail.isEmpty && tail.allSatisfy(ASCII.isDigit))
            if isPlain { return String(decoding: text, as: UTF8.self) }
        }
        rest = text.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
        let start = rest.startIndex
        guard number(true), dot(), number(), let next = rest.first, !ASCII.isDigit(next) else { return nil }
        return String(decoding: text[start..<rest.startIndex], as: UTF8.self)
    }

    /// The text of a word. Only `"` quotes; the other quotation marks stand for nothing yet.
    private static func unquoted(_ word: ArraySlice<UInt8>, line: Int) throws(Refusal) -> [UInt8] {
        if word.first == UInt8(ascii: "\"") {
            guard let text = GoModText.unquoted(word.dropFirst().dropLast()) else {
                throw GoModTokens.refusal("a quoted text has an escape that is none", line: line)
            }
            return text
        }
        guard !word.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "`") }) else {
            throw GoModTokens.refusal("a word has a quotation mark in it", line: line)
        }
        return Array(word)
    }

    /// What follows `Deprecated:` at the beginning of a paragraph, up to the paragraph's end.
    private static func deprecation(in comment: String) -> String {
        for part in comment.split(separator: "\n\n") {
            // An empty line at the comment's beginning does not begin a paragraph; further ones between two do.
            let paragraph = part.startIndex == comment.startIndex ? part : part.drop { $0 == "\n" }
            guard paragraph.hasPrefix("Deprecated:") else { continue }
            let text = paragraph.dropFirst("Deprecated:".count).drop { $0 == " " }
            if !text.isEmpty { return String(text) }
        }
        return ""
    }
}
