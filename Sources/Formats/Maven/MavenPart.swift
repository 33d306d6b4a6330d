/// What a file is among those that Maven's clients send for one version.
package enum MavenPart: Equatable, Sendable {
    case pom
    /// The artifact itself: no classifier, and nothing that speaks of another file.
    case primary
    /// What comes along: a classifier, or Gradle's `.module`.
    case attached
    /// A signature of the file of this name: `.asc`, `.sigstore.json`.
    case signature(of: String)
    /// A checksum of the file of this name. Compared, and never kept: the repository writes its own.
    case checksum(of: String, Digests.Algorithm)
    /// `maven-metadata.xml`, at whatever level. Read, and never kept.
    case metadata

    static func algorithm(of ending: String) -> Digests.Algorithm? { Digests.Algorithm(rawValue: ending) }

    /// - Throws: `.placement` for a name that is not one of a file at this place.
    package init(_ filename: String, at place: MavenPlace) throws(Refusal) {
        if let part = Self.ofMetadata(filename) {
            self = part
            return
        }
        if let (name, ending) = Self.split(filename), let algorithm = Self.algorithm(of: ending) {
            _ = try MavenFile(name, at: place)
            self = .checksum(of: name, algorithm)
            return
        }
        let file = try MavenFile(filename, at: place)
        for suffix in [".asc", ".sigstore", ".sigstore.json"] where filename.hasSuffix(suffix) {
            let name = String(filename.utf8.dropLast(suffix.utf8.count)) ?? ""
            _ = try MavenFile(name, at: place)
            self = .signature(of: name)
            return
        }
        self = file.classifier != nil || file.ending == "module" ? .attached : file.ending == "pom" ? .pom : .primary
    }

    /// `maven-metadata.xml`, its checksums and signatures, which may lie in any folder; nil for other files.
    package static func ofMetadata(_ filename: String) -> MavenPart? {
        if filename == MavenPlace.metadata { return .metadata }
        guard filename.hasPrefix("\(MavenPlace.metadata)."), let (name, ending) = split(filename) else { return nil }
        if let algorithm = algorithm(of: ending), ofMetadata(name) != nil { return .checksum(of: name, algorithm) }
        return ending == "asc" && ofMetadata(name) == .metadata ? .signature(of: name) : nil
    }

    /// What stands before the last dot, and behind it.
    private static func split(_ filename: String) -> (name: String, ending: String)? {
        guard let dot = filename.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        return (String(filename[..<dot]), String(filename[dot...].dropFirst()))
    }

    // MARK: - Checksums

    /// Bytes of a checksum file, which may name the file besides.
    static let longestChecksum = 4_096

    /// The digest in a checksum file, as Maven reads one: the first word of the first line that has one, or what stands behind `= `
    /// (`MD5 (lib.jar) = …`); capitals are small letters.
    ///
    /// - Throws: `.malformed` for anything else.
    package static func checksum(_ bytes: Span<UInt8>, _ algorithm: Digests.Algorithm) throws(Refusal) -> [UInt8] {
        let count = algorithm.byteCount
        let refusal = Refusal(
            .malformed, "a \(algorithm.rawValue) checksum is \(2 * count) hexadecimal digits, and this is not",
            remedy: "let the client write it again")
        guard bytes.count <= longestChecksum else { throw refusal }
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 }
        let line = bytes.copied().split(separator: 10).first { !$0.allSatisfy(isBlank) } ?? []
        let words = line.split(whereSeparator: isBlank)
        let isBSD = words.count > 1 && words[words.count - 2].last == UInt8(ascii: "=")
        guard let word = isBSD ? words.last : words.first, word.count == 2 * count,
            let digest = Hex.bytes(word.map { ASCII.lowered($0) }[...])
        else { throw refusal }
        return digest
    }
}
