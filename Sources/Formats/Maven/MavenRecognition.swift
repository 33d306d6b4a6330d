/// Which files are Maven's, by a first look; and which go along with them, and are never taken.
enum MavenRecognition {
    /// Bytes in which a POM says what it is: licenses stand before many.
    private static let head = 8_192

    static func recognise(_ glimpse: Glimpse, of bytes: Span<UInt8>) -> Recognition {
        let filename = glimpse.filename
        let ending = filename.split(separator: ".").last.map(String.init) ?? ""
        let isArchive = MavenArchive.isArchive(ending)
        if glimpse.container == .zip {
            guard isArchive else { return .no }
            return has("META-INF/", in: bytes, from: 30, before: 64) ? .surely : .perhaps
        }
        // A zip without a file.
        if bytes.has("PK\u{5}\u{6}") { return isArchive ? .perhaps : .no }
        let isPOM = ending == "pom" || filename == "pom.xml"
        if has("<project", in: bytes, from: 0, before: head) {
            if has("http://maven.apache.org/POM/", in: bytes, from: 0, before: head) { return .surely }
            return isPOM ? .surely : .no
        }
        if isPOM { return .perhaps }
        if ending == "module", has("\"formatVersion\"", in: bytes, from: 0, before: head) { return .surely }
        let isSignature = ending == "asc" && bytes.has("-----BEGIN PGP SIGNATURE-----")
        let signed = filename.split(separator: ".").dropLast().last.map(String.init) ?? ""
        return isSignature && (MavenArchive.isArchive(signed) || signed == "pom" || signed == "module") ? .perhaps : .no
    }

    private static func has(_ words: StaticString, in bytes: Span<UInt8>, from start: Int, before end: Int) -> Bool {
        let last = min(end, bytes.count - words.utf8CodeUnitCount)
        guard start <= last else { return false }
        for offset in start...last where bytes.has(words, at: offset) { return true }
        return false
    }

    /// What lies beside packages in repositories and in the folders of clients (`~/.m2/repository`).
    static func objection(to filename: String) -> Refusal? {
        func refusal(_ what: String, _ remedy: String) -> Refusal { Refusal(.unsupported, what, at: "file name", remedy: remedy) }
        if filename.hasPrefix("maven-metadata"), filename.contains(".xml") {
            return refusal("the repository writes its metadata itself", "add the files that it is about")
        }
        if ["_remote.repositories", "_maven.repositories", "resolver-status.properties", "archetype-catalog.xml"].contains(
            filename)
            || filename.hasSuffix(".lastUpdated")
        {
            return refusal("'\(ASCII.line(filename))' is a note of a client to itself", "leave it out")
        }
        let parts = filename.split(separator: ".").map(String.init)
        guard parts.count > 2, let last = parts.last, MavenPart.algorithm(of: last) != nil else { return nil }
        let ending = parts[parts.count - 2]
        guard MavenArchive.isArchive(ending) || ["pom", "module", "asc"].contains(ending) else { return nil }
        return refusal("checksums are made from the file", "add the file that it is of")
    }
}
