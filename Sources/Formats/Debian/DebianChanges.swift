/// A `.changes` file (deb-changes(5), format 1.8): which files belong to one upload, and their digests.
///
/// It may be cleartext-signed. The signature is not verified here: who may upload is decided by who sends it, and the digests hold
/// between this file and the others, not between it and its author.
package struct DebianChanges: Equatable, Sendable {
    /// One line of `Files`, and what the other lists say of the same file.
    package struct File: Equatable, Sendable {
        /// Vetted: a file name that can stand in any folder.
        package var name: String
        package var kind: Kind
        /// Bytes.
        package var size: Int
        /// 32 bytes.
        package var sha256: [UInt8]
        /// 20 bytes; nil where the list is missing.
        package var sha1: [UInt8]?
        /// 16 bytes.
        package var md5: [UInt8]
        /// `SECTION` or `COMPONENT/SECTION`, as sent.
        package var section: String

        init(name: String, kind: Kind, sum: Sum, md5: [UInt8], section: String) {
            self.name = name
            self.kind = kind
            size = sum.size
            sha256 = sum.digest
            self.md5 = md5
            self.section = section
        }
    }

    /// What a file of an upload is, by its name.
    package enum Kind: Equatable, Sendable {
        /// A `.deb`, `.udeb` or `.ddeb`.
        case package
        /// A `.buildinfo`: it must come along, and is kept by nobody.
        case buildInformation
        /// A `.changes` file itself.
        case changes
    }

    /// The source package.
    package var source: String
    /// As written, with its epoch.
    package var version: String
    /// The suites it was built for. Where the packages go is said by the address that they are sent to.
    package var distributions: [String]
    package var architectures: [String]
    /// Names of the binary packages.
    package var binaries: [String]
    /// In the order of `Files`; at least one is a package.
    package var files: [File]
    package var isSigned: Bool

    package static let longest = 1 << 20
    package static let mostFiles = 1_000
    /// A name's bytes; the program adds a suffix for files that are being written.
    package static let longestName = 240

    /// - Throws: `.ambiguous` where the lists disagree or text stands outside of the signature; `.unsupported` for uploads with source.
    package init(_ bytes: Span<UInt8>) throws(Refusal) {
        guard bytes.count <= Self.longest else {
            throw Refusal(
                .limit, "the .changes file is larger than \(Self.longest) bytes", remedy: "split the upload into several")
        }
        isSigned = ClearsignedText.opens(bytes)
        let text = isSigned ? try ClearsignedText.read(bytes) : try Self.unsigned(bytes)
        let stanza: Deb822Stanza
        do {
            stanza = try Deb822Stanza(text.span)
        } catch {
            // Line numbers count from the signed text's first line; the fault's words are about control files in general.
            throw Self.fault(error.cause, error.what, error.place)
        }
        let format = try Self.word(stanza, "format")
        guard format.hasPrefix("1.") else { throw Self.fault(.unsupported, "a format other than 1", "field Format") }
        // `Source: hello (1.0-1)`, when the source's version is not the packages'.
        let source = try Self.words(stanza, "source")
        guard let name = source.first, source.count <= 2, DebianPackage.isName([UInt8](name)) else {
            throw Self.fault(.malformed, "not the name of a source package", "field Source")
        }
        self.source = name
        version = try Self.word(stanza, "version")
        do { _ = try DebianVersion([UInt8](version)) } catch { throw Self.fault(error.cause, error.what, "field Version") }
        distributions = try Self.words(stanza, "distribution")
        architectures = try Self.words(stanza, "architecture")
        guard !distributions.isEmpty, !architectures.isEmpty else {
            throw Self.fault(.malformed, "no value", distributions.isEmpty ? "field Distribution" : "field Architecture")
        }
        binaries = try Self.words(stanza, "binary")
        files = try Self.files(stanza)
    }

    /// What is listed under a name.
    package func file(named name: String) -> File? { files.first { $0.name == name } }

    /// What a file of an upload is.
    ///
    /// - Throws: `.malformed` for a name that cannot be one, `.unsupported` for source and for what no registry of packages takes.
    package static func kind(of name: String) throws(Refusal) -> Kind {
        let bytes = [UInt8](name)
        guard let first = bytes.first, ASCII.isAlphanumeric(first),
            bytes.allSatisfy({ ASCII.isAlphanumeric($0) || ".+_~-".utf8.contains($0) })
        else {
            throw fault(.malformed, "a file name with something other than letters, digits and . + _ ~ -, or that begins so", "")
        }
        guard bytes.count <= longestName else { throw fault(.limit, "a file name of more than \(longestName) bytes", "") }
        if DebianPackage.Kind.allCases.contains(where: { name.hasSuffix($0.suffix) }) { return .package }
        if name.hasSuffix(".buildinfo") { return .buildInformation }
        if name.hasSuffix(".changes") { return .changes }
        if name.hasSuffix(".dsc") || name.hasSuffix(".diff.gz") || name.split(separator: ".").dropFirst().contains("tar") {
            throw Refusal(
                .unsupported, "\(name) is source, and this registry takes binary packages only",
                remedy: "build with dpkg-buildpackage -b and upload that _ARCH.changes")
        }
        throw Refusal(
            .unsupported, "\(name) is neither a package nor a .buildinfo",
            remedy: "upload .deb, .udeb and .ddeb files, with their .changes")
    }

    /// Whether a file of an upload can have this name.
    package static func isName(_ name: String) -> Bool { (try? kind(of: name)) != nil }

    // MARK: Text

    private static func unsigned(_ bytes: Span<UInt8>) throws(Refusal) -> [UInt8] {
        let armour: StaticString = "-----BEGIN PGP"
        for position in 0..<bytes.count where bytes.has(armour, at: position) && (position == 0 || bytes[position - 1] == 10) {
            throw fault(.ambiguous, "text before the signed text", "byte 0")
        }
        guard bytes.count > 0 else { throw fault(.truncated, "the .changes file is empty", "") }
        return bytes.copied()
    }

    private static func fault(_ cause: Refusal.Cause, _ what: String, _ place: String) -> Refusal {
        Refusal(cause, what, at: place, remedy: "write the .changes file with dpkg-genchanges, and send it again")
    }

    /// A field as dpkg spells it.
    private static func place(_ field: StaticString) -> String {
        var name = [UInt8](String(describing: field))
        for index in name.indices where index == 0 || name[index - 1] == UInt8(ascii: "-") {
            if ASCII.isLower(name[index]) { name[index] -= 32 }
        }
        return "field " + String(decoding: name, as: UTF8.self)
    }

    /// The words of a field; none when it is missing.
    private static func words(_ stanza: Deb822Stanza, _ field: StaticString) throws(Refusal) -> [String] {
        let value = stanza.value(field) ?? []
        guard value.allSatisfy({ $0 < 0x7F && ($0 >= 32 || $0 == 9 || $0 == 10) }) else {
            throw fault(.malformed, "something other than printable ASCII", place(field))
        }
        return value.split { $0 <= 32 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The only word of a field that must be there.
    private static func word(_ stanza: Deb822Stanza, _ field: StaticString) throws(Refusal) -> String {
        let words = try words(stanza, field)
        guard words.count == 1 else { throw fault(.malformed, "not one word", place(field)) }
        return words[0]
    }

    // MARK: The lists

    /// What a checksum list says of a file.
    struct Sum {
        var digest: [UInt8]
        var size: Int
    }

    private static func files(_ stanza: Deb822Stanza) throws(Refusal) -> [File] {
        guard let sha256 = try sums(stanza, "checksums-sha256", bytes: 32) else {
            throw fault(.malformed, "no SHA-256 digests", "field Checksums-Sha256")
        }
        let sha1 = try sums(stanza, "checksums-sha1", bytes: 20)
        guard let lines = try lines(stanza, "files", words: 5) else { throw fault(.malformed, "no list of files", "field Files") }
        var files: [File] = []
        for line in lines {
            let name = line[4]
            let md5 = try digest(line[0], bytes: 16, "files"), size = try size(line[1], "files")
            guard !files.contains(where: { $0.name == name }) else { throw twice(name, "files") }
            let kind: Kind
            do { kind = try Self.kind(of: name) } catch { throw error.inside("field Files") }
            guard kind != .changes else {
                throw fault(.unsupported, "a .changes file that lists another, \(name),", "field Files")
            }
            guard let sum = sha256[name], sum.size == size, sha1 == nil || sha1?[name]?.size == size else {
                throw fault(.ambiguous, "the lists disagree about \(name)", "fields Files and Checksums")
            }
            var file = File(name: name, kind: kind, sum: sum, md5: md5, section: line[2])
            file.sha1 = sha1?[name]?.digest
            files.append(file)
        }
        guard files.count == sha256.count, sha1 == nil || sha1?.count == files.count else {
            throw fault(.ambiguous, "the lists name different files", "fields Files and Checksums")
        }
        guard files.contains(where: { $0.kind == .package }) else {
            throw Refusal(
                .unsupported, "the upload has no package", at: "field Files",
                remedy: "build with dpkg-buildpackage -b and upload that _ARCH.changes")
        }
        return files
    }

    private static func sums(_ stanza: Deb822Stanza, _ field: StaticString, bytes: Int) throws(Refusal) -> [String: Sum]? {
        guard let lines = try lines(stanza, field, words: 3) else { return nil }
        var sums: [String: Sum] = [:]
        for line in lines {
            let sum = Sum(digest: try digest(line[0], bytes: bytes, field), size: try size(line[1], field))
            guard sums.updateValue(sum, forKey: line[2]) == nil else { throw twice(line[2], field) }
        }
        return sums
    }

    /// The lines of a list, as words; nil when the field is missing.
    private static func lines(_ stanza: Deb822Stanza, _ field: StaticString, words count: Int) throws(Refusal) -> [[String]]? {
        guard let value = stanza.value(field) else { return nil }
        let lines = value.split(separator: 10).filter { line in line.contains { $0 > 32 } }
        guard lines.count <= mostFiles else { throw fault(.limit, "more than \(mostFiles) files", place(field)) }
        var result: [[String]] = []
        for line in lines {
            let words = line.split { $0 == 32 || $0 == 9 }
            guard words.count == count, line.allSatisfy({ $0 == 9 || (32..<127).contains($0) }) else {
                throw fault(.malformed, "a line that has not \(count) words", place(field))
            }
            result.append(words.map { String(decoding: $0, as: UTF8.self) })
        }
        return result
    }

    private static func digest(_ word: String, bytes: Int, _ field: StaticString) throws(Refusal) -> [UInt8] {
        guard let digest = Hex.bytes(word.utf8), digest.count == bytes else {
            throw fault(.malformed, "a digest that is not \(2 * bytes) hexadecimal digits", place(field))
        }
        return digest
    }

    private static func size(_ word: String, _ field: StaticString) throws(Refusal) -> Int {
        guard word.utf8.count <= 18, word.utf8.allSatisfy(ASCII.isDigit), let size = Int(word) else {
            throw fault(.malformed, "a size that is not a number", place(field))
        }
        return size
    }

    private static func twice(_ name: String, _ field: StaticString) -> Refusal {
        fault(.ambiguous, "\(name) twice", place(field))
    }
}
